"""The fit of the confidence, on made-up examples and on a small dev set."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag.confidence import FEATURES
from train.__main__ import main
from train.confidence import Example, examples, fit

RIGHT = Example((0.9, 0.0, 0.6, 1.0, 0.5, 0.0), right=True, asked_in_full=True)
WRONG = Example((0.3, 0.4, 0.1, 0.0, 0.0, 0.2), right=False, asked_in_full=False)


def test_what_tells_right_from_wrong_gets_its_sign() -> None:
    result = fit([RIGHT, WRONG] * 20)
    assert tuple(result.weights) == FEATURES
    assert result.weights["coverage"] > 0 > result.weights["elsewhere"]
    assert sum(count for count, _ in result.curve) == 40
    assert result.withheld[0.5] == (0.0, 1.0)


@pytest.fixture
def dev(tmp_path: Path) -> Path:
    """A dev set of three short documents and a question on each."""
    docs = tmp_path / "docs"
    docs.mkdir()
    rows = []
    for number, (place, figure) in enumerate(
        {"临江": "12.5亿元", "望江": "7.1亿元", "钱江": "9.3亿元"}.items()
    ):
        text = f"{place}新区今年一季度工业增加值达{figure},增速居全市前列。"
        (docs / f"{number}.txt").write_text(text, encoding="utf-8")
        rows.append(
            {
                "id": f"q{number}",
                "question": f"{place}新区一季度工业增加值是多少?",
                "type": "fact_number",
                "answerable": True,
                "answers": [figure],
                "evidence": [{"file": f"{number}.txt", "quote": text}],
            }
        )
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (tmp_path / "gold.jsonl").write_text(lines, encoding="utf-8")
    return tmp_path


def test_each_question_is_asked_with_and_without_its_answer(dev: Path) -> None:
    data = examples(dev)
    assert [example.asked_in_full for example in data].count(True) == 3
    assert all(example.right for example in data if example.asked_in_full)
    assert not any(example.right for example in data if not example.asked_in_full)


def test_the_command_prints_the_weights(dev: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["confidence", str(dev)]) == 0
    out = capsys.readouterr().out
    assert all(name in out for name in FEATURES)
    assert "threshold" in out


def test_a_missing_gold_set_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["confidence", str(tmp_path)]) == 1
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
