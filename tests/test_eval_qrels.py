"""Which texts cover a gold span."""

from __future__ import annotations

import pytest

from eval.gold import Span
from eval.qrels import covered, locate, overlaps, stands_in

QUOTE = "钱塘规上工业增加值达171.51亿元"  # 18 characters


def test_the_whole_quote_is_found_at_its_place() -> None:
    text = f"今年第一季度,{QUOTE},位居第一。"
    start, end = locate(QUOTE, text) or (0, 0)
    assert text[start:end] == QUOTE


def test_white_space_is_ignored_on_both_sides_and_the_place_is_in_the_text_as_it_is() -> None:
    text = "今年,钱塘规上 工业\n\n增加值达171.51亿元。"
    start, end = locate("钱塘规上工业增加值 达171.51亿元", text) or (0, 0)
    assert text[start:end] == "钱塘规上 工业\n\n增加值达171.51亿元"


def test_width_case_and_traditional_characters_are_ignored() -> None:
    assert locate("C919中機身項目，計劃", "西子航空中标c919中机身项目,计划投资") is not None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("工业增加值达171.51亿元", True),  # 14 of 18
        ("工业增加值达1", False),  # 7 of 18
        ("工业增加值达171", True),  # 9 of 18: half
        ("工业增加值达17", False),  # 8 of 18
        ("钱塘规上工业……171.51亿元", False),  # two pieces, neither of them half
        ("", False),
    ],
)
def test_half_of_the_quote_in_one_piece_is_enough(text: str, found: bool) -> None:
    assert (locate(QUOTE, text) is not None) == found


def test_the_longest_piece_is_located() -> None:
    text = "钱塘规上工业。工业增加值达171.51亿元"
    start, end = locate(QUOTE, text) or (0, 0)
    assert text[start:end] == "工业增加值达171.51亿元"


def test_of_a_short_quote_half_is_too_little() -> None:
    assert locate("一区多园", "一区一策") is None
    assert locate("一区多园", "“一区多园”机制") == (1, 5)
    assert locate("一区多园机制", "一区多园") is None


def test_only_spans_of_the_same_document_are_covered() -> None:
    spans = [Span("a.txt", QUOTE), Span("b.txt", QUOTE), Span("a.txt", "数字经济核心制造业增加值")]
    assert covered(spans, "a.txt", f"{QUOTE}。") == {0}
    assert covered(spans, "b.txt", f"{QUOTE}。") == {1}
    assert covered(spans, "c.txt", f"{QUOTE}。") == frozenset()
    assert covered(spans, "a.txt", f"{QUOTE};数字经济核心制造业增加值达34.01亿元") == {0, 2}


def test_a_quotation_overlaps_a_longer_and_a_shorter_span() -> None:
    assert overlaps(Span("a.txt", QUOTE), "a.txt", f"今年第一季度,{QUOTE},制造业投资总量持续保持杭州第一")
    assert overlaps(Span("a.txt", f"今年第一季度,{QUOTE},制造业投资总量持续保持杭州第一"), "a.txt", QUOTE)
    assert not overlaps(Span("a.txt", QUOTE), "b.txt", QUOTE)
    assert not overlaps(Span("a.txt", QUOTE), "a.txt", "去年,钱塘规上工业总产值突破3700亿元")


def test_a_quote_stands_in_a_text_only_whole() -> None:
    assert stands_in(QUOTE, "钱塘规上工业增\n加值达171.51亿元")
    assert not stands_in(QUOTE, "工业增加值达171.51亿元")
