"""The lexical half of the index: jieba words scored by BM25."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import bm25s
import jieba
import numpy as np
from numpy.typing import NDArray

from index.normalize import fold

# It has nothing to say but that its cache can't be written, with a traceback, as happens in a folder for
# temporary files that several people share; it works without.
jieba.setLogLevel(logging.CRITICAL)
logging.getLogger("bm25s").setLevel(logging.WARNING)  # it reports every step at import-time DEBUG

K1: Final = 1.2
B: Final = 0.75
VERSION: Final = 1

_WORD: Final = re.compile(r"[\w%]")
_FUNCTION_WORDS: Final = frozenset(
    [
        "的",
        "了",
        "和",
        "在",
        "是",
        "与",
        "及",
        "或",
        "也",
        "都",
        "就",
        "而",
        "以",
        "于",
        "之",
        "其",
        "所",
        "为",
        "被",
        "把",
        "让",
        "给",
        "对",
        "从",
        "向",
        "到",
        "由",
        "将",
        "要",
        "会",
        "能",
        "可",
        "着",
        "过",
        "地",
        "得",
        "这",
        "那",
        "该",
        "此",
        "个",
        "一个",
        "我",
        "你",
        "他",
        "她",
        "它",
        "我们",
        "他们",
        "吗",
        "呢",
        "吧",
        "啊",
        "呀",
        "嘛",
    ]
)


def tokenize(text: str) -> list[str]:
    """Cut text into the words it is searched by: folded, without punctuation and function words."""
    return [
        word
        for word in jieba.lcut_for_search(fold(text))
        if _WORD.match(word) and word not in _FUNCTION_WORDS
    ]


def segment(text: str) -> list[tuple[str, int, int]]:
    """Cut text into consecutive words with their offsets: (folded word, start, end)."""
    return list(jieba.tokenize(fold(text)))


def commonness(word: str) -> float:
    """How often a word stands in general Chinese text, as a share of all words (jieba's dictionary).

    A word the dictionary lacks counts as if seen once.
    """
    if not jieba.dt.initialized:
        jieba.initialize()
    return float(max(jieba.dt.FREQ.get(word) or 0, 1)) / float(jieba.dt.total)


class LexicalIndex:
    """BM25 (Lucene's variant: Robertson and Zaragoza 2009, idf never negative) over word lists.

    Rows are passages, in the order in which they were given.
    """

    def __init__(self, bm25: bm25s.BM25) -> None:
        """Use `build` or `load`."""
        self._bm25 = bm25
        self.size = int(bm25.scores["num_docs"])

    @classmethod
    def build(cls, words: Sequence[Sequence[str]]) -> LexicalIndex:
        """Index passages given as words; the vocabulary is numbered in order of appearance."""
        vocabulary: dict[str, int] = {}
        ids = [[vocabulary.setdefault(word, len(vocabulary)) for word in passage] for passage in words]
        if not vocabulary:  # BM25 needs a word to stand on; nobody searches for this one
            vocabulary, ids[0] = {"": 0}, [0]
        bm25 = bm25s.BM25(method="lucene", k1=K1, b=B)
        bm25.index((ids, vocabulary), create_empty_token=False, show_progress=False)
        return cls(bm25)

    def save(self, folder: Path) -> None:
        """Write the index into a folder."""
        self._bm25.save(folder, show_progress=False)

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """Read what `save` wrote."""
        return cls(bm25s.BM25.load(folder, load_corpus=False, mmap=False, show_progress=False))

    def scores(self, words: Sequence[str]) -> NDArray[np.float32]:
        """BM25 of every passage for a query's words: float32, one per row, 0 where no word occurs."""
        known = [word for word in words if word in self._bm25.vocab_dict]
        if not known:
            return np.zeros(self.size, dtype=np.float32)
        return np.asarray(self._bm25.get_scores(known), dtype=np.float32)

    def rarity(self, word: str) -> float:
        """Inverse document frequency of a word, ln(1 + (N - n + 0.5) / (n + 0.5)) as Lucene's BM25 has it.

        The counts are those of the collection and of general Chinese text together, so that a
        word is not rare only because the collection is small.
        """
        here = math.log(1 + (self.size - (n := self.count(word)) + 0.5) / (n + 0.5))
        everywhere = -math.log(commonness(word)) / 2
        return (here + everywhere) / 2

    def count(self, word: str) -> int:
        """In how many passages a word occurs."""
        number = self._bm25.vocab_dict.get(word)
        if number is None:
            return 0
        indptr = self._bm25.scores["indptr"]
        return int(indptr[number + 1] - indptr[number])
