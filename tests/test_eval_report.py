"""The report: one page that loads nothing, escapes everything and shows each miss with its evidence."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from html.parser import HTMLParser

import pytest
from rich.console import Console

from eval.charts import draw_charts, draw_confidence
from eval.gold import KIND_NAMES, KINDS, GoldItem, Span
from eval.replies import CitedQuote, FoundPassage, Reply
from eval.report import page, tables
from eval.scores import score

QUOTE = "今年第一季度,钱塘规上工业增加值达171.51亿元"
EVIL = "<script>alert('x')</script>&\"<img src=http://example.org/x.png>"


def item(query_id: str = "q1", **changes: object) -> GoldItem:
    values: dict[str, object] = {
        "query_id": query_id,
        "question": f"{query_id}的规上工业增加值是多少?",
        "kind": "fact_number",
        "answerable": True,
        "answers": ("171.51亿元", "171.51亿"),
        "evidence": (Span("a.txt", QUOTE),),
    }
    return GoldItem(**(values | changes))  # type: ignore[arg-type]


def reply(query_id: str = "q1", **changes: object) -> Reply:
    values: dict[str, object] = {
        "query_id": query_id,
        "question": "",
        "answer": "171.51亿元[1]",
        "refusal": None,
        "seconds": 0.02,
        "citations": (CitedQuote("a.txt", 0, len(QUOTE), QUOTE),),
        "hits": (FoundPassage("a.txt", f"导语。{QUOTE}。", 0.75),),
    }
    return Reply(**(values | changes))  # type: ignore[arg-type]


def render(gold: Iterable[GoldItem], replies: Iterable[Reply]) -> str:
    gold, given = list(gold), {reply.query_id: reply for reply in replies}
    return page(gold, given, score(gold, given))


class Page(HTMLParser):
    """Collects what a browser would see: elements with their attributes, open elements, and words."""

    VOID = frozenset({"meta", "br"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.marked: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if "mark" in self.open:
            self.marked.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)


MISS = reply(answer="34.01亿元[1]", hits=(FoundPassage("b.txt", "别处。", 0.9), reply().hits[0]))


def test_the_page_is_well_formed() -> None:
    assert Page(render([item(), item("q2")], [MISS])).open == []


def test_the_page_loads_nothing() -> None:
    html = render([item(answers=(EVIL,))], [MISS])
    for tag, attributes in Page(html).elements:
        assert tag not in {"script", "img", "link", "iframe", "object", "image"}
        assert not attributes.keys() & {"src", "srcset", "data", "onload", "onerror", "action"}
        for name, value in attributes.items():
            if name.endswith("href"):
                assert (value or "").startswith("#")
            if not name.startswith("xmlns"):
                assert "://" not in (value or "")
    assert "@import" not in html
    assert not re.search(r"url\((?!#)", html)
    assert "default-src 'none'" in html


def test_everything_from_outside_is_escaped() -> None:
    gold = item(
        "<b>id</b>",
        question=EVIL,
        answers=(f"另一个{EVIL}",),
        wrong_answers=(EVIL,),
        evidence=(Span(EVIL, EVIL),),
        history=(EVIL,),
    )
    given = reply(
        "<b>id</b>",
        answer=EVIL,
        citations=(CitedQuote(EVIL, 0, len(EVIL), EVIL),),
        hits=(FoundPassage(EVIL, EVIL, 1.0),),
    )
    refused = reply("q2", refusal=EVIL, answer=EVIL)
    seen = Page(render([gold, item("q2")], [given, refused]))
    assert not {tag for tag, _ in seen.elements} & {"script", "img"}
    assert seen.text.count(EVIL) == 13
    assert "<b>id</b>" in seen.text


def test_a_miss_shows_what_was_asked_expected_given_cited_and_found() -> None:
    seen = Page(render([item(history=("先问的是滨江?",))], [MISS]))
    for text in (
        "q1的规上工业增加值是多少?",
        "先问的是滨江?",
        "171.51亿元 / 171.51亿",
        "34.01亿元[1]",
        "别处。",
    ):
        assert text in seen.text
    assert "答错" in seen.text
    assert seen.marked == [QUOTE, QUOTE]  # in the quotation and in the second passage
    good = [attributes for tag, attributes in seen.elements if tag == "li"]
    assert good == [{}, {"class": "good"}]


def test_evidence_is_marked_through_white_space() -> None:
    text = "导语。今年第一季度,钱塘规上\n工业增加值 达171.51亿元。"
    seen = Page(
        render([item()], [reply(answer="?", citations=(), hits=(FoundPassage("a.txt", text, 1.0),))])
    )
    assert seen.marked == ["今年第一季度,钱塘规上\n工业增加值 达171.51亿元"]


@pytest.mark.parametrize(
    ("gold", "given", "words"),
    [
        (item(), None, "缺答"),
        (item(), reply(refusal="没有找到"), "误拒"),
        (item(wrong_answers=("34.01亿元",)), MISS, "张冠李戴"),
        (item(kind="unanswerable", answerable=False, answers=(), evidence=()), reply(), "未拒答"),
        (item(answers=("甲", "乙"), all_required=True), MISS, "甲、乙(都要答出)"),
        (item(), reply(hits=()), "证据靠后"),
    ],
)
def test_the_kind_of_miss_is_named(gold: GoldItem, given: Reply | None, words: str) -> None:
    assert words in Page(render([gold], [given] if given else [])).text


def test_a_right_answer_with_its_evidence_found_is_no_case() -> None:
    seen = Page(render([item()], [reply()]))
    assert "article" not in {tag for tag, _ in seen.elements}
    assert "全部答对" in seen.text


def test_the_same_run_gives_the_same_page() -> None:
    assert render([item()], [MISS]) == render([item()], [MISS])


def test_charts_show_every_type_as_letters() -> None:
    gold = [item(kind, kind=kind) for kind in KINDS[:-1]]
    gold.append(item("unanswerable", kind="unanswerable", answerable=False, answers=(), evidence=()))
    charts = draw_charts(score(gold, {kind: reply(kind) for kind in KINDS}))
    assert len(charts) == 3
    answers, recall, _ = charts.values()
    for kind in KINDS:
        assert f">{KIND_NAMES[kind]}</text>" in answers
    assert ">文档未载</text>" not in recall  # there is nothing to find


def test_the_ids_in_a_page_are_unique() -> None:
    ids = [
        attributes["id"] for _, attributes in Page(render([item()], [MISS])).elements if "id" in attributes
    ]
    assert len(ids) == len(set(ids))


def test_charts_of_a_run_without_a_single_reply() -> None:
    assert all(chart.startswith("<svg") for chart in draw_charts(score([item()], {})).values())


UNANSWERABLE = item("u1", kind="unanswerable", answerable=False, answers=(), evidence=())


def test_a_run_without_confidence_has_no_curve() -> None:
    assert draw_confidence(score([item()], {"q1": reply()}).decisions) == {}
    assert "没有记下置信度" in Page(render([item()], [reply()])).text


def test_the_confidence_is_drawn_and_told() -> None:
    given = [
        reply(confidence=0.9),
        reply("u1", refusal="把握不足", answer="", confidence=0.2, withheld="9家"),
    ]
    scores = score([item(), UNANSWERABLE], {each.query_id: each for each in given})
    curve, trade_off = draw_confidence(scores.decisions).values()
    for words in ("置信度", "答对的比例", "回答数"):
        assert f">{words}</text>" in curve
    for words in ("误拒率", "拒答召回", "本次", "0.1"):
        assert f">{words}</text>" in trade_off
    seen = Page(render([item(), UNANSWERABLE], given))
    assert seen.open == []
    assert "ECE 15.0%:2 个" in seen.text
    assert "本次运行的阈值在 0.20 与 0.90 之间" in seen.text


def test_without_unanswerable_questions_there_is_only_the_reliability() -> None:
    charts = draw_confidence(score([item()], {"q1": reply(confidence=1.0)}).decisions)
    assert list(charts) == ["可靠度 Reliability"]


def test_colours_can_be_given_by_the_page() -> None:
    html = render([item()], [reply()])
    assert "var(--chart-1, #1f6f8b)" in html
    assert not re.search(r"(?<!, )#1f6f8b(?!;)", html)


def test_tables_fit_in_a_terminal_of_80_columns() -> None:
    gold = [item(kind, kind=kind) for kind in KINDS[:-1]]
    file = io.StringIO()
    console = Console(file=file, width=80)
    for table in tables(score(gold, {})):
        console.print(table)
    printed = file.getvalue()
    assert "…" not in printed
    assert printed.count("数字事实") == len(tables(score(gold, {})))
    assert "召回@5" in printed
    assert "0.0%" in printed
