"""The places in the passages that may answer, each with one probability; which is given, which stand beside it."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from index import PassageIndex, tokenize
from rag.checks import Checks, asks_for_target, check, check_figure, objection
from rag.figures import Stance, compatible, same_value
from rag.question import Kind, Question
from rag.reader import Judgement
from rag.reading import DatedFigure, Reading
from rag.types import Hit

WEIGHTS: Final = Path(__file__).with_name("weights.toml")
_MASS: Final = 0.02  # a sentence in which the answer starts less likely than this is no candidate
_ELSEWHERE: Final = 0.5  # what a word counts that stands in the passage, but not in the sentence
_AS_LIKELY: Final = 0.6  # of the best one's probability: then another figure is of the same thing
_SHOWN: Final = 2


class Features(NamedTuple):
    """What the probability is made of; without a reader the first four are 0."""

    reader: float  # logit that the passage answers
    ahead: float  # by how much that is more than for any other passage, at most 5 either way
    mass: float  # logarithm of the probability that the answer starts here, if in the passage
    peak: float  # the highest probability of a token here to belong to an answer
    coverage: float  # share of the question's words, by rarity, in the sentence, or less in the passage
    hit: float  # the passage's fused score
    fits: float  # 1 a figure, date or enumeration where one is asked for, -1 none
    period: float  # as in `Checks`
    unit: float  # as in `Checks`
    stance: float = 0.0  # 1 a target where one is asked for, -1 where only one of both is so


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A place that may answer: ``start``–``end`` in the passage, in a sentence of it.

    ``objection`` is what forbids it in words, None if nothing does; ``missing`` are the question's words
    that stand nowhere in the passage, its title or heading.
    """

    hit: Hit
    reading: Reading
    judgement: Judgement | None
    sentence: int
    start: int
    end: int
    figure: DatedFigure | None
    checks: Checks
    features: Features
    probability: float
    objection: str | None
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """The candidate to give, figures of other times, and those of the same time that say otherwise."""

    given: Candidate
    others: tuple[Candidate, ...] = ()
    disagreeing: tuple[Candidate, ...] = ()


def candidates(
    question: Question,
    hits: Sequence[Hit],
    readings: Sequence[Reading],
    judgements: Sequence[Judgement] | None,
    passage_index: PassageIndex,
    regions: Set[str] = frozenset(),
    objection: Callable[[Question, Checks], str | None] = objection,
) -> list[Candidate]:
    """Return every place that may answer, the likeliest first.

    :param judgements: the reader's, of each passage; None without a reader.
    :param regions: the words that tell the documents' regions apart.
    """
    weights = learnt()["plain" if judgements is None else "reader"]
    rarity = {
        word: passage_index.lexical.rarity(word)
        for word in tokenize(" ".join((*question.carried, *question.words)))
    }
    found = []
    for number, (hit, reading) in enumerate(zip(hits, readings, strict=True)):
        judgement = judgements[number] if judgements is not None else None
        ahead = _ahead(judgements, number) if judgements is not None else 0.0
        missing = tuple(word for word in rarity if not reading.has(word))
        passage = check(question, reading, None, regions)
        for sentence, start, end, figure in _places(question, reading, judgement):
            checks = check_figure(question, reading, figure, passage)
            features = Features(
                reader=judgement.answers if judgement else 0.0,
                ahead=ahead,
                mass=math.log(max(judgement.mass(start, max(end, start + 1)), 1e-4)) if judgement else 0.0,
                peak=judgement.peak(start, end) if judgement else 0.0,
                coverage=_coverage(rarity, reading, sentence),
                hit=hit.score,
                fits=_fits(question, reading, sentence, figure),
                period=checks.period,
                unit=checks.unit,
                stance=_stance(question, figure),
            )
            logit = weights["bias"] + sum(
                weights[name] * value for name, value in features._asdict().items()
            )
            found.append(
                Candidate(
                    hit, reading, judgement, sentence, start, end, figure, checks, features,
                    1 / (1 + math.exp(-logit)), objection(question, checks), missing,
                )
            )  # fmt: skip
    return sorted(found, key=lambda each: (-each.probability, each.hit.rank, each.start))


