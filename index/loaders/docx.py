"""Word documents: paragraphs, text boxes and tables in the order of the text, headings as Word marks them.

What was deleted with changes tracked, headers, footers, comments and the table of contents are left
out; automatic numbers are written out; a footnote follows its paragraph, and so does what is to be
read in its pictures.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import docx
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml

from index.errors import UnreadableDocument
from index.loaders.docx_numbers import Numbers
from index.loaders.image import is_small, read_image
from index.loaders.limits import MOST_COLUMNS, check_cells, check_package
from index.loaders.lines import Line, document, joined, lines_of, lowered, raised
from index.loaders.raw import Properties, RawDocument
from index.loaders.strict import opened
from index.loaders.table import Table, table_lines
from index.normalize import HEADING_MARK

logger = logging.getLogger(__name__)

_P: Final = qn("w:p")
_TABLE: Final = qn("w:tbl")
_BOX: Final = qn("w:txbxContent")
_FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_MATH_TEXT: Final = qn("m:t")
_AROUND: Final = frozenset(
    map(qn, ("w:sdt", "w:sdtContent", "w:ins", "w:moveTo", "w:customXml", "w:smartTag"))
)
_NOT_TEXT: Final = frozenset(
    [*map(qn, ("w:del", "w:moveFrom", "w:pPr", "w:rPr", "w:rt", "w:instrText", "w:txbxContent")), _FALLBACK]
)
_INSTEAD: Final = {
    qn("w:tab"): " ",
    qn("w:ptab"): " ",
    qn("w:br"): "\n",
    qn("w:cr"): "\n",
    qn("w:noBreakHyphen"): "-",
}
_SIGNS: Final = {  # ticks and boxes of fonts whose signs have no character, by the last two digits
    "Wingdings": {"FC": "✓", "FE": "☑", "FD": "☒", "FB": "✗", "A8": "□", "6F": "□"},
    "Wingdings 2": {"50": "✓", "52": "☑", "54": "☒", "53": "☒", "4F": "✗", "A3": "□"},
}
_HEADING_STYLE: Final = re.compile(r"(?:heading|标题) ?\d?|(?:sub)?title", re.IGNORECASE)
_CONTENTS_STYLE: Final = re.compile(r"(?:toc|目录) ?\d", re.IGNORECASE)
_BODY_LEVEL: Final = 9  # Word's outline level of what is no heading
_LONGEST_HEADING: Final = 60
_CLOSED: Final = tuple("。！？；：:;")
# What stands centred over a text besides its title: 杭政函〔2023〕15号, （2023年5月16日…通过）, ……文件.
_NO_TITLE: Final = re.compile(
    r".*[〔\[【（(]\d{4}[〕\]】）)]\s*第?\d+号|[（(].*[）)]$|.*文件$|\d{4}年\d+月\d+日$"
)
_PICTURES: Final = {
    qn("a:blip"): qn("r:embed"),
    "{urn:schemas-microsoft-com:vml}imagedata": qn("r:id"),
}
_LEAST_READ: Final = 12  # characters: fewer are a photograph's signs
_FOOTNOTES: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"


def load_docx(path: Path) -> RawDocument:
    """Read a Word document; its title property counts if the text has it too.

    :raises UnreadableDocument: if it is too large.
    """
    check_package(path)
    with opened(path) as file:
        word = docx.Document(file)
    reading = _Reading(path, word)
    lines = list(reading.lines(word.element.body))
    if reading.unread and not any(line.text.strip() for line in lines):
        raise UnreadableDocument(
            f"{path}: there are only pictures in it, and none can be read ({reading.unread[-1]})"
        )
    if reading.unread:
        logger.warning("%s: %d pictures can't be read and were left out", path, len(reading.unread))
    title = (word.core_properties.title or "").strip()
    begins = "".join(line.text for line in lines[:10])
    confirmed = len(title) > 3 and "".join(title.split()) in "".join(begins.split())
    return document(lines, Properties(title=title if confirmed else None))


class _Reading:
    """A document being read: its styles and the numbers counted so far."""

    def __init__(self, path: Path, word: Any) -> None:
        self._path = path
        self._styles = {
            style.get(qn("w:styleId")): style for style in word.styles.element.findall(qn("w:style"))
        }
        self._numbers = Numbers.of(word.part)
        self._footnotes = _footnotes(word.part)
        self._part = word.part
        self._pictures: set[str] = set()
        self._in_title = True
        self._cells = 0
        self.unread: list[UnreadableDocument] = []

    def lines(self, parent: Any) -> Iterator[Line]:
        """The paragraphs and tables below an element."""
        above: list[str] = []
        for block in _blocks(parent):
            made = list(self._table(block, above) if block.tag == _TABLE else self._paragraph(block))
            above = [*above, *(line.text for line in made if len(line.text) <= _LONGEST_HEADING)][-2:]
            if made and len(made[-1].text) > _LONGEST_HEADING:
                above = []
            yield from made

    def _paragraph(self, paragraph: Any) -> Iterator[Line]:
        styles = list(self._style_chain(paragraph))
        if any(_CONTENTS_STYLE.match(_name(style)) for style in styles):
            return
        parts = _parts("".join(_text(paragraph)))
        if parts:
            parts[0] = self._numbers.before(paragraph, styles) + parts[0]
        for part in parts:
            yield Line(part, self._is_heading(paragraph, styles, part))
        for box in paragraph.iter(_BOX):
            if not any(around.tag == _FALLBACK for around in box.iterancestors()):
                yield from self.lines(box)
        for reference in paragraph.iter(qn("w:footnoteReference")):
            if note := self._footnotes.get(reference.get(qn("w:id")), ""):
                yield Line(f"注：{note}")
        yield from self._shown_in(paragraph)

    def _shown_in(self, element: Any) -> Iterator[Line]:
        """What is to be read in the pictures of a paragraph or table, each once in a document."""
        for tag, attribute in _PICTURES.items():
            for picture in element.iter(tag):
                around = next(picture.iterancestors(_P), None)
                if element.tag == _P and around is not element:  # in a text box, which is read for itself
                    continue
                part = self._part.related_parts.get(picture.get(attribute))
                if part is not None and part.partname not in self._pictures:
                    self._pictures.add(part.partname)
                    yield from self._recognised(part.blob)

    def _recognised(self, picture: bytes) -> list[Line]:
        """The lines of a picture that is large enough to hold some, and does."""
        try:
            if is_small(self._path, BytesIO(picture)):
                return []
            read = read_image(self._path, BytesIO(picture))
        except UnreadableDocument as error:
            self.unread.append(error)
            return []
        return list(lines_of(read)) if len(read.text) >= _LEAST_READ else []

    def _is_heading(self, paragraph: Any, styles: list[Any], text: str) -> bool:
        centred = _setting(paragraph, styles, "w:jc") in ("center", "distribute")
        self._in_title = self._in_title and centred
        if len(text) > _LONGEST_HEADING or text.endswith(_CLOSED):
            return False
        level = _setting(paragraph, styles, "w:outlineLvl")
        if level is not None:
            return level.isdigit() and int(level) < _BODY_LEVEL
        if any(_HEADING_STYLE.fullmatch(_name(style)) for style in styles):
            return True
        return self._in_title and not _NO_TITLE.match(text)

    def _style_chain(self, paragraph: Any) -> Iterator[Any]:
        """The paragraph's style and those it is based on."""
        name = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        seen: set[str] = set()
        while name is not None:
            key = name.get(qn("w:val"))
            style = self._styles.get(key)
            if style is None or key in seen:
                return
            seen.add(key)
            yield style
            name = style.find(qn("w:basedOn"))

    def _table(self, table: Any, above: list[str]) -> Iterator[Line]:
        rows, merged, cells = _grid(table)
        if max((len(row) for row in rows), default=0) < 2:  # a frame around text
            for cell in cells:
                yield from self.lines(cell)
            return
        self._cells += sum(map(len, rows))
        check_cells(self._path, [self._cells])
        yield from table_lines(Table(rows, merged, above))
        yield from self._shown_in(table)


