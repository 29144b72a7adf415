"""Fit the confidence that the best evidence answers, and say how many answers a threshold withholds.

Every question is asked twice: with all passages, and without those that hold its answer. In the first
case the best evidence is right or wrong, in the second it can only be wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from tqdm import tqdm

from eval.gold import GoldItem, load_gold
from eval.matching import plain
from index import build_index
from rag import Assistant, Hit, Retriever
from rag.confidence import FEATURES, confidence_features, is_of_other_period, is_of_other_place
from rag.evidence import Evidence
from rag.question import Question, understand

_POOL: Final = 40  # passages searched, so that ten are left without those that answer
_HITS: Final = 10
_BINS: Final = 10
WITHHELD: Final = 0.03
"""The share of right answers that may be lost for want of confidence: with the plain objections, one in twenty."""


@dataclass(frozen=True, slots=True)
class Example:
    """The features of a question's best evidence, and whether it answers; ``asked_in_full``: nothing left out."""

    features: tuple[float, ...]
    right: bool
    asked_in_full: bool


@dataclass(frozen=True, slots=True)
class Fit:
    """A logistic regression, and for each tenth of confidence (examples, share of them right).

    ``threshold`` is the confidence under which `WITHHELD` of the right answers lie.
    """

    bias: float
    weights: dict[str, float]
    threshold: float
    curve: tuple[tuple[int, float], ...]
    withheld: dict[float, tuple[float, float]]


def examples(folder: Path, limit: int | None = None) -> list[Example]:
    """Ask the answerable questions of a dev set: ``docs/`` and ``gold.jsonl`` in a folder."""
    items = [item for item in load_gold(folder / "gold.jsonl") if item.answerable and not item.history][
        :limit
    ]
    with TemporaryDirectory() as index:
        build_index(folder / "docs", Path(index))
        assistant = Assistant(Retriever.load(index))
        return [e for item in tqdm(items, desc=folder.name) for e in _examples(assistant, item)]


def _examples(assistant: Assistant, item: GoldItem) -> Iterable[Example]:
    asked = understand(item.question)
    hits = assistant.retriever.search(asked.folded, _POOL)
    if full := assistant.evidence(asked, hits[:_HITS]):
        yield _example(asked, full, _is_right(item, full[0]), True)
    answers = [plain(answer)[:_POOL] for answer in item.answers]
    rest = [hit for hit in hits if not any(answer in plain(hit.passage.text) for answer in answers)][:_HITS]
    if rest and (evidence := assistant.evidence(asked, _reranked(rest))):
        yield _example(asked, evidence, False, False)


def _example(asked: Question, evidence: Sequence[Evidence], right: bool, full: bool) -> Example:
    return Example(confidence_features(asked, evidence), right, full)


def _is_right(item: GoldItem, best: Evidence) -> bool:
    start, end = best.reading.sentences[best.sentence]
    sentence = plain(best.reading.passage.text[start:end])
    same = best.reading.passage.doc_id in {span.doc_id for span in item.evidence}
    refused = is_of_other_period(best) or is_of_other_place(best)
    return same and not refused and any(plain(a) in sentence or sentence in plain(a) for a in item.answers)


def _reranked(hits: Sequence[Hit]) -> list[Hit]:
    return [Hit(rank, hit.score / hits[0].score, hit.passage) for rank, hit in enumerate(hits, 1)]


def fit(data: Sequence[Example], thresholds: Sequence[float] = (0.1, 0.2, 0.3, 0.5)) -> Fit:
    """Fit on what is surely answered or surely not; a wrong answer to an answerable question is neither.

    ``withheld`` maps a threshold to the shares it withholds: of right answers, and where nothing answers.
    """
    features = np.array([example.features for example in data])
    right = np.array([example.right for example in data])
    full = np.array([example.asked_in_full for example in data])
    sure = right | ~full
    model = LogisticRegression(C=10, max_iter=2000).fit(features[sure], right[sure])
    chance = model.predict_proba(features)[:, 1]
    return Fit(
        float(model.intercept_[0]),
        dict(zip(FEATURES, map(float, model.coef_[0]), strict=True)),
        float(np.quantile(chance[right], WITHHELD)),
        _curve(chance[sure], right[sure]),
        {t: (float(np.mean(chance[right] < t)), float(np.mean(chance[~full] < t))) for t in thresholds},
    )


def _curve(chance: NDArray[np.float64], right: NDArray[np.bool_]) -> tuple[tuple[int, float], ...]:
    """Reliability: how many examples have a confidence in each tenth, and the share of them that is right."""
    bins = np.minimum((chance * _BINS).astype(int), _BINS - 1)
    return tuple(
        (int((bins == n).sum()), float(right[bins == n].mean()) if (bins == n).any() else 0.0)
        for n in range(_BINS)
    )
