"""The words of an answer, made of the words of the documents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.evidence import DURATIONS, Evidence, asks_for_target
from rag.figures import Stance, compatible, implausible
from rag.question import MORE, Kind, Question
from rag.reading import published_period
from rag.split import Part

_FIGURE_LENGTH: Final = 60
_ENOUGH: Final = 15
_FACT_LENGTH: Final = 110
_LIST_LENGTH: Final = 200
_LOOSE: Final = " \n,,;;::、"
_CLAUSE: Final = re.compile(r"(?:[^,;:。?!]|(?<=\d),(?=\d{3}))+[,;:。?!]*")


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found for one of the things asked: the evidence, or None and why not.

    ``others`` are figures of other times, ``disagreeing`` those of the same time that say otherwise.
    """

    part: Part
    question: Question
    evidence: Evidence | None
    reason: str = ""
    others: tuple[Evidence, ...] = ()
    disagreeing: tuple[Evidence, ...] = ()


def short_answer(finding: Finding) -> str:
    """The bare figure or date; "" where only a sentence answers."""
    evidence = finding.evidence
    if evidence is None or finding.question.kind not in (Kind.NUMBER, Kind.DATE):
        return ""
    return evidence.reading.passage.text[evidence.start : evidence.end]


def answer_text(finding: Finding, longest: int | None = None) -> str:
    """One thing's answer: the figure, if one is asked for, and the clauses it stands in."""
    evidence = finding.evidence
    if evidence is None:
        return finding.reason
    kind = finding.question.kind
    limit = {
        Kind.NUMBER: _FIGURE_LENGTH,
        Kind.DATE: _FIGURE_LENGTH,
        Kind.LIST: _LIST_LENGTH,
        Kind.DEFINITION: _LIST_LENGTH,
    }.get(kind, _FACT_LENGTH)
    start, end = _window(evidence, finding.question, min(limit, longest or limit))
    text = _trim(evidence.reading.passage.text[start:end])
    short = short_answer(finding)
    if not short:
        return text
    note = figure_note(evidence, finding.question)
    return f"{short}{note}。{text}" if note or short != text else text


def rival_text(evidence: Evidence, question: Question) -> str:
    """Another figure, with its period."""
    text = evidence.reading.passage.text[evidence.start : evidence.end]
    return f"{text}{figure_note(evidence, question, alone=True)}"


def figure_note(evidence: Evidence, question: Question, *, alone: bool = False) -> str:
    """What has to be said with a figure, in brackets: its period, that it is a target, that it can't be right.

    The period is said where the question names none or a longer one and the quote doesn't name
    the year itself (or the figure stands ``alone``); it is read against the document's date.
    """
    dated = evidence.figure
    if dated is None:
        return ""
    notes = []
    published = evidence.reading.document.published
    year_is_said = dated.said is not None and dated.said.explicit_year and not alone
    lasts = dated.figure.unit in DURATIONS  # 3—5年 is how long, not when
    if dated.period is not None and dated.period != question.period and not year_is_said and not lasts:
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
    word = asked[1] or asked[2]
    more = (first.low > second.low) != (word in "低少小慢")
    return f"{findings[0 if more else 1].part.label}更{word}。"


def _window(evidence: Evidence, question: Question, longest: int) -> tuple[int, int]:
    """The whole clauses, up to a length, that tell most of the question, with the place itself if they can.

    Around a figure, only as much as tells what it is the figure of and when, and no clause with another
    figure of its unit: one number is asked for. Else as much as there is room for.
    """
    reading = evidence.reading
    low, high = reading.sentences[evidence.sentence]
    if evidence.figure is None and high - low <= longest:
        return low, high
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
        and (figure is None or first <= place[0] <= place[-1] <= last)
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
