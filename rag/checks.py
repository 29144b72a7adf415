"""What code checks of an answer that the reader found: time, place, result or target, unit, names with digits.

A new check is a field of `Checks`, worked out in `check`; if it forbids the answer, its reason is in `objection`.
"""

from __future__ import annotations

import re
from collections.abc import Set
from datetime import timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from index import Document, Published, fold
from rag.figures import DIMENSIONS, Stance, compatible
from rag.periods import Period, TimeExpression, find_periods
from rag.places import is_elsewhere
from rag.question import Kind, Question
from rag.reading import DatedFigure, Reading, published_period

DURATIONS: Final = frozenset(["年", "个月", "天", "小时", "分钟", "周", "周年", "个工作日"])
_TARGET: Final = re.compile(
    r"目标|计划|预计|力争|将[要会]?|打算|规划|争取|拟|有望|希望|要达|达到多少|要做|任务"
)
_OPEN: Final = re.compile(
    r"要(?!求)|会(?!议)|能(?!源|耗)|可以|(?:建成|投产|达产|投运|投用|通车|开通|竣工|完工)(?:以|之)?后"
)
_STRICT: Final = ("%", "元", *DIMENSIONS)
"""What no figure of another unit answers; what is counted may be counted otherwise (部, 件)."""
_AS_OF: Final = re.compile("截[至止]|[到至]|累计|[末底]")
_WHOLE_YEAR: Final = re.compile(r"全年|整年|年度")
_ROLLING: Final = re.compile(r"[近过][去]?[一二三四五六七八九十两\d]+年")
_LONG: Final = timedelta(days=2 * 365)
_STRETCHES: Final = ("quarter", "half", "span", "month")
# QH-5000, GB/T 5750.4-2023, 〔2023〕199号, codes of eight digits and more; but not GDP2022.
_IDENTIFIER: Final = re.compile(
    r"(?<![a-z])[a-z]+-?(?!(?:19|20)\d\d(?!\d))\d{3}[\d.-]*|(?<![a-z])[a-z]{2,4}/[a-z]{1,2} ?\d[\d.-]*\d|[\[(〔]\d{4}[\])〕]\d+号"
    r"|(?<!\d)\d{8,}(?!\d)"
)


class Checks(NamedTuple):
    """How an answer fits what is asked.

    ``period``: 1 it is of the time asked for, 0 nothing is asked or known, -1 of another; ``unit``: 1 it
    has the unit asked for, 0 another that will do, -1 one that can't be; the others are true where something
    is wrong: ``target`` for a result, of another ``place``, without the ``name`` with digits asked about.
    """

    period: float = 0.0
    unit: float = 0.0
    target: bool = False
    place: bool = False
    name: bool = False


def check(
    question: Question, reading: Reading, figure: DatedFigure | None, regions: Set[str] = frozenset()
) -> Checks:
    """Check a place in a passage against the question; ``figure`` is the one that answers, if one does."""
    where = f"{reading.folded}\n{reading.context}"
    passage = Checks(
        place=is_elsewhere(question.query, where, reading.document, regions),
        name=_lacks_name(question, reading),
    )
    return check_figure(question, reading, figure, passage)


def check_figure(
    question: Question, reading: Reading, figure: DatedFigure | None, passage: Checks
) -> Checks:
    """Check a place in a passage of which it is known what holds for all places in it."""
    return passage._replace(
        period=agreement(question, figure, reading),
        unit=_unit(question, figure),
        target=_is_target(question, figure),
    )


def objection(question: Question, checks: Checks) -> str | None:
    """Why an answer is not given whatever the reader says, in words; None if nothing forbids it."""
    if checks.name:
        return f"文档里没有“{'”“'.join(_IDENTIFIER.findall(question.query))}”的相关内容。"
    if checks.place:
        return "文档里有相关内容,但说的是别的地区,没有所问地区的。"
    if checks.period <= -1:
        return f"文档里有这一指标,但没有{question.period}的数字。"
    if checks.target:
        return "文档里只有目标或计划数,没有实际结果。"
    if checks.unit <= -1 and question.unit in _STRICT:
        return "文档提到了相关内容,但没有给出所问的数字。"
    return None


def asks_for_target(question: Question) -> bool:
    """Whether a question asks what is aimed at rather than what was reached."""
    return bool(_TARGET.search(question.folded))


def agreement(question: Question, figure: DatedFigure | None, reading: Reading) -> float:
    """How well the time of an answer fits the one asked for, from 1, the same, to -1, another."""
    asked = question.period
    lasts = figure is not None and figure.figure.unit in DURATIONS  # how long, not when
    if asked is None or question.kind is Kind.DATE or lasts:
        return 0.0
    if figure is not None and figure.undated and _cannot_be(asked, figure, question):
        return -1.0
    period = figure.period if figure else published_period(reading.document)
    if period is None:
        return 0.0
    if (period.first, period.end) == (asked.first, asked.end):
        return 1.0
    said = figure.said if figure else None
    if figure is not None and said is None:
        # Told before the time asked about began, or was over.
        whole = asked.granularity in ("quarter", "half", "span") and not _AS_OF.search(question.folded)
        told_before = asked.last if whole else asked.first
        if period.last < told_before and not asks_for_target(question):
            return -1.0
        same_year = asked.first.year <= period.last.year and period.first.year <= asked.last.year
        return 0.3 if same_year else -0.5
    if said and (_is_other_stretch(asked, said, question) or _is_whole_year(asked, said, reading)):
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
    return asked.granularity in _STRETCHES and said.period.granularity in _STRETCHES


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


def _unit(question: Question, figure: DatedFigure | None) -> float:
    if question.kind is not Kind.NUMBER or not question.unit or figure is None:
        return 0.0
    unit = figure.figure.unit
    if unit == question.unit or (question.unit in DIMENSIONS and compatible(unit, question.unit)):
        return 1.0
    return 0.0 if compatible(unit, question.unit) else -1.0


def _is_target(question: Question, figure: DatedFigure | None) -> bool:
    """Whether it is a target where the result of some time is asked for, which is never given as the answer."""
    if figure is None or figure.stance is not Stance.TARGET or question.period is None:
        return False
    return not asks_for_target(question) and not _OPEN.search(question.folded)


def _lacks_name(question: Question, reading: Reading) -> bool:
    names = _IDENTIFIER.findall(question.query)
    if not names:
        return False
    where = _whole(reading.document)
    return any(name.replace(" ", "") not in where for name in names)


@lru_cache(maxsize=64)
def _whole(document: Document) -> str:
    """All that a document says, folded, without spaces."""
    return fold(f"{document.title}\n{document.doc_number or ''}\n{document.text}").replace(" ", "")
