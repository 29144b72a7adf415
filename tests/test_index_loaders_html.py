"""Saved web pages: the text of the article, what the page says of itself, its tables; nothing else."""

from __future__ import annotations

import base64
import socket
from datetime import date
from pathlib import Path

import pytest

from index import UnreadableDocument
from index.loaders import load
from index.metadata import Metadata
from index.reading import read_document
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
    html = f"<html><head><meta charset=utf-8><title>通知</title>{metas}</head><body><h1>通知</h1>{text}</body></html>"
    (tmp_path / "a.html").write_text(html, encoding="utf-8")
    properties = load(tmp_path / "a.html").properties
    assert (str(properties.published), properties.title) == (published, title)


RULES = (
    "经区政府同意，自2023年8月1日起调整全区最低工资标准，月最低工资标准为2280元。",
    "小时最低工资标准为22元，由区人力社保局负责监督检查，对违反规定的责令限期改正。",
    "本通知自2023年8月1日起施行。",
)


def page(tmp_path: Path, body: str, head: str = "") -> Path:
    (tmp_path / "a.html").write_text(
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>关于最低工资的通知</title>{head}</head>"
        f"<body>{body}</body></html>",
        encoding="utf-8",
    )
    return tmp_path / "a.html"


@pytest.mark.parametrize("at", range(4))
@pytest.mark.parametrize("end", ["</html>", "</body></html>", "</BODY >\n</HTML>"])
def test_a_page_goes_on_after_an_end_in_its_middle(tmp_path: Path, at: int, end: str) -> None:
    paragraphs = [f"<p>{rule}</p>" for rule in RULES]
    paragraphs.insert(at, end)
    path = page(tmp_path, f"<h1>关于最低工资的通知</h1><div>{''.join(paragraphs)}</div>")
    assert load(path).text.split("\n") == ["关于最低工资的通知", *RULES]


@pytest.mark.parametrize("item", ["<p><a href='#'>{}</a></p>", "<li><a href='#'>{}</a> 2023-07-01</li>"])
def test_links_to_other_pages_below_an_article_are_left_out(tmp_path: Path, item: str) -> None:
    others = "".join(
        item.format(f"关于区内第{n}批企业名单和有关重点工作情况的公告全文") for n in "一二三四五六七八"
    )
    rules = "".join(f"<p>{rule}</p>" for rule in RULES)
    inside = f"<div>{rules}<div><h3>相关新闻</h3>{others}</div></div>"
    menu = "<div><a href='/'>首页</a><a href='/a'>政务公开</a></div>"
    document = load(page(tmp_path, f"{menu}<h1>关于最低工资的通知</h1>{inside}<p>版权所有：区政府</p>"))
    assert document.text.split("\n") == ["关于最低工资的通知", *RULES]


def test_attachments_are_part_of_the_article(tmp_path: Path) -> None:
    files = "".join(f"<p><a href='{n}.docx'>附件{n}：申请表之{n}</a></p>" for n in (1, 2, 3))
    rules = "".join(f"<p>{rule}</p>" for rule in RULES)
    assert load(page(tmp_path, f"<div>{rules}{files}</div>")).text.count("附件") == 3


@pytest.mark.parametrize(
    ("line", "published", "issuer"),
    [
        (
            "<span>发布时间：2023-06-20 15:02</span> <span>来源：区医保局</span>",
            "2023年6月20日",
            "区医保局",
        ),
        ("2023年06月20日 08:30 来源： 钱江晚报 字体：大 中 小", "2023年6月20日", "钱江晚报"),
        ("索引号：1 公开日期：2023/6/20", "2023年6月20日", None),
        ("来源：本网", "None", None),
        ("", "None", None),
    ],
)
def test_what_the_line_under_the_title_says(
    tmp_path: Path, line: str, published: str, issuer: str | None
) -> None:
    rules = "".join(f"<p>{rule}</p>" for rule in RULES)
    foot = "<div>更新日期：2025-01-01</div>"
    body = f"<h1>关于最低工资的通知</h1><div>{line}</div><div>{rules}</div>{foot}"
    properties = load(page(tmp_path, body)).properties
    assert (str(properties.published), properties.issuer) == (published, issuer)


def test_a_signature_tells_more_than_the_site(tmp_path: Path) -> None:
    signed = "".join(f"<p>{text}</p>" for text in (*RULES, "杭州市钱塘区人民政府", "2023年6月20日"))
    path = page(tmp_path, f"<div>{signed}</div>", '<meta name="SiteName" content="中国政府网">')
    document = read_document(path, "a.html", Metadata())
    assert (document.issuer, str(document.published)) == ("杭州市钱塘区人民政府", "2023年6月20日")
    unsigned = page(tmp_path, f"<p>{RULES[0]}</p>", '<meta name="SiteName" content="中国政府网">')
    assert read_document(unsigned, "a.html", Metadata()).issuer == "中国政府网"


def test_a_page_of_a_wechat_account(tmp_path: Path) -> None:
    sections = "".join(f"<section><section><span>{rule}</span></section></section>" for rule in RULES)
    body = (
        "<div id='js_article'><h1 id='activity-name'>关于最低工资的通知</h1><div><a id='js_name'>钱塘发布</a>"
        "<em id='publish_time'>2023-07-01 10:20</em></div>"
        f"<div id='js_content' style='visibility: hidden'>{sections}</div></div><script>var ct='1'</script>"
    )
    document = load(page(tmp_path, body, '<meta property="og:site_name" content="微信公众平台">'))
    assert [line for line in document.text.split("\n") if line in RULES] == list(RULES)
    assert document.properties.issuer == "钱塘发布"
    assert str(document.properties.published) == "2023年7月1日"


def test_raised_and_hidden_text(tmp_path: Path) -> None:
    body = (
        f"<p>{RULES[0]}</p><p>本区用地48215<sup>2</sup>处，排放二氧化碳（CO<sub>2</sub>）1.5×10<sup>4</sup>吨<sup>[1]</sup>。</p>"
        "<p><ruby>钱塘<rp>(</rp><rt>qiántáng</rt><rp>)</rp></ruby>区的补贴为3万元<span style='display: none'>5万元</span>。</p>"
        f"<table><tr><th>地块</th><th>面积（m<sup>2</sup>）</th></tr><tr><td>甲</td><td>1200</td></tr></table><p>{RULES[1]}</p>"
    )
    assert load(page(tmp_path, body)).text.split("\n")[2:-1] == [
        "本区用地48215²处，排放二氧化碳（CO₂）1.5×10⁴吨[1]。",
        "钱塘区的补贴为3万元。",
        "甲：面积（m²）1200。",
    ]


def test_a_page_of_few_words_is_a_document(tmp_path: Path) -> None:
    table = "<table><tr><td>街道</td><td>产值</td></tr><tr><td>下沙</td><td>12</td></tr></table>"
    assert load(page(tmp_path, f"<a href='/'>首页</a>{table}")).text.split("\n")[-1] == "下沙：产值：12。"


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
    html = PAGE.replace(
        "<!DOCTYPE html>", f'<!DOCTYPE html [<!ENTITY x SYSTEM "{(tmp_path / "secret").as_uri()}">]>'
    )
    outside = '<link rel="stylesheet" href="http://127.0.0.1:9/a.css"><img src="http://127.0.0.1:9/a.png">'
    html = html.replace("<h1>", f'{outside}<iframe src="http://127.0.0.1:9/"></iframe><p>&x;</p><h1>')
    (tmp_path / "a.html").write_bytes(html.encode("gb18030"))
    text = load(tmp_path / "a.html").text
    assert "100万元奖励" in text
    assert "密" not in text
