"""Measures against values worked out by hand, to four decimals."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics import exact_match, f1, mean, ndcg, percentile, recall, reciprocal_rank, tokens

Rankings = Sequence[set[int]]
NOTHING: set[int] = set()


@pytest.mark.parametrize(
    ("ranking", "wanted", "k", "expected"),
    [
        ([{0}], 1, 1, 1.0),
        ([NOTHING, {0}], 1, 1, 0.0),
        ([NOTHING, {0}], 1, 5, 1.0),
        ([{0}, {0}, {2}], 3, 2, 0.3333),
        ([{0}, {0}, {2}], 3, 3, 0.6667),
        ([{0, 1}], 2, 1, 1.0),
        ([{0, 1, 2}], 2, 1, 1.0),  # more alternatives than places wanted
        ([], 2, 10, 0.0),
    ],
)
def test_recall(ranking: Rankings, wanted: int, k: int, expected: float) -> None:
    assert recall(ranking, wanted, k) == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize(
    ("ranking", "expected"),
    [
        ([{0}, {1}], 1.0),
        ([NOTHING, NOTHING, {1}, {0}], 0.3333),
        ([NOTHING] * 9 + [{0}], 0.1),
        ([NOTHING] * 10 + [{0}], 0.0),
        ([], 0.0),
    ],
)
def test_reciprocal_rank(ranking: Rankings, expected: float) -> None:
    assert reciprocal_rank(ranking, 10) == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize(
    ("ranking", "wanted", "expected"),
    [
        ([{0}], 1, 1.0),
        ([NOTHING, {0}], 1, 0.6309),  # 1/log2(3)
        ([NOTHING, NOTHING, {0}], 1, 0.5),  # 1/log2(4)
        ([{0}, {0}], 1, 1.0),  # the same span again gains nothing
        ([{0}, {1}], 2, 1.0),
        ([{0, 1}], 2, 1.0),  # one passage may hold both
        ([NOTHING, {0, 1}], 2, 0.6309),
        ([{0}, NOTHING, {1}], 2, 0.9197),  # (1 + 1/2) / (1 + 1/log2(3))
        ([{0}, NOTHING], 2, 0.6131),  # 1 / (1 + 1/log2(3)): the other one is missing
        ([NOTHING] * 10 + [{0}], 1, 0.0),
        ([], 1, 0.0),
    ],
)
def test_ndcg(ranking: Rankings, wanted: int, expected: float) -> None:
    assert ndcg(ranking, wanted, 10) == pytest.approx(expected, abs=5e-5)


@given(
    ranking=st.lists(st.frozensets(st.integers(0, 3)), max_size=12),
    wanted=st.integers(4, 12),
    k=st.integers(1, 12),
)
def test_no_measure_leaves_its_bounds_and_deeper_rankings_lose_nothing(
    ranking: list[frozenset[int]], wanted: int, k: int
) -> None:
    for value in (recall(ranking, wanted, k), ndcg(ranking, wanted, k), reciprocal_rank(ranking, k)):
        assert 0 <= value <= 1
    assert recall(ranking, wanted, k) <= recall(ranking, wanted, k + 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("规上工业", ["规", "上", "工", "业"]),
        ("171.51亿元", ["171.51", "亿", "元"]),
        ("增长58.7%。", ["增", "长", "58.7", "%"]),
        ("“C919”中机身", ["c919", "中", "机", "身"]),
        ("1—8月,over 1,200", ["1", "8", "月", "over", "1,200"]),
        ("ＡＩ＋，機身", ["ai", "机", "身"]),
        ("《》、…… _", []),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


def test_exact_match_ignores_punctuation_and_takes_any_answer() -> None:
    assert exact_match(["171.51亿元", "171.51亿"], "171.51 亿元。") == 1
    assert exact_match(["171.51亿元", "171.51亿"], "171.51亿") == 1
    assert exact_match(["171.51亿元"], "达171.51亿元") == 0
    assert exact_match(["58.7%"], "58.7") == 0
    assert exact_match([], "17个") == 0


@pytest.mark.parametrize(
    ("answers", "answer", "expected"),
    [
        (["171.51亿元"], "171.51亿元", 1.0),
        (["171.51亿元"], "达171.51亿元", 0.8571),  # 3 of 4 and 3 of 3: 6/7
        (["西子航空"], "西子势必锐航空", 0.3636),  # the longest run is 西子: 2·2/(4+7)
        (["17个", "十七个"], "共有17个项目", 0.5),  # 2·2/(2+6), against 2·1/(3+6)
        (["17个"], "", 0.0),
        (["17个"], "没有", 0.0),
        (["人工智能+"], "人工智能", 1.0),
    ],
)
def test_f1(answers: list[str], answer: str, expected: float) -> None:
    assert f1(answers, answer) == pytest.approx(expected, abs=5e-5)


def test_mean() -> None:
    assert mean([1, 0, 0]) == pytest.approx(0.3333, abs=5e-5)
    assert mean([]) is None


def test_percentile() -> None:
    times = [0.04, 0.01, 0.02, 0.03]
    assert percentile(times, 0.5) == pytest.approx(0.025)
    assert percentile(times, 0.95) == pytest.approx(0.0385)  # 0.03 + 0.85 · 0.01
    assert percentile([0.2], 0.95) == 0.2
    assert percentile([], 0.5) is None
