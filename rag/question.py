"""What is asked: the period, the kind of answer and its unit; a follow-up is made whole from the turns before."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final

from index import Published, commonness, fold, is_common_noun_or_verb, segment
from rag.figures import MEASURES, compatible
from rag.periods import Period, TimeExpression, find_periods, parse_period
from rag.places import is_place


class Kind(StrEnum):
    """The kind of answer a question calls for."""

    NUMBER = "number"
    DATE = "date"
    LIST = "list"
    FACT = "fact"


@dataclass(frozen=True, slots=True)
class Question:
    """A question as understood; ``folded`` is its text folded.

    ``words`` are its content words, in order, without interrogatives and periods; ``carried`` are words
    taken over from the turns before. ``unit`` is the unit a figure should have (“%”, “元”, a measure
    word, a dimension that `rag.figures.compatible` knows), "" for any.
    """

    text: str
    folded: str
    kind: Kind
    words: tuple[str, ...]
    carried: tuple[str, ...] = ()
    unit: str = ""
    period: Period | None = None

    @property
    def query(self) -> str:
        """What passages are searched by and read for: the words taken over, then the question."""
        return " ".join((*self.carried, self.folded))

    @property
    def names(self) -> list[str]:
        """The words that name something: rare in general text."""
        return [word for word in (*self.words, *self.carried) if is_name(word)]


_MEASURE: Final = "|".join(unit for unit in MEASURES if unit not in "大点手字")  # 几大, 几点, 几手
_DATE: Final = re.compile(
    r"什么时[候间]|啥时候|何时|哪一?年|哪[一几]?[天日]|哪个?一?月|几月|几号|[哪几]个?季度|when\b"
)
_LIST: Final = re.compile(
    r"哪些|哪几|分别|各(?:是|指|有|叫|为)|有什么|包[括含]什么|[\d二三四五六七八九十][大类种项条]"
)
_COUNT: Final = re.compile(rf"(?:多少|(?<![哪这那前后近好])几)多?[万亿千百]*?(?!个亿)({_MEASURE})(?!以上)")
_NUMBER: Final = re.compile(
    r"多少|(?<![这那前后近好哪])几(?![乎何率])|多[大高长重久宽远]|第几|排名|how (?:many|much|long)"
)
_AMOUNT: Final = re.compile(
    r"(?:率|[增涨降]幅|增速|比[例重]|[值额]|收入|支出|利润|总量|数量|规模|面积|产[能量]|gdp)[?。 ]*$"
)
_UNITS: Final = (
    ("位", re.compile(r"第几(?![次届个批轮])|排名|名次|排[在第]?几")),
    ("%", re.compile(r"[百几]分之|百分比|百分点|比例|占比|比重|增速|[增涨降]幅|增长率|几成|率(?:是|为|达)?多少|(?:增长|上升|下降)了?多少(?!万|亿|元|倍)")),
    ("元", re.compile(r"多少(?:钱|资金|[万亿]*元)|几[万亿]+元|(?:投资|产值|增加值|营收|收入|金额|经费|利润|[票房单均油]价|生产总值|gdp)(?:是|为|达|有)?多少")),
    ("时间", re.compile(r"多久|多长时间|多少时间")),
    ("面积", re.compile(r"(?:占地|用地|面积).{0,4}(?:多少|多大)")),
    ("长度", re.compile(r"多[远宽深]|(?:长度|里程).{0,4}多少")),
    ("重量", re.compile(r"多重|重量.{0,4}多少")),
)  # fmt: skip
MORE: Final = re.compile(
    r"(?:谁|哪[个家边]).{0,8}?[更最]?(?P<more>[高低多少大小快慢])[一些点]*(?=[?,。]|$)|更(?P<alone>[高低多少大小快慢])"
)
"""Which of two is more; one of the groups has the word for it."""
INTERROGATIVE: Final = re.compile(
    r"[百千]分之(?:多少|几)|第几|多少|(?<![这那前后近好])几(?![乎何率])|哪[一几]?[天日年月个些份种位家项里儿]?|什么时[候间]|什么样?|啥时候|啥"
    r"|怎么样?|怎样|如何|为什么|为何|何时|谁|多(?=[大高长久重宽远])|\b(?:how|what|when|who|where|why|which)\b"
)
_PACKAGING: Final = re.compile(
    r"请问|麻烦|告诉我|我想[知问]道?一?下?|帮我查一?下|是不是|有没有|是否|分别|各自|具体|一共|总共|名字|意思|这个|那个|能不能|可不可以"
)
_STOP_WORDS: Final = (
    "是 有 了 的 和 跟 并 在 到 为 达 达到 指 个 家 项 位 名 条 种 多 少 大 里 上 下 年 月 日 元 亿 万 亿元 万元 没 不 还 又 再 "
    "用 来 去 做 与 及 以 后 前 等 每 各 共 已 只 就 才 些 所 得 说 看 从 对 向 被 将 会 能 可 要 由 把 给 让 时 时候 情况 一 二 "
    "两 几 其 其中 关于 目前 现在 那 这 完成 实现 全年 之 间 到底 大概 最后 已经 都 也 更 最 很 我 你 我们 它 他 该 吗 呢 吧 呀 "
    "啊 按照 因为 如果 或者 可以 应该 需要 is the of in a an does do did what how many much are was as which who where when "
    "have has there from"
)
_STOP: Final = frozenset(_STOP_WORDS.split())
_EXCLUDED: Final = re.compile(
    r"[(,;?](?:要[^()]{0,8},)?(?:不是|而非|不要|不含|不算)[^,?。()]*\)?(?=[?。]*$)"
)
"""What a question says that it does not ask for: 不是年初目标."""
_LEANING: Final = re.compile(
    r"^(?:那|还有|其中|此外|另外|所以)|[他她它]们?|(?<![应活])该|这(?:块|个|家|项|些|里)|那(?:个|家|项|些|里|边)|双方|前者|后者|前一年|上一?年|次年|同期"
)
_BARE_TIME: Final = re.compile(r"[今去明后本昨当同目现如眼迄至近最过未]|前(?=[年天])|[上下](?!半年)")
_ROLLING: Final = re.compile(r"近|过去|最近|目前|现在|当前|至今|截至")
_LAST_YEAR: Final = re.compile(r"去年|前年|明年|后年")
_NAME: Final = 2.3e-6
"""A word rarer than this in general text names something."""
_SHORT: Final = 12  # characters: a question shorter than this seldom stands alone
_REMEMBERED: Final = 8  # turns: nobody leans on what was said before these


def understand(
    text: str,
    history: Sequence[str] = (),
    today: date | None = None,
    *,
    leans: bool | None = None,
    places: Set[str] = frozenset(),
) -> Question:
    """Read a question, with the questions asked before it in the conversation.

    :param history: the questions before, oldest first.
    :param places: words that name places besides those that `is_place` knows.
    :param leans: whether it is to be completed from the one before; None to judge by its words.
    :param today: what 今年 and the like are read against; by default the present day.
    """
    folded = _EXCLUDED.sub("", fold(text).strip())
    day = today or date.today()
    now = _reference(folded, Published(day, day))
    kind, unit = _kind(folded), _unit(folded)
    own = Question(text, folded, kind, _content(folded, now), (), unit, _period(folded, now, None))
    turns = history[-_REMEMBERED:]
    before = understand(turns[-1], turns[:-1], today, places=places) if turns else None
    if before is None or not (_leans(own) if leans is None else leans):
        return own
    if before.period is not None and _LAST_YEAR.search(folded):
        now = Published(before.period.last, before.period.last)  # in a talk about 2024, 去年 is 2023
    asks = INTERROGATIVE.search(folded)
    own = replace(
        own, words=_content(folded, now, before.period), period=_period(folded, now, before.period)
    )
    return replace(
        own,
        kind=kind if asks else before.kind,
        unit=unit if asks else unit or before.unit,
        carried=_carried(own, before, places, all_of_it=bool(leans)),
        period=own.period or before.period,
    )


def reference_day(questions: Sequence[str], today: date, newest: date | None) -> date:
    """The day that the questions' times are read against: today, or where all are months and quarters of no
    year, the day of the newest document, so that 一季度 is the last one that is told of.
    """
    everything = [e for text in questions for e in find_periods(fold(text), Published(today, today))]
    bare = all(not e.explicit_year and not _BARE_TIME.match(e.text) for e in everything)
    return min(today, newest) if everything and newest and bare else today


def is_name(word: str) -> bool:
    """Whether a word likely names something: rare in general text, and none of the language's own words."""
    return len(word) > 1 and commonness(word) < _NAME and not is_common_noun_or_verb(word)


