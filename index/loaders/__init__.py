"""Files in, raw text out: one small module a format, one line each in ``_LOADERS``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from index.errors import UnreadableDocument
from index.loaders.raw import RawDocument
from index.loaders.text import load_text

_LOADERS: Final[dict[str, Callable[[Path], RawDocument]]] = {
    ".txt": load_text,
    ".md": load_text,
}

SUFFIXES: Final = frozenset(_LOADERS)
"""The file endings that can be read, in lower case."""

__all__ = ["SUFFIXES", "RawDocument", "load"]


def load(path: Path) -> RawDocument:
    """Read a file.

    :raises UnreadableDocument: if the ending is unknown or the content isn't what the ending says.
    """
    loader = _LOADERS.get(path.suffix.lower())
    if loader is None:
        raise UnreadableDocument(
            f"{path}: files ending in {path.suffix!r} can't be read; use {', '.join(sorted(SUFFIXES))}"
        )
    return loader(path)