def _blocks(parent: Any) -> Iterator[Any]:
    """The paragraphs and tables directly below an element, content controls and insertions opened."""
    for child in parent:
        if child.tag in (_P, _TABLE):
            yield child
        elif child.tag in _AROUND:
            yield from _blocks(child)


def _within(parent: Any, tag: str) -> Iterator[Any]:
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in _AROUND:
            yield from _within(child, tag)


def _text(element: Any) -> Iterator[str]:
    """The text of a paragraph or a part of it, without what was deleted and what stands in boxes."""
    for child in element:
        if child.tag in _NOT_TEXT:
            continue
        if child.tag in (qn("w:t"), _MATH_TEXT):
            yield child.text or ""
        elif child.tag in _INSTEAD:
            yield _INSTEAD[child.tag]
        elif child.tag == qn("w:sym"):
            yield _SIGNS.get(child.get(qn("w:font")), {}).get(child.get(qn("w:char"), "").upper()[-2:], "")
        elif child.tag == qn("w:r"):
            yield from _run_text(child)
        elif isinstance(child.tag, str):
            yield from _text(child)


def _run_text(run: Any) -> Iterator[str]:
    """The text of a run, unless it is hidden; raised and lowered figures as such."""
    properties = run.find(qn("w:rPr"))
    hidden = None if properties is None else properties.find(qn("w:vanish"))
    if hidden is not None and hidden.get(qn("w:val"), "1") not in ("0", "false", "off"):
        return
    place = None if properties is None else properties.find(qn("w:vertAlign"))
    text = "".join(_text(run))
    match None if place is None else place.get(qn("w:val")):
        case "superscript":
            yield raised(text)
        case "subscript":
            yield lowered(text)
        case _:
            yield text


