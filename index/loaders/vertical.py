"""Vertical writing: characters below each other, in lines from right to left.

Seen with the page turned, such lines run level, the next one below: what reads level lines reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from index.loaders.glyphs import ASCENT, Glyph, Glyphs

_ON_LINE: Final = 0.3  # of the type's size: how far the middles of one line's characters are apart
_NEXT: Final = (0.7, 2.0)  # of the type's size: how far below the last one the next character stands
_LEAST: Final = 3  # characters: fewer below each other are no line
_MOST_OF: Final = (
    0.5  # of the characters: with fewer in such lines it is no vertical page, but a table's columns
)
_TURN: Final = 3  # quarters, so that what ran down runs to the right


def laid_level(glyphs: Glyphs, width: float) -> Glyphs:
    """The characters of a page of that width, its vertical lines as those of a turned page."""
    upright = glyphs.get(0, [])
    marked = _in_columns(upright)
    if sum(marked) <= _MOST_OF * len(upright):
        return glyphs
    level = [_turned(glyph, width) for glyph, is_marked in zip(upright, marked, strict=True) if is_marked]
    rest = [glyph for glyph, is_marked in zip(upright, marked, strict=True) if not is_marked]
    parts = {**glyphs, _TURN: [*level, *glyphs.get(_TURN, [])], 0: rest}
    return Glyphs(
        sorted(((turn, each) for turn, each in parts.items() if each), key=lambda item: -len(item[1]))
    )


def _in_columns(glyphs: Sequence[Glyph]) -> list[bool]:
    """Which characters stand in vertical lines, by the order in which they were printed."""
    below = [_is_below(before, after) for before, after in pairwise(glyphs)]
    marked = [False] * len(glyphs)
    start = 0
    for at, goes_on in enumerate([*below, False]):
        if not goes_on:
            if at + 1 - start >= _LEAST:
                marked[start : at + 1] = [True] * (at + 1 - start)
            start = at + 1
    # What is left of a page with such lines, as the last word of a paragraph, belongs to them by its place.
    lines = {round(_middle(glyph)) for glyph, is_marked in zip(glyphs, marked, strict=True) if is_marked}
    return [
        is_marked or round(_middle(glyph)) in lines for glyph, is_marked in zip(glyphs, marked, strict=True)
    ]


def _is_below(before: Glyph, after: Glyph) -> bool:
    size = before.type.size
    least, most = _NEXT
    return (
        abs(_middle(after) - _middle(before)) <= _ON_LINE * size
        and least * size <= after.foot - before.foot <= most * size
    )


def _middle(glyph: Glyph) -> float:
    return (glyph.left + glyph.right) / 2


def _turned(glyph: Glyph, width: float) -> Glyph:
    size = glyph.type.size
    top = glyph.foot - ASCENT * size
    foot = width - _middle(glyph) + (ASCENT - 0.5) * size
    return replace(glyph, left=top, right=top + size, foot=foot)
