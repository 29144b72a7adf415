"""A running assistant takes up a new index between questions, and keeps the old one if that is broken."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from index import IndexNotFound, build_index
from rag import Live

ASKED = "2019年琉璃岛的风筝产量是多少?"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Documents and their index."""
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "风筝.txt").write_text("2019年琉璃岛的风筝产量为4321万只。\n", encoding="utf-8")
    build_index(documents, tmp_path / "index")
    return tmp_path


def change(folder: Path, text: str) -> None:
    (folder / "documents" / "风筝.txt").write_text(text, encoding="utf-8")
    build_index(folder / "documents", folder / "index")


def becomes(true: Callable[[], bool]) -> bool:
    """Wait, a minute at most, until something is so."""
    end = time.monotonic() + 60
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    return true()


def test_the_next_question_but_one_in_flight_has_the_new_index(folder: Path) -> None:
    live = Live(folder / "index")
    in_flight = live.assistant()
    assert live.assistant() is in_flight
    assert live.source == (folder / "documents").resolve()
    change(folder, "2019年琉璃岛的风筝产量为5678万只。\n")
    assert becomes(lambda: live.assistant() is not in_flight)
    assert becomes(lambda: live.version == 1)
    assert "5678万只" in live.assistant().ask(ASKED).text
    assert "4321万只" in in_flight.ask(ASKED).text


def test_the_model_is_not_loaded_again(folder: Path) -> None:
    live = Live(folder / "index")
    before = live.assistant()
    change(folder, "2019年琉璃岛的风筝产量为5678万只。\n")
    live.refresh()
    assert live.assistant() is not before
    assert live.assistant().retriever.encoder is before.retriever.encoder
    assert live.assistant().reader is before.reader is not None


def test_the_reader_can_be_left_out_and_stays_out(folder: Path) -> None:
    live = Live(folder / "index", reader=None)
    assert live.assistant().reader is None
    change(folder, "2019年琉璃岛的风筝产量为5678万只。\n")
    live.refresh()
    assert live.assistant().reader is None
    assert "5678万只" in live.assistant().ask(ASKED).text


def test_a_build_that_changed_nothing_changes_nothing(folder: Path) -> None:
    live = Live(folder / "index")
    before = live.assistant()
    build_index(folder / "documents", folder / "index")
    live.refresh()
    assert live.assistant() is before


@pytest.mark.parametrize("broken", ["no manifest", "no JSON", "no data", "no folder", "another version"])
def test_a_broken_index_leaves_the_old_one_and_is_logged_once(
    broken: str, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    live = Live(folder / "index")
    before = live.assistant()
    manifest = folder / "index" / "manifest.json"
    match broken:
        case "no manifest":
            manifest.unlink()
        case "no JSON":
            manifest.write_text("{", encoding="utf-8")
        case "no folder":
            shutil.rmtree(folder / "index")
        case "no data":
            text = manifest.read_text(encoding="utf-8")
            manifest.write_text(text.replace("data-", "data-0"), encoding="utf-8")
        case "another version":
            text = manifest.read_text(encoding="utf-8")
            manifest.write_text(text.replace('"format": ', '"format": 9'), encoding="utf-8")
    with caplog.at_level(logging.WARNING, "rag.live"):
        live.refresh()
        live.refresh()
    assert live.assistant() is before
    assert [record.getMessage().split(":")[0] for record in caplog.records] == [
        "still answering from the index loaded before"
    ]
    assert "4321万只" in before.ask(ASKED).text
    change(folder, "2019年琉璃岛的风筝产量为5678万只。\n")
    live.refresh()
    assert "5678万只" in live.assistant().ask(ASKED).text


def test_without_an_index_there_is_nothing_to_begin_with(tmp_path: Path) -> None:
    with pytest.raises(IndexNotFound, match="no index"):
        Live(tmp_path / "index")
