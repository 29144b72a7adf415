"""The order in which a page is read, from where its text stands: columns, headlines, captions.

A page is cut along the white between its pieces, over and over: across where a headline spans
columns, and down where a gutter parts them. What is left is a column, read from top to bottom. It is
all geometry, the same for a PDF's characters and for the lines read from a scan.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from index.loaders.frames import Frame
from index.loaders.table import Table

HEADLINE: Final = 1.2
"""Type so many times as large as that of the running text is a heading's."""

MOST_FRAGMENTS: Final = 3_000
"""Pieces of lines on a page; a newspaper page has under a thousand. More are read from top to bottom."""

CAPTION: Final = -1
"""The run of captions, which neither go on anywhere nor are headings."""

GREAT: Final = 1.5
"""Type so many times as large is that of the headlines over whole articles."""

_LEVEL: Final = 3.0  # headlines side by side may begin so many lines apart
_GUTTER: Final = 0.8  # of the type's size: columns stand further apart, characters don't
_JUSTIFIED: Final = 0.7  # of the type's size: how exactly lines end at a column's edge
_RUNNING: Final = 6  # characters: lines of running text have more, most cells of a table fewer
_CAPTION: Final = 3  # rows: a caption has no more
_WIDE: Final = 0.6  # of a region's width: what is covered so far may still be its first column alone
_BOX: Final = 3  # lines: a frame around fewer is an ornament
_TITLE: Final = 40  # characters: a line over a table with its title or unit has no more
_SAME_ROW: Final = 0.4  # of the type's size: how far apart the feet of one row's fragments may be

