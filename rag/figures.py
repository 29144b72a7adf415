"""How much: the figures in a Chinese text, with unit and modifier; target or result.

A figure is a number that counts or measures. Dates, numbers in names (C919, “55830”, 1+5+X, 500强)
and set phrases (万一, 一批, 一个项目) are none; neither is a lone 一 before a measure word, which says
"a", unless something counts it (仅一家). A class by size is a figure too: 千亿级 is 1000亿, in 元.

The text is read from left to right: `_START` finds where a figure may begin, one of `_READERS`
reads it. Numerals in Chinese are worked out by cn2an.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

import cn2an

from index import fold


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its unit; ``text`` runs from the modifier before it to the one after it.

    ``low`` and ``high`` are in the base unit (元, not 亿元; shares in percent) and differ only for a
    range (七八百亿元, 前30). ``ordinal``: a place in an order, where 倒数第一 is −1.
    """

    start: int
    end: int
    text: str
    low: Decimal
    high: Decimal
    unit: str
    modifier: str
    ordinal: bool


class Stance(StrEnum):
    """Whether a figure has been reached or is aimed at."""

    RESULT = "result"
    TARGET = "target"


# Units. Spellings joined by "=" are one unit, named by the first.

_MONEY: Final = "元=元人民币=人民币=块钱 美元=美金 欧元 港元=港币 日元 英镑 韩元 澳元 加元 卢布 卢比 新台币"
_TIME: Final = (
    "年 个月 周=个星期=星期 天 小时=个小时=h 分钟 秒=秒钟 毫秒 个工作日=工作日 个交易日=交易日 个季度 "
    "周年 岁=周岁"
)
_AREA: Final = "平方米=平米=㎡=m²=平方 平方公里=平方千米=km² 公顷 亩"
_LENGTH: Final = "米 公里=千米=km 里 厘米=cm 毫米=mm 微米 纳米=nm 英寸=寸 英尺 海里"
_WEIGHT: Final = "吨 公斤=千克=kg 斤 克 毫克=mg 微克 吨标准煤=标准煤"
_OTHER: Final = (
    "立方米=m³=立方=方 升 毫升=ml 千瓦时=度电=kWh 千瓦=kW 兆瓦=MW 吉瓦=GW 瓦=W 兆瓦时=MWh 吉瓦时=GWh "
    "千伏=kV 伏=V 百帕 牛米=牛·米 标箱=个标箱=个标准箱=标准箱=TEU 度 摄氏度=℃ MHz GHz KB MB GB TB PB "
    "Mbps Gbps 分贝=dB 马力 毫安时=mAh 级 分 点 站 手 字"
)
_RATIOS: Final = "% 个百分点=百分点 倍 个基点=基点"
_PEOPLE: Final = "人 位 名"
_COUNTERS: Final = (
    "个 家 项 件 条 种 类=大类 台套=台/套=台(套) 台 套 座 所 处 宗 款 辆 艘 架 列 对 次 批 栋=幢 间 层 "
    "张 份 篇 部 本 册 首 场 轮 门 道 起 例 笔 单 枚 颗 粒 片 块 根 棵 株 头 只 支 户 羽 匹 箱 瓶 袋 桶 "
    "床 席 组 队 村 镇 圈 链 届 股 页 章 节 步 代 班 趟 幅 段 盒 盏 大 部门 部分 方面 领域 环节 阶段 "
    "省份 国家 城市 企业 人次 户次 班次 车次 架次 辆次 家次 件次 场次"
)


def _spellings(*groups: str) -> dict[str, str]:
    """Every way to write a unit, folded -> the unit."""
    units = [unit.split("=") for group in groups for unit in group.split()]
    return {spelling.lower(): unit[0] for unit in units for spelling in unit}


