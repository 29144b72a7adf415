"""The command line: what it writes and prints, and that a user's mistake is one clear line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from eval.__main__ import main
from eval.replies import load_replies
from index import ModelNotFound, build_index
from rag import Reader

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = "今年一季度,临江新区规上工业增加值达171.51亿元,同比增长8.1%。\n\n新区共有17个项目纳入清单。\n"
ANSWERABLE: dict[str, Any] = {
    "id": "q1",
    "question": "临江新区一季度规上工业增加值是多少?",
    "type": "fact_number",
    "answerable": True,
    "answers": ["171.51亿元"],
    "evidence": [{"file": "report.txt", "quote": "临江新区规上工业增加值达171.51亿元"}],
}
UNANSWERABLE: dict[str, Any] = {
    "id": "u1",
    "question": "火星移民局的局长是谁?",
    "type": "unanswerable",
    "answerable": False,
    "answers": [],
    "evidence": [],
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("main")
    (folder / "documents").mkdir()
    (folder / "documents" / "report.txt").write_text(DOCUMENT, encoding="utf-8")
    build_index(folder / "documents", folder / "index")
    return folder / "index"


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    return write_gold(tmp_path / "gold.jsonl", ANSWERABLE, UNANSWERABLE)


def write_gold(path: Path, *lines: dict[str, Any]) -> Path:
    path.write_text(
        "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines), encoding="utf-8"
    )
    return path


def write_reply(run: Path, query_id: str = "q1", question: str = ANSWERABLE["question"]) -> Path:
    run.mkdir(exist_ok=True)
    line: dict[str, Any] = {
        "id": query_id,
        "question": question,
        "answer": "171.51亿元[1]",
        "refusal": None,
    }
    line |= {"seconds": 0.02, "citations": [], "hits": []}
    (run / "answers.jsonl").write_text(json.dumps(line, ensure_ascii=False), encoding="utf-8")
    return run


def test_run_then_score(
    gold: Path, index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    assert main(["run", str(gold), "--index", str(index), "--out", str(run)]) == 0
    written = capsys.readouterr()
    assert "2/2" in written.err  # the progress bar
    assert "2 题已答" in written.out
    assert (run / "run.trec").read_text(encoding="utf-8").startswith("q1 Q0 ")

    assert main(["score", str(gold), str(run)]) == 0
    printed = capsys.readouterr()
    assert "数字事实" in printed.out
    assert printed.err == ""
    metrics = json.loads((run / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["overall"]["n"] == 2
    assert metrics["questions"]["q1"]["answer_accuracy"] == 1
    assert metrics["by_type"]["fact_number"]["quotes_verbatim"] == 1
    assert (run / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_a_run_without_the_reader(
    gold: Path, index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> Reader:
        raise ModelNotFound("no reader; leave it out with --no-reader")

    monkeypatch.setattr(Reader, "load", missing)
    run = ["run", str(gold), "--index", str(index), "--out", str(tmp_path / "run")]
    assert main(run) == 1
    assert not (tmp_path / "run").exists()
    assert main([*run, "--no-reader"]) == 0
    replies = load_replies(tmp_path / "run")
    assert replies.keys() == {"q1", "u1"}
    assert all(cited.verbatim for reply in replies.values() for cited in reply.citations)


def test_scoring_needs_only_the_agreed_fields_and_no_index(gold: Path, tmp_path: Path) -> None:
    run = write_reply(tmp_path / "run")
    assert main(["score", str(gold), str(run)]) == 0
    metrics = json.loads((run / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["overall"]["answer_accuracy"] == 0.5
    assert metrics["overall"]["missing"] == 1


def test_replies_to_other_questions_are_told(
    gold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["score", str(gold), str(write_reply(tmp_path / "run", "q9"))]) == 0
    assert capsys.readouterr().err.splitlines() == [
        "not in the gold set, not scored: q9",
        "not answered in the run, scored as wrong: q1, u1",
    ]


def test_a_long_list_of_questions_is_cut(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gold = write_gold(tmp_path / "gold.jsonl", *(ANSWERABLE | {"id": f"q{n}"} for n in range(1, 13)))
    assert main(["score", str(gold), str(write_reply(tmp_path / "run"))]) == 0
    (said,) = capsys.readouterr().err.splitlines()
    assert said.endswith("q10, q11, … (11 in all)")


def test_another_order_than_the_gold_sets_is_told_and_scored(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gold = write_gold(tmp_path / "gold.jsonl", ANSWERABLE | {"id": "q2"}, ANSWERABLE)
    run = write_reply(tmp_path / "run", "q1")
    first = (run / "answers.jsonl").read_text(encoding="utf-8")
    (run / "answers.jsonl").write_text(f"{first}\n{first.replace('q1', 'q2')}\n", encoding="utf-8")
    assert main(["score", str(gold), str(run)]) == 0
    assert "in another order than the gold set's" in capsys.readouterr().err
    metrics = json.loads((run / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["overall"]["answer_accuracy"] == 1


def test_some_questions_are_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gold = write_gold(tmp_path / "gold.jsonl", *(ANSWERABLE | {"id": f"q{n}"} for n in range(9)))
    drawn = tmp_path / "new" / "sample.jsonl"
    assert main(["sample", str(gold), "--size", "4", "--out", str(drawn)]) == 0
    assert capsys.readouterr().out == f"{drawn}: 4 题\n"
    assert drawn.read_text(encoding="utf-8").count("\n") == 4
    assert "9 questions, not 10" in mistake(
        ["sample", str(gold), "--size", "10", "--out", str(drawn)], capsys
    )


def test_ablation(gold: Path, index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "ablation"
    assert main(["ablation", str(gold), "--index", str(index), "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "向量检索" in printed
    assert "…" not in printed  # nothing is cut at 80 columns
    assert sorted(path.name for path in out.iterdir()) == ["ablation.json", "ablation.md"]
    rows = json.loads((out / "ablation.json").read_text(encoding="utf-8"))
    assert rows[0]["figures"]["answer_accuracy"] == 1


def test_a_question_that_was_changed_after_the_run_is_told(
    gold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["score", str(gold), str(write_reply(tmp_path / "run", question="多少?"))]) == 0
    assert "worded otherwise when the run was made: q1\n" in capsys.readouterr().err


def test_evidence_of_other_documents_is_told(
    index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    strange = ANSWERABLE | {"evidence": [{"file": "other.txt", "quote": "别的文档"}]}
    gold = write_gold(tmp_path / "gold.jsonl", strange)
    assert main(["run", str(gold), "--index", str(index), "--out", str(tmp_path / "run")]) == 0
    assert capsys.readouterr().err.startswith(f"evidence not in the documents of {index}: q1\n")


def mistake(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The one line on stderr that a command ends with, its status not zero."""
    assert main(arguments) == 1
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.count("\n") == 1
    return written.err


