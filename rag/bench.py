"""How long a search and an answer take, one question at a time, and how many tokens a second the reader reads.

    python -m rag.bench INDEX

The questions are stretches of the index's own passages. Times are of this machine, at this moment: run
nothing beside it.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import quantiles
from typing import Final

from index import CommandParser, ZhengwenError
from rag.assistant import Assistant
from rag.reader import Context, Reader
from rag.retriever import Retriever

_QUERIES: Final = 300
_ANSWERS: Final = 20
_LENGTH: Final = 30  # characters; so long is a question
_PASSAGES: Final = 12
_TOKENS: Final = 2500  # that a question may cost


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; return the exit status."""
    parser = CommandParser(prog="python -m rag.bench", description="How long a search and an answer take.")
    parser.add_argument("index", type=Path, nargs="?", default=Path(".index"), metavar="INDEX")
    options = parser.parse_args(arguments)
    try:
        began = time.perf_counter()
        retriever = Retriever.load(options.index)
        assistant = Assistant(retriever)
    except ZhengwenError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    loaded = time.perf_counter() - began
    asked = queries(retriever)
    speed = tokens_a_second(retriever)
    sys.stdout.write(
        f"passages        {len(retriever.index.passages):10,}\n"
        f"loading         {loaded:10.1f} s\n"
        f"a search        {_times(asked, lambda query: retriever.search(query, k=10))}\n"
        f"an answer       {_times(asked[:_ANSWERS], assistant.ask)}\n"
        f"the same again  {_times(asked[:_ANSWERS], assistant.ask)}\n"
        f"reader          {speed:10,.0f} tokens a second: {_TOKENS:,} take {1000 * _TOKENS / speed:.0f} ms\n"
    )
    return 0


def queries(retriever: Retriever) -> list[str]:
    """Stretches of passages chosen by chance, the same every time."""
    chosen = random.Random(0).choices(retriever.index.passages, k=_QUERIES)
    return [passage.text[len(passage.text) // 3 :][:_LENGTH] for passage in chosen]


def tokens_a_second(retriever: Retriever) -> float:
    """The speed at which the reader reads some passages together, as for a question."""
    reader = Reader.load()
    contexts = [Context("", "", passage.text) for passage in retriever.index.passages[:_PASSAGES]]
    reader.read("先读一遍", contexts)  # what happens on first use
    began = time.perf_counter()
    judged = reader.read("多快", contexts)
    return sum(len(each.offsets) for each in judged) / (time.perf_counter() - began)


def _times(asked: Sequence[str], do: Callable[[str], object]) -> str:
    cuts = quantiles([timed(do, question) for question in asked], n=20)
    return f"{1000 * cuts[9]:10.1f} ms in the middle (p50), {1000 * cuts[18]:.1f} ms at most in 95 of 100 (p95)"


def timed(do: Callable[[str], object], question: str) -> float:
    """The seconds that something takes."""
    began = time.perf_counter()
    do(question)
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