_UNITS: Final = {
    **_spellings(_MONEY, _TIME, _AREA, _LENGTH, _WEIGHT, _OTHER, _RATIOS, _PEOPLE, _COUNTERS),
    "成": "%",
    "‰": "%",
}
_FACTORS: Final = {"成": Decimal(10), "‰": Decimal("0.1")}
_LONGEST_UNIT: Final = max(map(len, _UNITS))
MEASURES: Final = tuple(
    sorted((unit for unit in _UNITS if re.fullmatch(r"[\u3400-\u9fff]+", unit)), key=len, reverse=True)
)
"""The units that are written in Chinese, folded, the longer ones first."""
_MONEY_UNITS: Final = frozenset(_spellings(_MONEY).values())
_TIME_UNITS: Final = frozenset(_spellings(_TIME).values())
_PERCENT_UNITS: Final = frozenset({"%", "个百分点", "个基点"})
_COUNT_ALIKE: Final = tuple(  # those in no group, as 个, may count anything
    frozenset(group.split())
    for group in (
        "家 户 所 户次 家次",
        "台套 台 套 辆 艘 架 列 部 支 枚 架次 辆次 班次 车次",
        "座 所 栋 间 层 床 席",
        "件 张 份 篇 本 册 页 章 节 段 件次",
        "次 场 轮 批 届 班 趟 场次 批次",
        "头 只 羽 匹",
        "颗 粒 片 块 根 棵 株 盏 盒 瓶 袋 桶 箱",
        "村 镇 省份 国家 城市",
    )
)
_PEOPLE_UNITS: Final = frozenset(_spellings(_PEOPLE).values())
_COUNTER_UNITS: Final = frozenset(_spellings(_PEOPLE, _COUNTERS).values())
QUANTITIES: Final = tuple(unit for unit in MEASURES if _UNITS[unit] not in _COUNTER_UNITS)
"""Those that measure, and don't count."""
_NOT_AFTER_CHINESE: Final = frozenset("元级手分度点代节股步字瓦伏里") | {"立方米"}  # 二元, 十分, 三代
LONGER_WORD: Final = re.compile(
    "成[立为果功员效本长品套熟就型份分绩交语都片年批]|分[之别布为成类散公析享配子行工期管]|大[学型家小众量会连专]|年[级代份]"
    "|人[民工才均大]|部[署长]|处[理于罚置]|方[式案向法针]|点[评击]|代[表价码]|台[湾州风]|位[于居置]|名[列为单]|所[有以得谓]"
    "|支[持撑付]|条件|场[景所]|次日|次年(?!度)|里[面程]|周[边期]|天[然津]|对[于外应比]|本[地市报级]|层[次面级]|步骤|度假"
    "|站[式点台]|单[位一]|起[来到]|节[约能]|首[次个批家]|家[具电居庭]|头部|字[节母]|股[份东]|链[主接]|段落|间接|米[兰粉饭]"
    "|秒杀|升[级至到]|件事|村民|户口|组[织成]|级别"
)
"""What only begins like a unit: 家庭, 部长."""

# Numerals and magnitudes.

_DIGIT: Final = "零〇一二两三四五六七八九"
_CHINESE: Final = rf"(?:[{_DIGIT}十万亿廿几]|百(?!分点|帕)|千(?![瓦米克伏]))"
_NUMERAL: Final = re.compile(
    r"[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?"
    rf"|数(?=[十百千万亿]){_CHINESE}+|{_CHINESE}+(?:点[{_DIGIT}]+)?"
)
_PLAIN: Final = str.maketrans("壹贰貳叁弎肆伍陆柒捌玖拾佰仟圆", "一二二三三四五六七八九十百千元")
_CAPITAL: Final = "[壹贰貳叁弎肆伍陆柒捌玖]"
_CAPITALS: Final = re.compile(  # 伍万叁仟元整, 叁年; but 队伍, 大陆, 收拾
    rf"(?:(?:{_CAPITAL}[拾佰仟万亿]{{1,2}}|(?<![\u4e00-\u9fff])拾|零|(?<=[佰仟万亿零])拾)+{_CAPITAL}?"
    rf"|(?<![队入退落大登着内水海沈]){_CAPITAL}(?=[元圆年月日天份名人套间台亩次]|个(?:工作)?[月日]|平方米))圆?"
)
_LONGEST_NUMERAL: Final = 24  # characters; nobody counted further
_BARE: Final = re.compile("[百千万亿]+")
_VAGUE: Final = re.compile(r"(?P<head>[一二三四五六七八九]?十)?[几数](?P<tail>[十百千万亿]*)")
_EITHER_OR: Final = re.compile(
    "(|.*[十百千万亿])(一两|一二|两三|二三|三四|三五|四五|五六|六七|七八|八九)(|[十百千万亿].*)"
)
_DIGIT_BY_DIGIT: Final = re.compile("[〇一二两三四五六七八九]{2}|^[零〇].")  # 二〇二五
_SCALE: Final = re.compile(
    r" ?(?P<more>[余多+]|来(?=[个家万名人年天项位]))? ?"
    r"(?P<scale>个亿(?!元)|[十百千]?(?:万亿|亿|万)|千(?![瓦米克伏])|百(?![分帕]))?(?P<rest>[余多](?![样种]|元化))?"
)
_POWERS: Final = {"十": 1, "百": 2, "千": 3, "万": 4, "亿": 8, "个": 0}
_LOWER: Final = re.compile(r"([0-9]{1,4}(?:\.[0-9]+)?)万")  # 1亿2000万
_JOIN: Final = re.compile(r" ?(?:--?|~|至|到) ?")  # 3—5年
_BIG_CLASS: Final = Decimal(10**8)  # from here on N级 is a class by turnover
_RAISED: Final = re.compile("[²³¹⁰-⁹₀-₉①-⓿❶-➓㊀-㊉]")  # become digits by folding

# What stands before and after.

