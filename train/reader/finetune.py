"""A reader from an encoder and question groups: ``python -m train reader --data DIR --from MODEL --out READER``.

Three losses: of a group's passages the answering one is to come first (listwise), each by itself is to
be told whether it answers, so that the probability means something (binary), and the answer's first and
last token are to be found in the one that does (span).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from rag.reader import Tokens, Window, encode_batch, windows
from train.reader.card import Run, load_runs, write_card
from train.reader.groups import Group, Groups
from train.reader.loop import CHECKPOINT, SEED, Losses, Plan, Progress, fit
from train.reader.model import ReaderNetwork, load_encoder

_LISTWISE: Final = 0.5
"""What the listwise loss counts against the other two."""
_MULTIPLE: Final = 32
"""Tokens: a batch is as long as its longest text, rounded up to this, so that few shapes occur."""
_NOWHERE: Final = -1e4
_AT_ONCE: Final = 1000  # texts cut into tokens at once


@dataclass(frozen=True, slots=True)
class Size:
    """A step takes in ``batch`` groups, each with at most ``negatives`` passages that don't answer."""

    batch: int = 48
    negatives: int = 3


class Batch(NamedTuple):
    """Some groups as the network takes them in, a row a passage.

    ``group`` and ``slot`` tell where a row stands in the matrix of groups by passages, whose first column
    is for those that answer; ``starts`` and ``ends`` are the answer's tokens, -1 where there is none.
    """

    ids: Tensor
    types: Tensor
    mask: Tensor
    group: Tensor
    slot: Tensor
    starts: Tensor
    ends: Tensor

    def to(self, device: str) -> Batch:
        """The same batch on a device."""
        return Batch(*(part.to(device) for part in self))


def finetune(
    groups: Groups, encoder: Path, out: Path, size: Size, plan: Plan, *, device: str = "cpu"
) -> Progress:
    """Train a reader on question groups; the finished one is in ``out``, with its card."""
    torch.manual_seed(SEED)
    network = ReaderNetwork(load_encoder(encoder)).to(device).train()
    tokenizer = Tokenizer.from_file(str(encoder / "tokenizer.json"))
    batches = Batches(groups, tokenizer, network.length, size)

    def losses(step: int) -> Losses:
        return group_losses(network, batches.draw(step).to(device), size)

    options = asdict(size) | {"rate": plan.rate, "warmup": plan.warmup, "groups": len(groups.groups)}
    progress = fit(network, losses, plan, out, tokens=batches.tokens, options=options)
    if progress.done:
        network.save(out)
        tokenizer.save(str(out / "tokenizer.json"))
        parameters = sum(parameter.numel() for parameter in network.parameters())
        run = Run(
            "reader", options | {"seed": SEED}, parameters, progress, groups.data, before=load_runs(encoder)
        )
        write_card(out, run)
        (out / CHECKPOINT).unlink(missing_ok=True)
    return progress


class Batches:
    """Draws groups, the heavier the oftener, and lays them out."""

    def __init__(self, groups: Groups, tokenizer: Tokenizer, length: int, size: Size) -> None:
        """Cut all questions and passages into tokens, once."""
        self._groups = groups.groups
        self._tokenizer = tokenizer
        self._length = length
        self._size = size
        self._questions = _encode_all(tokenizer, [group.question for group in groups.groups], "questions")
        self._passages = _encode_all(tokenizer, groups.passages, "passages")
        weights = np.array([group.weight for group in groups.groups])
        self._weights = weights / weights.sum()

    @property
    def tokens(self) -> int:
        """The tokens of a step, about: as measured in a few."""
        return int(np.mean([self.draw(step).ids.numel() for step in range(5)]))

    def draw(self, step: int) -> Batch:
        """The batch of a step, the same whenever it is asked for."""
        random = np.random.default_rng((SEED, step))
        chosen = random.choice(len(self._groups), self._size.batch, p=self._weights)
        rows: list[tuple[int, int, Window, tuple[int, int]]] = []
        for place, number in enumerate(chosen):
            group = self._groups[number]
            if group.positive is not None:
                rows.append((place, 0, *self._positive(number, group)))
            for slot, row in enumerate(random.permutation(group.negatives)[: self._size.negatives], 1):
                cut = self._windows(number, self._passages[row])
                if cut:
                    rows.append((place, slot, cut[random.integers(len(cut))], (-1, -1)))
        return _lay_out(rows)

    def _positive(self, number: np.int64, group: Group) -> tuple[Window, tuple[int, int]]:
        """The window with the answer, and its tokens; the first window where the answer's words are in none."""
        cut = self._windows(number, self._passages[group.positive or 0])
        placed = [(window, answer_tokens(window, group.start, group.end)) for window in cut]
        return next((found for found in placed if found[1] != (-1, -1)), placed[0])

    def _windows(self, number: np.int64, passage: Tokens) -> list[Window]:
        return windows(self._tokenizer, self._questions[number], passage, self._length)


