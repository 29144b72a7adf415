"""The benchmark measures searches and answers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rag import Retriever
from rag.bench import main, queries, timed


def test_searches_are_measured(seeds_index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(seeds_index)]) == 0
    found = re.search(r"a search +([\d.]+) ms in the middle \(p50\), ([\d.]+) ms", capsys.readouterr().out)
    assert found
    assert 0 < float(found[1]) <= float(found[2])


def test_queries_are_the_same_every_time_and_find_something(seeds_index: Path) -> None:
    retriever = Retriever.load(seeds_index)
    asked = queries(retriever)
    assert asked == queries(retriever)
    assert all(query.strip() for query in asked)
    assert timed(retriever.search, asked[0]) > 0


def test_without_an_index_one_line_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 1
    assert capsys.readouterr().err.count("\n") == 1