_FURTHEST_BACK: Final = 6  # characters
_BEFORE: Final = re.compile(
    r"(?:(?P<over>超过|超出|突破|[高大多]于|不[少低小]于|不下于?|至少|最[少低]|起码|[逾≥]|(?<![赶反])超|(?<![打爆侦])破)"
    r"|(?P<under>不足|不到|不满|未满|[低少小]于|[不未]超过?|不[多高大]于|[至最]多|最高|≤)"
    r"|(?P<near>[接将临]近|逼近|(?<![最附邻靠贴远亲])近)"
    r"|(?P<about>大约|约为|大概|(?<![签节合制预特违条公契大履续邀赴相集隐])约))了? ?\Z"
)
_BEFORE_BARE: Final = re.compile(
    r"(?:(?<![以线网街路海马会身千向北南])上|(?<![通经超])过)了? ?\Z"
)  # 上千家
_AFTER: Final = re.compile(
    r" ?(?:[(]含[)])?及?(?:(?P<over>以上|有余|多(?![为是家个样元次数半种么少])|\+)"
    r"|(?P<under>以下|以内|之内)|(?P<about>左右|上下(?![游班楼联浮])))"
)
_MODIFIERS: Final = {"over": "超", "under": "不足", "near": "近", "about": "约"}
_MINUS: Final = re.compile(r"(?:负|零下|(?<=[为是幅速比达至到别率值额润涨降增减:(;, ])-)\Z")
_COUNTED: Final = re.compile(r"(?:仅|只|只有|仅有|共|共有|唯一|其中)\Z")
_NAME_BEFORE: Final = re.compile(r"(?:[a-z_#@]|[a-z0-9][-+×:>/.=·])\Z")
_LATIN_WORD: Final = re.compile(r"[a-z] \Z")  # iPhone 12
_NAME_AFTER: Final = re.compile(r"[-+.]?[a-z]|[-+:/=.>×·][0-9]")
_NAME_WORD: Final = re.compile(
    r" ?(?:[年月日号时点期版强届后级型季路街式码代环楼室]|世纪|中全会|国道|省道)"
)
_BRACKETS: Final = ('""', "''", "「」", "『』", "()", "[]", "〔〕", "【】")
_CODE: Final = re.compile(r"[0-9]{8,}|(?:19|20)[0-9]{2}|[0-9]\.0")  # unless a verb makes it a value
_VALUE_VERB: Final = re.compile(r"(?:[达为是至到限升降增减率分:]|[破过]了?|指数|得分)\Z")
_LEADING_ZERO: Final = re.compile("0[0-9]")
_LIST_MARK: Final = re.compile(r"(?:^|[\s。;(])\s*\Z")
_CLOCK: Final = re.compile(r"[时点] ?\Z")  # 18时30分
_YEAR_GOES_ON: Final = re.compile(r"[底末初度]|[上下]半年|[0-9]{1,2}月|前?[一二三四]季|[至到-]今")
_ERA: Final = re.compile(r"(?:公元|西元|元前|民国|昭和|平成|令和|康熙|乾隆|光绪)\Z")
_PERIOD: Final = re.compile(r"(?<![目之以此日])前 ?\Z")  # 前三个月
_TITLE_ENDS: Final = re.compile(r"[^;,。]{0,8}[\"'」』》〉]")
_NOT_A_RANK: Final = re.compile(r"时间|线|手|方(?!阵)|产业|书记|责任|课堂|季|人称|人民|医院|中学|小学")
_RANK_ENDS: Final = re.compile(r"[^\u4e00-\u9fff]|[的和与并]|$")

_START: Final = re.compile(
    r"(?P<phrase>[统万专单同逐不之任某另这那每上下前后进新唯]一(?![倍半成])|一[一些批号体带起直旦]|成千上万|千方百计"
    r"|最[初后]一公里|[二三四五]个一(?!样)|零[部件售组]|一分为二|数以[万千亿]计|千家万户|七台河|三门峡|五台山)"
    rf"|(?P<ordinal>(?:倒数)?第(?=[0-9{_DIGIT}十百]))|(?P<first>首位(?![度奖])|榜首)"
    rf"|(?P<top>(?<=[名列居位行排入身国省市球界区县围])前(?= ?[0-9{_DIGIT}十百]))"
    r"|(?P<times>翻了?(?:(?P<folds>[一两二三四])番|一?倍)|翻番|倍增(?!计划|行动|工程|效应|器))"
    r"|(?P<half>一半|过半|半数|(?<![上下前后大多])半(?=个月|个?小时|年(?![红报度])|天))"
    # a table's: the unit stands in the column's heading, right before the number
    r"|(?P<headed>\( ?(?P<of>[^()0-9;,。:]{1,12}?) ?\) ?(?P<number>-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?)"
    r"(?!\.?[\w%‰]| ?[-~/]))"
    r"|(?P<level>[ⅰ-ⅻ]|(?<![a-z])(?:i{1,3}|iv|vi{0,3}|ix|x))(?=级)"
    rf"|(?P<amount>[0-9]|(?<![总人户件指分参代系无])数(?=[十百千万亿])|{_CHINESE})"
)

