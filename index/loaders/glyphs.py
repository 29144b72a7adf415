"""A PDF page's characters, with where they stand, put together to fragments of lines."""

from __future__ import annotations

import ctypes
import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile
from operator import attrgetter
from statistics import median
from typing import Any, Final

import pypdfium2
import pypdfium2.raw as pdfium

from index.loaders.columns import Fragment
from index.loaders.frames import Stroke
from index.loaders.lines import lowered, raised
from index.loaders.unboxed import address
from index.loaders.unseen import covered, is_inkless

HOLE: Final = "\ufffd"
"""Stands where a character is that can't be told: were the gap closed, another figure would be read."""
ASCENT: Final = 0.88
"""Of the type's size: what stands above the baseline; the rest is below."""

_GAP: Final = 0.8  # of the type's size: characters of one line are no further apart
_BEARING: Final = 0.1  # of the type's size: white that belongs to a character's box
_SPACED: Final = 0.3  # more, where a space stands between
_WORDS: Final = 0.22  # of the type's size: Latin words are so far apart
_OVERLAP: Final = 0.5  # of a character's width: printed over once more, to look bold
_FEET: Final = 0.2  # of the type's size: how far apart the feet of one line's characters may be
_RAISED: Final = 0.5  # for smaller type beside larger
_SMALLER: Final = 0.8
_OFF: Final = 0.08  # of the type's size: smaller type so far above or below stands on another line
_UPRIGHT: Final = math.radians(10)
_HEAVY: Final = 600
_HEAVY_NAMES: Final = ("bold", "hei", "黑", "biaosong", "标宋")
_ORNAMENTS: Final = ("dings", "symbol")  # fonts of bullets and arrows, whose signs have no character
_NO_TEXT: Final = frozenset(["", *"\u200b\u200c\u200d\u2060\ufeff\u00ad\r\n\0"])
_STRIP: Final = 3.0  # points: lines are looked up by strips of the page
_BESIDE: Final = 8  # lines in one strip that may still go on


@dataclass(frozen=True, slots=True)
class Type:
    """How characters are set: size in points, font, the direction in quarters of a turn, if unseen."""

    size: float
    style: str
    bold: bool
    turn: int | None  # None: slanted
    unseen: bool = False  # as a scanner's program lays text over its picture, or under it


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character and where it stands, in points, the page turned so that its line runs to the right."""

    text: str
    left: float
    right: float
    foot: float
    type: Type
    spaced: bool = False  # a space stands before it
    doubtful: bool = False


class Glyphs(dict[int, list[Glyph]]):
    """A page's characters by the quarters of a turn that they stand at, most of them first.

    One whose font doesn't tell what it is, is a `HOLE`.
    """

    def share(self, has: Callable[[Glyph], bool]) -> float:
        """How much of the page's characters has a property."""
        glyphs = [glyph for turned in self.values() for glyph in turned]
        return sum(map(has, glyphs)) / max(len(glyphs), 1)


def glyphs_of(page: pypdfium2.PdfPage, textpage: Any, modes: dict[int, int]) -> Glyphs:
    """Read the characters of a page; ``modes`` is what `give_boxes` told before.

    Left out are those that stand slanted, as watermarks do, and those beyond the page's edges.
    """
    by_turn: dict[int, list[Glyph]] = defaultdict(list)
    types: dict[int, Type] = {}
    hidden = covered(page)
    edges = left, bottom, right, top = page.get_bbox()
    largest = max(right - left, top - bottom) / 2
    box, x, y = pdfium.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    for number in range(textpage.count_chars()):
        if pdfium.FPDFText_IsGenerated(textpage, number) == 1:
            continue
        character = _character(textpage, number)
        if character in _NO_TEXT:
            continue
        item = pdfium.FPDFText_GetTextObject(textpage, number)
        handle = address(item)
        if handle not in types:
            drawn = modes.get(handle, pdfium.FPDFTextObj_GetTextRenderMode(item))
            unseen = handle in hidden or is_inkless(textpage, number, drawn)
            types[handle] = _type(textpage, number, drawn, unseen)
        kind = types[handle]
        if kind.turn is None or not 0 < kind.size < largest:
            continue
        if character == HOLE and any(part in kind.style.lower() for part in _ORNAMENTS):
            continue
        pdfium.FPDFText_GetLooseCharBox(textpage, number, box)
        pdfium.FPDFText_GetCharOrigin(textpage, number, x, y)
        if not (left <= (box.left + box.right) / 2 <= right and bottom <= y.value <= top):
            continue
        one, _ = _turned(box.left, box.bottom, edges, kind.turn)
        other, _ = _turned(box.right, box.top, edges, kind.turn)
        _, foot = _turned(x.value, y.value, edges, kind.turn)
        by_turn[kind.turn].append(Glyph(character, min(one, other), max(one, other), foot, kind))
    return Glyphs(sorted(by_turn.items(), key=lambda item: -len(item[1])))