def _kind(folded: str) -> Kind:
    if _DATE.search(folded):
        return Kind.DATE
    if _LIST.search(folded) and not re.search("多少|多[大高长]", folded):
        return Kind.LIST
    if _NUMBER.search(folded) or MORE.search(folded):
        return Kind.NUMBER
    return Kind.NUMBER if _AMOUNT.search(folded) and not INTERROGATIVE.search(folded) else Kind.FACT


def _unit(folded: str) -> str:
    """The unit or dimension of the figure asked for; "" where the question doesn't say."""
    for unit, asks in _UNITS:
        if asks.search(folded):
            return unit
    count = _COUNT.search(folded)
    if count is None:
        return ""
    # 几天 may be told in working days, 几年 in months.
    return "时间" if compatible(count[1], "时间") else count[1]


def _leans(question: Question) -> bool:
    """Whether a question leaves out what the turn before supplies: it points back, or names no subject."""
    if not re.search(r"\w", question.folded):  # nothing is asked
        return False
    if _LEANING.search(question.folded) or not question.words:
        return True
    if not INTERROGATIVE.search(question.folded) and question.folded.rstrip("?").endswith("呢"):
        return True
    return not question.names and (len(question.words) < 3 or len(question.folded) < _SHORT)


def _carried(own: Question, before: Question, places: Set[str], *, all_of_it: bool) -> tuple[str, ...]:
    """The words taken over: all but those in whose place the question puts its own.

    A place stands for a place (那滨江呢); what a turn without an interrogative names stands for what was
    asked of (制造业投资呢).
    """
    words = dict.fromkeys((*before.carried, *before.words))
    if not all_of_it and own.words:
        if any(word in places or is_place(word) for word in own.words):
            words = {word: None for word in words if word not in places and not is_place(word)}
        elif INTERROGATIVE.search(own.folded) is None and not own.period and len(words) > 1:
            words.popitem()
    return tuple(word for word in words if word not in own.words)


def _reference(folded: str, now: Published) -> Published:
    """The date that 今年 counts from: the end of the one year that the question itself names, else today."""
    found = find_periods(folded, now)
    named = [e for e in found if e.explicit_year]
    relative = any(not e.explicit_year and e.text[0] in "今本去" for e in found)
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
    return bool(_ROLLING.search(expression.text)) and not re.search(r"\d{4}|[月日]", expression.text)


def _content(folded: str, now: Published, before: Period | None = None) -> tuple[str, ...]:
    """The words that an answering passage should have."""
    rest = list(folded)
    spans = [(e.start, e.end) for e in find_periods(folded, now, before) if not _is_rolling(e)]
    spans += [found.span() for pattern in (INTERROGATIVE, _PACKAGING) for found in pattern.finditer(folded)]
    for start, end in spans:
        rest[start:end] = " " * (end - start)
    words = (word for word, _, _ in segment("".join(rest)))
    return tuple(dict.fromkeys(word for word in words if re.match(r"\w", word) and word not in _STOP))
