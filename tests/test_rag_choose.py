"""Which places may answer, how they are ranked, and which of them is given; the reader's judgements are made up."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Document, Passage, PassageIndex, Published, build_index
from rag.checks import check, objection
from rag.choose import Candidate, Features, candidates, choose, learnt
from rag.question import understand
from rag.reader import Judgement
from rag.reading import read
from rag.types import Hit

TODAY = date(2025, 6, 1)
TEXT = (
    "2024年,临江新区规上工业增加值达171.51亿元,同比增长8.1%。"
    "新区有高校14所、码头3座。所长王立新说,二期厂房2026年7月完工。"
)
NOTHING = Features(**dict.fromkeys(Features._fields, 0.0))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> PassageIndex:
    """What tells how rare a word is."""
    folder = tmp_path_factory.mktemp("choose")
    (folder / "a.txt").write_text(f"临江新区季报\n\n{TEXT}\n", encoding="utf-8")
    (folder / "b.txt").write_text("新区的企业在新区开会,新区的企业发言。\n", encoding="utf-8")
    build_index(folder, folder / "index")
    return PassageIndex.load(folder / "index")


def judged(text: str, answer: str, answers: float = 3.0, sure: float = 0.9) -> Judgement:
    """A token for each character; ``sure`` of the starts and ends are at the answer's, the rest is even."""
    at, count = text.index(answer), len(text)
    starts, ends = np.full(count, (1 - sure) / count), np.full(count, (1 - sure) / count)
    starts[at] += sure
    ends[at + len(answer) - 1] += sure
    inside = np.zeros(count, np.float32)
    inside[at : at + len(answer)] = 0.95
    offsets = np.array([(n, n + 1) for n in range(count)], np.int32)
    return Judgement(
        answers, offsets, np.log(starts).astype(np.float32), np.log(ends).astype(np.float32), inside
    )


def hit(text: str, rank: int = 1, score: float = 1.0, name: str = "a.txt") -> Hit:
    return Hit(rank, score, Passage(f"{name}:0", name, 0, len(text), text))


def document(text: str, name: str = "a.txt", published: str | None = "2025-05-16") -> Document:
    return Document(name, "临江新区季报", text, published=Published.parse(published) if published else None)


def found(
    question: str, index: PassageIndex, judgement: Judgement | None = None, text: str = TEXT
) -> list[Candidate]:
    """The candidates of one passage."""
    judgements = [judgement] if judgement else None
    asked = understand(question, today=TODAY)
    return candidates(asked, [hit(text)], [read(hit(text).passage, document(text))], judgements, index)


def words(candidate: Candidate) -> str:
    return candidate.reading.passage.text[candidate.start : candidate.end]


# --- candidates


QUESTIONS = [
    "临江新区2024年规上工业增加值是多少?",
    "增加值增长百分之几?",
    "新区有几所高校?",
    "二期厂房什么时候完工?",
    "所长是谁?",
    "新区有哪些高校和码头?",
    "",
]


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("answer", [None, "171.51亿元", "王立新", TEXT])
def test_every_candidate_lies_in_its_sentence_and_has_a_probability(
    question: str, answer: str | None, index: PassageIndex
) -> None:
    places = found(question, index, judged(TEXT, answer) if answer else None)
    assert places
    for each in places:
        low, high = each.reading.sentences[each.sentence]
        assert low <= each.start < each.end <= high
        assert 0 < each.probability < 1
        if each.figure is not None:
            assert each.start < each.figure.figure.end
            assert each.figure.figure.start < each.end
    assert [e.probability for e in places] == sorted((e.probability for e in places), reverse=True)


def test_without_a_reader_each_figure_that_fits_or_each_sentence_without_one_is_one(
    index: PassageIndex,
) -> None:
    places = found("增加值增长百分之几?", index)
    assert [words(e) for e in places if e.figure] == ["8.1%"]
    assert sum(e.figure is None for e in places) < len(places[0].reading.sentences)
    assert all(e.judgement is None and e.features[:4] == (0, 0, 0, 0) for e in places)
    counted = {words(e) for e in found("新区有几所高校?", index) if e.figure}
    assert counted == {"14所", "3座"}  # measure words stand for each other
    assert not any(e.figure for e in found("所长是谁?", index))


def test_with_one_its_likeliest_span_in_each_sentence_is(index: PassageIndex) -> None:
    places = found("所长是谁?", index, judged(TEXT, "王立新"))
    assert words(places[0]) == "王立新"
    assert places[0].features.reader == 3
    assert places[0].features.peak == pytest.approx(0.95)


def test_a_sentence_in_which_the_answer_hardly_starts_is_none(index: PassageIndex) -> None:
    places = found("所长是谁?", index, judged(TEXT, "王立新", sure=0.999))
    assert {e.sentence for e in places} == {2}


