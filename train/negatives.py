"""Hard negatives: passages near a question that don't hold its answer.

Those that BM25 takes for the answer, and the neighbours of the right passage in its text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from index import tokenize
from index.lexical import LexicalIndex, Words
from train.corpus import Corpus
from train.heldout import normal

_POOL: Final = 8000  # passages searched at once: neighbours in the data, which are alike
_FIRST: Final = 12


def mine(corpus: Corpus, most: int = 4) -> NDArray[np.int32]:
    """For each question, rows of passages that are wrong; -1 in the places after the last.

    :param most: of BM25's mistakes; the two neighbours come after them.
    """
    plain = [normal(passage) for passage in corpus.passages]
    found = np.full((len(corpus.questions), most + 2), -1, np.int32)
    pools: dict[int, list[int]] = {}
    for number, question in enumerate(corpus.questions):
        pools.setdefault(question.passage // _POOL, []).append(number)
    for pool, numbers in tqdm(sorted(pools.items()), desc="negatives", unit="pool", leave=False):
        begin = pool * _POOL
        passages = corpus.passages[begin : begin + _POOL]
        index = LexicalIndex.build(Words.of([tokenize(passage) for passage in passages]))
        for number in numbers:
            question = corpus.questions[number]
            answer = normal(question.answer)
            best = (begin + row for row in _best(index, question.text))
            wrong = [row for row in best if row != question.passage and answer not in plain[row]][:most]
            wrong += [row for row in _neighbours(corpus, question.passage) if answer not in plain[row]]
            rows = list(dict.fromkeys(wrong))
            found[number, : len(rows)] = rows
    return found


def _best(index: LexicalIndex, question: str) -> Iterator[int]:
    scores = index.scores(tokenize(question))
    for row in np.lexsort((np.arange(len(scores)), -scores))[:_FIRST]:
        if scores[row] > 0:
            yield int(row)


def _neighbours(corpus: Corpus, row: int) -> Iterator[int]:
    for other in (row - 1, row + 1):
        if 0 <= other < len(corpus.passages) and corpus.articles[other] == corpus.articles[row]:
            yield other
