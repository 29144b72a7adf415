"""The commands that make and score a static retriever, as parts of ``python -m train``.

Each returns what is to be printed.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from index import BUILT_IN, STATIC
from train.arguments import amount, positive
from train.data import InvalidData
from train.retriever.card import write_card
from train.retriever.model import save_model
from train.retriever.prepare import is_prepared, load_prepared, prepare
from train.retriever.score import QuestionSet, dev_sets, score, table
from train.retriever.training import BATCH, DIMENSION, STEPS, Plan, has_checkpoint, learn

_TOKENS: Final = 58_000


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands; ``options.run(options)`` runs the one that was given."""
    _add_retriever(commands.add_parser("retriever", help="make a static embedding model"))
    _add_score(commands.add_parser("score", help="score embedding models on the dev sets, side by side"))


def _add_retriever(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="the training data")
    parser.add_argument("--out", type=Path, required=True, metavar="MODEL", help="the new model's folder")
    length = parser.add_mutually_exclusive_group()
    length.add_argument(
        "--steps",
        type=positive,
        metavar="N",
        help=f"length of the run (default: {STEPS})",
    )
    length.add_argument("--seconds", type=amount, metavar="S", help="length of the run")
    parser.add_argument(
        "--seed", type=int, default=0, help="the same seed gives the same model (default: 0)"
    )
    parser.add_argument(
        "--resume", action="store_true", help="go on where a run to the same folder stopped"
    )
    parser.add_argument(
        "--dimension", type=positive, default=DIMENSION, help=f"numbers in a vector (default: {DIMENSION})"
    )
    parser.add_argument(
        "--tokens", type=positive, default=_TOKENS, help=f"size of the vocabulary (default: {_TOKENS})"
    )
    parser.add_argument(
        "--batch", type=positive, default=BATCH, help=f"questions learnt from at once (default: {BATCH})"
    )
    _add_gold(parser)
    parser.set_defaults(run=_retriever)


def _add_score(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "models",
        nargs="+",
        metavar="MODEL",
        help=f"models' folders or names; {BUILT_IN} and {STATIC} are built in",
    )
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="holds dev/")
    parser.add_argument("--limit", type=positive, metavar="N", help="at most N questions of each set")
    _add_gold(parser)
    parser.set_defaults(run=_score)


def _add_gold(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--gold", type=Path, metavar="FILE", help="score on this gold set too")
    parser.add_argument("--documents", type=Path, metavar="DIR", help="the documents of the gold set")


def _retriever(options: argparse.Namespace) -> str:
    if options.out.exists() and not options.out.is_dir():
        raise InvalidData(f"{options.out} is a file; give a folder for the model with --out")
    work = options.out.with_name(f"{options.out.name}.work")
    if options.resume and not is_prepared(work):
        raise InvalidData(f"{work} holds no run to resume; leave out --resume")
    prepared = (
        load_prepared(work) if options.resume else prepare(options.data, work, options.tokens, options.seed)
    )
    plan = Plan(options.steps or STEPS, options.seconds, options.dimension, options.batch, options.seed)
    learnt = learn(prepared.examples, plan, work, resume=options.resume and has_checkpoint(work))
    save_model(options.out, prepared.tokenizer, learnt.table)
    scores = ""
    if sets := _sets(options):
        models = [score(model, sets) for model in (STATIC, str(options.out))]
        scores = table(models, ("the built-in model before", "this model"))
    card = write_card(prepared.facts, plan, learnt, scores)
    (options.out / "README.md").write_text(card, encoding="utf-8", newline="\n")
    return f"{scores}\n{learnt.steps:,} steps in {learnt.seconds:.0f} s; model and card: {options.out}"


def _score(options: argparse.Namespace) -> str:
    sets = _sets(options)
    if not sets:
        raise InvalidData(f"{options.data / 'dev'} holds no dev set: a folder with docs/ and gold.jsonl")
    return table([score(model, sets, options.limit) for model in options.models])


def _sets(options: argparse.Namespace) -> list[QuestionSet]:
    """The dev sets, and the gold set if there is one."""
    sets = dev_sets(options.data)
    if options.gold:
        sets.append(
            QuestionSet(options.gold.stem, options.documents or options.gold.parent / "docs", options.gold)
        )
    return sets
