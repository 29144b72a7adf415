"""The reliability of a confidence and the outcome of thresholds, worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.calibration import (
    THRESHOLDS,
    Decision,
    expected_calibration_error,
    outcome,
    reliability,
    threshold_in_use,
)


def given_with(confidence: float | None, right: bool | None = True) -> Decision:
    return Decision(answerable=True, refused=False, confidence=confidence, right=right)


def withheld(confidence: float | None, right: bool | None = None, answerable: bool = False) -> Decision:
    return Decision(answerable=answerable, refused=True, confidence=confidence, right=right)


@pytest.mark.parametrize(
    ("confidence", "place"), [(0.0, 0), (0.0999, 0), (0.1, 1), (0.55, 5), (0.9, 9), (1.0, 9)]
)
def test_an_answer_counts_in_its_tenth(confidence: float, place: int) -> None:
    counts = [each.count for each in reliability([given_with(confidence)])]
    assert counts == [int(number == place) for number in range(10)]


def test_only_answers_known_to_be_right_or_wrong_count() -> None:
    decisions = [given_with(None), given_with(0.5, None), withheld(None), given_with(0.5, False)]
    assert sum(each.count for each in reliability(decisions)) == 1


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([], None),
        ([(1.0, True)], 0.0),
        ([(1.0, False)], 1.0),
        ([(0.85, True), (0.85, False)], 0.35),  # one bin: |0.5 - 0.85|
        ([(0.9, True), (0.9, True), (0.2, False)], 0.1333),  # (2·0.1 + 1·0.2) / 3
        ([(0.92, True), (0.98, False)], 0.45),  # |0.5 - 0.95|: within a bin, means are compared
    ],
)
def test_expected_calibration_error(answers: list[tuple[float, bool]], expected: float | None) -> None:
    got = expected_calibration_error(reliability(given_with(*answer) for answer in answers))
    assert got == (None if expected is None else pytest.approx(expected, abs=5e-5))


DECISIONS = [
    given_with(0.9),
    given_with(0.6, False),
    withheld(0.2, True, answerable=True),
    withheld(0.1, False),
    Decision(False, False, 0.4, False),
    withheld(None),  # refused for another reason
]


@pytest.mark.parametrize(
    ("threshold", "refusal_recall", "false_refusals", "accuracy"),
    [
        (0.05, 0.3333, 0.0, 0.5),
        (0.15, 0.6667, 0.0, 0.6667),
        (0.3, 0.6667, 0.3333, 0.5),
        (0.5, 1.0, 0.3333, 0.6667),
        (0.95, 1.0, 1.0, 0.5),
    ],
)
def test_what_another_threshold_would_have_refused(
    threshold: float, refusal_recall: float, false_refusals: float, accuracy: float
) -> None:
    got = outcome(DECISIONS, threshold)
    assert (got.refusal_recall, got.false_refusals, got.accuracy) == pytest.approx(
        (refusal_recall, false_refusals, accuracy), abs=5e-5
    )


def test_what_is_not_known_is_none() -> None:
    unknown = outcome([withheld(0.2, None, answerable=True)], 0.1)
    assert (unknown.refusal_recall, unknown.false_refusals, unknown.accuracy) == (None, 0.0, None)


@pytest.mark.parametrize(
    ("decisions", "expected"),
    [
        (DECISIONS[:4], (0.2, 0.6)),
        (DECISIONS[:2], (0.0, 0.6)),
        (DECISIONS[2:4], (0.2, 1.0)),
        ([given_with(None), withheld(None)], None),
        ([withheld(0.7), given_with(0.3)], None),  # not by a threshold
    ],
)
def test_the_threshold_in_use_lies_between_what_was_withheld_and_given(
    decisions: list[Decision], expected: tuple[float, float] | None
) -> None:
    assert threshold_in_use(decisions) == expected


@given(
    st.lists(
        st.builds(Decision, st.booleans(), st.booleans(), st.none() | st.floats(0, 1), st.booleans()),
        max_size=30,
    )
)
def test_a_higher_threshold_refuses_no_less_and_no_value_leaves_its_bounds(
    decisions: list[Decision],
) -> None:
    outcomes = [outcome(decisions, threshold) for threshold in THRESHOLDS]
    for name in ("refusal_recall", "false_refusals"):
        shares = [share for each in outcomes if (share := getattr(each, name)) is not None]
        assert shares == sorted(shares)
        assert all(0 <= share <= 1 for share in shares)
    error = expected_calibration_error(reliability(decisions))
    assert error is None or 0 <= error <= 1
