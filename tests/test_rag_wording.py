"""Tables of words: where they stand in a text, said the same way or another, and what that counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rag
from index import fold
from rag.wording import occurrences, spellings, synonyms


@pytest.mark.parametrize(
    ("word", "text", "places"),
    [
        ("产业", "产业与产业", [0, 3]),
        ("五百强", "世界500强企业", [2]),
        ("两项", "获发明专利2项", [5]),
        ("三月", "3月7日", [0]),
        ("滨江区", "滨江的增速", [0]),  # a place without the name of its rank
        ("滨江", "滨江区的增速", [0]),
    ],
)
def test_a_word_said_the_same_way_counts_whole(word: str, text: str, places: list[int]) -> None:
    assert occurrences(word, text) == [(at, 1.0) for at in places]


@pytest.mark.parametrize(
    ("word", "text", "at"),
    [
        ("国高企", "新增国家高新技术企业227家", 2),  # the long form of a short one
        ("电机", "高效节能静音马达", 6),  # the thesaurus
        ("厂子", "这家企业", 2),
        ("未来工厂", "全区的工厂", 3),  # a part of the word
    ],
)
def test_a_word_said_another_way_counts_less(word: str, text: str, at: int) -> None:
    assert [(place, 0 < share < 1) for place, share in occurrences(word, text)] == [(at, True)]


@pytest.mark.parametrize(
    ("word", "text"),
    [("火星", "钱塘江畔"), ("国高企", "国际高手企图"[:4]), ("五百强", "5000强"), ("省区", "区")],
)
def test_a_word_that_is_not_there(word: str, text: str) -> None:
    assert occurrences(word, text) == []


@pytest.mark.parametrize(
    ("word", "others"),
    [
        ("五百强", {"500强"}),
        ("十四五", {"145"}),
        ("浙江省", {"浙江"}),
        ("工业", set()),
        ("一", set()),
        ("搜狐公司", {"搜狐"}),
        ("富芯半导体有限公司", {"富芯半导体"}),
        ("公司", set()),
    ],
)
def test_spellings(word: str, others: set[str]) -> None:
    assert spellings(word)[0] == word
    assert set(spellings(word)[1:]) <= others


def test_the_thesaurus_is_in_order() -> None:
    path = Path(rag.__file__).with_name("thesaurus.txt")
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    for line in lines:
        words = line.split()
        assert len(words) > 1, line
        assert len(set(words)) == len(words), line
        assert fold(line) == line, line
    assert len(set(lines)) == len(lines)
    for word, others in synonyms().items():
        assert word not in others
        assert all(word in synonyms()[other] for other in others)


@settings(deadline=None)  # words are loaded on first use
@given(st.text(min_size=1, max_size=12), st.text(max_size=60))
def test_what_is_found_lies_in_the_text(word: str, text: str) -> None:
    for at, share in occurrences(fold(word), fold(text)):
        assert 0 <= at < len(text)
        assert 0 < share <= 1