def test_where_a_number_is_asked_for_the_span_is_narrowed_to_its_figure(index: PassageIndex) -> None:
    span = "临江新区规上工业增加值达171.51亿元"
    places = found(QUESTIONS[0], index, judged(TEXT, span, sure=0.999))
    (figure,) = {e.figure.figure.text for e in places if e.figure}
    assert figure == "171.51亿元"
    fact = found("临江新区的工业怎么样?", index, judged(TEXT, span, sure=0.999))
    assert words(fact[0]) == span


def test_a_figure_of_another_unit_does_not_stand_for_the_answer(index: PassageIndex) -> None:
    places = found("增加值增长百分之几?", index, judged(TEXT, "171.51亿元"))
    assert all(e.objection for e in places if e.figure and e.figure.figure.text == "171.51亿元")


def test_the_reader_counts(index: PassageIndex) -> None:
    sure = found("所长是谁?", index, judged(TEXT, "王立新", answers=5))
    unsure = found("所长是谁?", index, judged(TEXT, "王立新", answers=-5))
    assert sure[0].probability > unsure[0].probability


def test_how_far_ahead_a_passage_is_of_the_others(index: PassageIndex) -> None:
    asked = understand("所长是谁?", today=TODAY)
    hits = [hit(TEXT, 1, name="a.txt"), hit(TEXT, 2, name="b.txt")]
    readings = [read(each.passage, document(TEXT, each.passage.doc_id)) for each in hits]
    judgements = [judged(TEXT, "王立新", answers=3), judged(TEXT, "王立新", answers=-20)]
    places = candidates(asked, hits, readings, judgements, index)
    ahead = {e.hit.rank: e.features.ahead for e in places}
    assert ahead == {1: 5, 2: -5}
    assert places[0].hit.rank == 1


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("新区的火星移民有几家?", {"火星", "移民"}),
        ("新区季报里有几家?", set()),  # the title has it
    ],
)
def test_what_stands_nowhere_near_is_missing(question: str, missing: set[str], index: PassageIndex) -> None:
    assert missing <= set(found(question, index)[0].missing)
    assert not {"新区", "季报"} & set(found(question, index)[0].missing)


def test_coverage_is_the_share_of_the_words_and_more_in_the_sentence(index: PassageIndex) -> None:
    coverage = {e.sentence: e.features.coverage for e in found("新区的高校和码头怎么样?", index)}
    assert coverage[1] == max(coverage.values()) > coverage[2] > 0
    assert all(0 <= share <= 1 for share in coverage.values())
    assert {e.features.coverage for e in found("", index)} == {0.0}


@pytest.mark.parametrize(
    ("question", "fits"),
    [
        ("新区有几所高校?", [-1, 1, -1]),
        ("二期厂房什么时候完工?", [1, -1, 1]),
        ("新区有哪些高校?", [-1, 1, -1]),
        ("所长是谁?", [0, 0, 0]),
    ],
)
def test_whether_there_is_what_the_kind_of_question_calls_for(
    question: str, fits: list[float], index: PassageIndex
) -> None:
    places = found(question, index)
    best = [max((e.features.fits for e in places if e.sentence == n), default=-1) for n in range(3)]
    assert best == fits


def test_what_forbids_a_place_can_be_exchanged(index: PassageIndex) -> None:
    asked = understand("临江新区2021年规上工业增加值是多少?", today=TODAY)
    readings = [read(hit(TEXT).passage, document(TEXT))]
    usual = candidates(asked, [hit(TEXT)], readings, None, index)
    figure = next(e for e in usual if e.figure)
    assert "2021年" in (figure.objection or "")
    nothing = candidates(asked, [hit(TEXT)], readings, None, index, frozenset(), lambda *_: None)
    assert {e.objection for e in nothing} == {None}


def test_the_weights_have_a_number_for_each_feature() -> None:
    assert learnt().keys() >= {"reader", "plain"}
    for name in ("reader", "plain"):
        assert learnt()[name].keys() == {"threshold", "bias", *Features._fields}
        assert 0 < learnt()[name]["threshold"] < 1
    assert all(learnt()["plain"][name] == 0 for name in ("reader", "ahead", "mass", "peak"))


# --- the choice


def candidate(
    text: str,
    probability: float,
    name: str = "a.txt",
    question: str = "增加值是多少?",
    forbidden: str | None = None,
) -> Candidate:
    """The place of the text's first figure, or all of the text."""
    asked = understand(question, today=TODAY)
    one = hit(text, name=name)
    reading = read(one.passage, document(text, name))
    figure = reading.figures[0] if reading.figures else None
    place = (figure.figure.start, figure.figure.end) if figure else (0, len(text))
    checks = check(asked, reading, figure)
    against = forbidden or objection(asked, checks)
    return Candidate(one, reading, None, 0, *place, figure, checks, NOTHING, probability, against, ())


