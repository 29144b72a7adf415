"""Excel workbooks: each visible sheet's tables, with the values as Excel shows them."""

from __future__ import annotations

import re
import warnings
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
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
from index.loaders.table import Table, table_lines

_UNNAMED: Final = re.compile(r"(?:Sheet|工作表|表)\s?\d*", re.IGNORECASE)
_DIGITS: Final = re.compile(r"(?P<whole>[#0,?]*[0#])(?:\.(?P<places>[0#?]+))?(?P<percent>\s?%)?")
_QUOTED: Final = re.compile(r'"([^"]*)"')
_MERGE: Final = "{*}mergeCell"
_ROW: Final = "{*}row"


def load_xlsx(path: Path) -> RawDocument:
    """Read a workbook: formulas as the values last worked out, hidden sheets left out.

    :raises UnreadableDocument: if it is too large.
    """
    check_package(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl's, of colours, rules and pictures that it doesn't know
        return _read(path)


def _read(path: Path) -> RawDocument:
    workbook = load_workbook(path, read_only=True, data_only=True)
    try:
        lines: list[Line] = []
        cells = 0
        for sheet in workbook.worksheets:
            if sheet.sheet_state != "visible":
                continue
            numbers, rows = _rows(path, sheet)
            cells += sum(map(len, rows))
            check_cells(path, [cells])
            merged = _merged(path, sheet, numbers)
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
        texts = [_shown(cell.value, cell.number_format) if cell.value is not None else "" for cell in row]
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


def _merged(path: Path, sheet: Any, numbers: list[int]) -> list[tuple[int, int, int, int]]:
    """The joined cells of a sheet, which openpyxl doesn't tell where it reads row by row."""
    part = sheet._worksheet_path
    with ZipFile(path) as package:
        if not part_has(package, part, re.compile(b"mergeCell")):
            return []
        with package.open(part) as content:
            return list(_merged_in(content, numbers))


def _merged_in(content: IO[bytes], numbers: list[int]) -> Iterator[tuple[int, int, int, int]]:
    for _, element in etree.iterparse(content, tag=(_ROW, _MERGE), resolve_entities=False):
        if etree.QName(element).localname == "mergeCell":
            left, top, right, bottom = range_boundaries(element.get("ref"))
            first, end = bisect_left(numbers, top), bisect_right(numbers, bottom)
            if numbers[first : first + 1] == [top]:
                yield first, left - 1, end - 1, right - 1
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


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
            return _number(value, number_format)
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


def _number(value: float, number_format: str) -> str:
    first = number_format.split(";")[0]
    plain = re.sub(r"\[[^\]]*\]|_.|\*.|\\", "", _QUOTED.sub("", first))
    form = _DIGITS.search(plain)
    if form is None or "e+" in plain.lower() or form["whole"].endswith(","):
        return _general(value)
    places = len(form["places"] or "")
    text = f"{value * (100 if form['percent'] else 1):{',' if ',' in form['whole'] else ''}.{places}f}"
    if form["places"] and "#" in form["places"]:
        text = text.rstrip("0").rstrip(".")
    literal = _QUOTED.findall(first[first.rfind("0") + 1 :])
    return text + ("%" if form["percent"] else "") + "".join(literal).strip()


def _general(value: float) -> str:
    """As Excel shows a number without a format, with at most eleven digits."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.11g}" if 1e-5 < abs(value) < 1e11 else f"{value:.2f}"
