"""The places in the hits that may answer a question, each with what speaks for it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Final, NamedTuple

from index import PassageIndex, tokenize
from index import segment as cut
from rag.figures import Stance, compatible
from rag.periods import Period, TimeExpression
from rag.question import Kind, Question, is_name
from rag.ranker import WEIGHTS
from rag.reading import DatedFigure, Reading, published_period
from rag.sought import gives_what_is_sought
from rag.types import Hit
from rag.wording import occurrences, spellings

_FADING: Final = 0.7
"""How fast a word says less of a place the farther it stands; about flat from 0.5 to 1 on the dev sets."""
_AFTER: Final = 1.25
"""Words behind a place say less of it than words before it: what is told comes after what it is told of."""
_CONTEXT: Final = 0.6
"""What a word counts that stands only in the heading, the title or the region."""
_HEAD: Final = 1.4
"""How much more the word counts that says what is asked for."""
_NEAR: Final = 0.2
"""A word that counts less than this is missing."""
_TARGET: Final = re.compile(r"目标|计划|预计|力争|将[要会]?|打算|规划|争取|拟|有望|希望|要达|达到多少|要做")
_PART_OF: Final = re.compile(r"新增|净增|新认定|推荐|上报|新立项")
_WHOLE_YEAR: Final = re.compile(r"全年|整年|一整年|年度")
_HOW_LONG: Final = re.compile(r"多久|多长|时间|几[年天]|何时|期限|工期|年限")
DURATIONS: Final = frozenset(["年", "个月", "天", "小时", "分钟", "周", "周年", "个工作日"])
_DEFINES: Final = re.compile(
    r"指的?是|是指|[”\"」]指|指(?=形成|实施|在|通过|由|对|将)|即(?![将使可日])|就是|意味着|含义|简称|俗称|又称|定义|是一[种个项类]"
)
_ASKS_NAME: Final = re.compile(r"名字|姓名")
_QUOTED: Final = re.compile(r"[\"《「『][^\"》」』]{2,24}[\"》」』]")
_MEMBER_END: Final = re.compile(r"、|和(?=[^、]*$)|以及|及(?=[^、]*$)|与(?=[^、]*$)")
_CLASS: Final = re.compile(r"(?:以上|级)$")


class Features(NamedTuple):
    """What speaks for a place, each a number; `rag.ranker` has what each is worth."""

    coverage: float  # share of the question's words, by rarity, that stand near, the farther the less
    elsewhere: float  # share of the words that the documents have, but not this passage
    strange: float  # share of the words that the documents don't have at all
    head: float  # how near the word stands that says what is asked for
    close: float  # cosine of the sentence and the question
    hit: float  # the passage's fused score
    period: float  # how well its period fits: 1 the same, 0 not asked, below 0 another
    unit: float  # 1 the unit asked for, 0 another that will do, -1 none
    sought: float  # 1: the sentence has a place, person or organisation where that is asked for
    place: float  # 1: of another region than the one asked about
    given: float  # 1: the question says this itself
    thin: float  # 1: a heading, a caption or a sentence that says nothing new
    stance: float  # 1: a target where a result is asked for, or the other way round
    narrowed: float  # 1: a figure of a part (新增, 其中) where the whole is asked for
    ordinal: float  # 1: a rank where an amount is asked for, or the other way round
    form: (
        float  # 1: enumerates where a list is asked for; 3: defines where a meaning is; -1: too few members
    )


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place that may answer: ``start``–``end`` in the passage, and how much speaks for it.

    ``missing`` are the words of the question that stand nowhere near, the rarest first.
    """

    reading: Reading
    start: int
    end: int
    sentence: int
    score: float
    features: Features
    missing: tuple[str, ...]
    figure: DatedFigure | None = None


