"""How long a search takes: dense, BM25 and fusion together, one query at a time.

    python -m rag.bench INDEX

The queries are stretches of the index's own passages. Times are of this machine, at this moment: run
nothing beside it.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import quantiles
from typing import Final

from index import CommandParser, ZhengwenError
from rag.retriever import Retriever

_QUERIES: Final = 300
_LENGTH: Final = 30  # characters; so long is a question


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; return the exit status."""
    parser = CommandParser(prog="python -m rag.bench", description="How long a search takes.")
    parser.add_argument("index", type=Path, nargs="?", default=Path(".index"), metavar="INDEX")
    options = parser.parse_args(arguments)
    try:
        began = time.perf_counter()
        retriever = Retriever.load(options.index)
    except ZhengwenError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    loaded = time.perf_counter() - began
    times = sorted(timed(retriever, query) for query in queries(retriever))
    cuts = quantiles(times, n=20)
    sys.stdout.write(
        f"passages  {len(retriever.index.passages):10,}\n"
        f"loading   {loaded:10.1f} s\n"
        f"a search  {1000 * cuts[9]:10.1f} ms in the middle (p50), {1000 * cuts[18]:.1f} ms at most in 95 of 100\n"
    )
    return 0


def queries(retriever: Retriever) -> list[str]:
    """Stretches of passages chosen by chance, the same every time."""
    chosen = random.Random(0).choices(retriever.index.passages, k=_QUERIES)
    return [passage.text[len(passage.text) // 3 :][:_LENGTH] for passage in chosen]


def timed(retriever: Retriever, query: str) -> float:
    """The seconds that a search takes."""
    began = time.perf_counter()
    retriever.search(query, k=10)
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
