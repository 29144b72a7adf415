"""The places in the hits that may answer a question, scored."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from index import PassageIndex, tokenize
from rag.figures import Stance, compatible
from rag.periods import Period
from rag.question import Kind, Question
from rag.reading import DatedFigure, Reading
from rag.types import Hit
from rag.wording import occurrences, spellings

_AFTER: Final = 1.25
"""Words behind a place say less of it than words before it: what is told comes after what it is told of."""
_CONTEXT: Final = 0.6
"""What a word counts that stands only in the heading, the title or the region."""
_HEAD: Final = 1.5
"""How much more the word counts that says what is asked for."""
_TARGET_WORDS: Final = ("目标", "计划", "预计", "力争", "将", "打算", "要", "规划", "争取", "拟")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place that may answer: ``start``–``end`` in the passage, what speaks for it and how much.

    ``coverage`` is the share of the question's words, weighted by rarity, that stand near it
    (0–1); ``missing`` are those that stand nowhere near.
    """

    reading: Reading
    start: int
    end: int
    sentence: int
    score: float
    coverage: float
    missing: tuple[str, ...]
    agrees: float
    figure: DatedFigure | None = None


def gather(
    question: Question,
    hits: Sequence[Hit],
    readings: Sequence[Reading],
    similarity: Mapping[tuple[str, int], float],
    passage_index: PassageIndex,
) -> list[Evidence]:
    """Score every place in the hits that is of the kind asked for, best first.

    :param similarity: (passage_id, number of the sentence) -> cosine with the question.
    """
    weights = word_weights(question, passage_index)
    found = []
    for hit, reading in zip(hits, readings, strict=True):
        places = _Places(question, weights, reading)
        for start, end, figure in _places(question, reading):
            segment = reading.segment_at(start)
            coverage, missing = places.coverage(start)
            agrees = agreement(question.period, figure, reading)
            close = similarity.get((reading.passage.passage_id, segment.sentence), 0.0)
            score = coverage + 0.35 * close + 0.25 * hit.score + 0.3 * agrees + _fitness(question, reading, figure, start, end)
            found.append(Evidence(reading, start, end, segment.sentence, score, coverage, missing, agrees, figure))
    return sorted(found, key=lambda e: (-e.score, e.reading.passage.passage_id, e.start))


def word_weights(question: Question, passage_index: PassageIndex) -> dict[str, float]:
    """Each word's share of the question, by rarity; together 1."""
    rarity = {word: passage_index.lexical.rarity(word) for word in question.words}
    if question.head in rarity:
        rarity[question.head] *= _HEAD
    rarity |= {word: share * passage_index.lexical.rarity(word) for word, share in question.carried.items()}
    total = sum(rarity.values())
    return {word: weight / total for word, weight in rarity.items()} if total else {}


class _Places:
    """Where a question's words stand in one passage."""

    def __init__(self, question: Question, weights: Mapping[str, float], reading: Reading) -> None:
        self._weights = weights
        self._reading = reading
        self._context = {word: any(form in reading.context for form in spellings(word)) for word in weights}
        self._occurrences = {
            word: [(reading.segment_at(at).at, share) for at, share in occurrences(word, reading.folded)] for word in weights
        }

    def coverage(self, offset: int) -> tuple[float, tuple[str, ...]]:
        """The weight of the words that stand near an offset, each the less the farther, and the words that don't."""
        here = self._reading.segment_at(offset).at
        covered = 0.0
        missing = []
        for word, weight in self._weights.items():
            near = max((share * _nearness(here - at) for at, share in self._occurrences[word]), default=0.0)
            if near < _CONTEXT and self._context[word]:
                near = _CONTEXT
            covered += weight * near
            if near < 0.2:
                missing.append(word)
        return covered, tuple(missing)


def _nearness(distance: float) -> float:
    return math.exp(-distance if distance >= 0 else distance * _AFTER)


def _places(question: Question, reading: Reading) -> Iterable[tuple[int, int, DatedFigure | None]]:
    if question.kind is Kind.NUMBER:
        for dated in reading.figures:
            figure = dated.figure
            if not question.unit or not figure.unit or compatible(figure.unit, question.unit):
                yield figure.start, figure.end, dated
    elif question.kind is Kind.DATE:
        for expression in reading.periods:
            yield expression.start, expression.end, None
    elif question.kind is Kind.LIST:
        for start, end in reading.enumerations or ():
            yield start, end, None
        for segment in reading.segments:
            yield segment.start, segment.end, None
    else:
        for segment in reading.segments:
            yield segment.start, segment.end, None


def agreement(asked: Period | None, figure: DatedFigure | None, reading: Reading) -> float:
    """How well a place's period fits the one asked for: 1 the same, 0 not asked, below 0 another."""
    if asked is None:
        return 0.0
    period = figure.period if figure else _document_period(reading)
    if period is None:
        return 0.0
    if (period.first, period.end) == (asked.first, asked.end):
        return 1.0
    if figure is not None and figure.said is None:
        return 0.4 if _same_year(asked, period) else -0.5
    if asked.contains(period):
        return 0.7
    if period.contains(asked):
        return 0.5
    if asked.overlaps(period):
        return 0.2
    return -1.0 if figure else -0.3


def _same_year(asked: Period, period: Period) -> bool:
    return asked.first.year <= period.end.year and period.first.year <= asked.end.year


def _document_period(reading: Reading) -> Period | None:
    published = reading.document.published
    if published is None:
        return None
    return Period(published.first, published.last.fromordinal(published.last.toordinal() + 1), "span")


def _fitness(question: Question, reading: Reading, figure: DatedFigure | None, start: int, end: int) -> float:
    """Small reasons for one place over another that the words don't give."""
    sentence = reading.sentences[reading.segment_at(start).sentence]
    fitness = -0.3 if reading.folded[sentence[1] - 1] not in "。!?…;:-\"'" else 0.0  # a heading or caption
    if figure is None:
        news = sum(word not in question.folded for word in tokenize(reading.folded[sentence[0] : sentence[1]]))
        fitness -= 0.3 if news < 3 else 0.0
        return fitness + (0.15 if question.kind is Kind.LIST and "、" in reading.folded[start:end] else 0.0)
    fitness += 0.1 if question.unit and figure.figure.unit == question.unit else 0.0
    if figure.figure.ordinal != (question.unit == "位" and "第" in question.folded or "排" in question.folded):
        fitness -= 0.3
    if figure.figure.text in question.folded:
        fitness -= 0.4  # given in the question, so not asked for
    wants_target = any(word in question.folded for word in _TARGET_WORDS)
    if (figure.stance is Stance.TARGET) != wants_target:
        fitness -= 0.05
    return fitness
