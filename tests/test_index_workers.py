"""Files read by processes of their own: what one of them does to its reader costs nobody else anything."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Event, Thread

import pytest

from index import Document, workers
from index.metadata import Metadata
from index.reading import read_document
from index.workers import Job, Prepared, prepare, prepare_all

ROOT = Path(__file__).parents[1]
SENTENCE = "今年一季度,全区规上工业增加值增长8.1%。"


def job(path: Path, text: str = SENTENCE) -> Job:
    path.write_text(text, encoding="utf-8")
    return Job(path, path.name, path.stat().st_size, Metadata())


def names(parts: Sequence[Prepared]) -> list[str]:
    return [document.doc_id for part in parts for document, _ in part.documents]


def misread(jobs: Sequence[Job]) -> Prepared:
    """Read files, but do what some of them say."""
    for one in jobs:
        match one.path.read_text(encoding="utf-8"):
            case "crash":
                os.kill(os.getpid(), signal.SIGKILL)
            case "abort":
                os.abort()
            case "hang":
                sum(iter(int, 1))  # in native code, deaf to whatever Python does with signals
            case "swell":
                bytearray(2**40)
    return prepare(jobs)


@pytest.fixture
def risky(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files may do harm, and nothing is read in this process."""
    monkeypatch.setattr(workers, "prepare", misread)
    monkeypatch.setattr(workers, "SECONDS", 5.0)
    monkeypatch.setattr(workers, "HERE", -1)


# --- what is handed over together


@pytest.mark.parametrize(
    ("files", "batches"),
    [
        ([], []),
        ([("a.txt", 10)], [["a.txt"]]),
        ([("a.txt", 10), ("b.md", 10), ("c.txt", 80)], [["a.txt", "b.md", "c.txt"]]),
        ([("a.txt", 10), ("b.txt", 91), ("c.txt", 9)], [["a.txt"], ["b.txt", "c.txt"]]),
        ([("a.txt", 500), ("b.txt", 1)], [["a.txt"], ["b.txt"]]),
        ([("a.txt", 1), ("b.pdf", 1), ("c.txt", 1), ("d.TXT", 1)], [["a.txt"], ["b.pdf"], ["c.txt", "d.TXT"]]),
        ([("a.pdf", 1), ("b.docx", 1)], [["a.pdf"], ["b.docx"]]),
    ],
)  # fmt: skip
def test_plain_texts_go_together_and_others_alone(
    files: list[tuple[str, int]], batches: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_TOGETHER", 100)
    jobs = [Job(Path(name), name, size, Metadata()) for name, size in files]
    assert [[one.doc_id for one in batch] for batch in workers._batches(jobs)] == batches


@pytest.mark.parametrize(
    ("name", "size", "seconds"),
    [
        ("a.txt", 0, 20),
        ("a.html", 100_000, 25),
        ("a.xlsx", 1_000_000, 70),
        ("a.docx", 50_000, 120),  # its pictures may be scans
        ("a.pdf", 0, 20),
        ("a.JPG", 50_000, 120),
        ("a.pdf", 200_000_000, 3600),
    ],
)
def test_a_larger_file_may_take_longer_and_a_scan_most(name: str, size: int, seconds: float) -> None:
    assert workers._seconds([Job(Path(name), name, size, Metadata())]) == seconds


def test_a_little_plain_text_needs_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "ProcessPool", None)
    jobs = [job(tmp_path / f"{number}.txt") for number in range(3)]
    assert names(list(prepare_all(jobs))) == ["0.txt", "1.txt", "2.txt"]
    with pytest.raises(TypeError):
        list(prepare_all([*jobs, job(tmp_path / "page.html")]))
    with pytest.raises(TypeError):
        list(prepare_all([*jobs, job(tmp_path / "long.txt", SENTENCE * 30_000)]))


# --- processes


