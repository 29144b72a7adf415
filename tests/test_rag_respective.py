"""Which of several figures is whose, by tables of examples."""

from __future__ import annotations

import pytest

from index import Document, Passage
from rag.question import understand
from rag.reading import read
from rag.respective import is_of_another, owners


@pytest.mark.parametrize(
    ("question", "text", "others"),
    [
        ("农村居民收入", "浙江城镇、农村居民收入分别为39728元和23126元。", [True, False]),
        ("浙江城镇居民收入", "浙江城镇、农村居民收入分别为39728元和23126元。", [False, True]),
        ("最低工资", "上调最低工资标准和养老金标准至2540元和998元。", [False, True]),
        ("锂电池出口", "电动汽车、锂电池、光伏出口分别增长175.7%、53.6%、39%。", [True, False, True]),
        # no list of as many members, or of one unit, or not named better than the others
        ("农村居民收入", "居民收入分别为39728元和23126元。", [None, None]),
        ("甲的产值", "甲、乙、丙产值分别为3亿元和5亿元。", [None, None]),
        ("甲的产值", "甲、乙产值3亿元和5%。", [None, None]),
        ("望江的产值", "临江、滨江产值分别为3亿元和5亿元。", [False, False]),
    ],
)
def test_the_member_that_a_figure_belongs_to(question: str, text: str, others: list[bool | None]) -> None:
    reading = read(Passage("a.txt:0", "a.txt", 0, len(text), text), Document("a.txt", "", text))
    asked = understand(question)
    found = owners(reading)
    starts = [f.figure.start for f in reading.figures]
    assert [is_of_another(asked, found[start]) if start in found else None for start in starts] == others
