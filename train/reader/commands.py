"""The commands that make a reader, as parts of ``python -m train``; each returns what is to be printed."""

from __future__ import annotations

import argparse
import os
from dataclasses import fields
from pathlib import Path
from typing import Final

import torch

from rag.reader import Reader
from train.reader.card import add_facts
from train.reader.export import export
from train.reader.finetune import Size, finetune
from train.reader.groups import has_groups, load_groups, make_groups, save_groups
from train.reader.loop import Plan, Progress
from train.reader.pretrain import Shape, pretrain
from train.reader.score import ReaderScore, score_all
from train.reader.tokens import MEGABYTES, build_tokenizer, read_all, write_tokens

_PRETRAIN_RATE: Final = 1e-3
_READER_RATE: Final = 2e-4


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands; ``options.run(options)`` runs the one that was given."""
    _add_tokens(
        commands.add_parser("tokens", help="reader, step 1: a tokenizer and the tokens of all texts")
    )
    _add_pretrain(
        commands.add_parser("pretrain", help="reader, step 2: an encoder that has read them (GPU)")
    )
    _add_reader(commands.add_parser("reader", help="reader, step 3: a reader from questions (GPU)"))
    _add_export(commands.add_parser("export", help="reader, step 4: ONNX in 8 bits, checked"))
    _add_score(commands.add_parser("examine", help="score an exported reader on the dev sets"))


def _add_tokens(parser: argparse.ArgumentParser) -> None:
    _add_data(parser, required=True)
    _add_out(parser, "TOKENS")
    parser.add_argument(
        "--workers", type=_positive, default=os.cpu_count() or 1, metavar="N", help="processes"
    )
    _add_number(parser, "megabytes", MEGABYTES, "size of a file of tokens at most")
    parser.set_defaults(run=_tokens)


def _add_pretrain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--tokens", type=Path, required=True, metavar="TOKENS", help="what tokens wrote")
    _add_out(parser, "MODEL")
    _add_number(parser, "layers", Shape().layers, "layers of the encoder")
    _add_number(parser, "width", Shape().width, "its width, a multiple of 64", multiple=64)
    _add_number(parser, "length", Shape().length, "tokens of a text, a multiple of 32", multiple=32)
    _add_number(parser, "batch", Shape().batch, "texts in a step")
    _add_plan(parser, _PRETRAIN_RATE)
    parser.add_argument("--compile", action="store_true", help="let torch compile the networks first")
    parser.set_defaults(run=_pretrain, fail=parser.error)


def _add_reader(parser: argparse.ArgumentParser) -> None:
    _add_data(parser, required=False)
    parser.add_argument("--from", dest="model", type=Path, metavar="MODEL", help="what pretrain wrote")
    _add_out(parser, "READER")
    parser.add_argument("--prepare", action="store_true", help="only make the question groups, from --data")
    _add_number(parser, "batch", Size().batch, "question groups in a step")
    _add_number(parser, "negatives", Size().negatives, "passages in a group that don't answer")
    _add_plan(parser, _READER_RATE)
    parser.set_defaults(run=_reader, fail=parser.error)


def _add_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("reader", type=Path, metavar="READER", help="what reader wrote")
    _add_out(parser, "FOLDER")
    parser.add_argument(
        "--agreement",
        type=float,
        default=0.9,
        metavar="SHARE",
        help="answers that 8 bits must leave the same",
    )
    parser.set_defaults(run=_export)


def _add_score(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="what export wrote")
    _add_data(parser, required=True)
    parser.add_argument("--limit", type=_positive, metavar="N", help="at most N questions of each dev set")
    parser.set_defaults(run=_score)


def _tokens(options: argparse.Namespace) -> str:
    texts, sources = read_all(options.data)
    counts = write_tokens(
        texts, options.out, build_tokenizer(texts), sources, options.workers, options.megabytes
    )
    return (
        f"{counts.tokens:,} tokens of {counts.documents:,} texts in {len(counts.shards)} files, "
        f"a vocabulary of {counts.vocabulary:,}: {options.out}"
    )


def _pretrain(options: argparse.Namespace) -> str:
    shape = Shape(**{field.name: getattr(options, field.name) for field in fields(Shape)})
    progress = pretrain(
        options.tokens, options.out, shape, _plan(options), device=options.device, compiled=options.compile
    )
    return _said(progress, options.out)


def _reader(options: argparse.Namespace) -> str:
    if not has_groups(options.out):
        if options.data is None:
            options.fail("--data is needed to make the question groups from")
        save_groups(make_groups(options.data), options.out)
    groups = load_groups(options.out)
    if options.prepare:
        return (
            f"{len(groups.groups):,} question groups over {len(groups.passages):,} passages: {options.out}"
        )
    if options.model is None:
        options.fail("--from is needed, a folder that pretrain wrote")
    size = Size(options.batch, options.negatives)
    progress = finetune(groups, options.model, options.out, size, _plan(options), device=options.device)
    return _said(progress, options.out)


def _export(options: argparse.Namespace) -> str:
    report = export(options.reader, options.out, options.agreement)
    return (
        f"{report.size / 1e6:.1f} MB; {report.agreement:.1%} of the answers as before; "
        f"{report.seconds:.3f} s for ten passages on two cores: {options.out}"
    )


def _score(options: argparse.Namespace) -> str:
    scores = score_all(Reader.load(options.folder), options.data / "dev", options.limit)
    add_facts(options.folder, {f"{s.name}: {name}": value for s in scores for name, value in _figures(s)})
    names = [name for name, _ in _figures(scores[0])]
    lines = [["", *(score.name for score in scores)]]
    lines += [[name, *(dict(_figures(score))[name] for score in scores)] for name in names]
    return "\n".join("  ".join(cell.ljust(14) for cell in line).rstrip() for line in lines)


def _figures(score: ReaderScore) -> list[tuple[str, str]]:
    """The figures of a dev set with their names, as they are shown."""
    values = ((field.name, getattr(score, field.name)) for field in fields(score) if field.name != "name")
    return [
        (name, "–" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value))
        for name, value in values
    ]


def _said(progress: Progress, out: Path) -> str:
    if not progress.done:
        return f"paused at step {progress.step:,} of {progress.steps:,}; run the same again to go on: {out}"
    losses = ", ".join(f"{name} {value}" for name, value in progress.history[-1][1].items())
    return f"{progress.steps:,} steps, at the end {losses}: {out}"


def _plan(options: argparse.Namespace) -> Plan:
    if not options.steps and not options.seconds:
        options.fail("--seconds or --steps is needed, the length of the run")
    return Plan(
        rate=options.rate, steps=options.steps or 0, seconds=options.seconds or 0, pause=options.pause
    )


def _add_plan(parser: argparse.ArgumentParser, rate: float) -> None:
    length = parser.add_mutually_exclusive_group()
    length.add_argument(
        "--seconds", type=_amount, metavar="S", help="length of the run; a measurement says how many steps"
    )
    length.add_argument("--steps", type=_positive, metavar="N", help="length of the run")
    parser.add_argument(
        "--rate", type=_amount, default=rate, help=f"highest learning rate (default: {rate})"
    )
    parser.add_argument(
        "--pause",
        type=_amount,
        default=float("inf"),
        metavar="S",
        help="stop after S seconds; the same command goes on",
    )
    devices = ["cuda", "cpu"] if torch.cuda.is_available() else ["cpu"]
    parser.add_argument(
        "--device", choices=devices, default=devices[0], help=f"where to compute (default: {devices[0]})"
    )


def _add_data(parser: argparse.ArgumentParser, *, required: bool) -> None:
    parser.add_argument("--data", type=Path, required=required, metavar="DIR", help="the training data")


def _add_out(parser: argparse.ArgumentParser, name: str) -> None:
    parser.add_argument("--out", type=Path, required=True, metavar=name, help="the folder to write")


def _add_number(
    parser: argparse.ArgumentParser, name: str, default: int, help_text: str, multiple: int = 1
) -> None:
    parser.add_argument(
        f"--{name}",
        type=lambda value: _positive(value, multiple),
        default=default,
        metavar="N",
        help=f"{help_text} (default: {default})",
    )


def _positive(value: str, multiple: int = 1) -> int:
    if not value.isdigit() or int(value) < 1 or int(value) % multiple:
        kind = f"a multiple of {multiple}" if multiple > 1 else "a whole number of at least 1"
        raise argparse.ArgumentTypeError(f"must be {kind}, not {value!r}")
    return int(value)


def _amount(value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = 0.0
    if not number > 0:
        raise argparse.ArgumentTypeError(f"must be a number above 0, not {value!r}")
    return number
