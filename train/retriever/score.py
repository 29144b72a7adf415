"""How well models find: recall on question sets, alone and fused with BM25, their size and their speed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
from tqdm import tqdm

from eval.gold import GoldItem, load_gold
from eval.metrics import recall
from eval.qrels import covered
from index import BUILT_IN, STATIC, Passage, build_index, fold, load_encoder
from rag import Retriever

DEPTHS: Final = (1, 5, 20)
_INDEX: Final = Path(__file__).parents[2] / "index"
FOLDERS: Final = {BUILT_IN: _INDEX / "model", STATIC: _INDEX / "static"}
_TIMED: Final = 512  # passages


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Documents and questions about them."""

    name: str
    documents: Path
    gold: Path


@dataclass(frozen=True, slots=True)
class ModelScores:
    """``recalls`` maps a question set's name and a way of searching to recall at each of `DEPTHS`."""

    name: str
    recalls: Mapping[tuple[str, str], tuple[float, ...]]
    megabytes: float
    passages_a_second: float


def dev_sets(data: Path) -> list[QuestionSet]:
    """The dev sets of a data folder; there may be none."""
    golds = sorted((data / "dev").glob("*/gold.jsonl"))
    return [QuestionSet(gold.parent.name, gold.parent / "docs", gold) for gold in golds]


def score(model: str, sets: Sequence[QuestionSet], limit: int | None = None) -> ModelScores:
    """Score a model, given by its folder or name, on the answerable questions of each set.

    :param limit: of each set at most so many questions, evenly drawn.
    """
    recalls: dict[tuple[str, str], tuple[float, ...]] = {}
    texts: list[str] = []
    for questions in sets:
        items = [item for item in load_gold(questions.gold) if item.answerable]
        step = max(1, -(-len(items) // limit)) if limit else 1
        with TemporaryDirectory() as index:
            build_index(questions.documents, Path(index), model)
            retriever = Retriever.load(index)
        texts += [fold(passage.text) for passage in retriever.index.passages]
        for way, search in (("alone", _alone), ("fused", _fused)):
            bar = tqdm(items[::step], desc=f"{questions.name}, {way}", leave=False)
            values = [_recalls(item, search(retriever, _query(item))) for item in bar]
            recalls[questions.name, way] = tuple(float(value) for value in np.mean(values, axis=0))
    return ModelScores(model, recalls, _megabytes(model), _speed(model, texts))


def _query(item: GoldItem) -> str:
    """The question, with the earlier ones of its conversation."""
    return " ".join((*item.history, item.question))


def _alone(retriever: Retriever, query: str) -> list[Passage]:
    vector = retriever.encoder.encode_queries([fold(query)])[0]
    rows, _ = retriever.index.nearest(vector, DEPTHS[-1])
    return [retriever.index.passages[row] for row in rows]


def _fused(retriever: Retriever, query: str) -> list[Passage]:
    return [hit.passage for hit in retriever.search(query, DEPTHS[-1])]


def _recalls(item: GoldItem, found: Sequence[Passage]) -> list[float]:
    rankings = [
        [covered(spans, passage.doc_id, passage.text) for passage in found]
        for spans in (item.evidence, item.alt_evidence)
    ]
    return [max(recall(ranking, len(item.evidence), depth) for ranking in rankings) for depth in DEPTHS]


def _megabytes(model: str) -> float:
    folder = FOLDERS.get(model, Path(model))
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def _speed(model: str, texts: Sequence[str]) -> float:
    """Passages encoded in a second: the best of three goes, for others may be at work too."""
    encoder = load_encoder(model)
    passages = [texts[number % len(texts)] for number in range(_TIMED)]
    return len(passages) / min(_timed(lambda: encoder.encode_passages(passages)) for _ in range(3))


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def table(models: Sequence[ModelScores], names: Sequence[str] | None = None) -> str:
    """The scores side by side in Markdown; the first model is what the others are compared with."""
    base = models[0]
    heads = names or [model.name for model in models]
    rows = [
        ("recall@" + "/".join(map(str, DEPTHS)), *heads),
        ("---", *("--:" for _ in models)),
        *(
            (f"{name}, {way}", *(_three(model.recalls[name, way]) for model in models))
            for name, way in base.recalls
        ),
        ("MB", *(f"{model.megabytes:.1f}" for model in models)),
        (
            "passages a second",
            *(
                f"{model.passages_a_second:,.0f} (× {model.passages_a_second / base.passages_a_second:.2f})"
                for model in models
            ),
        ),
    ]
    return "".join("| " + " | ".join(row) + " |\n" for row in rows)


def _three(values: Sequence[float]) -> str:
    return " / ".join(f"{value:.3f}".removeprefix("0") for value in values)
