"""Chinese time expressions -> half-open date intervals.

A scanner built from the table `_RULES` finds expressions in the folded text; the rule that matched
turns the words into a `Period`. Relative words (今年, 一季度, 目前) are read against the publication
date of the document they stand in. What is vague or in doubt (近年来, 不久前, 三年) is no period.

- 今年, 去年 … count from the year of `Published.last`; 上年, 前一年, 当年 from the year named before
  them in the sentence, if there is one.
- A month, quarter or day without a year takes the year named before it in the sentence (not the one
  after 比 or 较), else the publication's; the year before if it would lie after the publication and
  nothing in its clause looks ahead (将, 预计 …). 下半年, 年底 stay in the publication's year.
- 年初, 年底: its first, last month; 月初, 月底: its first ten days, what follows the 20th.
- 近3年, 过去一年: so many years up to and with the publication; 未来三年: from the day after it.
- 同期: the period before it in the sentence, one year back in 去年同期, 较同期; where none stands
  before, that of the year up to the publication.
- 目前: the whole of the publication date, however wide. 本月, 昨日: only if the month, the day is known.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from index import Published, fold

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """The days from ``first``, included, to ``end``, excluded.

    ``granularity`` is day, month, quarter, half or year for exactly such a part of the calendar,
    and span for anything else; `between` finds it.
    """

    first: date
    end: date
    granularity: str

    def __post_init__(self) -> None:
        if self.end <= self.first:
            raise ValueError(f"a period ends before it begins: {self.first} to {self.end}")

    @classmethod
    def between(cls, first: date, end: date) -> Period:
        """Make the period from ``first``, included, to ``end``, excluded, with its granularity."""
        months = (end.year - first.year) * 12 + end.month - first.month
        name = {1: "month", 3: "quarter", 6: "half", 12: "year"}.get(months)
        if name and first.day == end.day == 1 and (first.month - 1) % months == 0:
            return cls(first, end, name)
        return cls(first, end, "day" if end - first == _DAY else "span")

    @property
    def last(self) -> date:
        """The last day, included."""
        return self.end - _DAY

    def contains(self, other: Period) -> bool:
        """Whether every day of the other lies in this one."""
        return self.first <= other.first and other.end <= self.end

    def overlaps(self, other: Period) -> bool:
        """Whether the two have a day in common."""
        return self.first < other.end and other.first < self.end

    def __str__(self) -> str:
        """The period as a Chinese reader writes it: 2025年一季度, 2025年1—4月, 2021—2025年."""
        first, last = self.first, self.last
        match self.granularity:
            case "year":
                return f"{first.year}年"
            case "half":
                return f"{first.year}年{'上' if first.month == 1 else '下'}半年"
            case "quarter":
                return f"{first.year}年{'一二三四'[first.month // 3]}季度"
            case "month":
                return f"{first.year}年{first.month}月"
            case "day":
                return f"{first.year}年{first.month}月{first.day}日"
        year = "" if first.year == last.year else f"{last.year}年"
        if first.day != 1 or self.end.day != 1:
            month = f"{last.month}月" if year or first.month != last.month else ""
            day = "日" if month else ""
            return f"{first.year}年{first.month}月{first.day}{day}—{year}{month}{last.day}日"
        if first.month == self.end.month == 1:
            return f"{first.year}—{last.year}年"
        return f"{first.year}年{first.month}{'月' if year else ''}—{year}{last.month}月"


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """A period as it stands in a text: ``text[start:end]``.

    ``kind``: ``during`` (2025年一季度), ``as_of`` (截至5月15日, 2024年底, 目前: the state at the period's
    end) or ``by`` (到2025年, 年底前). ``explicit_year``: the year itself stands in the expression.
    """

    start: int
    end: int
    text: str
    period: Period
    kind: str
    explicit_year: bool


def find_periods(text: str, published: Published | None, before: Period | None = None) -> list[TimeExpression]:
    """Find the time expressions of a text, in order; those that can't be read as dates are left out.

    :param published: when the text came out; without it, what depends on it is left out.
    :param before: the period spoken of before the text begins, as in a conversation's last turn.
    """
    return [expression for expression, _ in _find(text, published, before)]


def parse_period(text: str, published: Published | None, before: Period | None = None) -> Period | None:
    """Return the one period that a question asks about, the narrowest if they lie in each other.

    None if it names none or several; what it compares with (比去年, 较上年同期) doesn't count.
    """
    periods = [expression.period for expression, compared in _find(text, published, before) if not compared]
    narrowest = min(periods, key=lambda period: period.end - period.first, default=None)
    return narrowest if narrowest and all(period.contains(narrowest) for period in periods) else None


def impossible_dates(text: str) -> list[tuple[int, int, str]]:
    """Find printed dates that don't exist, as (start, end, reason): 2月30日, 13月5日."""
    found = []
    for match in _MONTH_DAY.finditer(fold(text)):
        # Without a year, 2月29日 is possible.
        year, month, day = _year_number(match["y"] or "2000"), _number(match["m"]), _number(match["d"] or "1")
        if not 1 <= month <= 12:
            found.append((*match.span(), f"没有{month}月"))
        elif not 1 <= day <= (_month(year, month).end - _month(year, month).first).days:
            found.append((*match.span(), f"{f'{year}年' if match['y'] else ''}{month}月没有{day}日"))
    return found


