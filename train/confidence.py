"""Fit how likely it is that a place answers, and the threshold under which nothing is given.

``python -m train confidence SET …`` asks the questions of sets that no model was trained on. Every place
found for a question is an example: it is right if an answer made of it is judged so. The threshold is
where `WITHHELD` of the questions that would have been answered right are refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import tomlkit
from sklearn.linear_model import LogisticRegression
from tqdm import tqdm

from eval.gold import GoldItem, load_gold
from eval.matching import judge
from index import build_index
from rag import Assistant, Retriever
from rag.choose import WEIGHTS, Candidate, Features
from rag.compose import Finding, answer_text
from rag.question import understand
from rag.reader import Reader
from rag.split import Part

_PLACES: Final = 8  # of a question, the likeliest by the weights in use
_HITS: Final = 16
WITHHELD: Final = 0.05
"""The share of right answers that may be lost for want of confidence."""


@dataclass(frozen=True, slots=True)
class Example:
    """The features of a place, whether it answers, and which question it was found for; ``answerable`` is that one's."""

    features: Features
    right: bool
    question: int
    answerable: bool


@dataclass(frozen=True, slots=True)
class Fit:
    """A logistic regression and a threshold; ``withheld`` maps thresholds to the shares that they withhold: of right answers, of answers to what nothing answers."""

    weights: dict[str, float]
    withheld: dict[float, tuple[float, float]]
    right: float


@contextmanager
def assistant(folder: Path, reader: Reader | None) -> Iterator[Assistant]:
    """Answer from the documents of a set, as long as it lasts."""
    with TemporaryDirectory() as index:
        build_index(folder / "docs", Path(index))
        yield Assistant(Retriever.load(index), reader=reader)


def examples(folder: Path, asked_of: Assistant, first: int = 0) -> Iterator[Example]:
    """Ask the questions of a set, in its ``gold.jsonl``; they are numbered from ``first``."""
    items = [item for item in load_gold(folder / "gold.jsonl") if not item.history]
    for number, item in enumerate(tqdm(items, desc=folder.name), first):
        asked = understand(item.question)
        found = asked_of.candidates(asked, asked_of.retriever.search(asked.query, _HITS))
        allowed = [each for each in found if each.objection is None][:_PLACES]
        for each in allowed:
            text = answer_text(Finding(Part("", item.question), asked, each))
            yield Example(each.features, is_right(item, each, text), number, item.answerable)


def is_right(item: GoldItem, given: Candidate, text: str) -> bool:
    """Whether an answer says what is expected, from a document that is known to."""
    same = given.reading.document.doc_id in {span.doc_id for span in item.evidence}
    return item.answerable and same and judge(item, text).right


def fit(data: Sequence[Example]) -> Fit:
    """Fit the regression, and find the threshold."""
    features = np.array([example.features for example in data])
    right = np.array([example.right for example in data])
    model = LogisticRegression(C=1.0, max_iter=5000).fit(features, right)
    chance = model.predict_proba(features)[:, 1]
    best: dict[int, int] = {}
    for row, example in enumerate(data):
        if example.question not in best or chance[row] > chance[best[example.question]]:
            best[example.question] = row
    rows = np.array(list(best.values()))
    good = chance[rows[right[rows]]]
    none = chance[[row for row in rows if not data[row].answerable]]
    threshold = float(np.quantile(good, WITHHELD))
    withheld = {
        t / 20: (float(np.mean(good < t / 20)), float(np.mean(none < t / 20))) for t in range(1, 16)
    }
    weights = {"threshold": threshold, "bias": float(model.intercept_[0])}
    weights |= dict(zip(Features._fields, map(float, model.coef_[0]), strict=True))
    answerable = sum(data[row].answerable for row in rows)
    return Fit(weights, withheld, len(good) / max(1, answerable))


def write(section: str, weights: Mapping[str, float], path: Path = WEIGHTS) -> None:
    """Put new weights into a section of ``weights.toml``, to three decimals; the rest stays."""
    file = tomlkit.parse(path.read_text(encoding="utf-8"))
    table = tomlkit.table()
    for name, weight in weights.items():
        table[name] = round(weight, 3) + 0.0  # no minus zero
    file[section] = table
    path.write_text(tomlkit.dumps(file), encoding="utf-8")
