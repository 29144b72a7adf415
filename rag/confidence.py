"""Whether the best evidence answers, and if not, why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rag.evidence import Evidence
from rag.question import Question

THRESHOLD: Final = 0.3


def confidence(asked: Question, evidence: Sequence[Evidence]) -> float:
    """How sure it is that the best evidence answers, from 0 to 1."""
    best = evidence[0]
    return best.features.coverage if best.features.period > -0.5 else 0.0


def reason(asked: Question, evidence: Sequence[Evidence]) -> str:
    """Why the documents don't answer, in words."""
    if not evidence:
        return "文档中没有找到所问的内容。"
    if evidence[0].features.period <= -0.5:
        return f"文档中没有{asked.period}的这一数据。"
    return f"文档中没有提到{'、'.join(evidence[0].missing[:3]) or '所问的内容'}。"
