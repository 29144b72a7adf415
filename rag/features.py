"""What speaks for a place as an answer, each feature a number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final, NamedTuple

from index import Published, segment
from rag.figures import DIMENSIONS, Stance, compatible
from rag.periods import Period, TimeExpression, find_periods
from rag.question import Kind, Question, is_name
from rag.reading import DatedFigure, Reading, published_period

_TARGET: Final = re.compile(r"目标|计划|预计|力争|将[要会]?|打算|规划|争取|拟|有望|希望|要达|达到多少|要做")
_OPEN: Final = re.compile(
    r"要(?!求)|会(?!议)|能(?!源|耗)|可以|(?:建成|投产|达产|投运|投用|通车|开通|竣工|完工)(?:以|之)?后"
)
_PART_OF: Final = re.compile(r"扣除非|扣非|人均|户均|亩均|新增|净增|新认定|推荐|上报|新立项|减少|减排|节约")
_AS_OF: Final = re.compile("截[至止]|[到至]|累计|[末底]")
_EACH: Final = re.compile(r"每[^年月日天季,]{1,3}$")
_WHOLE_YEAR: Final = re.compile(r"全年|整年|一整年|年度")
_ROLLING: Final = re.compile(r"[近过][去]?[一二三四五六七八九十两\d]+年")
_LONG: Final = timedelta(days=2 * 365)
_HOW_LONG: Final = re.compile(r"多久|多长|时间|几[年天]|何时|期限|工期|年限")
DURATIONS: Final = frozenset(["年", "个月", "天", "小时", "分钟", "周", "周年", "个工作日"])
_COUNTED: Final = re.compile(
    r"(?:产能|产量|装机|吞吐量|人口|人数|家数|户数|数量)[^,?]{0,4}(?:多少|多大|几)(?!比例)"
)
_HOW_BIG: Final = re.compile(r"(?<!比例)多大(?!比例|幅度|比重|份额)")
_FINENESS: Final = (
    (
        re.compile(r"哪一?年|年份|几几年"),
        re.compile(r"\A(?![今去前明后本上当同])[\s\S]*[年五]"),
    ),  # 今年 doesn't say
    (re.compile(r"季度"), re.compile("季")),
    (re.compile(r"哪个?一?月|几月(?!几)"), re.compile("月")),
    (re.compile(r"哪一?天|几[号日]|哪一?日"), re.compile("[日号]")),
)
_CONTRARIES: Final = tuple(
    re.compile("|".join(words.split()))  # of 进出口 and 出口 the longer one first
    for words in (
        "同比 环比",
        "上限 下限",
        "最高 最低",
        "最大 最小",
        "进出口 进口 出口",
        "批发 零售",
        "收入 支出 利润",
        "买入 卖出",
        "存款 贷款",
        "用电 发电",
        "死亡 受伤",
        "城镇 农村",
        "第一产业 第二产业 第三产业",
        "国家级 省级 市级 区级 县级",
    )
)
_GROWTH: Final = re.compile("增[长速幅加]|同比|环比|下降|[涨降]幅?")
_SHARE: Final = re.compile("占|比重|份额|比例|构成")
_DEFINES: Final = re.compile(
    r"指的?是|是指|[”\"」]指|指(?=形成|实施|在|通过|由|对|将)|即(?![将使可日])|就是|意味着|含义|简称|俗称|又称|定义|是一[种个项类]"
)
# 四电(通信、信号…), "千项万亿"工程,是…, 创新链、…和服务链的"六链融合"
_DEFINITION: Final = (
    r"{term}[》\"」']?(?:\((?!以下)|[^,。;:]{{0,4}}(?:,?是?指|,?就?是(?!否|不是)|,?即(?![将使可日])))"
    r"|、[^,。;]{{1,12}}的[《\"「']?{term}"
)
_ASKS_NAME: Final = re.compile(r"名字|姓名")
_QUOTED: Final = re.compile(r"[\"《「『][^\"》」』]{2,24}[\"》」』]")
_MEMBER_END: Final = re.compile(
    r"(?<=》)(?=《)|(?<=\")(?=\")|、|和(?=[^、]*$)|以及|及(?=[^、]*$)|与(?=[^、]*$)"
)
_JOINT: Final = re.compile("[和及与]")
_CLAUSE_MARK: Final = re.compile("[,;]")
_EXCEPT: Final = re.compile(r"除了?(.{2,40}?)(?:之外|以外|外|,|还)")
_PER: Final = re.compile(r"均|每|单位|/|价|多少钱一")
_CLASS: Final = re.compile(r"(?:以上|级)$")


class Features(NamedTuple):
    """What speaks for a place, each a number; `rag.ranker` has what each is worth."""

    coverage: float  # share of the question's words, by rarity, that stand near, the farther the less
    elsewhere: float  # share of the words that the documents have, but not this passage
    strange: float  # share of the words that the documents don't have at all
    head: float  # how near the word stands that says what is asked for
    close: float  # cosine of the sentence and the question
    hit: float  # the passage's fused score
    period: float  # how well its period fits: 1 the same, 0 not asked, below 0 another
    unit: float  # 1 the unit asked for, 0 another that will do, -1 none
    sought: float  # 1: the sentence has a thing of the kind asked for (a place, a person …), -1: has none; twice where that is sure
    place: float  # 1: of another region than the one asked about
    given: float  # 1: the question says this itself
    thin: float  # 1: a heading, a caption or a sentence that says nothing new
    stance: float  # 1: a target where a result is asked for, or the other way round
    narrowed: float  # 1: a figure of a part (新增, 其中) where the whole is asked for
    ordinal: float  # 1: a rank where an amount is asked for, or the other way round
    contrary: float  # 1: of 环比 where 同比 is asked for, of 城镇 where 农村 is
    form: float  # 1: enumerates where a list is asked for; 5: defines the term asked for, 3: another; -1: too few members


def agreement(question: Question, figure: DatedFigure | None, reading: Reading) -> float:
    """How well a place's period fits the one asked for: 1 the same, 0 not asked, below 0 another."""
    asked = question.period
    if asked is None:
        return 0.0
    if figure is not None and figure.undated and _cannot_be(asked, figure, question):
        return -1.0
    period = figure.period if figure else published_period(reading.document)
    if period is None:
        return 0.0
    if (period.first, period.end) == (asked.first, asked.end):
        return 1.0
    if figure is not None and figure.said is None:
        # Told before the time asked about began, or was over.
        whole = asked.granularity in ("quarter", "half", "span") and not _AS_OF.search(question.folded)
        told_before = asked.last if whole else asked.first
        if period.last < told_before and not asks_for_target(question):
            return -1.0
        return 0.3 if _same_year(asked, period) else -0.5
    if (
        figure is not None
        and figure.said is not None
        and (_is_other_stretch(asked, figure.said, question) or _is_whole_year(asked, figure.said, reading))
    ):
        return -1.0
    if asked.contains(period):
        return 0.7
    if period.contains(asked):
        return 0.5
    if asked.overlaps(period):
        return 0.2
    return -1.0 if figure else -0.3


