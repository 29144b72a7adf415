"""``python -m train COMMAND``: makes the models and the numbers that the program works with; ``--help`` lists them."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence

from rag import CommandParser, ZhengwenError
from train import commands as reader
from train.retriever import commands as retriever


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit status."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(format="%(message)s", level=logging.ERROR)
    logging.getLogger("train").setLevel(logging.INFO)  # how long a run will be, before it begins
    try:
        print(options.run(options))
    except ZhengwenError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:  # a long run goes on from its last checkpoint
        return 130
    return 0


def _parser() -> CommandParser:
    parser = CommandParser(
        prog="python -m train", description="Make the models and the numbers that the program works with."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for part in (reader, retriever):
        part.add_commands(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