Span = tuple[float, float]
"""From and to, from left to right, in points."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """Characters side by side: their text, their box in points (down from the page's top), their type.

    ``doubts`` are the spans of the text that were read without certainty; ``frame`` is the number,
    from 1, of the box or table that stands here, which has no text of its own.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    style: str = ""
    bold: bool = False
    doubts: tuple[tuple[int, int], ...] = ()
    frame: int = 0


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with rules: its cells, where its columns begin and end, and which of its rows are doubtful."""

    table: Table
    xs: tuple[float, ...]
    box: tuple[float, float, float, float]
    size: float
    doubtful: frozenset[int]


@dataclass(frozen=True, slots=True)
class Column:
    """Rows read from top to bottom between two edges.

    ``run`` is 0 in the page's run of text, the number of a frame in that frame, and `CAPTION` between
    columns. In a ``table`` each row stands for itself; `written_out` makes them of its cells.
    """

    rows: tuple[tuple[Fragment, ...], ...]
    left: float
    right: float
    run: int = 0
    table: Grid | None = None


def reading_order(fragments: Sequence[Fragment], body: float, frames: Sequence[Frame] = ()) -> list[Column]:
    """Put a page's text in order; ``body`` is the size of its running text.

    A frame comes where it stands in its column. One that interrupts several columns, like a caption
    that does, comes after them.
    """
    if len(fragments) > MOST_FRAGMENTS:
        return [Column(_rows(fragments), *_extent(fragments))]
    inside: dict[int, list[Fragment]] = defaultdict(list)
    for fragment in fragments:
        inside[_frame_around(fragment, frames)].append(fragment)
    boxes = [
        number for number in inside if number and _is_box(frames[number - 1], inside[number], fragments)
    ]
    free = [f for number, each in inside.items() if number not in boxes for f in each]
    free += [_placeholder(frames[number - 1], number, body) for number in boxes]
    ordered = _arrange(free, _extent(free), body) if free else iter(())
    return [part for column in ordered for part in _opened(column, inside, frames, body)]


def _frame_around(fragment: Fragment, frames: Sequence[Frame]) -> int:
    x, y = (fragment.left + fragment.right) / 2, (fragment.top + fragment.bottom) / 2
    return next((number for number, frame in enumerate(frames, 1) if frame.holds(x, y)), 0)


def _is_box(frame: Frame, inside: Sequence[Fragment], page: Sequence[Fragment]) -> bool:
    """Whether a frame is a table, or sets a smaller part of the page apart, of several lines."""
    if frame.is_table:
        return True
    written, all_written = (sum(len(fragment.text) for fragment in each) for each in (inside, page))
    return written * 2 < all_written and len(_rows(inside)) >= _BOX


def _placeholder(frame: Frame, number: int, body: float) -> Fragment:
    left, top, right, bottom = frame.box
    return Fragment("\ufffc" * _RUNNING, left, top, right, bottom, body, frame=number)


def _opened(
    column: Column, inside: Mapping[int, Sequence[Fragment]], frames: Sequence[Frame], body: float
) -> Iterator[Column]:
    """A column with the contents of the frames in it, in place of the frames."""
    rows: list[tuple[Fragment, ...]] = []
    for row in column.rows:
        boxes = [fragment.frame for fragment in row if fragment.frame]
        if beside := tuple(fragment for fragment in row if not fragment.frame):
            rows.append(beside)
        if not boxes:
            continue
        if rows:
            yield replace(column, rows=tuple(rows))
        for number in boxes:
            frame, contents = frames[number - 1], inside[number]
            if frame.is_table:
                yield _table(frame, contents, rows[-2:], number)
            else:
                for part in _arrange(contents, _extent(contents), body):
                    yield replace(part, run=part.run or number)
        rows = []
    if rows:
        yield replace(column, rows=tuple(rows))


def _table(
    frame: Frame, contents: Sequence[Fragment], above: Sequence[Sequence[Fragment]], run: int
) -> Column:
    """A table that is still to be written out."""
    cells: dict[tuple[int, int], list[Fragment]] = defaultdict(list)
    for fragment in contents:
        x, y = (fragment.left + fragment.right) / 2, (fragment.top + fragment.bottom) / 2
        cells[frame.cell(x, y)].append(fragment)
    # The text of joined cells may stand anywhere in them.
    merged = frame.merged()
    for row, column, last_row, last in merged:
        for place in [(r, c) for r in range(row, last_row + 1) for c in range(column, last + 1)][1:]:
            cells[row, column] += cells.pop(place, [])
    rows = [
        [
            "\n".join(" ".join(f.text for f in row) for row in _rows(cells[r, c]))
            for c in range(len(frame.xs) - 1)
        ]
        for r in range(len(frame.ys) - 1)
    ]
    title = [text for row in above if len(text := " ".join(f.text for f in row)) <= _TITLE]
    doubtful = frozenset(r for (r, _), each in cells.items() if any(f.doubts for f in each))
    size = max((f.size for f in contents), default=1.0)
    grid = Grid(Table(rows, merged, title), frame.xs, frame.box, size, doubtful)
    return Column((), frame.xs[0], frame.xs[-1], run, grid)


def _extent(fragments: Sequence[Fragment]) -> Span:
    return min(fragment.left for fragment in fragments), max(fragment.right for fragment in fragments)


def _arrange(fragments: Sequence[Fragment], edges: Span, body: float) -> Iterator[Column]:
    """The columns of a region in order; ``edges`` are those of the column it lies in."""
    bands, captions = _bands(fragments, body)
    if len(bands) > 1 or captions:
        for band in bands:
            yield from _arrange(band, edges, body)
        if captions:
            yield Column(_rows(captions), *_extent(captions), run=CAPTION)
        return
    parts = _parts(fragments, _gutters(fragments, body))
    if len(parts) == 1:
        rows = _rows(fragments)
        yield Column(rows, *_edges(rows, edges, body))
        return
    if cut := _below_headlines(parts, body):
        for half in cut:
            yield from _arrange(half, edges, body)
        return
    for part in parts:
        yield from _arrange(part, _extent(part), body)


def _edges(rows: Sequence[Sequence[Fragment]], edges: Span, body: float) -> Span:
    """The edges at which a column's lines begin and end; those of its region if they end anywhere."""
    left, right = _extent([fragment for row in rows for fragment in row])
    full = sum(right - row[-1].right <= body * _JUSTIFIED for row in rows)
    return (left, right) if full >= 3 and full * 3 >= len(rows) else edges


def _slabs(fragments: Sequence[Fragment]) -> list[list[Fragment]]:
    """The fragments parted wherever white goes all the way across, from top to bottom."""
    slabs: list[list[Fragment]] = []
    foot = float("-inf")
    for fragment in sorted(fragments, key=lambda fragment: fragment.top):
        if fragment.top >= foot:
            slabs.append([])
        slabs[-1].append(fragment)
        foot = max(foot, fragment.bottom)
    return slabs


def _bands(fragments: Sequence[Fragment], body: float) -> tuple[list[list[Fragment]], list[Fragment]]:
    """Stretches from top to bottom, each with gutters of its own or none, and the captions between."""
    slabs = _slabs(fragments)
    left, right = _extent(fragments)
    bands: list[tuple[bool, list[Fragment]]] = []  # whether in columns, and what is in it
    start = 0
    while start < len(slabs):
        end = _reach(slabs, start, right - left, body)
        run = [fragment for slab in slabs[start:end] for fragment in slab]
        if _gutters(run, body):
            bands.append((True, run))
        else:
            end, run = start + 1, slabs[start]
            if bands and _belongs(run, bands, body):
                bands[-1][1].extend(run)
            else:
                bands.append((False, list(run)))
        start = end
    return _without_captions(bands, body)


def _belongs(slab: Sequence[Fragment], bands: Sequence[tuple[bool, list[Fragment]]], body: float) -> bool:
    """Whether a slab without columns goes on with the last band, which has none either."""
    in_columns, last = bands[-1]
    if in_columns or _is_heading(last, body) != _is_heading(slab, body):
        return False
    # Under a caption the columns above may go on, if only one of them.
    under_caption = len(bands) > 1 and bands[-2][0] and _is_caption(last, body)
    return not (under_caption and _go_on(bands[-2][1], slab, body))


def _reach(slabs: Sequence[Sequence[Fragment]], start: int, width: float, body: float) -> int:
    """How far down from a slab some white goes on between its columns."""
    covered = _merge(slabs[start])
    if _is_heading(slabs[start], body) and not _between(covered, body):
        return start + 1
    end = start + 1
    while end < len(slabs) and not _is_heading(slabs[end], body):
        covered = _merge(slabs[end], covered)
        if not _between(covered, body) and covered[-1][1] - covered[0][0] > width * _WIDE:
            break
        end += 1
    return end


def _is_heading(slab: Sequence[Fragment], body: float) -> bool:
    return all(fragment.size >= body * HEADLINE for fragment in slab)


def _merge(fragments: Sequence[Fragment], covered: Sequence[Span] = ()) -> list[Span]:
    """What of a page's width the fragments cover, besides what is covered already."""
    merged: list[Span] = []
    for left, right in sorted([*covered, *((fragment.left, fragment.right) for fragment in fragments)]):
        if merged and left <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], right))
        else:
            merged.append((left, right))
    return merged