def _cannot_be(asked: Period, figure: DatedFigure, question: Question) -> bool:
    """Whether a figure that nobody knows the year of is of another part of a year: 6月 is not 上半年."""
    said = find_periods(figure.undated, Published(asked.last, asked.last))
    return any(
        (e.period.first, e.period.end) != (asked.first, asked.end) and _is_other_stretch(asked, e, question)
        for e in said
    )


def _is_other_stretch(asked: Period, said: TimeExpression, question: Question) -> bool:
    """Whether a figure is of a part of the stretch asked for, or of a longer one: 6月 is not 上半年.

    A year stands for whatever in it is told, unless 全年 is asked, but not for 15年来; what holds as of a
    day holds; and a question about 近三年 only names the day that they end on.
    """
    if said.kind != "during" or _ROLLING.search(question.folded):
        return False
    if said.period.end - said.period.first > _LONG and asked.end - asked.first < _LONG:
        return True
    if asked.granularity == "year":
        return bool(_WHOLE_YEAR.search(question.folded)) and said.period.granularity != "year"
    stretches = ("quarter", "half", "span", "month")
    return asked.granularity in stretches and said.period.granularity in stretches


def _is_whole_year(asked: Period, said: TimeExpression, reading: Reading) -> bool:
    """Whether a figure is of a year that was over when it was told, where a part of one is asked for."""
    if said.kind != "during" or said.period.granularity != "year" or asked.granularity == "year":
        return False
    published = reading.document.published
    over = (
        said.period.end <= published.first if published else said.text.startswith(("去年", "前年", "上年"))
    )
    # At its end, 2022年底, it is as the year left it.
    return over and said.period.end != asked.end and asked.end - asked.first < timedelta(days=365)


