"""The parts of a new index: kept from the one before, or made anew; words and vectors wait in a store.

A part's words and vectors are told by their rows: those of the old index come first, then what is new
in the order in which it came. What the index holds in the end doesn't show that order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from index.duplicates import mark
from index.encoder import Encoder
from index.garbage import uncollected
from index.lexical import WordPile, Words
from index.normalize import fold
from index.store import PassageIndex, load_signatures, load_words, read_manifest
from index.types import Document, Passage
from index.workers import Prepared, embedded_text

BATCH: Final = 1024
"""Passages encoded at once: about a second's work for the model built in."""


@dataclass(frozen=True, slots=True)
class Part:
    """A document and its signature, its passages, and the row of the words and of the vector of each."""

    document: Document
    signature: NDArray[np.uint32]
    passages: Sequence[Passage]
    words: Sequence[int]
    vectors: Sequence[int]


@dataclass(frozen=True, slots=True)
class Old:
    """The index that was there before: its parts, and what it was made of."""

    parts: Mapping[str, Part]
    index: PassageIndex
    words: Words
    data: str
    sources: Mapping[str, str]

    @classmethod
    @uncollected()
    def load(cls, folder: Path) -> Old:
        """Read an index with all that a build needs.

        :raises IndexNotFound: if it is not whole.
        """
        manifest = read_manifest(folder)
        index = PassageIndex.load(folder)
        rows: dict[str, list[int]] = {doc_id: [] for doc_id in index.documents}
        for row, passage in enumerate(index.passages):
            rows[passage.doc_id].append(row)
        parts = {
            doc_id: Part(
                document,
                signature,
                [index.passages[row] for row in rows[doc_id]],
                rows[doc_id],
                rows[doc_id],
            )
            for (doc_id, document), signature in zip(
                index.documents.items(), load_signatures(folder, index), strict=True
            )
        }
        return cls(parts, index, load_words(folder, index), manifest.data, manifest.sources)


class Assembly:
    """Puts a new index together."""

    def __init__(self, encoder: Encoder, old: Old | None, unchanged: Iterable[str]) -> None:
        """Begin with what is unchanged of the old index."""
        self._encoder = encoder
        self._old = old
        self.parts: dict[str, Part] = {doc_id: old.parts[doc_id] for doc_id in unchanged} if old else {}
        self._unchanged = frozenset(self.parts)
        self._size = len(old.index.passages) if old else 0
        self._words = WordPile()
        if old:
            self._words.add(old.words)
        self._texts: list[str] = []  # to be encoded
        self._vectors: list[NDArray[np.float32]] = []
        self.encoded = 0
        self.to_encode = 0

    def add(self, prepared: Prepared) -> None:
        """Take documents that were read; passages whose text the old index has keep their vectors."""
        rows = self._words.add(prepared.words)
        for (document, passages), signature in zip(prepared.documents, prepared.signatures, strict=True):
            words, rows = rows[: len(passages)], rows[len(passages) :]
            vectors = [self._vector_row(embedded_text(passage)) for passage in passages]
            self.parts[document.doc_id] = Part(document, signature, passages, words, vectors)

    @cached_property
    def _known(self) -> Mapping[str, int]:
        """The texts that the old index has, with the rows of their vectors."""
        passages = self._old.index.passages if self._old else ()
        return {embedded_text(passage): row for row, passage in enumerate(passages)}

    def _vector_row(self, text: str) -> int:
        if text in self._known:
            return self._known[text]
        self._texts.append(text)
        self.to_encode += 1
        return self._size + self.to_encode - 1

    def encode_some(self, rest: bool = False) -> bool:
        """Encode a batch if there are enough passages for one, or the ``rest``; tell whether there were."""
        if not self._texts or (len(self._texts) < BATCH and not rest):
            return False
        batch, self._texts = self._texts[:BATCH], self._texts[BATCH:]
        self._vectors.append(
            self._encoder.encode_passages([fold(text) for text in batch])
        )  # as queries are
        self.encoded += len(batch)
        return True

    @uncollected()
    def save(self, folder: Path) -> str:
        """Make the index, when all is encoded, and write it beside the old one; return its name there.

        If it is the old one still, that stays.
        """
        if self._old and len(self._unchanged) == len(self.parts) == len(self._old.parts):
            return self._old.data
        parts = [self.parts[doc_id] for doc_id in sorted(self.parts)]
        words = self._words.rows(_rows(part.words for part in parts))
        vectors = self._gathered(_rows(part.vectors for part in parts))
        passages = [passage for part in parts for passage in part.passages]
        signatures = np.stack([part.signature for part in parts])
        documents = mark([part.document for part in parts], signatures, self._unchanged)
        index = PassageIndex.build(documents, passages, words, vectors)
        return index.save(folder, words, signatures)

    def _gathered(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        vectors = np.empty((len(rows), self._encoder.dimension), np.float32)
        is_new = rows >= self._size
        if self._old:
            vectors[~is_new] = self._old.index.vectors(rows[~is_new])
        if self._vectors:
            vectors[is_new] = np.concatenate(self._vectors)[rows[is_new] - self._size]
        return vectors


def _rows(of_parts: Iterable[Sequence[int]]) -> NDArray[np.int64]:
    return np.fromiter(chain.from_iterable(of_parts), np.int64)
