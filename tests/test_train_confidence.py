"""The fit of the confidence: on made-up examples, and from a small gold set."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag.choose import Features
from train.__main__ import main
from train.confidence import Example, fit, write

GOOD = Features(*(1.0 for _ in Features._fields))
BAD = Features(*(0.0 for _ in Features._fields))


def made_up() -> list[Example]:
    """Twenty questions with a right place and a wrong one, ten with a wrong one alone."""
    both = [Example(GOOD if right else BAD, right, n, True) for n in range(20) for right in (True, False)]
    return both + [Example(BAD, False, 20 + n, False) for n in range(10)]


def test_what_tells_right_from_wrong_gets_its_sign() -> None:
    result = fit(made_up())
    assert set(result.weights) == {"threshold", "bias", *Features._fields}
    assert all(result.weights[name] > 0 for name in Features._fields)
    assert result.right == 1.0
    assert result.withheld[0.5] == (0.0, 1.0)


def test_the_weights_of_one_section_are_put_into_the_file(tmp_path: Path) -> None:
    path = tmp_path / "weights.toml"
    path.write_text("# why\n\n[reader]\nbias = 1.0\n\n[plain]\nbias = 2.0\n", encoding="utf-8")
    write("reader", {"bias": -0.00001, "unit": 0.12345}, path)
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# why\n")
    assert "bias = 0.0\nunit = 0.123\n" in text
    assert "[plain]\nbias = 2.0" in text


@pytest.fixture
def dev(tmp_path: Path) -> Path:
    """A gold set of three short documents, a question on each, and one that nothing answers."""
    docs = tmp_path / "docs"
    docs.mkdir()
    rows = []
    for number, (place, figure) in enumerate({"临江": "12.5亿元", "望江": "7.1亿元", "钱江": ""}.items()):
        text = f"{place}新区今年一季度工业增加值达{figure or '31.7亿元'},增速居全市前列。"
        (docs / f"{number}.txt").write_text(text, encoding="utf-8")
        row = {
            "id": f"q{number}",
            "question": f"{place}新区一季度工业增加值是多少?",
            "answerable": bool(figure),
        }
        if figure:
            evidence = [{"file": f"{number}.txt", "quote": text}]
            row |= {"type": "fact_number", "answers": [figure], "evidence": evidence}
        else:
            row |= {"type": "unanswerable", "question": f"{place}新区的图书馆叫什么名字?"}
        rows.append(row)
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (tmp_path / "gold.jsonl").write_text(lines, encoding="utf-8")
    return tmp_path


def test_the_command_prints_weights_and_what_is_withheld(
    dev: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["confidence", str(dev), "--plain"]) == 0
    out = capsys.readouterr().out
    assert all(f"\n{name}" in out for name in ("bias", *Features._fields))
    assert "100.0% of the questions" in out
    assert len(out.split("withheld where nothing answers\n")[1].splitlines()) == 15


def test_a_missing_gold_set_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.txt").write_text("临江新区。", encoding="utf-8")
    assert main(["confidence", str(tmp_path), "--plain"]) == 1
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