_UNIT_FIRST: Final = re.compile(
    r"[(（]\s?(?P<of>[^()（）]+?)\s?[)）]\s?(?P<number>[-−－]?[0-9０-９][0-9０-９,，.．]*)"
)

# Target or result. How far a marker reaches depends on its kind.

_STOPS: Final = {"list": "。!?", "aim": ";。!?", "planned": ",;。!?"}
_MARKER: Final = re.compile(
    r"(?P<list>预期目标|目标(?:任务)?(?:是|为|:))"
    r"|(?P<result>已(?!然)|累计|(?:实现|完成|达到|增长|突破)了|增至|目前|截至)"
    r"|(?P<planned>(?:计划|预计|规划|拟)(?:年)?(?:总|完成)?(?:投资|用地|面积|产值|建筑面积|占地))"
    r"|(?P<aim>力争|争取(?![到了])|确保|打算|届时|今后|下一步|[明后]年|即将|有望|可望|预计|预估|目标(?=到|[0-9今明])"
    r"|(?<![动法关展升持才项程育激励案理])(?<![二三五]年)"
    r"计划(?=[在于用到总投建新年今明通实完安引培招开生达将出对增推减发购从打形0-9])"
    r"|规划(?=建|新|到|布局|形成|打造)|(?<![于及出合超的])预期(?!寿命)|(?<![模虚])拟(?![合人态真])"
    r"|将(?=[在于达会有新建投推引培创完实形再继进超增提减降全举开产生启以为由到迎使按对从年]"
    r"|力争|打造|成为|突破|下降|持续|重点|陆续|吸引|带动|支持|安排|组织)"
    r"|努力(?=实现|完成|达|使|建)|(?<![只需主重必首紧])要(?=实现|达到|完成|新增|建成|突破)"
    r"|未来(?=[一二三五十几0-9-]+年|,)|(?:建成|达产|投产|投用|竣工|完工|通车|扩容|满产|运营)后"
    r"|(?<![加长升达降展高减年月提至])到20[0-9]{2}年|到\"?十[四五六]五\"?末|到本世纪)"
)
_REACH: Final = {kind: re.compile(f"[{marks}]") for kind, marks in _STOPS.items()}
_AIMED_AT: Final = re.compile(r"的?(?:年度|发展|总体|增长|预期|奋斗)?目标")

# A share of a whole, which 100% bounds, unless the part may exceed what it is measured by.

_OF_A_WHOLE: Final = re.compile(
    r"(?P<growth>(?:增长|提升|提高|上升|下降|降低|减少|增加|上涨)(?![到至为])|增速|增幅|涨幅)"
    r"|(?P<share>占|比重|份额|强度|(?<!拨备)覆盖率|普及率|合格率|达标率|渗透率|成功率|满意[度率]|城镇化率|就业率|失业率|优良率)"
)
_SHARE_AFTER: Final = re.compile(r"的?(?:市场)?(?:份额|占比|比重)")
_UNBOUNDED: Final = re.compile("债|贷|市值|货币|m2|进出口|外贸|资产|净值|杠杆")

_ASKED_FOR: Final = (
    (re.compile("钱|资金|金额|投资|经费|产值|^元$"), _MONEY_UNITS),
    (re.compile("增速|增幅|增长"), frozenset({"%", "倍"})),
    (re.compile("百分之|比例|占比|比重|比率|百分比|^成$"), frozenset({"%"})),
    (re.compile("时间|多久|时长"), _TIME_UNITS),
    (re.compile("面积|多大"), frozenset(_spellings(_AREA).values())),
    (re.compile("长度|距离|多长|多远"), frozenset(_spellings(_LENGTH).values())),
    (re.compile("重量|多重"), frozenset(_spellings(_WEIGHT).values())),
    (
        re.compile("^货$"),
        frozenset(_spellings(_WEIGHT).values()) | {"立方米", "升", "标箱", "箱", "桶", "车次"},
    ),
    (re.compile("名次|排名|第"), frozenset({"位"})),
)
DIMENSIONS: Final = ("时间", "面积", "长度", "重量", "货")
"""What is asked for that is measured in several units, as `compatible` takes it."""


def find_figures(text: str) -> list[Figure]:
    """Return the figures of a text in order; they don't overlap. Raises nothing."""
    line = _prepare(text)
    figures: list[Figure] = []
    at = 0
    while match := _START.search(line, at):
        read = _READERS[str(match.lastgroup)]
        found, at = read(line, match, figures[-1].end if figures else 0)
        for start, end, low, high, unit, modifier, ordinal in found:
            figures.append(Figure(start, end, text[start:end], low, high, unit, modifier, ordinal))
    return figures


