"""Query -> hits: dense and lexical scores, fused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from index import (
    STATIC,
    Document,
    Encoder,
    IndexMismatch,
    PassageIndex,
    fingerprint,
    fold,
    load_encoder,
    read_manifest,
    tokenize,
)
from rag.types import Hit

DENSE_WEIGHT: Final = 0.65
STATIC_DENSE_WEIGHT: Final = 0.35
"""The share of the dense score in the fused one, of a transformer's and of the static model's (docs/retrieval.md)."""

_POOL: Final = 100  # candidates that each half puts forward


class Retriever:
    """Finds passages for a query in an index. Not changed by searching: share it between threads."""

    def __init__(
        self, passage_index: PassageIndex, encoder: Encoder, *, dense_weight: float | None = None
    ) -> None:
        """Join an index with the encoder it was built with; `load` does both from a folder.

        :param dense_weight: the share of the dense score in the fused one, 0 to 1; BM25 has the rest.
        """
        self.index = passage_index
        self.encoder = encoder
        suits = STATIC_DENSE_WEIGHT if encoder.name == STATIC else DENSE_WEIGHT
        self.dense_weight = suits if dense_weight is None else dense_weight

    @classmethod
    def load(cls, path: str | Path, model: str | None = None) -> Retriever:
        """Load an index and the model it was built with.

        :param model: the model to expect; another than the index's own is refused.
        :raises IndexNotFound: if there is no index.
        :raises IndexMismatch: if the index was built by another version or with another model.
        :raises ModelNotFound: if the model is gone.
        """
        folder = Path(path)
        config = read_manifest(folder).config
        rebuild = f"run: python -m index build DIR --out {folder}"
        if model is not None and model != config.model:
            raise IndexMismatch(
                f"the index in {folder} was built with the model {config.model!r}, not {model!r}; "
                f"leave the model out, or {rebuild} --model {model}"
            )
        encoder = load_encoder(config.model)
        # Half a hundredth: the same model on another machine differs by less, another by more.
        if not np.allclose(fingerprint(encoder), config.fingerprint, atol=0.005):
            raise IndexMismatch(
                f"the model {config.model!r} is not the one that the index in {folder} was built with; {rebuild}"
            )
        return cls(PassageIndex.load(folder), encoder)

    @property
    def documents(self) -> Mapping[str, Document]:
        """The indexed documents, doc_id -> Document."""
        return self.index.documents

    @cached_property
    def regions(self) -> frozenset[str]:
        """The words that name the regions of the documents (their metadata), but for those that all have."""
        named: list[set[str]] = [
            set(tokenize(document.region)) for document in self.documents.values() if document.region
        ]
        return frozenset(set[str]().union(*named) - named[0].intersection(*named)) if named else frozenset()

    def search(self, query: str, k: int = 10) -> list[Hit]:
        """Return the k best passages, best first; ties by passage id.

        :raises ValueError: if k is less than one.
        """
        return self.search_batch([query], k)[0]

    def search_batch(self, queries: Sequence[str], k: int = 10) -> list[list[Hit]]:
        """Search for several queries at once: one list of hits a query, in order."""
        if k < 1:
            raise ValueError(f"k must be at least 1, not {k}")
        folded = [fold(query) for query in queries]
        vectors = (
            self.encoder.encode_queries(folded)
            if folded
            else np.empty((0, self.encoder.dimension), np.float32)
        )
        return [self._search(query, vector, k) for query, vector in zip(folded, vectors, strict=True)]

    def _search(self, query: str, vector: NDArray[np.float32], k: int) -> list[Hit]:
        lexical = self.index.lexical.scores(tokenize(query))
        near, _ = self.index.nearest(vector, max(_POOL, k))
        rows = np.union1d(near, _largest(lexical, max(_POOL, k)))
        fused = fuse(self.index.vectors(rows) @ vector, lexical[rows], self.dense_weight)
        best = np.lexsort((rows, -fused))[:k]
        return [
            Hit(rank, float(fused[at]), self.index.passages[rows[at]])
            for rank, at in enumerate(best, 1)
        ]  # fmt: skip


def fuse(
    cosines: NDArray[np.float32], lexical: NDArray[np.float32], dense_weight: float = DENSE_WEIGHT
) -> NDArray[np.float32]:
    """Convex combination of a query's dense and lexical scores over its candidates.

    BM25 is divided by its maximum, cosines are scaled to 0–1 by minimum and maximum (Bruch, Gai
    and Ingber, “An Analysis of Fusion Functions for Hybrid Retrieval”, 2023).
    """
    if len(cosines) == 0:
        return cosines
    spread = float(cosines.max() - cosines.min())
    dense = (cosines - cosines.min()) / spread if spread > 0 else np.ones_like(cosines)
    words = lexical / lexical.max() if lexical.max() > 0 else lexical
    return np.asarray(dense_weight * dense + (1 - dense_weight) * words, dtype=np.float32)


def _largest(scores: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """Rows of the k largest scores above zero, in no order."""
    rows = np.argpartition(scores, -k)[-k:] if k < len(scores) else np.arange(len(scores))
    return rows[scores[rows] > 0].astype(np.int64)
