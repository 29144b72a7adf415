"""What a document's own words tell of it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.facts import (
    find_doc_number,
    find_effective,
    find_facts,
    find_issuer,
    find_kind,
    find_published,
    find_region,
    find_title,
)
from index.normalize import lay_out

BODY = "为推动产业高质量发展,结合实际,制定本措施。" * 20
NOTICE = f"""杭州市人民政府文件
杭政函〔2023〕15号
杭州市人民政府关于印发
加快推进人工智能产业创新发展实施意见的通知
各区、县(市)人民政府,市政府各部门、各直属单位:
现将《关于加快推进人工智能产业创新发展的实施意见》印发给你们,请结合实际认真贯彻执行。
杭州市人民政府
2023年5月16日
(此件公开发布)
关于加快推进人工智能产业创新发展的实施意见
{BODY}
根据《关于加快发展的意见》(浙政发〔2019〕8号)执行,自2023年6月20日起施行。
本意见自2023年7月1日起施行,由市经信局负责解释。
附件:任务清单
杭州市经济和信息化局
2022年1月1日
"""
LAW = f"""某某市大气污染防治条例
(2014年7月25日某某市第十四届人民代表大会常务委员会第十四次会议通过 2017年12月28日某某市第十四届人民代表大会常务委员会第四十二次会议《关于修改部分地方性法规的决定》第一次修正)
第一章 总则
第一条 为了防治大气污染,制定本条例。
{BODY}
第二十二条 本条例自2014年10月1日起施行。2001年7月13日通过的《某某市实施办法》同时废止。
"""
DECREE = """中华人民共和国某某管理条例
2005年8月3日中华人民共和国国务院令第442号公布
第一章 总则
第一条 为加强管理,制定本条例。
第二十三条 本条例自公布之日起施行。
"""
SPEECH = f"""政府工作报告
——2021年3月5日在第十三届全国人民代表大会第四次会议上
国务院总理 某某某
各位代表:
现在,我代表国务院,向大会报告政府工作,请予审议,并请全国政协委员提出意见。
{BODY}
"""
REPORT = f"""国际赛事精彩开幕
新华社杭州5月16日电(记者张三、李四)记者获悉,赛事15日在杭州开幕。
{BODY}
《某某日报》2023年05月17日 02版
"""


@pytest.mark.parametrize(
    ("raw", "facts"),
    [
        (
            NOTICE,
            {
                "title": "杭州市人民政府关于印发加快推进人工智能产业创新发展实施意见的通知",
                "published": "2023年5月16日",
                "effective": "2023-07-01",
                "doc_number": "杭政函〔2023〕15号",
                "issuer": "杭州市人民政府",
                "region": "杭州市",
                "kind": "文件",
            },
        ),
        (
            LAW,
            {
                "title": "某某市大气污染防治条例",
                "published": "2017年12月28日",
                "effective": "2014-10-01",
                "issuer": "某某市人民代表大会常务委员会",
                "region": "某某市",
                "kind": "法律",
            },
        ),
        (
            DECREE,
            {
                "title": "中华人民共和国某某管理条例",
                "published": "2005年8月3日",
                "effective": "2005-08-03",
                "doc_number": "中华人民共和国国务院令第442号",
                "issuer": "国务院",
                "kind": "法律",
            },
        ),
        (SPEECH, {"title": "政府工作报告", "published": "2021年3月5日", "kind": "讲话"}),
        (
            REPORT,
            {"title": "国际赛事精彩开幕", "published": "2023年5月17日", "issuer": "新华社", "kind": "报道"},
        ),
        ("# 随笔\n\n今天是个好日子。\n", {"title": "随笔"}),
    ],
    ids=["notice", "law", "decree", "speech", "report", "none"],
)
def test_what_a_document_tells_of_itself(raw: str, facts: dict[str, str]) -> None:
    found = find_facts(lay_out(raw), "a.txt")
    assert {name: str(fact.value) for name, fact in found.items()} == facts
    assert all(fact.origin for fact in found.values())


# --- the title


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        ("# 关于加快发展的通知\n\n正文一句。\n", "关于加快发展的通知"),
        ("# 总标题\n## 一、要求\n\n正文一句。\n", "总标题"),
        ("再造一个杭州工业\n\n新型工业化热力全开\n\n正文一句。\n", "再造一个杭州工业 新型工业化热力全开"),
        ("某某法\n\n第一章 总则\n\n第一条 为了规范活动。\n", "某某法"),
        ("短短一行", "短短一行"),
        ("正文就是一句话。", "正文就是一句话。"),
        ("今年一季度" * 20 + "。", "2023-15"),  # no line could be a title: the file's name
        ("#\n\n正文一句。\n", "#"),
        ("发布时间:2023-05-16 10:00\n来源:某某网\n某某市促进条例\n第一条 为了促进发展。\n", "某某市促进条例"),
        ("某某市财政局\n某某市税务局\n关于做好申报工作的通知\n各单位:\n请做好工作。\n", "某某市财政局某某市税务局关于做好申报工作的通知"),
        ("京政发〔2025〕5号\n各区人民政府:\n现将《某某工作方案》印发给你们,请贯彻执行。\n", "某某工作方案"),
        ("公告〔2025〕11号\n市局制定了《某某合规指引》,现予发布。\n", "某某合规指引"),
        ("各位代表:\n现在,我代表政府作报告,请予审议。\n", "2023-15"),
        ("一、总体要求\n\n各单位要抓好落实,做好工作。\n", "2023-15"),
        ("某某港口条例 2016年11月24日某某市人民代表大会常务委员会通过 第一条 " + BODY, "某某港口条例"),
    ],
)  # fmt: skip
def test_a_title_is_found(raw: str, title: str) -> None:
    assert find_title(lay_out(raw), "通知/2023-15.txt").value == title


def test_where_a_title_comes_from() -> None:
    assert find_title(lay_out("# 通知\n\n正文。\n"), "a.txt").origin == "文中标题"
    assert find_title(lay_out("今年一季度" * 20 + "。"), "a.txt").origin == "文件名"
    assert (
        find_title(lay_out("各区:\n现将《某某方案》印发给你们。\n"), "a.txt").origin
        == "文中“现将《某某方案》印发”"
    )


@given(st.text(alphabet="#章第一 \n。;A标题文关于通知《》〔2023〕号", min_size=1, max_size=300))
def test_any_text_has_a_title_of_one_line(raw: str) -> None:
    layout = lay_out(raw)
    title = find_title(layout, "a.txt").value
    assert "\n" not in title
    assert len(title) <= 180
    assert title or not layout.text


# --- the date


@pytest.mark.parametrize(
    ("text", "day", "words"),
    [
        ("2025/5/6", (2025, 5, 6), "2025/5/6"),
        ("２０２５年５月１６日", (2025, 5, 16), "２０２５年５月１６日"),
        ("通报\n2025 年 5 月 16 日\n各区抓紧落实。", (2025, 5, 16), "2025 年 5 月 16 日"),
        ("正文。\n某某市人民政府\n2023年5月16日", (2023, 5, 16), "某某市人民政府 2023年5月16日"),
        ("正文。\n某 某 市 人 民 政 府\n二〇二三年五月十六日", (2023, 5, 16), "某某市人民政府 二〇二三年五月十六日"),
        ("正文。\n某局\n二○二三年十二月三十一日\n抄送:市委。", (2023, 12, 31), "某局 二○二三年十二月三十一日"),
        (f"正文。\n某某局\n2023年5月16日\n附件\n{BODY}\n某某局\n2020年1月1日", (2023, 5, 16), "某某局 2023年5月16日"),
        ("正文。\n特此通知。某某市财政局2023年5月16日某某办法第一条", (2023, 5, 16), "某某市财政局 2023年5月16日"),
        ("某法\n1990年1月2日某会第一次会议通过 2018年3月11日某会第二次会议修正\n第一条 略", (2018, 3, 11), "2018年3月11日某会第二次会议修正"),
        ("某规定\n２０１２年１２月１９日某部令第１２５号发布，２０１８年１１月２５日某部令第１４９号第二次修正。\n第一章总则", (2018, 11, 25), "２０１８年１１月２５日某部令第１４９号第二次修正"),
        ("某决定\n(二〇二六年二月三日)\n正文一句。", (2026, 2, 3), "二〇二六年二月三日"),
        ("工作报告\n--2024年3月5日在某某大会第二次会议上\n正文。", (2024, 3, 5), "2024年3月5日在某某大会第二次会议上"),
        ("发布日期:2023-05-16\n正文。", (2023, 5, 16), "发布日期:2023-05-16"),
        ("2023-05-16 10:30 来源:某报\n正文。", (2023, 5, 16), "2023-05-16 10:30"),
        ("正文。\n某某办公室 2023年5月18日印发", (2023, 5, 18), "2023年5月18日印发"),
        ("正文。《某报》(2023年08月11日 10 版)", (2023, 8, 11), "2023年08月11日 10 版"),
        ("某报杭州2023年5月16日电 正文。", (2023, 5, 16), "2023年5月16日电"),
    ],
)  # fmt: skip
def test_the_day_a_document_gives_as_its_own(text: str, day: tuple[int, int, int], words: str) -> None:
    found = find_published(text)
    assert found is not None
    assert (found.value.first, found.origin) == (date(*day), f"文中“{words}”")
    assert found.value.precision == "day"


@pytest.mark.parametrize(
    ("line", "elsewhere", "day"),
    [
        ("新华社北京5月16日电", "2023年5月15日,大会召开。", (2023, 5, 16)),
        ("新华社北京5月16日电", "2023年5月17日 第2版", (2023, 5, 17)),
        ("IT之家 8 月 16 日消息,", "截至2023年8月15日,已完成。", (2023, 8, 16)),
        ("新华社北京5月16日电", "2022年8月1日,大会召开。", None),  # too far to tell the year
        ("新华社北京5月16日电", "2022年5月15日的事,2023年又来了。2023年再议。", None),  # last year's day
        ("新华社北京5月16日电", "", None),
        ("记者2月30日讯", "2023年2月28日,大会召开。", None),
    ],
)
def test_a_dateline_needs_a_year_from_elsewhere(
    line: str, elsewhere: str, day: tuple[int, int, int] | None
) -> None:
    found = find_published(f"{line}大会开幕。{BODY}{elsewhere}{BODY if '版' not in elsewhere else ''}")
    assert (found and found.value.first) == (day and date(*day))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "今年5月16日",
        "2025年5月",
        "12025年5月16日",
        "2025-05-160",
        "版本2025.5.16.3",
        "2025年2月30日",
        "二〇二五年十三月一日",
        "本办法自2024年1月1日起施行。",
        "2024年1月1日至2024年12月31日",
        "2024-01-01 前",
        "2023年7月25日,民警接到报警。",  # a day it tells of, though at the very beginning
        "本报讯 2025年5月16日,全区大会召开。",
        "公司定于2023年8月21日13:00举行拍卖会。",
        "据某某市财政局2023年5月16日发布的公告,收入增长。",
        "长" * 400 + "\n2023年5月16日\n" + "长" * 400,  # a line in the middle
        "某某遗址\n1989年8月19日公布为文物保护单位。",
        "据某某新闻网2023年7月30日消息,水库泄洪。",
        "记者采访\n2022年4月8日,在北京总结表彰大会上,大家说。",
    ],
)
def test_what_is_not_its_day_stays_unknown(text: str) -> None:
    assert find_published(text) is None


@given(st.text(alphabet="0123456789年月日-/. 自至长一二〇十通过电版:\n局", max_size=80))
def test_no_text_is_too_odd(text: str) -> None:
    found = find_published(text)
    assert found is None or found.value.precision == "day"
    find_effective(text)
    find_issuer(text)
    find_doc_number(text)


# --- the day from which it holds


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("本办法自2023年6月1日起施行。", (2023, 6, 1)),
        ("本条例自一九九〇年八月一日起施行。", (1990, 8, 1)),
        ("第十条 本实施细则自 2023 年 6 月 1 日起正式实施。", (2023, 6, 1)),
        ("现予公布,自2023年6月1日起施行。", (2023, 6, 1)),
        ("本通知自印发之日起施行。\n某某局\n2023年5月16日", (2023, 5, 16)),
        ("某条例\n2011年8月31日某会第三次会议通过 2012年3月1日施行\n第一条 略", (2012, 3, 1)),
        ("某规定\n1986年1月8日国务院发布\n第九条 本规定自发布之日起施行。", (1986, 1, 8)),
        ("某规定\n2004年1月8日某某法院第9次会议通过\n第九条 本规定自发布之日起施行。", None),
        ("某规定\n1982年3月16日国务院发布\n第九条 本规定自修订发布之日起施行。", None),
        ("本办法自公布之日起施行。", None),  # and when that was is not said
        ("本办法自公布之日起三十日后施行。\n某某局\n2023年5月16日", None),
        ("《某某法》自2023年6月1日起施行。", None),
        ("自2023年6月1日起,收费标准调整。", None),
    ],
)
def test_the_day_from_which_it_holds(text: str, day: tuple[int, int, int] | None) -> None:
    found = find_effective(text)
    assert (found and found.value) == (day and date(*day))


def test_an_amended_law_does_not_hold_from_its_amendment() -> None:
    text = LAW.replace("自2014年10月1日", "自公布之日")
    assert find_effective(text) is None


# --- the number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("杭政函〔2023〕15号\n关于某事的通知\n各区:", "杭政函〔2023〕15号"),
        ("国发[2021]5号", "国发[2021]5号"),
        ("浙经信投资 〔2022〕 33 号", "浙经信投资〔2022〕33号"),
        ("关于某事的通知(国发〔2021〕5号)\n各区:", "国发〔2021〕5号"),
        ("文号:(2023)15号", "(2023)15号"),
        ("2025年第3号\n根据有关规定,现予公布。", "2025年第3号"),
        ("中华人民共和国主席令\n第十六号\n《某某法》已通过,现予公布。", "中华人民共和国主席令第十六号"),
        ("根据《关于某事的通知》(国发〔2021〕5号),现通知如下。", None),
        ("处罚信息公开表(银保监罚决字〔2023〕10号)显示,某银行被罚。", None),
        ("正文一句。国发〔2021〕5号", None),
        ("某条例\n1990年6月3日国务院令第59号发布 2011年1月8日国务院令第588号修订\n第一条 略", None),
    ],
)
def test_the_number_it_bears(text: str, number: str | None) -> None:
    found = find_doc_number(text)
    assert (found and found.value) == number


# --- who and where


@pytest.mark.parametrize(
    ("text", "issuer"),
    [
        ("正文。\n某某市财政局\n某某市税务局\n2023年5月16日", "某某市财政局、某某市税务局"),
        ("某某市人民政府办公厅文件\n某政办〔2023〕1号\n关于某事的通知", "某某市人民政府办公厅"),
        ("某法\n2018年4月27日第十三届全国人民代表大会常务委员会第二次会议通过\n第一条 略", "全国人民代表大会常务委员会"),
        ("某解释\n2015年9月21日最高人民法院审判委员会第1661次会议通过\n第一条 略", "最高人民法院"),
        ("某规定\n1986年10月11日国务院发布\n第一条 略", "国务院"),
        ("2023-05-16 10:30 来源:某某日报\n正文。", "某某日报"),
        ("正文。来源:央视新闻客户端流程编辑:TF022", "央视新闻"),
        ("工作报告\n2025年1月14日在某某市第十六届人民代表大会第三次会议上\n正文。", None),
        ("某条例\n2000年11月25日某省人民代表大会常务委员会第十九次会议批准\n第一条 略", None),
        ("正文。来源:网络综合", None),
        ("某某会议召开\n省委主持召开工作会议\n2023年5月16日", None),
        ("正文。\n2023年5月16日", None),
    ],
)  # fmt: skip
def test_who_issued_it(text: str, issuer: str | None) -> None:
    found = find_issuer(text)
    assert (found and found.value) == issuer


@pytest.mark.parametrize(
    ("name", "region"),
    [
        ("杭州市人民政府", "杭州市"),
        ("北京市怀柔区商务局", "北京市怀柔区"),
        ("浙江省杭州市钱塘区人民政府", "浙江省杭州市钱塘区"),
        ("中共北京市委宣传部", "北京市"),
        ("国家税务总局北京市税务局", "北京市"),
        ("新疆维吾尔自治区人民政府", "新疆维吾尔自治区"),
        ("北京市市场监督管理局", "北京市"),
        ("北京市城市管理委员会", "北京市"),
        ("北京市社区工作办公室", "北京市"),
        ("北京经济技术开发区管理委员会", "北京经济技术开发区"),
        ("盐城市人民政府", "盐城市"),
        ("关于印发杭州市某某办法的通知", "杭州市"),
        ("钱塘新区:勇攀高峰", "钱塘新区"),
        ("国务院", None),
        ("全国城市供水条例", None),
        ("城市绿化条例", None),
        ("本市某某办法", None),
        ("关于规范市场秩序的通知", None),
        ("市场监督管理投诉举报处理暂行办法", None),
    ],
)
def test_the_place_a_name_begins_with(name: str, region: str | None) -> None:
    found = find_region(name)
    assert (found and found.value) == region


# --- kind


@pytest.mark.parametrize(
    ("text", "title", "kind"),
    [
        ("第一条 为了规范。", "某某法", "法律"),
        ("第一条 为了规范。", "某某市促进条例", "法律"),
        ("第一条 为了规范。", "某某省实施《中华人民共和国某某法》办法", "法律"),
        ("第一条 为了规范。", "最高人民法院关于某事的解释", "法律"),
        ("第一条 为了规范。", "某某局管理办法", None),  # a by-law or not: no form tells
        ("各单位:\n请做好工作。", "关于某事的通知", "文件"),
        ("请做好工作。\n特此公告。\n某某局\n2023年5月16日", "某某", "文件"),
        ("尊敬的各位来宾:\n大家好。", "某某", "讲话"),
        ("大家好。", "在某某论坛开幕式上的致辞", "讲话"),
        ("本报讯 大会召开。", "某某", "报道"),
        ("大会召开。(记者 张三)", "某某", "报道"),
        ("大会召开。", "某某", None),
        ("我公司产品质量过硬,欢迎选购。", "某某", None),
    ],
)
def test_the_kind(text: str, title: str, kind: str | None) -> None:
    found = find_kind(text, title)
    assert (found and found.value) == kind


def test_a_report_on_a_law_has_neither_number_nor_day_of_its_own() -> None:
    found = find_facts(
        lay_out(f"本报讯 (记者 张三)某某办法出台。{BODY}本办法自2023年6月1日起施行。"), "a.txt"
    )
    assert found["kind"].value == "报道"
    assert "effective" not in found
