"""Tables of questions that ask several things: which, and that those which ask one thing stay whole."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.split import Part, split

TODAY = date(2025, 6, 1)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        # by periods
        (
            "钱塘制造业投资:2022年前8个月、2023年一季度,各完成多少亿?",
            [("2022年1—8月", "制造业投资"), ("2023年一季度", "制造业投资")],
        ),
        (
            "五大主导产业,2023年和2025年的报道里,有什么变化?",
            [("2023年", "主导产业"), ("2025年", "主导产业")],
        ),
        (
            "从2022年秋到2023年上半年,省级未来工厂由几家增加到几家?",
            [("2022年9—11月", "未来工厂"), ("2023年上半年", "未来工厂")],
        ),
        (
            "滨江增加值2022年比2023年前5个月多多少?",
            [("2022年", "滨江增加值"), ("2023年1—5月", "滨江增加值")],
        ),
        # by the things compared
        (
            "2023年一季度,制造业投资增速钱塘和滨江谁高?各是多少?",
            [("钱塘", "2023年一季度,制造业投资增速"), ("滨江", "2023年一季度,制造业投资增速")],
        ),
        (
            "天境生物产业化基地和富芯半导体一期,哪个投资更大?",
            [("天境生物产业化基地", "投资"), ("富芯半导体一期", "投资")],
        ),
        (
            "中策橡胶未来工厂和优科豪马项目的轮胎产能各有多大?",
            [("中策橡胶未来工厂", "轮胎产能"), ("优科豪马项目", "轮胎产能")],
        ),
        (
            "2023年一季度,滨江集中开工项目的计划总投资和钱塘签约项目的总投资,哪边大?",
            [("滨江集中开工项目的计划总投资", "2023年一季度"), ("钱塘签约项目的总投资", "2023年一季度")],
        ),
        (
            "进出口总值 商丘 上海口岸 各多少",
            [("商丘", "进出口总值 商丘 各多少"), ("上海口岸", "进出口总值 上海口岸 各多少")],
        ),
        (
            "博盈特焊和联合化学上半年净利润对比,哪家赚得多?",
            [("博盈特焊", "上半年净利润对比"), ("联合化学", "上半年净利润对比")],
        ),
        (
            "佳木斯方舱项目跟哈尔滨方舱医院,用地面积分别多少?",
            [("佳木斯方舱项目", "用地面积"), ("哈尔滨方舱医院", "用地面积")],
        ),
        (
            "上海的比重,2023年上半年和前7个月分别是多少?",
            [("2023年上半年", "上海的比重"), ("2023年1—7月", "上海的比重")],
        ),
        # by clauses that each ask
        (
            "“未来工厂”培育企业,2022年入库多少家,到2025年3月累计多少家?",
            [("", "入库多少家"), ("", "培育企业,到2025年3月累计多少家")],
        ),
        ("优科豪马总投资多少?占地多少亩?", [("", "总投资多少"), ("", "占地多少亩")]),
    ],
)
def test_each_thing_asked_is_a_part(text: str, parts: list[tuple[str, str]]) -> None:
    found = split(text, TODAY)
    assert [part.label for part in found] == [label for label, _ in parts]
    for part, (label, words) in zip(found, parts, strict=True):
        assert words in part.text
        assert label in part.text
        assert not any(other in part.text for other, _ in parts if other and other != label)


@pytest.mark.parametrize(
    "text",
    [
        "2025年一季度钱塘规上工业增加值是多少?",
        "“55830”这几个数字分别指的是什么?",
        "5个链主产业平台分别是哪几个?",
        "今年比去年增长多少?",
        "2023—2025年目标是多少?",
        "研发投入和专利数量的口径是什么?",
        "各类生物医药企业有多少家?",
        "",
        "?",
    ],
)
def test_a_question_that_asks_one_thing_stays_whole(text: str) -> None:
    assert split(text, TODAY) == [Part("", text)]


def test_the_label_of_a_thing_has_no_white_space_around_it() -> None:
    assert [part.label for part in split("钱塘 和 滨江 谁高", TODAY)] == ["钱塘", "滨江"]


_PIECES = [
    *"的和与、,。?;到从由在今去年 ",
    "2023年",
    "2022年一季度",
    "2月30日",
    "谁更高",
    "各是多少",
    "分别",
    "变了吗",
    "相比",
    "几家",
    "钱塘",
    "滨江",
]


@settings(deadline=None)  # words are loaded on first use
@given(st.text() | st.lists(st.sampled_from(_PIECES), max_size=12).map("".join))
def test_no_part_is_empty(text: str) -> None:
    parts = split(text, TODAY)
    assert parts
    assert len(parts) > 1 or parts[0] == Part("", text)
    assert all(part.text.strip() for part in parts if len(parts) > 1)
