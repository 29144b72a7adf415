"""Files that would take the machine down: refused before any work is done on them, or read all the same."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from index import UnreadableDocument
from index.loaders import limits, load
from tests.offices import notice, replaced, workbook

SHEET = "xl/worksheets/sheet1.xml"
DOCUMENT = "word/document.xml"
HEAD = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b'<dimension ref="A1:XFD1048576"/><sheetData>'
)
FIRST = '<row r="1"><c r="A1" t="inlineStr"><is><t>钱塘区</t></is></c><c r="B1"><v>5</v></c></row>'.encode()
TAIL = b"</sheetData></worksheet>"
LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a "haha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b'<!ENTITY z SYSTEM "file:///etc/hostname">]>'
)


def sheet(tmp_path: Path, *pieces: bytes) -> Path:
    return replaced(workbook(tmp_path / "base.xlsx"), {SHEET: [HEAD, *pieces, TAIL]}, tmp_path / "a.xlsx")


def word(tmp_path: Path, change: tuple[str, str]) -> Path:
    base = notice(tmp_path / "base.docx")
    with ZipFile(base) as package:
        xml = package.read(DOCUMENT).decode()
    assert change[0] in xml
    return replaced(base, {DOCUMENT: [xml.replace(*change, 1).encode()]}, tmp_path / "a.docx")


def refused(path: Path) -> str:
    with pytest.raises(UnreadableDocument) as caught:
        load(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.csv", "a.docx", "a.xlsx"])
def test_a_file_of_hundreds_of_megabytes(tmp_path: Path, name: str) -> None:
    with (tmp_path / name).open("wb") as file:
        file.truncate(limits.LARGEST_FILE + 1)  # takes no room on the disk
    assert "MiB are more than" in refused(tmp_path / name)


def test_a_text_and_a_line_without_end(tmp_path: Path) -> None:
    (tmp_path / "line.txt").write_text("政" * (limits.LONGEST_LINE + 1), encoding="utf-8")
    (tmp_path / "text.txt").write_text("政策。\n" * (limits.LONGEST_TEXT // 4 + 1), encoding="utf-8")
    assert "a line has more than 1,000,000 characters" in refused(tmp_path / "line.txt")
    assert "more than the 10,000,000 that are read" in refused(tmp_path / "text.txt")


def test_a_sheet_that_claims_every_cell_there_is(tmp_path: Path) -> None:
    assert load(sheet(tmp_path, FIRST)).text == "钱塘区：5。"
    last = b'<row r="1048576"><c r="A1048576"><v>7</v></c></row>'
    assert load(sheet(tmp_path, FIRST, last)).text == "钱塘区：5。\n7"


def test_a_sheet_with_all_its_cells_joined_again_and_again(tmp_path: Path) -> None:
    joined = b"</sheetData><mergeCells>" + b'<mergeCell ref="A1:XFD1048576"/>' * 1000 + b"</mergeCells>"
    path = replaced(
        workbook(tmp_path / "base.xlsx"),
        {SHEET: [HEAD, FIRST, joined, b"</worksheet>"]},
        tmp_path / "a.xlsx",
    )
    assert load(path).text == "钱塘区"


def test_a_sheet_of_too_many_columns_or_cells(tmp_path: Path) -> None:
    assert "more than the 1,000 columns" in refused(
        sheet(tmp_path, b'<row r="1"><c r="XFD1"><v>7</v></c></row>')
    )
    cells = (b"<c><v>%d</v></c>" % number for number in range(limits.MOST_CELLS + 1))
    rows = (
        b"<row>" + b"".join(islice(cells, 900)) + b"</row>" for _ in range(limits.MOST_CELLS // 900 + 1)
    )
    assert "more than the 500,000 cells" in refused(sheet(tmp_path, *rows))


def test_packages_that_burst(tmp_path: Path) -> None:
    assert "more than is read" in refused(sheet(tmp_path, *[b" " * 2**20] * 61))
    picture = replaced(
        notice(tmp_path / "base.docx"), {"word/media/a.bin": [bytes(2**20)] * 401}, tmp_path / "b.docx"
    )
    assert "more than the 10,000 of 400 MiB" in refused(picture)
    assert picture.stat().st_size < 2**20
    with ZipFile(tmp_path / "c.docx", "w", ZIP_DEFLATED) as package:
        for number in range(limits.MOST_MEMBERS):
            package.writestr(str(number), b"")
        package.writestr(DOCUMENT, b"")
    assert "10,001 parts" in refused(tmp_path / "c.docx")


def test_entities_are_neither_expanded_nor_fetched(tmp_path: Path) -> None:
    text = b'<row r="1"><c r="A1" t="inlineStr"><is><t>&j;&z;</t></is></c></row>'
    path = replaced(
        workbook(tmp_path / "base.xlsx"), {SHEET: [LAUGHS, HEAD, text, TAIL]}, tmp_path / "a.xlsx"
    )
    assert "declares entities" in refused(path)
    assert "declares entities" in refused(word(tmp_path, ("<w:document", f"{LAUGHS.decode()}<w:document")))
    wide = replaced(
        workbook(tmp_path / "base.xlsx"),
        {SHEET: ['<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x []><x/>'.encode("utf-16")]},
        tmp_path / "b.xlsx",
    )
    assert "declares entities" in refused(wide)


def test_tags_within_tags(tmp_path: Path) -> None:
    deep = "<w:sdt><w:sdtContent>" * 50_000, "</w:sdtContent></w:sdt>" * 50_000
    assert "damaged" in refused(word(tmp_path, ("<w:p>", f"{deep[0]}<w:p/>{deep[1]}<w:p>")))
    (tmp_path / "a.html").write_text("<html><body>" + "<div>" * 500_000 + "规上工业", encoding="utf-8")
    assert "nest deeper than the 200 levels" in refused(tmp_path / "a.html")
    (tmp_path / "a.md").write_text("> " * 50_000 + "规上工业", encoding="utf-8")
    assert "empty" in refused(tmp_path / "a.md")


def test_pages_of_too_many_tags_and_tables_of_endless_cells(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(f"<html><body>{'<p>规上工业<br>' * 20_000}", encoding="utf-8")
    assert "more than the 30,000 tags" in refused(tmp_path / "a.html")
    rows = "<tr>" + "<td rowspan=60000 colspan=1000>甲</td>" * 50 + "</tr>" + "<tr><td>乙</td></tr>" * 2000
    (tmp_path / "b.html").write_text(f"<html><body><table>{rows}</table>", encoding="utf-8")
    assert "more than the 500,000 cells" in refused(tmp_path / "b.html")


def test_a_cell_over_a_hundred_million_columns(tmp_path: Path) -> None:
    wide = (
        '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="99999999"/></w:tcPr><w:p><w:r><w:t>甲</w:t></w:r></w:p>'
        "</w:tc></w:tr></w:tbl>"
    )
    assert "甲" in load(word(tmp_path, ("<w:sectPr", f"{wide}<w:sectPr"))).text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("甲," * 5000, "more than the 1,000 columns"),
        ("甲,乙\n" * 300_000, "more than the 500,000 cells"),
        ('"' + "甲\n" * 200_000, "is no row of a table"),
    ],
)
def test_lists_without_end(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    assert told in refused(tmp_path / "a.csv")


def test_web_archives_in_web_archives(tmp_path: Path) -> None:
    (tmp_path / "a.mhtml").write_bytes(
        b"Content-Type: multipart/mixed; boundary=a\n\n"
        + b"--a\nContent-Type: multipart/mixed; boundary=a\n\n" * 5000
    )
    assert "no web page in it" in refused(tmp_path / "a.mhtml")
