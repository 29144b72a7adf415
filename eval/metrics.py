"""Measures of one question, and means over many; pure functions.

A ranking is given as the spans that each passage covers, best passage first: ``[{0}, set(), {0, 1}]``.
``wanted`` is how many spans there are to find.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Sequence

from rag import fold

Ranking = Sequence[Collection[int]]

_CHINESE = r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
# A percent sign makes another number, so it is no punctuation here.
_TOKEN = re.compile(rf"{_CHINESE}|%|(?:(?!{_CHINESE})[^\W_])+(?:[.,]\d+)*")


def recall(ranking: Ranking, wanted: int, k: int) -> float:
    """The share of the wanted spans that the first k passages cover."""
    return min(len(set().union(*ranking[:k])), wanted) / wanted


def reciprocal_rank(ranking: Ranking, k: int) -> float:
    """One divided by the rank of the first passage that covers a span; 0 if none of the first k does."""
    return next((1 / rank for rank, spans in enumerate(ranking[:k], start=1) if spans), 0.0)


def ndcg(ranking: Ranking, wanted: int, k: int) -> float:
    """The discounted gain of the first k passages, divided by the best there could be.

    Järvelin and Kekäläinen, “Cumulated gain-based evaluation of IR techniques”, 2002, with gain 1 for a
    passage that covers a span no earlier one did, discounted by log2(1 + rank). The best there could be
    has these passages first and after them one for each span that was not found.
    """
    found: set[int] = set()
    gains = []
    for spans in ranking[:k]:
        fresh = len(found) < wanted and not found.issuperset(spans)
        gains.append(1 if fresh else 0)
        found.update(spans)
    best = min(k, sum(gains) + max(wanted - len(found), 0))
    return _discounted(gains) / _discounted([1] * best)


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(1 + rank) for rank, gain in enumerate(gains, start=1))


def tokens(text: str) -> list[str]:
    """Cut a text as CMRC 2018 does: Chinese characters one by one, other words whole, no punctuation.

    After ``mixed_segmentation`` of ymcui/cmrc2018 ``cmrc2018_evaluate.py``; here all punctuation goes,
    full-width and traditional forms are folded, and 1—8 stays two numbers.
    """
    return _TOKEN.findall(fold(text))


def exact_match(expected: Iterable[str], given: str) -> float:
    """1 if the answer is one of those expected, punctuation and white space ignored, else 0."""
    return float(any(tokens(answer) == tokens(given) for answer in expected))


def f1(expected: Iterable[str], given: str) -> float:
    """How much the answer and the nearest one expected overlap, 0 to 1.

    As CMRC 2018 counts it: the overlap is their longest common run of tokens.
    """
    return max((_f1(tokens(answer), tokens(given)) for answer in expected), default=0.0)


def _f1(expected: Sequence[str], given: Sequence[str]) -> float:
    common = _longest_common_run(expected, given)
    return 2 * common / (len(expected) + len(given)) if common else 0.0


def _longest_common_run(left: Sequence[str], right: Sequence[str]) -> int:
    longest, above = 0, [0] * (len(right) + 1)
    for token in left:
        row = [
            0,
            *(before + 1 if token == other else 0 for before, other in zip(above, right, strict=False)),
        ]
        longest, above = max(longest, *row), row
    return longest


def mean(values: Collection[float]) -> float | None:
    """The arithmetic mean; None of nothing."""
    return sum(values) / len(values) if values else None


def percentile(values: Collection[float], share: float) -> float | None:
    """The value below which the share (0 to 1) of the values lies, interpolated linearly; None of nothing.

    Hyndman and Fan, “Sample quantiles in statistical packages”, 1996, definition 7.
    """
    if not values:
        return None
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    below, above = ordered[math.floor(place)], ordered[math.ceil(place)]
    return below + (above - below) * (place - math.floor(place))
