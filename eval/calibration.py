"""How far the confidence can be believed, and what another threshold would have refused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from eval.metrics import mean

BINS = 10
THRESHOLDS = tuple(number / 10 for number in range(1, 10))


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether one question was refused, how sure the answer was, and whether it was right.

    ``confidence`` is None where it decided nothing: the refusal has another reason, or the run doesn't
    tell. ``right`` is about the answer given, or that withheld for want of confidence; None if unknown.
    """

    answerable: bool
    refused: bool
    confidence: float | None = None
    right: bool | None = None

    def refused_at(self, threshold: float) -> bool:
        """Whether it would be refused if what is less sure than a threshold was."""
        return self.refused if self.confidence is None else self.confidence < threshold

    def right_at(self, threshold: float) -> bool | None:
        """Whether answer or refusal would then be right; None if unknown."""
        return not self.answerable if self.refused_at(threshold) else self.right


@dataclass(frozen=True, slots=True)
class Bin:
    """The answers of one stretch of confidence, ``low`` to ``high``; means are None where there is none."""

    low: float
    high: float
    count: int
    confidence: float | None
    accuracy: float | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The shares that a threshold would give; None where no question bears on it, or not all is known."""

    threshold: float
    refusal_recall: float | None
    false_refusals: float | None
    accuracy: float | None


def reliability(decisions: Iterable[Decision]) -> tuple[Bin, ...]:
    """Sort the answers into ten stretches of confidence of one width."""
    groups: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for decision in decisions:
        if decision.confidence is not None and decision.right is not None:
            group = min(int(decision.confidence * BINS), BINS - 1)
            groups[group].append((decision.confidence, decision.right))
    return tuple(
        Bin(
            low=number / BINS,
            high=(number + 1) / BINS,
            count=len(group),
            confidence=mean([confidence for confidence, _ in group]),
            accuracy=mean([float(right) for _, right in group]),
        )
        for number, group in enumerate(groups)
    )


def expected_calibration_error(bins: Sequence[Bin]) -> float | None:
    """How far accuracy and mean confidence lie apart, averaged over all answers; None without any.

    Guo, Pleiss, Sun and Weinberger, “On Calibration of Modern Neural Networks”, 2017, equation 3.
    """
    total = sum(each.count for each in bins)
    gaps = [
        each.count * abs(each.accuracy - each.confidence)
        for each in bins
        if each.accuracy is not None and each.confidence is not None
    ]
    return sum(gaps) / total if total else None


def outcome(decisions: Sequence[Decision], threshold: float) -> Outcome:
    """What would have come of the same answers with another threshold."""
    refused = [(each.answerable, float(each.refused_at(threshold))) for each in decisions]
    right = [each.right_at(threshold) for each in decisions]
    known = [float(each) for each in right if each is not None]
    return Outcome(
        threshold=threshold,
        refusal_recall=mean([share for answerable, share in refused if not answerable]),
        false_refusals=mean([share for answerable, share in refused if answerable]),
        accuracy=mean(known) if len(known) == len(right) else None,
    )


def threshold_in_use(decisions: Iterable[Decision]) -> tuple[float, float] | None:
    """The confidences that the run's own threshold lies between; None where no threshold parts them."""
    told = [(decision.confidence, decision.refused) for decision in decisions]
    withheld = [confidence for confidence, refused in told if confidence is not None and refused]
    given = [confidence for confidence, refused in told if confidence is not None and not refused]
    low, high = max(withheld, default=0.0), min(given, default=1.0)
    return (low, high) if (withheld or given) and low < high else None
