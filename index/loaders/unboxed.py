"""Text of a PDF page that PDFium's text page would leave out, made so that it is taken.

PDFium drops a text object whose box has no width. That is what a single character has whose font is
neither embedded nor installed, since nobody knows its shape: what is read would depend on the fonts of
the machine. A line drawn around its characters gives the object a width; nothing else is changed.
"""

from __future__ import annotations

import ctypes
from typing import Final

import pypdfium2
import pypdfium2.raw as pdfium

_NO_WIDTH: Final = 0.01  # points, as of PDFium's CPDF_TextPage
_LINE: Final = 0.5  # points


def give_boxes(page: pypdfium2.PdfPage) -> dict[int, int]:
    """Give each text object a box, before the page's text is asked for.

    Return the render modes that the changed ones had, by their addresses.
    """
    modes: dict[int, int] = {}
    same = pdfium.FS_MATRIX(1, 0, 0, 1, 0, 0)
    for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
        box = bounds(item)
        if box is None or box[2] - box[0] >= _NO_WIDTH:
            continue
        modes[address(item.raw)] = pdfium.FPDFTextObj_GetTextRenderMode(item)
        pdfium.FPDFTextObj_SetTextRenderMode(item, pdfium.FPDF_TEXTRENDERMODE_STROKE)
        pdfium.FPDFPageObj_SetStrokeWidth(item, _LINE)
        pdfium.FPDFPageObj_TransformF(item, same)  # only then its box is worked out anew
    return modes


def address(handle: object) -> int:
    """The address behind a PDFium handle, by which a text object is known again; 0 if there is none."""
    return ctypes.cast(handle, ctypes.c_void_p).value or 0  # type: ignore[arg-type]


def bounds(item: pypdfium2.PdfObject) -> tuple[float, float, float, float] | None:
    """Left, bottom, right and top of an object; None if it has no box."""
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not pdfium.FPDFPageObj_GetBounds(item, left, bottom, right, top):
        return None
    return left.value, bottom.value, right.value, top.value
