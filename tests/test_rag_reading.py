"""A passage read closely: its sentences, when each of its figures holds, and where a quotation begins and ends."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import Document, Passage, Published
from rag.figures import Stance
from rag.reading import DatedFigure, Reading, published_period, read

PUBLISHED = "2025-05-16"


def reading(text: str, published: str | None = PUBLISHED) -> Reading:
    document = Document("a.txt", "题名", text, published=Published.parse(published) if published else None)
    return read(Passage("a.txt:0", "a.txt", 0, len(text), text), document)


def figure(text: str, of: str, published: str | None = PUBLISHED) -> DatedFigure:
    (found,) = (f for f in reading(text, published).figures if f.figure.text == of)
    return found


@pytest.mark.parametrize(
    ("text", "of", "period"),
    [
        # said before it in the sentence
        ("2024年产值3700亿元。", "3700亿元", "2024年"),
        ("今年一季度,产值171.51亿元,其中核心产业34.01亿元。", "34.01亿元", "2025年一季度"),
        ("2022年产值756亿元;今年1—5月产值305.8亿元。", "756亿元", "2022年"),
        ("2022年产值756亿元;今年1—5月产值305.8亿元。", "305.8亿元", "2025年1—5月"),
        # said in a sentence before it in the paragraph, but not in the paragraph before
        ("去年形势好。产值突破3700亿元。", "突破3700亿元", "2024年"),
        ("去年形势好。\n产值突破3700亿元。", "突破3700亿元", None),
        # what it is only compared with is not its own
        ("2023年新增131个,较2022年同期增加24个。", "24个", "2023年"),
        # said nowhere: the document's date
        ("园区集聚企业1800余家。", "1800余家", None),
    ],
)
def test_when_a_figure_holds(text: str, of: str, period: str | None) -> None:
    found = figure(text, of)
    assert (str(found.said.period) if found.said else None) == period
    assert str(found.period) == (period or "2025年5月16日")


def test_a_document_without_a_date_leaves_a_figure_without_a_period() -> None:
    assert figure("集聚企业1800家。", "1800家", None).period is None
    assert figure("2024年产值9亿元。", "9亿元", None).period is not None
    assert (
        figure("2024年产值9亿元。今年产值8亿元。", "8亿元", None).period is None
    )  # not that of the sentence before


@pytest.mark.parametrize(
    ("text", "of", "stance"),
    [
        ("今年一季度产值达171.51亿元。", "171.51亿元", Stance.RESULT),
        ("今年力争产值突破4000亿元。", "突破4000亿元", Stance.TARGET),
        ("项目达产。今年将新增未来工厂40家。", "40家", Stance.TARGET),
    ],
)
def test_whether_a_figure_was_reached_or_is_aimed_at(text: str, of: str, stance: Stance) -> None:
    assert figure(text, of).stance is stance


def test_the_heading_the_title_and_the_region_are_the_context() -> None:
    document = Document("a.txt", "钱塘新区季报", "正文。", region="杭州錢塘")
    passage = Passage("a.txt:0", "a.txt", 0, 3, "正文。", "二、工业")
    assert read(passage, document).context.split("\n") == ["二、工业", "钱塘新区季报", "杭州钱塘"]


@pytest.mark.parametrize(
    ("published", "period"),
    [("2025-05-16", "2025年5月16日"), ("2025-03", "2025年3月"), ("2022-09/2022-11", "2022年9—11月")],
)
def test_a_document_holds_for_the_days_it_may_have_come_out_on(published: str, period: str) -> None:
    document = Document("a.txt", "", "", published=Published.parse(published))
    assert str(published_period(document)) == period


@settings(deadline=None)  # words are loaded on first use
@given(
    st.text(max_size=80)
    | st.lists(st.sampled_from([*"、,。;(“”\n", "今年", "12家", "共1,200亿元"])).map("".join)
)
def test_every_text_can_be_read(text: str) -> None:
    found = reading(text)
    ends = [0, *(end for _, end in found.sentences)]
    assert all(before <= start < end for before, (start, end) in zip(ends, found.sentences, strict=False))
    assert all(text[f.figure.start : f.figure.end] == f.figure.text for f in found.figures)
    assert len(found.folded) == len(text)
    for number, (start, end) in enumerate(found.sentences):
        assert 0 <= found.opening(number) <= start
        assert end <= found.closing(number, 100) <= len(text)


@pytest.mark.parametrize(
    ("text", "announces"),
    [("企业这样申报:先登记。", False), ("企业这样申报:\n先登记。", True), ("申报办法\n先登记。", True)],
)
def test_what_ends_without_a_full_stop_announces_what_follows(text: str, announces: bool) -> None:
    assert reading(text).announces(0) is announces


def test_a_word_stands_in_the_passage_or_over_it() -> None:
    document = Document("a.txt", "钱塘季报", "工業增加值。", region="杭州")
    found = read(Passage("a.txt:0", "a.txt", 0, 6, "工業增加值。", "二、工业"), document)
    assert all(map(found.has, ("工业", "增加值", "钱塘", "杭州", "二、")))
    assert not found.has("滨江")


def test_a_time_that_nobody_knows_the_year_of_is_kept_as_it_stands() -> None:
    text = "6月份利润下降8.3%,2024年利润下降5%。"
    first, second = reading(text, None).figures
    assert (first.undated, first.period) == ("6月份", None)
    assert (second.undated, str(second.period)) == ("", "2024年")
    assert reading(text).undated == ()


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("临江厂去年投产。该厂有员工9人。", "临江厂去年投产。该厂有员工9人。"),
        ("临江厂去年投产。全厂有员工9人。", "全厂有员工9人。"),
        ("临江厂去年投产。\n该厂有员工9人。", "该厂有员工9人。"),
        ("临江厂去年投产。其中一期9亿元。", "其中一期9亿元。"),
        (f"临江厂{'在东门外' * 40}。该厂有员工9人。", "该厂有员工9人。"),
        ("该厂有员工9人。", "该厂有员工9人。"),
    ],
)
def test_a_sentence_that_leans_on_the_one_before_is_quoted_with_it(text: str, quoted: str) -> None:
    found = reading(text)
    last = len(found.sentences) - 1
    assert text[found.opening(last) : found.sentences[last][1]] == quoted


@pytest.mark.parametrize(
    ("text", "longest", "quoted"),
    [
        ("企业这样申报:先登记。再盖章。", 100, "企业这样申报:先登记。再盖章。"),
        ("企业这样申报:先登记。再盖章。", 11, "企业这样申报:先登记。"),
        ("企业先登记。\n再盖章。", 100, "企业先登记。"),  # another paragraph
        ("企业这样申报:\n先登记。再盖章。", 100, "企业这样申报:\n先登记。再盖章。"),  # but it is announced
        ("企业先登记。", 100, "企业先登记。"),
    ],
)
def test_a_quotation_goes_on_up_to_a_length(text: str, longest: int, quoted: str) -> None:
    assert text[: reading(text).closing(0, longest)] == quoted
