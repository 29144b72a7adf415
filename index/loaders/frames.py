"""Boxes and tables on a page, from the lines that are drawn around and in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

_TOUCH: Final = 3.0  # points: lines so near to each other meet
_LEAST: Final = 20.0  # points: what is lower or narrower is a rule or an underlining
MOST_LINES: Final = 600
"""Lines of a page; where more are drawn, it is a drawing."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line along one axis: ``at`` on the other axis, from ``start`` to ``end``, in points."""

    upright: bool
    at: float
    start: float
    end: float

    def turned(self, turn: int, width: float, height: float) -> Stroke:
        """The line as seen with a page of that size turned by so many quarters."""
        from_left, from_right = (self.start, self.end), (width - self.end, width - self.start)
        from_top, from_foot = (self.start, self.end), (height - self.end, height - self.start)
        match turn, self.upright:
            case 1, True:
                return Stroke(False, self.at, *from_foot)
            case 1, False:
                return Stroke(True, height - self.at, *from_left)
            case 2, True:
                return Stroke(True, width - self.at, *from_foot)
            case 2, False:
                return Stroke(False, height - self.at, *from_right)
            case 3, True:
                return Stroke(False, width - self.at, *from_top)
            case 3, False:
                return Stroke(True, self.at, *from_right)
        return self


@dataclass(frozen=True, slots=True)
class Frame:
    """A box on the page, in points down from the page's top, and the lines of the grid in it.

    ``xs`` and ``ys`` hold the edges too: a box without a grid has two of each.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    strokes: tuple[Stroke, ...]

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        return self.xs[0], self.ys[0], self.xs[-1], self.ys[-1]

    @property
    def is_table(self) -> bool:
        """Whether it has rows and columns, two of each at least."""
        return len(self.xs) > 2 and len(self.ys) > 2

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies in the box."""
        left, top, right, bottom = self.box
        return left < x < right and top < y < bottom

    def cell(self, x: float, y: float) -> tuple[int, int]:
        """The row and column of a point in the box."""
        return sum(y >= line for line in self.ys[1:-1]), sum(x >= line for line in self.xs[1:-1])

    def merged(self) -> list[tuple[int, int, int, int]]:
        """The cells between which no line is drawn, as (top, left, bottom, right), from 0, all included."""
        free = {(row, column) for row in range(len(self.ys) - 1) for column in range(len(self.xs) - 1)}
        found = []
        for row, column in sorted(free):
            if (row, column) not in free:
                continue
            last = column
            while (row, last + 1) in free and not self._parts(row, last, upright=True):
                last += 1
            bottom = row
            while all(
                (bottom + 1, each) in free and not self._parts(bottom, each, upright=False)
                for each in range(column, last + 1)
            ):
                bottom += 1
            free -= {(r, c) for r in range(row, bottom + 1) for c in range(column, last + 1)}
            if (bottom, last) != (row, column):
                found.append((row, column, bottom, last))
        return found

    def _parts(self, row: int, column: int, upright: bool) -> bool:
        """Whether a line is drawn at a cell's right side, or below it."""
        along, across = (self.ys, self.xs) if upright else (self.xs, self.ys)
        place, other = (row, column) if upright else (column, row)
        middle = (along[place] + along[place + 1]) / 2
        return any(
            stroke.upright == upright
            and abs(stroke.at - across[other + 1]) <= _TOUCH
            and stroke.start <= middle <= stroke.end
            for stroke in self.strokes
        )


def frames_of(strokes: Iterable[Stroke]) -> list[Frame]:
    """The boxes that lines make; one within another is part of the outer one."""
    joined = _joined(strokes)
    if len(joined) > MOST_LINES:
        return []
    groups: list[list[Stroke]] = []
    for stroke in joined:
        touching = [group for group in groups if any(_meet(stroke, other) for other in group)]
        groups = [group for group in groups if group not in touching]
        groups.append([stroke, *(other for group in touching for other in group)])
    frames = [frame for group in groups if (frame := _frame(group))]
    return [
        frame
        for frame in frames
        if not any(other is not frame and _inside(frame, other) for other in frames)
    ]


def _joined(strokes: Iterable[Stroke]) -> list[Stroke]:
    """Strokes that go on in each other, or are drawn over each other, as one."""
    beside: list[list[Stroke]] = []  # those on one line, whatever its pieces
    for stroke in sorted(strokes, key=lambda stroke: (stroke.upright, stroke.at)):
        first = beside[-1][0] if beside else None
        if first and first.upright == stroke.upright and stroke.at - first.at <= _TOUCH:
            beside[-1].append(stroke)
        else:
            beside.append([stroke])
    joined: list[Stroke] = []
    for line in beside:
        last: Stroke | None = None
        for stroke in sorted(line, key=lambda stroke: stroke.start):
            if last and stroke.start <= last.end + _TOUCH:
                last = joined[-1] = replace(last, end=max(last.end, stroke.end))
            else:
                last = stroke
                joined.append(stroke)
    return joined


def _meet(one: Stroke, other: Stroke) -> bool:
    if one.upright == other.upright:
        return False
    return (
        one.start - _TOUCH <= other.at <= one.end + _TOUCH
        and other.start - _TOUCH <= one.at <= other.end + _TOUCH
    )


def _frame(group: Sequence[Stroke]) -> Frame | None:
    """The box of lines that meet: closed all around, or a table open at its sides."""
    level = [stroke for stroke in group if not stroke.upright]
    upright = [stroke for stroke in group if stroke.upright]
    if len(level) < 2 or not upright:
        return None
    left, right = min(s.start for s in level), max(s.end for s in level)
    xs = _places([left, right, *(s.at for s in upright)])
    ys = _places([s.at for s in level])
    closed = len(upright) >= 2 and _stands_at(upright, left) and _stands_at(upright, right)
    if xs[-1] - xs[0] < _LEAST or ys[-1] - ys[0] < _LEAST or not (closed or len(level) >= 3):
        return None
    return Frame(xs, ys, tuple(group))


def _stands_at(upright: Sequence[Stroke], x: float) -> bool:
    return any(abs(stroke.at - x) <= _TOUCH for stroke in upright)


def _places(values: Iterable[float]) -> tuple[float, ...]:
    """The values in order, those that are nearly the same once."""
    ordered = sorted(values)
    return (ordered[0], *(b for a, b in pairwise(ordered) if b - a > _TOUCH))


def _inside(frame: Frame, other: Frame) -> bool:
    left, top, right, bottom = frame.box
    return other.holds((left + right) / 2, (top + bottom) / 2) and _area(other) > _area(frame)


def _area(frame: Frame) -> float:
    left, top, right, bottom = frame.box
    return (right - left) * (bottom - top)
