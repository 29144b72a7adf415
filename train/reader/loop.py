"""The training loop: sized by a measurement, resumed where it stopped.

Every step has a seed of its own, so that a run that was stopped and goes on draws, masks and drops out
what a run without a pause would have.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor, nn
from tqdm import tqdm

from train.data import InvalidData

SEED: Final = 20261121
CHECKPOINT: Final = "checkpoint.pt"

_WARM_STEPS: Final = 3  # before the clock runs: compiling, caches
_TIMED_STEPS: Final = 5
_PARTS: Final = 20  # of a run, each with its mean losses in the history
_BETAS: Final = (0.9, 0.98)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast a model learns.

    Either ``steps`` is given, or ``seconds``, from which the steps are worked out after a measurement.
    ``rate`` is the highest learning rate: it rises over the share ``warmup`` of the steps, then falls to
    zero, both in a straight line. ``pause`` ends this call after so many seconds; called again, the
    run goes on.
    """

    rate: float
    steps: int = 0
    seconds: float = 0.0
    warmup: float = 0.05
    decay: float = 0.01
    pause: float = float("inf")
    save_every: float = 60.0

    def __post_init__(self) -> None:
        """Refuse a run without a length."""
        if self.steps <= 0 and self.seconds <= 0:
            raise ValueError(f"a run needs steps or seconds, not {self.steps} and {self.seconds}")


@dataclass(slots=True)
class Progress:
    """How far a run has come: mean losses are kept for every twentieth of it, as (step, {name: loss}).

    ``sums`` are those of the ``since`` steps after the last of these; ``speed`` is tokens a second.
    """

    step: int
    steps: int
    speed: float
    history: list[tuple[int, dict[str, float]]] = field(default_factory=list)
    sums: dict[str, Tensor] = field(default_factory=dict)
    since: int = 0

    @property
    def done(self) -> bool:
        """Whether there is nothing left to do."""
        return self.step >= self.steps


Losses = Mapping[str, Tensor]
"""The first is what is made smaller; all are reported."""


def fit(
    model: nn.Module,
    losses: Callable[[int], Losses],
    plan: Plan,
    folder: Path,
    *,
    tokens: int,
    options: Mapping[str, Any],
) -> Progress:
    """Train a model in place; go on from the checkpoint in ``folder``, if there is one.

    :param losses: the losses of a step, by its number.
    :param tokens: how many a step takes in, for the speed.
    :param options: what the model and the run are made of; a checkpoint of other options is refused.
    """
    device = next(model.parameters()).device
    optimizer = _optimizer(model, plan, device)
    path = folder / CHECKPOINT
    if path.exists():
        progress = _resume(path, model, optimizer, options)
        logger.info("going on from step %s of %s", progress.step, progress.steps)
    else:
        progress = _size(model, losses, plan, device, tokens)
    folder.mkdir(parents=True, exist_ok=True)
    started = saved = time.monotonic()
    with tqdm(total=progress.steps, initial=progress.step, desc=folder.name, unit="step") as bar:
        while not progress.done:
            for group in optimizer.param_groups:
                group["lr"] = plan.rate * _height(progress.step, progress.steps, plan.warmup)
            values = _step(model, losses, optimizer, progress.step)
            bar.update()
            if means := _note(progress, values):
                bar.set_postfix(means)
            now = time.monotonic()
            if not progress.done and (now - saved >= plan.save_every or now - started >= plan.pause):
                _save(path, model, optimizer, progress, options)
                saved = now
            if now - started >= plan.pause:
                break
    return progress


def _optimizer(model: nn.Module, plan: Plan, device: torch.device) -> torch.optim.AdamW:
    """AdamW that lets matrices decay, but neither embeddings nor biases nor norms."""
    decaying: list[nn.Parameter] = []
    others: list[nn.Parameter] = []
    for name, parameter in model.named_parameters():
        (decaying if parameter.ndim > 1 and ".embeddings." not in name else others).append(parameter)
    groups = [{"params": decaying, "weight_decay": plan.decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=plan.rate, betas=_BETAS, eps=1e-6, fused=device.type == "cuda")


def _step(
    model: nn.Module, losses: Callable[[int], Losses], optimizer: torch.optim.Optimizer, number: int
) -> Losses:
    torch.manual_seed(SEED + number)
    device = next(model.parameters()).device
    with torch.autocast(device.type, dtype=torch.bfloat16, enabled=device.type == "cuda"):
        values = losses(number)
    optimizer.zero_grad(set_to_none=True)
    next(iter(values.values())).backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return values


def _size(
    model: nn.Module, losses: Callable[[int], Losses], plan: Plan, device: torch.device, tokens: int
) -> Progress:
    """Measure a few steps at learning rate zero, which change nothing, and say how long the run will be."""
    trial = _optimizer(model, plan, device)
    for group in trial.param_groups:
        group["lr"] = 0.0
    for number in range(_WARM_STEPS + _TIMED_STEPS):
        if number == _WARM_STEPS:
            started = _clock(device)
        _step(model, losses, trial, number)
    seconds = (_clock(device) - started) / _TIMED_STEPS
    steps = plan.steps or max(1, int(plan.seconds / seconds))
    logger.info(
        "%.1f M parameters, %s tokens a second: %s steps are %.0f seconds and %.1f M tokens",
        sum(parameter.numel() for parameter in model.parameters()) / 1e6,
        f"{tokens / seconds:,.0f}",
        f"{steps:,}",
        steps * seconds,
        steps * tokens / 1e6,
    )
    return Progress(0, steps, tokens / seconds)


def _clock(device: torch.device) -> float:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.monotonic()


def _height(step: int, steps: int, warmup: float) -> float:
    """The learning rate at a step as a share of the highest."""
    rise = max(1.0, warmup * steps)
    return min(1.0, (step + 1) / rise) * (1 - step / steps)


def _note(progress: Progress, values: Losses) -> dict[str, float] | None:
    """Count a step and its losses; return their means where a part of the run ends."""
    progress.step += 1
    progress.since += 1
    for name, value in values.items():
        progress.sums[name] = progress.sums.get(name, torch.zeros_like(value)) + value.detach()
    part = max(1, progress.steps // _PARTS)
    if progress.step % part and not progress.done:
        return None
    means = {name: round(float(total) / progress.since, 4) for name, total in progress.sums.items()}
    progress.history.append((progress.step, means))
    progress.sums, progress.since = {}, 0
    return means


def _save(
    path: Path,
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    progress: Progress,
    options: Mapping[str, Any],
) -> None:
    partial = path.with_suffix(".partial")
    state = {
        "options": dict(options),
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "progress": asdict(progress),
    }
    torch.save(state, partial)
    partial.replace(path)


def _resume(
    path: Path, model: nn.Module, optimizer: torch.optim.Optimizer, options: Mapping[str, Any]
) -> Progress:
    device = next(model.parameters()).device
    state = torch.load(path, map_location=device, weights_only=True)
    other = {name for name in options if state["options"].get(name) != options[name]}
    if other:
        raise InvalidData(
            f"{path} is of a run with other options ({', '.join(sorted(other))}); "
            f"give the same ones to go on with it, or another --out"
        )
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    return Progress(**state["progress"])
