"""The lines of columns joined into paragraphs, over the ends of columns and pages.

A line was broken by force, and a paragraph ends, where the first word of the next line would have had
room on it; so it is where the next one is indented. A caption between two lines of a sentence comes
after the paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from index.loaders.columns import CAPTION, HEADLINE, Column, Fragment
from index.normalize import HEADING_MARK

_SLACK: Final = 1.0  # of the type's size: room that a line may leave without having been broken by force
_INDENT: Final = 0.8  # of the type's size: a line that begins so far to the right of the edge is indented
_FULL: Final = 0.6  # of the type's size: room that justified lines don't leave
_FAR_IN: Final = 3.0  # of the type's size: no paragraph's first line begins so far from the edge
_ALIKE: Final = 0.12  # of the type's size: how much the sizes in one paragraph may differ
_LEADING: Final = 2.2  # of the type's size: lines of one paragraph are no further apart, pictures aside
_LONGEST_HEADING: Final = 50  # characters
_LARGER: Final = 1.03  # a line in the middle in larger type, if only a little, is a heading
_CAPTION_LINES: Final = 3
_INDENTING: Final = 25  # one line in so many is indented where paragraphs are

CLOSED: Final = re.compile(r"[。!?！？…;；:：][”\"’'」』》)）】]*\s*$")
_UNIT: Final = re.compile(
    r"[“‘「『《(（【〔\[]*(?:[A-Za-z0-9.,%+&/'-]+|.)[,，。、;；:：!?！？)）》”’」』】〕\]…—%]*"
)
_LATIN_END: Final = re.compile(r"[A-Za-z0-9][,.;:)]?$")
_LATIN_START: Final = re.compile(r"[(]?[A-Za-z]")
_HYPHEN: Final = re.compile(r"[A-Za-z]{2}-$")
_CREDIT: Final = re.compile(r"[图摄]\s*$|资料照片\s*$")
_SENTENCE: Final = re.compile(r"[。;；,，:：]\s*$")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a column, and what tells whether it goes on."""

    text: str
    page: int
    left: float
    right: float
    bottom: float
    size: float
    style: str
    bold: bool
    column: tuple[float, float]
    doubts: tuple[tuple[int, int], ...] = ()

    @property
    def room(self) -> float:
        """The white between the line's end and the column's edge, in points."""
        return self.column[1] - self.right

    @property
    def margin(self) -> float:
        """The white between the column's edge and the line's beginning, in points."""
        return self.left - self.column[0]

    @property
    def is_centred(self) -> bool:
        """Whether the line stands in the column's middle, or fills it."""
        return abs(self.margin - self.room) < self.size

    @property
    def is_indented(self) -> bool:
        """Whether the line begins to the right of the column's edge."""
        return self.margin > self.size * _INDENT


@dataclass(slots=True)
class Paragraph:
    """Lines that belong together, ``heading`` if they stand over others."""

    lines: list[Line] = field(default_factory=list)
    heading: bool = False
    aside: bool = False

    @property
    def raw(self) -> str:
        """The lines one after the other, as they stand."""
        return "".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class Stretch:
    """The lines of a column; those of a ``table`` stand each for itself."""

    run: int
    table: bool
    lines: Sequence[Line]


def stretches(columns: Iterable[Column], page: int) -> Iterator[Stretch]:
    """The columns of a page as lines."""
    for column in columns:
        yield Stretch(
            column.run, column.table is not None, [_line(row, column, page) for row in column.rows]
        )


def _line(row: Sequence[Fragment], column: Column, page: int) -> Line:
    text = ""
    doubts: list[tuple[int, int]] = []
    right = row[0].left
    for fragment in row:
        if text and not text.endswith(" ") and fragment.left - right > fragment.size * _INDENT:
            text += " "
        doubts += [(start + len(text), end + len(text)) for start, end in fragment.doubts]
        text += fragment.text
        right = fragment.right
    longest = max(row, key=lambda fragment: len(fragment.text))
    return Line(
        text=text,
        page=page,
        left=row[0].left,
        right=max(fragment.right for fragment in row),
        bottom=row[0].bottom,
        size=longest.size,
        style=longest.style,
        bold=longest.bold,
        column=(column.left, column.right),
        doubts=tuple(doubts),
    )


@dataclass(frozen=True, slots=True)
class Body:
    """The type of the running text."""

    size: float
    style: str
    bold: bool


def join(stretches: Sequence[Stretch], body: Body) -> list[Paragraph]:
    """Make paragraphs of the lines of all pages."""
    indents = _is_indenting([line for stretch in stretches if stretch.run == 0 for line in stretch.lines])
    paragraphs: list[Paragraph] = []
    open_ones: dict[tuple[int, int], Paragraph] = {}  # by run; only the page's own goes on overleaf
    for stretch in stretches:
        if not stretch.lines:
            continue
        if stretch.table or stretch.run == CAPTION:
            paragraphs += _apart(stretch)
            continue
        run = (stretch.run, stretch.lines[0].page if stretch.run else 0)
        added = list(_joined(stretch.lines, open_ones.get(run), indents))
        paragraphs += added
        if main := [paragraph for paragraph in added if not paragraph.aside]:
            open_ones[run] = main[-1]
    for paragraph in paragraphs:
        paragraph.heading = not paragraph.aside and _is_heading(paragraph, body)
    return paragraphs


