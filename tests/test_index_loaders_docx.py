"""Word documents: what is text and what isn't, headings, automatic numbers, tables in their place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from index.loaders import RawDocument, load
from tests.offices import notice, strict

W = nsdecls("w")


def headings(document: RawDocument) -> list[str]:
    return [document.text[start:end] for start, end in document.headings]


def made(tmp_path: Path, fill: Callable[[Any], object]) -> RawDocument:
    document = docx.Document()
    fill(document)
    document.save(str(tmp_path / "a.docx"))
    return load(tmp_path / "a.docx")


def test_a_notice(tmp_path: Path) -> None:
    document = load(notice(tmp_path / "a.docx"))
    assert document.text.split("\n") == [
        "钱塘区人民政府关于加快工业经济发展的通知",
        "钱政发〔2025〕8号",
        "各街道办事处，区政府各部门：",
        "为加快工业经济发展，现就有关事项通知如下。",
        "财政支持",
        "对新认定的专精特新“小巨人”企业给予100万元奖励。",
        "各街道规上工业情况",
        "下沙街道：2024年增加值（亿元）198.4；2024年增速（%）5.5；2025年一季度增加值（亿元）51.2；2025年一季度增速（%）12.1。",
        "白杨街道：2024年增加值（亿元）240.9；2024年增速（%）6.3；2025年一季度增加值（亿元）63.07；2025年一季度增速（%）9.8。",
        "二〇二五年五月十六日",
    ]
    assert headings(document) == ["钱塘区人民政府关于加快工业经济发展的通知", "财政支持"]
    assert document.laid_out


def test_a_document_in_the_strict_form(tmp_path: Path) -> None:
    path = strict(notice(tmp_path / "a.docx"), tmp_path / "b.docx")
    assert load(path) == load(tmp_path / "a.docx")


def test_headings_by_style_by_level_and_by_their_mark(tmp_path: Path) -> None:
    def fill(document: Any) -> None:
        document.add_paragraph("总则", style="Heading 2")
        document.add_paragraph("本办法所称企业，是指在本区注册的企业。", style="Heading 3")
        levelled = document.add_paragraph("附则")
        levelled._p.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {W} w:val="1"/>'))
        document.add_paragraph("一、支持创新")
        document.add_paragraph("一、支持创新，给予100万元奖励。")
        document.add_paragraph("目录 1", style=document.styles.add_style("toc 1", 1))

    document = made(tmp_path, fill)
    assert headings(document) == ["总则", "附则", "一、支持创新"]
    assert "目录" not in document.text


def test_automatic_numbers_are_written(tmp_path: Path) -> None:
    def level(depth: int, form: str, text: str) -> str:
        return f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'

    def fill(document: Any) -> None:
        numbering = document.part.numbering_part.element
        levels = (
            level(0, "chineseCounting", "第%1章") + level(1, "decimal", "%2．") + level(2, "bullet", "")
        )
        numbering.insert(0, parse_xml(f'<w:abstractNum {W} w:abstractNumId="90">{levels}</w:abstractNum>'))
        numbering.append(parse_xml(f'<w:num {W} w:numId="90"><w:abstractNumId w:val="90"/></w:num>'))
        for depth, text in ((0, "总则"), (1, "甲。"), (1, "乙。"), (0, "支持"), (1, "丙。"), (2, "丁。")):
            properties = document.add_paragraph(text)._p.get_or_add_pPr()
            properties.append(
                parse_xml(f'<w:numPr {W}><w:ilvl w:val="{depth}"/><w:numId w:val="90"/></w:numPr>')
            )

    assert made(tmp_path, fill).text.split("\n") == [
        "第一章总则",
        "1．甲。",
        "2．乙。",
        "第二章支持",
        "1．丙。",
        "丁。",
    ]


LEVELS = (
    '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="第%1条 "/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/>{more}<w:lvlText w:val="%1.%2"/></w:lvl>'
)


@pytest.mark.parametrize(
    ("more", "override", "numbers"),
    [
        ("", "", ["第一条", "一.1", "一.2", "第二条", "二.1", "第三条", "三.1"]),
        ("<w:isLgl/>", "", ["第一条", "1.1", "1.2", "第二条", "2.1", "第三条", "3.1"]),
        (
            "<w:isLgl/>",
            '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>',
            ["第一条", "1.1", "1.2", "第二条", "2.1", "第一条", "1.1"],
        ),
        (
            "<w:isLgl/>",
            '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride>',
            ["第一条", "1.1", "1.2", "第二条", "2.1", "第七条", "7.1"],
        ),
        (
            '<w:isLgl/><w:lvlRestart w:val="0"/>',
            "",
            ["第一条", "1.1", "1.2", "第二条", "2.3", "第三条", "3.4"],
        ),
    ],
)
def test_numbers_that_begin_anew_and_those_in_plain_digits(
    tmp_path: Path, more: str, override: str, numbers: list[str]
) -> None:
    def fill(document: Any) -> None:
        numbering = document.part.numbering_part.element
        numbering.insert(
            0,
            parse_xml(
                f'<w:abstractNum {W} w:abstractNumId="90">{LEVELS.format(more=more)}</w:abstractNum>'
            ),
        )
        for use, otherwise in ((90, ""), (91, override)):
            numbering.append(
                parse_xml(f'<w:num {W} w:numId="{use}"><w:abstractNumId w:val="90"/>{otherwise}</w:num>')
            )
        for use, depth in ((90, 0), (90, 1), (90, 1), (90, 0), (90, 1), (91, 0), (91, 1)):
            document.add_paragraph("内容。")._p.get_or_add_pPr().append(
                parse_xml(f'<w:numPr {W}><w:ilvl w:val="{depth}"/><w:numId w:val="{use}"/></w:numPr>')
            )

    assert made(tmp_path, fill).text.split("\n") == [f"{number} 内容。" for number in numbers]


def test_the_level_of_a_style_is_that_which_names_it(tmp_path: Path) -> None:
    def fill(document: Any) -> None:
        numbering = document.part.numbering_part.element
        levels = LEVELS.format(more='<w:pStyle w:val="Heading2"/><w:isLgl/>')
        numbering.insert(0, parse_xml(f'<w:abstractNum {W} w:abstractNumId="90">{levels}</w:abstractNum>'))
        numbering.append(parse_xml(f'<w:num {W} w:numId="90"><w:abstractNumId w:val="90"/></w:num>'))
        for name in ("Heading 1", "Heading 2"):
            document.styles[name].element.get_or_add_pPr().append(
                parse_xml(f'<w:numPr {W}><w:numId w:val="90"/></w:numPr>')
            )
        for name, text in (("Heading 1", "总则"), ("Heading 2", "目的"), ("Heading 2", "范围")):
            document.add_paragraph(text, style=name)

    assert made(tmp_path, fill).text.split("\n") == ["第一条 总则", "1.1 目的", "1.2 范围"]


def test_what_was_changed_reads_as_it_is_now(tmp_path: Path) -> None:
    def fill(document: Any) -> None:
        paragraph = document.add_paragraph("奖励")._p
        paragraph.append(parse_xml(f"<w:del {W}><w:r><w:delText>50万元</w:delText></w:r></w:del>"))
        paragraph.append(parse_xml(f"<w:ins {W}><w:r><w:t>100万元</w:t></w:r></w:ins>"))
        paragraph.append(
            parse_xml(
                f"<w:r {W}><w:tab/><w:t>。</w:t><w:br/><w:t>另有规定</w:t><w:br/><w:t>的除外。</w:t></w:r>"
            )
        )

    assert made(tmp_path, fill).text.split("\n") == ["奖励100万元 。", "另有规定的除外。"]


def test_text_boxes_frames_and_content_controls(tmp_path: Path) -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>框内的话。</w:t></w:r></w:p></w:txbxContent>"
    names = f'{W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml"'

    def fill(document: Any) -> None:
        document.add_paragraph("框外的话。")._p.append(
            parse_xml(
                f"<w:r {names}><mc:AlternateContent><mc:Choice Requires='wps'>{box}</mc:Choice>"
                f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
            )
        )
        body = document.element.body
        control = (
            f"<w:sdt {W}><w:sdtContent><w:p><w:r><w:t>控件里的话。</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        )
        body.insert(len(body) - 1, parse_xml(control))
        frame = document.add_table(1, 1).cell(0, 0)
        frame.text = "边框里的第一段。"
        frame.add_paragraph("边框里的第二段。")
        document.sections[0].header.paragraphs[0].text = "页眉"

    lines = ["框外的话。", "框内的话。", "控件里的话。", "边框里的第一段。", "边框里的第二段。"]
    assert made(tmp_path, fill).text.split("\n") == lines


@pytest.mark.parametrize(
    ("title", "taken"),
    [("关于工业的通知", "关于工业的通知"), ("Word 文档", None), ("", None), ("通知", None)],
)
def test_the_title_property_counts_where_the_text_begins_with_it(
    tmp_path: Path, title: str, taken: str | None
) -> None:
    def fill(document: Any) -> None:
        document.core_properties.title = title
        document.add_paragraph("关于工业的\n通知")
        document.add_paragraph("现通知如下。")

    assert made(tmp_path, fill).properties.title == taken


def test_raised_hidden_and_ticked(tmp_path: Path) -> None:
    def run(text: str, properties: str = "") -> str:
        return f"<w:r><w:rPr>{properties}</w:rPr>{text}</w:r>"

    def fill(document: Any) -> None:
        for runs in (
            run("<w:t>用地48215</w:t>") + run("<w:t>2</w:t>", '<w:vertAlign w:val="superscript"/>'),
            run("<w:t>CO</w:t>")
            + run("<w:t>2</w:t>", '<w:vertAlign w:val="subscript"/>')
            + run("<w:t>排放1.5×10</w:t>")
            + run("<w:t>4</w:t>", '<w:vertAlign w:val="superscript"/>')
            + run("<w:t>吨</w:t>"),
            run("<w:t>补贴3万元</w:t>")
            + run("<w:t>（原为5万元）</w:t>", "<w:vanish/>")
            + run("<w:t>。</w:t>"),
            run("<w:t>明说的</w:t>", '<w:vanish w:val="0"/>'),
            run('<w:sym w:font="Wingdings" w:char="F0FE"/>')
            + run("<w:t>同意 </w:t>")
            + run('<w:sym w:font="Wingdings 2" w:char="F0A3"/><w:t>不同意</w:t>'),
            run(
                "<w:ruby><w:rt><w:r><w:t>qiántáng</w:t></w:r></w:rt>"
                "<w:rubyBase><w:r><w:t>钱塘</w:t></w:r></w:rubyBase></w:ruby><w:t>区</w:t>"
            ),
        ):
            paragraph = parse_xml(f"<w:p {W}>{runs}</w:p>")
            document.element.body.insert(len(document.element.body) - 1, paragraph)

    assert made(tmp_path, fill).text.split("\n") == [
        "用地48215²",
        "CO₂排放1.5×10⁴吨",
        "补贴3万元。",
        "明说的",
        "☑同意 □不同意",
        "钱塘区",
    ]
