"""Other figures for what is asked: of other periods, or at odds with the one given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from rag.evidence import Evidence
from rag.figures import same_value
from rag.question import Question

_AS_GOOD: Final = 0.93
"""A figure is of the same thing if the question's words stand about as near to it as to the best."""
_SURE: Final = 0.6
_SHOWN: Final = 2


@dataclass(frozen=True, slots=True)
class Choice:
    """The figure to give, those of other times, and those of the same time that say otherwise."""

    given: Evidence
    others: tuple[Evidence, ...] = ()
    disagreeing: tuple[Evidence, ...] = ()


def choose(question: Question, evidence: Sequence[Evidence]) -> Choice:
    """Take the best figure; where the question names no time, the newest of those as good.

    :param evidence: at least one, best first.
    """
    best = evidence[0]
    if best.figure is None or best.features.coverage < _SURE:
        return Choice(best)
    alike = [e for e in evidence if _is_alike(e, best)]
    given = max(alike, key=_end, default=best) if question.period is None else best
    others: list[Evidence] = []
    disagreeing: list[Evidence] = []
    for each in alike:
        if (
            each.figure
            and given.figure
            and not any(_says_the_same(each, e) for e in (given, *others, *disagreeing))
        ):
            if each.figure.period == given.figure.period:
                if each.reading.passage.doc_id != given.reading.passage.doc_id:
                    disagreeing.append(each)
            elif question.period is None:
                others.append(each)
    return Choice(
        given, tuple(sorted(others, key=_end, reverse=True)[:_SHOWN]), tuple(disagreeing[:_SHOWN])
    )


def _is_alike(evidence: Evidence, best: Evidence) -> bool:
    own, other = evidence.figure, best.figure
    return (
        own is not None
        and other is not None
        and own.figure.unit == other.figure.unit
        and own.stance == other.stance
        and own.period is not None
        and evidence.features.coverage >= _AS_GOOD * best.features.coverage
        and evidence.features.period > -1
        and evidence.features.narrowed == best.features.narrowed
        and evidence.features.ordinal == best.features.ordinal
        and set(evidence.missing) <= set(best.missing)
    )


def _says_the_same(one: Evidence, other: Evidence) -> bool:
    return (
        one.figure is not None
        and other.figure is not None
        and same_value(one.figure.figure, other.figure.figure)
    )


def _end(evidence: Evidence) -> date:
    assert evidence.figure is not None
    assert evidence.figure.period is not None
    return evidence.figure.period.end
