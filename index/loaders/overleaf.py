"""Tables on the pages of a file written out as lines, those that go on overleaf as one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from typing import Final

from index.loaders.columns import Column, Fragment, Grid
from index.loaders.table import Table, goes_on, table_lines

_NEAR: Final = 3.0  # points: edges of columns no further apart are the same
_GOES_ON: Final = re.compile(
    r"[(（]?\s*(?:接?(?:上|前)[页頁表]|[续續]).{0,30}|.{0,30}[(（][续續]表?\s*\d*[)）]"
)


def written_out(pages: Sequence[Sequence[Column]]) -> list[list[Column]]:
    """The columns of all pages, with rows in the tables."""
    written = [list(columns) for columns in pages]
    for places in _tables(pages):
        grids = [grid for page, at in places if (grid := pages[page][at].table)]
        for (page, at), rows in zip(places, _rows(grids), strict=True):
            written[page][at] = replace(pages[page][at], rows=rows)
    return written


def _tables(pages: Sequence[Sequence[Column]]) -> Iterator[list[tuple[int, int]]]:
    """Where the pieces of each table are, as (page, column of it), in order of the pages."""
    open_one: list[tuple[int, int]] = []
    for page, columns in enumerate(pages):
        found = [at for at, column in enumerate(columns) if column.table]
        for at in found:
            if open_one and at == found[0] and _continues(pages[open_one[-1][0]], columns, at):
                open_one.append((page, at))
            else:
                if open_one:
                    yield open_one
                open_one = [(page, at)]
        if open_one and not found and columns:
            yield open_one
            open_one = []
    if open_one:
        yield open_one


def _continues(before: Sequence[Column], columns: Sequence[Column], at: int) -> bool:
    """Whether the table at the head of a page is the rest of the one at the foot of the page before."""
    upper, lower = before[-1].table, columns[at].table
    over = ["".join(f.text for f in row) for column in columns[:at] for row in column.rows]
    if upper is None or lower is None or not all(_GOES_ON.fullmatch(text.strip()) for text in over):
        return False
    return (
        len(upper.xs) == len(lower.xs)
        and all(
            abs((a - upper.xs[0]) - (b - lower.xs[0])) <= _NEAR
            for a, b in zip(upper.xs, lower.xs, strict=True)
        )
        and goes_on(upper.table, lower.table)
    )


def _rows(grids: Sequence[Grid]) -> list[tuple[tuple[Fragment, ...], ...]]:
    """The rows of the pieces of one table, written out together: headings count on all the pages."""
    starts = list(accumulate((len(grid.table.rows) for grid in grids), initial=0))
    whole = Table(
        rows=[row for grid in grids for row in grid.table.rows],
        merged=[
            (top + start, left, bottom + start, right)
            for grid, start in zip(grids, starts, strict=False)
            for top, left, bottom, right in grid.table.merged
        ],
        above=grids[0].table.above,
    )
    lines = table_lines(whole)
    return [
        tuple((_fragment(line.text, grid, line.row - start),) for line in lines if start <= line.row < end)
        for grid, (start, end) in zip(grids, pairwise(starts), strict=True)
    ]


def _fragment(text: str, grid: Grid, row: int) -> Fragment:
    left, top, right, bottom = grid.box
    doubts = ((0, len(text)),) if row in grid.doubtful else ()
    return Fragment(text, left, top, right, bottom, grid.size, doubts=doubts)
