"""Texts to vectors: a transformer exported to ONNX, run by onnxruntime, without torch.

The folder is one that sentence-transformers loads as well. ``encoder.onnx`` is its graph alone: the weights
are those of ``model.safetensors``, in half precision, made 8-bit integers while it is loaded.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.networks import at_once, open_network

GRAPH: Final = "encoder.onnx"
_LONGEST: Final = 512  # tokens


class TransformerEncoder:
    """An `index.encoder.Encoder` by an exported transformer. Not changed by encoding: share it between threads."""

    def __init__(self, name: str, folder: Path) -> None:
        """Load what is in a folder: the graph with its weights, the tokenizer, the prompts."""
        self.name = name
        self._session = open_network(folder / GRAPH)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_LONGEST)
        config = json.loads((folder / "config_sentence_transformers.json").read_text(encoding="utf-8"))
        self._prompts = config["prompts"]
        self.dimension = int(self._encode(".").shape[0])

    def encode_queries(self, queries: Sequence[str]) -> NDArray[np.float32]:
        """Encode with the model's query prompt: float32 (len(queries), dimension), unit rows."""
        return self._rows(self._prompts["query"], queries)

    def encode_passages(self, passages: Sequence[str]) -> NDArray[np.float32]:
        """Encode with the model's passage prompt: float32 (len(passages), dimension), unit rows."""
        return self._rows(self._prompts["document"], passages)

    def _rows(self, prompt: str, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = at_once(lambda text: self._encode(prompt + text), texts)
        return np.stack([np.empty(self.dimension, np.float32), *rows])[1:]

    def _encode(self, text: str) -> NDArray[np.float32]:
        ids = np.array([self._tokenizer.encode(text).ids], np.int64)
        return np.asarray(self._session.run(["vectors"], {"ids": ids})[0][0], np.float32)
