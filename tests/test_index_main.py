"""``python -m index``: what it says, where, and how it ends."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from index import BUILT_IN, STATIC, PassageIndex, build, load_encoder
from index.__main__ import main
from index.store import building, read_manifest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "a.txt").write_text(
        "# 通知\n\n今年一季度,增加值增长8.1%。\n\n2025年5月16日\n", encoding="utf-8"
    )
    (folder / "b.md").write_text("# 简报\n\n今年一季度,投资增长20.5%。\n", encoding="utf-8")
    return folder


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    """Run a command in this process: exit status, standard output, standard error."""
    status = main([str(argument) for argument in arguments])
    out, error = capsys.readouterr()
    return status, out, error


def one_line(text: str) -> bool:
    return text.endswith("\n") and text.count("\n") == 1 and bool(text.strip())


# --- build


def test_build_says_what_it_did(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    index = tmp_path / "index"
    status, out, error = run(capsys, "build", source, "--out", index)
    assert (status, out, error) == (
        0,
        f"{index}: 2 份文档,2 个段落(本次读取 2 份,编码 2 段),模型 built-in\n",
        "",
    )
    (source / "b.md").write_text("# 简报\n\n今年一季度,消费增长6.5%。\n", encoding="utf-8")
    status, out, error = run(capsys, "build", source, "--out", index)
    assert (status, out, error) == (
        0,
        f"{index}: 2 份文档,2 个段落(本次读取 1 份,编码 1 段),模型 built-in\n",
        "",
    )


def test_build_says_which_model_it_takes(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "LARGE", 2)
    for out, chosen, model in (
        ("large", [], STATIC),
        ("large", [], STATIC),  # and keeps it
        ("chosen", ["--model", BUILT_IN], BUILT_IN),
    ):
        status, said, _ = run(capsys, "build", source, "--out", tmp_path / out, *chosen)
        assert status == 0
        assert said.endswith(f"),模型 {model}\n")
        assert f"模型 {model}," in run(capsys, "info", tmp_path / out)[1]


def test_the_index_goes_to_its_usual_place(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(capsys, "build", "documents")[0] == 0
    assert len(PassageIndex.load(tmp_path / ".index").documents) == 2
    assert run(capsys, "info")[1].startswith(".index: 2 份文档,2 个段落\n")


def test_a_bad_file_among_good_ones_shows_in_the_exit_status(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (source / "bad.txt").write_bytes(b"\0\1\2")
    for _ in range(2):  # also when nothing else changed
        status, out, error = run(capsys, "build", source, "--out", tmp_path / "index")
        assert status == 1
        assert "2 份文档" in out
        assert one_line(error)
        assert f"{source / 'bad.txt'}: not a text file" in error


def test_metadata_for_no_file_is_mentioned_and_no_mistake(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (source / "metadata.toml").write_text('["c.txt"]\ntitle = "题名"\n', encoding="utf-8")
    done = command("build", str(source), "--out", str(tmp_path / "index"))
    assert done.returncode == 0
    assert done.stderr == f"{source / 'metadata.toml'} names c.txt, which is not in the folder\n"


# --- mistakes


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["build", "none"], "none is no folder; give the folder that holds the documents"),
        (["build", "documents/a.txt"], "is no folder"),
        (["build", "empty"], "no documents in empty: put files ending in .bmp, "),
        (
            ["build", "documents", "--out", "documents/a.txt"],
            "is a file; give a folder for the index with --out",
        ),
        (
            ["build", "documents", "--model", "./none"],
            "no embedding model in the folder none; give a model's folder",
        ),
        (["build", "documents", "--model", "empty"], "the embedding model 'empty' can't be loaded"),
        (
            ["build", "documents", "--out", "documents/a.txt/index"],
            "can't be read or written (Not a directory)",
        ),
        (["build", "broken"], "broken/metadata.toml: not a TOML file in UTF-8"),
        (["build", "bad"], "none of the 1 files can be read: bad/a.txt: not a text file"),
        (["info", "none"], "no index in none; run: python -m index build DIR --out none"),
        (["info", "documents"], "no index in documents; run: python -m index build DIR --out documents"),
        (["info", "damaged"], "damaged/manifest.json can't be read"),
        (["info", "old"], "the index in old was written by another version; run: python -m index build"),
    ],
    ids=" ".join,
)
def test_a_mistake_ends_with_one_line(
    source: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    said: str,
) -> None:
    for name in ("empty", "broken", "bad", "damaged", "old"):
        (tmp_path / name).mkdir()
    (tmp_path / "broken" / "a.txt").write_text("一句。", encoding="utf-8")
    (tmp_path / "broken" / "metadata.toml").write_text("[")
    (tmp_path / "bad" / "a.txt").write_bytes(b"\0")
    (tmp_path / "damaged" / "manifest.json").write_text("{")
    (tmp_path / "old" / "manifest.json").write_text("{}")
    monkeypatch.chdir(tmp_path)
    status, out, error = run(capsys, *arguments)
    assert (status, out) == (1, "")
    assert one_line(error)
    assert said in error


def test_a_busy_index(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with building(tmp_path / "index"):
        status, _, error = run(capsys, "build", source, "--out", tmp_path / "index")
    assert (status, error) == (
        1,
        f"another build is at work on {tmp_path / 'index'}; wait until it is done\n",
    )


def test_an_interrupted_build_says_that_nothing_is_lost(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(capsys, "build", source, "--out", tmp_path / "index")
    before = read_manifest(tmp_path / "index")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    (source / "b.md").write_text("# 简报\n\n今年一季度,消费增长6.5%。\n", encoding="utf-8")
    monkeypatch.setattr(PassageIndex, "save", interrupted)
    status, out, error = run(capsys, "build", source, "--out", tmp_path / "index")
    assert (status, out, error) == (130, "", "stopped; the index that was there before is untouched\n")
    assert read_manifest(tmp_path / "index") == before


@pytest.mark.parametrize(
    "arguments", [[], ["build"], ["search"], ["build", "a", "--nonsense"], ["info", "a", "b"]]
)
def test_a_command_that_there_is_not(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1, "one line"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--help"], ["build", "watch", "Ctrl-C", "info"]),
        (["build", "--help"], ["DIR", "--out", "--model"]),
        (["watch", "--help"], ["DIR", "--out", "--model"]),
        (["info", "--help"], ["--json"]),
    ],
)
def test_help(arguments: list[str], told: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 0
    out = capsys.readouterr().out
    assert all(word in out for word in told)


# --- info


def test_info_in_words(seeds_index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, error = run(capsys, "info", seeds_index)
    assert (status, error) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith(f"{seeds_index}: 5 份文档,")
    assert lines[1:3] == [
        f"模型 built-in,{load_encoder().dimension} 维",
        "出版日期 2022-09-20 至 2025-06-10,0 份不明",
    ]
    assert len(lines) == 8
    assert any("001_d53b6acf285d5f2c.txt  2025年3月  「55830」" in line for line in lines)


def test_info_as_json(seeds_index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "info", seeds_index, "--json")
    facts = json.loads(out)
    assert status == 0
    assert facts["documents"] == 5
    assert facts["passages"] == len(PassageIndex.load(seeds_index).passages)
    assert facts["encoder"] == {"model": "built-in", "dimension": load_encoder().dimension}
    assert facts["dates"] == {"first": "2022-09-20", "last": "2025-06-10"}
    assert (facts["undated"], facts["skipped"]) == (0, {})


def test_info_of_undated_documents_and_skipped_files(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (source / "a.txt").unlink()
    (source / "bad.txt").write_bytes(b"\0")
    run(capsys, "build", source, "--out", tmp_path / "index")
    facts = json.loads(run(capsys, "info", tmp_path / "index", "--json")[1])
    assert (facts["dates"], facts["undated"], list(facts["skipped"])) == (None, 1, ["bad.txt"])
    out = run(capsys, "info", tmp_path / "index")[1]
    assert "  b.md  日期不明  简报\n" in out
    assert "bad.txt: not a text file" in out


# --- as a process


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "index", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_as_a_process_it_shows_no_bars_and_no_tracebacks(source: Path, tmp_path: Path) -> None:
    name = os.fsdecode(b"\xd5\xfe.txt")  # no UTF-8
    shutil.copy(source / "a.txt", source / name)
    (source / "bad.txt").write_bytes(b"\0")
    done = command("build", str(source), "--out", str(tmp_path / "index"))
    assert done.returncode == 1
    assert (
        done.stdout == f"{tmp_path / 'index'}: 3 份文档,3 个段落(本次读取 3 份,编码 3 段),模型 built-in\n"
    )
    assert one_line(done.stderr)
    assert "bad.txt" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_ctrl_c_ends_a_build_and_all_its_processes(tmp_path: Path) -> None:
    source, out = tmp_path / "documents", tmp_path / "index"
    source.mkdir()
    text = "".join(f"今年第{number}季度,全区规上工业增加值增长8.1%。\n" for number in range(20_000))
    for number in range(4):
        (source / f"{number}.txt").write_text(text, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "-m", "index", "build", str(source), "--out", str(out)],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        while not children(process.pid):
            assert process.poll() is None
            time.sleep(0.05)
        reading = children(process.pid)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to every process
        _, error = process.communicate()
    assert process.returncode == 130
    assert error == "stopped; the index that was there before is untouched\n"
    deadline = time.monotonic() + 60
    while any(Path("/proc", str(child)).exists() for child in reading) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(Path("/proc", str(child)).exists() for child in reading)
    assert sorted(path.name for path in out.iterdir()) == [".lock"]


def children(process: int) -> list[int]:
    return [
        int(pid)
        for file in Path("/proc", str(process)).glob("task/*/children")
        for pid in file.read_text().split()
    ]