# --- What stands where an expression stands ---------------------------------------------------


@dataclass(slots=True)
class _Scene:
    """The publication date, and the year and period last spoken of in the sentence."""

    published: Published | None
    year: int | None = None
    period: Period | None = None
    compared: bool = False  # after 比 or 较
    ahead: bool = False  # the clause speaks of what is to come

    @property
    def today(self) -> Published:
        if self.published is None:
            raise ValueError("no publication date to read a relative expression against")
        return self.published

    @property
    def now(self) -> Period:
        return Period.between(self.today.first, self.today.last + _DAY)

    def read_year(self, words: str) -> int:
        """The year that 2025年, 去年 or 上年 means here."""
        if absolute := _ABSOLUTE.match(words):
            return _year_number(absolute["y"])
        word = words.removesuffix("度")
        if self.year is not None and word in _FROM_CONTEXT:
            return self.year + _FROM_CONTEXT[word]
        return self.today.last.year + _FROM_TODAY[word]  # for 当年, without a year before it, none


def _find(text: str, published: Published | None, before: Period | None) -> list[tuple[TimeExpression, bool]]:
    """The expressions, each with whether something is compared with it."""
    folded = fold(text)
    scene = _Scene(published)
    _speak_of(scene, before)
    found = []
    at = 0
    for hit in _SCANNER.finditer(folded):
        rule = _RULES[str(hit.lastgroup)]
        match = rule.regex.match(folded, hit.start())
        if match is None:  # pragma: no cover (the scanner is made of the same patterns)
            continue
        if _SENTENCE_END.search(folded, at, hit.start()):
            scene = _Scene(published)
        at = hit.end()
        scene.compared = folded[: hit.start()].endswith(("比", "较"))
        scene.ahead = _looks_ahead(folded, *hit.span())
        try:
            period = rule.resolve(match, scene)
            if (match["suffix"] or "").endswith(("来", "今")):
                period = Period.between(period.first, scene.now.end)
        except (ValueError, KeyError, OverflowError):  # not a date, or not known which
            continue
        words = text[hit.start() : hit.end()]
        explicit = _YEAR_NUMBER.search(hit[0]) is not None
        found.append((TimeExpression(*hit.span(), words, period, _kind(match, rule), explicit), scene.compared))
        if rule.names_period and not scene.compared:
            _speak_of(scene, period, names_year=explicit or match.groupdict().get("year") is not None)
    return found


def _speak_of(scene: _Scene, period: Period | None, names_year: bool = True) -> None:
    scene.period = period
    if period and names_year and period.first.year == period.last.year:
        scene.year = period.first.year


def _looks_ahead(folded: str, start: int, end: int) -> bool:
    left = _CLAUSE_MARK.split(folded[max(0, start - 40) : start])[-1]
    right = _CLAUSE_MARK.split(folded[end : end + 40], maxsplit=1)[0]
    return _AHEAD.search(left) is not None or _AHEAD.search(right) is not None


def _kind(match: re.Match[str], rule: _Rule) -> str:
    groups = match.groupdict()
    prefix, suffix = groups["prefix"] or "", groups["suffix"] or ""
    if prefix.startswith(("截", "as of")):
        return "as_of"
    if suffix.endswith("前") or (prefix and rule.resolve is not _now):
        return "by"
    return "as_of" if rule.resolve is _now or (groups.get("edge") or "") in _ENDS else "during"


# --- Numbers, months, words -------------------------------------------------------------------

_DIGITS: Final = {sign: value for value, signs in enumerate(("〇零○o0", *"一二三四五六七八九")) for sign in signs} | {"两": 2}
_SENTENCE_END: Final = re.compile(r"[。!?…\n]")
_CLAUSE_MARK: Final = re.compile(r"[,。;:!?…\n]")
_AHEAD: Final = re.compile(r"将(?!近)|预计|计划|拟|力争|有望|争取|确保|目标|即将")
_ENDS: Final = ("底", "末")

_FROM_TODAY: Final = {"今年": 0, "本年": 0, "去年": -1, "上年": -1, "上一年": -1, "前年": -2, "明年": 1, "后年": 2}
_FROM_CONTEXT: Final = {"上年": -1, "上一年": -1, "前一年": -1, "当年": 0, "同年": 0, "次年": 1, "翌年": 1}
_DAY_WORDS: Final = {"今天": 0, "今日": 0, "昨天": -1, "昨日": -1, "前天": -2, "明天": 1, "明日": 1}
_SEASONS: Final = {"春": 3, "夏": 6, "秋": 9, "冬": 12}  # meteorological: the months 3–5, 6–8, 9–11, 12–2


