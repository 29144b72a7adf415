"""The words of an answer, made of the words of the documents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rag.evidence import Evidence
from rag.figures import compatible
from rag.question import Kind, Question

_FIGURE_LENGTH: Final = 60
_ENOUGH: Final = 15
_FACT_LENGTH: Final = 140
_LIST_LENGTH: Final = 200
_CLAUSE: Final = re.compile(r"(?:[^,;:。?!]|(?<=\d),(?=\d{3}))+[,;:。?!]*")
_MORE: Final = re.compile(r"(?:谁|哪[个家边]).{0,8}?(?:更|最)?([高低多少大小快慢])|更([高低多少大小快慢])")


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found for one of the things asked: the evidence, or None and why not."""

    label: str
    question: Question
    evidence: Evidence | None
    reason: str = ""


def short_answer(finding: Finding) -> str:
    """The bare figure, date or list; "" where only a sentence answers."""
    evidence = finding.evidence
    if evidence is None or (finding.question.kind in (Kind.FACT, Kind.DEFINITION)):
        return ""
    return evidence.reading.passage.text[evidence.start : evidence.end]


def answer_text(finding: Finding, longest: int | None = None) -> str:
    """One thing's answer: the figure, if one is asked for, and the clauses it stands in."""
    evidence = finding.evidence
    if evidence is None:
        return finding.reason
    kind = finding.question.kind
    limit = {Kind.NUMBER: _FIGURE_LENGTH, Kind.LIST: _LIST_LENGTH, Kind.DEFINITION: _LIST_LENGTH}.get(
        kind, _FACT_LENGTH
    )
    start, end = _window(evidence, finding.question, min(limit, longest or limit))
    text = _trim(evidence.reading.passage.text[start:end])
    short = short_answer(finding)
    return f"{short}。{text}" if kind is Kind.NUMBER and short != text else text


def comparison(findings: Sequence[Finding], question: str) -> str:
    """Which of two is more, where that was asked and both have figures of one unit; else ""."""
    asked = _MORE.search(question)
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
    return f"{findings[0 if more else 1].label}更{word}。"


def _window(evidence: Evidence, question: Question, longest: int) -> tuple[int, int]:
    """The whole clauses around a place up to a length, first on the side that has more of the question.

    Around a figure, no clause is taken in that has another figure of its unit: one number is asked for.
    """
    reading = evidence.reading
    low, high = reading.sentences[evidence.sentence]
    if evidence.figure is None and high - low <= longest:
        return low, high
    clauses = [found.span() for found in _CLAUSE.finditer(reading.folded, low, high)] or [(low, high)]
    inside = [n for n, (a, b) in enumerate(clauses) if a < evidence.end and b > evidence.start] or [0]
    first, last = inside[0], inside[-1]
    rivals = _rivals(evidence)

    def fits(number: int, start: int, end: int) -> bool:
        a, b = clauses[number]
        return end - start <= longest and not any(a <= at < b for at in rivals)

    def told(number: int) -> int:
        text = reading.folded[slice(*clauses[number])]
        return sum(word in text for word in question.words)

    def ends() -> bool:
        """A figure needs what it is the figure of, and nothing behind it."""
        return evidence.figure is not None and clauses[last][1] - clauses[first][0] >= _ENOUGH

    while True:
        sides = (
            [(told(first - 1), 1)]
            if first > 0 and fits(first - 1, clauses[first - 1][0], clauses[last][1])
            else []
        )
        if (
            last + 1 < len(clauses)
            and not ends()
            and fits(last + 1, clauses[first][0], clauses[last + 1][1])
        ):
            sides.append((told(last + 1), 0))
        if not sides:
            return clauses[first][0], clauses[last][1]
        if max(sides)[1]:
            first -= 1
        else:
            last += 1


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
    return text.strip(" ,,;;::、\n").replace("\n", "")