@pytest.mark.usefixtures("risky")
@pytest.mark.skipif(sys.platform == "win32", reason="its processes end in other ways")
def test_what_a_file_does_to_its_reader_is_told_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_TOGETHER", 100)  # some together with harmless ones
    texts = {
        **{f"{number:02d}.txt": SENTENCE for number in range(0, 20, 2)},
        "03.txt": "crash",
        "07.txt": "hang",
        "09.txt": "abort",
        "13.txt": "",
        "15.txt": "swell",
    }
    jobs = [job(tmp_path / name, text) for name, text in sorted(texts.items())]
    parts = list(prepare_all(jobs))
    assert names(parts) == [f"{number:02d}.txt" for number in range(0, 20, 2)]
    skipped = {doc_id: reason for part in parts for doc_id, reason in part.skipped.items()}
    told = {
        "03.txt": "it crashed what reads it (status -9); save it anew or remove it",
        "07.txt": "it could not be read within 5 seconds; divide it or remove it",
        "09.txt": "it crashed what reads it (status -6); save it anew or remove it",
        "13.txt": "the file is empty; remove it or put its text in",
        "15.txt": "to read it takes more than 3 GiB of memory; divide it or remove it",
    }
    assert skipped == {name: f"{tmp_path / name}: {reason}" for name, reason in told.items()}


def test_a_mistake_of_the_program_costs_one_file_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(path: Path, doc_id: str, known: Metadata) -> Document:
        if doc_id == "b.txt":
            raise RecursionError("maximum recursion depth exceeded")
        return read_document(path, doc_id, known)

    monkeypatch.setattr(workers, "read_document", stumble)
    (part,) = prepare_all([job(tmp_path / name) for name in ("a.txt", "b.txt", "c.txt")])
    assert names([part]) == ["a.txt", "c.txt"]
    assert part.skipped == {
        "b.txt": f"{tmp_path / 'b.txt'}: a mistake of this program (RecursionError: maximum recursion depth "
        "exceeded); please report it with the file"
    }


def test_whoever_stops_listening_leaves_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "HERE", -1)
    monkeypatch.setattr(workers, "_TOGETHER", 1)
    parts = prepare_all([job(tmp_path / f"{number}.txt") for number in range(8)])
    assert names([next(parts)]) == ["0.txt"]
    assert multiprocessing.active_children()
    parts.close()
    assert not multiprocessing.active_children()


ORPHANS = """
import multiprocessing, sys, time
from pathlib import Path
from index.metadata import Metadata
from index.reading import read_document
from index.workers import Job, prepare_all

if __name__ == "__main__":
    path = Path(sys.argv[1])
    jobs = [Job(path, "a.html", path.stat().st_size, Metadata())] * 1000
    for _ in prepare_all(jobs):
        print(*(process.pid for process in multiprocessing.active_children()), flush=True)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_processes_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(ORPHANS)
    page = tmp_path / "a.html"
    page.write_text(f"<html><body><p>{SENTENCE * 3000}</p></body></html>", encoding="utf-8")
    command = [sys.executable, "-W", "ignore", str(tmp_path / "program.py"), str(page)]
    with subprocess.Popen(
        command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        children = [Path("/proc", pid) for pid in parent.stdout.readline().split()]
        assert children
        assert all(child.exists() for child in children)
        parent.kill()
    deadline = time.monotonic() + 60
    while any(child.exists() for child in children) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(child.exists() for child in children)


def test_a_program_that_builds_is_not_run_again_by_the_processes(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "a.html").write_text(f"<html><body><p>{SENTENCE}</p></body></html>")
    script = tmp_path / "program.py"  # without: if __name__ == "__main__":
    script.write_text(
        "from pathlib import Path\nfrom index import build_index\n"
        "print(build_index(Path('documents'), Path('index')).documents)\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(script)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("1\n", "")


@pytest.mark.skipif(sys.platform == "win32", reason="signals are held back elsewhere")
def test_an_interrupt_that_another_thread_is_given_waits_too() -> None:
    done, held = Event(), Event()
    other = Thread(target=done.wait)
    other.start()  # before: it lets interrupts through

    def start_processes() -> None:
        with workers._interrupts_held():
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.2)
            held.set()

    try:
        with pytest.raises(KeyboardInterrupt):
            start_processes()
    finally:
        done.set()
        other.join()
    assert held.is_set()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
