"""What a build costs, and where a graph (HNSW) begins to pay.

    python -m index.bench build DIR       # a copy of the folder: built, left alone, one file more
    python -m index.bench graph           # random unit vectors: nothing is near anything, the hardest for a graph
    python -m index.bench graph INDEX     # the passages of an index, as far as they go

`build` times whole commands, as people run them, and adds up the resident memory of all their processes
(where there is /proc); the seconds of processors tell what is spent whatever else the machine does.
`graph` compares exact and graph search side by side, one query at a time; the queries are vectors like
those searched, with a little noise, and times are medians, in one run, so that the ratios hold where the
milliseconds don't. `HNSW_FROM` in ``index/store.py`` rests on it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean, median
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from index.cli import CommandParser
from index.errors import BuildFailed, NoDocuments, ZhengwenError
from index.store import MANIFEST, PassageIndex, exact, graph, read_manifest, search

Vectors = NDArray[np.float32]

SIZES: Final = (20_000, 50_000, 100_000, 200_000)
_DIMENSION: Final = 256
_QUERIES: Final = 200
_POOL: Final = 100  # as many as the retriever asks for
_NOISE: Final = 0.05
_SETTLING: Final = 2.5  # seconds until the times of files just copied tell something
_SAMPLING: Final = 0.1  # seconds between two looks at the memory


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; return the exit status."""
    parser = CommandParser(prog="python -m index.bench", description="What a build costs, and a search.")
    commands = parser.add_subparsers(dest="command", required=True)
    build = commands.add_parser("build", help="building, building again, building with one file more")
    build.add_argument("source", type=Path, metavar="DIR", help="the documents; they are copied")
    compared = commands.add_parser("graph", help="exact against graph search")
    compared.add_argument(
        "index", type=Path, nargs="?", help="an index whose vectors to take (default: random ones)"
    )
    compared.add_argument(
        "--sizes", type=int, nargs="+", default=list(SIZES), metavar="N", help="how many vectors"
    )
    options = parser.parse_args(arguments)
    try:
        for line in _builds(options.source) if options.command == "build" else _searches(options):
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
    except ZhengwenError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _builds(source: Path) -> Iterator[str]:
    if not source.is_dir():
        raise NoDocuments(f"{source} is no folder; give the folder that holds the documents")
    with TemporaryDirectory() as folder:
        copy, out = Path(folder, "documents"), Path(folder, "index")
        shutil.copytree(source, copy)
        time.sleep(_SETTLING)
        seconds, busy, peak = measured(copy, out)
        manifest = read_manifest(out)
        size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
        yield f"documents                {manifest.documents:12,}"
        yield f"passages                 {manifest.passages:12,}"
        yield f"whole build              {seconds:12.1f} s"
        yield f"  of processors          {busy:12.1f} s"
        yield f"  documents a second     {manifest.documents / seconds:12,.0f}"
        yield f"  passages a second      {manifest.passages / seconds:12,.0f}"
        yield f"  memory, all processes  {peak / 2**20:12,.0f} MiB"
        yield f"index on disk            {size / 2**20:12,.0f} MiB"
        seconds, busy, _ = measured(copy, out)
        yield f"nothing changed          {seconds:12.1f} s"
        yield f"  of processors          {busy:12.1f} s"
        (copy / "benchmark.txt").write_text("今年一季度,规上工业增加值增长8.1%。\n", encoding="utf-8")
        seconds, busy, peak = measured(copy, out)
        yield f"one file more            {seconds:12.1f} s"
        yield f"  of processors          {busy:12.1f} s"
        yield f"  memory, all processes  {peak / 2**20:12,.0f} MiB"


def measured(source: Path, out: Path) -> tuple[float, float, int]:
    """Build in a process of its own: seconds it took, seconds of all processors, bytes held at once at most.

    :raises BuildFailed: if it ends without an index.
    """
    command = [sys.executable, "-m", "index", "build", str(source), "--out", str(out)]
    began, busy, peak = time.perf_counter(), _of_children(), 0
    with subprocess.Popen(
        command, cwd=Path(__file__).parents[1], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        while process.poll() is None:
            peak = max(peak, _resident(process.pid))
            time.sleep(_SAMPLING)
    seconds = time.perf_counter() - began
    if not (out / MANIFEST).exists():
        raise BuildFailed(f"the build ended with status {process.returncode}; see: {' '.join(command)}")
    return seconds, _of_children() - busy, peak


def _of_children() -> float:
    """Seconds that processors have spent on processes started from here and on theirs, where the system tells."""
    times = os.times()
    return times.children_user + times.children_system


def _resident(process: int) -> int:
    """Bytes that a process and all below it hold in memory, 0 where there is no /proc."""
    entry = Path("/proc", str(process))
    try:
        pages = int((entry / "statm").read_text().split()[1])
        below = [int(pid) for file in entry.glob("task/*/children") for pid in file.read_text().split()]
    except (OSError, ValueError):
        return 0  # it has ended meanwhile
    return pages * os.sysconf("SC_PAGE_SIZE") + sum(map(_resident, below))


def _searches(options: argparse.Namespace) -> Iterator[str]:
    random = np.random.default_rng(0)
    vectors = _of_index(options.index) if options.index else unit(random, max(options.sizes), _DIMENSION)
    yield "passages  exact ms  graph ms  exact/graph  recall@10  graph made in s"
    for size in [size for size in options.sizes if size <= len(vectors)] or [len(vectors)]:
        part = vectors[random.permutation(len(vectors))[:size]]
        yield row(part, near(random, part, _QUERIES))


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