def _same_year(asked: Period, period: Period) -> bool:
    return asked.first.year <= period.last.year and period.first.year <= asked.last.year


def unit_fit(question: Question, figure: DatedFigure | None) -> float:
    """Whether a figure has the unit asked for: 1 yes, 0 another that will do, -1 none."""
    if figure is None:
        return 0.0
    unit = figure.figure.unit
    if "/" in unit and not _PER.search(question.folded):  # 亩均, where the whole is asked for
        return -1.0
    if not question.unit:
        if unit == "%" and _HOW_BIG.search(question.folded):
            return -1.0
        if _COUNTED.search(question.folded) and (unit == "%" or compatible(unit, "元")) and unit:
            return -1.0
        return -1.0 if unit in DURATIONS and not _HOW_LONG.search(question.folded) else 0.0
    same = unit == question.unit or (question.unit in DIMENSIONS and compatible(unit, question.unit))
    return 1.0 if same else -1.0 if not unit or unit == "大" else 0.0


def date_fit(question: Question, expression: str) -> float:
    """Whether a time expression is as fine as asked for: 1 a day for 哪天, -1 this year for 哪年, else 0."""
    signs = next((signs for asks, signs in _FINENESS if asks.search(question.folded)), None)
    if signs is None:
        return 0.0
    return 1.0 if signs.search(expression) else -1.0


def contraries(question: Question) -> list[tuple[str, re.Pattern[str]]]:
    """The words of a question that have contraries, each with all of its group; not where it has two of a group."""
    asked = [(set(group.findall(question.folded)), group) for group in _CONTRARIES]
    return [(words.pop(), group) for words, group in asked if len(words) == 1]


def contrary(asked: Iterable[tuple[str, re.Pattern[str]]], segment: str) -> float:
    """1 where the words right around a place say the contrary of the question's: 上限 for 下限.

    :param asked: the question's `contraries`.
    """
    found = ((word, set(group.findall(segment))) for word, group in asked)
    return float(any(words and word not in words for word, words in found))


def share_misfit(question: Question, figure: DatedFigure | None, segment: str) -> float:
    """1 for a share (占…的52.9%) where a growth is asked for, or the other way round."""
    if figure is None or figure.figure.unit != "%" or question.unit != "%":
        return 0.0
    growth, share = _GROWTH.search(segment), _SHARE.search(segment)
    if _GROWTH.search(question.folded) and not _SHARE.search(question.folded):
        return float(bool(share and not growth))
    if _SHARE.search(question.folded) and not _GROWTH.search(question.folded):
        return float(bool(growth and not share))
    return 0.0


def stance_misfit(question: Question, figure: DatedFigure | None) -> float:
    """1 for a target where a result is asked for, or the other way round."""
    if figure is None or (is_open(question) and not asks_for_target(question)):
        return 0.0
    return float((figure.stance is Stance.TARGET) != asks_for_target(question))


