"""Where a graph (HNSW) begins to pay: exact and graph search side by side, one query at a time.

    python -m index.bench            # random unit vectors: nothing is near anything, the hardest for a graph
    python -m index.bench INDEX      # the passages of an index, as far as they go

The queries are vectors like those searched, with a little noise. Times are medians, in one run, so
that the ratios hold where the milliseconds don't. `HNSW_FROM` in ``index/store.py`` rests on this.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean, median
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from index.cli import CommandParser
from index.errors import ZhengwenError
from index.store import PassageIndex, exact, graph, search

Vectors = NDArray[np.float32]

SIZES: Final = (20_000, 50_000, 100_000, 200_000)
_DIMENSION: Final = 256
_QUERIES: Final = 200
_POOL: Final = 100  # as many as the retriever asks for
_NOISE: Final = 0.05


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure every size there are vectors for; return the exit status."""
    parser = CommandParser(prog="python -m index.bench", description="Exact against graph search.")
    parser.add_argument(
        "index", type=Path, nargs="?", help="an index whose vectors to take (default: random ones)"
    )
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=list(SIZES), metavar="N", help="how many vectors"
    )
    options = parser.parse_args(arguments)
    random = np.random.default_rng(0)
    try:
        vectors = (
            _of_index(options.index) if options.index else unit(random, max(options.sizes), _DIMENSION)
        )
    except ZhengwenError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("passages  exact ms  graph ms  exact/graph  recall@10  graph made in s\n")
    for size in [size for size in options.sizes if size <= len(vectors)] or [len(vectors)]:
        part = vectors[random.permutation(len(vectors))[:size]]
        sys.stdout.write(row(part, near(random, part, _QUERIES)) + "\n")
        sys.stdout.flush()
    return 0


def row(vectors: Vectors, queries: Vectors) -> str:
    """Measure both kinds of search over the same vectors and queries."""
    flat = exact(vectors)
    began = time.perf_counter()
    hnsw = graph(vectors)
    made = time.perf_counter() - began
    slow, fast = _median_ms(flat, queries), _median_ms(hnsw, queries)
    recall = fmean(
        len(np.intersect1d(search(flat, query, 10)[1], search(hnsw, query, 10)[1])) / 10
        for query in queries
    )
    return f"{len(vectors):8}  {slow:8.2f}  {fast:8.2f}  {slow / fast:11.1f}  {recall:9.3f}  {made:15.1f}"


def unit(random: np.random.Generator, count: int, dimension: int) -> Vectors:
    """Random unit vectors: float32 (count, dimension)."""
    vectors = random.standard_normal((count, dimension), dtype=np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def near(random: np.random.Generator, vectors: Vectors, count: int) -> Vectors:
    """Unit vectors not far from some of those given."""
    chosen = vectors[random.integers(0, len(vectors), count)]
    noisy = chosen + _NOISE * random.standard_normal(chosen.shape, dtype=np.float32)
    return np.asarray(noisy / np.linalg.norm(noisy, axis=1, keepdims=True))


def _of_index(folder: Path) -> Vectors:
    index = PassageIndex.load(folder)
    return index.vectors(range(len(index.passages)))


def _median_ms(faiss_index: Any, queries: Vectors) -> float:
    times = []
    for query in queries:
        began = time.perf_counter()
        search(faiss_index, query, _POOL)
        times.append(time.perf_counter() - began)
    return 1000 * median(times)


if __name__ == "__main__":
    sys.exit(main())
