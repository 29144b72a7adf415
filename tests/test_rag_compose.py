"""The words of an answer: what comes first, what is said with it, what is quoted; the judgements are made up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Document, Passage, Published
from rag.checks import check
from rag.choose import Candidate, Features
from rag.compose import (
    Finding,
    answer_text,
    comparison,
    date_note,
    figure_note,
    figure_text,
    quotation,
    short_answer,
)
from rag.question import Question, understand
from rag.reader import Judgement
from rag.reading import read
from rag.split import Part
from rag.types import Hit

TODAY = date(2025, 6, 1)
SPRING = "今年一季度,临江新区规上工业增加值达171.51亿元,同比增长8.1%;数字经济核心产业增加值34.01亿元。"
NOTHING = Features(**dict.fromkeys(Features._fields, 0.0))


def judged(text: str, belongs: Sequence[str]) -> Judgement:
    """A token for each character; those of some pieces of the text belong to an answer."""
    inside = np.zeros(len(text), np.float32)
    for piece in belongs:
        at = text.index(piece)
        inside[at : at + len(piece)] = 0.9
    offsets = np.array([(n, n + 1) for n in range(len(text))], np.int32)
    even = np.full(len(text), -np.log(len(text)), np.float32)
    return Judgement(3.0, offsets, even, even, inside)


def ask(question: str) -> Question:
    return understand(question, today=TODAY)


def candidate(
    question: str,
    text: str,
    answer: str,
    *,
    published: str | None = "2025-05-16",
    belongs: Sequence[str] | None = None,
    plain: bool = False,
) -> Candidate:
    """The place where the answer stands; ``belongs`` are other pieces that do as well."""
    day = Published.parse(published) if published else None
    passage = Passage("a.txt:0", "a.txt", 0, len(text), text)
    reading = read(passage, Document("a.txt", "季报", text, published=day))
    start = text.index(answer)
    end = start + len(answer)
    sentence = next(n for n, (low, high) in enumerate(reading.sentences) if low <= start < high)
    figure = next((f for f in reading.figures if f.figure.start < end and start < f.figure.end), None)
    judgement = None if plain else judged(text, [answer] if belongs is None else belongs)
    checks = check(ask(question), reading, figure)
    return Candidate(
        Hit(1, 1.0, passage), reading, judgement, sentence, start, end, figure, checks, NOTHING, 0.9, None, ()
    )  # fmt: skip


def finding(question: str, given: Candidate | None, label: str = "", reason: str = "") -> Finding:
    return Finding(Part(label, question), ask(question), given, reason)


def quoted(question: str, given: Candidate) -> str:
    start, end = quotation(given, ask(question))
    return given.reading.passage.text[start:end]


# --- the short answer


@pytest.mark.parametrize(
    ("question", "text", "answer", "short"),
    [
        ("增加值是多少?", SPRING, "171.51亿元", "171.51亿元"),
        ("总投资多少美元?", "项目总投资美元5亿。", "5亿", "5亿"),
        ("何时完工?", "二期厂房2026年7月完工。", "2026年7月", "2026年7月"),
        ("所长是谁?", "研究所所长王立新说,厂房完工。", "王立新", "王立新"),
        ("所长是谁?", "研究所所长:\n王立新", "所长:\n王立新", ""),  # over two lines
        ("怎么样?", "好" * 50 + "。", "好" * 50, ""),  # too long to be short
        ("所长是谁?", "研究所所长、王立新、说", "、王立新、", "王立新"),
    ],
)
def test_the_bare_answer(question: str, text: str, answer: str, short: str) -> None:
    assert short_answer(finding(question, candidate(question, text, answer))) == short


def test_without_a_reader_only_a_figure_is_bare() -> None:
    number = candidate("增加值是多少?", SPRING, "171.51亿元", plain=True)
    assert short_answer(finding("增加值是多少?", number)) == "171.51亿元"
    fact = candidate("所长是谁?", "所长王立新。", "所长王立新。", plain=True)
    assert short_answer(finding("所长是谁?", fact)) == ""
    assert answer_text(finding("所长是谁?", fact)) == "所长王立新。"
    listed = candidate("有哪些链?", "创新链、人才链。", "创新链、人才链。", plain=True)
    assert short_answer(finding("有哪些链?", listed)) == ""


LINKS = "新区推动“四链融合”:创新链、产业链、人才链、资金链,成效明显。"


@pytest.mark.parametrize(
    ("belongs", "short"),
    [
        (["创新链、产业链、人才链、资金链"], "创新链、产业链、人才链、资金链"),
        (["创新链", "人才链"], "创新链、人才链"),
        (["创新链、"], ""),  # one member is no list
        (["新", "创", "产"], ""),  # a character of it is no member
        ([], ""),
    ],
)
def test_the_members_of_a_list(belongs: list[str], short: str) -> None:
    given = candidate("是哪四条链?", LINKS, "创新链、产业链", belongs=belongs)
    assert short_answer(finding("是哪四条链?", given)) == short


def test_members_may_stand_in_lines_of_their_own() -> None:
    text = "四链是指:\n创新链;\n产业链;\n人才链。"
    given = candidate("是哪几条链?", text, "创新链", belongs=["创新链;\n产业链;\n人才链"])
    assert short_answer(finding("是哪几条链?", given)) == "创新链、产业链、人才链"


# --- the answer


@pytest.mark.parametrize(
    ("question", "answer", "without"),
    [
        ("临江新区2025年一季度规上工业增加值是多少?", "171.51亿元", ["34.01"]),
        ("临江新区2025年一季度数字经济核心产业增加值是多少?", "34.01亿元", ["171.51"]),
    ],
)
def test_a_number_comes_first_and_no_other_of_its_unit_with_it(
    question: str, answer: str, without: list[str]
) -> None:
    text = answer_text(finding(question, candidate(question, SPRING, answer)))
    assert text.startswith(answer)
    assert text.count(answer) == 2  # alone, and in its clauses
    assert not any(figure in text for figure in without)


def test_what_is_most_of_the_text_is_not_set_before_it() -> None:
    given = candidate("所长是谁?", "所长王立新。", "所长王立新")
    assert answer_text(finding("所长是谁?", given)) == "所长王立新。"


def test_a_part_that_is_not_answered_is_its_reason() -> None:
    missing = finding("临江的增加值是多少?", None, "临江", "没有。")
    assert answer_text(missing) == "没有。"
    assert short_answer(missing) == ""


LONG = (
    "2024年,临江新区工业经济稳步向好,"
    + "各条战线干部职工奋力拼搏," * 8
    + "规上工业增加值达171.51亿元,"
    + "居全市前列并且持续保持良好的发展态势," * 8
    + "前景广阔。"
)


@pytest.mark.parametrize("longest", [None, 40, 20, 5])
def test_a_window_is_whole_clauses_up_to_a_length_with_the_answer_in_it(longest: int | None) -> None:
    asked = "临江新区规上工业增加值是多少?"
    text = answer_text(finding(asked, candidate(asked, LONG, "171.51亿元", plain=True)), longest)
    window = text.partition("。")[2]
    assert "规上工业增加值达171.51亿元" in window
    assert window in LONG
    assert len(window) <= max(60 if longest is None else longest, len("规上工业增加值达171.51亿元,"))
    assert not window.startswith(",")


def test_a_sentence_is_not_cut_where_there_is_room() -> None:
    text = "研究所所长王立新说,二期厂房主体已经封顶,设备正在安装。"
    given = candidate("所长是谁?", text, "王立新")
    assert answer_text(finding("所长是谁?", given)) == f"王立新。{text}"


def test_a_thousands_separator_ends_no_clause() -> None:
    text = "园区共有企业1,200家,从业人员9万人。"
    given = candidate("有多少家企业?", text, "1,200家", plain=True)
    assert "1,200家" in answer_text(finding("有多少家企业?", given)).partition("。")[2]


_CLAUSES = st.lists(
    st.sampled_from(["增加值达9亿元", "同比增长5%", "其中出口1,200万元", "前景广阔", "居全市前列", "王立新说"]),
    min_size=1,
    max_size=9,
)  # fmt: skip


@given(
    _CLAUSES,
    st.sampled_from(["增加值是多少?", "怎么样?", "有哪些?", "何时?"]),
    st.sampled_from([None, 30, 90]),
    st.booleans(),
)
def test_whatever_is_said_stands_in_the_text(
    clauses: list[str], question: str, longest: int | None, plain: bool
) -> None:
    text = "。".join(",".join(clauses[n : n + 3]) for n in range(0, len(clauses), 3)) + "。"
    given = candidate(question, text, clauses[-1], plain=plain)
    low, high = quotation(given, ask(question))
    assert 0 <= low <= given.start
    assert given.end <= high <= len(text)
    said = answer_text(finding(question, given), longest)
    assert said
    short = short_answer(finding(question, given))
    assert all(member in text for member in short.split("、") if member)
    for piece in said.replace("(", "。").replace(")", "。").split("。"):
        assert piece in text or piece in short or "报道" in piece or "年" in piece


# --- what is said with a figure


@pytest.mark.parametrize(
    ("question", "text", "answer", "published", "said"),
    [
        # its time, read against the document's date, where the question names none
        ("增加值是多少?", SPRING, "171.51亿元", "2025-05-16", ["2025年一季度"]),
        ("一季度增加值是多少?", SPRING, "171.51亿元", "2025-05-16", ["2025年一季度"]),
        ("有几家企业?", "园区集聚企业9家。", "9家", "2025-05-16", ["2025年5月16日"]),
        # a target where nothing says that one is asked for
        ("今年产值是多少?", "今年力争产值突破4000亿元。", "突破4000亿元", "2025-05-16", ["目标"]),
        # what can't be right is given as printed, and that is said
        ("投入强度是多少?", "2024年研发投入强度454%。", "454%", "2025-05-16", ["原文如此"]),
    ],
)
def test_what_has_to_be_said_with_a_figure(
    question: str, text: str, answer: str, published: str | None, said: list[str]
) -> None:
    note = figure_note(candidate(question, text, answer, published=published), ask(question))
    assert note.startswith("(")
    assert note.endswith(")")
    assert all(words in note for words in said)


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        ("2025年一季度增加值是多少?", SPRING, "171.51亿元"),
        ("增加值是多少?", "2024年增加值9亿元。", "9亿元"),  # the quote says it
        ("今年产值目标是多少?", "今年力争产值突破4000亿元。", "突破4000亿元"),
        ("何时完工?", "今年力争产值突破4000亿元。", "突破4000亿元"),  # no number is asked for
        ("所长是谁?", "所长王立新。", "王立新"),
    ],
)
def test_what_the_question_or_the_quote_says_is_not_said_again(
    question: str, text: str, answer: str
) -> None:
    assert figure_note(candidate(question, text, answer), ask(question)) == ""


def test_a_figure_that_stands_alone_has_its_time_with_it() -> None:
    given = candidate("增加值是多少?", "2024年增加值9亿元。", "9亿元")
    assert figure_text(given, ask("增加值是多少?")).startswith("9亿元(2024年")


@pytest.mark.parametrize(
    ("text", "answer", "published", "note"),
    [
        ("二期厂房今年年底完工。", "今年年底", "2023-02", "(2023年12月)"),
        ("二期厂房2026年7月完工。", "2026年7月", "2023-02", ""),
        ("二期厂房明年3月底交付。", "明年3月底", None, "(文档没有日期,年份不详)"),
        ("二期厂房尚未开工。", "尚未开工", "2023-02", ""),
    ],
)
def test_which_date_is_meant(text: str, answer: str, published: str | None, note: str) -> None:
    asked = "二期厂房什么时候完工?"
    given = candidate(asked, text, answer, published=published)
    assert date_note(given) == note
    assert note in answer_text(finding(asked, given))


# --- two compared


def pair(first: str, second: str) -> list[Finding]:
    asked = "制造业投资增长多少?"
    return [
        finding(asked, candidate(asked, f"2022年制造业投资增长{figure}。", figure), label)
        for label, figure in (("临江", first), ("望江", second))
    ]


@pytest.mark.parametrize(
    ("first", "second", "question", "said"),
    [
        ("71.5%", "49.3%", "临江和望江谁高?", "临江更高。"),
        ("49.3%", "71.5%", "临江和望江谁高?", "望江更高。"),
        ("71.5%", "49.3%", "临江和望江谁更低?", "望江更低。"),
        ("9亿元", "80000万元", "临江和望江哪个更多?", "临江更多。"),
        ("9亿元", "90000万元", "临江和望江谁多?", "两者相同。"),
        ("9亿元", "8%", "临江和望江谁多?", ""),  # not to be compared
        ("71.5%", "49.3%", "临江和望江各是多少?", ""),  # nobody asked
    ],
)
def test_two_figures_are_compared_by_value(first: str, second: str, question: str, said: str) -> None:
    assert comparison(pair(first, second), question) == said


def test_there_is_nothing_to_compare_without_two_figures() -> None:
    one, other = pair("9%", "8%")
    missing = finding("?", None, "望江", "没有。")
    assert comparison([one, missing], "谁高?") == ""
    assert comparison([one], "谁高?") == ""
    assert comparison([one, other, other], "谁高?") == ""
    assert comparison([], "谁高?") == ""


# --- the quotation


STEPS = "返还按下列办法办理:\n企业先在网上申报。区人力社保局五个工作日内审核。审核通过的返还一半。资金由区财政拨付。"


def test_an_account_takes_the_sentences_that_belong_to_the_answer() -> None:
    asked = "返还如何办理?"
    belongs = ["先在网上申报", "返还一半"]
    given = candidate(asked, STEPS, "先在网上申报", belongs=belongs)
    # … and what stands between them
    assert quoted(asked, given) == "企业先在网上申报。区人力社保局五个工作日内审核。审核通过的返还一半。"
    assert quoted(asked, candidate(asked, STEPS, "返还一半", belongs=belongs)) == quoted(asked, given)


def test_without_more_that_belongs_it_is_the_sentence() -> None:
    asked = "返还如何办理?"
    assert quoted(asked, candidate(asked, STEPS, "先在网上申报")) == "企业先在网上申报。"
    assert quoted(asked, candidate(asked, STEPS, "先在网上申报", plain=True)) == "企业先在网上申报。"


def test_what_is_announced_is_quoted_with_its_announcement() -> None:
    asked = "返还如何办理?"
    announced = quoted(asked, candidate(asked, STEPS, "返还按下列办法办理", plain=True))
    assert announced.startswith("返还按下列办法办理:\n企业先在网上申报。")


def test_a_number_takes_its_sentence_alone() -> None:
    asked = "审核要几天?"
    given = candidate(asked, STEPS, "五个工作日", belongs=["先在网上申报", "五个工作日", "返还一半"])
    assert quoted(asked, given) == "区人力社保局五个工作日内审核。"


def test_a_quotation_has_a_length() -> None:
    text = "".join(f"第{n}条规定企业应当{'依法' * 20}申报。" for n in range(30))
    for asked in ("企业如何申报?", "有哪些规定?"):
        given = candidate(asked, text, "第0条", belongs=[text])
        assert len(quoted(asked, given)) <= 380
        assert len(quoted(asked, given)) > len("第0条规定企业应当申报。") + 40


def test_a_sentence_that_leans_is_quoted_with_the_one_before() -> None:
    text = "临江厂去年投产。该厂有员工9人。"
    for asked in ("该厂有员工几人?", "该厂怎么样?"):
        assert quoted(asked, candidate(asked, text, "9人")) == text
