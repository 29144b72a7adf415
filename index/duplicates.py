"""The same article in two files, recognised, so that it is cited once and with both.

A PDF and its web page differ in headers, footers, punctuation and width, so texts are compared by
MinHash over the runs of five letters in them. Nearly the same words are not yet the same document:
last year's notice has this year's boilerplate. So the figures are compared too, each in the words
around it, and the date and the number that a document bears.

All files stay in the index, each with its passages: whoever asks for one of them by its doc_id finds
it. Their documents name each other in ``also_in``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash

from index.facts import find_doc_number, find_published
from index.normalize import fold
from index.types import Document

PERMUTATIONS: Final = 128
ALIKE: Final = 0.75
"""From this share of common runs on two texts can be the same.

Read in pairs of news articles, a band at a time: from 0.75 on they are the same article printed twice
or a daily bulletin with other figures; between 0.65 and 0.75 one tells more than the other, or both
were rewritten from a third.
"""

_ODD: Final = 0x9E3779B97F4A7C15  # 2**64 by the golden ratio
_RUN: Final = 5  # letters
_BANDS: Final = 21  # of six rows: of pairs that are alike in 0.75 of their runs 98 in 100 share one
_BATCH: Final = 4096
_DAYS_APART: Final = 3  # a report is dated by the day it was written or the day it was printed
_NO_LETTER: Final = re.compile(r"[\W_]+")
_FIGURE: Final = re.compile(r"\d+(?:\.\d+)?|[〇零一二三四五六七八九十百]+(?=[年月日届次号])")
_MASK: Final = "\0"
_BUT_FIGURES: Final = re.compile(rf"[^\w{_MASK}]+|_+")
_BEFORE, _AFTER = 6, 3  # letters around a figure by which it is known again


def sign(texts: Sequence[str]) -> NDArray[np.uint32]:
    """Return the texts' MinHash signatures, a row each; the share of equal places is their likeness."""
    rows = np.empty((len(texts), PERMUTATIONS), np.uint32)
    for start in range(0, len(texts), _BATCH):
        runs = [_runs(text) for text in texts[start : start + _BATCH]]
        bounds = np.cumsum([0, *map(len, runs)], dtype=np.uint64)
        matrix = RMinHash.digest_matrix_from_flat_token_hashes(
            np.concatenate(runs), bounds, num_perm=PERMUTATIONS, seed=1
        )
        rows[start : start + len(runs)] = matrix.to_rows()
    return rows


def _letters(text: str) -> str:
    return _NO_LETTER.sub("", fold(text))


