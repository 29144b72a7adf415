"""Places: by the gazetteer, by the regions of the documents, and what is said of none."""

from __future__ import annotations

from pathlib import Path

import pytest

import rag
from index import Document, fold
from rag.places import is_elsewhere, is_place

REGIONS = frozenset({"钱塘", "滨江"})


def document(text: str, region: str | None = None, title: str = "") -> Document:
    return Document("a.txt", title, text, region=region)


@pytest.mark.parametrize("word", ["四川", "成都", "尼日利亚", "滨江区", "义蓬街道", "浙江省", "未来新城"])
def test_a_place_is_known_by_the_gazetteer_or_its_last_character(word: str) -> None:
    assert is_place(word)


@pytest.mark.parametrize("word", ["增加值", "企业", "大学", "", "2025", "成都人均收入", "创新链"])
def test_other_words_are_none(word: str) -> None:
    assert not is_place(word)


@pytest.mark.parametrize(
    ("asked", "text", "region", "title", "elsewhere"),
    [
        ("钱塘增加值是多少?", "增加值756亿元。", "杭州滨江", "", True),
        ("滨江增加值是多少?", "增加值756亿元。", "杭州滨江", "", False),
        ("钱塘增加值是多少?", "增加值756亿元,钱塘第二。", "杭州滨江", "", False),
        ("钱塘增加值是多少?", "增加值756亿元。", "杭州滨江", "钱塘与滨江", False),
        ("钱塘和滨江谁高?", "增加值756亿元。", "杭州滨江", "", False),  # one of those asked about
        ("增加值是多少?", "增加值756亿元。", "杭州滨江", "", False),
    ],
)
def test_where_a_documents_region_is_known_it_decides(
    asked: str, text: str, region: str, title: str, elsewhere: bool
) -> None:
    assert is_elsewhere(asked, fold(text), document(text, region, title), REGIONS) is elsewhere


@pytest.mark.parametrize(
    ("asked", "text", "elsewhere"),
    [
        ("谷歌要在肯尼亚培训多少名妇女?", "谷歌计划在尼日利亚培训2万名妇女。", True),
        ("谷歌要在尼日利亚培训多少名妇女?", "谷歌计划在尼日利亚培训2万名妇女。", False),
        ("四川人均可支配收入是多少?", "上海、北京、浙江居民收入超过3万元。", True),
        ("四川人均可支配收入是多少?", "成都居民人均可支配收入28764元。", False),  # a city of it
        ("四川人均可支配收入是多少?", "居民人均可支配收入28764元。", False),  # nobody says of which
        ("四川人均可支配收入是多少?", "我省居民人均可支配收入高于浙江。", False),  # its own, unnamed
        ("成都人均可支配收入是多少?", "四川居民人均可支配收入28764元。", True),
        ("印度尼西亚出口多少?", "印度出口增长3%。", True),
        ("人均可支配收入是多少?", "上海居民收入超过3万元。", False),
    ],
)
def test_else_the_provinces_cities_and_countries_that_it_names(
    asked: str, text: str, elsewhere: bool
) -> None:
    assert is_elsewhere(asked, fold(text), document(text), frozenset()) is elsewhere


def test_the_whole_document_tells_where_it_is_not_the_passage_alone() -> None:
    whole = document("四川经济形势。成都增长8%,上海增长5%。")
    assert not is_elsewhere("四川增长多少?", "上海增长5%。", whole, frozenset())


def test_the_gazetteer_is_folded_and_names_nothing_twice_in_a_line() -> None:
    path = Path(rag.__file__).with_name("places.txt")
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert sum(line.startswith("=") for line in lines) == 1
    for line in lines:
        names = line.split()
        assert len(set(names)) == len(names), line
        assert fold(line) == line, line
