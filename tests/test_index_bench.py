"""The benchmark of builds measures builds; the one of graphs, graphs."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest

from index import PassageIndex
from index.bench import main


def test_a_build_is_measured(
    seeds_dir: Path, seeds_index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(seeds_dir, tmp_path / "documents")
    before = sorted(path.name for path in (tmp_path / "documents").iterdir())
    assert main(["build", str(tmp_path / "documents")]) == 0
    out = capsys.readouterr().out
    measured = {
        name.strip(): float(value.replace(",", ""))
        for name, value in re.findall(r"^ *(\S.*?) {2,}([\d.,]+)", out, re.MULTILINE)
    }
    assert measured["documents"] == 5
    assert measured["passages"] == len(PassageIndex.load(seeds_index).passages)
    assert measured["whole build"] > 0
    assert measured["one file more"] > 0
    if sys.platform == "linux":
        assert measured["of processors"] > 0
        assert measured["memory, all processes"] > 100
    assert sorted(path.name for path in (tmp_path / "documents").iterdir()) == before


def test_graph_and_exact_search_are_compared(seeds_index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", str(seeds_index)]) == 0
    head, row = capsys.readouterr().out.splitlines()
    assert head.split()[0] == "passages"
    assert int(row.split()[0]) == len(PassageIndex.load(seeds_index).passages)
    assert main(["graph", "--sizes", "50", "80"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()[1:]] == ["50", "80"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["build", "none"], "none is no folder"),
        (["build", "empty"], "the build ended with status 1; see: "),
        (["graph", "none"], "no index in none"),
    ],
)
def test_a_mistake_ends_with_one_line(
    arguments: list[str],
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    assert main(arguments) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert said in error
