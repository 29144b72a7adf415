from __future__ import annotations

import pytest

from index import Document, Passage
from rag.places import is_elsewhere, is_of_others, named_places
from rag.question import understand
from rag.reading import Reading, read

TEXT = "未来科技城全力打造创新策源地,义蓬街道新开工项目12个。"


def reading(text: str, region: str | None = "杭州钱塘") -> Reading:
    return read(Passage("a:1", "a.txt", 0, len(text), text), Document("a.txt", "", text, region=region))


@pytest.mark.parametrize(
    ("question", "places"),
    [
        ("未来科技城2022年增加值多少", ["未来科技城"]),
        ("义蓬街道开工几个项目", ["义蓬街道"]),
        ("哪个区最大", []),
        ("紫金港科技城有什么", []),  # no passage names it
    ],
)
def test_places_that_a_question_names_as_a_passage_does(question: str, places: list[str]) -> None:
    assert named_places(question, [reading(TEXT)]) == places


@pytest.mark.parametrize(
    ("text", "region", "regions", "places", "elsewhere"),
    [
        ("规上工业增加值756亿元。", "杭州滨江", {"钱塘"}, [], True),
        ("规上工业增加值756亿元。", "杭州滨江", {"滨江"}, [], False),
        ("规上工业增加值756亿元。", "杭州滨江", set(), ["未来科技城"], True),
        ("规上工业增加值756亿元。", "杭州滨江", set(), ["滨江区"], False),
        ("规上工业增加值756亿元。", None, set(), ["未来科技城"], False),
        ("规上工业增加值756亿元。", "杭州滨江", set(), [], False),
    ],
)
def test_a_passage_about_another_place(
    text: str, region: str | None, regions: set[str], places: list[str], elsewhere: bool
) -> None:
    assert is_elsewhere(understand("增加值多少"), reading(text, region), regions, places) is elsewhere


@pytest.mark.parametrize(
    ("question", "text", "others"),
    [
        ("谷歌要在肯尼亚培训多少名妇女?", "谷歌计划在尼日利亚培训2万名妇女。", True),
        ("谷歌要在尼日利亚培训多少名妇女?", "谷歌计划在尼日利亚培训2万名妇女。", False),
        ("四川上半年人均可支配收入是多少?", "上海、北京、浙江居民收入超过3万元。", True),
        (
            "四川上半年人均可支配收入是多少?",
            "成都居民人均可支配收入28764元。",
            False,
        ),  # nobody says of which province
        ("印度尼西亚出口多少?", "印度出口增长3%。", True),
        ("人均可支配收入是多少?", "上海居民收入超过3万元。", False),
    ],
)
def test_a_document_that_names_other_provinces_or_countries(question: str, text: str, others: bool) -> None:
    assert is_of_others(Document("a.txt", "", text), understand(question)) is others