def _runs(text: str) -> NDArray[np.uint64]:
    """A hash of every run of five letters."""
    codes = np.frombuffer(_letters(text).encode("utf-32-le", "replace"), np.uint32).astype(np.uint64)
    length = min(_RUN, len(codes))
    hashes = np.zeros(len(codes) - length + 1, np.uint64)
    for at in range(length):
        hashes = hashes * np.uint64(_ODD) + codes[at : at + len(hashes)]
    # The finaliser of SplitMix64 (Steele, Lea & Flood 2014): without it, alike runs hash alike.
    hashes = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    hashes = (hashes ^ (hashes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return hashes ^ (hashes >> np.uint64(31))


def mark(
    documents: Iterable[Document], signatures: NDArray[np.uint32], unchanged: Collection[str] = ()
) -> list[Document]:
    """Enter in every document's ``also_in`` the other files in which the same text stands.

    What stands there already in the ``unchanged`` ones, by doc_id, need not be found out again.
    """
    listed = list(documents)
    groups: dict[str, list[str]] = defaultdict(list)
    kept = repeated(listed, signatures, _settled(listed, unchanged))
    for document in listed:
        groups[kept.get(document.doc_id, document.doc_id)].append(document.doc_id)
    return [
        document if document.also_in == others else replace(document, also_in=others)
        for document in listed
        for group in (groups[kept.get(document.doc_id, document.doc_id)],)
        for others in (tuple(sorted(doc_id for doc_id in group if doc_id != document.doc_id)),)
    ]


def _settled(documents: Iterable[Document], unchanged: Collection[str]) -> dict[str, str]:
    """Which documents are known to repeat another one: doc_id -> the doc_id of that one."""
    before = {document.doc_id: document for document in documents if document.doc_id in unchanged}
    settled: dict[str, str] = {}
    for doc_id, document in before.items():
        if document.also_in and all(other in before for other in document.also_in):
            group = [document, *(before[other] for other in document.also_in)]
            settled[doc_id] = min(group, key=_preference).doc_id
    return settled


def repeated(
    documents: Sequence[Document],
    signatures: NDArray[np.uint32],
    settled: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, str]:
    """Tell which documents repeat another one: doc_id -> the doc_id of that one.

    The first of a text is the one of which more is known, then the longer one, then by doc_id; whatever
    repeats it was compared with it itself. The result does not depend on the documents' order, nor on
    what is ``settled``: which of them are known to repeat which.

    :raises ValueError: if there isn't a signature for every document.
    """
    if len(documents) != len(signatures):
        raise ValueError(f"{len(documents)} documents and {len(signatures)} signatures")
    bands = _bands(signatures)
    told = {row: _Told(documents[row]) for row in _crowded(bands)}
    buckets: dict[int, list[int]] = defaultdict(list)
    found: dict[str, str] = {}
    for row in sorted(told, key=lambda row: _preference(documents[row])):
        keys = bands[:, row].tolist()
        near = sorted({first for key in keys for first in buckets.get(key, ())})
        same = None
        if near:
            alike = np.mean(signatures[near] == signatures[row], axis=1)
            same = next(
                (
                    near[at]
                    for at in np.argsort(-alike, kind="stable")
                    if alike[at] >= ALIKE
                    and (
                        settled.get(documents[row].doc_id) == documents[near[at]].doc_id
                        or not told[row].differs(told[near[at]])
                    )
                ),
                None,
            )
        if same is not None:
            found[documents[row].doc_id] = documents[same].doc_id
        else:
            for key in keys:
                buckets[key].append(row)
    return found


def _bands(signatures: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """A number for each band of each signature, (bands, signatures): equal where the bands are."""
    width = PERMUTATIONS // _BANDS
    keys = np.empty((_BANDS, len(signatures)), np.uint64)
    for band in range(_BANDS):
        keys[band] = band
        for column in range(band * width, (band + 1) * width):
            keys[band] = keys[band] * np.uint64(_ODD) + signatures[:, column]
    return keys


def _crowded(bands: NDArray[np.uint64]) -> list[int]:
    """The rows that share a band with another."""
    shared = np.zeros(bands.shape[1], bool)
    for keys in bands:
        _, which, counts = np.unique(keys, return_inverse=True, return_counts=True)
        shared |= counts[which] > 1
    return [int(row) for row in np.flatnonzero(shared)]


def _preference(document: Document) -> tuple[int, int, str]:
    return -len(document.origins), -len(document.text), document.doc_id


class _Told:
    """What a text says by which it is told apart from another in the same words."""

    def __init__(self, document: Document) -> None:
        self._text = document.text

    @cached_property
    def figures(self) -> Mapping[str, frozenset[str]]:
        """The figures that stand in the same words, by these words."""
        folded = fold(self._text)
        masked = _BUT_FIGURES.sub("", _FIGURE.sub(_MASK, folded))
        standing: dict[str, set[str]] = defaultdict(set)
        at = -1
        for value in _FIGURE.findall(folded):
            at = masked.index(_MASK, at + 1)
            standing[masked[max(0, at - _BEFORE) : at + _AFTER + 1]].add(value)
        return {words: frozenset(values) for words, values in standing.items()}

    @cached_property
    def day(self) -> int | None:
        """The day it gives as its own."""
        found = find_published(self._text)
        return found.value.first.toordinal() if found else None

    @cached_property
    def number(self) -> str | None:
        """The number it bears."""
        found = find_doc_number(self._text)
        return fold(found.value) if found else None

    def differs(self, other: _Told) -> bool:
        """Whether the same words stand with other figures, or the texts bear another date or number."""
        other_figures = any(
            not (values <= others or others <= values)
            for words, values in self.figures.items()
            if (others := other.figures.get(words)) is not None
        )
        return (
            other_figures
            or bool(self.number and other.number and self.number != other.number)
            or bool(self.day and other.day and abs(self.day - other.day) > _DAYS_APART)
        )
