"""The command line: what it prints for people and as JSON, and that a user's mistake is one clear line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from index import ModelNotFound, build_index
from rag import Reader
from rag.__main__ import main

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = """临江新区季报

今年一季度,临江新区规上工业增加值达171.51亿元,同比增长8.1%。

临江新区共有17个项目纳入省重大项目清单,数量位居全市第一。
"""
METADATA = '["2025/report.txt"]\ntitle = "临江新区一季度工业经济"\npublished = "2025-05-16"\n'
QUESTION = "临江新区2025年一季度规上工业增加值是多少?"
UNRELATED = "用Python怎么读取JSON文件?"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("main")
    (folder / "documents" / "2025").mkdir(parents=True)
    (folder / "documents" / "2025" / "report.txt").write_text(DOCUMENT, encoding="utf-8")
    (folder / "documents" / "metadata.toml").write_text(METADATA, encoding="utf-8")
    build_index(folder / "documents", folder / "index")
    return str(folder / "index")


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command prints when all goes well."""
    assert main(arguments) == 0
    written = capsys.readouterr()
    assert written.err == ""
    return written.out


def as_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    return json.loads(printed(capsys, *arguments, "--json"))


def test_an_answer_for_people(index: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, "ask", QUESTION, "--index", index)
    assert out.startswith("171.51亿元")
    assert "今年一季度,临江新区规上工业增加值达171.51亿元,同比增长8.1%。" in out.replace("\n", "")
    for source in ("[1]", "临江新区一季度工业经济", "2025年5月16日", "2025/report.txt"):
        assert source in out


def test_a_refusal_for_people_shows_the_nearest(index: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, "ask", UNRELATED, "--index", index)
    assert out.startswith("文档里没有")
    assert "[1]" not in out
    assert "2025/report.txt" in out


def test_passages_for_people(index: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, "search", "临江新区有几个项目?", "--index", index)
    assert out.startswith("1. ")
    assert "17个项目" in out
    assert "临江新区一季度工业经济" in out


def test_no_colour_where_there_is_no_terminal(index: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "\x1b" not in printed(capsys, "ask", QUESTION, "--index", index)


def test_an_answer_as_json(index: str, capsys: pytest.CaptureFixture[str]) -> None:
    answer = as_json(capsys, "ask", QUESTION, "--index", index)
    assert {"question", "text", "citations", "hits", "refusal"} <= answer.keys()
    assert answer["question"] == QUESTION
    assert answer["refusal"] is None
    assert "171.51亿元" in answer["text"]
    (citation,) = answer["citations"]
    assert {"marker", "doc_id", "start", "end", "quote"} <= citation.keys()
    assert (citation["marker"], citation["doc_id"]) == (1, "2025/report.txt")
    assert len(citation["quote"]) == citation["end"] - citation["start"]
    assert [hit["rank"] for hit in answer["hits"]] == list(range(1, len(answer["hits"]) + 1))


def test_without_the_reader_it_answers_as_well(
    index: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Reader, "load", missing_reader)
    answer = as_json(capsys, "ask", QUESTION, "--no-reader", "--index", index)
    assert answer["refusal"] is None
    assert "171.51亿元" in answer["text"]
    assert main(["ask", QUESTION, "--index", index]) == 1
    assert "--no-reader" in capsys.readouterr().err


def missing_reader() -> Reader:
    raise ModelNotFound("no reader; leave it out with --no-reader")


def test_a_refusal_as_json(index: str, capsys: pytest.CaptureFixture[str]) -> None:
    answer = as_json(capsys, "ask", UNRELATED, "--index", index)
    assert answer["refusal"]
    assert answer["citations"] == []
    assert answer["hits"]


def test_passages_as_json(index: str, capsys: pytest.CaptureFixture[str]) -> None:
    hits = as_json(capsys, "search", "临江新区有几个项目?", "-k", "1", "--index", index)
    assert len(hits) == 1
    assert hits[0].keys() == {"rank", "score", "passage"}
    assert {"text", "doc_id", "start", "end", "heading"} <= hits[0]["passage"].keys()
    assert hits[0]["rank"] == 1
    assert isinstance(hits[0]["score"], float)
    assert "17个项目" in hits[0]["passage"]["text"]


def test_k_may_be_more_than_there_is(index: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(as_json(capsys, "search", "临江", "-k", "1000000", "--index", index)) >= 1


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda folder: folder / "nowhere", "index build"),
        (lambda folder: folder, "index build"),
        (lambda folder: write(folder / "a-file", ""), "index build"),
        (lambda folder: write(folder / "manifest.json", "{").parent, "index build"),
        (lambda folder: write(folder / "manifest.json", "{}").parent, "another version"),
    ],
    ids=["no folder", "no index", "a file", "a broken one", "one of another version"],
)
@pytest.mark.parametrize("command", ["ask", "search"])
def test_an_index_that_is_none_is_one_line(
    command: str, make: Any, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(make(tmp_path))
    assert main([command, "临江", "--index", path]) == 1
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.count("\n") == 1
    assert path in written.err
    assert said in written.err


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "command"),
        (["ask"], "question"),
        (["ask", ""], "empty"),
        (["search", " \n"], "empty"),
        (["search", "临江", "-k", "0"], "'0'"),
        (["search", "临江", "--no-reader"], "--no-reader"),
        (["search", "临江", "-k", "-2"], "'-2'"),
        (["search", "临江", "-k", "五"], "'五'"),
        (["search", "临江", "-k", "²"], "'²'"),
        (["sing", "临江"], "'sing'"),
    ],
)
def test_a_mistake_in_the_arguments_ends_with_one_line_that_names_it(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    written = capsys.readouterr()
    assert written.out == ""
    assert said in written.err.splitlines()[-1]


@pytest.mark.parametrize("command", [[], ["search"], ["ask"]])
def test_help(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([*command, "--help"])
    assert stop.value.code == 0
    assert capsys.readouterr().out.startswith(" ".join(["usage: python -m rag", *command]))


@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_a_question_that_is_no_utf_8_is_answered(
    flags: list[str], index: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "171.51亿元" in printed(capsys, "ask", f"\udcff{QUESTION}", "--index", index, *flags)


def test_a_mistake_leaves_no_traceback(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "rag", "ask", "临江", "--index", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1


def test_a_reader_that_goes_away_is_no_error(index: str) -> None:
    command = [sys.executable, "-m", "rag", "search", "临江", "--json", "--index", index]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
