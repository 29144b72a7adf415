"""The run that learns a table: batch after batch, with a progress bar and a checkpoint to go on from."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from tqdm import tqdm

from train.data import InvalidData
from train.retriever.batches import Examples, draw
from train.retriever.table import gradient, new_table

CHECKPOINT: Final = "checkpoint.pt"
STEPS: Final = 2000
DIMENSION: Final = 256
BATCH: Final = 2048
_RATE: Final = 0.01
_WARM_UP: Final = 50  # steps in which the rate rises
_BETWEEN: Final = 120.0  # seconds from checkpoint to checkpoint


@dataclass(frozen=True, slots=True)
class Plan:
    """What to learn and for how long: ``seconds`` if they are given, else ``steps``."""

    steps: int = STEPS
    seconds: float | None = None
    dimension: int = DIMENSION
    batch: int = BATCH
    seed: int = 0

    def share_done(self, step: int, seconds: float) -> float:
        """How much of the run lies behind, 0 to 1."""
        return min(1.0, step / self.steps if self.seconds is None else seconds / self.seconds)


@dataclass(frozen=True, slots=True)
class Learnt:
    """A table, after how many steps and seconds."""

    table: torch.Tensor
    steps: int
    seconds: float


def learn(
    examples: Examples,
    plan: Plan,
    folder: Path,
    *,
    resume: bool = False,
    between: float = _BETWEEN,
    each: Callable[[int], None] = lambda step: None,
) -> Learnt:
    """Learn a table from nothing, or from the folder's checkpoint on.

    Every batch depends on the seed and its number alone: a run of so many ``steps`` that is broken off
    and resumed ends as one that was not. The rate falls to 0 in a line.

    :param between: seconds from one checkpoint to the next.
    :param each: called after every step with its number.
    :raises InvalidData: if there is no checkpoint to resume from, or one of another shape.
    """
    table = torch.nn.Parameter(new_table(examples.vocabulary, plan.dimension, plan.seed))
    optimizer = torch.optim.Adam([table], fused=True)
    if resume:
        step, seconds = _restore(folder, table, optimizer)
    else:
        step, seconds = 0, 0.0
        (folder / CHECKPOINT).unlink(missing_ok=True)
    began = saved = time.monotonic() - seconds
    right = 0.0
    bar = tqdm(total=1, desc="learning", bar_format="{desc} {percentage:3.0f}% |{bar}| {postfix}")
    while (done := plan.share_done(step, seconds)) < 1:
        table.grad, found = gradient(
            table.detach(), draw(examples, plan.batch, np.random.default_rng([plan.seed, step]))
        )
        optimizer.param_groups[0]["lr"] = _RATE * min(1, (step + 1) / _WARM_UP) * (1 - done)
        optimizer.step()
        step += 1
        seconds = time.monotonic() - began
        right += (found - right) / min(step, 50)
        bar.update(done - bar.n)
        bar.set_postfix_str(f"{step} steps, {seconds:.0f} s, right in the batch {right:.2f}", refresh=False)
        if seconds + began - saved > between:
            _save(folder, table, optimizer, step, seconds)
            saved = time.monotonic()
        each(step)
    bar.close()
    _save(folder, table, optimizer, step, seconds)
    return Learnt(table.detach(), step, seconds)


def has_checkpoint(folder: Path) -> bool:
    """Whether there is a checkpoint to go on from."""
    return (folder / CHECKPOINT).exists()


def _save(
    folder: Path, table: torch.Tensor, optimizer: torch.optim.Adam, step: int, seconds: float
) -> None:
    """Write a checkpoint, in one rename."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{CHECKPOINT}.new"
    state = {"table": table.detach(), "adam": optimizer.state_dict(), "step": step, "seconds": seconds}
    torch.save(state, draft)
    draft.replace(folder / CHECKPOINT)


def _restore(folder: Path, table: torch.Tensor, optimizer: torch.optim.Adam) -> tuple[int, float]:
    """Take over a checkpoint; return its step and seconds."""
    path = folder / CHECKPOINT
    try:
        state: dict[str, Any] = torch.load(path, weights_only=True)
    except FileNotFoundError as error:
        raise InvalidData(f"{path} is not there to resume from; leave out --resume") from error
    # A damaged file may be damaged in any way, and torch has no common root for what it then raises.
    except Exception as error:
        raise InvalidData(f"{path} can't be read ({error}); leave out --resume") from error
    if state["table"].shape != table.shape:
        raise InvalidData(
            f"{path} is of another run: a table of {tuple(state['table'].shape)}, not {tuple(table.shape)}; "
            f"leave out --resume"
        )
    with torch.no_grad():
        table.copy_(state["table"])
    optimizer.load_state_dict(state["adam"])
    return state["step"], state["seconds"]
