"""A model adapted to a user's own documents, without questions of people: sentences and titles ask.

A fifth of the passages is kept out of the learning. Sentences of these ask for the passage that they were
taken out of, among all passages: only if the adapted model finds them better is it worth having.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch.nn.functional import normalize
from tqdm import tqdm

from index import Passage, PassageIndex, build_index, fold
from train.corpus import Corpus
from train.data import InvalidData
from train.passages import Article
from train.retriever.batches import Examples, Ids, draw, make_examples, passage_bags, text_bags
from train.retriever.table import gradient, sums
from train.retriever.training import Plan

FEWEST: Final = 50
"""Passages that there must be: of fewer, nothing can be learnt and little be said."""

_KEPT_OUT: Final = 5  # one passage in so many
_ASKED: Final = 4  # sentences of each of these, at most
_MOST_ASKED: Final = 2000
_LARGEST: Final = 512  # questions in a batch
_RATE: Final = 0.002
_PULL: Final = 0.002  # of the way back to the old table, each step


@dataclass(frozen=True, slots=True)
class Outcome:
    """The mean reciprocal rank of the right passage, before and after, over ``questions`` kept out.

    ``doubt`` is the standard error of the difference.
    """

    table: torch.Tensor
    questions: int
    before: float
    after: float
    doubt: float

    @property
    def helped(self) -> bool:
        """Whether the gain is more than chance gives: two standard errors."""
        return self.after - self.before > 2 * self.doubt


def read_documents(folder: Path) -> Corpus:
    """Read every document that the index reads; their titles and headings are what asks for their passages.

    :raises InvalidData: if there are too few passages.
    :raises NoDocuments: if there are none.
    """
    with TemporaryDirectory() as index:
        build_index(folder, Path(index))
        loaded = PassageIndex.load(Path(index))
    corpus = Corpus()
    for (doc_id, heading), passages in groupby(loaded.passages, key=_section):
        title = " ".join(dict.fromkeys((loaded.documents[doc_id].title, heading)))
        corpus.add(Article(fold(title), tuple((p.start, fold(p.text)) for p in passages)), 0)
    if len(corpus.passages) < FEWEST:
        raise InvalidData(
            f"{folder} has {len(corpus.passages)} passages; a model needs {FEWEST} to be adapted to"
        )
    return corpus


def _section(passage: Passage) -> tuple[str, str]:
    return passage.doc_id, passage.heading


def adapt(corpus: Corpus, tokenizer: Tokenizer, old: torch.Tensor, plan: Plan) -> Outcome:
    """Go on learning a table from documents; of the plan, its length and its seed count.

    :raises InvalidData: if too few passages have two sentences.
    """
    rng = np.random.default_rng(plan.seed)
    kept_out = np.sort(rng.permutation(len(corpus.passages))[::_KEPT_OUT])
    whole = make_examples(corpus, np.empty((0, 0), np.int32), tokenizer, [1.0])
    rest = _without(whole, kept_out)
    rows, sentences = _questions(whole, kept_out)
    if len(rows) == 0 or not rest.chances["cloze"].any():
        raise InvalidData("hardly a passage has two sentences: there is nothing to ask and to learn from")
    before = _reciprocal_ranks(whole, old, rows, sentences)
    table = _learn(rest, old, plan)
    after = _reciprocal_ranks(whole, table, rows, sentences)
    doubt = float((after - before).std() / math.sqrt(len(rows)))
    return Outcome(table, len(rows), float(before.mean()), float(after.mean()), doubt)


def _without(examples: Examples, rows: Ids) -> Examples:
    """The same examples, but none from these passages."""
    each = {kind: np.diff(chances, prepend=0.0) for kind, chances in examples.chances.items()}
    for kind in ("cloze", "lead"):
        each[kind][rows] = 0
    totals = {kind: np.cumsum(chances) for kind, chances in each.items()}
    return replace(
        examples,
        chances={
            kind: total / total[-1] if len(total) and total[-1] > 0 else total
            for kind, total in totals.items()
        },
    )


def _questions(examples: Examples, rows: Ids) -> tuple[Ids, Ids]:
    """The first sentences of passages that have several: the passage's row and the sentence's."""
    firsts, ends = examples.passages[rows], examples.passages[rows + 1]
    pairs = [
        (row, sentence)
        for row, first, end in zip(rows, firsts, ends, strict=True)
        if end - first > 1
        for sentence in range(first, min(end, first + _ASKED))
    ][:_MOST_ASKED]
    return np.array([row for row, _ in pairs], np.int64), np.array([s for _, s in pairs], np.int64)


def _reciprocal_ranks(
    examples: Examples, table: torch.Tensor, rows: Ids, sentences: Ids
) -> NDArray[np.float64]:
    """For each sentence, one divided by the rank of its passage, the sentence taken out of it."""
    passages = sums(passage_bags(examples, np.arange(len(examples.articles))), table)
    questions = sums(text_bags(examples, sentences), table)
    rest = normalize(passages[rows] - questions)
    questions, passages = normalize(questions), normalize(passages)
    own = (questions * rest).sum(dim=1, keepdim=True)
    cosines = questions @ passages.T
    cosines[torch.arange(len(rows)), torch.from_numpy(rows)] = -2
    return 1 / (1 + (cosines > own).sum(dim=1).double().numpy())


def _learn(examples: Examples, old: torch.Tensor, plan: Plan) -> torch.Tensor:
    table = torch.nn.Parameter(old.clone())
    optimizer = torch.optim.Adam([table], lr=_RATE, fused=True)
    size = min(_LARGEST, max(8, len(examples.articles) // 4))
    began, step = time.monotonic(), 0
    bar = tqdm(total=1, desc="adapting", bar_format="{desc} {percentage:3.0f}% |{bar}| {postfix}")
    while (done := plan.share_done(step, time.monotonic() - began)) < 1:
        batch = draw(examples, size, np.random.default_rng([plan.seed, step]))
        table.grad, _ = gradient(table.detach(), batch)
        optimizer.param_groups[0]["lr"] = _RATE * (1 - done)
        optimizer.step()
        with torch.no_grad():
            table.lerp_(old, _PULL)
        step += 1
        bar.update(done - bar.n)
    bar.close()
    return table.detach()
