"""The lexical half of the index: jieba words scored by BM25."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import bm25s
import jieba
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from index.normalize import fold

# It has nothing to say but that its cache can't be written, with a traceback, as happens in a folder for
# temporary files that several people share; it works without.
jieba.setLogLevel(logging.CRITICAL)
logging.getLogger("bm25s").setLevel(logging.WARNING)  # it reports every step at import-time DEBUG

K1: Final = 1.2
B: Final = 0.75
VERSION: Final = 2

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


_NAME_TAGS: Final = ("nr", "ns", "nt", "nz", "x", "eng")


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


def is_common_noun_or_verb(word: str) -> bool:
    """Whether the dictionary has a word as one of the language, not as a name (jieba's parts of speech)."""
    return word in _ordinary()


@cache
def _ordinary() -> frozenset[str]:
    with jieba.get_dict_file() as lines:
        entries = (line.decode().split() for line in lines)
        return frozenset(word for word, _, tag in entries if not tag.startswith(_NAME_TAGS))


@dataclass(frozen=True)
class Words:
    """The words of passages as numbers: of the n-th, ``ids[starts[n]:starts[n + 1]]`` in the vocabulary."""

    vocabulary: Sequence[str]
    ids: NDArray[np.int32]
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        """The number of passages."""
        return len(self.starts) - 1

    @classmethod
    def of(cls, passages: Iterable[Sequence[str]]) -> Words:
        """Number the words of passages in order of appearance."""
        numbers: dict[str, int] = {}
        ids: list[int] = []
        starts = [0]
        for words in passages:
            ids.extend(numbers.setdefault(word, len(numbers)) for word in words)
            starts.append(len(ids))
        return cls(list(numbers), np.array(ids, np.int32), np.array(starts, np.int64))

    def rows(self, rows: NDArray[np.int64]) -> Words:
        """Some of the passages, in the order given; of the vocabulary what they need, sorted.

        So that it doesn't show in what order the passages were read.
        """
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(np.diff(self.starts)[rows])])
        # Rows that follow each other are taken together: most do.
        runs = np.split(rows, np.flatnonzero(np.diff(rows) != 1) + 1) if len(rows) else []
        pieces = [self.ids[self.starts[run[0]] : self.starts[run[-1] + 1]] for run in runs]
        ids = np.concatenate([np.empty(0, np.int32), *pieces])
        used = np.flatnonzero(np.bincount(ids, minlength=len(self.vocabulary))).tolist()
        used.sort(key=self.vocabulary.__getitem__)
        renumbered = np.zeros(len(self.vocabulary), np.int32)
        renumbered[used] = np.arange(len(used), dtype=np.int32)
        return Words([self.vocabulary[number] for number in used], renumbered[ids], starts)

    def save(self, folder: Path) -> None:
        """Write the numbers into a folder; the vocabulary is that of the `LexicalIndex`."""
        folder.mkdir(parents=True, exist_ok=True)
        np.save(folder / "ids.npy", self.ids)
        np.save(folder / "starts.npy", self.starts)

    @classmethod
    def load(cls, folder: Path, vocabulary: Sequence[str]) -> Words:
        """Read what `save` wrote; the numbers stay on the disk until they are used."""
        ids = np.load(folder / "ids.npy", mmap_mode="r")
        return cls(vocabulary, ids, np.load(folder / "starts.npy"))


class WordPile:
    """The words of more and more passages, under one vocabulary."""

    def __init__(self) -> None:
        """Begin with none."""
        self._numbers: dict[str, int] = {}
        self._ids: list[NDArray[np.int32]] = []
        self._lengths: list[NDArray[np.int64]] = []
        self.size = 0

    def add(self, words: Words) -> range:
        """Put passages on top; return the rows that they have."""
        numbers = self._numbers
        renumbered = [numbers.setdefault(word, len(numbers)) for word in words.vocabulary]
        self._ids.append(np.array(renumbered, np.int32)[words.ids])
        self._lengths.append(np.diff(words.starts))
        self.size += len(words)
        return range(self.size - len(words), self.size)

    def rows(self, rows: NDArray[np.int64]) -> Words:
        """Some of the passages, in the order given, as `Words.rows` does."""
        ids = np.concatenate([np.empty(0, np.int32), *self._ids])
        starts = np.cumsum(np.concatenate([np.zeros(1, np.int64), *self._lengths]))
        return Words(list(self._numbers), ids, starts).rows(rows)


class LexicalIndex:
    """BM25 (Lucene's variant: Robertson and Zaragoza 2009, idf never negative) over the words of passages.

    Rows are passages, in the order in which they were given.
    """

    def __init__(self, bm25: bm25s.BM25) -> None:
        """Use `build` or `load`."""
        self._bm25 = bm25
        self.size = int(bm25.scores["num_docs"])

    @classmethod
    def build(cls, words: Words) -> LexicalIndex:
        """Index passages.

        In whole arrays what bm25s's own ``index`` does passage by passage, with the same result.
        """
        vocabulary = words.vocabulary or [""]  # BM25 needs a word to stand on; nobody searches for this one
        size, lengths = len(words), np.diff(words.starts)
        times = np.ones(len(words.ids), np.float32)
        counts = csr_matrix((times, words.ids, words.starts), shape=(size, len(vocabulary))).tocsc()
        counts.sum_duplicates()
        holders = np.diff(counts.indptr)  # passages that hold a word
        idf = np.log(1 + (size - holders + 0.5) / (holders + 0.5)).astype(np.float32)
        length = (K1 * (1 - B + B * lengths / (lengths.mean() or 1))).astype(np.float32)
        scores = length[counts.indices]
        scores += counts.data
        np.divide(counts.data, scores, out=scores)
        scores *= np.repeat(idf, holders)
        bm25 = bm25s.BM25(method="lucene", k1=K1, b=B)
        bm25.vocab_dict = {word: number for number, word in enumerate(vocabulary)}
        bm25.nonoccurrence_array = None  # other variants of BM25 have one
        bm25.scores = {
            "data": scores,
            "indices": counts.indices.astype(np.int32),
            "indptr": counts.indptr.astype(np.int64),
            "num_docs": size,
        }
        return cls(bm25)

    @property
    def vocabulary(self) -> list[str]:
        """The words that passages are found by, in order of their numbers."""
        return list(self._bm25.vocab_dict)

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
