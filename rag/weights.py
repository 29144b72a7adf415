"""The numbers that were learnt, from the file beside."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import tomlkit

PATH: Final = Path(__file__).with_name("weights.toml")


def learnt(section: str, path: Path = PATH) -> dict[str, float]:
    """Return a section of ``weights.toml``: name -> weight."""
    weights: dict[str, float] = tomlkit.parse(path.read_text(encoding="utf-8")).unwrap()[section]
    return weights


def learn(section: str, weights: Mapping[str, float], path: Path = PATH) -> None:
    """Put new weights into a section, to three decimals; its remarks and the other sections stay."""
    file = tomlkit.parse(path.read_text(encoding="utf-8"))
    table = tomlkit.table()
    for name, weight in weights.items():
        table[name] = round(float(weight), 3) + 0.0  # no minus zero
    table.comment(str(file.item(section).trivia.comment).lstrip("# "))
    file[section] = table
    path.write_text(tomlkit.dumps(file), encoding="utf-8")
