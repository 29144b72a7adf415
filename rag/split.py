"""A question that asks several things, taken apart into questions that ask one thing each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from index import Published, fold, segment
from rag.periods import Period, TimeExpression, find_periods
from rag.question import INTERROGATIVE

_EACH: Final = re.compile(
    r"分别|各(?!类|种|界|地|项|级|方|产业|大)|(?:谁|哪[个家边])(?:更|最)?[高低多少大小快慢]|哪[个家].{0,8}更|更[高低多少大小快慢]|相比|对比"
)
_CHANGE: Final = re.compile(
    r"(?:由|从)(?:几|多少|什么).{0,8}(?:到|成|为)(?:了)?(?:几|多少|什么)|变了|变化|有没有变|增加了吗|换了"
)
# 2022年比2023年前5个月多多少: the difference may stand nowhere, the two figures do.
_DIFFERENCE: Final = re.compile(r"比(?P<other>[^,;?。]{2,24}?)[多少高低](?:出|了)?多少")
_PAIR: Final = re.compile(
    r"(?P<first>[^,:;?。、和与跟的在]{2,20})(?:和|与|跟|、)(?P<second>[^,:;?。、和与跟的]{2,20}?)"
    r"(?=的[^,?]{1,14},?(?:谁|哪|各|分别)|[,:]?(?:谁|哪[个家边]|各|分别|相比|对比|比)|,[^,?]{1,12}(?:各|分别))"
)
# Keywords: 进出口总值 商丘 上海口岸 各多少.
_SPACED_PAIR: Final = re.compile(
    r"(?<!\S)(?P<first>[^\s,?]{2,12}) (?P<second>[^\s,?]{2,12})(?= ?(?:各|分别|谁|哪))"
)
# Both whole: 滨江项目的总投资和钱塘项目的总投资,哪边大.
_WHOLE_PAIR: Final = re.compile(
    r"(?P<first>[^,:;?。和与跟]{2,30}(?P<noun>[^,:;?。和与跟]{2}))[和与跟](?P<second>[^,:;?。和与跟]{2,30}(?P=noun))(?=,(?:谁|哪[个家边]|各|分别))"
)
_PAIRS: Final = (_SPACED_PAIR, _WHOLE_PAIR, _PAIR)
_FROM_TO: Final = re.compile(r"\s*(?:到|至|-|~)\s*")
_CLAUSE: Final = re.compile(r"[^,;?。!]+[,;?。!]*")


@dataclass(frozen=True, slots=True)
class Part:
    """One thing asked: the label that tells it from the others, "" for none, and the question whole."""

    label: str
    text: str


def split(text: str, today: date | None = None) -> list[Part]:
    """Take a question apart by clauses that each ask, by periods, and by the things compared.

    A question that asks one thing comes back as one part.
    """
    folded = fold(text).strip()
    day = today or date.today()
    now = Published(day, day)
    parts = [
        part for clause in _by_clause(folded) for part in _by_period(clause, now) or _by_thing(clause, now)
    ]
    return parts if len(parts) > 1 else [Part("", text)]


def _by_clause(folded: str) -> list[str]:
    """The clauses that ask, each with those before it that don't; “各是多少” belongs to the one before."""
    given = ""
    asking: list[str] = []
    for found in _CLAUSE.finditer(folded):
        clause = found[0]
        own = [word for word, _, _ in segment(INTERROGATIVE.sub("", clause)) if re.match(r"\w{2}", word)]
        if asking and (_EACH.match(clause) or not own):
            asking[-1] += clause
        elif INTERROGATIVE.search(clause) or (_CHANGE.search(clause) and clause.rstrip("?").endswith("吗")):
            asking.append(given + clause)
        else:
            given += clause
    return asking if len(asking) > 1 else [folded]


def _by_period(folded: str, now: Published) -> list[Part]:
    """The same question for each of the periods it names."""
    if difference := _DIFFERENCE.search(folded):
        explicit = [e.period for e in find_periods(folded, now) if e.explicit_year]
        if len(set(explicit)) > 1:
            both = f"和{difference['other']}各是多少"
            folded = f"{folded[: difference.start()]}{both}{folded[difference.end() :]}"
    expressions = find_periods(folded, now)
    if not (_EACH.search(folded) or _CHANGE.search(folded)):
        return []
    if len(expressions) == 1 and _CHANGE.search(folded):
        return [
            Part(label, folded.replace(expressions[0].text, label)) for label in _ends(expressions[0], now)
        ]
    distinct = {
        expression.period: expression
        for expression in expressions
        if not any(
            o.period != expression.period and _is_year_of(expression.period, o.period) for o in expressions
        )
    }
    if len(distinct) < 2:
        return []
    return [
        Part(str(e.period), _without(folded, [o for o in expressions if o is not e], e))
        for e in distinct.values()
    ]


def _is_year_of(year: Period, other: Period) -> bool:
    """Whether the other lies in it and only the shorter is meant (2023年的一季度): not so of 前7个月 and 上半年."""
    return year.contains(other) and year.granularity == "year"


def _ends(expression: TimeExpression, now: Published) -> list[str]:
    ends = [
        end
        for end in _FROM_TO.split(expression.text.lstrip("从自由"), maxsplit=1)
        if find_periods(end, now)
    ]
    return ends if len(ends) == 2 else []


def _without(folded: str, others: list[TimeExpression], kept: TimeExpression) -> str:
    """The question with the other periods taken out and the kept one written in full."""
    text = folded
    for expression in sorted([*others, kept], key=lambda e: -e.start):
        text = (
            text[: expression.start]
            + (str(kept.period) if expression is kept else "")
            + text[expression.end :]
        )
    return re.sub(r"(?<=[,:])[和与、]|[和与、](?=[,的各])|^[和与、]", "", text)


def _by_thing(folded: str, now: Published) -> list[Part]:
    """The same question for each of two things compared; a question that compares nothing, whole."""
    pair = (
        next(filter(None, (each.search(folded) for each in _PAIRS)), None) if _EACH.search(folded) else None
    )
    if pair is None:
        return [Part("", folded)]
    if pair.re is not _PAIR:
        before, after = folded[: pair.start("first")], folded[pair.end("second") :]
        return [Part(thing.strip(), before + thing + after) for thing in pair.group("first", "second")]
    timed = max((expression.end for expression in find_periods(pair["first"], now)), default=0)
    until = min((e.start for e in find_periods(pair["second"], now) if e.start), default=None)
    first = [word for word, _, _ in segment(pair["first"][timed:])]
    second = [word for word, _, _ in segment(pair["second"][:until])]
    if len(second) == 1:  # 投资增速钱塘和滨江谁高: only the last word before 和 is of the pair
        first = first[-1:]
    elif len(first) == 1:  # 钱塘和滨江投资增速谁高: only the first word after it
        second = second[:1]
    things = "".join(first), "".join(second)
    before = folded[: pair.end("first") - len(things[0])]
    after = folded[pair.start("second") + len(things[1]) :]
    return [Part(thing.strip(), before + thing + after) for thing in things]
