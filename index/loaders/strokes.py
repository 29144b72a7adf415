"""The straight lines that are drawn on a PDF page."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Final

import pypdfium2
import pypdfium2.raw as pdfium

from index.loaders.frames import Stroke

_MOST: Final = 5_000  # pieces of lines, before those are joined that go on in each other
_THIN: Final = 2.5  # points: a rectangle no thicker is a line
_LEAST: Final = 5.0  # points: shorter lines are parts of drawings


def strokes_of(page: pypdfium2.PdfPage) -> list[Stroke]:
    """The level and upright lines and the sides of rectangles; none of a page full of drawings."""
    found: list[Stroke] = []
    for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=1):
        found += _of_path(item, page.get_bbox())
        if len(found) > _MOST:
            return []
    return found


def _of_path(item: pypdfium2.PdfObject, edges: tuple[float, float, float, float]) -> Iterator[Stroke]:
    left, bottom, right, top = item.get_bounds()
    left, right, top, bottom = left - edges[0], right - edges[0], edges[3] - top, edges[3] - bottom
    if bottom - top <= _THIN:
        if right - left >= _LEAST:
            yield Stroke(False, (top + bottom) / 2, left, right)
        return
    if right - left <= _THIN:
        if bottom - top >= _LEAST:
            yield Stroke(True, (left + right) / 2, top, bottom)
        return
    count = pdfium.FPDFPath_CountSegments(item)
    if count > _MOST:
        return
    matrix = item.get_matrix()
    x, y = ctypes.c_float(), ctypes.c_float()
    start = last = (0.0, 0.0)
    for number in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(item, number)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        on_page = matrix.on_point(x.value, y.value)
        point = (on_page[0] - edges[0], edges[3] - on_page[1])
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == pdfium.FPDF_SEGMENT_LINETO:
            yield from _between(last, point)
        last = point
        if pdfium.FPDFPathSegment_GetClose(segment):
            yield from _between(last, start)
            last = start


def _between(one: tuple[float, float], other: tuple[float, float]) -> Iterator[Stroke]:
    (x, y), (u, v) = one, other
    if abs(y - v) <= 1 and abs(x - u) >= _LEAST:
        yield Stroke(False, (y + v) / 2, min(x, u), max(x, u))
    elif abs(x - u) <= 1 and abs(y - v) >= _LEAST:
        yield Stroke(True, (x + u) / 2, min(y, v), max(y, v))
