"""The reader's network: an encoder, whether the passage answers (at ``<s>``), and three scores for each token."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from transformers import AutoModel

from train.data import InvalidData

DEVICE: Final = "cuda" if torch.cuda.is_available() else "cpu"
HEADS: Final = 3  # the answer starts here, ends here, the token belongs to an answer
FROZEN: Final = 4
"""The embeddings and so many of the first layers stay as they are: half the work, and nothing is lost."""


class ReaderNetwork(nn.Module):
    """Logits from token ids: ``answers`` (batch) and ``tokens`` (batch, length, HEADS)."""

    def __init__(self, base: Path, weights: Path | None = None) -> None:
        """Put fresh heads on an encoder in Hugging Face's form, or load a reader's weights.

        :raises InvalidData: if these are none, or of another base.
        """
        super().__init__()
        # Without dropout a step takes two fifths of the time, and for a few passes nothing is lost.
        self.encoder = AutoModel.from_pretrained(
            base,
            dtype=torch.float32,
            attn_implementation="eager",
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        self.encoder.pooler = None
        width = self.encoder.config.hidden_size
        self.answers, self.tokens = nn.Linear(width, 1), nn.Linear(width, HEADS)
        if weights is not None:
            try:
                self.load_state_dict(load_file(weights))
            except (OSError, RuntimeError, SafetensorError) as error:
                raise InvalidData(f"{weights} has no weights of a reader on {base} ({error})") from error

    def forward(self, ids: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Score questions with their passages: ids (batch, length)."""
        states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        return self.answers(states[:, 0]).squeeze(-1), self.tokens(states)

    def freeze(self) -> None:
        """Leave the embeddings and the first layers out of the training."""
        for part in (self.encoder.embeddings, *self.encoder.encoder.layer[:FROZEN]):
            part.requires_grad_(False)


def has_bfloat16() -> bool:
    """Whether the processor computes in bfloat16; in software it is eight times slower than single precision."""
    return torch.cuda.is_available() or bool(torch.cpu._is_avx512_bf16_supported())
