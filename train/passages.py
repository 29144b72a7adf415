"""Texts made into articles: a title, if there is one, and the passages that a search would find."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from index import Document, fold
from index.chunker import chunk

_TITLE: Final = re.compile(r"(\S{4,40}) ")
_SHORTEST: Final = 30  # characters; less than that is a signature or a line of a table


@dataclass(frozen=True, slots=True)
class Article:
    """A folded title, and folded passages with their offsets in the text: (start, passage)."""

    title: str
    passages: tuple[tuple[int, str], ...]

    def at(self, offset: int) -> int | None:
        """The number of the passage in which a character of the text stands."""
        return next(
            (
                number
                for number, (start, text) in enumerate(self.passages)
                if 0 <= offset - start < len(text)
            ),
            None,
        )


def article(text: str) -> Article:
    """Cut a text into passages as the index does."""
    passages = chunk(Document("", "", text))
    kept = tuple((p.start, fold(p.text)) for p in passages if len(p.text) >= _SHORTEST)
    return Article("", kept)


def law(text: str) -> Article:
    """Cut a law, whose title stands before the first space."""
    found = _TITLE.match(text)
    return Article(fold(found[1]) if found else "", article(text).passages)