def _character(textpage: Any, number: int) -> str:
    """A character, `HOLE` if it isn't known which, "" for a sign of a font of ornaments."""
    # PDFium puts a mark of its own in the place of a hyphen at a line's end.
    if pdfium.FPDFText_IsHyphen(textpage, number) == 1:
        return "-"
    if pdfium.FPDFText_HasUnicodeMapError(textpage, number) == 1:
        return HOLE
    character = chr(pdfium.FPDFText_GetUnicode(textpage, number))
    if "\uf000" <= character <= "\uf0ff":  # where Windows puts the signs of such fonts
        return ""
    private = "\ue000" <= character <= "\uf8ff" or character >= "\U000f0000"
    return HOLE if private or character in "\ufffe\uffff" else character


def _type(textpage: Any, number: int, drawn: int, unseen: bool) -> Type:
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(textpage, number, matrix)
    angle = math.atan2(matrix.b, matrix.a)
    quarters = round(angle / (math.pi / 2))
    upright = abs(angle - quarters * math.pi / 2) <= _UPRIGHT
    name = ctypes.create_string_buffer(256)
    pdfium.FPDFText_GetFontInfo(textpage, number, name, len(name), None)
    style = name.value.decode("utf-8", "replace").split("+")[-1]
    return Type(
        size=pdfium.FPDFText_GetFontSize(textpage, number) * math.hypot(matrix.c, matrix.d),
        style=style,
        bold=drawn == pdfium.FPDF_TEXTRENDERMODE_FILL_STROKE
        or pdfium.FPDFText_GetFontWeight(textpage, number) >= _HEAVY
        or any(part in style.lower() for part in _HEAVY_NAMES),
        turn=quarters % 4 if upright else None,
        unseen=unseen,
    )


def _turned(x: float, y: float, edges: tuple[float, float, float, float], turn: int) -> tuple[float, float]:
    """A point as seen with the page turned, counted to the right and down from its upper left corner."""
    left, bottom, right, top = edges
    match turn:
        case 1:
            return y - bottom, x - left
        case 2:
            return right - x, y - bottom
        case 3:
            return top - y, right - x
    return x - left, top - y


@dataclass(slots=True)
class _Run:
    """A piece of a line as it grows to the right."""

    glyphs: list[Glyph]
    spaced: bool = False  # a space came last


