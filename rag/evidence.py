"""The places in the hits that may answer a question, each with what speaks for it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from index import PassageIndex, tokenize
from rag.aliases import aliases
from rag.features import (
    Features,
    agreement,
    asks_for_ordinal,
    contraries,
    contrary,
    date_fit,
    form_fit,
    narrowing,
    ordinal_misfit,
    share_misfit,
    stance_misfit,
    unit_fit,
)
from rag.figures import DIMENSIONS, compatible, find_figures, same_value
from rag.places import asked_places, is_elsewhere, named_places
from rag.question import Kind, Question, is_name
from rag.ranker import WEIGHTS
from rag.reading import DatedFigure, Reading
from rag.respective import Owner, is_of_another, owners
from rag.sought import Sought, gives, sought
from rag.types import Hit
from rag.wording import Occurrences, occurrences, spellings

_FADING: Final = 0.7
"""How fast a word says less of a place the farther it stands; about flat from 0.5 to 1 on the dev sets."""
_AFTER: Final = 1.25
"""Words behind a place say less of it than words before it: what is told comes after what it is told of."""
_CONTEXT: Final = 0.6
"""What a word counts that stands only in the heading, the title or the region."""
_ALIAS: Final = 0.9
"""What a name counts in place of another that the document declares to be of the same thing."""
_HEAD: Final = 1.4
"""How much more the word counts that says what is asked for."""
_LISTED: Final = re.compile(r"(?<![一二三四五六七八九十])、|》《")
_TITLE: Final = re.compile(r"《[^《》\n]{1,60}》")
_KIND_WORD: Final = 0.5
"""How much less the word counts that only names the kind of thing asked for: 什么职务."""
_FORMULA: Final = re.compile(
    r"印发给你们|特此(?:通知|通告|公告|批复|函告)|件?(?:主动|依申请)?公开发布\)|现(?:予以?公布|批复如下|通知如下)"
)
_TOLD: Final = re.compile(r"截[至止]")
_SENT: Final = re.compile(r" ?[电讯](?![话影视器信])| ?消息")
_NEAR: Final = 0.2
"""A word that counts less than this is missing."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place that may answer: ``start``–``end`` in the passage, and how much speaks for it.

    ``missing`` are the words of the question that stand nowhere near, the rarest first, and ``unknown``
    those that no document has.
    """

    reading: Reading
    start: int
    end: int
    sentence: int
    score: float
    features: Features
    missing: tuple[str, ...]
    unknown: frozenset[str] = frozenset()
    figure: DatedFigure | None = None


def gather(
    question: Question,
    hits: Sequence[Hit],
    readings: Sequence[Reading],
    similarity: Mapping[tuple[str, int], float],
    passage_index: PassageIndex,
    regions: Set[str] = frozenset(),
    *,
    worth: Sequence[float] = WEIGHTS,
    find: Occurrences = occurrences,
) -> list[Evidence]:
    """Score every place in the hits that is of the kind asked for, best first.

    :param regions: the words that tell the documents' regions apart.
    :param similarity: (passage_id, number of the sentence) -> cosine with the question.
    :param worth: of each feature, in their order.
    :param find: says where a word stands in a text.
    """
    known = {word for word in (*question.words, *question.carried) if is_known(word, passage_index)}
    unknown = frozenset({*question.words, *question.carried} - known)
    head = _head(question, known)
    weights = word_weights(question, head, passage_index)
    regions_asked = asked_places(question, regions)
    places = named_places(question.folded, readings)
    strange = sum(weight for word, weight in weights.items() if word not in known)
    kind = sought(question.folded)
    names = list(filter(is_name, question.words))
    opposed = contraries(question)
    given = find_figures(question.folded)
    found = []
    for hit, reading in zip(hits, readings, strict=True):
        words = _Words(question, weights, reading, find)
        thin = _Thin(question, reading)
        owned = owners(reading)
        forms = [form_fit(question, reading, n) for n in range(len(reading.sentences))]
        place = float(is_elsewhere(question, reading, regions_asked, places))
        found_kind = [_gives(kind, names, reading.folded[a:b]) for a, b in reading.sentences]
        elsewhere = sum(weights[word] for word in words.lacking if word in known)
        for start, end, figure in _places(question, reading):
            segment = reading.segment_at(start)
            near = words.near(segment.at, question.kind is Kind.DATE)
            missing = sorted(
                (word for word in weights if near[word] < _NEAR), key=lambda word: -weights[word]
            )
            features = Features(
                coverage=sum(weights[word] * near[word] for word in weights),
                elsewhere=elsewhere,
                strange=strange,
                head=near.get(head, 0.0),
                close=similarity.get((reading.passage.passage_id, segment.sentence), 0.0),
                hit=hit.score,
                period=agreement(question, figure, reading),
                unit=date_fit(question, reading.folded[start:end])
                if question.kind is Kind.DATE
                else unit_fit(question, figure),
                sought=found_kind[segment.sentence],
                place=place,
                given=float(figure is not None and any(same_value(figure.figure, own) for own in given)),
                thin=thin.of(segment.sentence),
                stance=stance_misfit(question, figure),
                narrowed=narrowing(question, figure, reading.folded[segment.start : start]),
                ordinal=ordinal_misfit(question, figure, reading),
                contrary=_contrary(
                    question, reading.folded[segment.start : segment.end], figure, owned, opposed
                ),
                form=forms[segment.sentence]
                or float(question.kind is Kind.LIST and bool(_LISTED.search(reading.folded, start, end))),
            )
            score = sum(weight * value for weight, value in zip(worth, features, strict=True))
            found.append(
                Evidence(
                    reading, start, end, segment.sentence, score, features, tuple(missing), unknown, figure
                )
            )
    return sorted(found, key=lambda e: (-e.score, e.reading.passage.passage_id, e.start))


def _contrary(
    question: Question,
    around: str,
    figure: DatedFigure | None,
    owned: Mapping[int, Owner],
    opposed: Sequence[tuple[str, re.Pattern[str]]],
) -> float:
    """1 where a figure is of another of the things it is listed with, or the words around a place say the contrary."""
    owner = owned.get(figure.figure.start) if figure is not None else None
    if owner is not None:
        return float(is_of_another(question, owner))
    return contrary(opposed, around) or share_misfit(question, figure, around)


def _gives(kind: Sought | None, names: Sequence[str], sentence: str) -> float:
    if kind is None:
        return 0.0
    return (1.0 if gives(kind, sentence, names) else -1.0) * (2 if kind.sure else 1)


def _head(question: Question, known: Set[str]) -> str:
    """The word that says what is asked for; where the documents lack it, the last that they have."""
    if question.head in known:
        return question.head
    return next((word for word in reversed(question.words) if word in known), question.head)


def word_weights(question: Question, head: str, passage_index: PassageIndex) -> dict[str, float]:
    """Each word's share of the question, by rarity, the head's raised; together 1."""
    rarity = {word: passage_index.lexical.rarity(word) for word in question.words}
    if head in rarity:
        rarity[head] *= _KIND_WORD if is_kind_word(head, question) else _HEAD
    carried = {word: share * passage_index.lexical.rarity(word) for word, share in question.carried.items()}
    # However long the turn before was, what it was about says no more than what is asked now.
    scale = min(1.0, sum(rarity.values()) / sum(carried.values())) if rarity and carried else 1.0
    rarity |= {word: scale * weight for word, weight in carried.items()}
    total = sum(rarity.values())
    return {word: weight / total for word, weight in rarity.items()} if total else {}


def is_kind_word(word: str, question: Question) -> bool:
    """Whether a word follows 什么 or 哪个: the answer is one, and need not call itself so."""
    return question.kind is Kind.FACT and bool(
        re.search(rf"(?:什么|啥|哪一?[个家位所座名种类项])(?:的)?{re.escape(word)}", question.folded)
    )


def is_known(word: str, passage_index: PassageIndex) -> bool:
    """Whether the documents have a word, in any spelling, or all its parts."""
    count = passage_index.lexical.count
    return any(all(count(part) for part in tokenize(form)) for form in spellings(word) if tokenize(form))


class _Words:
    """Where a question's words stand in one passage."""

    def __init__(
        self, question: Question, weights: Mapping[str, float], reading: Reading, find: Occurrences
    ) -> None:
        self._context = {word: any(form in reading.context for form in spellings(word)) for word in weights}
        self._found = {
            word: [(reading.segment_at(at), share) for at, share in find(word, reading.folded)]
            for word in weights
        }
        for asked, other in _named_otherwise(question.folded, reading):
            places = [
                (reading.segment_at(m.start()), _ALIAS)
                for m in re.finditer(re.escape(other), reading.folded)
            ]
            for word in weights:
                if word in asked:
                    self._found[word] += places

    @property
    def lacking(self) -> list[str]:
        """The words that stand nowhere in the passage nor in its heading, title or region."""
        return [word for word, found in self._found.items() if not found and not self._context[word]]

    def near(self, here: float, leads: bool) -> dict[str, float]:
        """How near each word stands to a place, from 0 (not there) to 1 (in its segment).

        :param leads: whether what is told comes after the place, as it does after a date, or before it.
        """
        nearest = {}
        for word, found in self._found.items():
            near = max(
                (
                    share * _nearness(segment.at - here if leads else here - segment.at)
                    for segment, share in found
                ),
                default=0.0,
            )
            nearest[word] = max(near, _CONTEXT) if self._context[word] else near
        return nearest


