"""An encoder that has read much Chinese: ``python -m train pretrain --tokens TOKENS --out MODEL``.

Some words of a text are hidden as wholes, a small network guesses them, and the encoder learns to tell
the guesses from the text's own words. Learning from every token, it needs less text than by guessing alone.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor

from train.data import InvalidData
from train.reader.card import Run, write_card
from train.reader.loop import CHECKPOINT, SEED, Losses, Plan, Progress, fit
from train.reader.model import Electra
from train.reader.tokens import CLS, CONTINUES, SPECIAL, load_tokens

_HIDDEN: Final = 0.15
"""The share of words that are hidden, as in the paper."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of an encoder and of a step: ``batch`` texts of ``length`` tokens."""

    layers: int = 8
    width: int = 512
    length: int = 384
    batch: int = 384


def pretrain(
    tokens: Path, out: Path, shape: Shape, plan: Plan, *, device: str = "cpu", compiled: bool = False
) -> Progress:
    """Pretrain an encoder on a folder of tokens; the finished one is in ``out``, with its card."""
    text = load_tokens(tokens)
    if len(text.ids) < shape.length:
        raise InvalidData(
            f"{tokens} has {len(text.ids)} tokens, fewer than a text of {shape.length}; give more text"
        )
    ids = torch.from_numpy(text.ids.astype(np.int32)).to(device)
    torch.manual_seed(SEED)
    model = Electra(text.tokenizer.get_vocab_size(), shape.layers, shape.width, shape.length).to(device)
    if compiled:
        model.generator.electra.compile()
        model.discriminator.electra.compile()

    def losses(step: int) -> Losses:
        batch, hidden = draw(ids, shape, step)
        result: Losses = model(batch, hidden)
        return result

    options = asdict(shape) | {"rate": plan.rate, "warmup": plan.warmup, "tokens": len(ids)}
    progress = fit(model.train(), losses, plan, out, tokens=shape.batch * shape.length, options=options)
    if progress.done:
        encoder = model.discriminator.electra
        encoder.half().save_pretrained(out)  # type: ignore[no-untyped-call]
        text.tokenizer.save(str(out / "tokenizer.json"))
        write_card(
            out, Run("pretrain", options | {"seed": SEED}, _parameters(encoder), progress, text.data)
        )
        (out / CHECKPOINT).unlink(missing_ok=True)
    return progress


def draw(text: Tensor, shape: Shape, step: int) -> tuple[Tensor, Tensor]:
    """A step's texts (batch, length), and which of their tokens are hidden: whole words, about 15 %."""
    device = text.device
    random = torch.Generator(device).manual_seed(SEED + step)
    size = shape.length - 1
    starts = torch.randint(0, len(text) - size + 1, (shape.batch, 1), generator=random, device=device)
    drawn = text[starts + torch.arange(size, device=device)]
    first = torch.full((shape.batch, 1), CLS, dtype=drawn.dtype, device=device)
    marked = torch.cat([first, drawn], 1)
    ids = (marked & (CONTINUES - 1)).long()
    word = torch.cumsum((marked & CONTINUES) == 0, 1)
    chance = torch.rand(shape.batch, shape.length + 1, generator=random, device=device).gather(1, word)
    return ids, (chance < _HIDDEN) & (ids >= len(SPECIAL))


def _parameters(model: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())