def same_value(a: Figure, b: Figure) -> bool:
    """Compare by value and unit, not modifiers: 171.51亿元 is 17,151,000,000元, 3家 is 三家."""
    return (a.low, a.high, a.ordinal) == (b.low, b.high, b.ordinal) and _alike(a.unit, b.unit)


def compatible(unit: str, asked: str) -> bool:
    """Tell whether a figure of this unit may answer a question for ``asked``, a unit or 钱, 比例, ….

    A figure without unit may answer for anything but percent; measure words may stand for each other,
    unless they count other things (家, 台).
    """
    asked = re.sub("^(?:多少|几)[百千万亿]*", "", fold(asked).strip())
    for words, units in _ASKED_FOR:
        if words.search(asked):
            return _numerator(unit) in units if unit else "%" not in units
    wanted = _UNITS.get(asked, asked)
    countable = {unit, wanted} <= _COUNTER_UNITS - _PEOPLE_UNITS - {"人次"} and _count_alike(unit, wanted)
    return not wanted or countable or _alike(unit, wanted) or (unit, wanted) == ("人次", "人")


def _count_alike(one: str, other: str) -> bool:
    """Whether two measure words may count the same things: 家 and 个, but not 家 and 台."""
    first, second = ({n for n, group in enumerate(_COUNT_ALIKE) if unit in group} for unit in (one, other))
    return not first or not second or bool(first & second)


def unit_last(shown: str) -> str:
    """A figure's text as one says it: 171.51亿元 for （亿元）171.51 in a table; others as they are."""
    headed = _UNIT_FIRST.fullmatch(shown)
    return f"{headed['number']}{headed['of']}" if headed else shown


def stance(text: str, figure: Figure) -> Stance:
    """Tell a target from a result by the marker that governs the figure in its sentence.

    力争 and its like govern what follows, up to 已, 累计 or the like or a semicolon; 预期目标是 goes on
    over semicolons; 计划总投资 governs its own clause only.
    """
    line = fold(text)
    if _AIMED_AT.match(line, figure.end):
        return Stance.TARGET
    governing = Stance.RESULT
    for marker in _MARKER.finditer(line, _after_last("。!?\n", line, figure.start), figure.start):
        kind = str(marker.lastgroup)
        if kind == "result":
            governing = Stance.RESULT
        elif not _REACH[kind].search(line, marker.end(), figure.start):
            governing = Stance.TARGET
    return governing


def implausible(text: str, figure: Figure) -> str | None:
    """Say in Chinese why a figure can't be right as printed, or None: a share of a whole over 100%."""
    if figure.unit != "%" or figure.high <= 100:
        return None
    line = fold(text)
    begin = _after_last(",。;!?\n", line, figure.start)
    if _UNBOUNDED.search(line, begin, figure.start):
        return None
    words = [word.lastgroup for word in _OF_A_WHOLE.finditer(line, begin, figure.start)]
    of_a_whole = words[-1] == "share" if words else _SHARE_AFTER.match(line, figure.end)
    return "占比大于整体,疑为印刷错误" if of_a_whole else None


def _after_last(marks: str, line: str, end: int) -> int:
    return max(line.rfind(mark, 0, end) for mark in marks) + 1


def _numerator(unit: str) -> str:
    return unit.partition("/")[0]


def _alike(a: str, b: str) -> bool:
    """Whether two units say the same: 元 and 元/亩, 个 and 家, 人 and 名, none and any but percent."""
    if "/" not in a or "/" not in b:
        a, b = _numerator(a), _numerator(b)
    if not (a and b):
        return not {a, b} & _PERCENT_UNITS
    return a == b or ("个" in (a, b) and {a, b} <= _COUNTER_UNITS) or {a, b} <= _PEOPLE_UNITS


# Reading: line is the folded text, floor the end of the figure before.


class _Read(NamedTuple):
    """A figure without its text."""

    start: int
    end: int
    low: Decimal
    high: Decimal
    unit: str
    modifier: str
    ordinal: bool = False


_Found = tuple[list[_Read], int]  # what was read, and where to go on


class _Amount(NamedTuple):
    """A numeral with its magnitude and unit; the values are in the base unit."""

    start: int
    end: int
    numeral: str
    low: Decimal
    high: Decimal
    unit: str = ""
    scale: Decimal = Decimal(1)
    more: bool = False  # 余, 多 or 来 inside


def _prepare(text: str) -> str:
    """Fold, capital numerals to plain ones too, but let a raised digit be no digit, and a Chinese comma not
    the one in 1,000.
    """
    line = _CAPITALS.sub(lambda run: run[0].translate(_PLAIN), fold(text.replace("，", ";")))
    if _RAISED.search(text):
        return "".join(old if _RAISED.match(old) else new for old, new in zip(text, line, strict=True))
    return line


