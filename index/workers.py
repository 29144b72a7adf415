"""Files read, cut into passages and into words: by processes of their own, side by side.

A file can crash, hang or swell the program that reads it. Then only the process that had it goes, and is
replaced; the file is left out with a reason, and the rest goes on. A little plain text is read without
any such process: to start them takes longer.
"""

from __future__ import annotations

import logging
import math
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import parent_process, resource_tracker
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread, current_thread, main_thread
from types import ModuleType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pebble import ProcessExpired, ProcessFuture, ProcessPool

from index import loaders
from index.chunker import chunk
from index.duplicates import sign
from index.errors import BuildFailed, UnreadableDocument
from index.lexical import Words, tokenize
from index.metadata import Metadata
from index.reading import read_document
from index.types import Document, Passage

if sys.platform != "win32":
    import resource

logger = logging.getLogger(__name__)

MEMORY: Final = 3 * 2**30
"""Bytes that a process may use to read a file, where the system can be told so (Linux)."""
PROCESSES: Final = 4
"""At most so many, however many processors: more would wait for the one that encodes, or take much memory."""
SECONDS: Final = 20.0
"""What a file may take, and a second more for every `BYTES_A_SECOND` of it."""
BYTES_A_SECOND: Final = 20_000
"""A page of text has about 2,000 bytes, of which even a slow machine reads ten a second."""
SCANNED_BYTES_A_SECOND: Final = 500
"""A scanned page has 50,000 bytes and more, and to recognise one takes 10 to 30 seconds, on a busy machine 100."""
MOST_SECONDS: Final = 3600.0
HERE: Final = 2**20
"""Bytes of plain text up to which no processes are started: both take about a second and a half."""

_PLAIN: Final = frozenset({".txt", ".md"})  # read by Python alone, which neither crashes nor hangs
_TOGETHER: Final = 2**17  # bytes of plain text handed over at once: a tenth of a second's work
_GRACE: Final = 10  # seconds for the parent to end a process first
_AHEAD: Final = 16  # handed over or done for each process, so that none waits and memory stays bounded


@dataclass(frozen=True, slots=True)
class Job:
    """A file to read, its size in bytes, and what the metadata file says of it."""

    path: Path
    doc_id: str
    size: int
    known: Metadata


@dataclass(frozen=True, slots=True)
class Prepared:
    """Documents with their passages, the words of these in one row, the documents' signatures, and the
    files left out, with reasons.
    """

    documents: list[tuple[Document, list[Passage]]]
    words: Words
    signatures: NDArray[np.uint32]
    skipped: dict[str, str]


def embedded_text(passage: Passage) -> str:
    """What of a passage is encoded and searched for words: its heading, unless it begins with it, and its text."""
    return (
        passage.text
        if not passage.heading or passage.heading in passage.text
        else f"{passage.heading}\n{passage.text}"
    )


def prepare(jobs: Sequence[Job]) -> Prepared:
    """Read files, here and now."""
    documents: list[tuple[Document, list[Passage]]] = []
    skipped: dict[str, str] = {}
    for job in jobs:
        try:
            document = read_document(job.path, job.doc_id, job.known)
        except UnreadableDocument as error:
            skipped[job.doc_id] = str(error)
        except MemoryError:
            skipped[job.doc_id] = _too_large(job)
        # Whatever a text brings to light in this program, the other files can't help it.
        except Exception as error:
            logger.debug("%s", job.path, exc_info=True)
            skipped[job.doc_id] = (
                f"{job.path}: a mistake of this program ({type(error).__name__}: {error}); "
                "please report it with the file"
            )
        else:
            documents.append((document, chunk(document)))
    words = Words.of(tokenize(embedded_text(passage)) for _, passages in documents for passage in passages)
    return Prepared(documents, words, sign([document.text for document, _ in documents]), skipped)


