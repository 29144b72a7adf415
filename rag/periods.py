"""Chinese time expressions -> half-open date intervals.

`_RULES` is the grammar: what an expression looks like, in folded text, and the function that reads
it. Relative words (今年, 一季度, 目前) are read against the publication date of the document they stand
in; what is vague or in doubt (近年来, 不久前, 连续三年, 25年) is no period.

- 今年, 去年 … count from the year of `Published.last`; 上年, 前一年, 当年 from the year named before them
  in the sentence, if there is one.
- A part of the year without its year takes the one named before it in the sentence (not after 比 or
  较; in a text without a date in the paragraph), else the publication's; the year before, if it would
  begin more than four months after the publication, or is a stretch from January that isn't over, and
  nothing in the clause looks ahead (将, 预计 …). 下半年 and 年底 stay in the publication's year.
- 年初, 年底: the first, the last month. 月初, 月底: the first ten days, those from the 21st.
- 近3年: so many years up to and with the publication; 过去三年: whole years before the publication's;
  未来三年: from the day after it.
- 同期: the period before it in the sentence, one year back in 去年同期 and 较同期; where none stands
  before, this year's up to the publication.
- 目前: the publication date, as wide as it is. 本月, 昨日: only if the month, the day is known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from index import Published, fold

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """The days from ``first``, included, to ``end``, excluded.

    ``granularity`` is day, month, quarter, half or year for exactly such a part of the calendar, and
    span for anything else; `between` finds it.
    """

    first: date
    end: date
    granularity: str

    def __post_init__(self) -> None:
        """Refuse an empty period."""
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
            return f"{first.year}年{first.month}月{first.day}{month and '日'}—{year}{month}{last.day}日"
        if first.month == self.end.month == 1:
            return f"{first.year}—{last.year}年"
        return f"{first.year}年{first.month}{year and '月'}—{year}{last.month}月"


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """A period as it stands in a text: ``text[start:end]``.

    ``kind``: ``during`` (2025年一季度), ``as_of`` (截至5月15日, 2024年底, 目前: the state at the period's
    end) or ``by`` (到2025年, 年底前). ``explicit_year``: the year itself stands in the expression.
    ``compared``: it is only what something is compared with (较去年同期).
    """

    start: int
    end: int
    text: str
    period: Period
    kind: str
    explicit_year: bool
    compared: bool = False


def find_periods(
    text: str, published: Published | None, before: Period | None = None
) -> list[TimeExpression]:
    """Find the time expressions of a text, in order; those that can't be read as dates are left out.

    :param published: when the text came out; without it, what depends on it is left out.
    :param before: the period spoken of before the text begins, as in a conversation's last turn.
    """
    folded = fold(text)
    scene = _Scene(published)
    scene.speak_of(before)
    found: list[TimeExpression] = []
    at = 0
    for hit in _SCANNER.finditer(folded):
        rule = str(hit.lastgroup)
        match = _MATCHERS[rule].match(folded, hit.start())
        between = folded[at : hit.start()]
        if _SENTENCE_END.search(between):
            # Without a date of its own, a text means the year that it named last.
            scene = _Scene(published, None if published or "\n" in between else scene.year)
        at, start = hit.end(), hit.end() - len(hit[0].lstrip())
        scene.look_around(folded, start, at)
        assert match is not None  # the scanner is made of the same patterns
        try:
            period = _read(match, rule, scene)
        except (ValueError, KeyError, OverflowError):  # not a date, or not known which
            continue
        explicit = _YEAR_NUMBER.search(hit[0]) is not None
        joined = bool(found) and found[-1].end == start  # 2022年秋到2023年春
        kind = _kind(match, rule, joined)
        found.append(TimeExpression(start, at, text[start:at], period, kind, explicit, scene.compared))
        if rule not in _POINTING and not scene.compared:
            scene.speak_of(period, names_year=explicit or bool(match.groupdict().get("year")))
    return found


def find_undated(text: str, dated: Sequence[TimeExpression]) -> list[tuple[int, int]]:
    """Find the time expressions that can't be read as dates only because nobody knows when the text came out.

    Of 7月30日 and 今年一季度 without a year, that is: ``(start, end)``, in order.

    :param dated: what `find_periods` finds in the text without its date.
    """
    known = {(expression.start, expression.end) for expression in dated}
    places = ((e.start, e.end) for e in find_periods(text, _SOME_TIME) if not e.compared)
    return [(_from_early_year(text, start), end) for start, end in places if (start, end) not in known]


def _from_early_year(text: str, start: int) -> int:
    """Where the year before an expression begins, which is none of those read here: 1251年7月1日."""
    year = _EARLY_YEAR.search(text, 0, start)
    return year.start() if year else start


def parse_period(text: str, published: Published | None, before: Period | None = None) -> Period | None:
    """Return the one period that a question asks about, the narrowest if they lie in each other.

    None if it names none or several; what it compares with (比去年, 较上年同期) doesn't count.
    """
    periods = [
        expression.period for expression in find_periods(text, published, before) if not expression.compared
    ]
    narrowest = min(periods, key=lambda period: period.end - period.first, default=None)
    return narrowest if narrowest and all(period.contains(narrowest) for period in periods) else None


def impossible_dates(text: str) -> list[tuple[int, int, str]]:
    """Find printed dates that don't exist, as (start, end, reason): 2月30日, 13月5日."""
    found = []
    for match in _PRINTED_DATE.finditer(fold(text)):
        year = _year_number(match["y"]) if match["y"] else 2000  # a leap year: 2月29日 may be
        month, day = _number(match["m"]), _number(match["d"] or "1")
        start = match.end() - len(match[0].lstrip())
        if not 1 <= month <= 12:
            found.append((start, match.end(), f"没有{month}月"))
        elif not 1 <= day <= _month(year, month).last.day:
            said = f"{year}年" if match["y"] else ""
            found.append((start, match.end(), f"{said}{month}月没有{day}日"))
    return found