def _number(text: str) -> int:
    """Read 12, 十二 or 两; below a hundred."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    return (_DIGITS[tens] if tens else len(ten)) * 10 + (_DIGITS[ones] if ones else 0)


def _year_number(text: str) -> int:
    return int("".join(str(_DIGITS.get(sign, sign)) for sign in text))


def _months(year: int, first: int, last: int) -> Period:
    """The months ``first`` to ``last`` of a year, counted from 1; 13 is January of the next year."""
    if not (1 <= first <= 12 and first <= last <= 24):
        raise ValueError(f"not months of a year: {first} to {last}")
    return Period.between(date(year, first, 1), date(year + last // 12, last % 12 + 1, 1))


def _month(year: int, month: int) -> Period:
    return _months(year, month, month)


def _unit(year: int, month: str | None, day: str | None) -> Period:
    """The day, month or year that the numbers given name."""
    if not month:
        return _months(year, 1, 12)
    if not day:
        return _month(year, _number(month))
    first = date(year, _number(month), _number(day))
    return Period.between(first, first + _DAY)


def _shifted(day: date, months: int) -> date:
    """The same day so many months later; the month's last where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    whole = _month(day.year + years, month + 1)
    return min(whole.first + timedelta(days=day.day - 1), whole.last)


# --- The pieces of the grammar, on folded text ------------------------------------------------

_NUMERAL: Final = r"(?:\d{1,2}|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])"
_N: Final = rf"({_NUMERAL})"
_APART: Final = r"(?<![\d.第一二三四五六七八九十百千万几多数])(?<!\d[、\-~])(?<!每年)"  # no number goes on here
_TO: Final = r" ?(?:-{1,2}|~|至|到) ?"
_YEAR_DIGITS: Final = r"(?<![\da-z.])(?:(?:19|20)\d\d|(?:一九|二[〇零○o])[〇零○o一二三四五六七八九]{2})(?!\d)"
_NIAN: Final = r" ?年(?!代(?!表))(?:度(?!过))?"
_ABSOLUTE: Final = re.compile(rf"(?P<y>{_YEAR_DIGITS}){_NIAN}")
_YEAR_NUMBER: Final = re.compile(_YEAR_DIGITS)
_YEAR: Final = (
    rf"(?:{_YEAR_DIGITS}{_NIAN}|(?:今年(?!轻)|(?<![成基资])本年|去年|(?<!以)上一?年|(?<![目当之以日])前一?年"
    r"|(?<![说声证表])明年|(?<![今以之])后年|当年|(?<!不)同年(?!龄|级)|次年|翌年)(?:度(?!过))?)"
)
_EDGE: Final = r"(?:(?<=[月份])[上中下]旬|初(?![步次级始中选审赛试稿创露见])|[底末](?![部层线色座空端梢]))"

# The parts of a year: their words, and from which month to which they go.
_PARTS: Final[tuple[tuple[str, Callable[..., tuple[int, int]]], ...]] = (
    (rf"[前头]{_N}个?月", lambda n: (1, _number(n))),
    (rf"[前头]{_N}个?季度?", lambda n: (1, 3 * _number(n))),
    (rf"{_APART}{_N}(?:季度)?{_TO}{_N}季度", lambda a, b: (3 * _number(a) - 2, 3 * _number(b))),
    (rf"{_APART}第?{_N}季度", lambda n: (3 * _number(n) - 2, 3 * _number(n))),
    (r"首季度?", lambda: (1, 3)),
    (r"上半年", lambda: (1, 6)),
    (r"下半年", lambda: (7, 12)),
    (r"全年(?!龄)", lambda: (1, 12)),
    (rf"{_APART}{_N}月?{_TO}{_N}月(?:份|(?!龄))", lambda a, b: (_number(a), _number(b))),
    (rf"{_APART}{_N}、{_N}月(?:份|(?!龄))", lambda a, b: (_number(a), _follows(a, b))),
    (rf"{_APART}{_N}月{_TO}(?:次年|翌年){_N}月", lambda a, b: (_number(a), _number(b) + 12)),
    (rf"{_APART}{_N}月(?:份|(?![龄薪嫂票]))", lambda n: (_number(n), _number(n))),
    (rf"(?<![\d一二两三四五六七八九十几多数近])年(?={_EDGE})", lambda: (1, 12)),
    (rf"(?<=年)([{''.join(_SEASONS)}])[季天]?(?![节运晚耕奥训种粮茶招至收分播令游装])", lambda s: (_SEASONS[s], _SEASONS[s] + 2)),
)


def _follows(first: str, second: str) -> int:
    if _number(second) != _number(first) + 1:
        raise ValueError(f"{first} and {second} are no stretch of months")
    return _number(second)
