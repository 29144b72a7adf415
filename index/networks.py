"""Networks in ONNX, run by onnxruntime: one text at a time, on one thread, and several of them at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import TypeVar

from onnxruntime import InferenceSession, SessionOptions

T = TypeVar("T")
R = TypeVar("R")


def open_network(path: Path) -> InferenceSession:
    """Load a network; what it gives for a text doesn't hang on what is beside it."""
    options = SessionOptions()
    options.intra_op_num_threads = 1
    return InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def at_once(do: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
    """Do something for each of several things, as many at once as there are cores; the results in order."""
    return _pool().map(do, items)


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="network")
