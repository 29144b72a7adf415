"""The commands that fit the weights of the answering, as parts of ``python -m train``; each returns what is to be printed."""

from __future__ import annotations

import argparse
from pathlib import Path

from rag.ranker import WEIGHTS
from rag.weights import learn
from train import confidence as confidences
from train import ranker as rankers


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands; ``options.run(options)`` runs the one that was given."""
    ranker = commands.add_parser("ranker", help="fit what each feature of the evidence is worth")
    ranker.add_argument("--data", type=Path, required=True, metavar="DIR", help="the training data")
    ranker.add_argument(
        "--limit", type=int, default=500, metavar="N", help="at most N questions of each set (default: 500)"
    )
    ranker.set_defaults(run=_ranker)
    confidence = commands.add_parser("confidence", help="fit the confidence that decides on refusals")
    confidence.add_argument(
        "dev", type=Path, nargs="+", metavar="DEV", help="a folder with docs/ and gold.jsonl"
    )
    confidence.add_argument("--limit", type=int, metavar="N", help="at most N questions of each")
    confidence.set_defaults(run=_confidence)
    for parser in (ranker, confidence):
        parser.add_argument("--write", action="store_true", help="put the result into rag/weights.toml")


def _ranker(options: argparse.Namespace) -> str:
    result = rankers.fit(rankers.examples(options.data, options.limit))
    if options.write:
        learn("ranker", result.weights._asdict())
    rows = zip(result.weights._fields, rankers.PRIOR, WEIGHTS, result.weights, strict=True)
    return "\n".join(
        [
            f"{'feature':12}{'prior':>8}{'in use':>8}{'fit':>8}",
            *(f"{name:12}{prior:8.3f}{used:8.3f}{found:8.3f}" for name, prior, used, found in rows),
            f"\nbest place right, of {result.held_out} questions held out of {result.questions}: "
            f"{result.before:.3f} by the prior, {result.after:.3f} by the fit",
        ]
    )


def _confidence(options: argparse.Namespace) -> str:
    data = [e for folder in options.dev for e in confidences.examples(folder, options.limit)]
    result = confidences.fit(data)
    if options.write:
        learn("confidence", {"threshold": result.threshold, "bias": result.bias} | result.weights)
    curve = [
        f"{tenth / 10:.1f}–{(tenth + 1) / 10:.1f}     {count:8d}  {right:.2f}"
        for tenth, (count, right) in enumerate(result.curve)
    ]
    withheld = [
        f"{threshold:.2f}       {lost:.3f}                   {kept_back:.3f}"
        for threshold, (lost, kept_back) in result.withheld.items()
    ]
    return "\n".join(
        [
            f"threshold {result.threshold:.2f}",
            f"bias {result.bias:+.2f}",
            *(f"{name} {weight:+.2f}" for name, weight in result.weights.items()),
            "\nconfidence  examples  right",
            *curve,
            "\nthreshold  right answers withheld  withheld where nothing answers",
            *withheld,
        ]
    )
