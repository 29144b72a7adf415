"""Tables of examples: what each time expression means, seen from a day on which it was printed."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Published
from index.metadata import read_metadata
from rag.periods import Period, TimeExpression, find_periods, find_undated, impossible_dates, parse_period

SEEDS = Path(__file__).parent.parent / "seeds"
MID_MAY = Published.parse("2025-05-16")


def one(text: str, published: str | None = "2025-05-16") -> TimeExpression:
    """The only expression of a text."""
    found = find_periods(text, Published.parse(published) if published else None)
    assert len(found) == 1, found
    return found[0]


# an expression printed on 2025-05-16, its period, granularity and kind, whether the year stands in it
EXPRESSIONS = [
    # years
    ("2025年", "2025年", "year", "during", True),
    ("1993年", "1993年", "year", "during", True),
    ("2023年度", "2023年", "year", "during", True),
    ("2022年全年", "2022年", "year", "during", True),
    ("２０２５年", "2025年", "year", "during", True),
    ("二〇二五年", "2025年", "year", "during", True),
    ("二零二五年", "2025年", "year", "during", True),
    ("2023 年", "2023年", "year", "during", True),
    ("今年", "2025年", "year", "during", False),
    ("本年", "2025年", "year", "during", False),
    ("本年度", "2025年", "year", "during", False),
    ("去年", "2024年", "year", "during", False),
    ("上年", "2024年", "year", "during", False),
    ("前年", "2023年", "year", "during", False),
    ("明年", "2026年", "year", "during", False),
    ("后年", "2027年", "year", "during", False),
    ("全年", "2025年", "year", "during", False),
    ("去年（2024年）", "2024年", "year", "during", True),
    ("2023—2025年", "2023—2025年", "span", "during", True),
    ("2023-2025年", "2023—2025年", "span", "during", True),
    ("2023年至2025年", "2023—2025年", "span", "during", True),
    ("2021年到2022年", "2021—2022年", "span", "during", True),
    # quarters and halves
    ("2025年一季度", "2025年一季度", "quarter", "during", True),
    ("2025年 第一季度", "2025年一季度", "quarter", "during", True),
    ("二〇二五年一季度", "2025年一季度", "quarter", "during", True),
    ("今年一季度", "2025年一季度", "quarter", "during", False),
    ("一季度", "2025年一季度", "quarter", "during", False),
    ("第一季度", "2025年一季度", "quarter", "during", False),
    ("1季度", "2025年一季度", "quarter", "during", False),
    ("首季", "2025年一季度", "quarter", "during", False),
    ("首季度", "2025年一季度", "quarter", "during", False),
    ("去年第四季度", "2024年四季度", "quarter", "during", False),
    ("一、二季度", "2025年上半年", "half", "during", False),
    ("去年前三季度", "2024年1—9月", "span", "during", False),
    ("二至三季度", "2025年4—9月", "span", "during", False),
    ("上半年", "2025年上半年", "half", "during", False),
    ("下半年", "2025年下半年", "half", "during", False),
    ("2025年下半年", "2025年下半年", "half", "during", True),
    # months
    ("3月", "2025年3月", "month", "during", False),
    ("今年3月", "2025年3月", "month", "during", False),
    ("三月份", "2025年3月", "month", "during", False),
    ("去年12月", "2024年12月", "month", "during", False),
    ("2026年7月", "2026年7月", "month", "during", True),
    ("2025 年 7 月", "2025年7月", "month", "during", True),
    ("本月", "2025年5月", "month", "during", False),
    ("上月", "2025年4月", "month", "during", False),
    ("上个月", "2025年4月", "month", "during", False),
    ("上季度", "2025年一季度", "quarter", "during", False),
    ("1—4月", "2025年1—4月", "span", "during", False),
    ("1-4月", "2025年1—4月", "span", "during", False),
    ("1至4月", "2025年1—4月", "span", "during", False),
    ("1到4月", "2025年1—4月", "span", "during", False),
    ("1~4月", "2025年1—4月", "span", "during", False),
    ("１－４月", "2025年1—4月", "span", "during", False),
    ("一至四月", "2025年1—4月", "span", "during", False),
    ("1月至4月", "2025年1—4月", "span", "during", False),
    ("1、2月份", "2025年1—2月", "span", "during", False),
    ("今年1—5月", "2025年1—5月", "span", "during", False),
    ("1—3月", "2025年一季度", "quarter", "during", False),
    ("前三个月", "2025年一季度", "quarter", "during", False),
    ("2023年頭三個月", "2023年一季度", "quarter", "during", True),
    ("2022年前8个月", "2022年1—8月", "span", "during", True),
    ("2024年11月至2025年2月", "2024年11月—2025年2月", "span", "during", True),
    ("2024年11月至次年2月", "2024年11月—2025年2月", "span", "during", True),
    # days and parts of months
    ("2025年5月15日", "2025年5月15日", "day", "during", True),
    ("2025-05-15", "2025年5月15日", "day", "during", True),
    ("三月七日", "2025年3月7日", "day", "during", False),
    ("3月7日", "2025年3月7日", "day", "during", False),
    ("3月7日至9日", "2025年3月7—9日", "span", "during", False),
    ("3月7-9日", "2025年3月7—9日", "span", "during", False),
    ("3月7日—4月2日", "2025年3月7日—4月2日", "span", "during", False),
    ("今天", "2025年5月16日", "day", "during", False),
    ("昨日", "2025年5月15日", "day", "during", False),
    ("2025年5月上旬", "2025年5月1—10日", "span", "during", True),
    ("2025年5月中旬", "2025年5月11—20日", "span", "during", True),
    ("5月下旬", "2025年5月21—31日", "span", "during", False),
    ("4月中下旬", "2025年4月11—30日", "span", "during", False),
    # seasons
    ("2025年春", "2025年3—5月", "span", "during", True),
    ("2022年秋", "2022年9—11月", "span", "during", True),
    ("去年夏天", "2024年6—8月", "span", "during", False),
    ("2025年冬季", "2025年12月—2026年2月", "span", "during", True),
    # beginnings and ends: a state
    ("年初", "2025年1月", "month", "during", False),
    ("今年年初", "2025年1月", "month", "during", False),
    ("年底", "2025年12月", "month", "as_of", False),
    ("2025年底", "2025年12月", "month", "as_of", True),
    ("到了2024年末", "2024年12月", "month", "by", True),
    ("2024年末", "2024年12月", "month", "as_of", True),
    ("5月底", "2025年5月21—31日", "span", "as_of", False),
    # states
    ("截至5月15日", "2025年5月15日", "day", "as_of", False),
    ("截至2025年5月15日", "2025年5月15日", "day", "as_of", True),
    ("截止到4月底", "2025年4月21—30日", "span", "as_of", False),
    ("截至2025年一季度末", "2025年3月", "month", "as_of", True),
    ("截至目前", "2025年5月16日", "day", "as_of", False),
    ("目前", "2025年5月16日", "day", "as_of", False),
    ("当前", "2025年5月16日", "day", "as_of", False),
    ("至今", "2025年5月16日", "day", "as_of", False),
    ("时至今日", "2025年5月16日", "day", "as_of", False),
    ("到目前为止", "2025年5月16日", "day", "as_of", False),
    # deadlines
    ("到2025年", "2025年", "year", "by", True),
    ("到今年年底", "2025年12月", "month", "by", False),
    ("至2027年", "2027年", "year", "by", True),
    ("年底前", "2025年12月", "month", "by", False),
    ("10月1日前", "2025年10月1日", "day", "by", False),
    ("2025年之前", "2025年", "year", "by", True),
    # since, the last years, plans
    ("今年以来", "2025年1月1日—5月16日", "span", "during", False),
    ("2020年至今", "2020年1月1日—2025年5月16日", "span", "during", True),
    ("近3年", "2022年5月17日—2025年5月16日", "span", "during", False),
    ("3年来", "2022年5月17日—2025年5月16日", "span", "during", False),
    ("15年来", "2010年5月17日—2025年5月16日", "span", "during", False),
    ("2023上半年", "2023年上半年", "half", "during", True),
    ("2023前三个月", "2023年一季度", "quarter", "during", True),
    ("2024年Q2", "2024年二季度", "quarter", "during", True),
    ("2023年半年度", "2023年上半年", "half", "during", True),
    ("近三年", "2022年5月17日—2025年5月16日", "span", "during", False),
    ("近半年", "2024年11月17日—2025年5月16日", "span", "during", False),
    ("过去五年", "2020—2024年", "span", "during", False),
    ("过去一年", "2024年", "year", "during", False),
    ("过去这一年", "2024年", "year", "during", False),
    ("未来三年", "2025年5月17日—2028年5月16日", "span", "during", False),
    ("“十四五”", "2021—2025年", "span", "during", False),
    ("十三五", "2016—2020年", "span", "during", False),
    ("“十四五”时期", "2021—2025年", "span", "during", False),
    ("“十四五”开局之年", "2021年", "year", "during", False),
    ("“十四五”规划收官之年", "2025年", "year", "during", False),
    ("第十四个五年规划", "2021—2025年", "span", "during", False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "period", "granularity", "kind", "explicit"), EXPRESSIONS)
def test_expression(text: str, period: str, granularity: str, kind: str, explicit: bool) -> None:
    found = one(f"有关方面{text},完成10亿元")
    assert (found.text, str(found.period)) == (text, period)
    assert (found.period.granularity, found.kind, found.explicit_year) == (granularity, kind, explicit)


NOT_PERIODS = [
    # durations, ages, ordinals, vague words
    "连续3年位居第一", "用5年左右的时间", "3—5年努力", "5年内", "三年行动计划", "24小时",
    "1年期", "8个月大", "6—8月龄", "十四五岁", "有效期届满前六个月", "第3季", "三季报", "25年",
    "近年来", "多年来", "不久前", "2000年代",
    # every year, another calendar
    "每年3月", "每年5月1日至9月30日", "每年底", "农历六月",
    # numbers that aren't years
    "2.0", "版本号 2.0.13", "三分之一", "C919中机身", "“415X”", "“55830”", "2025",
    "2022浙江省数字经济发展综合评价报告",
    # words with a time word's characters in them
    "项目前期工作", "甚至更多", "实现在线监测", "以上年龄", "应当前往", "同期举办", "迎峰度夏", "注明日期",
    # dates that don't exist
    "13月", "2月30日", "2025年2月29日", "2025年13月", "第九季度", "9月9日—8日", "2023年—2021年",
]  # fmt: skip


@pytest.mark.parametrize("text", NOT_PERIODS)
def test_not_a_period(text: str) -> None:
    assert find_periods(f"有关方面{text},完成10亿元", MID_MAY) == []


# a text and what is found in it; words that only look like more are left alone
IN_CONTEXT = [
    ("2022年,一季度增长3%,8月增长5%", "2025-05-16", ["2022年", "2022年一季度", "2022年8月"]),
    ("去年增长3%;四季度增长5%", "2025-05-16", ["2024年", "2024年四季度"]),
    ("去年增长3%。四季度将增长5%", "2025-05-16", ["2024年", "2025年四季度"]),
    ("2025年3月和5月的报道", "2026-11-21", ["2025年3月", "2025年5月"]),
    ("比去年多3个,4月又多2个", "2025-05-16", ["2024年", "2025年4月"]),
    ("1—4月增长5%,较去年同期提高2个百分点", "2025-05-16", ["2025年1—4月", "2024年1—4月"]),
    ("2023年一季度比上年同期增长5%", "2025-05-16", ["2023年一季度", "2022年一季度"]),
    ("2025年1—4月和2023年同期", "2025-05-16", ["2025年1—4月", "2023年1—4月"]),
    ("2021年的投入比上年增长3%", "2025-05-16", ["2021年", "2020年"]),
    ("2010年相识,同年11月登记", "2025-05-16", ["2010年", "2010年11月"]),
    ("较去年同期增加24个", "2025-05-16", ["2024年1月1日—5月16日"]),
    ("2022年秋到2023年上半年", "2025-05-16", ["2022年9—11月", "2023年上半年"]),
    ("三年行动计划（2023—2025年）", "2025-05-16", ["2023—2025年"]),
    ("三年行动方案（2023-2025）", "2025-05-16", ["2023—2025年"]),
    ("2025年初步建成", "2025-05-16", ["2025年"]),
    ("2025年中国经济", "2025-05-16", ["2025年"]),
    ("2025年春节", "2025-05-16", ["2025年"]),
    ("2025年前后", "2025-05-16", ["2025年"]),
    ("达到2025年的水平", "2025-05-16", ["2025年"]),
    ("As of 2025, how many", "2026-11-21", ["2025年"]),
    # a month without a year that has yet to come
    ("11月完工", "2025-01-10", ["2024年11月"]),
    ("预计11月完工", "2025-01-10", ["2025年11月"]),
    ("将于11月完工", "2025-01-10", ["2025年11月"]),
    ("12月31日的数据", "2025-05-16", ["2024年12月31日"]),
    ("6月1日起施行", "2025-05-16", ["2025年6月1日"]),
    ("1—11月增长5%", "2025-01-10", ["2024年1—11月"]),
    ("前三季度增长5%", "2025-01-10", ["2024年1—9月"]),
    ("一季度开门红", "2025-01-10", ["2025年一季度"]),
    # publication dates of other precision
    ("今年", "2025-03", ["2025年"]),
    ("目前", "2025-03", ["2025年3月"]),
    ("今天、本月", "2025-03", ["2025年3月"]),
    ("今天、本月", "2022-09-20/2022-11-30", []),
    ("今年、去年", "2024-12-20/2025-01-10", ["2025年", "2024年"]),
    # none
    ("2025年一季度和3月", None, ["2025年一季度", "2025年3月"]),
    ("今年、目前、一季度、近3年、2020年以来", None, []),
    ("2021年7月售出9辆。一季度售出8辆", None, ["2021年7月", "2021年一季度"]),  # of the year named before
    ("2021年7月售出9辆。\n一季度售出8辆", None, ["2021年7月"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "published", "periods"), IN_CONTEXT)
def test_in_context(text: str, published: str | None, periods: list[str]) -> None:
    found = find_periods(text, Published.parse(published) if published else None)
    assert [str(expression.period) for expression in found] == periods


@pytest.mark.parametrize(
    ("text", "undated"),
    [
        ("今年一季度增长8%,8月底前完工。", ["今年一季度", "8月底前"]),
        ("2025年一季度增长8%,3月增长9%。", []),
        ("2025年增长8%,去年增长9%。", ["去年"]),
        ("2025年二季度收入9亿元,较上季度增长9%。", []),  # only compared with
        ("1251年7月1日即位。", ["1251年7月1日"]),
        ("每年6月检查,集聚企业9家。", []),
    ],
)
def test_what_can_not_be_read_without_a_date(text: str, undated: list[str]) -> None:
    assert [text[start:end] for start, end in find_undated(text, find_periods(text, None))] == undated


def test_no_space_at_the_ends() -> None:
    assert [e.text for e in find_periods("捷诺飞 2024年 营业收入, 8 月 利润", MID_MAY)] == [
        "2024年",
        "8 月",
    ]


def test_joined_by_to_is_no_deadline() -> None:
    found = find_periods("2022年秋到2023年上半年", MID_MAY)
    assert [expression.kind for expression in found] == ["during", "during"]


# which seed, words that stand in it, expressions with their periods and kinds
SEED_SENTENCES = [
    (0, "今年第一季度,钱塘规上工业增加值达", ["今年第一季度 2025年一季度 during"]),
    (0, "去年,钱塘规上工业总产值突破", ["去年 2024年 during"]),
    (0, "预计7月实现所有建筑封顶", ["7月 2025年7月 during"]),
    (0, "将于2026年7月完工", ["2026年7月 2026年7月 during"]),
    (0, "一季度,这些项目的投资完成率", ["一季度 2025年一季度 during"]),
    (0, "截至5月15日,钱塘签约总投", ["截至5月15日 2025年5月15日 as_of"]),
    (0, "1—4月,钱塘挖掘111个", ["1—4月 2025年1—4月 during"]),
    (0, "今年3月,钱塘发布新型工业化", ["今年3月 2025年3月 during"]),
    (0, "截至目前,钱塘已累计组织", ["截至目前 2025年5月16日—6月10日 as_of"]),
    (0, "企业总量突破1200家,实现四年翻一番", []),
    (1, "全省2024年唯一一个上市的一类创新化药……过去这一年",
     ["2024年 2024年 during", "过去这一年 2024年 during"]),
    (1, "3月7日,钱塘(新)区召开科技创", ["3月7日 2025年3月7日 during"]),
    (1, "力争2025年推进增资扩产项目100个", ["2025年 2025年 during"]),
    (1, "截至目前,全区“未来工厂”培育企", ["截至目前 2025年3月 as_of"]),
    (1, "这串数字是三年行动方案", []),
    (2, "今年一季度,钱塘新区实现制造业投", ["今年一季度 2023年一季度 during"]),
    (2, "最新公布的全省一季度投资", ["一季度 2023年一季度 during"]),
    (2, "公布2023年度省级重点工业互联网平台", ["2023年度 2023年 during"]),
    (2, "今年年初,钱塘举办数字经济", ["今年年初 2023年1月 during"]),
    (2, "目标到2025年,规上数字经济核心产业营", ["到2025年 2025年 by"]),
    (2, "4月,赴北京青岛寻求合作机遇", ["4月 2023年4月 during"]),
    (2, "早在1993年,国务院批准设立", ["1993年 1993年 during"]),
    (2, "近3年,钱塘新认定国家高新技术", ["近3年 2020年6月11日—2023年6月10日 during"]),
    (3, "2022年,该区规上工业增加值75", ["2022年 2022年 during"]),
    (3, "已是其连续三年领跑全市;今年1—5月,", ["今年1—5月 2023年1—5月 during"]),
    (3, "到2027年总体规模突破万亿元", ["到2027年 2027年 by"]),
    (3, "去年工业增加值都在七八百亿元", ["去年 2022年 during"]),
    (3, "6月20日杭州首次发布城市机遇", ["6月20日 2023年6月20日 during"]),
    (3, "力争通过3—5年努力", []),
    (4, "“十四五”开局之年,区经信科技局", ["“十四五”开局之年 2021年 during"]),
    (4, "到今年年底,二期项目逐步进入竣", ["到今年年底 2022年12月 by"]),
    (4, "天境一期项目今年三季度已实现投产", ["今年三季度 2022年三季度 during"]),
    (4, "今年1-8月,全区制造业投资", ["今年1-8月 2022年1—8月 during"]),
    (4, "1-8月,全区新增技改备案项目131个,较去年同期增加24个",
     ["1-8月 2022年1—8月 during", "去年同期 2021年1—8月 during"]),
    (4, "今年8月,顾家未来工厂摘掉试点头衔,成功上榜2022年浙江省第一批",
     ["今年8月 2022年8月 during", "2022年 2022年 during"]),
    (4, "“我们2021年研发投入比上年同期增长3", ["2021年 2021年 during", "上年同期 2020年 during"]),
    (4, "公布了2021年度杭州市研究与试验发展", ["2021年度 2021年 during"]),
    (4, "经费投入强度连续3年位居全市第2位", []),
]  # fmt: skip


@pytest.mark.parametrize(("seed", "words", "expected"), SEED_SENTENCES)
def test_seeds(seed: int, words: str, expected: list[str]) -> None:
    name, metadata = sorted(read_metadata(SEEDS).items())[seed]
    assert words in re.sub(r"\s+", "", (SEEDS / name).read_text(encoding="utf-8"))
    found = find_periods(words, metadata.published)
    assert [f"{e.text} {e.period} {e.kind}" for e in found] == expected


QUESTIONS = [
    ("2025年一季度钱塘规上工业增加值是多少?", "2025年一季度"),
    ("钱塘2023年的制造业投资，一季度是多少", "2023年一季度"),
    ("到2025年5月中旬，钱塘签下来的大项目有几个？", "2025年5月11—20日"),
    ("2025年截至5月15日签约多少个", "2025年5月15日"),
    ("钱塘区2022年前8个月制造业投资完成了多少亿？", "2022年1—8月"),
    ("滨江区今年1到5月（指2023年）规上工业增加值多少亿元？", "2023年1—5月"),
    ("2023年頭三個月，錢塘簽約的億元以上產業項目總投資有多少？", "2023年一季度"),
    ("到２０２２年底，累计达到多少家？", "2022年12月"),
    ("2023年一季度比上年同期增长多少", "2023年一季度"),
    ("去年呢?", "2025年"),
    ("2022年前8个月和2023年一季度各完成多少亿？", None),
    ("德帕姆的隔膜泵卖给了谁?", None),
    ("那比上年同期涨了多少？", None),
    ("那前一年全年呢？", None),
]


@pytest.mark.parametrize(("question", "period"), QUESTIONS)
def test_question(question: str, period: str | None) -> None:
    found = parse_period(question, Published.parse("2026-11-21"))
    assert (found and str(found)) == period


FOLLOW_UPS = [
    ("滨江2023年1-5月规上工业增加值是多少？", "那前一年全年呢？", "2022年"),
    ("2022年一季度呢？", "二季度呢？", "2022年二季度"),
    ("2023年一季度呢？", "去年同期呢？", "2022年一季度"),
    ("2023年一季度呢？", "2025年同期呢？", "2025年一季度"),
]


@pytest.mark.parametrize(("before", "question", "period"), FOLLOW_UPS)
def test_follow_up(before: str, question: str, period: str) -> None:
    today = Published.parse("2026-11-21")
    assert str(parse_period(question, today, parse_period(before, today))) == period


IMPOSSIBLE = [
    ("2月30日开工", [("2月30日", "2月没有30日")]),
    ("二月三十日", [("二月三十日", "2月没有30日")]),
    ("13月5日、4月31日", [("13月5日", "没有13月"), ("4月31日", "4月没有31日")]),
    ("自2025年2月29日起", [("2025年2月29日", "2025年2月没有29日")]),
    ("２０２５年１３月", [("２０２５年１３月", "没有13月")]),
    ("于 2 月 30 日", [("2 月 30 日", "2月没有30日")]),
    ("2024年2月29日、2月29日、5月31日、13月龄、8个月", []),
]


@pytest.mark.parametrize(("text", "dates"), IMPOSSIBLE)
def test_impossible_dates(text: str, dates: list[tuple[str, str]]) -> None:
    assert [(text[start:end], reason) for start, end, reason in impossible_dates(text)] == dates


# what one contains, and overlaps
RELATIONS = [
    ("2025年", "2025年一季度", True, True),
    ("2025年一季度", "2025年", False, True),
    ("2025年一季度", "2025年1—3月", True, True),
    ("2025年1—4月", "2025年4—6月", False, True),
    ("2025年一季度", "2025年二季度", False, False),
    ("2024年", "2025年", False, False),
]


@pytest.mark.parametrize(("left", "right", "contains", "overlaps"), RELATIONS)
def test_relations(left: str, right: str, contains: bool, overlaps: bool) -> None:
    first, second = one(left).period, one(right).period
    assert (first.contains(second), first.overlaps(second)) == (contains, overlaps)


def test_no_empty_period() -> None:
    with pytest.raises(ValueError, match="2025-01-01 to 2025-01-01"):
        Period.between(date(2025, 1, 1), date(2025, 1, 1))


@pytest.mark.parametrize("text", [text for text, *_ in EXPRESSIONS if text[0] in "12"])
def test_printed_period_is_read_back(text: str) -> None:
    period = one(text).period
    assert one(str(period)).period == period


SIGNS = (
    "0123456789一二三四五十两〇年月日号季度半上中下旬初底末前头近到至截今去明后本同期以来春冬全个第"
    "(),。;-—~、.“” \n"
)
WORDS = ["2025", "十四五", "目前", "今年", "2024年", "个月", "过去", "未来", "每年", "较", "12月", "31日"]
PIECES = st.sampled_from([*SIGNS, *WORDS])
DATES = st.tuples(st.dates(), st.dates()).map(lambda days: Published(min(days), max(days)))


@given(text=st.lists(PIECES, max_size=30).map("".join) | st.text(), published=st.none() | DATES)
def test_any_text_on_any_day(text: str, published: Published | None) -> None:
    at = 0
    for expression in find_periods(text, published):
        assert at <= expression.start < expression.end <= len(text)
        assert text[expression.start : expression.end] == expression.text
        assert expression.period.first < expression.period.end
        assert expression.period == Period.between(expression.period.first, expression.period.end)
        assert str(expression.period)
        at = expression.end
    parse_period(text, published)
    for start, end, reason in impossible_dates(text):
        assert 0 <= start < end <= len(text)
        assert reason