def answer_tokens(window: Window, start: int, end: int) -> tuple[int, int]:
    """The first and last token, in the window, of the characters ``start`` to ``end``; (-1, -1) if not all are there."""
    offsets = window.offsets
    if start < 0 or offsets[0, 0] > start or offsets[-1, 1] < end:
        return -1, -1
    first = int(np.searchsorted(offsets[:, 1], start, side="right"))
    last = int(np.searchsorted(offsets[:, 0], end, side="left")) - 1
    return (window.first + first, window.first + last) if first <= last else (-1, -1)


def group_losses(network: ReaderNetwork, batch: Batch, size: Size) -> Losses:
    """The losses of a batch; those that it has no example for are zero."""
    answers, starts, ends = network(batch.ids, batch.types, batch.mask)
    shape = size.batch, 1 + size.negatives
    matrix = torch.full(shape, _NOWHERE, dtype=answers.dtype, device=answers.device)
    matrix = matrix.index_put((batch.group, batch.slot), answers)
    binary = functional.binary_cross_entropy_with_logits(answers, (batch.slot == 0).float())
    first = torch.zeros(size.batch, dtype=torch.long, device=answers.device)
    listwise = _mean(functional.cross_entropy(matrix, first, reduction="none"), matrix[:, 0] > _NOWHERE)
    outside = (batch.types == 0) | (batch.mask == 0)
    span = (_place_loss(starts, batch.starts, outside) + _place_loss(ends, batch.ends, outside)) / 2
    return {
        "loss": binary + _LISTWISE * listwise + span,
        "binary": binary,
        "listwise": listwise,
        "span": span,
    }


def _place_loss(scores: Tensor, wanted: Tensor, outside: Tensor) -> Tensor:
    """How badly the wanted tokens are found among those of the passage, in the rows that have one."""
    inside = scores.masked_fill(outside, _NOWHERE)
    return _mean(functional.cross_entropy(inside, wanted.clamp(min=0), reduction="none"), wanted >= 0)


def _mean(values: Tensor, counted: Tensor) -> Tensor:
    """The mean of the values that count; zero if none does."""
    return (values * counted).sum() / counted.sum().clamp(min=1)


def _encode_all(tokenizer: Tokenizer, texts: Sequence[str], what: str) -> list[Tokens]:
    """Cut all texts into tokens, many at once, which takes all cores."""
    starts = tqdm(range(0, len(texts), _AT_ONCE), desc=what)
    return [tokens for at in starts for tokens in encode_batch(tokenizer, texts[at : at + _AT_ONCE])]


def _lay_out(rows: Sequence[tuple[int, int, Window, tuple[int, int]]]) -> Batch:
    longest = max(len(window.ids) for _, _, window, _ in rows)
    shape = len(rows), -(-longest // _MULTIPLE) * _MULTIPLE
    ids, types, mask = (np.zeros(shape, np.int64) for _ in range(3))
    for number, (_, _, window, _) in enumerate(rows):
        ids[number, : len(window.ids)] = window.ids
        types[number, : len(window.ids)] = window.types
        mask[number, : len(window.ids)] = 1
    columns = np.array([(place, slot, *answer) for place, slot, _, answer in rows]).T
    return Batch(*map(torch.from_numpy, (ids, types, mask, *columns)))
