"""Tables of questions: what each asks for, in which unit, of which time, and what a follow-up takes over."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.question import Kind, is_name, reference_day, understand

TODAY = date(2025, 6, 1)


@pytest.mark.parametrize(
    ("text", "kind", "unit"),
    [
        ("钱塘2025年一季度规上工业增加值是多少?", Kind.NUMBER, "元"),
        ("那家日企在新品研发上砸了多少钱?", Kind.NUMBER, "元"),
        ("新认定国高企的平均增长率是多少?", Kind.NUMBER, "%"),
        ("能源少用了百分之多少?", Kind.NUMBER, "%"),
        ("谁的投资增速更高?", Kind.NUMBER, "%"),
        ("钱塘有多少所大学?", Kind.NUMBER, "所"),
        ("日产量有多少吨?", Kind.NUMBER, "吨"),
        ("新增装机规模为多少万千瓦?", Kind.NUMBER, "千瓦"),
        ("城镇新增就业多少人?不是年初目标", Kind.NUMBER, "人"),
        ("实际使用外资排全国第几位?", Kind.NUMBER, "位"),
        ("铁路通车后最快要多久?", Kind.NUMBER, "时间"),
        ("项目占地多少?", Kind.NUMBER, "面积"),
        ("两地相距多远?", Kind.NUMBER, "长度"),
        ("出口涨了多少?", Kind.NUMBER, ""),  # by how much of what, it doesn't say
        ("就业补助资金支出", Kind.NUMBER, ""),  # keywords that end in a quantity
        ("“千项万亿” 钱塘项目 投资完成率", Kind.NUMBER, ""),
        ("天境生物一期项目是什么时候投产的?", Kind.DATE, ""),
        ("主体建筑哪年完工?", Kind.DATE, ""),
        ("一期哪个季度投产?", Kind.DATE, ""),
        ("展会定在哪几天办?", Kind.DATE, ""),
        ("5个链主产业平台是哪几个?", Kind.LIST, ""),
        ("4个千亿级产业集群有哪些", Kind.LIST, ""),
        ("“六链融合”是哪六条链?", Kind.LIST, ""),
        ("“55830”是什么意思?", Kind.FACT, ""),
        ("“零磁大科学”计划由哪个团队发起?", Kind.FACT, ""),
        ("C919中机身项目 中标企业", Kind.FACT, ""),
        ("", Kind.FACT, ""),
    ],
)
def test_the_kind_of_answer_and_its_unit(text: str, kind: Kind, unit: str) -> None:
    question = understand(text, today=TODAY)
    assert (question.kind, question.unit) == (kind, unit)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("钱塘2025年一季度规上工业增加值是多少?", "钱塘 规上 工业 增加值"),
        ("请问钱塘一共有多少所大学呢?", "钱塘 大学"),
        ("优科豪马 占地", "占地"),
        ("2023年1—5月是多少?", ""),
        ("征兵年龄提高到多少岁?", "征兵 年龄 提高"),
        ("全年投资的计划数是多少?(不是上半年完成数)", "投资 计划数"),
    ],
)
def test_the_words_to_look_for(text: str, words: str) -> None:
    question = understand(text, today=TODAY)
    assert set(words.split()) <= set(question.words)
    assert not {"2025年", "2023年", "多少", "请问", "一共", "呢", "是", "所", "完成数"} & set(
        question.words
    )
    if not words:
        assert question.words == ()


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2025年一季度增加值是多少?", "2025年一季度"),
        ("今年上半年增加值是多少?", "2025年上半年"),
        ("去年全年产值多少?", "2024年"),
        ("截至2025年5月15日签约了几个项目?", "2025年5月15日"),
        ("滨江区今年1到5月(指2023年)增加值多少?", "2023年1—5月"),  # 今年 is the year named
        ("2024年比2023年增长多少?", "2024年"),  # what it is compared with is not asked about
        ("近三年平均增长率是多少?", None),  # counts from the document's date, not from today's
        ("目前有几家?", None),
        ("2022年和2023年各是多少?", None),  # two periods: `rag.split` takes them apart
        ("规上工业增加值是多少?", None),
        ("2024上半年增加值是多少?", "2024年上半年"),
        ("2024年Q3增加值是多少?", "2024年三季度"),
        ("上海2023年上半年(不是前7个月)出口多少?", "2023年上半年"),  # what is not asked for
    ],
)
def test_the_period_asked_about(text: str, period: str | None) -> None:
    found = understand(text, today=TODAY).period
    assert (str(found) if found else None) == period


@pytest.mark.parametrize(
    ("before", "text", "carried", "kind", "period"),
    [
        ("滨江2023年1-5月规上工业增加值是多少?", "那前一年全年呢?", "滨江 增加值", Kind.NUMBER, "2022年"),
        ("2025年一季度钱塘规上工业增加值是多少?", "那去年呢?", "钱塘 增加值", Kind.NUMBER, "2024年"),
        ("2023年一季度钱塘制造业投资增长多少?", "滨江呢?", "制造业 投资", Kind.NUMBER, "2023年一季度"),
        ("55830里第一个5是什么意思?", "那第二个5呢?", "55830", Kind.FACT, None),
        ("第六期入企服务的梁素霞是哪所大学的?", "她去的那家企业叫啥?", "梁素霞", Kind.FACT, None),
        ("杭州医药港聚集了多少家企业?", "它成立几年了?", "医药", Kind.NUMBER, None),
    ],
)
def test_a_follow_up_takes_over_what_it_leaves_out(
    before: str, text: str, carried: str, kind: Kind, period: str | None
) -> None:
    question = understand(text, [before], TODAY)
    assert set(carried.split()) <= set(question.carried)
    assert not set(question.carried) & set(question.words)
    assert question.query == " ".join((*question.carried, question.folded))
    assert question.kind is kind
    assert (str(question.period) if question.period else None) == period


@pytest.mark.parametrize(
    "text",
    [
        "用Python怎么读取JSON文件并且保存成表格?",
        "中国科学院杭州医学研究所的所长是哪一位?",
        "?!。",
        "",
    ],
)
def test_a_new_topic_takes_over_nothing(text: str) -> None:
    history = ["2023年一季度钱塘制造业投资增长多少?"]
    assert understand(text, history, TODAY) == understand(text, today=TODAY)


def test_a_place_stands_for_the_place_before_and_a_measure_for_the_measure() -> None:
    before = ["2025年一季度浙江省规上工业增加值是多少?"]
    place = understand("那河南省呢?", before, TODAY)
    assert "增加值" in place.carried
    assert "浙江省" not in place.carried
    measure = understand("那制造业投资呢?", before, TODAY)
    assert "增加值" not in measure.carried
    assert "浙江省" in measure.carried
    assert (measure.kind, measure.unit) == (Kind.NUMBER, "元")
    assert place.period == measure.period == understand(before[0], today=TODAY).period


def test_a_follow_up_of_a_follow_up_reaches_back() -> None:
    history = ["2025年一季度钱塘规上工业增加值是多少?", "那制造业投资呢?"]
    question = understand("增速呢?", history, TODAY)
    assert "钱塘" in question.carried
    assert str(question.period) == "2025年一季度"


def test_whether_a_question_leans_can_be_told() -> None:
    before = ["2023年一季度钱塘制造业投资增长多少?"]
    text = "中国科学院杭州医学研究所的所长是哪一位?"
    assert understand(text, before, TODAY, leans=False).carried == ()
    leaning = understand(text, before, TODAY, leans=True)
    assert "钱塘" in leaning.carried
    assert str(leaning.period) == "2023年一季度"


def test_a_conversation_may_be_long() -> None:
    turn = "滨江2023年1-5月规上工业增加值是多少?"
    assert understand("那前一年全年呢?", [turn] * 2000, TODAY) == understand(
        "那前一年全年呢?", [turn], TODAY
    )


@pytest.mark.parametrize(
    ("other", "plain"),
    [
        ("錢塘2023年規上工業增加值是多少?", "钱塘2023年规上工业增加值是多少?"),
        ("钱塘２０２３年１－５月增速是多少？", "钱塘2023年1-5月增速是多少?"),
    ],
)
def test_traditional_characters_and_full_width_are_understood_alike(other: str, plain: str) -> None:
    one, two = understand(other, today=TODAY), understand(plain, today=TODAY)
    assert (one.folded, one.words, one.kind, one.period) == (two.folded, two.words, two.kind, two.period)


_PIECES = [
    "今年",
    "2023年",
    "2月30日",
    "一季度",
    "多少",
    "几",
    "哪些",
    "是什么意思",
    "那",
    "它",
    "钱塘",
    "和",
    "?",
    "“",
    "\ud800",
]


@settings(deadline=None)  # words are loaded on first use
@given(
    st.text() | st.lists(st.sampled_from(_PIECES)).map("".join),
    st.lists(st.text() | st.lists(st.sampled_from(_PIECES)).map("".join), max_size=3),
)
def test_no_question_is_too_odd(text: str, history: list[str]) -> None:
    question = understand(text, history, TODAY)
    assert question.text == text
    assert all(word in question.folded for word in question.words)
    assert not set(question.carried) & set(question.words)
    assert question.query.endswith(question.folded)


@pytest.mark.parametrize(
    ("questions", "newest", "day"),
    [
        (["8月中旬约谈了几家?"], "2023-08-17", "2023-08-17"),  # the last 8月 that the documents know of
        (["上半年增加值多少?"], "2023-08-17", "2023-08-17"),
        (["前三个月增加值多少?"], "2023-08-17", "2023-08-17"),
        (["前三季度增加值多少?"], "2023-08-17", "2023-08-17"),
        (["今年上半年增加值多少?"], "2023-08-17", TODAY.isoformat()),
        (["前年增加值多少?"], "2023-08-17", TODAY.isoformat()),
        (["去年增加值多少?", "那上半年呢?"], "2023-08-17", TODAY.isoformat()),
        (["2023年增加值多少?", "那上半年呢?"], "2023-08-17", TODAY.isoformat()),
        (["上个月增加值多少?"], "2023-08-17", TODAY.isoformat()),
        (["近三年增加了多少?"], "2023-08-17", TODAY.isoformat()),
        (["上半年增加值多少?"], "2099-01-01", TODAY.isoformat()),  # nobody asks for what is to come
        (["上半年增加值多少?"], None, TODAY.isoformat()),
        (["增加值多少?"], "2023-08-17", TODAY.isoformat()),
    ],
)
def test_the_day_that_times_are_read_against(questions: list[str], newest: str | None, day: str) -> None:
    last = date.fromisoformat(newest) if newest else None
    assert reference_day(questions, TODAY, last).isoformat() == day


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("优科豪马", True),
        ("泰米尔纳德邦", True),
        ("挡板", False),  # rare, but a word of the language
        ("随行就市", False),
        ("企业", False),
    ],
)
def test_what_is_a_name(word: str, name: bool) -> None:
    assert is_name(word) is name
