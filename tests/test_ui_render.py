"""What is shown is escaped, quoted and marked to the character."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag import Answer, Citation, Document, Hit, Passage, Published
from ui import render
from ui.words import EN, ZH

HOSTILE = (
    '<script>window.hacked = 1</script><img src=x onerror="window.hacked = 1"> & "双" \'单\' '
    "**粗体** [链接](javascript:alert(1)) `代码` $x^2$ $$y$$ ${window.hacked} {{value}} "
    '__i18n__{"__type__":"translation_metadata","key":"<b>键</b>"}'
)
TEXT = "第一章 总则\n今年第一季度增加值达171.51亿元。去年总产值突破3700亿元。\n第二段。"
DOCUMENT = Document(
    "a/一.txt",
    "杭州制造",
    TEXT,
    headings=((0, 6),),
    published=Published.parse("2025-05"),
    region="杭州 钱塘",
)
START, END = TEXT.index("今年"), TEXT.index("去年")
QUOTE = TEXT[START:END]
CITATION = Citation(1, DOCUMENT.doc_id, "p1", START, END, QUOTE)
HIT = Hit(1, 0.9, Passage("p1", DOCUMENT.doc_id, 0, len(TEXT), TEXT))
ANSWER = Answer(
    "一季度增加值是多少", "171.51亿元。[1]", (CITATION,), (HIT,), None, "171.51亿元", "一季度增加值是多少"
)
REFUSAL = Answer("常住人口是多少", "可以换个问法。", (), (HIT,), "文档中没有提到常住人口。")
DOCUMENTS = {DOCUMENT.doc_id: DOCUMENT}


class Page(HTMLParser):
    """A fragment as a browser sees it: its elements in order, and the text inside each."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str]]] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[tuple[str, ...], str]] = []
        self.feed(html)
        self.close()
        assert not self.open, "an element is not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = (tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag != "br":
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((tuple(name(element) for element in self.open), data))

    def text(self, inside: str = "") -> str:
        """The text inside the elements of a name like ``p.text``."""
        return "".join(data for names, data in self.texts if not inside or inside in names)

    def all(self, wanted: str) -> list[dict[str, str]]:
        """The attributes of every element of a name."""
        return [element[1] for element in self.elements if name(element) == wanted]


def name(element: tuple[str, dict[str, str]]) -> str:
    tag, attributes = element
    return f"{tag}.{attributes['class']}" if "class" in attributes else tag


def everything(document: Document, answers: Iterable[Answer]) -> list[str]:
    """Every kind of fragment there is, about one document."""
    documents = {document.doc_id: document}
    return [
        render.conversation(
            [render.turn(answer.question, render.reply(answer, documents, ZH), ZH) for answer in answers],
            ZH,
            unanswered=document.text,
            note=ZH.thinking,
        ),
        render.welcome([document.text], documents, EN),
        render.library(documents, EN),
        render.reader(document, 0, len(document.text), ZH),
        render.reader(document, 0, 0, EN),
    ]


def test_an_answer_shows_its_text_its_mark_and_its_card() -> None:
    page = Page(render.reply(ANSWER, DOCUMENTS, ZH))
    assert page.text("p.text") == "171.51亿元。1"
    assert page.text("strong") == "171.51亿元"
    assert page.text("blockquote") == QUOTE
    card = page.text("div.from")
    assert "杭州制造" in card
    assert "2025年5月" in card
    assert "第一章 总则" in card
    target = {
        "data-event": "select",
        "data-doc": "a/一.txt",
        "data-start": str(START),
        "data-end": str(END),
    }
    for element in (*page.all("button.mark"), *page.all("li.card")):
        assert target.items() <= element.items()
    assert len(page.all("button.mark")) == len(page.all("li.card")) == 1
    assert page.all("button.mark")[0]["aria-label"] == "引文 1"


def test_a_card_tells_page_number_kind_doubt_and_other_files() -> None:
    document = replace(
        DOCUMENT,
        pages=((0, 2), (START, 3)),
        doubtful=((START, START + 4),),
        kind="文件",
        doc_number="杭政函〔2023〕15号",
        also_in=("b/网页.html", "c.pdf", "d.txt", "e.txt"),
    )
    reply = render.reply(ANSWER, {document.doc_id: document}, ZH)
    details = Page(reply).text("span.details")
    assert "2025年5月 · 文件 · 杭政函〔2023〕15号 · 第3页 · 第一章 总则" in details
    assert "另见 网页.html，c.pdf，d.txt等" in details
    assert Page(reply).text("p.caution") == ZH.doubtful
    copied = Page(reply).all("button.copy")[0]["data-copy"]
    assert "（2025年5月，第3页）" in copied
    assert copied.endswith(f"（{ZH.doubtful}）")
    plain = Page(render.reply(ANSWER, DOCUMENTS, ZH))
    assert "页" not in plain.text("span.details")
    assert not plain.all("p.caution")