def prepare_all(jobs: Sequence[Job]) -> Generator[Prepared]:
    """Read files, by as many processes as there are processors; what they give is in order of the jobs.

    :raises BuildFailed: if no process can be started.
    """
    batches = list(_batches(jobs))
    if all(_is_plain(job) for job in jobs) and sum(job.size for job in jobs) <= HERE:
        yield from map(prepare, batches)
        return
    count = min(_processors(), PROCESSES, len(batches))
    with _processes(count) as pool:
        todo = deque(batches)
        running: deque[tuple[list[Job], ProcessFuture[Prepared]]] = deque()
        while todo or running:
            while todo and len(running) < _AHEAD * count:
                running.append((todo[0], _hand_over(pool, todo.popleft())))
            batch, future = running.popleft()
            try:
                yield future.result()
            except BrokenProcessPool as error:
                raise BuildFailed(
                    f"the processes that read documents can't be started ({error}); "
                    "are memory and processes left?"
                ) from error
            except (TimeoutError, ProcessExpired, MemoryError) as error:
                if len(batch) > 1:  # each by itself, to find out whose fault it was
                    running.extendleft([([job], _hand_over(pool, [job])) for job in reversed(batch)])
                else:
                    yield Prepared([], Words.of([]), sign([]), {batch[0].doc_id: _reason(batch[0], error)})


def _batches(jobs: Iterable[Job]) -> Iterator[list[Job]]:
    """Plain texts together, up to some size; each other file by itself."""
    together: list[Job] = []
    for job in jobs:
        if together and not (
            _is_plain(job) and sum(other.size for other in together) + job.size <= _TOGETHER
        ):
            yield together
            together = []
        together.append(job)
        if not _is_plain(job):
            yield together
            together = []
    if together:
        yield together


def _is_plain(job: Job) -> bool:
    suffix = job.path.suffix.lower()
    return suffix in _PLAIN or suffix not in loaders.SUFFIXES  # these are only said to be unreadable


def _hand_over(pool: ProcessPool, batch: list[Job]) -> ProcessFuture[Prepared]:
    seconds = _seconds(batch)
    return pool.schedule(_in_time, args=(prepare, batch, seconds), timeout=seconds)


def _seconds(batch: list[Job]) -> float:
    needed = (
        job.size
        / (SCANNED_BYTES_A_SECOND if job.path.suffix.lower() in loaders.SCANNED else BYTES_A_SECOND)
        for job in batch
    )
    return min(SECONDS + sum(needed), MOST_SECONDS)


def _reason(job: Job, error: BaseException) -> str:
    """Why a file was left out, in words for its reader."""
    if isinstance(error, TimeoutError):
        return (
            f"{job.path}: it could not be read within {_seconds([job]):.0f} seconds; divide it or remove it"
        )
    if isinstance(error, MemoryError):
        return _too_large(job)
    status = getattr(error, "exitcode", None)
    return f"{job.path}: it crashed what reads it (status {status}); save it anew or remove it"


def _too_large(job: Job) -> str:
    return f"{job.path}: to read it takes more than {MEMORY // 2**30} GiB of memory; divide it or remove it"


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


class _ProcessApart(SpawnProcess):
    """A process that does not begin by running the program anew that starts it, which might build again."""

    @staticmethod
    def _Popen(process: BaseProcess) -> Any:  # noqa: N802 (its name above)
        program = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")  # what is found there would be run
        try:
            return SpawnProcess._Popen(process)
        finally:
            sys.modules["__main__"] = program


class _Apart(SpawnContext):
    Process = _ProcessApart


@contextmanager
def _processes(count: int) -> Iterator[ProcessPool]:
    """So many processes, started afresh: a forked one would share the threads and locks of the libraries here."""
    pool = ProcessPool(count, initializer=_settle_in, context=_Apart())
    try:
        # Ctrl-C is for this process; the others inherit that it is held back while they are started.
        with _interrupts_held():
            pool.schedule(os.getpid)
        yield pool
    finally:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    if sys.platform == "win32":
        yield
        return
    resource_tracker.ensure_running()  # where it starts, it lets interrupts through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    # What this thread holds back another may be given, and then Python's handler runs here all the same.
    handler = signal.getsignal(signal.SIGINT) if current_thread() is main_thread() else None
    came: list[int] = []
    if handler is not None:
        signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        yield
    finally:
        if handler is not None:
            signal.signal(signal.SIGINT, handler)
        if came:
            signal.raise_signal(signal.SIGINT)  # comes in as it is let through
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _settle_in() -> None:
    """What a new process does first: bound its memory, arrange to end when its parent does, load the dictionary."""
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    Thread(target=_end_with_parent, name="parent", daemon=True).start()
    tokenize("准备")


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _in_time(read: Callable[[Sequence[Job]], Prepared], batch: list[Job], seconds: float) -> Prepared:
    """Read files; end the process, also in the midst of native code, if nobody is left to do it."""
    if sys.platform != "win32":
        signal.alarm(math.ceil(seconds) + _GRACE)
    try:
        return read(batch)
    finally:
        if sys.platform != "win32":
            signal.alarm(0)
