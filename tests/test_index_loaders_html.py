"""Saved web pages: the text of the article, what the page says of itself, its tables; nothing else."""

from __future__ import annotations

import base64
import socket
from datetime import date
from pathlib import Path

import pytest

from index import UnreadableDocument
from index.loaders import load
from index.types import Published
from tests.offices import PAGE

LINES = [
    "钱塘区人民政府关于加快工业经济发展的通知",
    "索引号：001008003016031/2025-12345；发布机构：区府办。",
    "文号：钱政发〔2025〕8号；公开日期：2025-05-16。",
    "各街道办事处，区政府各部门：",
    "为加快工业经济发展，经区政府同意，现将有关事项通知如下，请认真贯彻执行。",
    "一、财政支持",
    "对新认定的专精特新“小巨人”企业给予100万元奖励。",
    "对首次入选的单项冠军企业给予200万元奖励，由区财政局兑现。",
    "各街道2025年一季度规上工业情况",
    "下沙街道，2025年一季度：规上工业增加值（亿元）51.2；规上工业增速（%）12.1。",
    "白杨街道，2025年一季度：规上工业增加值（亿元）63.07；规上工业增速（%）9.8。",
    "本通知自2025年6月1日起施行，有效期至2027年12月31日，由区经信局负责解释。",
]


def archive(page: bytes) -> bytes:
    """A page as Chrome saves it in one file."""
    return (
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://www.example.gov.cn/a.html\r\n"
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related; type="text/html"; boundary="----X"\r\n\r\n------X\r\n'
        b"Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(page)
        + b"\r\n------X\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0=\r\n------X--\r\n"
    )


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.html", PAGE.encode("gb18030")),
        ("a.htm", PAGE.encode("utf-8")),  # the declaration lies, as in pages saved anew
        ("b.html", PAGE.replace("gb2312", "utf-8").encode("utf-8-sig")),
        ("c.html", PAGE.replace("gb2312", "utf-16").encode("utf-16")),
        ("a.mhtml", archive(PAGE.encode("gb18030"))),
    ],
)
def test_a_government_page(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    document = load(tmp_path / name)
    assert document.text.split("\n") == LINES
    properties = document.properties
    assert properties.title == LINES[0]
    assert properties.published == Published(date(2025, 5, 16), date(2025, 5, 16))
    assert properties.issuer == "区府办"
    assert properties.url == ("https://www.example.gov.cn/a.html" if name.endswith("mhtml") else None)
    assert [document.text[start:end] for start, end in document.headings] == [LINES[0], "一、财政支持"]


def test_a_torn_character_does_not_cost_the_page(tmp_path: Path) -> None:
    data = PAGE.encode("gb18030").replace("认真".encode("gb18030"), "认真".encode("gb18030") + b"\xff")
    (tmp_path / "a.html").write_bytes(data)
    assert "请认真" in load(tmp_path / "a.html").text


@pytest.mark.parametrize(
    ("metas", "published", "title"),
    [
        ('<meta name="PubDate" content="2025-5-6">', "2025年5月6日", "通知"),
        ('<meta name="pubdate" content="2025/05/06 12:00:00">', "2025年5月6日", "通知"),
        ('<meta name="PubDate" content="2025-13-45">', "None", "通知"),
        ("", "None", "通知"),
        ('<meta name="ArticleTitle" content="关于工业的通知">', "None", "关于工业的通知"),
    ],
)
def test_what_the_metas_say(tmp_path: Path, metas: str, published: str, title: str) -> None:
    text = "<p>为加快工业经济发展，经区政府同意，现将有关事项通知如下，请认真贯彻执行。</p>" * 3
    page = f"<html><head><meta charset=utf-8><title>通知</title>{metas}</head><body><h1>通知</h1>{text}</body></html>"
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    properties = load(tmp_path / "a.html").properties
    assert (str(properties.published), properties.title) == (published, title)


def test_a_page_of_links_is_no_document(tmp_path: Path) -> None:
    links = "".join(
        f'<li><a href="/{n}">关于第{n}号政策的通知</a> <span>2025-05-{n:02}</span></li>'
        for n in range(1, 31)
    )
    (tmp_path / "a.html").write_text(
        f"<html><meta charset=utf-8><body><ul>{links}</ul></body></html>", encoding="utf-8"
    )
    with pytest.raises(UnreadableDocument, match="no text besides its links"):
        load(tmp_path / "a.html")


def test_nothing_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    (tmp_path / "secret").write_text("密", encoding="utf-8")
    page = PAGE.replace(
        "<!DOCTYPE html>", f'<!DOCTYPE html [<!ENTITY x SYSTEM "{(tmp_path / "secret").as_uri()}">]>'
    )
    outside = '<link rel="stylesheet" href="http://127.0.0.1:9/a.css"><img src="http://127.0.0.1:9/a.png">'
    page = page.replace("<h1>", f'{outside}<iframe src="http://127.0.0.1:9/"></iframe><p>&x;</p><h1>')
    (tmp_path / "a.html").write_bytes(page.encode("gb18030"))
    text = load(tmp_path / "a.html").text
    assert "100万元奖励" in text
    assert "密" not in text
