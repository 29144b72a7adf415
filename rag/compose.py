"""The words of an answer, made of the words of the documents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import cn2an

from rag.evidence import Evidence
from rag.features import DURATIONS, asks_for_target, members
from rag.figures import Stance, compatible, implausible, unit_last
from rag.question import MORE, Kind, Question
from rag.reading import published_period
from rag.split import Part

_BARE: Final = (Kind.NUMBER, Kind.DATE)  # of which the figure or the date is the answer
_FIGURE_LENGTH: Final = 60
_ENOUGH: Final = 15
_FACT_LENGTH: Final = 110
_LIST_LENGTH: Final = 200
_ACCOUNT_LENGTH: Final = 240
_ACCOUNT: Final = re.compile(
    r"如何|怎样|怎么|有何|包括什么|(?:哪些|什么|哪几[个项条]).{0,8}"
    r"(?:政策|措施|举措|规定|要求|办法|内容|服务|条件|流程|方式|做法|工作|义务|支持|优惠|便利|待遇|渠道|事项|特点)"
    r"|(?:政策|措施|规定|要求|条件|流程|方式|办法|内容)(?:是什么|有哪些)"
)
_YEAR: Final = re.compile(r"\d{4}|[今去前明后本上]年")
_LOOSE: Final = " \n,,;;::、"
_LEAD: Final = re.compile(
    r"包括|包含|涵盖|聚焦|借助|通过|分别[是为]|即|就是|指|有(?!限)|以及|实施|推进|[:\"“「]"
)
_TAIL: Final = re.compile(r"等|的(?=[\"“「])|[两三四五六七八九十\d]+[个大条]?(?=[\"“「])")
_COUNTED: Final = re.compile(r"等(\d{1,3}|[两二三四五六七八九十]{1,3})[^\d%亿万年月]")
_CLAUSE: Final = re.compile(r"(?:[^,;:。?!]|(?<=\d),(?=\d{3}))+[,;:。?!]*")


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found for one of the things asked: the evidence, or None and why not.

    ``others`` are figures of other times, ``disagreeing`` those of the same time that say otherwise;
    ``confidence`` is None where it was not asked for.
    """

    part: Part
    question: Question
    evidence: Evidence | None
    reason: str = ""
    others: tuple[Evidence, ...] = ()
    disagreeing: tuple[Evidence, ...] = ()
    confidence: float | None = None


def short_answer(finding: Finding) -> str:
    """The bare figure, date or list; "" where only a sentence answers."""
    evidence = finding.evidence
    if evidence is None:
        return ""
    text = evidence.reading.passage.text
    if finding.question.kind in _BARE:
        return unit_last(text[evidence.start : evidence.end])
    if finding.question.kind is Kind.LIST and (span := _listing(evidence)):
        return text[slice(*span)]
    return ""


def _listing(evidence: Evidence) -> tuple[int, int] | None:
    """The list in the evidence's sentence, without the words that lead to it; of several the one at the place itself, else the longest."""
    reading = evidence.reading
    low, high = reading.sentences[evidence.sentence]
    lists = [(start, end) for start, end in reading.enumerations if low <= start and end <= high]
    if not lists:
        return None
    overlapping = [span for span in lists if span[0] < evidence.end and evidence.start < span[1]]
    start, end = max(overlapping or lists, key=lambda span: len(members(reading.folded[slice(*span)])))
    first = reading.folded.find("、", start, end)
    lead = max((found.end() for found in _LEAD.finditer(reading.folded, start, first)), default=start)
    tail = _TAIL.search(reading.folded, first, end)
    return lead, tail.start() if tail else end


def answer_text(finding: Finding, longest: int | None = None) -> str:
    """One thing's answer: the figure, if one is asked for, and the clauses it stands in."""
    evidence = finding.evidence
    if evidence is None:
        return finding.reason
    kind = finding.question.kind
    quoted = quotation(evidence, finding.question)
    limit = _limit(evidence, finding.question, quoted)
    start, end = _window(evidence, finding.question, quoted, min(limit, longest or limit))
    text = _trim(evidence.reading.passage.text[start:end])
    if kind is Kind.LIST:
        return text + list_note(evidence)
    if kind is Kind.DEFINITION and evidence.features.form <= 0:
        return f"{text}(文档没有给它下定义)"
    short = short_answer(finding)
    if not short:
        return text
    note = date_note(evidence) if kind is Kind.DATE else figure_note(evidence, finding.question)
    return f"{short}{note}。{text}" if note or short != text else text


def _limit(evidence: Evidence, question: Question, quoted: tuple[int, int]) -> int:
    """How many characters of the text answer a question at most."""
    if question.kind in _BARE:
        return _FIGURE_LENGTH
    if asks_for_account(question) or quoted != evidence.reading.sentences[evidence.sentence]:
        return _ACCOUNT_LENGTH
    return _LIST_LENGTH if question.kind in (Kind.LIST, Kind.DEFINITION) else _FACT_LENGTH


def list_note(evidence: Evidence) -> str:
    """Say, in brackets, that a list has fewer members than the text counts (甲、乙等五镇); "" if not."""
    span = _listing(evidence)
    if span is None:
        return ""
    folded = evidence.reading.folded
    counted = _COUNTED.match(folded, span[1])
    number = int(cn2an.cn2an(counted[1], "smart")) if counted else 0
    given = len(members(folded[slice(*span)]))
    return f"(原文为“{counted[0]}”,未一一列出)" if counted and given < number else ""


def rival_text(evidence: Evidence, question: Question) -> str:
    """Another figure, with its period."""
    text = unit_last(evidence.reading.passage.text[evidence.start : evidence.end])
    return f"{text}{figure_note(evidence, question, alone=True)}"


