"""``python -m train confidence DEV [DEV …] [--limit N]``: DEV is a folder with ``docs/`` and ``gold.jsonl``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rag import CommandParser, ZhengwenError
from train.confidence import examples, fit


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit status."""
    options = _parser().parse_args(arguments)
    try:
        data = [example for folder in options.dev for example in examples(folder, options.limit)]
    except ZhengwenError as error:
        print(error, file=sys.stderr)
        return 1
    result = fit(data)
    print(f"bias {result.bias:+.2f}")
    for name, weight in result.weights.items():
        print(f"{name} {weight:+.2f}")
    print("\nconfidence  examples  right")
    for tenth, (count, right) in enumerate(result.curve):
        print(f"{tenth / 10:.1f}–{(tenth + 1) / 10:.1f}     {count:8d}  {right:.2f}")
    print("\nthreshold  right answers withheld  withheld where nothing answers")
    for threshold, (lost, kept_back) in result.withheld.items():
        print(f"{threshold:.2f}       {lost:.3f}                   {kept_back:.3f}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser(
        prog="python -m train", description="Make the numbers that the program works with."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    confidence = commands.add_parser("confidence", help="fit the confidence that decides on refusals")
    confidence.add_argument(
        "dev", type=Path, nargs="+", metavar="DEV", help="a folder with docs/ and gold.jsonl"
    )
    confidence.add_argument("--limit", type=int, metavar="N", help="at most N questions of each")
    return parser


if __name__ == "__main__":
    sys.exit(main())