def _parts(text: str) -> list[str]:
    """A paragraph's text cut at the line ends in it that part items rather than lines of a title."""
    parts: list[str] = []
    for line in filter(None, map(str.strip, text.split("\n"))):
        if parts and not parts[-1].endswith(_CLOSED) and not HEADING_MARK.match(line):
            parts[-1] = joined(f"{parts[-1]}\n{line}")
        else:
            parts.append(line)
    return parts


def _name(style: Any) -> str:
    name = style.find(qn("w:name"))
    return "" if name is None else str(name.get(qn("w:val"), ""))


def _setting(paragraph: Any, styles: list[Any], tag: str) -> str | None:
    """A paragraph's own setting, else that of the nearest style that has it."""
    for element in (paragraph, *styles):
        found = element.find(f"{qn('w:pPr')}/{qn(tag)}")
        if found is not None:
            return str(found.get(qn("w:val"), ""))
    return None


def _grid(table: Any) -> tuple[list[list[str]], list[tuple[int, int, int, int]], list[Any]]:
    """The rows of a table, its joined cells, and the cells themselves."""
    rows: list[list[str]] = []
    merged: list[tuple[int, int, int, int]] = []
    found: list[Any] = []
    open_from: dict[int, int] = {}  # column -> the place in `merged` of the cell that goes on downwards
    for r, row in enumerate(_within(table, qn("w:tr"))):
        texts = [""] * _count(row, "w:trPr", "w:gridBefore")
        for cell in _within(row, qn("w:tc")):
            column, span = len(texts), max(1, _count(cell, "w:tcPr", "w:gridSpan"))
            goes_on = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
            continues = goes_on is not None and goes_on.get(qn("w:val")) != "restart"
            if continues and column in open_from:
                top, left, _, right = merged[open_from[column]]
                merged[open_from[column]] = (top, left, r, right)
            else:
                open_from.pop(column, None)
                if goes_on is not None:
                    open_from[column] = len(merged)
                if goes_on is not None or span > 1:
                    merged.append((r, column, r, column + span - 1))
            texts += [_cell_text(cell), *[""] * (span - 1)]
            found.append(cell)
        rows.append(texts)
    return rows, merged, found


def _count(element: Any, properties: str, tag: str) -> int:
    found = element.find(f"{qn(properties)}/{qn(tag)}")
    value = "" if found is None else found.get(qn("w:val"), "")
    return min(int(value), MOST_COLUMNS) if value.isdigit() else 0


def _cell_text(cell: Any) -> str:
    texts = ("".join(_text(paragraph)).strip() for paragraph in cell.iter(_P))
    return "\n".join(filter(None, texts))


def _footnotes(part: Any) -> Mapping[str, str]:
    """The footnotes' texts, by their ids."""
    for relation in part.rels.values():
        if relation.reltype == _FOOTNOTES and not relation.is_external:
            notes: Any = parse_xml(relation.target_part.blob)
            return {note.get(qn("w:id")): " ".join(_cell_text(note).split()) for note in notes}
    return {}
