"""Text of a PDF page that nobody sees: printed without ink, or under a picture."""

from __future__ import annotations

import ctypes
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from index.loaders.unboxed import address, bounds


def covered(page: pypdfium2.PdfPage) -> frozenset[int]:
    """The text objects that a picture lies on which nothing shines through, by their addresses."""
    texts: list[tuple[int, float, float]] = []
    hidden: set[int] = set()
    for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT, pdfium.FPDF_PAGEOBJ_IMAGE]):
        box = bounds(item)
        if box is None:
            continue
        left, bottom, right, top = box
        if item.type == pdfium.FPDF_PAGEOBJ_TEXT:
            texts.append((address(item.raw), (left + right) / 2, (bottom + top) / 2))
        elif texts and not pdfium.FPDFPageObj_HasTransparency(item):
            hidden |= {text for text, x, y in texts if left <= x <= right and bottom <= y <= top}
            texts = [text for text in texts if text[0] not in hidden]
    return frozenset(hidden)


def is_inkless(textpage: Any, number: int, drawn: int) -> bool:
    """Whether a character is printed so that it can't be seen."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    filled = pdfium.FPDFText_GetFillColor(textpage, number, red, green, blue, alpha)
    return drawn == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE or (bool(filled) and alpha.value == 0)