def _apart(stretch: Stretch) -> list[Paragraph]:
    """The rows of a table, or the lines of a caption joined where one fills the column."""
    if stretch.table:
        return [Paragraph([line], aside=True) for line in stretch.lines]
    found = list(_joined(stretch.lines, None, indents=False))
    for paragraph in found:
        paragraph.aside = True
    return found


def _joined(lines: Sequence[Line], current: Paragraph | None, indents: bool) -> Iterator[Paragraph]:
    """The paragraphs that begin in a column, after the one before has been gone on with."""
    number = 0
    while number < len(lines):
        line = lines[number]
        if current and (
            _goes_on(current.lines[-1], line, number == 0, indents) or _is_centred_on(current, line)
        ):
            current.lines.append(line)
        elif current and (after := _after_caption(current.lines[-1], lines, number, indents)):
            yield Paragraph(list(lines[number:after]), aside=True)
            number = after
            continue
        else:
            current = Paragraph([line])
            yield current
        number += 1


def _is_indenting(lines: Sequence[Line]) -> bool:
    """Whether paragraphs begin with an indent of two characters or so."""
    indented = sum(1.2 <= line.margin / line.size <= 3 for line in lines)
    return indented * _INDENTING >= len(lines)


def _goes_on(last: Line, line: Line, overleaf: bool, indents: bool) -> bool:
    """Whether a line belongs to the paragraph of the one before; ``overleaf``: in another column."""
    if not _is_alike(last, line) or last.room > _width_of_first_word(line) + _SLACK * line.size:
        return False
    closed = bool(CLOSED.search(last.text))
    if line.is_indented:
        block = last.is_indented and abs(last.left - line.left) < _ALIKE * line.size
        return block and last.room < _FULL * line.size and not closed
    if closed and HEADING_MARK.match(line.text):
        return False
    below = not overleaf and line.bottom - last.bottom > _LEADING * line.size
    if (overleaf or below) and last.margin > _FAR_IN * last.size:
        return False
    return not closed or (not below and (indents or not overleaf))


def _is_centred_on(paragraph: Paragraph, line: Line) -> bool:
    """Whether a line goes on with a heading or caption in the column's middle that filled its line."""
    last = paragraph.lines[-1]
    if not all(each.is_centred and _is_alike(each, line) for each in (*paragraph.lines, line)):
        return False
    near = 0 < line.bottom - last.bottom <= _LEADING * line.size or line.column != last.column
    return near and last.margin + last.room < _width_of_first_word(line) + _SLACK * line.size


def _is_alike(one: Line, other: Line) -> bool:
    return one.bold == other.bold and abs(one.size - other.size) <= _ALIKE * other.size


def _width_of_first_word(line: Line) -> float:
    """The width of what can't be parted at a line's beginning: a character or word, with its marks."""
    unit = _UNIT.match(line.text)
    return sum(0.5 if character.isascii() else 1.0 for character in unit[0]) * line.size if unit else 0.0


def _after_caption(last: Line, lines: Sequence[Line], number: int, indents: bool) -> int | None:
    """The line with which a sentence goes on after the caption that begins at a line, if it is one."""
    if CLOSED.search(last.text):
        return None
    for goes_on in range(number + 1, min(number + 1 + _CAPTION_LINES, len(lines))):
        between = lines[number:goes_on]
        if _goes_on(last, lines[goes_on], True, indents) and all(
            _stands_out(line, last) for line in between
        ):
            return goes_on
    return None


def _stands_out(line: Line, last: Line) -> bool:
    """Whether a line is set otherwise than the one before: in other type, or in the column's middle."""
    centred = line.is_centred and line.margin > line.size
    return centred or line.style != last.style or abs(line.size - last.size) > 0.04 * last.size


def _is_heading(paragraph: Paragraph, body: Body) -> bool:
    text, first = paragraph.raw, paragraph.lines[0]
    if len(text) > _LONGEST_HEADING or _SENTENCE.search(text):
        return False
    in_the_middle = first.is_centred and first.margin > first.size and not _CREDIT.search(text)
    return (
        first.size >= body.size * HEADLINE
        or (first.bold and not body.bold)
        or bool(HEADING_MARK.match(text))
        or (in_the_middle and first.size >= body.size * (1.0 if first.style != body.style else _LARGER))
    )


def pieces(lines: Sequence[Line]) -> Iterator[tuple[str, Line]]:
    """What each line adds to its paragraph: hyphens at a line's end go, Latin words keep a space."""
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        text = line.text
        if following and _HYPHEN.search(text) and following.text[0].islower():
            text = text[:-1]
        elif following and _LATIN_END.search(text) and _LATIN_START.match(following.text):
            text += " "
        yield text, line