def gather(
    question: Question,
    hits: Sequence[Hit],
    readings: Sequence[Reading],
    similarity: Mapping[tuple[str, int], float],
    passage_index: PassageIndex,
    regions: Set[str] = frozenset(),
) -> list[Evidence]:
    """Score every place in the hits that is of the kind asked for, best first.

    :param regions: the words that tell the documents' regions apart.
    :param similarity: (passage_id, number of the sentence) -> cosine with the question.
    """
    known = {word for word in (*question.words, *question.carried) if is_known(word, passage_index)}
    head = _head(question, known)
    weights = word_weights(question, head, passage_index)
    places = asked_places(question, regions)
    strange = sum(weight for word, weight in weights.items() if word not in known)
    found = []
    for hit, reading in zip(hits, readings, strict=True):
        words = _Words(question, weights, reading)
        thin = _Thin(question, reading)
        forms = [_form(question, reading, n) for n in range(len(reading.sentences))]
        place = float(bool(places) and not any(map(reading.has, places)))
        sought = [gives_what_is_sought(question.folded, reading.folded[a:b]) for a, b in reading.sentences]
        elsewhere = sum(weights[word] for word in words.lacking if word in known)
        for start, end, figure in _places(question, reading):
            segment = reading.segment_at(start)
            near = words.near(segment.at)
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
                unit=_unit(question, figure),
                sought=float(sought[segment.sentence]),
                place=place,
                given=float(figure is not None and figure.figure.text in question.folded),
                thin=thin.of(segment.sentence),
                stance=_stance(question, figure),
                narrowed=_narrowed(question, figure, reading.folded[segment.start : start]),
                ordinal=_ordinal(question, figure, reading),
                form=forms[segment.sentence]
                or float(question.kind is Kind.LIST and "、" in reading.folded[start:end]),
            )
            score = sum(weight * value for weight, value in zip(WEIGHTS, features, strict=True))
            found.append(
                Evidence(reading, start, end, segment.sentence, score, features, tuple(missing), figure)
            )
    return sorted(found, key=lambda e: (-e.score, e.reading.passage.passage_id, e.start))


def asked_places(question: Question, regions: Set[str]) -> set[str]:
    """The regions that a question names, in the words of the documents' metadata."""
    return {
        form for word in (*question.words, *question.carried) for form in spellings(word) if form in regions
    }


def _head(question: Question, known: Set[str]) -> str:
    """The word that says what is asked for; where the documents lack it, the last that they have."""
    if question.head in known:
        return question.head
    return next((word for word in reversed(question.words) if word in known), question.head)


def word_weights(question: Question, head: str, passage_index: PassageIndex) -> dict[str, float]:
    """Each word's share of the question, by rarity, the head's raised; together 1."""
    rarity = {word: passage_index.lexical.rarity(word) for word in question.words}
    if head in rarity:
        rarity[head] *= _HEAD
    rarity |= {word: share * passage_index.lexical.rarity(word) for word, share in question.carried.items()}
    total = sum(rarity.values())
    return {word: weight / total for word, weight in rarity.items()} if total else {}


def is_known(word: str, passage_index: PassageIndex) -> bool:
    """Whether the documents have a word, in any spelling, or all its parts."""
    count = passage_index.lexical.count
    return any(all(count(part) for part in tokenize(form)) for form in spellings(word) if tokenize(form))


class _Words:
    """Where a question's words stand in one passage."""

    def __init__(self, question: Question, weights: Mapping[str, float], reading: Reading) -> None:
        self._context = {word: any(form in reading.context for form in spellings(word)) for word in weights}
        self._found = {
            word: [(reading.segment_at(at), share) for at, share in occurrences(word, reading.folded)]
            for word in weights
        }

    @property
    def lacking(self) -> list[str]:
        """The words that stand nowhere in the passage nor in its heading, title or region."""
        return [word for word, found in self._found.items() if not found and not self._context[word]]

    def near(self, here: float) -> dict[str, float]:
        """How near each word stands to a place, from 0 (not there) to 1 (in its segment)."""
        nearest = {}
        for word, found in self._found.items():
            near = max((share * _nearness(here - segment.at) for segment, share in found), default=0.0)
            nearest[word] = max(near, _CONTEXT) if self._context[word] else near
        return nearest


def _nearness(distance: float) -> float:
    return math.exp(-_FADING * (distance if distance >= 0 else -distance * _AFTER))


class _Thin:
    """Which sentences of a passage can't answer: headings, captions, questions, and what only repeats the question asked."""

    def __init__(self, question: Question, reading: Reading) -> None:
        self._question = question
        self._reading = reading
        self._known: dict[int, float] = {}

    def of(self, sentence: int) -> float:
        if sentence not in self._known:
            start, end = self._reading.sentences[sentence]
            text = self._reading.folded[start:end]
            news = sum(word not in self._question.folded for word in tokenize(text))
            self._known[sentence] = float(text[-1] not in "。!…;:-\"'" or news < 3)
        return self._known[sentence]


