"""What is asked: the words to look for, the kind of answer wanted, its unit and period."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from index import Published, commonness, fold, is_common_noun_or_verb, is_in_dictionary, segment
from rag.figures import LONGER_WORD, MEASURES, QUANTITIES
from rag.periods import Period, TimeExpression, find_periods, parse_period
from rag.wording import synonyms


class Kind(StrEnum):
    """The kind of answer a question calls for."""

    NUMBER = "number"
    DATE = "date"
    LIST = "list"
    DEFINITION = "definition"
    FACT = "fact"


@dataclass(frozen=True, slots=True)
class Question:
    """A question as understood.

    ``words`` are its content words, folded, in order, without interrogatives and periods, and
    ``head`` the one that says what is asked for; ``carried`` are words taken over from the turns
    before, with what they count. ``unit`` is the unit a figure should
    have (“%”, “元”, a measure word), "" for any. ``count`` is the number of members a list is
    said to have.
    """

    text: str
    folded: str
    kind: Kind
    words: tuple[str, ...]
    head: str
    carried: Mapping[str, float] = field(default_factory=dict)
    unit: str = ""
    count: int | None = None
    period: Period | None = None

    @property
    def query(self) -> str:
        """What passages are searched by: the words taken over, then the question."""
        return " ".join((*self.carried, self.folded))


_NO_MEASURE: Final = frozenset("大点手字")  # 几大, 几点, 几手
_COUNTED_BY: Final = {"项目": "个", "人才": "人"}  # things that are asked for without their measure word
_MEASURE: Final = "|".join((*_COUNTED_BY, *(unit for unit in MEASURES if unit not in _NO_MEASURE)))
_QUANTITY: Final = "|".join(unit for unit in QUANTITIES if unit not in _NO_MEASURE)
_COUNTERS: Final = "台套|[个家项位名条种类所座台套件次场辆艘架列张份篇部本册批栋幢间层款门起例笔枚颗粒片块根棵株头只支户匹箱瓶袋桶组队班趟处宗轮届]"
_COUNT_WORDS: Final = {
    "两": 2,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
}

_DATE: Final = re.compile(
    r"什么时候|啥时候|何时|什么时间|哪一?年|哪[一几]?天|哪[一几]日|哪一?月|几月|几号|哪个月|[哪几]个?季度|[公西]元前?几年|when\b"
)
_LIST: Final = re.compile(
    r"哪些|哪几|哪([两二三四五六七八九十]|\d{1,2})(?:大|个|条|家|项|类|种|座|所|位|名)?|分别|各(?:是|指|有|叫|为)|有什么|包括什么|包含什么"
    r"|具体(?:内容|措施|包括)|(?:\d|[两二三四五六七八九十])(?:大|个|条|家|项|类|种)[^,。?]{0,12}(?:是什么|有什么|叫什么|是哪|指什么)|都(?:有|是)(?:谁|什么|啥)"
)
_PERCENT: Final = re.compile(
    r"百分之(?:多少|几)|多大比例|[\u3400-\u9fff]率(?![先领])|比例|占比|比重|增速|增长率|增幅"
    rf"|(?:增长|[涨降升跌])了?多少(?![万亿千百]*(?:{_MEASURE}))|几成|[几百千]分之几|百分比|强度|百分点"
)
_NUMBERED: Final = re.compile(
    r"(?:电话|热线|号码|文号|字号|编号|邮编|网址|邮箱|代码|门牌)[^,?。]{0,4}(?:多少|几号?|什么|啥)"
)
_RANK: Final = re.compile(r"第几(?![次届个批轮起])|排(?:名|在|位)?(?:第)?(?:几|多少|什么)|什么名次|名次")
_MONEY: Final = re.compile(
    rf"多少钱|多少(?:个)?(?:万|亿|万亿|千万)?(?:元|块|美元|亿|万)(?!元?以上|(?:{_MEASURE}))|"
    r"多少(?:花费|成本|费用|运费|开销|贷款|奖金|罚款|补[贴助偿]|投资|经费|债券|保费|税款?|利息|存款|善款|捐款)|"
    r"(?:砸|花|投)了?多少(?!个|家|项|块地)|多少资金|几个?亿|几千万|几百万"
)
_MONEY_HEAD: Final = re.compile(
    r"(?:增加值|总产值|产值|投资额?|总投资|营收|营业收入|收入|交易额|成交额|金额|经费|费用|造价|预算|财政|gdp|生产总值|利润|销售额|产业规模|[票单均房售水电气油]价|价格|收费|租金|学费)[^,。?]{0,6}(?:是|为|达|有|完成|实现)?(?:到)?(?:了)?(?:多少|多大|几何)"
)
_HOW_MANY: Final = re.compile(rf"(?:多少|(?<![哪这那前后近好])几)多?个?[万亿千百]*?({_MEASURE})(?!以上)")
_DIMENSIONS: Final = {
    "时间": re.compile(r"多久|多长时间|多少时间"),
    "面积": re.compile(
        r"(?:占地|用地|面积).{0,6}(?:多少|多大)(?!亩|平|公顷)|占多大.{0,3}地|多大.{0,3}地(?:方|皮)?[?。]*$"
    ),
    "长度": re.compile(
        r"多[远宽厚深]|[路线桥河渠道段程][^,?]{0,6}多长(?!时间)|(?:长度|里程|跨度|宽度).{0,4}(?:多少|多长|多大)(?!公里|米|千米)"
    ),
    "重量": re.compile(r"多重|重量.{0,4}多少(?!吨|公斤|千克)"),
    "货": re.compile(r"多少(?:货|粮食?|油|煤|钢|菜|肉|垃圾)"),
}
"""What is asked for without its unit, by the names that `rag.figures.compatible` knows."""
_NUMBER: Final = re.compile(
    r"多少|(?<![这那前后近好])几(?!乎|何|率|个数字)|多大|多高|多长|多重|多久|多宽|第几|排名|how (?:many|much)"
)
_AMOUNT: Final = re.compile(
    r"[^ ,?]{0,40}(?:率|增速|增幅|涨幅|降幅|比例|占比|比重|强度|增加值|产值|营收|收入|支出|利润|金额|[易资售口产款债税]额|余额|总额|总投资|税收|进出口|生产总值|gdp"
    r"|面积|占地|产能|产量|销量|吞吐量|用电量|装机容?量?|数量|总量|规模|人口|人数|人次|家数|户数|均价|单价|票价|票房|得分|排名)(?=(?:目标|呢)?[?。!\s]*$)"
)
MORE: Final = re.compile(
    r"(?:谁|哪[个家边]).{0,8}?(?:[更最](?P<more>[高低多少大小快慢])|(?P<end>[高低多少大小快慢])[一些点]*(?=[?,。]|$))"
    r"|更(?P<alone>[高低多少大小快慢])"
)
"""Which of two is more; one of the groups has the word for it."""
_MONEY_NOUN: Final = re.compile(r"增加值|产值|投资|营收|收入|交易额|金额|经费|gdp|生产总值|利润|销售额")
_DEFINITION: Final = re.compile(
    r"什么意思|啥意思|指(?:的是)?什么|指(?:的是)?啥|什么是|何为|何谓|含义|怎么理解|是什么$|是啥$|代表什么|what is"
)

INTERROGATIVE: Final = re.compile(
    rf"[百千]分之(?:多少|几)|几分之几|第几(?:{_MEASURE})?|(?:多少|几)个?[万亿千百]*?(?:{_QUANTITY})"
    rf"|(?:多少|(?<![哪这那前后近好])几)[万亿千百]*(?!项目|部门|班级|位置|名[额称]|种类|{LONGER_WORD.pattern})(?:{_COUNTERS})(?=[\u3400-\u9fff?]|$)|多少[万亿]*钱?"
    r"|哪[一几]?[天日年月]|什么时候|啥时候|什么时间段?|什么样的?|为什么(?!样)|什么|怎么样|怎样的?|怎么|如何|为何|哪些|哪里|哪儿"
    r"|哪一?[个份种位家座条项所款类批次场届部名只]?|啥|谁|何时"
    rf"|(?<![这那前后近好])几(?=(?:{_MEASURE})|[月号成千百万亿])|多(?=[大高长重久宽])"
)
_SEPARABLE: Final = re.compile(r"(?=([\u3400-\u9fff])[了完过好着]([\u3400-\u9fff]))")
_PACKAGING: Final = re.compile(
    r"^那(?=[比么要])|请问|麻烦|告诉我|我想知道|想问一?下|帮我查一?下|你知道|是不是|有没有|是否|分别|各自|各(?=[是有为指完达约涨降增减占投花拿])|具体|吗|呢|吧|呀|"
    r"一共|总共|合计|叫做|叫|名叫|意思|名字|指的是|这个|那个|这几|那几|那(?=[前后个家些])|这(?=[家些])|中(?=有 )|(?:[是为有]|达到?)(?= )|(?<=[大高长重久宽])多"
)
_STOP_WORDS: Final = (
    "是 有 了 的 和 跟 并 在 到 为 达 达到 指 个 家 项 位 名 条 种 多 少 大 中 里 上 下 年 月 日 "
    "元 亿 万 亿元 万元 没 不 还 又 再 用 来 去 做 搞 与 及 以 后 前 等 每 各 共 已 只 就 才 些 "
    "所 得 说 看 从 对 向 被 将 会 能 可 要 由 把 给 让 时 时候 情况 一 二 两 几 何 其 其中 问 "
    "关于 目前 现在 那 这 完成 实现 全年 一年 年度 更大 更高 更多 更低 更少 下来 之 间 拿 干 弄 "
    "到底 究竟 大概 大约 大致 压根 根本 最后 最终 真正 实际 已经 曾经 尽量 都 也 更 最 很 至今 首先 逐步 "
    "起 百分比 这里 这里头 里头 里边 上述 "
    "自己 自行 任何 其他 我 你 我们 你们 他们 它们 这个 那个 这种 那种 那边 这边 那些 这些 那场 那次 那份 这次 "
    "按照 除了 由于 因为 同时 以及 如果 或者 还要 另外 可以 当月 当年 当时 "
    "当天 当前 单单 单独 从头到尾 整个 总的 之前 以前 后来 后续 随后 期间 一下 一起 一块 已 曾 刚刚 正在 "
    "高 长 久 重 宽 谁 哪 呢 吗 某 该 它 他 她 之后 以后 is the of in a an does do did what how "
    "many much are was as which who where when have has there from whose with"
)
_STOP: Final = frozenset(_STOP_WORDS.split())
_IDEOGRAPHS: Final = re.compile(r"[\u3400-\u9fff]+")
_LEADING: Final = re.compile(
    r"^[得没那这哪家个能会可后前以又就都把被给跟让从在到对与和及或也还很太更最为其所曾已正将要不他她它谁我你]+"
)
_TRAILING: Final = re.compile(r"[了过着个得的到在完好成出里中内靠由能吗呢]+$")
_SHELLS: Final = frozenset(["目标", "任务"])
"""Words that say what is asked for only with the one before them: 常住人口目标."""
_EXCLUDED: Final = re.compile(
    r"\((?:要[^()]{0,8},)?(?:不是|而非|不要|不含|不算|非)[^()]*\)|[,;?](?:要的?[^,?。()]{0,8},)?(?:不是|而不是|不要|不算)[^,?。()]*(?=[?。]*$)"
)
"""What a question says that it does not ask for: 不是年初目标."""
_LEANING: Final = re.compile(
    r"^(?:那|还有|其中|此外|另外)|[他她它]们?|(?<![应活])该|这(?:块|个|家|项|些|里)|那(?:个|家|项|些|里|边)|两边|双方|前者|后者|前一年|上一年|上年|次年|同期"
)
_COUNTER: Final = re.compile(r"[一二两三四五六七八九十几]{1,2}[个条家项种类位篇座所名]")
_POINTING: Final = re.compile(r"[他她它其该]|这[块个家项些里]|两边|双方")
_FROM_TODAY: Final = re.compile(r"[今去明后本昨当同目现如眼迄至近最过未]|前(?=[年天])|[上下](?!半年)")
_LAST_YEAR: Final = re.compile(r"去年|前年|明年|后年")
_INDICATOR: Final = re.compile(r"投资|数量|总数|企业|项目|出口|进口|消费|财政|利润|税收|人口|就业|专利")
_NAME: Final = 2.3e-6
"""A word rarer than this in general text names something."""
_ORDINAL: Final = re.compile(r"第|\d")
_FORGOTTEN: Final = 0.2
_ROLLING: Final = re.compile(r"近|过去|最近|目前|现在|当前|至今|截至")
_SHORT: Final = 12  # characters: a question shorter than this seldom stands alone
_GIVEN: Final = 0.8  # what a word counts that another clause of the same question gives
_FADING: Final = 0.5  # what a word taken over from the turn before counts
_REMEMBERED: Final = 8  # turns: nobody leans on what was said before these


def understand(
    text: str, history: Sequence[str] = (), today: date | None = None, *, leans: bool | None = None
) -> Question:
    """Read a question, with the questions asked before it in the conversation.

    :param history: the questions before, oldest first.
    :param leans: whether it is to be completed from the one before; None to judge by its words.
    :param today: what 今年 and the like are read against; by default the present day.
    """
    folded = _EXCLUDED.sub("", fold(text).strip())
    day = today or date.today()
    now = _reference(folded, Published(day, day))
    before = understand(history[-1], history[-_REMEMBERED:-1], today) if history else None
    words, head = _content(folded, now)
    kind, unit = _kind_and_unit(_without_periods(folded, now))
    period = _period(folded, now, None)
    if before is None or not (_leans_on_before(folded, words) if leans is None else leans):
        return Question(text, folded, kind, words, head, {}, unit, _count(folded), period)
    if not INTERROGATIVE.search(folded):
        kind, unit = before.kind, unit or before.unit
    taken = dict.fromkeys(before.words, _GIVEN) if leans else _carried(folded, words, before)
    carried = {word: weight for word, weight in taken.items() if word not in words}
    if before.period is not None and _LAST_YEAR.search(folded):
        now = Published(before.period.last, before.period.last)  # in a talk about 2024, 去年 is 2023
    period = _period(folded, now, before.period) or before.period
    return Question(text, folded, kind, words, head, carried, unit, _count(folded), period)


def reference_day(questions: Sequence[str], today: date, newest: date | None) -> date:
    """The day that the questions' times are read against: today, or where all are months and quarters of no
    year, the day of the newest document, so that 一季度 is the last one that is told of.
    """
    everything = [e for text in questions for e in find_periods(fold(text), Published(today, today))]
    if not everything or newest is None:
        return today
    bare = all(not e.explicit_year and not _FROM_TODAY.match(e.text) for e in everything)
    return min(today, newest) if bare else today


def _carried(folded: str, words: tuple[str, ...], before: Question) -> dict[str, float]:
    """The words that a question takes over from the one before, with what they count.

    “那制造业投资呢?” asks another thing of the same subject, “那滨江呢?” the same of another subject;
    the subject is what a question names first.
    """
    everything = {word: _FADING * weight for word, weight in before.carried.items()} | dict.fromkeys(
        before.words, _FADING
    )
    if words and INTERROGATIVE.search(folded):
        everything.pop(before.head, None)  # something else is asked of the same
    if (
        not words
        or all(_ORDINAL.match(word) for word in words)
        or INTERROGATIVE.search(folded)
        or _POINTING.search(folded)
        or not before.words
    ):
        return {word: weight for word, weight in everything.items() if weight > _FORGOTTEN}
    if re.match(r"(?:那|那么)?.{1,8}的呢", folded):  # 那农村的呢: of the same subject
        return {word: weight for word, weight in everything.items() if weight > _FORGOTTEN}
    subject = before.words[0]
    if _AMOUNT.search(folded) or _INDICATOR.search(words[-1]):
        return {} if is_name(words[0]) else {subject: _FADING}
    return {word: weight for word, weight in everything.items() if weight > _FORGOTTEN and word != subject}


def _reference(folded: str, now: Published) -> Published:
    """The date that 今年 counts from: the end of the one year that the question itself names, else today."""
    named = [e for e in find_periods(folded, now) if e.explicit_year]
    relative = [e for e in find_periods(folded, now) if not e.explicit_year and e.text[0] in "今本去"]
    if relative and len({e.period.last.year for e in named}) == 1:
        return Published(named[0].period.last, named[0].period.last)
    return now


def _period(folded: str, now: Published, before: Period | None) -> Period | None:
    rest = folded
    for expression in reversed(find_periods(folded, now, before)):
        if _is_rolling(expression):
            rest = rest[: expression.start] + rest[expression.end :]
    return parse_period(rest, now, before)


def _is_rolling(expression: TimeExpression) -> bool:
    """Whether an expression counts from the document's date (近三年, 目前) and so is no period of the question's."""
    return bool(_ROLLING.match(expression.text)) and not re.search(r"\d{4}|[月日]", expression.text)


def _content(folded: str, now: Published) -> tuple[tuple[str, ...], str]:
    """The words that an answering passage should have, and the one that says what is asked for.

    That is the word behind the interrogative (哪个产业), else the one before it (增加值是多少), and
    in a question without one its last word (优科豪马 占地).
    """
    rest = list(folded)
    for expression in find_periods(folded, now):
        if not _is_rolling(expression):
            rest[expression.start : expression.end] = " " * (expression.end - expression.start)
    for found in _SEPARABLE.finditer("".join(rest)):  # 入了库, 签完约
        start, verb = found.start(), found[1] + found[2]
        if is_in_dictionary(verb) and not is_in_dictionary(folded[start + 1 : start + 3]):
            rest[start : start + 3] = f"{verb} "
    asking = INTERROGATIVE.search("".join(rest))
    for pattern in (INTERROGATIVE, _PACKAGING):
        for found in pattern.finditer("".join(rest)):
            rest[found.start() : found.end()] = " " * (found.end() - found.start())
    cut = (_trimmed(word, start) for word, start, _ in segment("".join(rest)))
    placed = [(word, start) for word, start in cut if _is_content(word)]
    head = ""
    if placed:
        at = asking.end() if asking else len(folded)
        behind = [word for word, start in placed if at <= start <= at + 3]
        ahead = [word for word, start in placed if start < at]
        while len(ahead) > 1 and ahead[-1] in _SHELLS:
            ahead.pop()
        head = behind[0] if behind else ahead[-1] if ahead else placed[0][0]
    return tuple(dict.fromkeys(word for word, _ in placed)), head


def _trimmed(word: str, start: int) -> tuple[str, int]:
    """A word that no dictionary has without the function words that were cut together with it: 发了, 那圈, 家日企."""
    if is_in_dictionary(word) or not _IDEOGRAPHS.fullmatch(word):
        return word, start
    core = _LEADING.sub("", word)
    start += len(word) - len(core)
    core = _TRAILING.sub("", core)
    known = len(core) < 2 or is_in_dictionary(core) or core in synonyms()
    return (core, start) if known else (word, start)


def _is_content(word: str) -> bool:
    return (
        bool(word)
        and word not in _STOP
        and not _COUNTER.fullmatch(word)
        and re.match(r"\w", word) is not None
    )


def _without_periods(folded: str, now: Published) -> str:
    """Keywords without the time that they end in (机器人产业收入 2023年上半年), which hides what is asked for."""
    last = next(reversed(find_periods(folded, now)), None)
    return folded[: last.start] if last and not folded[last.end :].strip(" ?。") else folded


def _kind_and_unit(folded: str) -> tuple[Kind, str]:
    if not INTERROGATIVE.search(folded) and (amount := _AMOUNT.search(folded)):
        folded = f"{amount[0]}是多少"  # keywords that end in a quantity ask how much it is
    if _DATE.search(folded):
        return Kind.DATE, ""
    if _NUMBERED.search(folded):
        return Kind.FACT, ""
    if _RANK.search(folded):
        return Kind.NUMBER, "位"
    if MORE.search(folded):
        return Kind.NUMBER, "%" if _PERCENT.search(folded) else "元" if _MONEY_NOUN.search(folded) else ""
    if _LIST.search(folded) and not _HOW_MANY.search(folded) and not re.search("多少|多[大高长]", folded):
        return Kind.LIST, ""
    if _PERCENT.search(folded) and _NUMBER.search(folded):
        return Kind.NUMBER, "%"
    if _MONEY.search(folded) or _MONEY_HEAD.search(folded):
        return Kind.NUMBER, "元"
    if dimension := next((name for name, asks in _DIMENSIONS.items() if asks.search(folded)), None):
        return Kind.NUMBER, dimension
    if measure := _HOW_MANY.search(folded):
        return Kind.NUMBER, _COUNTED_BY.get(measure[1], measure[1])
    if _NUMBER.search(folded):
        return Kind.NUMBER, ""
    if _DEFINITION.search(folded):
        return Kind.DEFINITION, ""
    return Kind.FACT, ""


def _count(folded: str) -> int | None:
    found = re.search(
        r"(?<![\d.])(\d{1,2}|[两二三四五六七八九十])(?:大|个|条|家|项|类|种|座|所|位|名|链)", folded
    )
    if not found:
        return None
    return int(found[1]) if found[1].isdigit() else _COUNT_WORDS[found[1]]


def is_name(word: str) -> bool:
    """Whether a word likely names something: rare in general text, and none of the language's own words."""
    rare = len(word) > 1 and commonness(word) < _NAME
    return rare and not is_common_noun_or_verb(word) and word[-1] not in "上下"  # 拉上, 规上


def _leans_on_before(folded: str, words: tuple[str, ...]) -> bool:
    """Whether a question leaves out what the turn before supplies: it points back, or names no subject."""
    if not re.search(r"\w", folded):  # nothing is asked
        return False
    if (
        _LEANING.search(folded)
        or not words
        or (not INTERROGATIVE.search(folded) and folded.rstrip("?").endswith("呢"))
    ):
        return True
    return not any(map(is_name, words)) and (len(words) < 3 or len(folded) < _SHORT)