def choose(question: Question, found: Sequence[Candidate]) -> Choice | None:
    """Take the likeliest that nothing forbids; where the question names no time, the newest figure of those as likely."""
    allowed = [each for each in found if each.objection is None]
    if not allowed:
        return None
    best = allowed[0]
    if best.figure is None or question.kind is not Kind.NUMBER:
        return Choice(best)
    alike = [best, *(each for each in allowed[1:] if _is_alike(each, best))]
    given = max(alike, key=_end) if question.period is None else best
    others: list[Candidate] = []
    disagreeing: list[Candidate] = []
    for each in alike:
        if any(_says_the_same(each, other) for other in (given, *others, *disagreeing)):
            continue
        if _period(each) != _period(given):
            others += [each] if question.period is None else []
        elif each.hit.passage.doc_id != given.hit.passage.doc_id:
            disagreeing.append(each)
    return Choice(
        given, tuple(sorted(others, key=_end, reverse=True)[:_SHOWN]), tuple(disagreeing[:_SHOWN])
    )


@cache
def learnt() -> Mapping[str, Mapping[str, float]]:
    """The sections of weights.toml, made by ``python -m train confidence``: name -> weight."""
    return tomllib.loads(WEIGHTS.read_text(encoding="utf-8"))


def _places(
    question: Question, reading: Reading, judgement: Judgement | None
) -> Iterator[tuple[int, int, int, DatedFigure | None]]:
    """The places in a passage: (sentence, start, end, the figure that stands there).

    With a reader, its likeliest span in each sentence; where a number is asked for, each figure as well,
    and without a reader these alone.
    """
    for number, (low, high) in enumerate(reading.sentences):
        if judgement is not None:
            if judgement.mass(low, high) < _MASS:
                continue
            start, end, _ = judgement.span(low, high)
        else:
            start, end = low, high
        figures = [f for f in reading.figures if low <= f.figure.start and f.figure.end <= high]
        own = None
        for figure in figures if question.kind is Kind.NUMBER else ():
            place = figure.figure.start, figure.figure.end
            fits = not question.unit or compatible(figure.figure.unit, question.unit)
            if judgement is not None and place[0] < end and start < place[1] and own is None and fits:
                own = figure
            elif fits and (judgement is None or judgement.mass(*place) >= _MASS):
                yield number, *place, figure
        if judgement is None and figures and question.kind is Kind.NUMBER:
            continue
        if judgement is not None and own is None and question.kind is Kind.NUMBER:
            own = next((f for f in figures if f.figure.start < end and start < f.figure.end), None)
        yield number, start, end, own


def _ahead(judgements: Sequence[Judgement], number: int) -> float:
    others = (each.answers for n, each in enumerate(judgements) if n != number)
    return max(-5.0, min(5.0, judgements[number].answers - max(others, default=0.0)))


def _coverage(rarity: Mapping[str, float], reading: Reading, sentence: int) -> float:
    start, end = reading.sentences[sentence]
    text = reading.folded[start:end]
    total = sum(rarity.values())
    if not total:
        return 0.0
    near = sum(
        weight if word in text else _ELSEWHERE * weight * reading.has(word)
        for word, weight in rarity.items()
    )
    return near / total


def _fits(question: Question, reading: Reading, sentence: int, figure: DatedFigure | None) -> float:
    """Whether there is what the kind of question calls for: 1 yes, -1 no, 0 where it calls for nothing."""
    low, high = reading.sentences[sentence]
    match question.kind:
        case Kind.NUMBER:
            return 1.0 if figure and compatible(figure.figure.unit, question.unit) else -1.0
        case Kind.DATE:
            dates = [*((e.start, e.end) for e in reading.periods), *reading.undated]
            return 1.0 if any(low <= start and end <= high for start, end in dates) else -1.0
        case Kind.LIST:
            return 1.0 if any(mark in reading.folded[low:high] for mark in "、;") else -1.0
        case _:
            return 0.0


def _stance(question: Question, figure: DatedFigure | None) -> float:
    if figure is None:
        return 0.0
    asked, aimed = asks_for_target(question), figure.stance is Stance.TARGET
    return float(asked) if asked == aimed else -1.0


def _is_alike(each: Candidate, best: Candidate) -> bool:
    """Whether it is a figure of the same thing: about as likely, with the same unit, reached or aimed at alike."""
    return (
        each.figure is not None
        and best.figure is not None
        and each.probability >= _AS_LIKELY * best.probability
        and each.figure.figure.unit == best.figure.figure.unit
        and each.figure.stance == best.figure.stance
        and each.figure.period is not None
        and each.checks.period > -1
    )


def _says_the_same(one: Candidate, other: Candidate) -> bool:
    return (
        one.figure is not None
        and other.figure is not None
        and same_value(one.figure.figure, other.figure.figure)
    )


def _period(each: Candidate) -> object:
    return each.figure.period if each.figure else None


def _end(each: Candidate) -> float:
    period = each.figure.period if each.figure else None
    return period.end.toordinal() if period else float("-inf")
