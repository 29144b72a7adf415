"""What a run was, kept beside what it made: ``run.json`` for the next step, ``README.md`` for people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from train.reader.loop import Progress

RUN: Final = "run.json"
CARD: Final = "README.md"

_TITLES: Final = {
    "pretrain": "Pretraining",
    "reader": "Fine-tuning",
    "export": "Export",
}


@dataclass(frozen=True, slots=True)
class Run:
    """One step in making a reader; ``before`` are the steps before it, as `load_runs` gives them."""

    step: str
    options: Mapping[str, Any]
    parameters: int
    progress: Progress | None = None
    data: Sequence[tuple[str, str]] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    before: Sequence[Mapping[str, Any]] = ()


def load_runs(folder: Path) -> list[dict[str, Any]]:
    """The steps that made what is in a folder, first to last; none if it has no record of them."""
    path = folder / RUN
    runs: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return runs


def write_card(folder: Path, run: Run) -> None:
    """Write the record of a run and of those before it, and the card made from them."""
    record = asdict(run)
    record.pop("before")
    _write(folder, [*map(dict, run.before), record])


def add_facts(folder: Path, facts: Mapping[str, Any]) -> None:
    """Add what was measured later to the last run's record and the card."""
    *before, last = load_runs(folder)
    _write(folder, [*before, last | {"facts": last["facts"] | dict(facts)}])


def _write(folder: Path, runs: Sequence[Mapping[str, Any]]) -> None:
    (folder / RUN).write_text(json.dumps(runs, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    lines = ["# A reader for 政问", "", "Made by `python -m train` (docs/training.md).", ""]
    for run in runs:
        lines += _section(run)
    (folder / CARD).write_text("\n".join(lines), encoding="utf-8")


def _section(run: Mapping[str, Any]) -> list[str]:
    rows = [("parameters", f"{run['parameters']:,}"), *run["options"].items()]
    if progress := run["progress"]:
        rows += [("steps", f"{progress['steps']:,}"), ("tokens a second", f"{progress['speed']:,.0f}")]
        names = list(progress["history"][-1][1]) if progress["history"] else []
        rows += [(f"{name}, last part", progress["history"][-1][1][name]) for name in names]
    lines = [f"## {_TITLES[run['step']]}", "", *_table(("", ""), rows)]
    if run["data"]:
        lines += [*_table(("data", "licence"), run["data"])]
    if run["facts"]:
        lines += [*_table(("measured", ""), list(run["facts"].items()))]
    return lines


def _table(head: tuple[str, str], rows: Sequence[tuple[str, Any]]) -> list[str]:
    return [
        f"| {head[0]} | {head[1]} |",
        "|---|---|",
        *(f"| {name} | {value} |" for name, value in rows),
        "",
    ]
