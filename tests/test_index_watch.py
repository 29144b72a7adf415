"""``python -m index watch``: a real process over a folder in which files come, change and go."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import pytest

from index import PassageIndex
from index.store import building

ROOT = Path(__file__).parents[1]
PATIENCE = 120  # seconds; a busy machine takes its time

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent as a signal")


class Watcher:
    """The command, and the lines that it prints."""

    def __init__(self, source: Path, out: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "index", "watch", str(source), "--out", str(out)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        self._lines: Queue[str] = Queue()
        Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)

    def says(self, words: str) -> str:
        """Wait for a line with these words; what comes before is returned with it."""
        said = ""
        while words not in said:
            try:
                said += self._lines.get(timeout=PATIENCE)
            except Empty:
                pytest.fail(f"{words!r} did not come, but {said!r}")
        return said

    def stop(self) -> int:
        self._process.send_signal(signal.SIGINT)
        return self._process.wait(PATIENCE)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    write(folder / "a.txt", "投资")
    return folder


@pytest.fixture
def watch(source: Path, tmp_path: Path) -> Iterator[Callable[[], Watcher]]:
    started: list[Watcher] = []

    def start() -> Watcher:
        started.append(Watcher(source, tmp_path / "index"))
        return started[-1]

    yield start
    for watcher in started:
        watcher.end()


def write(path: Path, word: str) -> None:
    path.write_text(f"今年一季度,全区{word}增长8.1%。\n", encoding="utf-8")


def documents(tmp_path: Path) -> set[str]:
    return set(PassageIndex.load(tmp_path / "index").documents)


def test_what_comes_changes_and_goes_is_taken_in(
    source: Path, tmp_path: Path, watch: Callable[[], Watcher]
) -> None:
    watcher = watch()
    watcher.says("1 份文档,1 个段落(本次读取 1 份,编码 1 段)")
    write(source / "b.txt", "消费")
    write(source / "c.txt", "出口")
    watcher.says("3 份文档,3 个段落(本次读取 2 份,编码 2 段)")
    (source / "b.txt").rename(source / "d.txt")
    watcher.says("3 份文档,3 个段落(本次读取 1 份,编码 0 段)")
    (source / "c.txt").unlink()
    watcher.says("2 份文档,2 个段落(本次读取 0 份,编码 0 段)")
    (tmp_path / "more").mkdir()
    write(tmp_path / "more" / "e.txt", "就业")
    (tmp_path / "more").rename(source / "more")
    watcher.says("3 份文档,3 个段落(本次读取 1 份,编码 1 段)")
    assert documents(tmp_path) == {"a.txt", "d.txt", "more/e.txt"}
    assert watcher.stop() == 0
    assert watcher.says("不再监视") == "不再监视,索引保持最近一次的状态\n"


def test_trouble_is_told_and_outlived(source: Path, tmp_path: Path, watch: Callable[[], Watcher]) -> None:
    watcher = watch()
    watcher.says("1 份文档")
    (source / "bad.txt").write_bytes(b"\0\1\2")
    watcher.says(f"left out: {source / 'bad.txt'}: not a text file")
    (source / "metadata.toml").write_text("[")
    watcher.says("not a TOML file in UTF-8")
    (source / "metadata.toml").unlink()
    (source / "bad.txt").unlink()
    (source / "a.txt").rename(tmp_path / "a.txt")
    watcher.says("(the index stays as it was)")
    assert documents(tmp_path) == {"a.txt"}
    write(source / "b.txt", "消费")
    watcher.says("1 份文档,1 个段落(本次读取 1 份,编码 1 段)")
    assert documents(tmp_path) == {"b.txt"}
    with building(tmp_path / "index"):
        write(source / "c.txt", "出口")
        watcher.says("another build is at work")
    watcher.says("2 份文档")
    shutil.rmtree(source)
    watcher.says("is no folder")
    source.mkdir()
    write(source / "f.txt", "收入")
    watcher.says("1 份文档")
    assert documents(tmp_path) == {"f.txt"}
    assert watcher.stop() == 0


def test_an_empty_folder_is_waited_for(source: Path, tmp_path: Path, watch: Callable[[], Watcher]) -> None:
    (source / "a.txt").unlink()
    watcher = watch()
    watcher.says("no documents in")
    write(source / "a.txt", "投资")
    watcher.says("1 份文档")
    assert watcher.stop() == 0


def test_an_index_among_the_documents_does_not_set_itself_off(
    source: Path, watch: Callable[[], Watcher], tmp_path: Path
) -> None:
    (tmp_path / "index").symlink_to(source / "index")
    (source / "index").mkdir()
    watcher = watch()
    watcher.says("1 份文档")
    time.sleep(4)  # longer than changes take to settle
    write(source / "b.txt", "消费")
    assert watcher.says("2 份文档").count("\n") == 1
    assert watcher.stop() == 0


@pytest.mark.parametrize(
    ("folder", "out", "said"),
    [
        ("none", "index", "is no folder"),
        ("documents/a.txt", "index", "is no folder"),
        ("documents", "documents", "documents holds the documents; give another folder for the index"),
        ("documents", ".", "holds the documents"),
    ],
)
def test_a_mistake_ends_it(source: Path, tmp_path: Path, folder: str, out: str, said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "index", "watch", str(tmp_path / folder), "--out", str(tmp_path / out)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert said in done.stderr
