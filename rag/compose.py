"""The words of an answer, made of the words of the documents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.checks import DURATIONS, asks_for_target
from rag.choose import Candidate
from rag.figures import Stance, compatible, implausible, unit_last
from rag.question import MORE, Kind, Question
from rag.reading import published_period
from rag.split import Part

_BARE: Final = (Kind.NUMBER, Kind.DATE)  # of which the figure or the date is the answer
_LENGTHS: Final = {Kind.NUMBER: 60, Kind.DATE: 60, Kind.FACT: 140, Kind.LIST: 380}
"""How many characters of the text answer a question at most, but for a single sentence's."""
_BELONGS: Final = 0.4  # a sentence with a token this likely to belong to an answer is part of it
_MEMBER: Final = 0.5  # so likely is every token of a list's member
_BRIEF: Final = 40  # characters of a short answer at most
_MOST: Final = 0.6
"""A short answer that is more than this share of the text is not set before it; nor is less a member of a list."""
_YEAR: Final = re.compile(r"\d{4}|[今去前明后本上]年")
_LOOSE: Final = " \n,,;;::、。"
_PAIRS: Final = ("“”", "《》", "（）", "()", "「」", "『』", "〔〕")
_STRETCH: Final = re.compile(r"[^、,，;；:：。\n]+")
_CLAUSE: Final = re.compile(r"(?:[^,;:。?!]|(?<=\d),(?=\d{3}))+[,;:。?!]*")


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found for one of the things asked: the candidate given, or None and why not.

    ``more`` are further places that belong to the answer; ``others`` are figures of other times,
    ``disagreeing`` those of the same time that say otherwise; ``probability`` is the given one's or
    that of the one withheld, None where there was none.
    """

    part: Part
    question: Question
    given: Candidate | None
    reason: str = ""
    more: tuple[Candidate, ...] = ()
    others: tuple[Candidate, ...] = ()
    disagreeing: tuple[Candidate, ...] = ()
    probability: float | None = None


def short_answer(finding: Finding) -> str:
    """The bare figure, date, name or list; "" where only a sentence answers."""
    given, kind = finding.given, finding.question.kind
    if given is None:
        return ""
    text = given.reading.passage.text
    if given.figure is not None and kind is Kind.NUMBER:
        return unit_last(text[given.figure.figure.start : given.figure.figure.end])
    if given.judgement is None:
        return ""
    if kind is Kind.LIST:
        members = _members(given, quotation(given, finding.question))
        return "、".join(members) if len(members) > 1 else ""
    short = text[given.start : _closed(text, given.start, given.end)].strip(_LOOSE)
    return short if len(short) <= _BRIEF and "\n" not in short else ""


def _closed(text: str, start: int, end: int) -> int:
    """The end of a span, or behind the bracket or quotation mark that closes one left open in it."""
    for opening, closing in _PAIRS:
        if (
            text.count(opening, start, end) > text.count(closing, start, end)
            and text[end : end + 1] == closing
        ):
            return end + 1
    return end


def answer_text(finding: Finding, longest: int | None = None) -> str:
    """One thing's answer: what is asked for, then the words it stands in."""
    given = finding.given
    if given is None:
        return finding.reason
    quoted = quotation(given, finding.question)
    limit = _LENGTHS[finding.question.kind]
    start, end = _window(given, finding.question, quoted, min(limit, longest or limit))
    text = given.reading.passage.text[start:end].strip(_LOOSE[:-1]).replace("\n", "")
    short = short_answer(finding)
    note = date_note(given) if finding.question.kind is Kind.DATE else figure_note(given, finding.question)
    if not short or (not note and len(short) > _MOST * len(text)):
        return f"{text}{note}"
    return f"{short}{note}。{text}"


def figure_text(candidate: Candidate, question: Question) -> str:
    """A figure with its period, standing alone."""
    text = candidate.reading.passage.text[candidate.start : candidate.end]
    return f"{unit_last(text)}{figure_note(candidate, question, alone=True)}"


def date_note(candidate: Candidate) -> str:
    """Say, in brackets, which date 今年年底 is, or that nobody knows the year; "" where the text says it."""
    reading, start, end = candidate.reading, candidate.start, candidate.end
    said = next((e for e in reading.periods if e.start < end and start < e.end), None)
    if said is None:
        unknown = any(a < end and start < b for a, b in reading.undated)
        return "(文档没有日期,年份不详)" if unknown else ""
    return "" if said.explicit_year else f"({said.period})"


