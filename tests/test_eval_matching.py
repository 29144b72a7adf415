"""Right and wrong answers: keys found in a text without cutting a number."""

from __future__ import annotations

import pytest

from eval.gold import GoldItem, Span
from eval.matching import judge, plain, unsupported_figures


def item(
    *answers: str,
    wrong: tuple[str, ...] = (),
    all_required: bool = False,
    alternatives: dict[str, tuple[str, ...]] | None = None,
) -> GoldItem:
    return GoldItem(
        query_id="q",
        question="?",
        kind="fact_number",
        answerable=True,
        answers=answers,
        evidence=(Span("a.txt", "原文"),),
        all_required=all_required,
        answer_alternatives=alternatives or {},
        wrong_answers=wrong,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("171.51 亿元[1]", "171.51亿元"),
        ("１，２００家［2］", "1200家"),
        ("1,234,567元", "1234567元"),
        ("2023,2024年", "2023,2024年"),
        ("2025 17个", "2025 17个"),
        ("2025  17 个", "2025 17个"),
        ("規模\n以上", "规模以上"),
    ],
)
def test_plain(text: str, expected: str) -> None:
    assert plain(text) == expected


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("171.51亿元", "钱塘2025年一季度规上工业增加值为 171.51 亿元[1]。"),
        ("17个", "17个[1]。"),
        ("17个", "2025 17个"),
        ("1200家", "突破1,200家"),
        ("1,200", "over 1200"),
        ("8.1%", "同比增长8.1%"),
        ("8.1%", "同比增长8．1％"),
        ("三家", "共三家"),
        ("五千亿", "形成五千亿级产业规模"),
        ("亿元以上", "10亿元以上"),
        ("人工智能+", "“人工智能＋”行动"),
        ("AI+", "ai+行动"),
    ],
)
def test_a_key_is_found(key: str, answer: str) -> None:
    assert judge(item(key), answer).right


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("7个", "47个"),
        ("8.1%", "18.1%"),
        ("3家", "3.3家"),
        ("1%", "58.1%"),
        ("17", "17.5亿元"),
        ("17", "170个"),
        ("200台", "1,200台"),
        ("三家", "十三家"),
        ("三家", "两三家"),
        ("七个", "四十七个"),
        ("五千", "五千亿"),
        ("17个", "2025年 1 7个"),
        ("17个", ""),
    ],
)
def test_a_match_does_not_cut_a_number(key: str, answer: str) -> None:
    assert not judge(item(key), answer).right


def test_a_key_cut_at_one_place_may_be_whole_at_another() -> None:
    assert judge(item("7个"), "签约47个,其中10亿元以上项目7个").right


def test_any_answer_counts() -> None:
    assert judge(item("17个", "十七个"), "有十七个项目").right


def test_where_all_are_required_each_is_needed_in_one_of_its_wordings() -> None:
    gold = item("2家", "3家", all_required=True, alternatives={"2家": ("两家",)})
    assert judge(gold, "由两家增加到3家").right
    assert judge(gold, "由2家增加到3家").right
    assert not judge(gold, "由两家增加到13家").right
    assert not judge(gold, "增加到3家").right


def test_a_wrong_answer_spoils_a_right_one() -> None:
    gold = item("171.51亿元", wrong=("46.3亿",))
    assert judge(gold, "171.51亿元") == judge(gold, "171.51亿元,不是146.3亿元")
    spoiled = judge(gold, "171.51亿元,另有46.3亿元")
    assert (spoiled.right, spoiled.wrong) == (False, True)
    only_wrong = judge(gold, "46.3亿元")
    assert (only_wrong.right, only_wrong.wrong) == (False, True)
    neither = judge(gold, "34.01亿元")
    assert (neither.right, neither.wrong) == (False, False)


def test_a_wrong_answer_that_is_part_of_the_right_one_is_no_fault() -> None:
    gold = item("突破1200家", wrong=("1200家",))
    assert judge(gold, "突破1200家").right
    assert not judge(gold, "突破1200家,一说1200家").right


def test_figures_that_no_source_has() -> None:
    sources = ["今年第一季度,钱塘规上工业增加值达171.51亿元,增速20.5%", "2025年一季度是多少?"]
    assert unsupported_figures("2025年为171.51亿元[1],增长20.5%", sources) == []
    assert unsupported_figures("171.5亿元,增长20.5[2]", sources) == ["171.5", "20.5"]
    assert unsupported_figures("1,200家", ["1200家"]) == []