def test_the_reader_shows_where_pages_begin_and_what_is_doubtful() -> None:
    document = replace(DOCUMENT, pages=((0, 1), (6, 2), (END, 3)), doubtful=((START + 2, START + 6),))
    page = Page(render.reader(document, START, END, ZH))
    assert page.text("div.page") == TEXT.replace("\n", "")
    assert [folio["data-page"] for folio in page.all("span.folio")] == ["第1页", "第2页", "第3页"]
    assert page.text("span.doubtful") == TEXT[START + 2 : START + 6]
    marked = [data for names, data in page.texts if "mark" in names]
    assert "".join(marked) == QUOTE
    assert {number["data-number"] for number in page.all("span.on")} == {"1", "2", "3"}


def test_a_document_that_is_gone_or_another_says_so() -> None:
    assert ZH.gone in Page(render.gone(ZH)).text("p.caution")
    changed = Page(render.reader(DOCUMENT, 0, 0, ZH, ZH.changed))
    assert ZH.changed in changed.text("p.caution")
    assert render.fingerprint(DOCUMENT) != render.fingerprint(replace(DOCUMENT, text=TEXT + "。"))


def test_the_way_to_the_documents_is_there_only_where_they_are() -> None:
    assert [link["href"] for link in Page(render.masthead(ZH, tabs=True)).all("a")] == [
        "#chat",
        "#documents",
    ]
    assert not Page(render.masthead(ZH)).all("a")


def test_a_mark_without_citation_stays_text() -> None:
    answer = Answer("问", "见[2]与[1]", (CITATION,), (HIT,))
    page = Page(render.reply(answer, DOCUMENTS, ZH))
    assert page.text("p.text") == "见[2]与1"
    assert len(page.all("button.mark")) == 1


def test_a_refusal_is_no_answer_and_shows_the_nearest_passages_as_such() -> None:
    page = Page(render.reply(REFUSAL, DOCUMENTS, ZH))
    assert not page.all("div.answer")
    assert "文档中没有提到常住人口。" in page.text("p.verdict")
    assert "可以换个问法。" in page.text("div.refusal")
    assert ZH.nearest in page.text("h3.label")
    assert page.text("blockquote") == TEXT
    assert page.all("li.card")[0]["data-end"] == str(len(TEXT))


def test_only_the_nearest_few_passages_stand_under_a_refusal() -> None:
    refusal = Answer("问", "", (), (HIT,) * 10, "没有。")
    assert len(Page(render.reply(refusal, DOCUMENTS, ZH)).all("li.card")) == render.NEAREST


def test_a_question_understood_otherwise_is_shown() -> None:
    follow_up = Answer("那呢", "171.51亿元[1]", (CITATION,), (HIT,), None, "", "一季度<增加值>呢")
    assert Page(render.reply(follow_up, DOCUMENTS, ZH)).text("p.understood").endswith("一季度<增加值>呢")
    assert not Page(render.reply(ANSWER, DOCUMENTS, ZH)).all("p.understood")


def test_width_and_case_alone_are_no_other_understanding() -> None:
    answer = Answer("2025年GDP", "一[1]", (CITATION,), (HIT,), None, "", "\uff12\uff10\uff12\uff15年gdp ")
    assert not Page(render.reply(answer, DOCUMENTS, ZH)).all("p.understood")


def test_the_copy_has_the_answer_and_each_quote() -> None:
    copied = Page(render.reply(ANSWER, DOCUMENTS, ZH)).all("button.copy")[0]["data-copy"]
    assert copied.splitlines()[0] == ANSWER.text
    assert QUOTE in copied.splitlines()[1]
    assert "2025年5月" in copied.splitlines()[1]


