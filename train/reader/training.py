"""The training of the reader: four losses, summed.

Which token the answer starts and ends with (place), which belong to it (inside), whether a passage answers
(binary), and that of a question's passages the one that does comes first (listwise). What is learnt is kept
in single precision, and computed with in bfloat16 where the processor has it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional
from tqdm import tqdm

from index import ModelNotFound
from rag.reader import TOKENIZER
from train.base import PAD
from train.reader.examples import Example, Examples
from train.reader.groups import SEED, Groups
from train.reader.network import DEVICE, ReaderNetwork, has_bfloat16

CHECKPOINT: Final = "checkpoint.pt"
WEIGHTS: Final = "reader.safetensors"

_MULTIPLE: Final = 32
"""Tokens: a batch is as long as its longest text, rounded up to this, for which code is compiled once."""
_UNANSWERED: Final = 0.3
"""What a passage that doesn't answer counts for its tokens, against one that does."""
_TOKENS: Final = 30.0  # what the sum over a passage's tokens is divided by
_BETAS: Final = (0.9, 0.98)
_DECAY: Final = 0.01  # of matrices
_HEADS_RATE: Final = 4.0  # against the rest: they begin from nothing
_WARMUP: Final = 100  # steps
_LAST: Final = 0.02  # of the rate, at least
_POWER: Final = 0.9  # with which it falls
_SMOOTH: Final = 0.02  # what the last step counts in the means


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast a reader learns.

    The run ends after so many ``minutes`` or ``steps``, those of earlier calls counted. ``rate`` is the
    highest learning rate; a step takes in so many ``groups``, in batches of ``budget`` tokens; a
    checkpoint is written every ``save_every`` seconds.
    """

    minutes: float = 60.0
    steps: float = float("inf")
    rate: float = 9e-5
    groups: int = 8
    budget: int = 2048
    save_every: float = 240.0


@dataclass(slots=True)
class Progress:
    """How far a run has come; ``losses`` are means over the last steps."""

    steps: int = 0
    seconds: float = 0.0
    tokens: int = 0
    losses: dict[str, float] = field(default_factory=dict)

    def share(self, plan: Plan) -> float:
        """How much of a run is done; 1 and more: all."""
        return 1.0 if self.steps >= plan.steps else self.seconds / 60 / plan.minutes


def train(groups: Groups, base: Path, folder: Path, plan: Plan, start: Path | None = None) -> Progress:
    """Train a reader on question groups; its weights are in ``folder`` then.

    Goes on from the checkpoint in ``folder``, if there is one: with more minutes, from where a run ended.

    :param start: weights to begin with instead of fresh heads on the base.
    :raises ModelNotFound: if there is no base.
    """
    if not (base / TOKENIZER).is_file():
        raise ModelNotFound(f"no base encoder in {base}; make one with python -m train base --out {base}")
    torch.manual_seed(SEED)
    torch.set_flush_denormal(True)
    learner = _Learner.of(ReaderNetwork(base, start).to(DEVICE).train())
    examples = Examples(groups, Tokenizer.from_file(str(base / TOKENIZER)))
    path = folder / CHECKPOINT
    progress = learner.resume(path) if path.exists() else Progress()
    began = time.monotonic() - progress.seconds
    saved = progress.seconds
    shape = "{desc} {percentage:3.0f}%|{bar}| {elapsed}<{remaining}{postfix}"
    with tqdm(total=1.0, initial=min(1.0, progress.share(plan)), desc="reader", bar_format=shape) as bar:
        while progress.share(plan) < 1:
            learner.step(examples.draw(progress.steps, plan.groups), plan, progress)
            progress.steps += 1
            progress.seconds = time.monotonic() - began
            if progress.seconds - saved >= plan.save_every:
                saved = progress.seconds
                learner.save(path, progress)
            bar.set_postfix(progress.losses, refresh=False)
            bar.update(min(1.0, progress.share(plan)) - bar.n)
    learner.save(path, progress)
    save_file({name: tensor.contiguous() for name, tensor in learner.weights.items()}, folder / WEIGHTS)
    return progress


@dataclass(frozen=True, slots=True)
class _Learner:
    """A network, its weights in single precision, and those of them that learn, with their optimizer."""

    network: ReaderNetwork
    weights: Mapping[str, Tensor]
    masters: Mapping[str, Tensor]
    optimizer: torch.optim.AdamW

    @classmethod
    def of(cls, network: ReaderNetwork) -> _Learner:
        network.freeze()
        weights = {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}
        masters = {name: weights[name] for name, each in network.named_parameters() if each.requires_grad}
        parts = []
        for name, tensor in masters.items():
            head = not name.startswith("encoder.")
            decay = 0.0 if head or tensor.ndim < 2 else _DECAY
            parts.append({"params": [tensor], "weight_decay": decay, "speed": _HEADS_RATE if head else 1.0})
        if has_bfloat16():
            network.encoder.bfloat16()
        return cls(network, weights, masters, torch.optim.AdamW(parts, betas=_BETAS))

    def step(self, groups: Sequence[Sequence[Example]], plan: Plan, progress: Progress) -> None:
        """Learn from the examples of a step, and count it."""
        warm = min(1.0, (progress.steps + 1) / _WARMUP)
        height = max(_LAST, warm * (1 - progress.share(plan)) ** _POWER)
        for part in self.optimizer.param_groups:
            part["lr"] = plan.rate * part["speed"] * height
        losses, tokens = step_losses(self.network, groups, plan.budget)
        torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]
        for name, parameter in self.network.named_parameters():
            if parameter.grad is not None:
                self.masters[name].grad, parameter.grad = parameter.grad.float(), None
        nn.utils.clip_grad_norm_(list(self.masters.values()), 1.0)
        self.optimizer.step()
        self._hand_over()
        progress.tokens += tokens
        for loss, value in ((loss, tensor.item()) for loss, tensor in losses.items()):
            mean = progress.losses.get(loss, value)
            progress.losses[loss] = mean + _SMOOTH * (value - mean)

    @torch.no_grad()
    def _hand_over(self) -> None:
        """Give the network what was learnt."""
        for name, parameter in self.network.named_parameters():
            if name in self.masters:
                parameter.copy_(self.masters[name])

    def save(self, path: Path, progress: Progress) -> None:
        """Write a checkpoint, in one rename."""
        partial = path.with_suffix(".partial")
        state = {"masters": dict(self.masters), "optimizer": self.optimizer.state_dict()}
        torch.save({**state, "progress": asdict(progress)}, partial)
        partial.replace(path)

    def resume(self, path: Path) -> Progress:
        """Take over a checkpoint."""
        state = torch.load(path, map_location=DEVICE, weights_only=True)
        for name, master in self.masters.items():
            master.copy_(state["masters"][name])
        self.optimizer.load_state_dict(state["optimizer"])
        self._hand_over()
        return Progress(**state["progress"])


def step_losses(
    network: ReaderNetwork, groups: Sequence[Sequence[Example]], budget: int
) -> tuple[dict[str, Tensor], int]:
    """The losses of some groups, and how many tokens the network got for them."""
    flat = [example for group in groups for example in group]
    logits: dict[int, Tensor] = {}
    sums = torch.zeros(3, device=DEVICE)
    tokens = 0
    for rows in _batches([len(example.ids) for example in flat], budget):
        some = [flat[row] for row in rows]
        ids = _filled(some)
        answers, scores = network(ids, (ids != PAD).long())
        logits.update(zip(rows, answers, strict=True))
        weights = torch.tensor([_weight(example) for example in some], device=DEVICE)
        place, inside = _place_losses(scores[..., :2], some, ids), _inside_losses(scores[..., 2], some)
        sums = sums + torch.stack([(place * weights).sum(), (inside * weights).sum(), weights.sum()])
        tokens += ids.numel()
    ordered = torch.stack([logits[row] for row in range(len(flat))])
    right = torch.tensor([float(example.answers) for example in flat], device=DEVICE)
    losses = {
        "place": sums[0] / sums[2].clamp(min=1),
        "inside": sums[1] / sums[2].clamp(min=1),
        "binary": functional.binary_cross_entropy_with_logits(ordered, right),
        "listwise": _listwise_loss(ordered, groups),
    }
    return losses, tokens


def _batches(lengths: Sequence[int], budget: int) -> Iterator[list[int]]:
    """Rows of like lengths together, padded no more than ``budget`` tokens, but one at least."""
    batch: list[int] = []
    for row in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and _padded(lengths[row]) * (len(batch) + 1) > budget:
            yield batch
            batch = []
        batch.append(row)
    yield batch


def _padded(length: int) -> int:
    return -(-length // _MULTIPLE) * _MULTIPLE


def _filled(examples: Sequence[Example]) -> Tensor:
    ids = np.full((len(examples), _padded(max(len(each.ids) for each in examples))), PAD, np.int64)
    for row, example in zip(ids, examples, strict=True):
        row[: len(example.ids)] = example.ids
    return torch.from_numpy(ids).to(DEVICE)


def _weight(example: Example) -> float:
    """What an example counts for its tokens: one that answers beyond those read, nothing."""
    return 1.0 if example.start else 0.0 if example.answers else _UNANSWERED


def _place_losses(scores: Tensor, examples: Sequence[Example], ids: Tensor) -> Tensor:
    """How badly the first and last token are found, or that there is none, which is said at <s>."""
    wanted = torch.tensor([(each.start, each.end) for each in examples], device=DEVICE)
    within = scores.masked_fill((ids == PAD)[..., None], -1e4)
    return functional.cross_entropy(within, wanted, reduction="none").mean(1)


def _inside_losses(scores: Tensor, examples: Sequence[Example]) -> Tensor:
    """How badly it is told which of the passage's tokens belong to the answer."""
    wanted, body = torch.zeros_like(scores), torch.zeros_like(scores)
    for row, example in enumerate(examples):
        wanted[row, torch.from_numpy(example.inside)] = 1
        body[row, example.first : len(example.ids) - 1] = 1
    losses = functional.binary_cross_entropy_with_logits(scores, wanted, reduction="none")
    return (losses * body).sum(1) / _TOKENS


def _listwise_loss(logits: Tensor, groups: Sequence[Sequence[Example]]) -> Tensor:
    """How badly the passage that answers comes before the others of its question."""
    owns = zip(torch.split(logits, [len(group) for group in groups]), groups, strict=True)
    losses = [-own.log_softmax(0)[0] for own, group in owns if len(group) > 1 and group[0].answers]
    return torch.stack(losses).mean() if losses else torch.zeros((), device=DEVICE)