@dataclass(slots=True)
class _Scene:
    """What is known where an expression stands: the publication date, and what the sentence said."""

    published: Published | None
    year: int | None = None
    period: Period | None = None
    compared: bool = False
    ahead: bool = False  # the clause speaks of what is to come
    recurring: bool = False  # the clause speaks of every year

    @property
    def now(self) -> Period:
        if self.published is None:
            raise ValueError("no publication date to read a relative expression against")
        return Period.between(self.published.first, self.published.last + _DAY)

    def speak_of(self, period: Period | None, names_year: bool = True) -> None:
        """Take note of a period, for what refers to it later in the sentence."""
        self.period = period
        if period and names_year and period.first.year == period.last.year:
            self.year = period.first.year

    def look_around(self, folded: str, start: int, end: int) -> None:
        """Take note of the words around an expression."""
        self.compared = _is_compared(folded, start, end)
        left = _CLAUSE_MARK.split(folded[max(0, start - 40) : start])[-1]
        right = _CLAUSE_MARK.split(folded[end : end + 40], maxsplit=1)[0]
        self.ahead = bool(_AHEAD.search(left) or _AHEAD.search(right))
        self.recurring = bool(_RECURRING.search(left))

    def read_year(self, words: str) -> int:
        """Return the year that 2025年, 去年 or 上年 is here."""
        if absolute := _YEAR_NUMBER.match(words):
            return _year_number(absolute[0])
        word = words.removesuffix("度")
        if self.year is not None and word in _FROM_CONTEXT:
            return self.year + _FROM_CONTEXT[word]
        return self.now.last.year + _FROM_TODAY[word]


def _is_compared(folded: str, start: int, end: int) -> bool:
    return bool(_COMPARING.search(folded[max(0, start - 2) : start])) or folded.startswith("相比", end)


def _read(match: re.Match[str], rule: str, scene: _Scene) -> Period:
    period = _RULES[rule][0](match, scene)
    since = (match["suffix"] or "").endswith(("来", "今"))
    return Period.between(period.first, scene.now.end) if since else period


def _kind(match: re.Match[str], rule: str, joined: bool) -> str:
    if (match["prefix"] or "").startswith(("截", "as of")):
        return "as_of"
    if _is_deadline(match) and not joined and rule != "now":
        return "by"
    return "as_of" if rule == "now" or (match.groupdict().get("edge") or "") in ("底", "末") else "during"


def _is_deadline(match: re.Match[str]) -> bool:
    return (match["prefix"] or "").startswith(("到", "至", "by")) or (match["suffix"] or "").endswith("前")


# --- Words and numbers ------------------------------------------------------------------------