def date_note(evidence: Evidence) -> str:
    """Say, in brackets, which date 今年年底 is, or that nobody knows the year; "" where the text says it."""
    reading, place = evidence.reading, (evidence.start, evidence.end)
    said = next((e for e in reading.periods if (e.start, e.end) == place), None)
    if said is None:
        return "(文档没有日期,年份不详)" if place in reading.undated else ""
    return "" if said.explicit_year else f"({said.period})"


def figure_note(evidence: Evidence, question: Question, *, alone: bool = False) -> str:
    """What has to be said with a figure, in brackets: its period, that it is a target, that it can't be right.

    The period is said where the question names none, a longer one or no year, and the quote doesn't name
    the year itself (or the figure stands ``alone``); it is read against the document's date.
    """
    dated = evidence.figure
    if dated is None:
        return ""
    notes = []
    published = evidence.reading.document.published
    year_is_said = dated.said is not None and dated.said.explicit_year and not alone
    lasts = dated.figure.unit in DURATIONS  # 3—5年 is how long, not when
    asked_so = dated.period == question.period and _YEAR.search(question.folded)
    if dated.period is not None and not (asked_so or year_is_said or lasts):
        notes.append(
            str(dated.period) if dated.period != published_period(evidence.reading.document) else ""
        )
        notes.append(f"据{published}报道" if published and question.period is None else "")
    if dated.stance is Stance.TARGET and not asks_for_target(question):
        notes.append("目标或计划数")
    start, end = evidence.reading.sentences[evidence.sentence]
    sentence = evidence.reading.passage.text[start:end]
    doubt = implausible(
        sentence, replace(dated.figure, start=evidence.start - start, end=evidence.end - start)
    )
    notes.append(f"原文如此,{doubt}" if doubt else "")
    said = ",".join(filter(None, notes))
    return f"({said})" if said else ""


def comparison(findings: Sequence[Finding], question: str) -> str:
    """Which of two is more, where that was asked and both have figures of one unit; else ""."""
    asked = MORE.search(question)
    if not asked or len(findings) != 2:
        return ""
    figures = [f.evidence.figure.figure for f in findings if f.evidence and f.evidence.figure]
    if len(figures) != 2 or not compatible(figures[0].unit, figures[1].unit):
        return ""
    first, second = figures
    if first.low == second.low:
        return "两者相同。"
    word = next(filter(None, asked.groups()))
    more = (first.low > second.low) != (word in "低少小慢")
    return f"{findings[0 if more else 1].part.label}更{word}。"


def asks_for_account(question: Question) -> bool:
    """Whether a question asks for more than a word: how something is done, which measures there are."""
    return question.kind not in _BARE and bool(_ACCOUNT.search(question.folded))


def quotation(evidence: Evidence, question: Question) -> tuple[int, int]:
    """What is cited for a question: the sentence, with the one before it that it leans on, and, where it only
    announces or an account is asked for, those after it, up to a length.
    """
    reading, sentence = evidence.reading, evidence.sentence
    low, high = reading.opening(sentence), reading.sentences[sentence][1]
    listed = question.kind is Kind.LIST and evidence.features.form > 0
    if question.kind in _BARE or listed:
        return low, high
    if asks_for_account(question) or reading.announces(sentence):
        high = reading.closing(sentence, _ACCOUNT_LENGTH - (reading.sentences[sentence][0] - low))
    return low, high


def _window(
    evidence: Evidence, question: Question, quoted: tuple[int, int], longest: int
) -> tuple[int, int]:
    """The whole clauses, up to a length, that tell most of the question, with the place itself if they can.

    Around a figure, only as much as tells what it is the figure of and when, and no clause with another
    figure of its unit: one number is asked for. Else as much as there is room for.
    """
    reading = evidence.reading
    low, high = reading.sentences[evidence.sentence]
    if question.kind not in _BARE and quoted[1] - quoted[0] <= longest:
        return quoted
    clauses = [found.span() for found in _CLAUSE.finditer(reading.folded, low, high)] or [(low, high)]
    place = [n for n, (a, b) in enumerate(clauses) if a < evidence.end and b > evidence.start] or [0]
    figure = evidence.figure
    rivals = _rivals(evidence)

    def worth(first: int, last: int) -> tuple[int, bool, int]:
        start, end = clauses[first][0], clauses[last][1]
        told = sum(word in reading.folded[start:end] for word in question.words)
        when = figure is not None and figure.said is not None and start <= figure.said.start < end
        length = end - start
        return (
            told + when,
            first <= place[0] and place[-1] <= last,
            -max(length, _ENOUGH) if figure else length,
        )

    windows = [
        (first, last)
        for first in range(len(clauses))
        for last in range(first, len(clauses))
        if clauses[last][1] - clauses[first][0] <= longest
        and (not (figure or question.kind is Kind.DATE) or first <= place[0] <= place[-1] <= last)
        and not any(
            clauses[n][0] <= at < clauses[n][1]
            for n in range(first, last + 1)
            if n not in place
            for at in rivals
        )
    ]
    first, last = max(windows, key=lambda window: worth(*window), default=(place[0], place[-1]))
    return clauses[first][0], clauses[last][1]


def _rivals(evidence: Evidence) -> list[int]:
    own = evidence.figure
    if own is None:
        return []
    return [
        f.figure.start
        for f in evidence.reading.figures
        if f is not own and f.figure.unit == own.figure.unit
    ]


def _trim(text: str) -> str:
    return text.strip(_LOOSE).replace("\n", "")
