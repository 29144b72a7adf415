"""The networks: ELECTRA's generator and discriminator, and the reader on top of the latter.

Clark, Luong, Le and Manning, “ELECTRA: Pre-training Text Encoders as Discriminators Rather Than
Generators” (ICLR 2020).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import ElectraConfig, ElectraForMaskedLM, ElectraForPreTraining, ElectraModel

from rag import ModelNotFound
from train.reader.tokens import MASK

DISCRIMINATOR_WEIGHT: Final = 50.0
"""What the discriminator's loss counts against the generator's, as in the paper."""
_HEAD: Final = 64  # width of an attention head
_DROPOUT: Final = 0.1
_WEIGHTS: Final = "reader.pt"


def electra_config(vocabulary: int, layers: int, width: int, length: int, embedding: int) -> ElectraConfig:
    """The shape of an encoder; ``length`` is the longest text it takes in, in tokens."""
    return ElectraConfig(
        vocab_size=vocabulary,
        embedding_size=embedding,
        hidden_size=width,
        num_hidden_layers=layers,
        num_attention_heads=max(1, width // _HEAD),
        intermediate_size=4 * width,
        max_position_embeddings=length,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )


class Electra(nn.Module):
    """A small generator that fills in hidden words, and a discriminator that finds which are not the text's own."""

    def __init__(self, vocabulary: int, layers: int, width: int, length: int) -> None:
        """Make both with random weights; the generator is half as wide, and they share their embeddings."""
        super().__init__()
        embedding = width // 2
        wide = electra_config(vocabulary, layers, width, length, embedding)
        narrow = electra_config(vocabulary, layers, max(_HEAD, width // 2), length, embedding)
        self.discriminator = ElectraForPreTraining(wide)
        self.generator = ElectraForMaskedLM(narrow)
        shared, own = self.discriminator.electra.embeddings, self.generator.electra.embeddings
        own.word_embeddings = shared.word_embeddings
        own.position_embeddings = shared.position_embeddings
        self.generator.generator_lm_head.weight = shared.word_embeddings.weight

    def forward(self, ids: Tensor, hidden: Tensor) -> dict[str, Tensor]:
        """The losses for texts (batch, length) of which the tokens marked in ``hidden`` are hidden."""
        masked = ids.masked_fill(hidden, MASK)
        states = self.generator.electra(masked).last_hidden_state[hidden]
        guesses = self.generator.generator_lm_head(self.generator.generator_predictions(states)).float()
        guessing = functional.cross_entropy(guesses, ids[hidden])
        with torch.no_grad():
            sampled = torch.multinomial(guesses.softmax(-1), 1).squeeze(-1)
            corrupted = ids.masked_scatter(hidden, sampled)
            replaced = (corrupted != ids).float()
        found = self.discriminator.discriminator_predictions(
            self.discriminator.electra(corrupted).last_hidden_state
        )
        telling = functional.binary_cross_entropy_with_logits(found.float(), replaced)
        return {
            "loss": guessing + DISCRIMINATOR_WEIGHT * telling,
            "generator": guessing,
            "discriminator": telling,
        }


class ReaderNetwork(nn.Module):
    """An encoder with two heads: does the passage answer, and where does the answer begin and end."""

    def __init__(self, encoder: ElectraModel) -> None:
        """Put fresh heads on an encoder."""
        super().__init__()
        self.encoder = encoder
        width = encoder.config.hidden_size
        self.answers = nn.Sequential(
            nn.Dropout(_DROPOUT), nn.Linear(width, width), nn.GELU(), nn.Linear(width, 1)
        )
        self.span = nn.Linear(width, 2)

    def forward(
        self, ids: Tensor, types: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Logits: that the passage answers (batch), that the answer starts and ends at a token (batch, length)."""
        states = self.encoder(input_ids=ids, token_type_ids=types, attention_mask=mask).last_hidden_state
        ends = self.span(states).float()
        return self.answers(states[:, 0]).squeeze(-1).float(), ends[..., 0], ends[..., 1]

    @property
    def length(self) -> int:
        """The tokens of question and passage that it takes in at once."""
        return int(self.encoder.config.max_position_embeddings)

    def save(self, folder: Path) -> None:
        """Write configuration and weights, in half precision."""
        self.encoder.config.save_pretrained(folder)
        torch.save(
            {name: value.half().cpu() for name, value in self.state_dict().items()}, folder / _WEIGHTS
        )

    @classmethod
    def load(cls, folder: Path) -> ReaderNetwork:
        """Read what `save` wrote.

        :raises ModelNotFound: if it isn't there.
        """
        if not (folder / _WEIGHTS).is_file():
            raise ModelNotFound(f"no trained reader in {folder}; make one with python -m train reader")
        network = cls(ElectraModel(ElectraConfig.from_pretrained(folder)))
        weights = torch.load(folder / _WEIGHTS, map_location="cpu", weights_only=True)
        network.load_state_dict({name: value.float() for name, value in weights.items()})
        return network.eval()


def load_encoder(folder: Path) -> ElectraModel:
    """Read the encoder that pretraining wrote.

    :raises ModelNotFound: if it isn't there.
    """
    if not (folder / "config.json").is_file():
        raise ModelNotFound(f"no pretrained encoder in {folder}; make one with python -m train pretrain")
    return ElectraModel.from_pretrained(folder, dtype=torch.float32, local_files_only=True)