def fragments_of(glyphs: Sequence[Glyph], rules: Iterable[Stroke] = ()) -> list[Fragment]:
    """Put characters that stand side by side together, whatever order the file has them in.

    An upright one of a table's ``rules`` parts them, however near they are.
    """
    runs: list[_Run] = []
    strips: dict[int, list[_Run]] = defaultdict(list)
    upright = sorted(rules, key=attrgetter("at"))
    for glyph in sorted(glyphs, key=attrgetter("left")):
        reachable = (run for run in _reachable(glyph, strips) if not _is_parted(run, glyph, upright))
        run = max(reachable, key=lambda run: run.glyphs[-1].right, default=None)
        if glyph.text.isspace():
            if run:
                run.spaced = True
        elif run is None:
            run = _Run([glyph])
            runs.append(run)
            strip = strips[int(glyph.foot // _STRIP)]
            strip.append(run)
            del strip[:-_BESIDE]
        elif not _is_printed_over(glyph, run.glyphs[-1]):
            run.glyphs.append(replace(glyph, spaced=run.spaced))
            run.spaced = False
    return [_fragment(run) for run in runs]


def _reachable(glyph: Glyph, strips: dict[int, list[_Run]]) -> Iterator[_Run]:
    """The pieces of line that end right before a character."""
    size = glyph.type.size
    reach = size * 1.5
    for strip in range(int((glyph.foot - reach) // _STRIP), int((glyph.foot + reach) // _STRIP) + 1):
        for run in strips.get(strip, ()):
            last = run.glyphs[-1]
            small, large = sorted((size, last.type.size))
            apart = (_RAISED if small < large * _SMALLER else _FEET) * large
            gap = (_GAP + _SPACED * run.spaced) * large
            if (
                abs(glyph.foot - last.foot) <= apart
                and -size <= glyph.left - last.right <= gap
                and small * 3 > large
            ):
                yield run


def _is_parted(run: _Run, glyph: Glyph, rules: Sequence[Stroke]) -> bool:
    """Whether a rule stands between a piece of line and a character."""
    slack = _BEARING * glyph.type.size
    middle = glyph.foot - ASCENT * glyph.type.size / 2
    first = bisect_left(rules, run.glyphs[-1].right - slack, key=attrgetter("at"))
    return any(
        rule.start <= middle <= rule.end
        for rule in takewhile(lambda rule: rule.at <= glyph.left + slack, rules[first:])
    )


def _is_printed_over(glyph: Glyph, last: Glyph) -> bool:
    return (
        glyph.text == last.text
        and last.right - glyph.left > (glyph.right - glyph.left) * _OVERLAP
        and abs(glyph.foot - last.foot) < 0.1 * glyph.type.size
    )


def _fragment(run: _Run) -> Fragment:
    main = max(run.glyphs, key=lambda glyph: glyph.type.size)
    size = main.type.size
    usual = _commonest(glyph.type for glyph in run.glyphs)
    text, doubts = _written([_in_its_place(glyph, main) for glyph in run.glyphs])
    return Fragment(
        text=text + " " * run.spaced,
        left=run.glyphs[0].left,
        top=main.foot - ASCENT * size,
        right=max(glyph.right for glyph in run.glyphs),
        bottom=main.foot + (1 - ASCENT) * size,
        size=usual.size,
        style=usual.style,
        bold=usual.bold,
        doubts=doubts,
    )


def _in_its_place(glyph: Glyph, main: Glyph) -> Glyph:
    """A small character above or below the line as one that is so by itself."""
    size = main.type.size
    if glyph.type.size >= size * _SMALLER or abs(glyph.foot - main.foot) <= _OFF * size:
        return glyph
    return replace(glyph, text=(raised if glyph.foot < main.foot else lowered)(glyph.text))


def _written(glyphs: Sequence[Glyph]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The text and what of it is doubtful.

    A space is wherever more white is left than between the other characters of the line.
    """
    gaps = [after.left - before.right for before, after in pairwise(glyphs)]
    usual = max(median(gaps), 0.0) if gaps else 0.0
    text = ""
    doubts: list[tuple[int, int]] = []
    for before, glyph, gap in zip([None, *glyphs[:-1]], glyphs, [0.0, *gaps], strict=True):
        if before:
            alike = before.text.isascii() == glyph.text.isascii()
            white = gap - usual > _WORDS * glyph.type.size and alike
            text += " " * (white or glyph.spaced)
        if glyph.doubtful or glyph.text == HOLE:
            doubts.append((len(text), len(text) + len(glyph.text)))
        text += glyph.text
    return text, tuple(doubts)


def _commonest(types: Iterable[Type]) -> Type:
    counts: dict[Type, int] = defaultdict(int)
    for kind in types:
        counts[kind] += 1
    return max(counts, key=lambda kind: counts[kind])