def figure_note(candidate: Candidate, question: Question, *, alone: bool = False) -> str:
    """What has to be said with a figure, in brackets: its period, that it is a target, that it can't be right.

    The period is said where the question names none, a longer one or no year, and the quote doesn't name
    the year itself (or the figure stands ``alone``); it is read against the document's date.
    """
    dated = candidate.figure
    if dated is None or question.kind is not Kind.NUMBER:
        return ""
    notes = []
    document = candidate.reading.document
    year_is_said = dated.said is not None and dated.said.explicit_year and not alone
    lasts = dated.figure.unit in DURATIONS  # 3—5年 is how long, not when
    asked_so = dated.period == question.period and _YEAR.search(question.folded)
    if dated.period is not None and not (asked_so or year_is_said or lasts):
        notes.append(str(dated.period) if dated.period != published_period(document) else "")
        notes.append(f"据{document.published}报道" if document.published and not question.period else "")
    if dated.stance is Stance.TARGET and not asks_for_target(question):
        notes.append("目标或计划数")
    start, end = candidate.reading.sentences[candidate.sentence]
    moved = replace(dated.figure, start=dated.figure.start - start, end=dated.figure.end - start)
    if doubt := implausible(candidate.reading.passage.text[start:end], moved):
        notes.append(f"原文如此,{doubt}")
    said = ",".join(filter(None, notes))
    return f"({said})" if said else ""


def comparison(findings: Sequence[Finding], question: str) -> str:
    """Which of two is more, where that was asked and both have figures of one unit; else ""."""
    asked = MORE.search(question)
    figures = [f.given.figure.figure for f in findings if f.given and f.given.figure]
    if not asked or len(findings) != 2 or len(figures) != 2:
        return ""
    first, second = figures
    if not compatible(first.unit, second.unit):
        return ""
    if first.low == second.low:
        return "两者相同。"
    word = next(filter(None, asked.groups()))
    more = (first.low > second.low) != (word in "低少小慢")
    return f"{findings[0 if more else 1].part.label}更{word}。"


def quotation(candidate: Candidate, question: Question) -> tuple[int, int]:
    """What is cited: the sentence, with the one before it that it leans on, and those around it that belong to the
    answer as well, up to a length.
    """
    reading, first = candidate.reading, candidate.sentence
    last, longest = first, _LENGTHS[question.kind]
    judgement = candidate.judgement
    low, high = reading.opening(first), reading.sentences[first][1]
    if question.kind in _BARE:
        return low, high
    if judgement is not None:
        belongs = [judgement.peak(*sentence) >= _BELONGS for sentence in reading.sentences]
        for n in range(first + 1, len(belongs)):
            if belongs[n] and reading.sentences[n][1] - low <= longest:
                last = n
        for n in range(first - 1, -1, -1):
            if belongs[n] and reading.sentences[last][1] - reading.sentences[n][0] <= longest:
                first = n
        low, high = min(low, reading.opening(first)), reading.sentences[last][1]
    if reading.announces(last):
        high = max(high, reading.closing(last, longest - (reading.sentences[last][0] - low)))
    return low, high


def _members(candidate: Candidate, quoted: tuple[int, int]) -> list[str]:
    """The pieces of a list: the stretches between two marks most of whose tokens belong to the answer."""
    judgement, text = candidate.judgement, candidate.reading.passage.text
    if judgement is None:
        return []
    members = []
    for found in _STRETCH.finditer(text, *quoted):
        within = (judgement.offsets[:, 0] >= found.start()) & (judgement.offsets[:, 0] < found.end())
        if within.any() and (judgement.inside[within] >= _MEMBER).mean() > _MOST:
            members.append(found[0].strip(_LOOSE))
    return list(filter(None, members))


def _window(
    candidate: Candidate, question: Question, quoted: tuple[int, int], longest: int
) -> tuple[int, int]:
    """The whole clauses, up to a length, that tell most of the question, with the answer itself.

    Around a figure, only as much as tells what it is the figure of and when, and no clause with another
    figure of its unit: one number is asked for. Else as much as there is room for.
    """
    reading, bare = candidate.reading, question.kind in _BARE
    low, high = reading.sentences[candidate.sentence] if bare else quoted
    if not bare and quoted[1] - quoted[0] <= longest:
        return quoted
    clauses = [found.span() for found in _CLAUSE.finditer(reading.folded, low, high)] or [(low, high)]
    own = [n for n, (a, b) in enumerate(clauses) if a < candidate.end and b > candidate.start] or [0]
    rivals = _rivals(candidate)

    def worth(window: tuple[int, int]) -> tuple[int, int]:
        start, end = clauses[window[0]][0], clauses[window[1]][1]
        figure = candidate.figure
        told = sum(word in reading.folded[start:end] for word in question.words)
        when = figure is not None and figure.said is not None and start <= figure.said.start < end
        return told + when, start - end if bare else end - start

    windows = [
        (first, last)
        for first in range(own[0] + 1)
        for last in range(own[-1], len(clauses))
        if clauses[last][1] - clauses[first][0] <= longest
        and not any(
            clauses[n][0] <= at < clauses[n][1]
            for n in range(first, last + 1)
            if n not in own
            for at in rivals
        )
    ]
    first, last = max(windows, key=worth, default=(own[0], own[-1]))
    return clauses[first][0], clauses[last][1]


def _rivals(candidate: Candidate) -> list[int]:
    own = candidate.figure
    if own is None:
        return []
    figures = candidate.reading.figures
    return [f.figure.start for f in figures if f is not own and f.figure.unit == own.figure.unit]
