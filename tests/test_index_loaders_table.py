"""Tables written as lines: what stands with each figure, and what isn't claimed."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.loaders import load
from index.loaders.table import Table, table_lines


def cells(text: str) -> list[list[str]]:
    """A table drawn with bars; an underscore is an empty cell."""
    return [
        ["" if cell.strip(" ") == "_" else cell.strip(" ") for cell in line.strip(" ").split("|")]
        for line in text.strip().splitlines()
    ]


def written(text: str, **about: object) -> list[str]:
    return [line.text for line in table_lines(Table(cells(text), **about))]  # type: ignore[arg-type]


WRITTEN = {
    "units in the headings": (
        """
        地区 | 规上工业增加值(亿元) | 增速（%） | 企业数
        钱塘区 | 171.51 | -5.6 | 812
        合计 | 1,291.0 | 7.2% | 4030
        """,
        [
            "钱塘区：规上工业增加值（亿元）171.51；增速（%）-5.6；企业数：812。",
            "合计：规上工业增加值（亿元）1,291.0；增速：7.2%；企业数：4030。",
        ],
    ),
    "a title, the unit over the table, a note below, an empty row": (
        """
        2025年一季度各区主要指标 | _ | _
        _ | _ | 单位：亿元
        地区 | 增加值 | 增长
        钱塘区 | 171.51 | 13.4%
        _ | _ | _
        滨江区 | 120.3 | 5.6%
        注：按可比价格计算 | _ | _
        """,
        [
            "2025年一季度各区主要指标",
            "单位：亿元",
            "钱塘区，2025年一季度：增加值（亿元）171.51；增长：13.4%。",
            "滨江区，2025年一季度：增加值（亿元）120.3；增长：5.6%。",
            "注：按可比价格计算",
        ],
    ),
    "two units over the table": (
        """
        钱塘区工业 | _ | _
        单位：亿元、% | _ | _
        年份 | 增加值 | 增速
        2023 | 650.1 | 5.0
        2024 | 700.2 | 6.1
        """,
        [
            "钱塘区工业",
            "单位：亿元、%",
            "2023年：增加值（亿元）650.1；增速（%）5.0。",
            "2024年：增加值（亿元）700.2；增速（%）6.1。",
        ],
    ),
    "headings in two rows, without joined cells": (
        """
        地区 | 2024年 | _ | 2025年一季度 | _
        _ | 增加值（亿元） | 增速（%） | 增加值（亿元） | 增速（%）
        钱塘区 | 700 | 5 | 171.51 | 13.4
        """,
        [
            "钱塘区：2024年增加值（亿元）700；2024年增速（%）5；2025年一季度增加值（亿元）171.51；2025年一季度增速（%）13.4。"
        ],
    ),
    "a column of units, years as headings, groups of rows": (
        """
        指标名称 | 单位 | 2023 | 2024 | 增长（%） | 同比
        一、工业 | _ | _ | _ | _ | _
        增加值 | 亿元 | 650.1 | 700.2 | 7.7 | 7.7
        用电量 | 万千瓦时 | 5012 | — | _ | _
        二、人口 | _ | _ | _ | _ | _
        常住人口 | 万人 | 80.1 | 82 | 2.4 | 2.4
        """,
        [
            "一、工业，增加值：2023年（亿元）650.1；2024年（亿元）700.2；增长（%）7.7；同比：7.7。",
            "一、工业，用电量：2023年（万千瓦时）5012；2024年（万千瓦时）：—。",
            "二、人口，常住人口：2023年（万人）80.1；2024年（万人）82；增长（%）2.4；同比：2.4。",
        ],
    ),
    "the unit in the row's heading": (
        """
        指标 | 2024年 | 2025年一季度
        规上工业增加值（亿元） | 700.2 | 171.51
        """,
        ["规上工业增加值：2024年（亿元）700.2；2025年一季度（亿元）171.51。"],
    ),
    "a period over the table for the columns that name none": (
        """
        2025年一季度工业情况 | _ | _
        地区 | 2024年产值（亿元） | 增速（%）
        钱塘区 | 3500 | 13.4
        """,
        ["2025年一季度工业情况", "钱塘区：2024年产值（亿元）3500；2025年一季度增速（%）13.4。"],
    ),
    "two columns tell the rows apart": (
        """
        区 | 行业 | 产值（亿元）
        钱塘区 | 汽车 | 812
        钱塘区 | 医药 | 433
        """,
        ["钱塘区，汽车：产值（亿元）812。", "钱塘区，医药：产值（亿元）433。"],
    ),
    "words under headings, numbered": (
        """
        序号 | 项目 | 责任单位 | 完成时限
        1 | 芯片基地 | 区发改局；区财政局 | 2025年12月
        2 | 高铁站 | 区交通局 | 2026年底
        """,
        [
            "1、项目：芯片基地；责任单位：区发改局；区财政局；完成时限：2025年12月。",
            "2、项目：高铁站；责任单位：区交通局；完成时限：2026年底。",
        ],
    ),
    "names and what they are": (
        """
        项目名称 | 芯片基地
        总投资（亿元） | 180
        建设周期 | 3年
        """,
        ["项目名称：芯片基地。", "总投资（亿元）180。", "建设周期：3年。"],
    ),
    "a form": (
        """
        姓名 | 张三 | 性别 | 男
        单位 | 区发改局 | 联系电话 | 0571-88888888
        """,
        ["姓名：张三；性别：男。", "单位：区发改局；联系电话：0571-88888888。"],
    ),
    "two tables, parted by an empty row": (
        """
        地区 | 产值（亿元）
        钱塘区 | 812
        _ | _
        街道 | 人口（万人）
        下沙街道 | 21
        """,
        ["钱塘区：产值（亿元）812。", "下沙街道：人口（万人）21。"],
    ),
    "the headings again, as on a next page": (
        """
        地区 | 产值（亿元）
        钱塘区 | 812
        地区 | 产值（亿元）
        滨江区 | 433
        """,
        ["钱塘区：产值（亿元）812。", "滨江区：产值（亿元）433。"],
    ),
    "rows that are parts of the rows above": (
        """
        项目 | 2024年（万元） | 增长（%）
        一、总收入 | 900 | 5
        （一）财政拨款 | 700 | 6
        1.一般预算 | 500 | 7
        2.基金预算 | 200 | 8
        （二）事业收入 | 200 | 9
        二、总支出 | 800 | 3
        （一）财政拨款 | 650 | 4
        结余 | 100 | 2
        """,
        [
            "一、总收入：2024年（万元）900；增长（%）5。",
            "一、总收入，（一）财政拨款：2024年（万元）700；增长（%）6。",
            "一、总收入，（一）财政拨款，1.一般预算：2024年（万元）500；增长（%）7。",
            "一、总收入，（一）财政拨款，2.基金预算：2024年（万元）200；增长（%）8。",
            "一、总收入，（二）事业收入：2024年（万元）200；增长（%）9。",
            "二、总支出：2024年（万元）800；增长（%）3。",
            "二、总支出，（一）财政拨款：2024年（万元）650；增长（%）4。",
            "结余：2024年（万元）100；增长（%）2。",
        ],
    ),
    "groups by other marks": (
        """
        项目 | 2024年 | 2025年
        【工业】 | _ | _
        产值（亿元） | 12 | 13
        用电（亿度） | 5 | 6
        【商业】 | _ | _
        产值（亿元） | 7 | 8
        """,
        [
            "【工业】，产值：2024年（亿元）12；2025年（亿元）13。",
            "【工业】，用电：2024年（亿度）5；2025年（亿度）6。",
            "【商业】，产值：2024年（亿元）7；2025年（亿元）8。",
        ],
    ),
    "of which, and what is set in": (
        """
        税种 | 入库（万元） | 户数
        税收收入 | 900 | 50
        其中：增值税 | 500 | 30
        　　　所得税 | 400 | 20
        社保费 | 300 | 60
        　养老保险 | 200 | 60
        　　职工养老 | 150 | 40
        """,
        [
            "税收收入：入库（万元）900；户数：50。",
            "税收收入，其中：增值税：入库（万元）500；户数：30。",
            "税收收入，所得税：入库（万元）400；户数：20。",
            "社保费：入库（万元）300；户数：60。",
            "社保费，养老保险：入库（万元）200；户数：60。",
            "社保费，养老保险，职工养老：入库（万元）150；户数：40。",
        ],
    ),
    "numbers that say what is part of what, and a sum among them": (
        """
        序号 | 项目 | 金额（元）
        一 | 收入 | 100
        1 | 学费 | 60
        二 | 支出 | 90
        小计 | _ | 190
        """,
        [
            "一、收入：金额（元）100。",
            "一、收入，1、学费：金额（元）60。",
            "二、支出：金额（元）90。",
            "小计：金额（元）190。",
        ],
    ),
    "units of several sorts over the table": (
        """
        2024年救助情况 | _ | _ | _
        单位：户、人民币万元、亩 | _ | _ | _
        街道 | 低保户数 | 救助金额 | 耕地
        下沙 | 120 | 35.5 | 80
        """,
        [
            "2024年救助情况",
            "单位：户、人民币万元、亩",
            "下沙，2024年：低保户数（户）120；救助金额（万元）35.5；耕地：80。",
        ],
    ),
    "a unit that not all figures are in": (
        """
        单位：人民币元 | _ | _
        学校 | 学费 | 人数
        下沙小学 | 1200 | 35
        """,
        ["单位：人民币元", "下沙小学：学费（元）1200；人数：35。"],
    ),
    "an empty row under the title, months with a nought": (
        """
        2025年01-06月进出口 | _ | _
        _ | _ | _
        地区 | 出口（亿元） | 进口（亿元）
        钱塘区 | 171.51 | 33
        """,
        ["2025年01-06月进出口", "钱塘区，2025年01-06月：出口（亿元）171.51；进口（亿元）33。"],
    ),
    "a table in two halves side by side": (
        """
        2024年产值 | _ | _ | _
        街道 | 产值（亿元） | 街道 | 产值（亿元）
        下沙 | 12 | 义蓬 | 7
        白杨 | 15 | _ | _
        """,
        [
            "2024年产值",
            "下沙，2024年：产值（亿元）12。",
            "白杨，2024年：产值（亿元）15。",
            "义蓬，2024年：产值（亿元）7。",
        ],
    ),
    "two tables side by side": (
        """
        街道 | 产值（亿元） | _ | 学校 | 学生（人）
        下沙 | 12 | _ | 一小 | 700
        白杨 | 15 | _ | 二小 | 650
        """,
        [
            "下沙：产值（亿元）12。",
            "白杨：产值（亿元）15。",
            "一小：学生（人）700。",
            "二小：学生（人）650。",
        ],
    ),
    "a table right under another one": (
        """
        街道 | 产值（亿元） | 增速（%）
        下沙 | 12 | 3
        白杨 | 15 | 4
        学校情况 | _ | _
        学校 | 学生（人） | 教师（人）
        一小 | 700 | 40
        """,
        [
            "下沙：产值（亿元）12；增速（%）3。",
            "白杨：产值（亿元）15；增速（%）4。",
            "学校情况",
            "一小：学生（人）700；教师（人）40。",
        ],
    ),
    "words among the figures": (
        """
        街道 | 产值（亿元） | 增速（%）
        下沙 | 12 | 3
        白杨 | 保密 | 未统计
        义蓬 | 15 | 4
        """,
        [
            "下沙：产值（亿元）12；增速（%）3。",
            "白杨：产值（亿元）：保密；增速（%）：未统计。",
            "义蓬：产值（亿元）15；增速（%）4。",
        ],
    ),
    "one column": ("第一段。\n第二段。", ["第一段。", "第二段。"]),
    "one row": ("钱塘区 | 812", ["钱塘区：812。"]),
    "nothing": ("_ | _\n_ | _", []),
}


@pytest.mark.parametrize(("drawn", "lines"), WRITTEN.values(), ids=WRITTEN)
def test_a_table_is_written_with_its_headings_at_each_value(drawn: str, lines: list[str]) -> None:
    assert written(drawn) == lines


def test_a_row_without_values_is_of_nothing_below_it() -> None:
    drawn = "地区 | 产值（亿元）\n钱塘区 | _\n滨江区 | 433"
    assert written(drawn) == ["钱塘区。", "滨江区：产值（亿元）433。"]
    assert written(drawn, merged=[(1, 0, 1, 1)]) == ["钱塘区，滨江区：产值（亿元）433。"]


def test_joined_cells_stand_in_each_row_and_column_they_cover() -> None:
    drawn = """
        区 | 产值（亿元） | _
        _ | 总量 | 其中：汽车
        钱塘区 | 812 | 433
    """
    joined = [(0, 0, 1, 0), (0, 1, 0, 2)]
    assert written(drawn, merged=joined) == ["钱塘区：产值总量（亿元）812；产值其中：汽车（亿元）433。"]
    down = "区 | 行业 | 产值（亿元）\n钱塘区 | 汽车 | 812\n_ | 医药 | 433"
    assert written(down, merged=[(1, 0, 2, 0)]) == [
        "钱塘区，汽车：产值（亿元）812。",
        "钱塘区，医药：产值（亿元）433。",
    ]


def test_a_long_row_is_cut_into_sentences_that_each_name_it() -> None:
    names = [f"第{n}项重点工作完成投资额（万元）" for n in range(30)]
    lines = written("地区 | " + " | ".join(names) + "\n钱塘区 | " + " | ".join(map(str, range(100, 130))))
    (line,) = lines
    sentences = line.split("。")[:-1]
    assert len(sentences) > 3
    assert all(sentence.startswith("钱塘区：第") and len(sentence) <= 130 for sentence in sentences)
    assert line.count("（万元）") == 30


def test_the_lines_over_a_table_give_its_period_and_unit() -> None:
    drawn = "地区 | 增加值\n钱塘区 | 171.51"
    over = ["表3 2025年1—3月规上工业情况", "（单位：亿元）"]
    assert written(drawn, above=over) == ["钱塘区，2025年1—3月：增加值（亿元）171.51。"]
    assert written(drawn, above=["2023年与2024年的比较"]) == ["钱塘区：增加值：171.51。"]
    assert written(drawn, above=["填报单位：区统计局"]) == ["钱塘区：增加值：171.51。"]


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("codec", ["utf-8-sig", "gb18030", "utf-16"])
def test_csv_in_every_encoding_and_with_every_delimiter(tmp_path: Path, delimiter: str, codec: str) -> None:
    rows = [
        ["地区", "规上工业增加值（亿元）", "备注"],
        ["钱塘区", "171.51", '"第一，\n见附件"'],
        ["滨江区", "120.3", ""],
    ]
    path = tmp_path / "2025年一季度.csv"
    path.write_bytes("\r\n".join(map(delimiter.join, rows)).encode(codec))
    assert load(path).text.split("\n") == [
        "钱塘区，2025年一季度：规上工业增加值（亿元）171.51；备注：第一， 见附件。",
        "滨江区，2025年一季度：规上工业增加值（亿元）120.3。",
    ]