def asks_for_target(question: Question) -> bool:
    """Whether a question asks what is aimed at rather than what was reached."""
    return bool(_TARGET.search(question.folded))


def is_open(question: Question) -> bool:
    """Whether a question may be answered by a target as well as by a result: 能产多少, 通车后要多久."""
    return bool(_OPEN.search(question.folded))


def narrowing(question: Question, figure: DatedFigure | None, before: str) -> float:
    """1 for a figure of a part (新增, 每班) where the whole is asked for; ``before`` is what stands before it."""
    if figure is None:
        return 0.0
    each = _EACH.search(before) and not _PER.search(question.folded)
    found = _PART_OF.search(before)
    return float(bool(each) or (found is not None and found[0] not in question.folded))


def ordinal_misfit(question: Question, figure: DatedFigure | None, reading: Reading) -> float:
    """Whether a figure counts places where amounts are asked for, or the reverse, or only names a class (亿元以上项目)."""
    if figure is None:
        return 0.0
    own = figure.figure
    behind = reading.folded[own.end : own.end + 1]
    if _CLASS.search(own.text) and behind.isalpha():
        return 1.0
    return float(own.ordinal != asks_for_ordinal(question))


def asks_for_ordinal(question: Question) -> bool:
    """Whether a question asks for a place in an order (排第几, 第几次), rather than an amount."""
    return (question.unit == "位" and "排" in question.folded) or "第" in question.folded


def form_fit(question: Question, reading: Reading, sentence: int) -> float:
    """Whether a sentence has the form of an answer: lists as many members as asked for, defines, gives a name."""
    start, end = reading.sentences[sentence]
    text = reading.folded[start:end]
    if question.kind is Kind.DEFINITION:
        own = (term := re.escape(_term(question))) and re.search(_DEFINITION.format(term=term), text)
        return 5.0 if own else 3.0 * bool(_DEFINES.search(text))
    if question.kind is Kind.LIST:
        lists = [members(reading.folded[a:b]) for a, b in reading.enumerations if start <= a < end]
        excepted = _EXCEPT.search(question.folded)
        if excepted and _has_no_other(lists, members(excepted[1])):
            return -1.0
        wanted = question.count or 0
        if (
            wanted > 2
            and len(_CLAUSE_MARK.split(text.rpartition(":")[2].rstrip("。;"))) == wanted
            and ":" in text
        ):
            return 1.0
        return -float(wanted > 2 and max((len(each) + _joints(each) for each in lists), default=0) < wanted)
    if _ASKS_NAME.search(question.folded):
        named = _QUOTED.search(text) or any(
            is_name(word) and word.isalpha() and word not in question.folded for word, _, _ in segment(text)
        )
        return 0.0 if named else -1.0
    return 0.0


def _term(question: Question) -> str:
    """What is to be defined: the words in quotation marks, else the last that stand together; "" if there are none."""
    if quoted := _QUOTED.search(question.folded):
        return quoted[0][1:-1]
    term = ""
    for word in reversed(question.words):
        if word + term not in question.folded:
            break
        term = word + term
    return term


def members(listed: str) -> list[str]:
    """Return the members of a list: 甲、乙和丙 are three."""
    return list(filter(None, _MEMBER_END.split(listed)))


def _joints(listed: Sequence[str]) -> int:
    """How many members more a list may have, joined by 和 or 及 within it: 甲、乙及丙、丁."""
    return sum(bool(_JOINT.search(member)) for member in listed)


def _has_no_other(lists: Sequence[Sequence[str]], excepted: Sequence[str]) -> bool:
    """Whether the list that has the excepted members (除了甲和乙) has none but them."""
    own = [members for members in lists if all(any(name in m for m in members) for name in excepted)]
    return bool(own) and all(any(name in member for name in excepted) for m in own for member in m)
