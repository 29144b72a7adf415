"""What an index is made of: documents and the passages cut from them."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from typing import Final

_ISO: Final = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Published:
    """When a document came out: the days that come into question, first to last, both included.

    One day when the day is known; the whole month or year when only that is.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        """Refuse an end before the beginning."""
        if self.last < self.first:
            raise ValueError(f"a publication date ends before it begins: {self.first} to {self.last}")

    @classmethod
    def parse(cls, value: str) -> Published:
        """Read ``2025``, ``2025-05``, ``2025-05-16`` or ``2022-09/2022-11`` (ISO 8601).

        :raises ValueError: for anything else, with the offending value.
        """
        first, slash, last = value.strip().partition("/")
        return cls(_bounds(first, value)[0], _bounds(last if slash else first, value)[1])

    @property
    def precision(self) -> str:
        """``day``, ``month``, ``year``, or ``range`` for anything between."""
        if self.first == self.last:
            return "day"
        for precision, text in (("month", f"{self.first:%Y-%m}"), ("year", f"{self.first:%Y}")):
            if self == Published.parse(text):
                return precision
        return "range"

    def __str__(self) -> str:
        """The date as a Chinese reader writes it: 2025年5月, 2022年9月至11月."""
        first, last = self.first, self.last
        match self.precision:
            case "day":
                return f"{first.year}年{first.month}月{first.day}日"
            case "month":
                return f"{first.year}年{first.month}月"
            case "year":
                return f"{first.year}年"
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.year}年{first.month}月{first.day}日至{last.day}日"
        year = "" if first.year == last.year else f"{last.year}年"
        return f"{first.year}年{first.month}月至{year}{last.month}月"


def _bounds(text: str, whole: str) -> tuple[date, date]:
    """The first and last day of an ISO date of any precision."""
    found = _ISO.fullmatch(text.strip())
    try:
        match [int(number) for number in found.groups() if number] if found else []:
            case [year]:
                return date(year, 1, 1), date(year, 12, 31)
            case [year, month]:
                following = date(year + month // 12, month % 12 + 1, 1)
                return date(year, month, 1), date.fromordinal(following.toordinal() - 1)
            case [year, month, day]:
                return date(year, month, day), date(year, month, day)
    except ValueError:
        pass
    raise ValueError(f"not a date: {whole!r}; write 2025, 2025-05, 2025-05-16 or 2025-05/2025-06")


@dataclass(frozen=True, slots=True)
class Document:
    """One document: what it says and what is known about it.

    ``text`` has the document's own characters; only white space was changed. All offsets in
    passages and citations count its code points.

    ``pages`` tell, as (offset, page number), where the text goes over to which page of the file, in
    order of the offsets (none where the format has no pages); an article that is continued on a later
    page is put together, so that a page may come more than once. ``doubtful`` are the spans that were
    read from a picture without certainty. ``origins`` tells for each fact (``title``, ``published``,
    …) where it comes from, in words. ``also_in`` are the doc_ids of other files with the same text.
    """

    doc_id: str
    title: str
    text: str
    headings: tuple[tuple[int, int], ...] = ()
    pages: tuple[tuple[int, int], ...] = ()
    doubtful: tuple[tuple[int, int], ...] = ()
    published: Published | None = None
    effective: date | None = None
    region: str | None = None
    byline: str | None = None
    issuer: str | None = None
    doc_number: str | None = None
    kind: str | None = None
    url: str | None = None
    origins: Mapping[str, str] = field(default_factory=dict, hash=False)
    also_in: tuple[str, ...] = ()

    def page(self, offset: int) -> int | None:
        """The number, from 1, of the page on which a character stands; None without pages."""
        before = bisect_right(self.pages, offset, key=itemgetter(0))
        return self.pages[before - 1][1] if before else None

    def is_doubtful(self, start: int, end: int) -> bool:
        """Whether any of the characters from ``start`` to ``end`` was read from a picture without certainty."""
        before = bisect_left(self.doubtful, (end,))  # the spans are in order and apart
        return before > 0 and start < self.doubtful[before - 1][1]


@dataclass(frozen=True, slots=True)
class Passage:
    """Some whole sentences of a document: ``text == document.text[start:end]``."""

    passage_id: str
    doc_id: str
    start: int
    end: int
    text: str
    heading: str = ""
