"""Workbooks: values as Excel shows them, the sheets that are shown, each figure with its headings."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from openpyxl.styles import Alignment

from index.loaders import load
from tests.offices import replaced, strict, workbook


def test_a_statistical_table(tmp_path: Path) -> None:
    assert load(workbook(tmp_path / "a.xlsx", title="规上工业")).text.split("\n") == [
        "规上工业",
        "2025年一季度各区规上工业主要指标",
        "单位：亿元",
        "钱塘区，2025年一季度：规上工业增加值（亿元）171.51；增速：13.4%；企业数（家）812。",
        "滨江区，2025年一季度：规上工业增加值（亿元）120.3；增速：-5.6%；企业数（家）433。",
        "萧山区，2025年一季度：规上工业增加值（亿元）203.6；增速：7.1%；企业数（家）1290。",
        "注：按可比价格计算",
    ]


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [
        (171.51, "General", "171.51"),
        (0.1 + 0.2, "General", "0.3"),
        (1_234_567, "General", "1234567"),
        (17151.0, "General", "17151"),
        (1234.5, "#,##0.00", "1,234.50"),
        (1234.5, '#,##0.0_ ;[Red]"-"#,##0.0', "1,234.5"),
        (0.134, "0.0%", "13.4%"),
        (-0.056, "0.00%", "-5.60%"),
        (180, '0"亿元"', "180亿元"),
        (1_234_567, '0!.0,"万元"', "123.5万元"),
        (-1_234_567, '0"."0,', "-123.5"),
        (12_345_678, '0\\.0000"万元"', "1234.5678万元"),
        (98_765_432, '#,##0.00,,"百万元"', "98.77百万元"),
        (13.5, "0,", "0"),
        (234_567_890, '[>=100000000]0!.00,,"亿元";[>=10000]0!.0,"万元";0"元"', "2.35亿元"),
        (123_456, '[>=100000000]0!.00,,"亿元";[>=10000]0!.0,"万元";0"元"', "12.3万元"),
        (812, '[>=100000000]0!.00,,"亿元";[>=10000]0!.0,"万元";0"元"', "812元"),
        (-5, '0"户;家";(0)', "-5户;家"),
        (20250101, "0000-00-00", "2025-01-01"),
        (7, "000", "007"),
        (0.125, "0.00", "0.13"),
        (12.5, "# ?/?", "12.5"),
        (5, "@", "5"),
        (2, "0.##", "2"),
        (date(2025, 4, 20), "yyyy-mm-dd", "2025年4月20日"),
        (datetime(2025, 4, 20, 9, 30), "yyyy/m/d h:mm", "2025年4月20日09:30"),
        (date(2025, 4, 1), 'yyyy"年"m"月"', "2025年4月"),
        (time(9, 30), "h:mm", "09:30"),
        (True, "General", "TRUE"),
    ],
)
def test_a_value_is_written_as_it_is_shown(tmp_path: Path, value: object, form: str, shown: str) -> None:
    book = openpyxl.Workbook()
    book.active.append(["指标", "钱塘区"])
    book.active.append(["数值", value])
    book.active["B2"].number_format = form
    book.save(tmp_path / "a.xlsx")
    assert load(tmp_path / "a.xlsx").text.endswith(f"{shown}。")


def test_hidden_sheets_are_left_out_and_others_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name, state in (("工业", "visible"), ("底稿", "hidden"), ("密", "veryHidden"), ("人口", "visible")):
        sheet = book.create_sheet(name)
        sheet.append([name, "数量（万）"])
        sheet.append(["钱塘区", 5])
        sheet.sheet_state = state
    book.remove(book["Sheet"])
    book.save(tmp_path / "a.xlsx")
    document = load(tmp_path / "a.xlsx")
    assert document.text.split("\n") == ["工业", "钱塘区：数量（万）5。", "人口", "钱塘区：数量（万）5。"]
    assert [document.text[start:end] for start, end in document.headings] == ["工业", "人口"]


def test_a_formula_is_the_value_last_worked_out(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["地区", "产值（亿元）"], ["钱塘区", 5], ["合计", "=SUM(B2:B2)"]])
    sheet = "xl/worksheets/sheet1.xml"
    with ZipFile(path) as package:
        content = package.read(sheet).replace(b"<v></v>", b"<v>7.5</v>").replace(b"<v />", b"<v>7.5</v>")
    assert b"7.5" in content
    assert "合计：产值（亿元）7.5。" in load(replaced(path, {sheet: [content]}, tmp_path / "b.xlsx")).text


def test_errors_and_empty_rows_and_columns_say_nothing(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        [None, None, None, None],
        [None, "地区", None, "产值（亿元）"],
        [None, "钱塘区", None, "#DIV/0!"],
        [],
        [None, "滨江区", None, 5],
    ]
    assert load(workbook(tmp_path / "a.xlsx", rows)).text.split("\n") == [
        "钱塘区。",
        "滨江区：产值（亿元）5。",
    ]


def test_what_openpyxl_does_not_know_is_no_matter(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["地区", "产值（亿元）"], ["钱塘区", 5]])
    with ZipFile(path) as package:
        styles = re.sub(rb"<cellStyles.*</cellStyles>", b"", package.read("xl/styles.xml"))
    bare = replaced(path, {"xl/styles.xml": [styles]}, tmp_path / "b.xlsx")
    with pytest.warns(UserWarning, match="no default style"):
        openpyxl.load_workbook(bare)
    assert load(bare).text == "钱塘区：产值（亿元）5。"


def test_formulas_without_a_value_are_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    rows: list[list[object]] = [
        ["地区", "产值（亿元）"],
        ["钱塘区", 5],
        ["合计", "=SUM(B2:B2)"],
        ["两倍", "=B3*2"],
    ]
    assert "钱塘区：产值（亿元）5。" in load(workbook(tmp_path / "a.xlsx", rows)).text
    assert "2 formulas of the sheet 'Sheet1' have no value" in caplog.text


def test_a_text_set_in_is_part_of_the_one_above(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["税种", "入库（万元）"],
        ["税收", 900],
        ["增值税", 500],
        ["国内", 400],
        ["社保费", 300],
    ]
    path = workbook(tmp_path / "a.xlsx", rows)
    book = openpyxl.load_workbook(path)
    for cell, steps in (("A3", 1), ("A4", 2)):
        book.active[cell].alignment = Alignment(indent=steps)
    book.save(path)
    assert load(path).text.split("\n") == [
        "税收：入库（万元）900。",
        "税收，增值税：入库（万元）500。",
        "税收，增值税，国内：入库（万元）400。",
        "社保费：入库（万元）300。",
    ]


def test_a_workbook_in_the_strict_form(tmp_path: Path) -> None:
    path = strict(workbook(tmp_path / "a.xlsx"), tmp_path / "b.xlsx")
    assert load(path).text == load(tmp_path / "a.xlsx").text
