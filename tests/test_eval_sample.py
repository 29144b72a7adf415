"""Drawing some questions of a gold set."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.gold import load_gold
from eval.sample import draw
from rag import InvalidGold


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    lines = [
        {
            "id": f"u{n}",
            "question": f"第{n}问?",
            "type": "unanswerable",
            "answerable": False,
            "note": "留着",
        }
        for n in range(50)
    ]
    path = tmp_path / "gold.jsonl"
    text = "\n\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    path.write_text(text, encoding="utf-8")
    return path


def drawn(gold: Path, size: int, seed: int = 0) -> list[str]:
    out = gold.with_name("sample.jsonl")
    draw(gold, out, size, seed)
    return out.read_text(encoding="utf-8").splitlines()


def test_lines_are_taken_over_unchanged_and_in_their_order(gold: Path) -> None:
    lines = gold.read_text(encoding="utf-8").split("\n\n")
    sample = drawn(gold, 20)
    assert len(sample) == 20
    assert sample == [line for line in lines if line in sample]
    assert len(load_gold(gold.with_name("sample.jsonl"))) == 20


def test_the_same_seed_draws_the_same_and_another_others(gold: Path) -> None:
    assert drawn(gold, 20) == drawn(gold, 20)
    assert drawn(gold, 20) != drawn(gold, 20, seed=1)


def test_all_are_drawn_and_no_more(gold: Path) -> None:
    assert len(drawn(gold, 50)) == 50
    with pytest.raises(InvalidGold, match="50 questions, not 51"):
        drawn(gold, 51)
