"""What is printed on every page around its text: headers, footers, page numbers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from index.loaders.columns import Fragment
from index.loaders.frames import Frame

_MARGIN: Final = 0.08
"""Headers and footers stand within this part of a page's height from its edges."""

_SAME_PLACE: Final = 0.01  # of the page's height
_CLEAR: Final = 0.9  # of the type's size: the white between them and the text
_PAGE_NUMBER: Final = re.compile(
    r"[-—–―·•.\s]*(?:"
    r"第?\s*[A-Z]?\d{1,4}\s*[页頁版]?(?:[\s/／,，]*(?:共|of)?\s*\d{1,4}\s*[页頁版]?)?"
    r"|第\s*[一二三四五六七八九十百]{1,4}\s*[页頁版]"
    r"|[Pp]age\s*\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?"
    r"|[ivxIVX]{1,6}"
    r")[-—–―·•.\s]*"
)


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on a page, its number from 1, and its size in points."""

    number: int
    width: float
    height: float
    fragments: Sequence[Fragment]
    frames: Sequence[Frame] = ()


def without_furniture(pages: Sequence[Page]) -> tuple[list[Page], list[str]]:
    """Set headers, footers and page numbers apart: the pages without them, and what was set apart.

    They are the outermost row near an edge, clear of the text, and at the same place on two pages or
    more with the same words, figures aside; a page number also where it is on one page only.
    """
    edges = {(page.number, upper): _outermost(page, upper) for page in pages for upper in (True, False)}
    places: dict[tuple[bool, str], list[tuple[int, float]]] = defaultdict(list)
    for page in pages:
        for upper in (True, False):
            for fragment in edges[page.number, upper]:
                places[upper, _words(fragment)].append((page.number, fragment.bottom / page.height))
    kept, apart = [], []
    for page in pages:
        gone: list[Fragment] = []
        for upper in (True, False):
            row = edges[page.number, upper]
            if any(_is_furniture(fragment, page, places[upper, _words(fragment)]) for fragment in row):
                gone += row
        apart += [fragment.text for fragment in gone]
        kept.append(replace(page, fragments=[f for f in page.fragments if f not in gone]))
    return kept, apart


def _outermost(page: Page, upper: bool) -> list[Fragment]:
    """The row next to the upper or lower edge, if it stands in the margin, clear of the rest."""
    in_order = sorted(page.fragments, key=lambda f: f.top if upper else -f.bottom)
    if not in_order:
        return []
    first = in_order[0]
    row = [f for f in in_order if abs(f.bottom - first.bottom) < first.size / 2]
    inside = next((f for f in in_order if f not in row), None)
    if upper:
        in_margin = first.top + first.bottom < 2 * page.height * _MARGIN
        white = inside.top - max(f.bottom for f in row) if inside else first.size
    else:
        in_margin = first.top + first.bottom > 2 * page.height * (1 - _MARGIN)
        white = min(f.top for f in row) - inside.bottom if inside else first.size
    return row if in_margin and white >= first.size * _CLEAR else []


def _words(fragment: Fragment) -> str:
    return re.sub(r"\d+", "0", re.sub(r"\s", "", fragment.text))


def _is_furniture(fragment: Fragment, page: Page, places: Sequence[tuple[int, float]]) -> bool:
    if _PAGE_NUMBER.fullmatch(fragment.text):
        return True
    here = fragment.bottom / page.height
    return any(number != page.number and abs(place - here) < _SAME_PLACE for number, place in places)
