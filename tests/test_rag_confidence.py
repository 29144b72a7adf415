"""What is sure enough to be given as an answer, and the words of a refusal."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Document, Passage, Published
from rag.confidence import confidence, refusal
from rag.evidence import Evidence
from rag.features import Features
from rag.question import understand
from rag.reading import read

TEXT = "2024年,临江新区规上工业增加值达171.51亿元。"
READING = read(
    Passage("a.txt:0", "a.txt", 0, len(TEXT), TEXT),
    Document("a.txt", "", TEXT, published=Published.parse("2025-05")),
)
FIGURE = READING.figures[0]
ASKED = understand("2024年临江新区规上工业增加值是多少?")
NOTHING = Features(**dict.fromkeys(Features._fields, 0.0))
SURE = NOTHING._replace(coverage=1.0, head=1.0, close=0.9, hit=1.0, unit=1.0, period=1.0)


def evidence(features: Features, missing: tuple[str, ...] = ()) -> list[Evidence]:
    start, end = FIGURE.figure.start, FIGURE.figure.end
    return [Evidence(READING, start, end, 0, 1.0, features, missing, figure=FIGURE)]


def test_what_has_everything_is_given() -> None:
    assert refusal(ASKED, evidence(SURE)) is None


@given(st.floats(0, 1), st.floats(0, 1), st.floats(-1, 1))
def test_a_figure_of_another_period_is_never_given(coverage: float, head: float, close: float) -> None:
    features = SURE._replace(coverage=coverage, head=head, close=close, period=-1.0)
    assert refusal(ASKED, evidence(features)) is not None


_SHARE = st.floats(0, 1)


@given(_SHARE, _SHARE, st.floats(-1, 1), _SHARE, st.floats(0, 2))
def test_confidence_is_a_probability_that_grows_with_what_speaks_for_it(
    coverage: float, elsewhere: float, close: float, hit: float, score: float
) -> None:
    features = NOTHING._replace(coverage=coverage, elsewhere=elsewhere, close=close, hit=hit)
    (found,) = evidence(features)
    now = confidence(ASKED, [replace(found, score=score)])
    assert 0 <= now <= 1
    for better in (
        features._replace(close=close + 0.1),
        features._replace(coverage=coverage + 0.1),
        features._replace(elsewhere=elsewhere - 0.1),
    ):
        assert confidence(ASKED, [replace(found, score=score, features=better)]) >= now


@pytest.mark.parametrize(
    ("question", "features", "missing", "said"),
    [
        ("2021年增加值是多少?", SURE._replace(period=-1.0), (), "没有2021年的数字"),
        ("红烧肉怎么做?", NOTHING._replace(strange=1.0), ("红烧肉",), "没有与这个问题相关的内容"),
        ("临江的码头有几座?", NOTHING._replace(elsewhere=1.0), ("码头", "临江"), "“码头”“临江”"),
        ("增加值是多少?", NOTHING._replace(elsewhere=1.0), (), "没有给出所问的答案"),
        ("望江的增加值是多少?", SURE._replace(place=1.0), (), "别的地区"),
    ],
)
def test_a_refusal_says_what_is_missing(
    question: str, features: Features, missing: tuple[str, ...], said: str
) -> None:
    assert said in (refusal(understand(question), evidence(features, missing)) or "")


@pytest.mark.parametrize(
    ("question", "said"), [("有几家?", "数字"), ("什么时候开工?", "时间"), ("是谁?", "内容")]
)
def test_without_evidence_it_says_what_was_looked_for(question: str, said: str) -> None:
    assert said in (refusal(understand(question), []) or "")


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("全区有多少家独角兽?", "文档里没有“独角兽”的数字。"),
        ("全区有多少座车站?", None),  # 设站 is as good
        ("全区有多少台设备?", None),
    ],
)
def test_what_is_counted_has_to_be_told(question: str, why: str | None) -> None:
    asked = understand(question)
    text = "全区设站37座,设备一应俱全。"
    reading = read(Passage("a.txt:0", "a.txt", 0, len(text), text), Document("a.txt", "", text))
    figure = reading.figures[0]
    missing = tuple(word for word in asked.words if word not in text)
    place = figure.figure.start, figure.figure.end
    found = [Evidence(reading, *place, 0, 1.0, SURE._replace(period=0.0), missing, figure=figure)]
    assert refusal(asked, found) == why