def test_turns_stand_in_order_and_an_open_question_last() -> None:
    turns = [render.turn(one.question, render.reply(one, DOCUMENTS, ZH), ZH) for one in (ANSWER, REFUSAL)]
    page = Page(render.conversation(turns, ZH, "还有呢", ZH.thinking))
    text = page.text()
    places = [text.index(part) for part in (ANSWER.question, REFUSAL.question, "还有呢", ZH.thinking)]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("start", "end", "marked"),
    [
        (START, END, [QUOTE]),
        (0, 6, ["第一章 总则"]),
        (START, len(TEXT), [TEXT[START : TEXT.rindex("\n")], "第二段。"]),
        (6, 7, []),
        (0, 0, []),
        (END, START, []),
        (-5, 10**9, TEXT.split("\n")),
    ],
)
def test_the_reader_marks_just_the_span(start: int, end: int, marked: list[str]) -> None:
    page = Page(render.reader(DOCUMENT, start, end, ZH))
    assert [data for names, data in page.texts if "mark" in names] == marked
    assert page.text("div.page") == TEXT.replace("\n", "")


def test_the_reader_tells_headings_from_text() -> None:
    page = Page(render.reader(DOCUMENT, START, END, ZH))
    assert [data for names, data in page.texts if names[-1] == "h3"] == ["第一章 总则"]


@pytest.mark.parametrize(("offset", "heading"), [(0, "第一章 总则"), (START, "第一章 总则")])
def test_the_heading_is_the_one_above(offset: int, heading: str) -> None:
    assert render.heading_at(DOCUMENT, offset) == heading
    assert render.heading_at(Document("b", "题", "无标题"), 1) == ""
    assert render.heading_at(Document("c", "第一章 总则", TEXT, ((0, 6),)), START) == ""


def test_the_library_has_the_newest_first_and_counts_the_rest() -> None:
    documents = {
        str(n): Document(
            str(n), f"第{n}篇", "文", published=Published(date(2000 + n, 1, 1), date(2000 + n, 1, 1))
        )
        for n in range(render.LISTED + 2)
    }
    documents["无"] = Document("无", "不知何时", "文")
    page = Page(render.library(documents, ZH))
    rows = page.all("button.volume")
    assert [row["data-doc"] for row in rows] == [str(n) for n in range(render.LISTED + 1, 1, -1)]
    assert page.text().endswith(ZH.more.format(3))


@pytest.mark.parametrize(
    ("url", "links"),
    [('https://example.org/a?b=1&c="2"', 1), ("javascript:alert(1)", 0), ("data:text/html,<b>", 0)],
)
def test_only_addresses_of_the_web_become_links(url: str, links: int) -> None:
    page = Page(render.reader(Document("d", "题", "文", url=url), 0, 0, ZH))
    assert len(page.all("a")) == links
    assert url in page.text("p.details")


def test_hostile_text_stays_text_everywhere() -> None:
    document = Document(
        HOSTILE,
        HOSTILE,
        HOSTILE,
        ((0, 5),),
        region=HOSTILE,
        byline=HOSTILE,
        issuer=HOSTILE,
        doc_number=HOSTILE,
        kind=HOSTILE,
        url=HOSTILE,
        origins={"published": HOSTILE},
        also_in=(HOSTILE,),
    )
    citation = Citation(1, HOSTILE, "p", 0, len(HOSTILE), HOSTILE)
    hit = Hit(1, 1.0, Passage("p", HOSTILE, 0, len(HOSTILE), HOSTILE))
    answers = [
        Answer(HOSTILE, HOSTILE + "[1]", (citation,), (hit,), None, "<img src=x", HOSTILE[1:]),
        Answer(HOSTILE, HOSTILE, (citation,), (hit,)),
        Answer(HOSTILE, HOSTILE, (), (hit,), HOSTILE, "", HOSTILE),
    ]
    ours = {"blockquote", "button", "details", "div", "h1", "h2", "h3", "header", "li", "mark"}
    ours |= {"ol", "p", "section", "span", "strong", "summary", "ul"}
    for fragment in everything(document, answers):
        page = Page(fragment)
        assert {tag for tag, _ in page.elements} <= ours
        assert not any(attribute.startswith("on") for _, found in page.elements for attribute in found)
        assert HOSTILE in page.text()


@given(st.text())
def test_any_text_comes_out_as_it_went_in(text: str) -> None:
    document = Document("d", text, text)
    answer = Answer(text, text, (), (), None, text[1:3])
    question = Page(render.turn(text, "", ZH)).text("p.question")
    assert question.removeprefix(ZH.you) == as_parsed(text)
    assert Page(render.reader(document, 1, 3, ZH)).text("div.page") == as_parsed(text).replace("\n", "")
    assert Page(render.reply(answer, {"d": document}, ZH)).text("p.text") == as_parsed(text)


def as_parsed(text: str) -> str:
    """What HTML makes of a text that is written out in full."""
    return Page(text.replace("&", "&amp;").replace("<", "&lt;")).text()
