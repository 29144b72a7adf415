"""Reading a run: the agreed fields are enough, and what is wrong is named by file, line and field."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eval.replies import CitedQuote, FoundPassage, Reply, load_replies
from rag import InvalidGold

AGREED: dict[str, Any] = {
    "id": "q1",
    "question": "2025年一季度钱塘规上工业增加值是多少?",
    "answer": "171.51亿元[1]",
    "refusal": None,
    "seconds": 0.031,
    "citations": [{"doc": "a.txt", "start": 120, "end": 125, "quote": "171.5"}],
    "hits": [{"doc": "a.txt", "text": "今年第一季度……", "score": 1.2}],
}


def write(folder: Path, *lines: dict[str, Any]) -> Path:
    texts = [json.dumps(line, ensure_ascii=False) for line in lines]
    (folder / "answers.jsonl").write_text("\n".join(texts), encoding="utf-8")
    return folder


def test_the_agreed_fields_are_enough(tmp_path: Path) -> None:
    assert load_replies(write(tmp_path, AGREED)) == {
        "q1": Reply(
            query_id="q1",
            question="2025年一季度钱塘规上工业增加值是多少?",
            answer="171.51亿元[1]",
            refusal=None,
            seconds=0.031,
            citations=(CitedQuote("a.txt", 120, 125, "171.5"),),
            hits=(FoundPassage("a.txt", "今年第一季度……", 1.2),),
        )
    }


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    reply = Reply(
        query_id="q1",
        question="多少?",
        answer="",
        refusal="没有找到",
        seconds=0.5,
        citations=(CitedQuote("a.txt", 0, 2, "原文", verbatim=True), CitedQuote("a.txt", 0, 2, "原文")),
        hits=(FoundPassage("a.txt", "原文。", -0.5, "a.txt:0", 0, 3),),
        short="17个",
        confidence=0.25,
        withheld="共17个",
    )
    assert load_replies(write(tmp_path, reply.to_json())) == {"q1": reply}


def test_a_run_may_hold_nothing(tmp_path: Path) -> None:
    assert load_replies(write(tmp_path)) == {}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"answer": None}, "answer: should be a string"),
        ({"refusal": ""}, "refusal: should be a string"),
        ({"refusal": False}, "refusal: should be a string"),
        ({"seconds": "0.031"}, 'seconds: should be a number, not "0.031"'),
        ({"seconds": float("nan")}, "seconds: should be a number"),
        ({"confidence": float("nan")}, "confidence: should be a number, not NaN"),
        ({"confidence": "0.9"}, 'confidence: should be a number, not "0.9"'),
        ({"confidence": 1.5}, r"confidence: should be a number from 0 to 1, not 1\.5"),
        ({"withheld": None}, "withheld: should be a string"),
        ({"citations": None}, "citations: should be a list"),
        (
            {"citations": [{"doc": "a", "start": -1, "end": 2, "quote": "b"}]},
            r"citations\[0\]\.start: should be",
        ),
        ({"citations": [{"doc": "a", "start": 0, "end": 2}]}, r"citations\[0\]\.quote: is missing"),
        ({"hits": [{"doc": "a", "score": 1}]}, r"hits\[0\]\.text: should be a string"),
        ({"hits": [{"doc": "a", "text": "b", "score": True}]}, r"hits\[0\]\.score: should be a number"),
    ],
)
def test_a_wrong_field_is_named(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidGold, match=rf"answers\.jsonl:2: {message}"):
        load_replies(write(tmp_path, AGREED | {"id": "q0"}, AGREED | changes))


@pytest.mark.parametrize("field", ["id", "question", "answer", "refusal", "seconds"])
def test_a_missing_field_is_named(tmp_path: Path, field: str) -> None:
    line = {name: value for name, value in AGREED.items() if name != field}
    with pytest.raises(InvalidGold, match=rf"answers\.jsonl:1: {field}: "):
        load_replies(write(tmp_path, line))


def test_a_question_answered_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidGold, match=r"answers\.jsonl:2: id: 'q1' is answered twice"):
        load_replies(write(tmp_path, AGREED, AGREED))


def test_a_run_that_never_finished_is_refused(tmp_path: Path) -> None:
    (tmp_path / "answers.jsonl.partial").write_text("")
    with pytest.raises(InvalidGold, match="no finished run in"):
        load_replies(tmp_path)
