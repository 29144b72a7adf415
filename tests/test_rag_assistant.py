"""Asking the seeds: what holds of every answer and refusal, whatever the reader makes of the question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.gold import load_gold
from index import build_index
from rag import Answer, Assistant, Reader, Retriever
from rag.citations import unsupported_figures, verify
from rag.figures import Stance
from rag.question import understand
from rag.split import Part

GOLD = Path(__file__).resolve().parents[1] / "eval" / "gold" / "qiantang.jsonl"
TODAY = date(2025, 7, 1)
CLEAR = "2025年一季度钱塘规上工业增加值是多少?"


@pytest.fixture(scope="module")
def assistant(seeds_assistant: Assistant) -> Assistant:
    return seeds_assistant


@pytest.fixture(scope="module")
def plain(seeds_assistant: Assistant) -> Assistant:
    """One that does without a reader."""
    return Assistant(seeds_assistant.retriever, reader=None)


@pytest.fixture(params=["reader", "plain"])
def either(request: pytest.FixtureRequest, assistant: Assistant, plain: Assistant) -> Assistant:
    """The one, then the other."""
    return assistant if request.param == "reader" else plain


def check(answer: Answer, question: str, assistant: Assistant) -> None:
    """What holds of every answer, whatever was asked."""
    assert answer.question == question
    assert [hit.rank for hit in answer.hits] == list(range(1, len(answer.hits) + 1))
    assert [citation.marker for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    for citation in answer.citations:
        verify(assistant.retriever.documents, citation)
        text = assistant.retriever.documents[citation.doc_id].text
        assert text[citation.start : citation.end] == citation.quote
    places = {(citation.doc_id, citation.start, citation.end) for citation in answer.citations}
    assert len(places) == len(answer.citations), "a place is cited once"
    assert answer.confidence is None or 0 < answer.confidence < 1
    marks = {int(mark) for mark in re.findall(r"\[(\d+)\]", answer.text)}
    assert {citation.marker for citation in answer.citations} <= marks
    if answer.refusal is not None:
        assert answer.refusal.endswith("。")
        assert answer.short == ""
        if answer.citations:
            assert unsupported_figures(answer.text, answer.citations) == []
        return
    assert answer.citations
    # A part's label may repeat a number of the question; all others are the documents'.
    asked = set(unsupported_figures(question, ()))
    assert set(unsupported_figures(answer.text, answer.citations)) <= asked
    assert set(unsupported_figures(answer.short, answer.citations)) == set()


# --- answers


def test_a_clear_question_is_answered_from_where_it_stands(either: Assistant) -> None:
    answer = either.ask(CLEAR)
    assert answer.refusal is None
    assert answer.short == "171.51亿元"
    assert answer.text.startswith("171.51亿元")
    assert answer.text.endswith("[1]")
    assert "171.51亿元" in answer.citations[0].quote
    assert answer.citations[0].doc_id.startswith("000")
    check(answer, CLEAR, either)


@pytest.mark.parametrize(
    ("other", "plainly"),
    [
        ("富芯半導體一期項目投資了多少錢?", "富芯半导体一期项目投资了多少钱?"),
        ("滨江２０２３年１－５月规上工业增加值是多少？", "滨江2023年1-5月规上工业增加值是多少?"),
        ("“未来工厂”培育企业累计多少家?", '"未来工厂"培育企业累计多少家?'),
    ],
)
def test_traditional_characters_and_width_make_no_difference(
    other: str, plainly: str, either: Assistant
) -> None:
    one, two = either.ask(other), either.ask(plainly)
    assert (one.text, one.citations, one.refusal) == (two.text, two.citations, two.refusal)


def test_every_gold_question_gets_a_checked_answer(assistant: Assistant, plain: Assistant) -> None:
    for item in load_gold(GOLD):
        history = [(turn, "") for turn in item.history]
        for each in (assistant, plain):
            check(each.ask(item.question, history), item.question, each)


def test_the_same_question_has_the_same_answer_also_beside_others(
    assistant: Assistant, plain: Assistant
) -> None:
    questions = [item.question for item in load_gold(GOLD)[:12]]
    fresh = Assistant(assistant.retriever, reader=Reader.load())  # which has read nothing yet
    expected = [assistant.ask(question, today=TODAY) for question in questions]
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda question: fresh.ask(question, today=TODAY), questions * 2))
        without = list(pool.map(lambda question: plain.ask(question, today=TODAY), questions * 2))
    assert found == expected * 2
    assert without == [plain.ask(question, today=TODAY) for question in questions] * 2


def test_the_surer_the_answer_has_to_be_the_less_is_given(assistant: Assistant) -> None:
    always = Assistant(assistant.retriever, reader=assistant.reader, threshold=0.0)
    never = Assistant(assistant.retriever, reader=assistant.reader, threshold=1.0)
    given, withheld = always.ask(CLEAR), never.ask(CLEAR)
    assert given.refusal is None
    assert withheld.refusal
    assert withheld.confidence == given.confidence
    check(withheld, CLEAR, never)


def test_the_steps_between_can_be_exchanged(assistant: Assistant) -> None:
    retriever, reader = assistant.retriever, assistant.reader
    question = "优科豪马项目总投资多少?占地多少亩?"
    whole = Assistant(retriever, reader=reader, split=lambda text, _: [Part("", text)])
    assert "\n" not in whole.ask(question).text
    forbidding = Assistant(retriever, reader=reader, objection=lambda *_: "不给。")
    assert forbidding.ask(CLEAR).refusal == "不给。"
    asked: list[str] = []

    def listening(text: str, *others: Sequence[str], **more: bool) -> object:
        asked.append(text)
        return understand(text)

    Assistant(retriever, reader=None, understand=listening).ask(CLEAR)  # type: ignore[arg-type]
    assert asked == [CLEAR]


def test_asking_changes_nothing(assistant: Assistant) -> None:
    before = assistant.ask(CLEAR)
    assistant.ask("2023年一季度钱塘制造业投资增长多少?", [(CLEAR, before.text)])
    assert assistant.ask(CLEAR) == before


# --- refusals


@pytest.mark.parametrize(
    "question",
    [
        "用Python怎么读取JSON文件?",
        "红烧肉怎么做?",
        "杭州住房公积金贷款最高能贷多少?",
        "QH-5000的航程是多少?",
        "2019年一季度钱塘规上工业增加值是多少?",
        "2025年2月30日发生了什么?",
        "?",
    ],
)
def test_what_can_be_no_answer_is_refused_with_a_reason(question: str, assistant: Assistant) -> None:
    answer = assistant.ask(question, today=TODAY)
    assert answer.refusal is not None
    check(answer, question, assistant)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("2025年2月30日发生了什么?", "“2025年2月30日”不存在"),
        ("?", "没有可以查找的内容"),
        ("多少?", "没有可以查找的内容"),
        ("QH-5000的航程是多少?", "没有“qh-5000”"),
        ("杭政函〔2099〕199号说了什么?", "〔2099〕199号"),
    ],
)
def test_a_refusal_says_why(question: str, said: str, either: Assistant) -> None:
    answer = either.ask(question, today=TODAY)
    assert said in (answer.refusal or "")
    assert answer.citations == () or "最接近" in answer.text


def test_the_nearest_passages_come_with_a_refusal(either: Assistant) -> None:
    answer = either.ask("用Python怎么读取JSON文件?")
    assert answer.refusal is not None
    assert len(answer.hits) >= 10
    title = either.retriever.documents[answer.hits[0].passage.doc_id].title
    assert answer.text == f"最接近的段落出自《{title}》。"


@pytest.mark.parametrize(
    ("question", "period"),
    [
        ("2019年一季度钱塘规上工业增加值是多少?", "2019年一季度"),
        ("2019年一季度制造业投资增长百分之几?", "2019年一季度"),
    ],
)
def test_a_figure_of_another_period_is_only_told_as_what_it_is(
    question: str, period: str, assistant: Assistant
) -> None:
    answer = assistant.ask(question, today=TODAY)
    assert period in (answer.refusal or "")
    if answer.citations:
        assert answer.text.startswith("文档里最接近的是:")
        assert re.search(r"\(\d{4}年|\(据|\(.*目标", answer.text), (
            "with its own period, or that it is a target"
        )


@pytest.mark.parametrize(
    "question",
    [
        "2025年钱塘规上工业总产值是多少?",
        "2025年工业增加值增长百分之几?",
        "2023年一季度钱塘制造业投资增长多少?",
        "2024年全年钱塘规上工业增加值是多少亿元?",
    ],
)
def test_neither_a_target_nor_another_period_is_a_result(question: str, either: Assistant) -> None:
    asked = understand(question, today=TODAY)
    places = either.candidates(asked, either.retriever.search(asked.query, 16))
    wrong = [
        e
        for e in places
        if e.figure and (e.figure.stance is Stance.TARGET or e.checks.period <= -1 or e.checks.place)
    ]
    assert wrong
    assert all(e.objection for e in wrong)


@pytest.mark.parametrize("question", ["", " ", "?", "???!!!。。。", "\n\t", "😀🎉", "\ud800", "(((("])
@pytest.mark.parametrize("history", [(), (("滨江2023年1-5月规上工业增加值是多少?", "305.8亿元"),)])
def test_a_question_that_asks_nothing_is_refused(
    question: str, history: tuple[tuple[str, str], ...], assistant: Assistant
) -> None:
    answer = assistant.ask(question, history)
    assert answer.refusal is not None
    check(answer, question, assistant)


@pytest.mark.parametrize("question", ["多少?", "那呢?", "为什么?"])
def test_a_question_about_nothing_is_refused(question: str, assistant: Assistant) -> None:
    assert assistant.ask(question).refusal is not None


# --- follow-ups


def test_the_question_as_understood_is_told(assistant: Assistant) -> None:
    alone = "滨江2023年1-5月规上工业增加值是多少?"
    assert assistant.ask(alone).understood == alone
    understood = assistant.ask("那前一年全年呢?", history=[(alone, "")]).understood
    assert understood.startswith("那前一年全年呢?")
    assert "滨江" in understood
    assert "增加值" in understood


def test_a_follow_up_is_the_whole_question(assistant: Assistant) -> None:
    first = "滨江2023年1-5月规上工业增加值是多少?"
    period = "2023年前5个月呢?"
    answer = assistant.ask(period, history=[("滨江规上工业增加值是多少?", "")], today=TODAY)
    assert answer.short == assistant.ask(first, today=TODAY).short == "305.8亿元"
    check(answer, period, assistant)


@pytest.mark.parametrize("follow_up", ["那2019年一季度呢?", "那2018年全年呢?"])
def test_a_follow_up_is_not_answered_with_the_figure_before(follow_up: str, assistant: Assistant) -> None:
    answer = assistant.ask(follow_up, history=[(CLEAR, assistant.ask(CLEAR).text)], today=TODAY)
    assert "171.51" not in answer.short
    check(answer, follow_up, assistant)


def test_a_new_topic_takes_over_nothing(assistant: Assistant) -> None:
    new = "中国科学院杭州医学研究所的所长是哪一位?"
    assert assistant.ask(new, [(CLEAR, "171.51亿元")]) == assistant.ask(new)


def test_a_conversation_may_be_long(assistant: Assistant) -> None:
    turn = ("滨江2023年1-5月规上工业增加值是多少?", "305.8亿元")
    once = assistant.ask("那前一年全年呢?", history=[turn])
    assert assistant.ask("那前一年全年呢?", history=[turn] * 500) == once


def test_a_time_without_a_year_is_the_last_one_told_of_and_that_is_said(assistant: Assistant) -> None:
    answer = assistant.ask("一季度钱塘规上工业增加值是多少?", today=date(2031, 5, 1))
    assert "按2025年一季度查找" in answer.understood
    assert "171.51亿元" in answer.text


# --- several things asked


@pytest.mark.parametrize(
    ("question", "labels"),
    [
        ("2023年一季度,制造业投资增速钱塘和滨江谁高?各是多少?", ["钱塘:", "滨江:"]),
        ("钱塘制造业投资:2022年前8个月、2023年一季度,各完成多少亿?", ["2022年1—8月:", "2023年一季度:"]),
        ("天境生物产业化基地和富芯半导体一期,哪个投资更大?各投多少?", ["天境生物产业化基地:", "富芯半导体一期:"]),
        ("滨江规上工业增加值,2019年和2022年各是多少?", ["2019年:", "2022年:"]),
    ],
)  # fmt: skip
def test_several_things_asked_are_answered_each_in_its_line(
    question: str, labels: list[str], either: Assistant
) -> None:
    answer = either.ask(question, today=TODAY)
    check(answer, question, either)
    assert answer.refusal is None
    lines = answer.text.split("\n")
    for line, label in zip(lines, labels, strict=True):
        assert label in line
        assert line.endswith("。") or re.search(r"\[\d+\]$", line)


def test_two_are_compared_by_their_figures(either: Assistant) -> None:
    question = "2023年一季度,制造业投资增速钱塘和滨江谁高?各是多少?"
    answer = either.ask(question, today=TODAY)
    assert answer.text.startswith("钱塘更高。")
    assert answer.short == "71.5%;49.3%"
    assert len(answer.citations) == 2


def test_a_part_that_is_not_answered_says_so_beside_the_other(assistant: Assistant) -> None:
    question = "钱塘规上工业增加值,2019年一季度和2025年一季度各是多少?"
    answer = assistant.ask(question, today=TODAY)
    assert answer.refusal is None
    lacking, found = answer.text.split("\n")
    assert lacking.startswith("2019年一季度:")
    assert "[" not in lacking
    assert found.startswith("2025年一季度:171.51亿元")
    check(answer, question, assistant)


# --- over documents of other kinds


MIXED = {
    "spring.txt": "临江一季度\n\n今年一季度,临江规上工业增加值达171.51亿元,同比增长8.1%。\n",
    "autumn.txt": "临江两年\n\n2022年,临江规上工业增加值达650.2亿元,居全市前列。\n",
    "report.txt": "临江年报\n\n2022年,临江规上工业增加值达649.8亿元,这是年报的数字。\n",
    "metadata.toml": '["spring.txt"]\npublished = "2025-05-16"\n["autumn.txt"]\npublished = "2023-02"\n',
}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder = tmp_path_factory.mktemp("mixed")
    for name, text in MIXED.items():
        (folder / name).write_text(text, encoding="utf-8")
    build_index(folder, folder / "index")
    return Assistant(Retriever.load(folder / "index"), reader=None)


def test_documents_that_disagree_are_both_cited(mixed: Assistant) -> None:
    answer = mixed.ask("2022年临江规上工业增加值是多少?", today=TODAY)
    assert "文档说法不一,另有:" in answer.text
    assert {"autumn.txt", "report.txt"} == {citation.doc_id for citation in answer.citations}
    assert all(figure in answer.text for figure in ("650.2", "649.8"))
    check(answer, "2022年临江规上工业增加值是多少?", mixed)


# --- whatever is asked


_PIECES = [
    *"的和与、,。?;到从呢吗 \n“”[]1",
    *(
        "2023年",
        "2025年一季度",
        "2月30日",
        "第0个",
        "去年",
        "谁更高",
        "各是多少",
        "分别",
        "变了吗",
        "几家",
        "哪些",
        "是什么意思",
    ),
    *(
        "钱塘",
        "滨江",
        "规上工业增加值",
        "制造业投资",
        "增速",
        "未来工厂",
        "优科豪马",
        "占地",
        "R&D经费投入强度",
        "火星",
        "那",
        "它",
    ),
]
_QUESTIONS = st.text(max_size=40) | st.lists(st.sampled_from(_PIECES), max_size=10).map("".join)


@settings(max_examples=10, deadline=None)
@given(_QUESTIONS, st.lists(_QUESTIONS, max_size=2))
def test_whatever_is_asked_gets_a_checked_answer(
    assistant: Assistant, question: str, before: list[str]
) -> None:
    check(assistant.ask(question, history=[(turn, "") for turn in before]), question, assistant)


@settings(max_examples=60, deadline=None)
@given(_QUESTIONS, st.lists(_QUESTIONS, max_size=2))
def test_and_without_a_reader(plain: Assistant, question: str, before: list[str]) -> None:
    check(plain.ask(question, history=[(turn, "") for turn in before]), question, plain)


@pytest.mark.parametrize(
    "question",
    [
        "钱塘" * 2_500 + "规上工业增加值是多少?",
        "的" * 5_000,
        "a" * 5_000,
        "1" * 5_000,
        "2025年钱塘有多少家企业?" * 40,
        "今年2月30日钱塘签约了几个项目?",
        "钱塘第0个产业是什么?",
        "《《“「『55830』」”》》是什么?",
        "钱塘\n2025年\r\n一季度\t规上工业增加值\x00是多少?",
        "%s %d {} {0} \\1 \\g<0>",
    ],
    ids=range(10),
)
def test_odd_questions(question: str, assistant: Assistant) -> None:
    check(assistant.ask(question), question, assistant)