_FROM_TODAY: Final = {
    "今年": 0,
    "本年": 0,
    "去年": -1,
    "上年": -1,
    "上一年": -1,
    "前年": -2,
    "明年": 1,
    "后年": 2,
}
_FROM_CONTEXT: Final = {"上年": -1, "上一年": -1, "前一年": -1, "当年": 0, "同年": 0, "次年": 1, "翌年": 1}
_DAY_WORDS: Final = {"今天": 0, "今日": 0, "昨天": -1, "昨日": -1, "前天": -2, "明天": 1, "明日": 1}
_SEASONS: Final = {"春": 3, "夏": 6, "秋": 9, "冬": 12}  # the meteorologists': 3–5, 6–8, 9–11, 12–2
_DIGITS: Final = dict(
    zip("〇零○o一二两三四五六七八九", (0, 0, 0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)
)
_EARLY_YEAR: Final = re.compile(r"(?:公元前?)?(?:[0-9]{1,4}|[元一二三四五六七八九十〇零]{1,4}) ?年\Z")
_SOME_TIME: Final = Published(date(2000, 12, 31), date(2000, 12, 31))
_SENTENCE_END: Final = re.compile(r"[。!?…\n]")
_CLAUSE_MARK: Final = re.compile(r"[,。;:!?…\n]")
_COMPARING: Final = re.compile(r"(?:(?<!占)比|较)\Z")
_AHEAD: Final = re.compile(r"将(?!近)|预计|计划|拟|力争|有望|争取|确保|目标")
_RECURRING: Final = re.compile(r"[每历往]年|每$")
_SOON: Final = (
    4  # months; of 67 bare dates in news that were still to come, the 66 within four were meant so
)


def _number(text: str) -> int:
    """Read 12, 十二 or 两, below a hundred."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    return (_DIGITS[tens] if tens else len(ten)) * 10 + (_DIGITS[ones] if ones else 0)


def _year_number(text: str) -> int:
    return int("".join(str(_DIGITS.get(sign, sign)) for sign in text))


def _months(year: int, first: int, last: int) -> Period:
    """The months ``first`` to ``last`` of a year, from 1; 13 is January of the next."""
    if not 1 <= first <= last <= 24 or first > 12:
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
    """The same day so many months later, the month's last where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    there = _month(day.year + years, month + 1)
    return min(there.first + timedelta(days=day.day - 1), there.last)


# --- Pieces of patterns -----------------------------------------------------------------------

_NUMERAL: Final = r"(?:\d{1,2}|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])"
_N: Final = rf" ?({_NUMERAL}) ?"  # digits are often set off by spaces
# Before a number that is no part of a longer one, nor a duration.
_ALONE: Final = r"(?<![\d.第近历一二三四五六七八九十百千万几多数])(?<!\d[、\-~ ])"
_TO: Final = r" ?(?:-{1,2}|~|至|到) ?"
_DIGITS_OF_YEAR: Final = (
    r"(?<![\da-z.])(?:(?:1[89]|20)\d\d|(?:一[八九]|二[〇零○o0])[〇零○o0一二三四五六七八九]{2})(?!\d)"
)
_NIAN: Final = r" ?年(?!代(?!表))(?:度(?!过))?"
_YEAR_NUMBER: Final = re.compile(_DIGITS_OF_YEAR)
_YEAR: Final = (
    rf"(?P<year>{_DIGITS_OF_YEAR}{_NIAN}|{_DIGITS_OF_YEAR}(?= ?(?:[上下]半年|全年|第?[一二三四1-4]季度|前{_NUMERAL}个|q[1-4]))"
    r"|(?:今年(?!轻)|(?<![成基资])本年|去年|(?<!以)上一?年(?!级)"
    r"|(?<![目当之以日])前一?年|(?<![说声证表])明年|(?<![今以之])后年|当年|(?<!不)同年(?!龄|级)"
    r"|(?<![此本每首多\d一二三四五六七八九十])次年|翌年)(?:度(?!过))?)"
)
_EDGE: Final = (
    r"(?:(?<=[月份])[上中下]{1,2}旬|初(?![步次级始中选审赛试稿创露见])|[底末](?![部层线色座空端梢]))"
)
_AT_EDGE: Final = rf"(?P<edge>{_EDGE})?"


def _n(name: str) -> str:
    return rf" ?(?P<{name}>{_NUMERAL}) ?"


def _consecutive(first: str, second: str) -> tuple[int, int]:
    if _number(second) != _number(first) + 1:
        raise ValueError(f"{first} and {second} don't follow each other")
    return _number(first), _number(second)


# The parts of a year, and from which month to which they go.
_SEASON: Final = rf"([{''.join(_SEASONS)}])[季天]?(?![节运晚耕奥训种粮茶招至收分播令游装])"
_PARTS: Final[dict[str, Callable[..., tuple[int, int]]]] = {
    rf"(?<![此之以目先日当满])[前头]{_N}个?月(?! ?\d)": lambda n: (1, _number(n)),
    rf"(?<![此之以目先日当满])[前头]{_N}个?季度?": lambda n: (1, 3 * _number(n)),
    rf"{_ALONE}第?{_N}(?:季度)?{_TO}第?{_N}季度": lambda a, b: (3 * _number(a) - 2, 3 * _number(b)),
    rf"{_ALONE}第?{_N}、第?{_N}季度": lambda a, b: (3 * _consecutive(a, b)[0] - 2, 3 * _number(b)),
    rf"{_ALONE}第?{_N}季度": lambda n: (3 * _number(n) - 2, 3 * _number(n)),
    r"首季度?": lambda: (1, 3),
    r"q([1-4])(?!\d)": lambda n: (3 * _number(n) - 2, 3 * _number(n)),
    r"上半年": lambda: (1, 6),
    r"下半年": lambda: (7, 12),
    r"(?<=年)半年(?:度|(?=报))": lambda: (1, 6),
    r"全年(?!龄)": lambda: (1, 12),
    rf"{_ALONE}{_N}月{_TO}(?:次年|翌年){_N}月": lambda a, b: (_number(a), _number(b) + 12),
    rf"{_ALONE}{_N}月?{_TO}{_N}月(?:份|(?!龄))": lambda a, b: (_number(a), _number(b)),
    rf"{_ALONE}{_N}、{_N}月(?:份|(?!龄))": _consecutive,
    rf"{_ALONE}{_N}月(?:份|(?![龄薪嫂票]))": lambda n: (_number(n), _number(n)),
    rf"(?<![近几多数\d一二两三四五六七八九十])年(?={_EDGE})": lambda: (1, 12),
    rf"(?<=年){_SEASON}": lambda season: (_SEASONS[season], _SEASONS[season] + 2),
}
_PART_READERS: Final = [(re.compile(pattern), read) for pattern, read in _PARTS.items()]
_PART: Final = "|".join(_PARTS)

# Before and after every expression. 达到2025年 and 增至2025年 are no deadlines.
_NO_DEADLINE: Final = "甚乃以直达得提看谈回来感遇做增加升降减少涨扩高大缩"
_PREFIX: Final = rf"(?P<prefix>截[至止][到至]? ?|(?<![{_NO_DEADLINE}])[到至]了? ?|as of |(?<![a-z])by )?"
_SAID: Final = rf"(?:\((?:指|即|也就是)?(?P<said>{_DIGITS_OF_YEAR}{_NIAN})\))?"  # 去年(2024年)
_NOT_BEFORE: Final = r"后列瞻沿端景期往来提去几半\d一二两三四五六七八九十"  # 前后, 前往, 前三季度
_SUFFIX: Final = rf"(?P<suffix>以来|至今(?![年天日后])|[以之]前|前(?![{_NOT_BEFORE}]))?"


# --- What the patterns mean -------------------------------------------------------------------


def _calendar(match: re.Match[str], scene: _Scene) -> Period:
    """今年一季度, 1—4月, 2024年底."""
    months = _read_part(match) if match["part"] else (1, 12)
    return _in_its_year(match, scene, lambda year: _at_edge(_months(year, *months), match["edge"]))


def _read_part(match: re.Match[str]) -> tuple[int, int]:
    for pattern, read in _PART_READERS:
        part = pattern.match(match.string, match.start("part"))
        if part and part.end() == match.end("part"):
            return read(*part.groups())
    raise ValueError(f"no part of a year: {match['part']}")


def _at_edge(period: Period, edge: str | None) -> Period:
    """The beginning or end of a period: of a month its thirds, of longer ones the first or last month."""
    if not edge:
        return period
    if period.granularity != "month":
        if edge == "初":
            return Period.between(period.first, _shifted(period.first, 1))
        return Period.between(_shifted(period.end, -1), period.end)
    thirds = [
        {"初": 0, "上": 0, "中": 1, "下": 2, "底": 2, "末": 2}[sign] for sign in edge.removesuffix("旬")
    ]
    first, end = (period.first + timedelta(days=10 * third) for third in (thirds[0], thirds[-1] + 1))
    return Period.between(first, period.end if thirds[-1] == 2 else end)


def _days(match: re.Match[str], scene: _Scene) -> Period:
    """5月15日, 3月7日至9日."""

    def in_year(year: int) -> Period:
        first = _unit(year, match["m"], match["d"])
        last = _unit(year, match["m2"] or match["m"], match["d2"]) if match["d2"] else first
        return Period.between(first.first, last.end)

    return _in_its_year(match, scene, in_year)


def _in_its_year(match: re.Match[str], scene: _Scene, in_year: Callable[[int], Period]) -> Period:
    words = match["said"] or match["year"]
    if scene.recurring and not words:
        raise ValueError("every year, none in particular")
    spoken = scene.read_year(words) if words else scene.year
    if spoken is not None:
        return in_year(spoken)
    today = scene.now.last
    period = in_year(today.year)
    if (
        scene.ahead
        or _is_deadline(match)
        or (match.groupdict().get("part") or "").startswith(("下半年", "年"))
    ):
        return period
    if period.granularity == "span" and period.first.month == 1:  # 1—11月: said when they are over
        too_early = _shifted(period.end, -1) > today
    else:
        too_early = period.first > _shifted(today, _SOON)
    return in_year(today.year - 1) if too_early else period


def _dates(match: re.Match[str], scene: _Scene) -> Period:
    """2023—2025年, 2024年11月至2025年2月, 2025-05-15."""
    groups = match.groupdict()
    first = _unit(_year_number(match["y"]), groups.get("m"), groups.get("d"))
    last = (
        _unit(_year_number(match["y2"]), groups.get("m2"), groups.get("d2")) if groups.get("y2") else first
    )
    return Period.between(first.first, last.end)


def _plan(match: re.Match[str], scene: _Scene) -> Period:
    """“十四五”: since the sixth, 1981 to 1985, the five-year plans follow each other without a gap."""
    first = 1951 + 5 * _number(match["n"] or match["n2"] or match["n3"])
    if stage := match["edge"]:
        return _months(first if stage in ("开局", "起步", "初") else first + 4, 1, 12)
    return Period.between(date(first, 1, 1), date(first + 5, 1, 1))


def _rolling(match: re.Match[str], scene: _Scene) -> Period:
    """近3年, 过去半年, 未来五年."""
    months = _number(match["n"]) * (12 if match["unit"] == "年" else 1) if match["n"] else 6
    end = scene.now.end
    if match["way"] in ("未来", "今后"):
        return Period.between(end, _shifted(end, months))
    if match["way"] == "过去" and match["unit"] == "年":
        end = date(scene.now.last.year, 1, 1)
    return Period.between(_shifted(end, -months), end)


def _for_years(match: re.Match[str], scene: _Scene) -> Period:
    """15年来."""
    return Period.between(_shifted(scene.now.end, -12 * _number(match["n"])), scene.now.end)


def _this_or_last(match: re.Match[str], scene: _Scene) -> Period:
    """本月, 上季度."""
    length = 1 if match["unit"] == "月" else 3
    begins = (scene.now.first.month - 1) // length * length + 1
    this = _months(scene.now.first.year, begins, begins + length - 1)
    if not this.contains(scene.now):
        raise ValueError(f"published in no single {match['unit']}")
    by = length * {"上": -1, "下": 1}.get(match["which"][0], 0)
    return _at_edge(Period.between(_shifted(this.first, by), _shifted(this.end, by)), match["edge"])


def _near_day(match: re.Match[str], scene: _Scene) -> Period:
    """昨日."""
    if scene.now.granularity != "day":
        raise ValueError("the day of publication isn't known")
    day = scene.now.first + timedelta(days=_DAY_WORDS[match["day"]])
    return Period.between(day, day + _DAY)


def _now(match: re.Match[str], scene: _Scene) -> Period:
    """目前."""
    return scene.now


def _same(match: re.Match[str], scene: _Scene) -> Period:
    """去年同期, 2021年同期, 较同期."""
    words, spoken = match["year"], scene.period
    if spoken is None:
        if not words and not scene.compared:
            raise ValueError("the same period as which?")
        spoken = Period.between(date(scene.now.last.year, 1, 1), scene.now.end)
    if not words:
        by = -int(scene.compared)
    elif _YEAR_NUMBER.match(words):
        by = scene.read_year(words) - spoken.first.year
    else:
        by = (_FROM_TODAY | _FROM_CONTEXT)[words.removesuffix("度")]
    return Period.between(_shifted(spoken.first, 12 * by), _shifted(spoken.end, 12 * by))


# --- The grammar ------------------------------------------------------------------------------

# Where two begin at the same place, the upper one is taken.
_RULES: Final[dict[str, tuple[Callable[[re.Match[str], _Scene], Period], str]]] = {
    "dates": (
        _dates,
        rf"(?P<y>{_DIGITS_OF_YEAR})(?:{_NIAN}(?:{_n('m')}月(?:{_n('d')}[日号])?)?)?{_TO}"
        rf"(?P<y2>{_DIGITS_OF_YEAR}){_NIAN}(?:{_n('m2')}月(?:{_n('d2')}[日号])?)?",
    ),
    "years": (_dates, rf"(?<=\()(?P<y>{_DIGITS_OF_YEAR}){_TO}(?P<y2>{_DIGITS_OF_YEAR})(?=\))"),
    "iso": (_dates, rf"(?P<y>{_DIGITS_OF_YEAR})[-./](?P<m>\d{{1,2}})[-./](?P<d>\d{{1,2}})(?![\d./-])"),
    "english": (_dates, rf"(?:(?<=\bin )|(?<=\bof )|(?<=\bby ))(?P<y>{_DIGITS_OF_YEAR})(?! ?年|[%.-])"),
    "days": (
        _days,
        rf"(?:{_YEAR} ?|{_ALONE}){_n('m')}月{_n('d')}(?:[日号]?{_TO}(?:{_n('m2')}月)?{_n('d2')})?[日号]",
    ),
    "same": (_same, rf"(?:{_YEAR} ?的?|(?<=[比较,;]))同期(?!声)"),
    "year": (_calendar, rf"{_YEAR}(?: ?(?P<part>{_PART}))?{_AT_EDGE}"),
    "part": (_calendar, rf"(?P<year>(?!))?(?P<part>{_PART}){_AT_EDGE}"),
    "plan": (
        _plan,
        r'(?:"(?P<n>[七八九]|十[一二三四五六])五"|(?<![一二三四五六七八九])(?P<n2>十[一二三四五六])五'
        rf"(?![岁个名人亿万家天次米里层])|第(?P<n3>{_NUMERAL})个五年[规计]划)"
        r"(?:时期|期间)?(?:(?:规划)?的?(?P<edge>开局|起步|收官|初|末)(?:之?年|期)?)?",
    ),
    "rolling": (
        _rolling,
        rf"(?P<way>(?<![将接附靠时立了经达成续])近|最近|过去|未来|今后)[的这]*"
        rf"(?:{_n('n')}(?P<unit>年|个月)|半年)(?!期)",
    ),
    "for": (_for_years, rf"{_ALONE}{_n('n')}(?:多|余)?年来"),
    "unit": (
        _this_or_last,
        rf"(?P<which>(?<![成基])本|这个|(?<!以)[上下]一?个?)(?P<unit>月|季度){_AT_EDGE}",
    ),
    "day": (_near_day, rf"(?<!当)(?P<day>{'|'.join(_DAY_WORDS)})(?!头条|[报期])"),
    "now": (
        _now,
        r"(?:时至今日|(?<![项题科栏账数])目前|(?<!应)当前(?![往来])|如今|眼下|迄今|至今(?![年天日后])"
        r"|(?<![展体出呈实发表涌显])现在)(?:为止)?",
    ),
}
_POINTING: Final = ("same", "rolling", "for", "now")  # what follows in the sentence doesn't refer to these


def _whole(pattern: str) -> str:
    return rf"{_PREFIX}(?:{pattern}){_SAID}{_SUFFIX}"


def _anonymous(pattern: str) -> str:
    """The pattern without its groups, so that several can be joined."""
    return re.sub(r"\(\?P<\w+>|(?<!\\)\((?!\?)", "(?:", pattern)


_MATCHERS: Final = {rule: re.compile(_whole(pattern)) for rule, (_, pattern) in _RULES.items()}
_SCANNER: Final = re.compile(
    "|".join(f"(?P<{rule}>{_anonymous(_whole(pattern))})" for rule, (_, pattern) in _RULES.items())
)
_PRINTED_DATE: Final = re.compile(
    rf"(?:(?P<y>{_DIGITS_OF_YEAR}){_NIAN}|{_ALONE}){_n('m')}月(?:{_n('d')}[日号]|(?![龄薪嫂票大]))"
)