def _between(covered: Sequence[Span], body: float) -> list[Span]:
    """The whites between what is covered, as wide as a gutter."""
    return [(a, b) for (_, a), (b, _) in pairwise(covered) if b - a >= body * _GUTTER]


def _gutters(fragments: Sequence[Fragment], body: float) -> list[Span]:
    """The whites from top to bottom that part columns of running text, and not the cells of rows."""
    return [
        (left, right)
        for left, right in _between(_merge(fragments), body)
        if _parts_columns(
            [fragment for fragment in fragments if fragment.right <= left],
            [fragment for fragment in fragments if fragment.left >= right],
            body,
        )
    ]


def _parts_columns(before: Sequence[Fragment], after: Sequence[Fragment], body: float) -> bool:
    if not any(f.top < g.bottom and g.top < f.bottom for f in before for g in after):
        return False
    running = [fragment for fragment in before if len(fragment.text) >= _RUNNING]
    beside = [fragment for fragment in after if len(fragment.text) >= _RUNNING]
    edge = max(fragment.right for fragment in before)
    justified = [fragment for fragment in running if edge - fragment.right <= body * _JUSTIFIED]
    return len(justified) >= 3 or (len(running) * 2 > len(before) > 1 and len(beside) * 2 > len(after) > 1)


def _parts(fragments: Sequence[Fragment], gutters: Sequence[Span]) -> list[list[Fragment]]:
    """The fragments between the gutters, from left to right."""
    parts: list[list[Fragment]] = [[] for _ in range(len(gutters) + 1)]
    for fragment in fragments:
        parts[sum(fragment.left >= right for _, right in gutters)].append(fragment)
    return parts


def _without_captions(
    bands: Sequence[tuple[bool, list[Fragment]]], body: float
) -> tuple[list[list[Fragment]], list[Fragment]]:
    """Put together the columns above and below a picture's caption, and the captions apart."""
    kept: list[tuple[bool, list[Fragment]]] = []
    captions: list[Fragment] = []
    for number, (in_columns, band) in enumerate(bands):
        if not in_columns and _is_caption(band, body) and 0 < number < len(bands) - 1:
            above, below = kept[-1], bands[number + 1]
            if _go_on(above[1], below[1], body):
                captions += band
                continue
        if captions and kept and captions[-1].top > max(f.top for f in kept[-1][1]):
            kept[-1] = (True, [*kept[-1][1], *band])
        else:
            kept.append((in_columns, band))
    return [band for _, band in kept], captions


def _go_on(above: Sequence[Fragment], below: Sequence[Fragment], body: float) -> bool:
    """Whether two bands have the same columns, of which one of them may lack some."""
    together = len(_gutters([*above, *below], body))
    return together > 0 and together == max(len(_gutters(above, body)), len(_gutters(below, body)))


def _is_caption(band: Sequence[Fragment], body: float) -> bool:
    return len(_rows(band)) <= _CAPTION and not any(
        fragment.bold or fragment.size >= body * HEADLINE for fragment in band
    )


def _below_headlines(
    parts: Sequence[Sequence[Fragment]], body: float
) -> tuple[list[Fragment], list[Fragment]] | None:
    """Part a page across where great headlines begin side by side over all of it.

    What is above them is an article of its own, and is read before any of them.
    """
    tops = [sorted(fragment.top for fragment in part if fragment.size >= body * GREAT) for part in parts]
    for first in tops[0]:
        level = [next((top for top in each if abs(top - first) <= body * _LEVEL), None) for each in tops]
        if None in level:
            continue
        cuts = [top for top in level if top is not None]
        above = [f for part, cut in zip(parts, cuts, strict=True) for f in part if f.top < cut]
        below = [f for part, cut in zip(parts, cuts, strict=True) for f in part if f.top >= cut]
        if above:
            return above, below
    return None


def _rows(fragments: Sequence[Fragment]) -> tuple[tuple[Fragment, ...], ...]:
    """Fragments on one line together, from left to right; the lines from top to bottom."""
    rows: list[list[Fragment]] = []
    for fragment in sorted(fragments, key=lambda fragment: fragment.bottom):
        if rows and fragment.bottom - rows[-1][0].bottom <= _SAME_ROW * min(
            fragment.size, rows[-1][0].size
        ):
            rows[-1].append(fragment)
        else:
            rows.append([fragment])
    return tuple(tuple(sorted(row, key=lambda fragment: fragment.left)) for row in rows)
