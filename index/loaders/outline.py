"""Which rows of a table are parts of the rows above them: 一、 （一） 1. (1), 其中：, or set further in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

_MARKS: Final = tuple(
    map(
        re.compile,
        (
            r"[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十]{1,3}[部章类項项]",
            r"[(（][一二三四五六七八九十]{1,3}[)）]",
            r"\d{1,2}[、.．](?!\d)",
            r"[(（]\d{1,2}[)）]|\d{1,2}[.．]\d{1,2}(?!\d|[.．%％])",
            r"[①-⑳]|\d{1,2}[.．]\d{1,2}[.．]\d{1,2}(?!\d)",
        ),
    )
)
"""How parts are numbered, the highest first."""
_OF_WHICH: Final = re.compile(r"其\s*中\s*[:：]?")
_ALL: Final = -1
_PLAIN: Final = len(_MARKS)
_WIDE: Final = "\u3000"


@dataclass(frozen=True, slots=True)
class _Head:
    rank: float
    name: str
    valued: bool


@dataclass(slots=True)
class Outline:
    """The rows above the one being read that it may be part of."""

    _heads: list[_Head] = field(default_factory=list)
    _last: list[str] = field(default_factory=list)
    _within: float = 0.0  # how far the rows after 其中： are set in

    def over_all(self, name: str) -> None:
        """Take in a row over the whole width: what follows is of it."""
        self._heads, self._last = [_Head(_ALL, name, valued=False)], [name]

    def over_some(self, name: str) -> None:
        """Take in a marked row without values: what follows is of it, up to the next of its kind."""
        rank = _rank(name)
        rank = _PLAIN - 0.5 if rank is None else rank
        self._heads = [*(head for head in self._heads if head.rank < rank), _Head(rank, name, valued=False)]
        self._last = [head.name for head in self._heads]
        self._within = 0.0

    def enter(self, name: str, indent: float, *, valued: bool) -> list[str]:
        """Take in a row, and tell what it is part of, the outermost first.

        A row that neither a mark nor its place sets below another is only under one without values.
        """
        marked = _rank(name)
        rank = _PLAIN + indent if marked is None else marked
        goes_on = self._within and rank >= _PLAIN and indent >= self._within
        if _OF_WHICH.match(name) or goes_on:
            self._within = max(indent, 0.5)
            return list(self._last)
        self._within = 0.0
        self._heads = [head for head in self._heads if head.rank < rank]
        over = self._heads
        if rank == _PLAIN:
            ends = [number for number, head in enumerate(over, 1) if not head.valued]
            over = over[: max(ends, default=0)]
        names = [head.name for head in over]
        self._heads.append(_Head(rank, name, valued))
        self._last = [*names, name]
        return names


def _rank(name: str) -> float | None:
    return next((rank for rank, mark in enumerate(_MARKS) if mark.match(name)), None)


def indent_of(text: str) -> float:
    """How far a cell's text is set in, in characters."""
    blank = text[: len(text) - len(text.lstrip())]
    return sum(1.0 if character == _WIDE else 0.5 for character in blank if character != "\n")
