"""PDF: text with its geometry (pypdfium2); pages that are pictures are read by OCR.

A page's text is read in the order in which a reader takes its columns, and keeps its page number.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from pathlib import Path
from threading import RLock
from typing import Final

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray
from pypdfium2 import PdfiumError

from index.errors import UnreadableDocument
from index.loaders.frames import frames_of
from index.loaders.furniture import Page, without_furniture
from index.loaders.glyphs import fragments_of, glyphs_of
from index.loaders.limits import cannot_open, check_file
from index.loaders.ocr import read_picture
from index.loaders.pages import document_of
from index.loaders.raw import Properties, RawDocument
from index.loaders.strokes import strokes_of
from index.loaders.unboxed import give_boxes

logger = logging.getLogger(__name__)

PDFIUM: Final = RLock()
"""Held by whoever uses PDFium, which is not made for several threads at once."""

MOST_PAGES: Final = 5_000
"""Pages of a file: more than any printed book has; a file may claim millions that hold nothing."""
MOST_ON_PAGE: Final = 100_000
"""Characters of a page: a newspaper page full of small type has 15,000."""
MOST_CHARACTERS: Final = 10_000_000
"""Characters of a file, as of a text."""

_UNKNOWN: Final = 0.3  # of a page's characters: with more that mean nothing it is to be read as a picture
_COVERED: Final = 0.3  # of a page's area: a picture of that size is a scan
_FINENESS: Final = 2.5  # pixels a point for OCR, 180 to the inch
_MOST_PIXELS: Final = 40_000_000
_NO_TITLE: Final = re.compile(
    r"untitled.*|无标题.*|未命名.*|(?:microsoft )?(?:word|powerpoint|excel|wps)\b.*|.*\.[a-z]{2,5}\d?"
    r"|(?:document|文档|幻灯片|演示文稿|工作簿|book|sheet|presentation)\s?\d*|新建.*|.*[\\/].*|scan.*|扫描.*"
    r"|print.*|[\W\d_]*|\w",
    re.IGNORECASE,
)
_NO_AUTHOR: Final = re.compile(
    r"user|admin.*|administrator|owner|author|作者|用户|微软用户|microsoft.*|windows.*|lenovo|hp|dell|asus|pc"
    r"|thinkpad|wps.*|[\x20-\x7e]{1,3}|[\W\d_]*|.*[\\/@].*|unknown|anonymous|雨林木风|deep.*|番茄花园|.*系统.*",
    re.IGNORECASE,
)


def load_pdf(path: Path) -> RawDocument:
    """Read a PDF file.

    :raises UnreadableDocument: if it is damaged, locked or too large, or needs OCR that is not
        installed.
    """
    check_file(path)
    with PDFIUM:
        file = _opened(path)
        try:
            return document_of(_pages(file, path), _properties(file))
        except PdfiumError as error:
            raise _damaged(path) from error
        finally:
            file.close()


def _opened(path: Path) -> pypdfium2.PdfDocument:
    try:
        file = pypdfium2.PdfDocument(path)
    except PdfiumError as error:
        if error.err_code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
            raise UnreadableDocument(
                f"{path}: the PDF is locked with a password; save a copy without one"
            ) from error
        raise _damaged(path) from error
    except OSError as error:
        raise cannot_open(path, error) from error
    if len(file) <= MOST_PAGES:
        return file
    pages = len(file)
    file.close()
    raise UnreadableDocument(
        f"{path}: the PDF has {pages:,} pages, more than the {MOST_PAGES:,} that are read; split it"
    )


def _damaged(path: Path) -> UnreadableDocument:
    return UnreadableDocument(f"{path}: the PDF is damaged or has no page; get it again, or remove it")


def _pages(file: pypdfium2.PdfDocument, path: Path) -> list[Page]:
    """All pages, those without text read as pictures."""
    pages: list[Page] = []
    damaged: list[int] = []
    characters = 0
    for number in range(1, len(file) + 1):
        try:
            pages += _text_pages(file[number - 1], number, path)
        except PdfiumError:
            damaged.append(number)
        characters += sum(
            len(fragment.text)
            for page in pages[-4:]
            if page.number == number
            for fragment in page.fragments
        )
        if characters > MOST_CHARACTERS:
            raise UnreadableDocument(
                f"{path}: more than the {MOST_CHARACTERS:,} characters that are read; split the file"
            )
    if damaged and not pages:
        raise _damaged(path)
    if damaged:
        logger.warning("%s: damaged pages were left out: %s", path, _listed(damaged))
    return _with_scans(pages, file, path)


def _text_pages(page: pypdfium2.PdfPage, number: int, path: Path) -> list[Page]:
    """What of a page is text: usually one page, and one more for what is printed sideways on it."""
    modes = give_boxes(page)
    textpage = page.get_textpage()
    if textpage.count_chars() > MOST_ON_PAGE:
        raise UnreadableDocument(
            f"{path}: page {number} has more than the {MOST_ON_PAGE:,} characters that are read; "
            "take that page out"
        )
    glyphs = glyphs_of(page, textpage, modes)
    known = sum(map(len, glyphs.by_turn.values()))
    left, bottom, right, top = page.get_bbox()
    width, height = right - left, top - bottom
    if not known or glyphs.unknown > (known + glyphs.unknown) * _UNKNOWN:
        return [Page(number, width, height, [])]
    upright = len(glyphs.by_turn.get(0, ())) * 2 > known
    frames = frames_of(strokes_of(page)) if upright else []
    return [
        Page(
            number,
            *((height, width) if turn % 2 else (width, height)),
            fragments_of(turned),
            frames if turn == 0 else [],
        )
        for turn, turned in sorted(glyphs.by_turn.items(), key=lambda item: -len(item[1]))
    ]


def _with_scans(pages: Sequence[Page], file: pypdfium2.PdfDocument, path: Path) -> list[Page]:
    """The pages, with the lines that OCR reads on those that have a picture instead of text."""
    kept, _ = without_furniture(pages)
    scans = {
        page.number
        for page, rest in zip(pages, kept, strict=True)
        if not rest.fragments and _is_scan(file[page.number - 1])
    } - {rest.number for rest in kept if rest.fragments}
    read: list[Page] = []
    for page in pages:
        if page.number not in scans:
            read.append(page)
            continue
        scans.remove(page.number)  # once, whatever was printed sideways on it
        picture, scale = _picture(file[page.number - 1])
        read.append(
            Page(
                page.number,
                picture.shape[1] / scale,
                picture.shape[0] / scale,
                read_picture(picture, path, scale),
            )
        )
    return read


def _is_scan(page: pypdfium2.PdfPage) -> bool:
    """Whether a picture, or text that means nothing, takes up a good part of the page."""
    width, height = page.get_size()
    for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_TEXT], max_depth=3):
        if item.type == pdfium.FPDF_PAGEOBJ_TEXT:
            return True
        left, bottom, right, top = item.get_bounds()
        if (right - left) * (top - bottom) >= width * height * _COVERED:
            return True
    return False


def _picture(page: pypdfium2.PdfPage) -> tuple[NDArray[np.uint8], float]:
    """The page as a picture for OCR, and its pixels a point."""
    width, height = page.get_size()
    scale = min(_FINENESS, (_MOST_PIXELS / max(width * height, 1)) ** 0.5)
    picture = page.render(scale=scale, rev_byteorder=False, prefer_bgrx=False).to_numpy()
    return np.ascontiguousarray(picture[:, :, :3] if picture.shape[2] > 1 else picture.repeat(3, 2)), scale


def _properties(file: pypdfium2.PdfDocument) -> Properties:
    """The title and author that the file states, where they tell anything.

    The day on which it was made is none of the document's: it is that of the scan, of the printing of
    a web page, or of a new edition of the file.
    """
    known = file.get_metadata_dict(skip_empty=True)
    title, author = (" ".join(known.get(key, "").replace("\0", "").split()) for key in ("Title", "Author"))
    return Properties(
        title=title if title and not _NO_TITLE.fullmatch(title) else None,
        byline=author if author and not _NO_AUTHOR.fullmatch(author) else None,
    )


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers[:20])) + (", …" if len(numbers) > 20 else "")
