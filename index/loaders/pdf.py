"""PDF: text with its geometry (pypdfium2); pages that are pictures are read by OCR.

A page's text is read in the order in which a reader takes its columns, and keeps its page number.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from threading import RLock
from typing import Final

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray
from pypdfium2 import PdfiumError

from index.errors import UnreadableDocument
from index.loaders.frames import Stroke, frames_of
from index.loaders.furniture import Page, without_furniture
from index.loaders.glyphs import HOLE, Glyph, Glyphs, fragments_of, glyphs_of
from index.loaders.holes import filled
from index.loaders.limits import cannot_open, check_file
from index.loaders.ocr import read_line, read_picture
from index.loaders.pages import document_of
from index.loaders.raw import Properties, RawDocument
from index.loaders.strokes import strokes_of
from index.loaders.unboxed import give_boxes
from index.loaders.vertical import laid_level

logger = logging.getLogger(__name__)

PDFIUM: Final = RLock()
"""Held by whoever uses PDFium, which is not made for several threads at once."""

MOST_PAGES: Final = 5_000
"""Pages of a file: more than any printed book has; a file may claim millions that hold nothing."""
MOST_ON_PAGE: Final = 100_000
"""Characters of a page: a newspaper page full of small type has 15,000."""
MOST_CHARACTERS: Final = 10_000_000
"""Characters of a file, as of a text."""

_UNKNOWN: Final = 0.3  # of a page's characters: with more that can't be told it is read as a picture
_UNSEEN: Final = (
    0.5  # of a page's characters: with more that can't be seen they are somebody's reading of it
)
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


@dataclass(slots=True)
class _Reading:
    """A file being read: its pages so far, and what there is to tell of them.

    ``layers`` are the pages' texts that can't be seen; ``damaged``, ``unread`` and ``holes`` are the
    numbers of pages that can't be opened, that show what isn't read, and that lack characters.
    """

    pages: list[Page] = field(default_factory=list)
    layers: dict[int, Page] = field(default_factory=dict)
    damaged: list[int] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)
    holes: Counter[int] = field(default_factory=Counter)


def _pages(file: pypdfium2.PdfDocument, path: Path) -> list[Page]:
    """All pages, those without text read as pictures."""
    _fill_in(file)
    reading = _Reading()
    characters = 0
    for number in range(1, len(file) + 1):
        try:
            characters += _read_text(file[number - 1], number, path, reading)
        except PdfiumError:
            reading.damaged.append(number)
        if characters > MOST_CHARACTERS:
            raise UnreadableDocument(
                f"{path}: more than the {MOST_CHARACTERS:,} characters that are read; split the file"
            )
    if reading.damaged and not reading.pages:
        raise _damaged(path)
    pages = _with_scans(reading, file, path)
    if reading.unread and not any(page.fragments for page in pages):
        raise UnreadableDocument(
            f"{path}: its pages are pictures in which no text can be read; scan them anew, or remove it"
        )
    _tell(reading, path)
    return pages


def _fill_in(file: pypdfium2.PdfDocument) -> None:
    """Make what is filled in a form part of its pages."""
    if file.get_formtype() == pdfium.FORMTYPE_NONE:
        return
    file.init_forms()
    for number in range(len(file)):
        try:
            page = file[number]
        except PdfiumError:  # a damaged page is told when it is read
            continue
        page.flatten()
        page.close()


def _tell(reading: _Reading, path: Path) -> None:
    """Say what of the file is missing."""
    if reading.damaged:
        logger.warning("%s: damaged pages were left out: %s", path, _listed(reading.damaged))
    if reading.unread:
        logger.warning("%s: nothing can be read on these pages: %s", path, _listed(reading.unread))
    if reading.holes:
        logger.warning(
            "%s: %d characters can't be told, and %s stands for them, on pages %s",
            *(path, reading.holes.total(), HOLE, _listed(sorted(reading.holes))),
        )


def _read_text(page: pypdfium2.PdfPage, number: int, path: Path, reading: _Reading) -> int:
    """Read what of a page is text, how many characters it is.

    It is usually one page, and one more for what is printed sideways on it. Text that most of cannot be
    seen is somebody's reading of a picture, and text that most of can't be told is none.
    """
    modes = give_boxes(page)
    textpage = page.get_textpage()
    if textpage.count_chars() > MOST_ON_PAGE:
        raise UnreadableDocument(
            f"{path}: page {number} has more than the {MOST_ON_PAGE:,} characters that are read; "
            "take that page out"
        )
    glyphs = glyphs_of(page, textpage, modes)
    left, bottom, right, top = page.get_bbox()
    width, height = right - left, top - bottom
    if glyphs.share(_is_hole) > _UNKNOWN:
        reading.pages.append(Page(number, width, height, []))
        return 0
    glyphs = laid_level(_without_holes(glyphs, page, path), width)
    pages = [
        _page(number, turned, turn, strokes_of(page) if turn == main else (), (width, height))
        for main in list(glyphs)[:1]
        for turn, turned in glyphs.items()
    ]
    if glyphs.share(lambda glyph: glyph.type.unseen) > _UNSEEN:
        reading.layers[number] = _doubted(pages[0])
        pages = []
    elif holes := sum(map(_is_hole, chain.from_iterable(glyphs.values()))):
        reading.holes[number] = holes
    reading.pages += pages or [Page(number, width, height, [])]
    return sum(map(len, glyphs.values()))


def _page(
    number: int, glyphs: Sequence[Glyph], turn: int, strokes: Iterable[Stroke], size: tuple[float, float]
) -> Page:
    """A page turned so that its lines are level."""
    frames = frames_of(stroke.turned(turn, *size) for stroke in strokes)
    rules = [stroke for frame in frames if frame.is_table for stroke in frame.strokes if stroke.upright]
    width, height = reversed(size) if turn % 2 else size
    return Page(number, width, height, fragments_of(glyphs, rules), frames)


def _doubted(page: Page) -> Page:
    """The page with every character in doubt."""
    return replace(page, fragments=[replace(f, doubts=((0, len(f.text)),)) for f in page.fragments])


def _with_scans(reading: _Reading, file: pypdfium2.PdfDocument, path: Path) -> list[Page]:
    """The pages, with the lines that OCR reads on those that show something else than text."""
    kept, _ = without_furniture(reading.pages)
    written = {rest.number for rest in kept if rest.fragments}
    pages: list[Page] = []
    read: set[int] = set()
    for page in reading.pages:
        if page.number in written:
            pages.append(page)
        elif page.number not in read:  # once, whatever was printed sideways on it
            read.add(page.number)
            pages.append(_recognised(page, file, path, reading))
    return pages


def _recognised(page: Page, file: pypdfium2.PdfDocument, path: Path, reading: _Reading) -> Page:
    """A page that has no text to be relied on, as OCR reads it."""
    picture, scale = _picture(file[page.number - 1])
    if picture.min() == picture.max():  # a blank page
        return page
    layer = reading.layers.get(page.number)
    try:
        read = read_picture(picture, path, scale)
    except UnreadableDocument:  # OCR isn't installed
        if layer is None:
            raise
        return layer
    if read.fragments:
        return Page(page.number, read.width, read.height, read.fragments)
    if layer is None and not page.fragments:
        reading.unread.append(page.number)
    return layer or page


def _without_holes(glyphs: Glyphs, page: pypdfium2.PdfPage, path: Path) -> Glyphs:
    """A page's characters, with OCR's reading of those that its file doesn't tell."""
    if not glyphs.share(_is_hole):
        return glyphs
    picture, scale = _picture(page)
    turned = page.get_rotation() // 90

    def read(line: NDArray[np.uint8]) -> list[tuple[str, bool]]:
        try:
            return read_line(line, path)
        except UnreadableDocument:  # OCR isn't installed; the holes are told
            return []

    return Glyphs(
        (turn, filled(each, np.rot90(picture, turned - turn), scale, read)) for turn, each in glyphs.items()
    )


def _is_hole(glyph: Glyph) -> bool:
    return glyph.text == HOLE


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
