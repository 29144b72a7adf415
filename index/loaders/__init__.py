"""Files in, raw text out: one small module a format, one line each in ``_LOADERS``."""

from __future__ import annotations

import re
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

    :raises UnreadableDocument: if the ending is unknown, the content isn't what the ending says, or
        there is not a word in it.
    """
    loader = _LOADERS.get(path.suffix.lower())
    if loader is None:
        raise UnreadableDocument(
            f"{path}: files ending in {path.suffix!r} can't be read; use {', '.join(sorted(SUFFIXES))}"
        )
    document = loader(path)
    if not re.search(r"\w", document.text):
        raise UnreadableDocument(f"{path}: the file is empty; remove it or put its text in")
    return document
