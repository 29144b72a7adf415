"""Excel workbooks: each visible sheet's tables, with the values as Excel shows them."""

from __future__ import annotations

import logging
import re
import warnings
from bisect import bisect_left, bisect_right
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, Any, Final
from zipfile import ZipFile

from lxml import etree
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries

from index.errors import UnreadableDocument
from index.loaders.limits import MOST_COLUMNS, check_cells, check_package, part_has
from index.loaders.lines import Line, document
from index.loaders.raw import Properties, RawDocument
from index.loaders.strict import opened
from index.loaders.table import Table, table_lines
from index.loaders.xlsx_numbers import shown_number

logger = logging.getLogger(__name__)

_UNNAMED: Final = re.compile(r"(?:Sheet|工作表|表)\s?\d*", re.IGNORECASE)
_QUOTED: Final = re.compile(r'"([^"]*)"')
_IN: Final = "\u3000"  # for each step that Excel sets a text in
_MERGE: Final = "{*}mergeCell"
_ROW: Final = "{*}row"
_LOOKED_FOR: Final = re.compile(rb"mergeCell|<(?:\w{1,9}:)?f[ >/]")


def load_xlsx(path: Path) -> RawDocument:
    """Read a workbook: formulas as the values last worked out, hidden sheets left out.

    :raises UnreadableDocument: if it is too large.
    """
    check_package(path)
    with warnings.catch_warnings(), opened(path) as file:
        warnings.simplefilter("ignore")  # openpyxl's, of colours, rules and pictures that it doesn't know
        return _read(path, file)


def _read(path: Path, file: IO[bytes]) -> RawDocument:
    workbook = load_workbook(file, read_only=True, data_only=True)
    try:
        lines: list[Line] = []
        cells = 0
        for sheet in workbook.worksheets:
            if sheet.sheet_state != "visible":
                continue
            numbers, rows = _rows(path, sheet)
            cells += sum(map(len, rows))
            check_cells(path, [cells])
            merged = _merged(path, file, sheet, numbers)
            named = [] if _UNNAMED.fullmatch(sheet.title) else [str(sheet.title)]
            written = table_lines(Table(rows, merged, [path.stem, *named]))
            if written:
                lines += [Line(name, heading=True) for name in named]
            lines += written
    finally:
        workbook.close()
    return document(lines, Properties())


def _rows(path: Path, sheet: Any) -> tuple[list[int], list[list[str]]]:
    """The rows of a sheet, of empty ones that follow each other one; and which row of the sheet each is."""
    sheet.reset_dimensions()  # what a sheet says of its size is often a million empty rows
    numbers: list[int] = []
    rows: list[list[str]] = []
    cells = 0
    for number, row in enumerate(sheet.iter_rows(), 1):
        texts = [_text(cell) if cell.value is not None else "" for cell in row]
        while texts and not texts[-1]:
            texts.pop()
        if len(texts) > MOST_COLUMNS:
            raise UnreadableDocument(
                f"{path}: the sheet {sheet.title!r} has more than the {MOST_COLUMNS:,} columns that are read; "
                "split it"
            )
        if not texts and (not rows or not rows[-1]):
            continue
        cells += len(texts)
        check_cells(path, [cells])
        numbers.append(number)
        rows.append(texts)
    return numbers, rows


def _merged(path: Path, file: IO[bytes], sheet: Any, numbers: list[int]) -> list[tuple[int, int, int, int]]:
    """The joined cells of a sheet, which openpyxl doesn't tell where it reads row by row.

    Formulas whose values nobody has worked out are told in a warning: there is nothing to be read.
    """
    part = sheet._worksheet_path
    merged: list[tuple[int, int, int, int]] = []
    empty = 0
    with ZipFile(file) as package:
        if not part_has(package, part, _LOOKED_FOR):
            return []
        with package.open(part) as content:
            for _, element in etree.iterparse(content, tag=(_ROW, _MERGE), resolve_entities=False):
                if etree.QName(element).localname == "row":
                    empty += sum(map(_lacks_value, element))
                else:
                    left, top, right, bottom = range_boundaries(element.get("ref"))
                    first, end = bisect_left(numbers, top), bisect_right(numbers, bottom)
                    if numbers[first : first + 1] == [top]:
                        merged.append((first, left - 1, end - 1, right - 1))
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
    if empty:
        logger.warning(
            "%s: %d formulas of the sheet %r have no value; save it again with Excel or WPS",
            *(path, empty, sheet.title),
        )
    return merged


def _lacks_value(cell: Any) -> bool:
    value = cell.find("{*}v")
    worked_out = value is not None and (value.text or cell.get("t") == "str")
    return cell.find("{*}f") is not None and not worked_out


def _text(cell: Any) -> str:
    """A cell's text, as far in as it is set."""
    shown = _shown(cell.value, cell.number_format)
    return _IN * int(cell.alignment.indent) + shown if shown and cell.has_style else shown


def _shown(value: object, number_format: str) -> str:
    """A value as Excel shows it."""
    match value:
        case bool():
            return str(value).upper()
        case datetime() | date():
            return _day(value, number_format)
        case time():
            return f"{value:%H:%M}"
        case int() | float():
            return shown_number(value, number_format)
        case str():
            return "" if re.fullmatch(r"#[A-Z/0]+[!?A]", value) else value  # #REF!, #DIV/0!
    return str(value)


def _day(value: date, number_format: str) -> str:
    form = _QUOTED.sub("", re.sub(r"\[[^\]]*\]", "", number_format)).lower()
    said = f"{value.year}年" if "y" in form or "e" in form else ""
    said += f"{value.month}月" if "m" in form else ""
    said += f"{value.day}日" if "d" in form else ""
    clock = f"{value:%H:%M}" if isinstance(value, datetime) and "h" in form else ""
    return said + clock