@lru_cache(maxsize=4096)
def _value(numeral: str) -> tuple[Decimal, Decimal] | None:
    """Work out a numeral as the lowest and highest value it may have; None when it is no number."""
    if len(numeral) > _LONGEST_NUMERAL:
        return None
    if numeral.isascii():
        value = Decimal(numeral.replace(",", ""))
        return value, value
    if (vague := _VAGUE.fullmatch(numeral)) and len(numeral) > 1:
        head, tail = vague["head"] or "", vague["tail"]
        return _between(f"{head}{'一' if head else '二'}{tail}", f"{head}九{tail}")
    if pair := _EITHER_OR.fullmatch(numeral):
        head, either, tail = pair.groups()
        return _between(head + either[0] + tail, head + either[1] + tail)
    if _DIGIT_BY_DIGIT.search(numeral.partition("点")[0]):
        return None
    try:
        value = Decimal(str(cn2an.cn2an("一" + numeral if numeral[0] in "百千万亿" else numeral, "normal")))
    except (ValueError, KeyError):  # KeyError: cn2an 0.5.24 on 一亿三
        return None
    return value, value


def _between(low: str, high: str) -> tuple[Decimal, Decimal] | None:
    first, last = _value(low), _value(high)
    return (first[0], last[1]) if first and last else None


def _numeral(line: str, at: int) -> _Amount | None:
    """Read a numeral alone."""
    match = _NUMERAL.match(line, at)
    value = _value(match[0]) if match else None
    return _Amount(at, match.end(), match[0], *value) if match and value else None


def _amount(line: str, at: int) -> _Amount | None:
    """Read a numeral, its magnitude and its unit."""
    number = _numeral(line, at)
    if number is None:
        return None
    low, high, end, scale, more = number.low, number.high, number.end, Decimal(1), ""
    scaled = _SCALE.match(line, end)
    if scaled and any(scaled.groups()):
        end = scaled.end()
        scale = Decimal(10) ** sum(_POWERS[power] for power in scaled["scale"] or "")
        more = scaled["more"] or scaled["rest"] or ""
        if scaled["scale"] == "亿" and (lower := _LOWER.match(line, end)):
            end = lower.end()
            low = high = low + Decimal(lower[1]) / 10**4
    unit, factor, end = _unit(line, end)
    if not unit and more == "+":
        return None  # 30+N
    low, high = low * scale * factor, high * scale * factor
    if unit == "级" and low >= _BIG_CLASS:
        unit = "元"
    if unit in ("年", "天", "倍") and line.startswith("半", end):
        low, high, end = low + Decimal("0.5"), high + Decimal("0.5"), end + 1
    return _Amount(at, end, number.numeral, low, high, unit, scale, bool(more))


def _unit(line: str, at: int) -> tuple[str, Decimal, int]:
    """Read the longest unit at a place: its name, its factor, its end."""
    begin = at + line.startswith(" ", at)
    for end in range(min(begin + _LONGEST_UNIT, len(line)), begin, -1):
        word = line[begin:end]
        if word not in _UNITS or (len(word) == 1 and LONGER_WORD.match(line, begin)):
            continue
        if word.isascii() and word != "%" and re.match("[a-z0-9]", line[end : end + 1]):
            continue
        unit, factor = _UNITS[word], _FACTORS.get(word, Decimal(1))
        per, _, per_end = _unit(line, end + 1) if line.startswith("/", end) else ("", factor, end)
        return (f"{unit}/{per}", factor, per_end) if per else (unit, factor, end)
    return "", Decimal(1), at


def _read_amount(line: str, match: re.Match[str], floor: int) -> _Found:
    first = _amount(line, match.start())
    if first is None:
        skipped = _NUMERAL.match(line, match.start())
        return [], max(skipped.end() if skipped else 0, match.end())
    if line.startswith("分之", first.end):
        return _read_share(line, first, floor)
    last = _other_end(line, first)
    if last is None:
        read = _measured(line, first, floor)
        return ([read] if _is_figure(line, first, read) else []), max(first.end, read.end)
    if not (last.unit or last.scale > 1) or _is_date(line, first) or _is_date(line, last):
        return [], last.end
    scale = Decimal(1) if first.unit or first.scale > 1 else last.scale
    first = first._replace(low=first.low * scale, high=first.high * scale, unit=last.unit)
    if line[first.start - 1 : first.start] in ("从", "由"):  # 由3家到5家: two figures, no range
        reads = [_measured(line, first, floor), _measured(line, last, last.start)]
    else:
        low, high = sorted((first.low, last.high))
        reads = [_measured(line, last._replace(start=first.start, low=low, high=high), floor)]
    return reads, reads[-1].end


