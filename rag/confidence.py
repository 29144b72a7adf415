"""Whether the best evidence answers, and if not, why."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from rag.evidence import Evidence
from rag.question import Kind, Question, is_name
from rag.wording import spellings

THRESHOLD: Final = 0.3
"""Evidence less sure than this is not given as an answer."""

# A logistic regression: `python -m train confidence` over three public dev sets, each question asked
# with and without the passages that answer it (docs/retrieval.md).
FEATURES: Final = ("coverage", "elsewhere", "close", "unit", "margin", "strange")
_WEIGHTS: Final = (1.37, -5.74, 2.52, -0.19, 3.90, -2.09)
_BIAS: Final = -1.38
_FEW: Final = 4
"""In a question of so few words each tells: there alone words that the documents lack count."""
_HEAD_FAR: Final = 0.3
_HEAD_NEAR: Final = 0.7
_ALL_WORDS: Final = 0.95
_UNRELATED_WORDS: Final = 0.6
_UNRELATED_COSINE: Final = 0.15


def refusal(asked: Question, evidence: Sequence[Evidence]) -> str | None:
    """Why the best evidence is not to be given as the answer, in words; None if it is."""
    if not evidence:
        wanted = {Kind.NUMBER: "数字", Kind.DATE: "时间"}.get(asked.kind, "内容")
        return f"相关段落里没有所问的{wanted}。"
    best = evidence[0]
    if lacks_subject(asked, best):
        return f"文档里没有与“{'”“'.join(best.missing[:3])}”相关的回答。"
    if is_unrelated(best):
        return "文档里没有与这个问题相关的内容。"
    if is_of_other_period(best) or is_known_for_other_period(evidence):
        return f"文档里有这一指标,但没有{asked.period}的数字。"
    if is_of_other_place(best):
        return "文档里有相关内容,但说的是别的地区,没有所问地区的。"
    if best.features.form < 0:
        lacking = "把所问的各项列全" if asked.kind is Kind.LIST else "给出所问的名称"
        return f"文档提到了相关内容,但没有{lacking}。"
    if confidence(asked, evidence) < THRESHOLD:
        if best.missing:
            return f"文档里没有与“{'”“'.join(best.missing[:3])}”相关的回答。"
        return "文档提到了相关内容,但没有给出所问的答案。"
    return None


def is_of_other_period(best: Evidence) -> bool:
    """Whether it is a figure of another time than the one asked for, which is never given as the answer."""
    return best.figure is not None and best.features.period <= -1


def lacks_subject(asked: Question, best: Evidence) -> bool:
    """Whether a question that leans on another finds neither the name carried over nor any word of its own."""
    if not asked.carried:
        return False
    subject = next(iter(asked.carried))
    absent = is_name(subject) and not any(map(best.reading.has, spellings(subject)))
    return absent or (bool(asked.words) and set(asked.words) <= set(best.missing))


def is_known_for_other_period(evidence: Sequence[Evidence]) -> bool:
    """Whether what is asked for is given, but of other times only, and the best is a figure of something else."""
    best = evidence[0]
    return best.features.head < _HEAD_FAR and any(
        is_of_other_period(e)
        and e.features.head > _HEAD_NEAR
        and e.features.unit >= best.features.unit
        and e.features.coverage > best.features.coverage
        for e in evidence
    )


def is_of_other_place(best: Evidence) -> bool:
    """Whether it is of another region than the one asked about, which is never given as the answer either."""
    return best.features.place > 0


def is_unrelated(best: Evidence) -> bool:
    """Whether the documents neither have most of the question's words nor say anything close to it."""
    strange = best.features.strange
    return strange > _ALL_WORDS or (strange > _UNRELATED_WORDS and best.features.close < _UNRELATED_COSINE)


def confidence(asked: Question, evidence: Sequence[Evidence]) -> float:
    """How likely it is that the best evidence answers, from 0 to 1."""
    features = confidence_features(asked, evidence)
    logit = _BIAS + sum(weight * value for weight, value in zip(_WEIGHTS, features, strict=True))
    return 1 / (1 + math.exp(-logit))


def confidence_features(asked: Question, evidence: Sequence[Evidence]) -> tuple[float, ...]:
    """What the confidence is made of, in the order of `FEATURES`."""
    best = evidence[0].features
    strange = best.strange if len(asked.words) <= _FEW else 0.0
    return best.coverage, best.elsewhere, best.close, best.unit, min(margin(evidence), 1.0), strange


def margin(evidence: Sequence[Evidence]) -> float:
    """How far the best evidence is ahead of the best from another sentence."""
    best = evidence[0]
    place = best.reading.passage.passage_id, best.sentence
    rivals = (e.score for e in evidence if (e.reading.passage.passage_id, e.sentence) != place)
    return best.score - next(rivals, 0.0)