def test_a_malformed_gold_set_is_refused_before_anything_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gold = write_gold(tmp_path / "gold.jsonl", ANSWERABLE, UNANSWERABLE | {"type": "riddle"})
    said = mistake(["run", str(gold), "--index", "nowhere", "--out", str(tmp_path / "run")], capsys)
    assert said.startswith(f"{gold}:2: type: 'riddle' is none of ")
    assert not (tmp_path / "run").exists()
    said = mistake(["score", str(gold), str(write_reply(tmp_path / "run"))], capsys)
    assert said.startswith(f"{gold}:2: type: ")
    assert not (tmp_path / "run" / "metrics.json").exists()


def test_a_mistake_is_one_line(
    gold: Path, index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["--out", str(tmp_path / "run")]
    nowhere = str(tmp_path / "nowhere")
    assert nowhere in mistake(["run", nowhere, "--index", str(index), *out], capsys)
    assert nowhere in mistake(["run", str(gold), "--index", nowhere, *out], capsys)
    assert "no finished run" in mistake(["score", str(gold), nowhere], capsys)
    run = write_reply(tmp_path / "run")
    (run / "answers.jsonl").write_text("{", encoding="utf-8")
    assert "answers.jsonl:1: not JSON" in mistake(["score", str(gold), str(run)], capsys)


def test_a_place_that_cannot_be_written_to_is_one_line(
    gold: Path, index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    assert main(["run", str(gold), "--index", str(index), "--out", str(tmp_path / "taken")]) == 1
    assert capsys.readouterr().err.splitlines()[-1].startswith("cannot write ")


def test_help_and_usage() -> None:
    command = [sys.executable, "-m", "eval"]
    for arguments in ([], ["run"], ["score"], ["sample"], ["ablation"]):
        done = subprocess.run([*command, *arguments, "--help"], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0
        assert done.stdout.startswith(" ".join(["usage: python -m eval", *arguments]))
    done = subprocess.run([*command, "score"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
