"""Some questions of a gold set, drawn by chance: the same of the same file, size and seed."""

from __future__ import annotations

import random
from pathlib import Path

from eval.gold import load_gold
from rag import InvalidGold


def draw(gold: str | Path, out: str | Path, size: int, seed: int = 0) -> None:
    """Write ``size`` lines of a gold set, unchanged and in their order, to the file ``out``.

    :raises InvalidGold: if the gold set is not as agreed, or smaller.
    """
    path = Path(gold)
    total = len(load_gold(path))
    if size > total:
        raise InvalidGold(f"{path} holds {total} questions, not {size}; draw fewer with --size")
    lines = [line for line in path.read_bytes().splitlines() if line.strip()]
    drawn = sorted(random.Random(seed).sample(range(total), size))
    Path(out).parent.mkdir(parents=True, exist_ok=True)
    Path(out).write_bytes(b"".join(lines[number] + b"\n" for number in drawn))
