"""Office files made for tests: small Word documents and workbooks, and packages with parts replaced."""

from __future__ import annotations

import re
import sys
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import docx
import openpyxl
from docx.enum.text import WD_ALIGN_PARAGRAPH

from index import UnreadableDocument
from index.loaders import load

REGIONS: list[list[object]] = [
    ["2025年一季度各区规上工业主要指标", None, None, None],
    ["单位：亿元", None, None, None],
    ["地区", "规上工业增加值", "增速", "企业数（家）"],
    ["钱塘区", 171.51, 0.134, 812],
    ["滨江区", 120.3, -0.056, 433],
    ["萧山区", 203.6, 0.071, 1290],
    ["注：按可比价格计算", None, None, None],
]
"""A table as a statistics office makes it: a title over all columns, the unit over the table, a note below."""


def workbook(path: Path, rows: Iterable[Sequence[object]] = REGIONS, title: str = "Sheet1") -> Path:
    """A workbook of one sheet; shares are stored as such and shown as percent, the first row joined."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, float) and abs(cell.value) < 1:
                cell.number_format = "0.0%"
    if rows is REGIONS:
        sheet.merge_cells("A1:D1")
    book.save(path)
    return path


def notice(path: Path) -> Path:
    """A notice in Word: a centred title, a number, headings, a table with joined cells, a signature."""
    document = docx.Document()
    for text in ("钱塘区人民政府关于加快工业经济发展的通知", "钱政发〔2025〕8号"):
        document.add_paragraph(text).alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_paragraph("各街道办事处，区政府各部门：")
    document.add_paragraph("为加快工业经济发展，现就有关事项通知如下。")
    document.add_paragraph("财政支持", style="Heading 1")
    document.add_paragraph("对新认定的专精特新“小巨人”企业给予100万元奖励。")
    document.add_paragraph("各街道规上工业情况")
    rows = [
        ["街道", "2024年", "", "2025年一季度", ""],
        ["", "增加值（亿元）", "增速（%）", "增加值（亿元）", "增速（%）"],
        ["下沙街道", "198.4", "5.5", "51.2", "12.1"],
        ["白杨街道", "240.9", "6.3", "63.07", "9.8"],
    ]
    table = document.add_table(len(rows), 5)
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            table.cell(r, c).text = text
    for first, last in (((0, 0), (1, 0)), ((0, 1), (0, 2)), ((0, 3), (0, 4))):
        table.cell(*first).merge(table.cell(*last))
    document.add_paragraph("二〇二五年五月十六日")
    document.save(str(path))
    return path


def replaced(package: Path, parts: Mapping[str, Iterable[bytes]], to: Path) -> Path:
    """A copy of a package with some parts replaced or added, written piece by piece."""
    with zipfile.ZipFile(package) as old, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, pieces in parts.items():
            with new.open(name, "w") as part:
                for piece in pieces:
                    part.write(piece)
    return to


def strict(package: Path, to: Path) -> Path:
    """A copy of a package in the strict form of the standard, as Word and Excel can save it."""
    with zipfile.ZipFile(package) as old:
        parts = {
            name: [
                re.sub(
                    rb"http://schemas\.openxmlformats\.org/(wordprocessingml|spreadsheetml|drawingml|officeDocument)/2006/",
                    rb"http://purl.oclc.org/ooxml/\1/",
                    old.read(name),
                )
            ]
            for name in old.namelist()
        }
    return replaced(package, parts, to)


def without_ocr() -> None:
    """Make a process one where the extra for OCR isn't installed: to recognise a page takes seconds."""
    sys.modules["rapidocr"] = None  # type: ignore[assignment]


def outcome(path: Path) -> str:
    """What comes of reading a file, for a process of its own: text, refused, or what should not have come."""
    try:
        document = load(path)
    except UnreadableDocument as error:
        return "refused" if str(path) in str(error) and "\n" not in str(error) else f"badly said: {error}"
    except Exception as error:  # what must not be is told, whatever it is
        return f"{type(error).__name__}: {error}"
    spans = (*document.headings, *document.doubtful)
    within = all(0 <= start < end <= len(document.text) for start, end in spans)
    return "text" if within else f"spans outside the text: {spans}"


PAGE = """<!DOCTYPE html><html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312">
<title>关于加快工业经济发展的通知_杭州市钱塘区人民政府</title>
<meta name="SiteName" content="杭州市钱塘区人民政府"><meta name="ColumnName" content="政策文件">
<meta name="ArticleTitle" content="钱塘区人民政府关于加快工业经济发展的通知">
<meta name="PubDate" content="2025-05-16 10:20"><meta name="ContentSource" content="区府办">
<style>p {color: red}</style><script>document.write("<p>脚本</p>")</script></head><body>
<div class="header"><ul class="nav"><li><a href="/">首页</a></li><li><a href="/a">政务公开</a></li>
<li><a href="/b">政务服务</a></li><li><a href="/c">互动交流</a></li></ul></div>
<div class="position">当前位置：<a href="/">首页</a> &gt; <a href="/x">政策文件</a></div>
<div class="content"><h1>钱塘区人民政府关于加快工业经济发展的通知</h1>
<table class="xxgk"><tr><td>索引号：</td><td>001008003016031/2025-12345</td><td>发布机构：</td><td>区府办</td></tr>
<tr><td>文号：</td><td>钱政发〔2025〕8号</td><td>公开日期：</td><td>2025-05-16</td></tr></table>
<div id="zoom"><p>各街道办事处，区政府各部门：</p>
<p>&nbsp;&nbsp;为加快工业经济发展，经区政府同意，现将有关事项通知如下，请认真贯彻执行。</p>
<h2>一、财政支持</h2>
<p>对新认定的专精特新“小巨人”企业给予100万元奖励。<br>对首次入选的单项冠军企业给予200万元奖励，由区财政局兑现。</p>
<p>各街道2025年一季度规上工业情况</p>
<table border="1"><thead><tr><th rowspan="2">街道</th><th colspan="2">规上工业</th></tr>
<tr><th>增加值（亿元）</th><th>增速（%）</th></tr></thead>
<tbody><tr><td>下沙街道</td><td>51.2</td><td>12.1</td></tr><tr><td>白杨街道</td><td>63.07</td><td>9.8</td></tr></tbody></table>
<p>本通知自2025年6月1日起施行，有效期至2027年12月31日，由区经信局负责解释。</p></div>
<div class="related"><h3>相关链接</h3><ul><li><a href="/1">关于征求意见的公告</a></li><li><a href="/2">政策解读</a></li></ul></div></div>
<div class="footer"><p>主办：钱塘区人民政府办公室 网站标识码：3301000001 浙ICP备12345号</p></div></body></html>"""
"""A page as government sites make them: what it is in the metas, menus around it, a table of facts over it."""