def _other_end(line: str, first: _Amount) -> _Amount | None:
    """Read on to the end of a range such as 3—5年; None when it is none."""
    join = _JOIN.match(line, first.end)
    last = _amount(line, join.end()) if join else None
    return last if last and first.unit in ("", last.unit) else None


def _read_share(line: str, whole: _Amount, floor: int) -> _Found:
    """Read 三分之一, 百分之十到百分之十五."""
    of = len("分之")
    part = _numeral(line, whole.end + of)
    if part is None or not whole.low:
        return [], whole.end
    join = _JOIN.match(line, part.end)
    if join and line.startswith(f"{whole.numeral}分之", join.end()):
        last = _numeral(line, join.end() + len(whole.numeral) + of)
        if last and last.high >= part.low:
            part = last._replace(low=part.low)
    low, high = 100 * part.low / whole.low, 100 * part.high / whole.low
    read = _measured(line, part._replace(start=whole.start, low=low, high=high, unit="%"), floor)
    return [read], read.end


def _read_times(line: str, match: re.Match[str], floor: int) -> _Found:
    """Read 翻一番, 倍增 (2倍), 翻两番 (4倍)."""
    times = Decimal(2) ** "一两三四".index((match["folds"] or "一").replace("二", "两")) * 2
    read = _measured(line, _Amount(match.start(), match.end(), "", times, times, "倍"), floor)
    return [read], read.end


def _read_half(line: str, match: re.Match[str], floor: int) -> _Found:
    """Read 一半, 过半, 半数 (50%), 半年 (0.5年)."""
    unit, value, end = "%", Decimal(50), match.end()
    if match[0] == "半":
        (unit, _, end), value = _unit(line, match.end()), Decimal("0.5")
    amount = _Amount(match.start(), end, "", value, value, unit, more=match[0] == "过半")
    read = _measured(line, amount, floor)
    return [read], read.end


def _read_level(line: str, match: re.Match[str], floor: int) -> _Found:
    """Read Ⅱ级, III级."""
    roman = unicodedata.normalize("NFKC", match[0]).lower()
    value = Decimal(
        ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii").index(roman) + 1
    )
    amount = _Amount(match.start(), match.end() + 1, "", value, value, "级", more=False)
    read = _measured(line, amount, floor)
    return [read], read.end


def _read_ordinal(line: str, match: re.Match[str], floor: int) -> _Found:
    """Read 第一, 第二位, 第3个, 倒数第一; 前30 is the places from 1 to 30."""
    number = _numeral(line, match.end() + line.startswith(" ", match.end()))
    if number is None or _NOT_A_RANK.match(line, number.end):
        return [], number.end if number else match.end()
    unit, _, end = _unit(line, number.end)
    top = match.lastgroup == "top"
    if top and (unit in _TIME_UNITS or re.match("[月年季期批]", line[end : end + 1])):
        return [], end
    if not (top or unit) and _is_listed(line, match.start(), end):
        return [], end
    if top and not unit and line.startswith("强", end):
        end += 1
    if unit in ("名", "大") or (not unit and (top or _RANK_ENDS.match(line, end))):
        unit = "位"
    low, high = (Decimal(1), number.high) if top else (number.low, number.high)
    if match[0].startswith("倒数"):
        low, high = -high, -low
    return [_Read(match.start(), end, min(low, high), high, unit, "", ordinal=True)], end


def _read_headed(line: str, match: re.Match[str], floor: int) -> _Found:
    """Read (亿元)171.51 as what it says: 171.51亿元."""
    number = match["number"].removeprefix("-")
    said = f"{number}{match['of']}"
    amount = _amount(said, 0)
    if amount is None or amount.end < len(said) or not (amount.unit or amount.scale > 1):
        return [], match.start("number")
    low = -amount.low if match["number"].startswith("-") else amount.low
    return [_Read(match.start(), match.end(), low, low, amount.unit, "")], match.end()


def _read_first(line: str, match: re.Match[str], floor: int) -> _Found:
    return [_Read(match.start(), match.end(), Decimal(1), Decimal(1), "位", "", ordinal=True)], match.end()


def _pass_by(line: str, match: re.Match[str], floor: int) -> _Found:
    return [], match.end()


_READERS: Final[dict[str, Callable[[str, re.Match[str], int], _Found]]] = {
    "phrase": _pass_by,
    "ordinal": _read_ordinal,
    "first": _read_first,
    "top": _read_ordinal,
    "times": _read_times,
    "headed": _read_headed,
    "half": _read_half,
    "level": _read_level,
    "amount": _read_amount,
}


