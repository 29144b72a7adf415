"""The model's folder: a sentence-transformers `StaticEmbedding` in 8 bits.

The vectors are kept as model2vec keeps them, whole numbers in ``embeddings`` and each row's factor in
``weights``; sentence-transformers multiplies them when it loads the model.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import torch
from safetensors.torch import save_file
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from tokenizers import Tokenizer

WEIGHTS: Final = "model.safetensors"
TOKENIZER: Final = "tokenizer.json"


def save_model(folder: Path, tokenizer: Tokenizer, table: torch.Tensor) -> None:
    """Write a model's folder; what is unknown (token 0) is given no vector."""
    table = table.float().clone()
    table[0] = 0
    module = StaticEmbedding(tokenizer, embedding_weights=table)
    model = SentenceTransformer(modules=[module], device="cpu", similarity_fn_name="cosine")
    model.save(str(folder), create_model_card=False)
    scale = table.abs().amax(dim=1).clamp_min(1e-9) / 127
    numbers = (table / scale[:, None]).round().to(torch.int8)
    save_file({"embeddings": numbers, "weights": scale}, folder / WEIGHTS)
    # The vocabulary one token a line would make a file three times as long.
    tokenizer.save(str(folder / TOKENIZER), pretty=False)
