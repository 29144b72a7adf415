"""Texts to vectors: the models built in, and any of sentence-transformers."""

from __future__ import annotations

import gc
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
from huggingface_hub import HfApi
from numpy.typing import NDArray

from index.errors import ModelNotFound
from index.garbage import uncollected
from index.transformer import GRAPH, TransformerEncoder

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BUILT_IN: Final = "built-in"
"""The model for ordinary collections that lies in this repository: a small transformer."""
STATIC: Final = "static"
"""The model for large ones: a table of vectors, some hundred times as fast."""

_FOLDERS: Final = {BUILT_IN: Path(__file__).parent / "model", STATIC: Path(__file__).parent / "static"}
_PROBE: Final = "政策问答:今年一季度规模以上工业增加值增长多少?"

# What these families of models want before a text, and not all of their configurations say.
# https://huggingface.co/BAAI/bge-large-zh-v1.5, https://huggingface.co/intfloat/multilingual-e5-base,
# https://huggingface.co/intfloat/multilingual-e5-large-instruct
_PROMPTS: Final = (
    (r"bge-(small|base|large)-zh", {"query": "为这个句子生成表示以用于检索相关文章："}),
    (r"bge-(small|base|large)-en", {"query": "Represent this sentence for searching relevant passages: "}),
    (
        r"e5-.*instruct",
        {"query": "Instruct: Given a question, retrieve passages that answer the question\nQuery: "},
    ),
    (r"e5-(small|base|large)", {"query": "query: ", "document": "passage: "}),
)
_PATIENCE: Final = 10.0  # seconds for the model hub to answer
_ORGANIZATION: Final = "sentence-transformers"  # whose a model without a slash in its name is
# Texts that go through the model together. Static embeddings take no padding, and in large batches half
# the time; a transformer's memory grows with the batch.
_BATCH: Final = 32
_STATIC_BATCH: Final = 1024


class Encoder(Protocol):
    """Anything that turns queries and passages into unit vectors of one space."""

    name: str
    dimension: int

    def encode_queries(self, queries: Sequence[str]) -> NDArray[np.float32]:
        """Return float32 (len(queries), dimension), each row of length one."""

    def encode_passages(self, passages: Sequence[str]) -> NDArray[np.float32]:
        """Return float32 (len(passages), dimension), each row of length one."""


class SentenceEncoder:
    """An `Encoder` by any sentence-transformers model."""

    def __init__(self, name: str, model: SentenceTransformer) -> None:
        """Wrap a loaded model; `load_encoder` finds one by name."""
        self.name = name
        self._model = model
        self._batch = _STATIC_BATCH if _is_static(model) else _BATCH
        self.dimension = len(model.encode_query(_PROBE))

    def encode_queries(self, queries: Sequence[str]) -> NDArray[np.float32]:
        """Encode with the model's query prompt: float32 (len(queries), dimension), unit rows."""
        return self._rows(
            self._model.encode_query(list(queries), normalize_embeddings=True, show_progress_bar=False)
        )

    def encode_passages(self, passages: Sequence[str]) -> NDArray[np.float32]:
        """Encode with the model's passage prompt: float32 (len(passages), dimension), unit rows."""
        vectors = self._model.encode_document(
            list(passages), batch_size=self._batch, normalize_embeddings=True, show_progress_bar=False
        )
        return self._rows(vectors)

    def _rows(self, vectors: object) -> NDArray[np.float32]:
        return np.asarray(vectors, dtype=np.float32).reshape(-1, self.dimension)


def load_encoder(name: str = BUILT_IN) -> Encoder:
    """Load a built-in model, a model's folder, or a model by its name on the model hub.

    :raises ModelNotFound: if there is no such model or it can't be fetched.
    """
    path = _FOLDERS.get(name, Path(name))
    local = path.is_dir()
    if not local and (name in _FOLDERS or path.is_absolute() or name.startswith((".", "~"))):
        raise ModelNotFound(
            f"no embedding model in the folder {path}; give a model's folder or name with --model"
        )
    try:
        if (path / GRAPH).is_file():
            return _built_in(name) if name in _FOLDERS else TransformerEncoder(name, path)
        model = _kept(path) if name in _FOLDERS else _open(str(path)) if local else _fetch(name)
    # The libraries below raise whatever their own libraries do: there is no common root.
    except Exception as error:
        reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise ModelNotFound(
            f"the embedding model {name!r} can't be loaded ({reason}); give another with --model, "
            f"or leave it out for the built-in one"
        ) from error
    if not any(model.prompts.values()):
        model.prompts |= _prompts(name)
    return SentenceEncoder(name, model.float())


def fingerprint(encoder: Encoder) -> list[float]:
    """A few numbers that tell models and their prompts apart: from the vectors of a fixed sentence."""
    query, passage = encoder.encode_queries([_PROBE])[0], encoder.encode_passages([_PROBE])[0]
    return [round(float(value), 4) for value in (*query[:4], *passage[:4])]


@cache
def _built_in(name: str) -> TransformerEncoder:
    return TransformerEncoder(name, _FOLDERS[name])


@cache
def _kept(path: Path) -> SentenceTransformer:
    """The model that is never another one, kept: it has cycles, so that a dropped one stays for long."""
    return _open(str(path))


def _open(path: str, here: bool = True) -> SentenceTransformer:
    """Load a model; of one that is ``here``, on this machine, nothing tries the network."""
    return _library()(path, device="cpu", local_files_only=here)


@cache
def _library() -> type[SentenceTransformer]:
    # Not at the top: it takes seconds, for which neither the processes that read documents nor
    # `index info` have any use.
    with uncollected():
        from sentence_transformers import SentenceTransformer
    # Its half million objects stay, and need not be looked through again. Once only: what is garbage
    # by then stays as well.
    gc.freeze()
    return SentenceTransformer


def _fetch(name: str) -> SentenceTransformer:
    """Load a model of the hub: as it was fetched before, else from the network."""
    name = name if "/" in name else f"{_ORGANIZATION}/{name}"
    try:
        return _open(name)
    except (OSError, ValueError):
        # Ask once whether it is there: to load a model that isn't goes on trying for minutes.
        HfApi().model_info(name, timeout=_PATIENCE)
        return _open(name, here=False)


def _is_static(model: SentenceTransformer) -> bool:
    return type(model[0]).__name__ == "StaticEmbedding"


def _prompts(name: str) -> Mapping[str, str]:
    """The prompts of a known family of models, by the last part of the name."""
    last = name.rstrip("/").rpartition("/")[2].lower()
    return next((prompts for family, prompts in _PROMPTS if re.search(family, last)), {})
