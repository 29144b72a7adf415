"""Figures in Chinese text: tables of what is read, what is not, and what governs it."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.figures import (
    Figure,
    Stance,
    compatible,
    find_figures,
    implausible,
    same_value,
    stance,
    unit_last,
)

SEEDS = Path(__file__).resolve().parents[1] / "seeds"


def only(text: str) -> Figure:
    figures = find_figures(text)
    assert len(figures) == 1, [figure.text for figure in figures]
    return figures[0]


def at(text: str, shown: str) -> Figure:
    """The figure that reads so, the last one if there are more."""
    return [figure for figure in find_figures(text) if figure.text == shown][-1]


# text | the figure in it | value, or the lowest and highest | unit | modifier
READ = """
工业增加值达171.51亿元 | 171.51亿元 | 17151000000 | 元 |
近500亿 | 近500亿 | 50000000000 | | 近
交易额超4000万元 | 超4000万元 | 40000000 | 元 | 超
计划投资超10亿元 | 超10亿元 | 1000000000 | 元 | 超
总量突破1200家 | 突破1200家 | 1200 | 家 | 超
增长20.5% | 20.5% | 20.5 | % |
提升4.9个百分点 | 4.9个百分点 | 4.9 | 个百分点 |
提升4.9百分点 | 4.9百分点 | 4.9 | 个百分点 |
实现翻一番 | 翻一番 | 2 | 倍 |
总量翻了两番 | 翻了两番 | 4 | 倍 |
营收实现倍增 | 倍增 | 2 | 倍 |
产量翻倍 | 翻倍 | 2 | 倍 |
占全市总量的三分之一 | 三分之一 | 33.33333333333333333333333333 | % |
占比四分之三以上 | 四分之三以上 | 75 | % | 超
产量占杭州八成以上 | 八成以上 | 80 | % | 超
七八成来自本地 | 七八成 | 70~80 | % |
近一半来自本地 | 近一半 | 50 | % | 近
企业过半 | 过半 | 50 | % | 超
在七八百亿元的区间 | 七八百亿元 | 70000000000~80000000000 | 元 |
可达到12000条以上 | 12000条以上 | 12000 | 条 | 超
拿到两项发明专利 | 两项 | 2 | 项 |
启动防汛Ⅱ级应急响应 | Ⅱ级 | 2 | 级 |
应急响应升至III级以上 | III级以上 | 3 | 级 | 超
30余家行业领军企业 | 30余家 | 30 | 家 | 超
生物医药企业1800余家 | 1800余家 | 1800 | 家 | 超
百余家企业 | 百余家 | 100 | 家 | 超
关联企业近百家 | 近百家 | 100 | 家 | 近
上千家企业 | 上千家 | 1000 | 家 | 超
成果300余项 | 300余项 | 300 | 项 | 超
新增投资超百亿元 | 超百亿元 | 10000000000 | 元 | 超
年产值近10亿元 | 近10亿元 | 1000000000 | 元 | 近
涉及交易金额过千万元 | 过千万元 | 10000000 | 元 | 超
各县市区中唯一破千万元大关者 | 破千万元 | 10000000 | 元 | 超
签约总投资亿元以上产业项目 | 亿元以上 | 100000000 | 元 | 超
总体规模突破万亿元 | 突破万亿元 | 1000000000000 | 元 | 超
占地2.9万平方米 | 2.9万平方米 | 29000 | 平方米 |
企业5000余平方米的基地 | 5000余平方米 | 5000 | 平方米 | 超
处以罚款柒万捌仟元整 | 柒万捌仟元 | 78000 | 元 |
合同价款：人民币壹佰零陆万圆整 | 壹佰零陆万圆 | 1060000 | 元 |
保证金伍佰元 | 伍佰元 | 500 | 元 |
拾万元整 | 拾万元 | 100000 | 元 |
租期肆年 | 肆年 | 4 | 年 |
建筑面积叁佰陆拾平方米 | 叁佰陆拾平方米 | 360 | 平方米 |
贰拾伍个工作日内 | 贰拾伍个工作日 | 25 | 个工作日 |
建筑面积1200㎡ | 1200㎡ | 1200 | 平方米 |
建筑面积1200m²左右 | 1200m²左右 | 1200 | 平方米 | 约
日产量可达280余吨 | 280余吨 | 280 | 吨 | 超
发送量1670万人次 | 1670万人次 | 16700000 | 人次 |
列车每日70对 | 70对 | 70 | 对 |
一百二十三家 | 一百二十三家 | 123 | 家 |
形成五千亿级产业规模 | 五千亿级 | 500000000000 | 元 |
千亿级产业集群 | 千亿级 | 100000000000 | 元 |
首条12英寸晶圆生产线 | 12英寸 | 12 | 英寸 |
单位用水量降低４０％ | ４０％ | 40 | % |
总额1,234.5万元 | 1,234.5万元 | 12345000 | 元 |
总额17,151,000,000元 | 17,151,000,000元 | 17151000000 | 元 |
平均每镇3.3家 | 3.3家 | 3.3 | 家 |
每村1—2个 | 1—2个 | 1~2 | 个 |
通过3至5年努力 | 3至5年 | 3~5 | 年 |
增长10%至15% | 10%至15% | 10~15 | % |
投资3-5亿元 | 3-5亿元 | 300000000~500000000 | 元 |
百分之十到百分之十五 | 百分之十到百分之十五 | 10~15 | % |
百分之二十点五 | 百分之二十点五 | 20.5 | % |
几十家企业 | 几十家 | 20~90 | 家 |
数十家企业 | 数十家 | 20~90 | 家 |
十几个大城市 | 十几个 | 11~19 | 个 |
两三家 | 两三家 | 2~3 | 家 |
平均水平的10.5倍 | 10.5倍 | 10.5 | 倍 |
安全事故零起 | 零起 | 0 | 起 |
仅用时半年 | 半年 | 0.5 | 年 |
历时两年半 | 两年半 | 2.5 | 年 |
一站到达萧山机场 | 一站 | 1 | 站 |
全省唯一一个上市的药 | 一个 | 1 | 个 |
仅一家入选 | 一家 | 1 | 家 |
连续3年位居前列 | 3年 | 3 | 年 |
近3年平均增长 | 3年 | 3 | 年 |
用5年左右的时间 | 5年左右 | 5 | 年 | 约
历时3个月 | 3个月 | 3 | 个月 |
亩均1851.1万元/亩 | 1851.1万元/亩 | 18511000 | 元/亩 |
投资5亿美元 | 5亿美元 | 500000000 | 美元 |
净收入541 亿元人民币 | 541 亿元人民币 | 54100000000 | 元 |
投入3个亿 | 3个亿 | 300000000 | |
共1亿2000万元 | 1亿2000万元 | 120000000 | 元 |
共三点五亿元 | 三点五亿元 | 350000000 | 元 |
共20多亿元 | 20多亿元 | 2000000000 | 元 | 超
共1.5万余人 | 1.5万余人 | 15000 | 人 | 超
年产300台套 | 300台套 | 300 | 台套 |
九大领域 | 九大 | 9 | 大 |
1000个以上省重大项目 | 1000个以上 | 1000 | 个 | 超
不少于10个人才团队 | 不少于10个 | 10 | 个 | 超
不超过500人 | 不超过500人 | 500 | 人 | 不足
最高500万元奖励 | 最高500万元 | 5000000 | 元 | 不足
不足三成 | 不足三成 | 30 | % | 不足
2%以内 | 2%以内 | 2 | % | 不足
约700亩 | 约700亩 | 700 | 亩 | 约
集中签约29个项目 | 29个 | 29 | 个 |
节约1000万元 | 1000万元 | 10000000 | 元 |
占地約１５０畝 | 約１５０畝 | 150 | 亩 | 约
總投資180億元 | 180億元 | 18000000000 | 元 |
同比-3.2% | -3.2% | -3.2 | % |
综合评价得分126.4,位列第四 | 126.4 | 126.4 | |
容积率突破了2.0限制 | 突破了2.0 | 2.0 | | 超
100+家企业 | 100+家 | 100 | 家 | 超
装机3.7亿千瓦 | 3.7亿千瓦 | 370000000 | 千瓦 |
5.5级地震 | 5.5级 | 5.5 | 级 |
"""


@pytest.mark.parametrize("row", READ.strip().splitlines())
def test_read(row: str) -> None:
    text, shown, value, unit, modifier = (cell.strip() for cell in row.split("|"))
    low, _, high = value.partition("~")
    figure = next(figure for figure in find_figures(text) if not figure.ordinal)
    assert (figure.text, figure.low, figure.high) == (shown, Decimal(low), Decimal(high or low))
    assert (figure.unit, figure.modifier) == (unit, modifier)
    assert text[figure.start : figure.end] == shown


NO_FIGURES = """
一些企业 | 一批项目 | 一起推动 | 一直以来 | 回龙庵山一带 | 一样 | 统一部署 | 唯一省级试点 | 一号工程
第一时间揭了榜 | 万一 | 千方百计 | 百花齐放 | 四个一工作推进组 | 一个项目、一名干部、一个团队
一幅幅新蓝图 | 一系列 | 进一步 | 一方面 | 一期项目 | 二期研发中心 | 三期临床 | 十分重要 | 二元结构
队伍年轻化 | 大陆天气 | 收拾人心 | 拾级而上 | 放肆 | 零售 | 世界500强 | 零部件 | 零磁医学 | 第一产业 | 十四届人大常委会 | “一圈一链一平台一机制一方案”
“十四五”规划 | “四个全域” | "两个先行" | “六链融合” | “千项万亿”工程 | C919中机身
“55830”行动方案 | 「55830」 | “415X”集群 | "1+5+X"平台 | “30+N”举措 | “0-1”“1-10”“10-N”
1+1>2的效应 | 2.0版本 | 转型2.0,持续 | 17—24版 | 1类创新药 | DC马达 | iPhone 15 | 5G基站 | A380客机
300483.SZ | 0571-88888888 | 2023年 | 2023年度 | 二〇二五年 | 5月15日 | 1—4月 | 1至8月 | 1-8月
2021—2023年 | 25年底 | 90年代 | 公元220年 | 18时30分 | 前3个月 | 前三季度 | 一季度 | 〔2023〕15号
1.加快建设 | 2、持续推进 | 第一,加强领导 | ①推进 | 多少家 | 几家 | 几个项目 | 第几 | 百分之多少
"""


@pytest.mark.parametrize(
    "text", [text.strip() for line in NO_FIGURES.split("\n") for text in line.split("|") if text]
)
def test_no_figure(text: str) -> None:
    assert find_figures(text) == []


# text | the figure in it | as one says it | value | unit
UNIT_FIRST = """
增加值（亿元）171.51；增速 | （亿元）171.51 | 171.51亿元 | 17151000000 | 元
税收(万元)1,234.5。 | (万元)1,234.5 | 1,234.5万元 | 12345000 | 元
增速（%）13.4。 | （%）13.4 | 13.4% | 13.4 | %
增速（％）-3.2； | （％）-3.2 | -3.2％ | -3.2 | %
失业率（‰）5 | （‰）5 | 5‰ | 0.5 | %
企业数（家）258； | （家）258 | 258家 | 258 | 家
吞吐量（万TEU）12 | （万TEU）12 | 12万TEU | 120000 | 标箱
亩均税收（万元/亩）48.5； | （万元/亩）48.5 | 48.5万元/亩 | 485000 | 元/亩
面积（平方公里） 531.7 | （平方公里） 531.7 | 531.7平方公里 | 531.7 | 平方公里
规模（亿）5。 | （亿）5 | 5亿 | 500000000 |
增速（%）13.4%。 | 13.4% | 13.4% | 13.4 | %
通过（表决）3人 | 3人 | 3人 | 3 | 人
（一）3家 | 3家 | 3家 | 3 | 家
"""


@pytest.mark.parametrize("row", UNIT_FIRST.strip().splitlines())
def test_a_unit_in_brackets_before_its_number(row: str) -> None:
    text, shown, said, value, unit = (cell.strip() for cell in row.split("|"))
    figure = only(text)
    assert (figure.text, figure.low, figure.unit) == (shown, Decimal(value), unit)
    assert unit_last(figure.text) == said
    assert text[figure.start : figure.end] == shown


def test_several_figures_of_a_row_each_with_its_unit() -> None:
    row = "钱塘区，2025年一季度：增加值（亿元）171.51；增速：13.4%；企业数（家）1,290；排名：2。"
    shown = ["（亿元）171.51", "13.4%", "（家）1,290", "2"]
    assert [figure.text for figure in find_figures(row)] == shown


@pytest.mark.parametrize("text", ["投资（亿元）2023年", "（2023）15号", "产量（吨）"])
def test_brackets_before_what_is_no_figure(text: str) -> None:
    assert find_figures(text) == []


@pytest.mark.parametrize(
    ("text", "shown", "low", "high", "unit"),
    [
        ("位居杭州第一", "第一", 1, 1, "位"),
        ("位列全国第六、全省领先", "第六", 6, 6, "位"),
        ("继续居杭州第一位", "第一位", 1, 1, "位"),
        ("连年位居全市第2位", "第2位", 2, 2, "位"),
        ("获第三名", "第三名", 3, 3, "位"),
        ("稳居首位", "首位", 1, 1, "位"),
        ("在全国高新区中排名前30,", "前30", 1, 30, "位"),
        ("跻身全国前十强", "前十强", 1, 10, "位"),
        ("从面积倒数第一,", "倒数第一", -1, -1, "位"),
        ("入选第四批名单", "第四批", 4, 4, "批"),
        ("那第二个呢", "第二个", 2, 2, "个"),
    ],
)
def test_ordinals(text: str, shown: str, low: int, high: int, unit: str) -> None:
    figure = only(text)
    assert (figure.text, figure.unit) == (shown, unit)
    assert (int(figure.low), int(figure.high)) == (low, high)
    assert figure.ordinal


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "截至5月15日,钱塘签约总投资亿元以上产业项目47个,计划总投资约223.3亿元,其中10亿元以上项目7个,包含60亿元项目1个。",
            ["亿元以上", "47个", "约223.3亿元", "10亿元以上", "7个", "60亿元", "1个"],
        ),
        (
            "形成了1个千亿级和3个五百亿级产业集群,其中,汽车产量占杭州八成以上,营收比重占杭州“半壁江山”。",
            ["1个", "千亿级", "3个", "五百亿级", "八成以上"],
        ),
        (
            "1-8月,全区新增技改备案项目131个,较去年同期增加24个,全区实现技改投资51.41亿元,同比增长62.8%,"
            "占工业投资的50.1%,占比较去年同期提升4.9个百分点。",
            ["131个", "24个", "51.41亿元", "62.8%", "50.1%", "4.9个百分点"],
        ),
        (
            "第一个“5”指形成五千亿级产业规模,第二个“5”指“车药芯化航”五大主导产业,"
            "“8”指实施八大行动,“30”指实施三十项具体举措。",
            ["第一个", "五千亿级", "第二个", "五大", "八大", "三十项"],
        ),
        (
            "待2026年钱塘高铁站通车后,始发和终到列车将达到每日70对、过站列车41对,年旅客发送量1670万人次",
            ["70对", "41对", "1670万人次"],
        ),
        (
            "近3年,钱塘新认定国家高新技术企业平均增长率为20.18%,净增数量在全国169个国家级高新区中排名前30",
            ["3年", "20.18%", "169个", "前30"],
        ),
        ("该区国家高新技术企业总量突破1200家,实现四年翻一番", ["突破1200家", "四年", "翻一番"]),
        (
            "是全省平均水平的10.5倍,不仅位列全省第一,还是各县市区中唯一破千万元大关者",
            ["10.5倍", "第一", "破千万元"],
        ),
        ("由2家增加到5家", ["2家", "5家"]),
        ("从3%到5%", ["3%", "5%"]),
        ("处三年以上七年以下有期徒刑", ["三年以上", "七年以下"]),
        (
            "营收为 2879 亿元人民币(397 亿美元),同比增长 7.6%",
            ["2879 亿元人民币", "397 亿美元", "7.6%"],
        ),
    ],
)
def test_sentences(text: str, shown: list[str]) -> None:
    assert [figure.text for figure in find_figures(text)] == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("000", "171.51亿元 300台套 约223.3亿元 超百亿元 280余吨 202位 突破1200家 近50%"),
        ("001", "超10亿元 五千亿级 三十项 847位 258家 196家 100亿元以上"),
        ("002", "八成以上 300% 近百家 126.4 1670万人次 34 件 1600余家 三分之一 前30 12000条以上"),
        ("003", "756亿元 1851.1万元/亩 10.5倍 12英寸 约700亩 七八百亿元 3—5年 突破万亿元"),
        ("004", "过千万元 4.9个百分点 51.41亿元 454% 30%左右 第2位 超过3500万元 5年左右"),
    ],
)
def test_seeds(name: str, shown: str) -> None:
    text = next(SEEDS.glob(f"{name}_*.txt")).read_text(encoding="utf-8")
    found = {figure.text for figure in find_figures(text)}
    assert set(shown.replace("34 件", "34_件").split()) <= {figure.replace(" ", "_") for figure in found}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("171.51亿元", "17,151,000,000元", True),
        ("171.51亿元", "171.51亿", True),
        ("171.51亿元", "１７１．５１億元", True),
        ("171.51亿元", "34.01亿元", False),
        ("近500亿元", "500亿元以上", True),
        ("5亿美元", "5亿元", False),
        ("3家", "三家", True),
        ("3家", "3年", False),
        ("17个", "17项", True),
        ("17家", "17项", False),
        ("5位", "5名", True),
        ("5位", "5人", True),
        ("八成", "80%", True),
        ("一半", "50%", True),
        ("三分之一", "六分之二", True),
        ("千分之五", "0.5%", True),
        ("4.9%", "4.9个百分点", False),
        ("126.4", "126.4%", False),
        ("翻一番", "2倍", True),
        ("五千亿级", "5000亿元", True),
        ("七八百亿元", "700—800亿元", True),
        ("七八百亿元", "700亿元", False),
        ("1851.1万元/亩", "1851.1万元", True),
        ("第二位", "第2名", True),
        ("第二位", "2位", False),
        ("半年", "0.5年", True),
    ],
)
def test_same_value(one: str, other: str, same: bool) -> None:
    assert same_value(only(one), only(other)) is same
    assert same_value(only(other), only(one)) is same


@pytest.mark.parametrize(
    ("unit", "asked", "answers"),
    [
        ("元", "元", True),
        ("元", "钱", True),
        ("元", "多少亿元", True),
        ("美元", "钱", True),
        ("元/亩", "元", True),
        ("", "元", True),
        ("亩", "元", False),
        ("个", "项", True),
        ("家", "几家", True),
        ("家", "个", True),
        ("大", "个", True),
        ("家", "人", False),
        ("家", "台", False),
        ("所", "家", True),
        ("所", "座", True),
        ("人", "位", True),
        ("名", "位", True),
        ("人次", "人", True),
        ("人", "人次", False),
        ("%", "%", True),
        ("%", "百分之多少", True),
        ("%", "比例", True),
        ("%", "增速", True),
        ("倍", "增速", True),
        ("倍", "比例", False),
        ("个百分点", "%", False),
        ("", "%", False),
        ("年", "多久", True),
        ("个月", "多久", True),
        ("亩", "面积", True),
        ("平方米", "亩", False),
        ("位", "第几", True),
        ("吨", "货", True),
        ("标箱", "货", True),
        ("个", "货", False),
        ("米", "长度", True),
        ("天", "长度", False),
        ("元", "", True),
    ],
)
def test_compatible(unit: str, asked: str, answers: bool) -> None:
    assert compatible(unit, asked) is answers


RESULT, TARGET = Stance.RESULT, Stance.TARGET


@pytest.mark.parametrize(
    ("text", "shown", "expected"),
    [
        ("今年第一季度,钱塘规上工业增加值达171.51亿元", "171.51亿元", RESULT),
        ("去年,钱塘规上工业总产值突破3700亿元。", "突破3700亿元", RESULT),
        (
            "今年,将力争规上工业总产值突破4000亿元,工业增加值增长6%,产业增加值增长7%以上。",
            "突破4000亿元",
            TARGET,
        ),
        ("今年,将力争规上工业总产值突破4000亿元,工业增加值增长6%,产业增加值增长7%以上。", "7%以上", TARGET),
        ("力争2025年推进增资扩产项目100个以上、拉动制造业投资100亿元以上。", "100亿元以上", TARGET),
        ("力争全年新增投资超百亿元。大抓项目、抓大项目,新增47个。", "47个", RESULT),
        ("项目47个,计划总投资约223.3亿元,其中10亿元以上项目7个", "约223.3亿元", TARGET),
        ("项目47个,计划总投资约223.3亿元,其中10亿元以上项目7个", "7个", RESULT),
        ("项目47个,计划总投资约223.3亿元,其中10亿元以上项目7个", "47个", RESULT),
        ("计划总投资117亿元,带动制造业投资增长49.3%。", "49.3%", RESULT),
        ("全面达产后预计年产值近10亿元", "近10亿元", TARGET),
        ("全面达产后,可年生产300台套工业汽轮机、200台套离心式压缩机", "200台套", TARGET),
        ("从签约到开工仅用时半年,预计7月封顶,达产后年产1400万条", "半年", RESULT),
        ("从签约到开工仅用时半年,预计7月封顶,达产后年产1400万条", "1400万条", TARGET),
        ("今年产值有望突破8亿元", "突破8亿元", TARGET),
        ("今年,钱塘将新增省市40家未来工厂,创建绿色低碳工厂14家。", "14家", TARGET),
        ("目标到2025年,营收实现倍增,突破1200亿元。", "突破1200亿元", TARGET),
        ("到2027年总体规模突破万亿元,培育千亿级企业2家", "2家", TARGET),
        ("力争通过3—5年努力", "3—5年", TARGET),
        ("今年力争新增100家,目前已完成60家,占60%", "100家", TARGET),
        ("今年力争新增100家,目前已完成60家,占60%", "60家", RESULT),
        ("主要预期目标是:生产总值增长5%左右;城镇新增就业1200万人以上", "1200万人以上", TARGET),
        ("今年计划新建30个;去年新建20个", "20个", RESULT),
        ("要实现100亿元的目标", "100亿元", TARGET),
        ("截至目前,已累计组织202位高校博士,促成交易额超4000万元", "超4000万元", RESULT),
        ("实施三年行动计划,建成平台3家", "3家", RESULT),
        ("34件立法计划中有5件", "5件", RESULT),
        ("企业将近百家", "将近百家", RESULT),
        ("去年将120家企业纳入名单", "120家", RESULT),
        ("与未来工厂签约3家", "3家", RESULT),
        ("通过模拟测试5次", "5次", RESULT),
    ],
)
def test_stance(text: str, shown: str, expected: Stance) -> None:
    assert stance(text, at(text, shown)) is expected


@pytest.mark.parametrize(
    ("text", "shown", "doubted"),
    [
        ("R&D经费占GDP比重(即R&D经费投入强度)454%,投入总量再创新高", "454%", True),
        ("研发投入强度454%", "454%", True),
        ("市场份额达到120%", "120%", True),
        ("占比提高到120%", "120%", True),
        ("拥有120%的市场份额", "120%", True),
        ("研发投入强度4.54%", "4.54%", False),
        ("占比100%", "100%", False),
        ("利润增长300%", "300%", False),
        ("劳动生产率提升300%", "300%", False),
        ("占比,同比增长150%", "150%", False),
        ("投资完成率达120%", "120%", False),
        ("债务占GDP的113%", "113%", False),
        ("拨备覆盖率为206.1%", "206.1%", False),
    ],
)
def test_implausible(text: str, shown: str, doubted: bool) -> None:
    reason = implausible(text, at(text, shown))
    assert (reason == "占比大于整体,疑为印刷错误") if doubted else reason is None


PIECES = """
一 二 两 三 十 百 千 万 亿 零 几 数 半 第 前 倒数 翻 番 倍增 成 分之 百分之 点 至 到 从 约 近 超
突破 不足 余 多 以上 左右 级 个 家 项 年 元 亿元 % ％ ‰ 个百分点 . , ， - — ~ / + 0 1 20 2025
171.51 ９ ① ² ㎡ “ ” ( ) 〔 A x ? 唯一 上 过 占 将 力争 已 。
"""
ANY_TEXT = st.one_of(
    st.text(), st.lists(st.sampled_from([*PIECES.split(), " ", "\n"]), max_size=14).map("".join)
)


@given(ANY_TEXT)
def test_any_text_is_read_without_error(text: str) -> None:
    figures = find_figures(text)
    for figure in figures:
        assert 0 <= figure.start < figure.end <= len(text)
        assert figure.text == text[figure.start : figure.end]
        assert figure.low <= figure.high
        assert same_value(figure, figure)
        assert stance(text, figure) in Stance
        assert implausible(text, figure) is None or figure.high > 100
    assert all(before.end <= after.start for before, after in pairwise(figures))