def _places(question: Question, reading: Reading) -> Iterable[tuple[int, int, DatedFigure | None]]:
    if question.kind is Kind.NUMBER:
        for dated in reading.figures:
            figure = dated.figure
            if not question.unit or not figure.unit or compatible(figure.unit, question.unit):
                yield figure.start, figure.end, dated
    elif question.kind is Kind.DATE:
        for expression in reading.periods:
            yield expression.start, expression.end, None
    else:
        if question.kind is Kind.LIST:
            yield from ((start, end, None) for start, end in reading.enumerations)
        yield from ((segment.start, segment.end, None) for segment in reading.segments)


def agreement(question: Question, figure: DatedFigure | None, reading: Reading) -> float:
    """How well a place's period fits the one asked for: 1 the same, 0 not asked, below 0 another."""
    asked = question.period
    if asked is None:
        return 0.0
    period = figure.period if figure else published_period(reading.document)
    if period is None:
        return 0.0
    if (period.first, period.end) == (asked.first, asked.end):
        return 1.0
    if figure is not None and figure.said is None:
        return 0.3 if _same_year(asked, period) else -0.5
    if figure is not None and figure.said is not None and _is_other_stretch(asked, figure.said, question):
        return -1.0
    if asked.contains(period):
        return 0.7
    if period.contains(asked):
        return 0.5
    if asked.overlaps(period):
        return 0.2
    return -1.0 if figure else -0.3


def _is_other_stretch(asked: Period, said: TimeExpression, question: Question) -> bool:
    """Whether a figure is of a part of the stretch asked for, or of a longer one: 6月 is not 上半年.

    A year stands for whatever in it is told, unless 全年 is asked; and what holds as of a day holds.
    """
    if said.kind != "during":
        return False
    if asked.granularity == "year":
        return bool(_WHOLE_YEAR.search(question.folded)) and said.period.granularity != "year"
    stretches = ("quarter", "half", "span", "month")
    return asked.granularity in stretches and said.period.granularity in stretches


def _same_year(asked: Period, period: Period) -> bool:
    return asked.first.year <= period.last.year and period.first.year <= asked.last.year


def _unit(question: Question, figure: DatedFigure | None) -> float:
    if figure is None:
        return 0.0
    unit = figure.figure.unit
    if not question.unit:
        return -1.0 if unit in DURATIONS and not _HOW_LONG.search(question.folded) else 0.0
    return 1.0 if unit == question.unit else -1.0 if not unit or unit == "大" else 0.0


def _stance(question: Question, figure: DatedFigure | None) -> float:
    if figure is None:
        return 0.0
    return float((figure.stance is Stance.TARGET) != asks_for_target(question))


def asks_for_target(question: Question) -> bool:
    """Whether a question asks what is aimed at rather than what was reached."""
    return bool(_TARGET.search(question.folded))


def _narrowed(question: Question, figure: DatedFigure | None, before: str) -> float:
    found = _PART_OF.search(before) if figure is not None else None
    return float(found is not None and found[0] not in question.folded)


def _ordinal(question: Question, figure: DatedFigure | None, reading: Reading) -> float:
    """Whether a figure counts places where amounts are asked for, or the reverse, or only names a class (亿元以上项目)."""
    if figure is None:
        return 0.0
    own = figure.figure
    behind = reading.folded[own.end : own.end + 1]
    if _CLASS.search(own.text) and behind.isalpha():
        return 1.0
    return float(
        own.ordinal != ((question.unit == "位" and "排" in question.folded) or "第" in question.folded)
    )


def _form(question: Question, reading: Reading, sentence: int) -> float:
    """Whether a sentence has the form of an answer: lists as many members as asked for, defines, gives a name."""
    start, end = reading.sentences[sentence]
    text = reading.folded[start:end]
    if question.kind is Kind.DEFINITION:
        return 3.0 * bool(_DEFINES.search(text))
    if question.kind is Kind.LIST:
        lists = [reading.folded[a:b] for a, b in reading.enumerations if start <= a < end]
        members = max((len(_MEMBER_END.findall(listed)) + 1 for listed in lists), default=0)
        return -float(question.count is not None and members < question.count)
    if _ASKS_NAME.search(question.folded):
        named = _QUOTED.search(text) or any(
            is_name(word) and word.isalpha() and word not in question.folded for word, _, _ in cut(text)
        )
        return 0.0 if named else -1.0
    return 0.0
