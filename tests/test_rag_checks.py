"""What forbids an answer whatever the reader says: its time, its place, a target, a name with digits."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Document, Passage, Published
from rag.checks import Checks, agreement, asks_for_target, check, objection
from rag.question import understand
from rag.reading import DatedFigure, Reading, read

TODAY = date(2025, 6, 1)
PUBLISHED = "2025-05-16"


def reading(
    text: str,
    published: str | None = PUBLISHED,
    *,
    title: str = "",
    region: str | None = None,
    number: str | None = None,
) -> Reading:
    day = Published.parse(published) if published else None
    document = Document("a.txt", title, text, published=day, region=region, doc_number=number)
    return read(Passage("a.txt:0", "a.txt", 0, len(text), text), document)


def agreed(question: str, text: str, published: str | None = PUBLISHED) -> float:
    """How well the time of the text's last figure, or of the text without one, fits the question's."""
    found = reading(text, published)
    return agreement(understand(question, today=TODAY), _last(found), found)


def checked(question: str, found: Reading, regions: frozenset[str] = frozenset()) -> Checks:
    return check(understand(question, today=TODAY), found, _last(found), regions)


def said(question: str, found: Reading, regions: frozenset[str] = frozenset()) -> str | None:
    """The objection to the last figure of a text."""
    asked = understand(question, today=TODAY)
    return objection(asked, check(asked, found, _last(found), regions))


def _last(found: Reading) -> DatedFigure | None:
    return found.figures[-1] if found.figures else None


# --- time


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("2025年一季度增加值是多少?", "今年一季度增加值9亿元。"),
        ("2025年一季度增加值是多少?", "1—3月增加值9亿元。"),
        ("2024年增加值是多少?", "去年增加值9亿元。"),
        ("去年增加值是多少?", "2024年增加值9亿元。"),
        ("2023年1—5月增加值是多少?", "2023年前5个月增加值9亿元。"),
    ],
)
def test_the_same_time_fits_wholly(question: str, text: str) -> None:
    assert agreed(question, text) == 1


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("2025年增加值是多少?", "今年一季度增加值9亿元。"),  # a part of it
        ("2025年上半年有几家企业?", "截至5月15日集聚企业9家。"),  # a state, not a stretch
        ("2025年有几家企业?", "集聚企业9家。"),  # dated by the document alone
        ("2024年底有几家企业?", "去年累计有企业9家。"),  # as the year left it
        ("截至2025年春近三年平均增长多少?", "近3年平均增长9%。"),
        ("到2025年上半年累计有几家企业?", "集聚企业9家。"),
    ],
)
def test_a_time_within_the_one_asked_for_fits_in_part(question: str, text: str) -> None:
    assert 0 < agreed(question, text) < 1


@pytest.mark.parametrize(
    ("question", "text"),
    [
        # another stretch of the same year
        ("2025年3月增加值是多少?", "今年一季度增加值9亿元。"),
        ("2025年上半年增加值是多少?", "5月份增加值9亿元。"),
        ("2025年二季度增加值是多少?", "今年一季度增加值9亿元。"),
        ("2025年全年增加值是多少?", "今年一季度增加值9亿元。"),
        ("2024年上半年收入是多少?", "去年收入9亿元。"),  # the year was over: it is of all of it
        # another year
        ("2024年一季度增加值是多少?", "今年一季度增加值9亿元。"),
        ("2024年增加值是多少?", "2022年增加值9亿元。"),
        ("2025年发了多少钱?", "15年来累计发放9亿元。"),
        # told before
        ("2026年收入是多少?", "收入9亿元。"),
        ("2025年上半年收入是多少?", "收入9亿元。"),
    ],
)
def test_another_time_does_not_fit(question: str, text: str) -> None:
    assert agreed(question, text) == -1


@pytest.mark.parametrize(
    ("question", "text"),
    [("2023年有几家企业?", "集聚企业9家。"), ("2026年收入目标是多少?", "收入9亿元。")],
)
def test_a_figure_without_a_time_of_its_own_speaks_against_but_does_not_forbid(
    question: str, text: str
) -> None:
    assert -1 < agreed(question, text) < 1


@pytest.mark.parametrize(
    ("question", "text", "published"),
    [
        ("增加值是多少?", "今年一季度增加值9亿元。", PUBLISHED),  # no time is asked for
        ("2025年几月开工?", "项目3月开工,总投资9亿元。", PUBLISHED),  # the time is what is asked for
        ("2025年有几家企业?", "集聚企业9家。", None),  # nobody knows
        ("2025年谁是所长?", "所长王立新。", None),
    ],
)
def test_where_no_time_is_asked_for_or_known_it_counts_neither_way(
    question: str, text: str, published: str | None
) -> None:
    assert agreed(question, text, published) == 0


@pytest.mark.parametrize(
    ("question", "text", "fit"),
    [
        ("2023年上半年利润下降多少?", "6月份利润下降8.3%。", -1),  # whichever year that was
        ("2023年上半年利润下降多少?", "上半年利润下降8.3%。", 0),
        ("2023年利润下降多少?", "6月份利润下降8.3%。", 0),
        ("截至2023年7月24日有几家企业?", "今年已有9家企业。", 0),
    ],
)
def test_how_well_a_time_of_an_unknown_year_fits(question: str, text: str, fit: float) -> None:
    assert agreed(question, text, None) == fit


@pytest.mark.parametrize(
    ("question", "published", "least", "most"),
    [
        ("2025年5月谁是所长?", "2025-05", 1, 1),
        ("2025年谁是所长?", "2025-05", 0.01, 0.99),
        ("2023年谁是所长?", "2025-05", -0.99, -0.01),  # it may have been the same one
    ],
)
def test_what_has_no_figure_has_the_time_of_its_document(
    question: str, published: str, least: float, most: float
) -> None:
    assert least <= agreed(question, "所长王立新介绍情况。", published) <= most


_TIMES = st.sampled_from(
    [
        "",
        "2024年",
        "去年",
        "今年一季度",
        "2023年上半年",
        "5月份",
        "截至目前",
        "近三年",
        "15年来",
        "2025年底",
    ]
)


@given(_TIMES, _TIMES, st.sampled_from([None, PUBLISHED, "2023", "2022-09/2022-11"]))
def test_agreement_is_from_minus_one_to_one(asked: str, told: str, published: str | None) -> None:
    assert -1 <= agreed(f"{asked}增加值是多少?", f"{told}增加值9亿元。", published) <= 1


# --- target


@pytest.mark.parametrize(
    ("question", "text", "target"),
    [
        ("2025年产值是多少?", "今年力争产值突破4000亿元。", True),
        ("2025年产值目标是多少?", "今年力争产值突破4000亿元。", False),
        ("2025年产值是多少?", "今年产值突破4000亿元。", False),
        ("产值是多少?", "今年力争产值突破4000亿元。", False),  # the result of no time in particular
        ("2025年项目建成后年产多少?", "今年力争产值突破4000亿元。", False),  # it is still open
    ],
)
def test_a_target_is_told_from_a_result(question: str, text: str, target: bool) -> None:
    assert checked(question, reading(text)).target is target


@pytest.mark.parametrize(
    ("question", "asks"),
    [("今年目标是多少?", True), ("计划投资多少?", True), ("力争达到多少?", True), ("完成了多少?", False)],
)
def test_whether_a_target_is_asked_for(question: str, asks: bool) -> None:
    assert asks_for_target(understand(question, today=TODAY)) is asks


# --- place


@pytest.mark.parametrize(
    ("question", "text", "region", "elsewhere"),
    [
        ("钱塘增加值是多少?", "增加值756亿元。", "杭州滨江", True),
        ("滨江增加值是多少?", "增加值756亿元。", "杭州滨江", False),
        ("滨江增加值是多少?", "滨江增加值756亿元。", "杭州钱塘", False),  # the passage names it itself
        ("增加值是多少?", "增加值756亿元。", "杭州滨江", False),
        ("钱塘增加值是多少?", "增加值756亿元。", None, False),
    ],
)
def test_a_place_is_checked_by_the_regions_of_the_documents(
    question: str, text: str, region: str | None, elsewhere: bool
) -> None:
    regions = frozenset({"钱塘", "滨江"})
    assert checked(question, reading(text, region=region), regions).place is elsewhere


@pytest.mark.parametrize(
    ("question", "text", "elsewhere"),
    [
        ("四川居民收入是多少元?", "上海、北京、浙江居民收入超过3万元。", True),
        ("四川居民收入是多少元?", "成都居民收入28764元。", False),
        ("居民收入是多少元?", "上海居民收入超过3万元。", False),
    ],
)
def test_and_by_the_gazetteer(question: str, text: str, elsewhere: bool) -> None:
    assert checked(question, reading(text)).place is elsewhere


# --- unit


@pytest.mark.parametrize(
    ("question", "text", "unit"),
    [
        ("增长百分之几?", "增长8.1%。", 1),
        ("产值是多少?", "产值9亿元。", 1),  # in its base unit, 元
        ("占地面积是多少?", "占地56亩。", 1),  # a dimension has many units
        ("有几家企业?", "企业9户。", 0),  # counts as well
        ("增长百分之几?", "产值9亿元。", -1),
        ("增长百分之几?", "增长很快。", 0),
        ("所长是谁?", "投资9亿元。", 0),
    ],
)
def test_the_unit(question: str, text: str, unit: float) -> None:
    assert checked(question, reading(text)).unit == unit


# --- names with digits


@pytest.mark.parametrize(
    ("question", "text", "lacks"),
    [
        ("QH-5000的航程是多少?", "QH-5000的航程是9公里。", False),
        ("qh-5000的航程是多少?", "QH-5000的航程是9公里。", False),
        ("QH-5000的航程是多少?", "QH-500的航程是9公里。", True),
        ("QH-5000的航程是多少?", "HH-100的航程是9公里。", True),
        ("GB/T 5750.4-2023何时实施?", "GB/T 5750.4-2023自10月1日起实施。", False),
        ("GB/T5750.4-2023何时实施?", "GB/T 5750.4-2023自10月1日起实施。", False),
        ("GB/T 5750.5-2023何时实施?", "GB/T 5750.4-2023自10月1日起实施。", True),
        ("杭政函〔2023〕199号说了什么?", "根据杭政函〔2023〕199号,项目开工。", False),
        ("杭政函(2023)199号说了什么?", "根据杭政函〔2023〕199号,项目开工。", True),
        ("杭政函〔2023〕199号说了什么?", "根据杭政函〔2023〕198号,项目开工。", True),
        ("公告20230815号说了什么?", "公告20230814号:项目开工。", True),
        ("2023年增加值是多少?", "增加值9亿元。", False),  # a year is no name
        ("增加值是多少?", "增加值9亿元。", False),
    ],
)
def test_a_name_with_digits_has_to_stand_in_the_document(question: str, text: str, lacks: bool) -> None:
    assert checked(question, reading(text)).name is lacks


def test_a_name_may_stand_in_the_title_or_be_the_documents_number() -> None:
    assert not checked("QH-5000多少钱?", reading("售价9万元。", title="QH-5000交付")).name
    numbered = reading("项目开工。", number="杭政函〔2023〕199号")
    assert not checked("〔2023〕199号说了什么?", numbered).name
    assert checked("〔2023〕198号说了什么?", numbered).name


# --- what is said


def test_what_has_nothing_against_it_has_no_objection() -> None:
    assert said("2025年一季度增加值是多少?", reading("今年一季度增加值9亿元。")) is None
    assert objection(understand("增加值是多少?", today=TODAY), Checks()) is None


@pytest.mark.parametrize(
    ("question", "text", "region", "words"),
    [
        ("2021年增加值是多少?", "今年一季度增加值9亿元。", None, "没有2021年的数字"),
        ("2025年产值是多少?", "今年力争产值突破4000亿元。", None, "目标或计划"),
        ("钱塘增加值是多少?", "增加值756亿元。", "杭州滨江", "别的地区"),
        ("QH-5000的航程是多少?", "HH-100的航程是9公里。", None, "没有“qh-5000”"),
    ],
)
def test_an_objection_says_what_is_wrong(question: str, text: str, region: str | None, words: str) -> None:
    assert words in (said(question, reading(text, region=region), frozenset({"钱塘", "滨江"})) or "")


@pytest.mark.parametrize("period", [-0.9, -0.3, 0.0, 0.5, 1.0])
@pytest.mark.parametrize("unit", [0.0, 1.0])
def test_a_doubtful_time_does_not_forbid(period: float, unit: float) -> None:
    asked = understand("2021年增加值是多少?", today=TODAY)
    assert objection(asked, Checks(period=period, unit=unit)) is None


def test_what_can_not_be_money_is_no_answer_where_money_is_asked_for_but_what_is_counted_may_be() -> None:
    assert objection(understand("总投资多少亿元?", today=TODAY), Checks(unit=-1.0)) is not None
    assert objection(understand("收到几部法律议案?", today=TODAY), Checks(unit=-1.0)) is None