def _named_otherwise(question: str, reading: Reading) -> Iterable[tuple[str, str]]:
    """The names in a question with the other ones that the passage's document gives for the same."""
    for full, short in aliases(reading.document):
        if full in question:
            yield full, short
        elif short in question:
            yield short, full


def _nearness(distance: float) -> float:
    return math.exp(-_FADING * (distance if distance >= 0 else -distance * _AFTER))


@lru_cache(maxsize=1 << 15)
def _words_of(sentence: str) -> tuple[str, ...]:
    """The words of a sentence, kept, as questions come back to the same sentences."""
    return tuple(tokenize(sentence))


class _Thin:
    """Which sentences of a passage can't answer: headings, captions, questions, the formulas of a notice, and what
    only repeats the question asked.
    """

    def __init__(self, question: Question, reading: Reading) -> None:
        self._question = question
        self._reading = reading
        self._known: dict[int, float] = {}

    def of(self, sentence: int) -> float:
        if sentence not in self._known:
            start, end = self._reading.sentences[sentence]
            text = self._reading.folded[start:end]
            news = sum(word not in self._question.folded for word in _words_of(text))
            self._known[sentence] = float(
                text[-1] not in "。!…;:-\"'" or news < 3 or bool(_FORMULA.search(text))
            )
        return self._known[sentence]


