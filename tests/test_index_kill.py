"""Builds killed at any moment, with the processes that read for them: the old index stays, the next build ends."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from index import STATIC, PassageIndex, build_index
from index.store import read_manifest

ROOT = Path(__file__).parents[1]
MOMENTS = 20
DOCUMENTS = 200
SENTENCE = "{}区第{}次会议指出,今年一季度,全区规上工业增加值增长{}.1%,居全市第一,投资增长{}.5%。"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")

# Builds into each of the folders given, in a process of its own, with its own session, that is killed
# after so many seconds; at first into one that is left alone. Prints how long that took and, for each
# that was killed, its number.
KILLER = """
import os, signal, sys, time
from pathlib import Path
import sentence_transformers  # once for all: that takes longer than the build
from index import STATIC, build_index, tokenize, workers

workers.HERE = -1  # nothing is read in the process itself
workers._TOGETHER = 20_000
source, whole, *others = map(Path, sys.argv[1:])
tokenize("once for all, too")

def started(out):
    child = os.fork()
    if child == 0:
        os.setsid()
        build_index(source, out, STATIC)
        os._exit(0)
    return child

began = time.monotonic()
os.waitpid(started(whole), 0)
whole_build = time.monotonic() - began
print(whole_build, flush=True)
for number, out in enumerate(others):
    child = started(out)
    time.sleep(whole_build * (number + 0.5) / len(others))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    print(child, flush=True)
"""


def write(source: Path, said: int) -> None:
    for number in range(said, DOCUMENTS + said):
        path = source / f"{number % 7}" / f"{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        sentences = (
            SENTENCE.format("甲乙丙丁戊己庚"[turn % 7], turn + number, said, turn) for turn in range(12)
        )
        path.write_text("\n".join(sentences) + "\n", encoding="utf-8")


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in (".lock", "seen.json")
    }


def session_of(entry: Path) -> int | None:
    """The session of a process in /proc, None if it is gone."""
    try:
        return int((entry / "stat").read_text().rpartition(")")[2].split()[3])
    except (OSError, ValueError):
        return None


def alive(session: int) -> bool:
    return any(session_of(entry) == session for entry in Path("/proc").iterdir() if entry.name.isdigit())


def test_killed_at_twenty_moments(tmp_path: Path) -> None:
    source, old, whole = (tmp_path / name for name in ("documents", "old", "whole"))
    write(source, said=1)
    build_index(source, old, STATIC)
    shutil.rmtree(source)
    write(source, said=2)
    folders = [tmp_path / str(number) for number in range(MOMENTS)]
    for folder in (whole, *folders):
        shutil.copytree(old, folder)
    command = [sys.executable, "-W", "ignore", "-c", KILLER, str(source), str(whole), *map(str, folders)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    _, *killed = done.stdout.split()
    assert len(killed) == MOMENTS

    deadline = time.monotonic() + 60
    while any(alive(int(child)) for child in killed) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(alive(int(child)) for child in killed)

    build_index(source, tmp_path / "from nothing", STATIC)
    expected = contents(tmp_path / "from nothing")
    assert contents(whole) == expected
    texts = {
        read_manifest(folder).data: [passage.text for passage in PassageIndex.load(folder).passages]
        for folder in (old, whole)
    }
    assert len(texts) == 2
    states = []
    for folder in folders:
        states.append(read_manifest(folder).data)
        assert [passage.text for passage in PassageIndex.load(folder).passages] == texts[states[-1]]
        build_index(source, folder, STATIC)
        assert contents(folder) == expected
    assert states[0] == read_manifest(old).data
