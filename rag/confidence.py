"""Whether the best evidence answers, and if not, why."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from rag.evidence import Evidence
from rag.question import Kind, Question

# A logistic regression on the gold set's 174 questions, answerable or not: of the answerable ones
# about 3 % fall below the threshold.
THRESHOLD: Final = 0.65
_BIAS: Final = 1.3
_ELSEWHERE: Final = -7.3
_HEAD: Final = 0.3
_CLOSE: Final = 2.7
_OTHER_PERIOD: Final = -2.3
_MEMBERS: Final = 1.1


_UNRELATED_WORDS: Final = 0.6
_UNRELATED_COSINE: Final = 0.15


def answers(evidence: Sequence[Evidence]) -> bool:
    """Whether the best evidence is to be given as the answer."""
    return bool(evidence) and not (
        is_of_other_period(evidence[0]) or is_unrelated(evidence[0]) or confidence(evidence) < THRESHOLD
    )


def is_of_other_period(best: Evidence) -> bool:
    """Whether it is a figure of another time than the one asked for, which is never given as the answer."""
    return best.figure is not None and best.features.period <= -1


def is_unrelated(best: Evidence) -> bool:
    """Whether the documents neither have most of the question's words nor say anything close to it."""
    return best.features.strange > _UNRELATED_WORDS and best.features.close < _UNRELATED_COSINE


def confidence(evidence: Sequence[Evidence]) -> float:
    """How sure it is that the best evidence answers, from 0 to 1."""
    best = evidence[0].features
    logit = (
        _BIAS
        + _ELSEWHERE * best.elsewhere
        + _HEAD * best.head
        + _CLOSE * best.close
        + _OTHER_PERIOD * (best.period < 0)
        + _MEMBERS * best.members
    )
    return 1 / (1 + math.exp(-logit))


def reason(asked: Question, evidence: Sequence[Evidence]) -> str:
    """Why the documents don't answer, in words."""
    if not evidence:
        wanted = {Kind.NUMBER: "数字", Kind.DATE: "时间"}.get(asked.kind, "内容")
        return f"相关段落里没有所问的{wanted}。"
    best = evidence[0]
    if is_unrelated(best):
        return "文档里没有与这个问题相关的内容。"
    if is_of_other_period(best):
        return f"文档里有这一指标,但没有{asked.period}的数字。"
    if best.missing:
        return f"文档里没有与“{'”“'.join(best.missing[:3])}”相关的回答。"
    return "文档提到了相关内容,但没有给出所问的答案。"