def chosen(*places: Candidate, question: str = "增加值是多少?") -> tuple[str | None, list[str], list[str]]:
    """The words given, the others and those that disagree."""
    ranked = sorted(places, key=lambda each: -each.probability)
    choice = choose(understand(question, today=TODAY), ranked)
    if choice is None:
        return None, [], []
    return words(choice.given), [*map(words, choice.others)], [*map(words, choice.disagreeing)]


def test_the_likeliest_is_given() -> None:
    assert chosen(candidate("增加值9亿元。", 0.4), candidate("投资8亿元。", 0.9))[0] == "8亿元"
    assert chosen() == (None, [], [])


def test_what_is_forbidden_is_never_given_however_likely() -> None:
    asked = "2021年增加值是多少?"
    other = candidate("2024年增加值9亿元。", 0.99, question=asked)
    assert other.objection is not None
    assert chosen(other, question=asked) == (None, [], [])
    right = candidate("2021年增加值7亿元。", 0.01, question=asked)
    assert chosen(other, right, question=asked) == ("7亿元", [], [])


def test_where_no_time_is_asked_for_the_newest_is_given_and_the_others_beside_it() -> None:
    places = [
        candidate("2023年增加值8亿元。", 0.9),
        candidate("2024年增加值9亿元。", 0.8),
        candidate("2022年增加值7亿元。", 0.7),
        candidate("2021年增加值6亿元。", 0.7),
    ]
    assert chosen(*places) == ("9亿元", ["8亿元", "7亿元"], [])


def test_where_a_time_is_asked_for_no_other_stands_beside_it() -> None:
    asked = "2023年增加值是多少?"
    places = [
        candidate("2023年增加值8亿元。", 0.9, question=asked),
        candidate("增加值9亿元。", 0.8, question=asked),
    ]
    assert chosen(*places, question=asked) == ("8亿元", [], [])


@pytest.mark.parametrize(
    "other",
    [
        candidate("2024年增加值9亿元。", 0.3),  # much less likely
        candidate("2024年增加值增长9%。", 0.8),  # of another unit
        candidate("2024年增加值力争达到9亿元。", 0.8),  # a target
        candidate("2024年增加值9亿元。", 0.8, forbidden="不给。"),
        candidate("增加值很高。", 0.8),
    ],
    ids=range(5),
)
def test_what_is_not_of_the_same_thing_does_not_stand_beside_it(other: Candidate) -> None:
    assert chosen(candidate("2023年增加值8亿元。", 0.9), other) == ("8亿元", [], [])


@pytest.mark.parametrize("question", ["增加值是多少?", "2023年增加值是多少?"])
def test_another_document_that_says_otherwise_of_the_same_time_disagrees(question: str) -> None:
    places = [
        candidate("2023年增加值8亿元。", 0.9, question=question),
        candidate("2023年增加值7亿元。", 0.8, "b.txt", question=question),
    ]
    assert chosen(*places, question=question) == ("8亿元", [], ["7亿元"])


def test_the_same_value_or_the_same_document_does_not_disagree() -> None:
    places = [
        candidate("2023年增加值8亿元。", 0.9),
        candidate("2023年增加值80000万元。", 0.8, "b.txt"),
        candidate("2023年增加值7亿元。", 0.8),
    ]
    assert chosen(*places) == ("8亿元", [], [])


def test_only_figures_stand_beside_each_other() -> None:
    asked = "所长是谁?"
    places = [
        candidate("2023年所长王立新。", 0.9, question=asked),
        candidate("2024年所长李四,编制9人。", 0.8, "b.txt", question=asked),
    ]
    assert chosen(*places, question=asked) == ("2023年所长王立新。", [], [])


_TEXTS = st.sampled_from(
    [
        "2023年增加值8亿元。",
        "2024年增加值9亿元。",
        "今年增加值力争9亿元。",
        "增加值增长5%。",
        "增加值很高。",
        "今年一季度增加值9亿元。",
    ]
)
_PLACES = st.lists(
    st.tuples(_TEXTS, st.floats(0.01, 0.99), st.sampled_from(["a.txt", "b.txt"])), max_size=6
)


@given(st.sampled_from(["增加值是多少?", "2023年增加值是多少?", "2025年增加值是多少?"]), _PLACES)
def test_whatever_there_is_nothing_forbidden_is_said(
    question: str, drawn: list[tuple[str, float, str]]
) -> None:
    asked = understand(question, today=TODAY)
    places = [candidate(text, chance, name, question) for text, chance, name in drawn]
    choice = choose(asked, sorted(places, key=lambda each: -each.probability))
    if choice is None:
        assert all(each.objection for each in places)
        return
    said = [choice.given, *choice.others, *choice.disagreeing]
    assert all(each.objection is None and each.checks.period > -1 for each in said)
    assert len({id(each) for each in said}) == len(said)
