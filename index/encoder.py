"""Texts to vectors: sentence-transformers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer

from index.errors import ModelNotFound

BUILT_IN: Final = "built-in"
"""The name of the model that lies in this repository."""

_BUILT_IN_PATH: Final = Path(__file__).parent / "model"
_PROBE: Final = "政策问答:今年一季度规模以上工业增加值增长多少?"

# Prompts that the makers of these models ask for and that not all of their configurations carry.
# https://huggingface.co/BAAI/bge-large-zh-v1.5, https://huggingface.co/intfloat/multilingual-e5-base
_PROMPTS: Final = {
    "bge-": {"query": "为这个句子生成表示以用于检索相关文章：", "document": ""},
    "e5-": {"query": "query: ", "document": "passage: "},
}
_WITHOUT_PROMPT: Final = ("bge-m3",)


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
        """Wrap a loaded model; `load` finds one by name."""
        self.name = name
        self._model = model
        self.dimension = len(self.encode_queries([_PROBE])[0])

    @classmethod
    def load(cls, name: str = BUILT_IN) -> SentenceEncoder:
        """Load the built-in model, a model's folder, or a model by its name on the model hub.

        :raises ModelNotFound: if there is no such model or it can't be fetched.
        """
        path = _BUILT_IN_PATH if name == BUILT_IN else Path(name)
        local = path.is_dir()
        if not local and (name == BUILT_IN or path.is_absolute() or name.startswith((".", "~"))):
            raise ModelNotFound(
                f"no embedding model in the folder {path}; give a model's folder or name with --model"
            )
        try:
            model = SentenceTransformer(
                str(path) if local else name, device="cpu", local_files_only=local, prompts=_prompts(name)
            )
        except (OSError, ValueError, RuntimeError) as error:
            reason = str(error).strip().splitlines()[0]
            raise ModelNotFound(
                f"the embedding model {name!r} can't be loaded ({reason}); give another with --model, "
                f"or leave it out for the built-in one"
            ) from error
        return cls(name, model.float())

    @property
    def fingerprint(self) -> list[float]:
        """A few numbers that tell models apart: the first of the vector of a fixed sentence."""
        return [round(float(value), 4) for value in self.encode_queries([_PROBE])[0][:8]]

    def encode_queries(self, queries: Sequence[str]) -> NDArray[np.float32]:
        """Encode with the model's query prompt: float32 (len(queries), dimension), unit rows."""
        return np.asarray(
            self._model.encode_query(list(queries), normalize_embeddings=True, show_progress_bar=False),
            dtype=np.float32,
        ).reshape(len(queries), -1)

    def encode_passages(self, passages: Sequence[str]) -> NDArray[np.float32]:
        """Encode with the model's passage prompt: float32 (len(passages), dimension), unit rows."""
        return np.asarray(
            self._model.encode_document(list(passages), normalize_embeddings=True, show_progress_bar=False),
            dtype=np.float32,
        ).reshape(len(passages), -1)


def _prompts(name: str) -> dict[str, str] | None:
    """The prompts of a known family, or None to leave the model's own."""
    last = name.rstrip("/").rpartition("/")[2].lower()
    if last.startswith(_WITHOUT_PROMPT):
        return None
    return next((prompts for family, prompts in _PROMPTS.items() if family in last), None)