def _places(question: Question, reading: Reading) -> Iterable[tuple[int, int, DatedFigure | None]]:
    if question.kind is Kind.NUMBER:
        ordinal = asks_for_ordinal(question)
        for dated in reading.figures:
            figure = dated.figure
            bare = (
                not figure.unit
                and question.unit in ("元", "%", *DIMENSIONS)
                and figure.text.isdecimal()
                and "\t" not in reading.passage.text
            )
            wanted = not question.unit or not figure.unit or compatible(figure.unit, question.unit)
            # The 11th of a kind may say how often, but not how many of another.
            other = figure.ordinal and question.unit not in ("", figure.unit)
            # Nor are 10年 how large something is.
            unfit = not question.unit and figure.unit and unit_fit(question, dated) < 0
            if wanted and not (bare or unfit or (other and not ordinal)):
                yield figure.start, figure.end, dated
    elif question.kind is Kind.DATE:
        titles = [found.span() for found in _TITLE.finditer(reading.folded)]
        for start, end in (*((e.start, e.end) for e in reading.periods), *reading.undated):
            # Neither 《"十四五"规划》 nor when a report came out or was drawn up says when something was.
            told = (
                not _TOLD.search(question.folded) and _TOLD.match(reading.folded, start)
            ) or _SENT.match(reading.folded, end)
            if not told and not any(a < start < b for a, b in titles):
                yield start, end, None
    else:
        if question.kind is Kind.LIST:
            yield from ((start, end, None) for start, end in reading.enumerations)
        yield from ((segment.start, segment.end, None) for segment in reading.segments)