def _measured(line: str, amount: _Amount, floor: int) -> _Read:
    """Add what stands before and after an amount: a minus, modifiers."""
    start, end, low, high = amount.start, amount.end, amount.low, amount.high
    modifier = "超" if amount.more else ""
    bare = _BARE.fullmatch(amount.numeral) is not None
    if minus := _stands_before(_MINUS, line, start, floor):
        start, low, high = minus.start(), -high, -low
    if before := _stands_before(_BEFORE, line, start, floor):
        if bare or not (before["near"] and amount.unit in _TIME_UNITS):  # 近3年 are the last three
            start, modifier = before.start(), _MODIFIERS[str(before.lastgroup)]
    elif bare and (before := _stands_before(_BEFORE_BARE, line, start, floor)):
        start, modifier = before.start(), "超"
    if after := _AFTER.match(line, end):
        end, modifier = after.end(), modifier or _MODIFIERS[str(after.lastgroup)]
    return _Read(start, end, low, high, amount.unit, modifier)


def _stands_before(words: re.Pattern[str], line: str, at: int, floor: int = 0) -> re.Match[str] | None:
    return words.search(line, max(floor, at - _FURTHEST_BACK), at)


def _is_figure(line: str, amount: _Amount, read: _Read) -> bool:
    """Tell a figure from a date, a name, a list mark or a set phrase."""
    if _is_date(line, amount):
        return False
    if not amount.numeral.isascii():
        return _counts_in_chinese(line, amount, bool(read.modifier))
    if amount.unit or amount.scale > 1:
        return _counts_in_digits(line, amount)
    return _counts_nothing_named(line, amount, bool(read.modifier))


def _is_date(line: str, amount: _Amount) -> bool:
    if amount.unit in _TIME_UNITS and _stands_before(_PERIOD, line, amount.start):
        return True
    if amount.unit == "分":
        return bool(_stands_before(_CLOCK, line, amount.start))
    if amount.unit != "年" or amount.more or amount.scale > 1:
        return False
    if amount.numeral.isascii() and (200 < amount.high < 3000 or _LEADING_ZERO.match(amount.numeral)):
        return True
    return bool(_YEAR_GOES_ON.match(line, amount.end) or _stands_before(_ERA, line, amount.start))


def _counts_in_digits(line: str, amount: _Amount) -> bool:
    """Whether digits with a unit or a magnitude are a figure: not the 3 of A3家, 05个, 8点, 1类."""
    if _LEADING_ZERO.match(amount.numeral) or (amount.unit == "点" and amount.high <= 24):
        return False
    if amount.unit != "%" and amount.scale == 1 and _stands_before(_NAME_BEFORE, line, amount.start):
        return False
    return (amount.numeral, amount.unit) != ("1", "类")


def _counts_nothing_named(line: str, amount: _Amount, modified: bool) -> bool:
    """Whether digits without a unit are a figure: no name, code, year, list mark or part of a formula."""
    start, end = amount.start, amount.end
    if _LEADING_ZERO.match(amount.numeral) or line[start - 1 : start] + line[end : end + 1] in _BRACKETS:
        return False
    if _NAME_AFTER.match(line, end) or _NAME_WORD.match(line, end):
        return False
    if _stands_before(_NAME_BEFORE, line, start):
        return False
    if "," not in amount.numeral and _stands_before(_LATIN_WORD, line, start):
        return False
    if len(amount.numeral) < 3 and _is_listed(line, start, end):
        return False
    return modified or not _CODE.fullmatch(amount.numeral) or bool(_stands_before(_VALUE_VERB, line, start))


def _counts_in_chinese(line: str, amount: _Amount, modified: bool) -> bool:
    """Whether a Chinese numeral is a figure: it has a unit or is large; 百家 alone needs a modifier."""
    unit, numeral, end = amount.unit, amount.numeral, amount.end
    if _BARE.fullmatch(numeral):
        return modified or (len(numeral) > 1 and unit in _MONEY_UNITS) or line[end - 1] == "级"
    large = amount.scale > 1 or re.search("[百千万亿]", numeral) is not None
    if large or not unit:
        return bool(unit) or (large and amount.high >= 10**4)
    if unit in _NOT_AFTER_CHINESE:
        return line.startswith("钱", end)
    if unit == "届" and re.match("[人全政中委一二三四五六七八九]", line[end : end + 1]):  # 十四届人大
        return False
    if numeral == "一" and unit in _COUNTER_UNITS and not modified:
        return bool(_stands_before(_COUNTED, line, amount.start))
    return unit not in _COUNTER_UNITS or not _is_title(line, amount)


def _is_listed(line: str, start: int, end: int) -> bool:
    """Whether a number begins an item, as in 2.加快 or 第一,."""
    return line[end : end + 1] in tuple(".)、,;:") and _stands_before(_LIST_MARK, line, start) is not None


def _is_title(line: str, amount: _Amount) -> bool:
    """Whether a short name in quotes begins here, as in “四个全域”."""
    quote = line[amount.start - 1 : amount.start]
    opens = line.count('"', 0, amount.start) % 2 == 1 if quote == '"' else quote in tuple("「『《〈'")
    return opens and _TITLE_ENDS.match(line, amount.end) is not None
