"""Reading a gold set: what is right comes through whole, what is wrong is named by file, line and field."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import eval.gold
from eval.gold import GoldItem, Span, load_gold
from rag import InvalidGold

FACT: dict[str, Any] = {
    "id": "q1",
    "question": "2025年一季度钱塘规上工业增加值是多少?",
    "type": "fact_number",
    "answerable": True,
    "answers": ["171.51亿元"],
    "evidence": [{"file": "a.txt", "quote": "钱塘规上工业增加值达171.51亿元"}],
}
UNANSWERABLE: dict[str, Any] = {
    "id": "u1",
    "question": "优科豪马项目占地多少亩?",
    "type": "unanswerable",
    "answerable": False,
}


def write(folder: Path, *lines: dict[str, Any] | str) -> Path:
    path = folder / "gold.jsonl"
    texts = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return path


def test_the_module_is_found_beside_the_folder_of_the_same_name() -> None:
    assert Path(eval.gold.__file__).name == "gold.py"


def test_a_plain_question_comes_through(tmp_path: Path) -> None:
    assert load_gold(write(tmp_path, FACT)) == (
        GoldItem(
            query_id="q1",
            question="2025年一季度钱塘规上工业增加值是多少?",
            kind="fact_number",
            answerable=True,
            answers=("171.51亿元",),
            evidence=(Span("a.txt", "钱塘规上工业增加值达171.51亿元"),),
        ),
    )


def test_every_optional_field_comes_through(tmp_path: Path) -> None:
    line = FACT | {
        "type": "colloquial_multi",
        "answers": ["八大行动", "三十项"],
        "all_required": True,
        "answer_alternatives": {"八大行动": ["8大行动", "八项行动"]},
        "wrong_answers": ["五大行动"],
        "alt_evidence": [{"file": "b.txt", "quote": "实施八大行动"}],
        "history": [{"q": "55830是什么?"}, {"q": "第一个5呢?"}],
        "notes": "fields that are not agreed are nobody's business",
    }
    (item,) = load_gold(write(tmp_path, line))
    assert item.all_required
    assert item.wordings("八大行动") == ("八大行动", "8大行动", "八项行动")
    assert item.wordings("三十项") == ("三十项",)
    assert item.wrong_answers == ("五大行动",)
    assert item.alt_evidence == (Span("b.txt", "实施八大行动"),)
    assert item.history == ("55830是什么?", "第一个5呢?")


def test_an_unanswerable_question_needs_no_answers_and_no_evidence(tmp_path: Path) -> None:
    (item,) = load_gold(write(tmp_path, UNANSWERABLE))
    assert (item.answers, item.evidence) == ((), ())


def test_blank_lines_and_a_byte_order_mark_are_passed_over_and_lines_still_count(tmp_path: Path) -> None:
    path = write(tmp_path, FACT, "", UNANSWERABLE, "  ", FACT)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    with pytest.raises(InvalidGold, match=r"gold\.jsonl:5: id: 'q1' is taken already, at .*gold\.jsonl:1$"):
        load_gold(path)


def test_a_line_separator_inside_a_string_ends_no_line(tmp_path: Path) -> None:
    (item,) = load_gold(write(tmp_path, FACT | {"question": "第一行\u2028第二行?"}))
    assert item.question == "第一行\u2028第二行?"


@pytest.mark.parametrize("field", ["id", "question", "type", "answerable"])
def test_a_missing_field_is_named(tmp_path: Path, field: str) -> None:
    line = {name: value for name, value in FACT.items() if name != field}
    with pytest.raises(InvalidGold, match=rf"gold\.jsonl:2: {field}: is missing"):
        load_gold(write(tmp_path, UNANSWERABLE, line))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"id": 7}, "id: should be a string that is not empty, not 7"),
        ({"question": "  "}, "question: should be a string"),
        ({"type": "riddle"}, "type: 'riddle' is none of fact_number, "),
        ({"answerable": "yes"}, 'answerable: should be true or false, not "yes"'),
        ({"answerable": 1}, "answerable: should be true or false, not 1"),
        ({"answers": "171.51亿元"}, "answers: should be a list of strings"),
        ({"answers": [171.51]}, "answers: should be a list of strings"),
        ({"answers": [""]}, "answers: should be a list of strings"),
        ({"answers": []}, "answers: an answerable question needs one"),
        ({"evidence": []}, "evidence: an answerable question needs one"),
        ({"evidence": {"file": "a.txt"}}, "evidence: should be a list of objects"),
        ({"evidence": ["a.txt"]}, r"evidence\[0\]: should be an object"),
        ({"evidence": [{"file": "a.txt"}]}, r"evidence\[0\]\.quote: is missing"),
        ({"evidence": [{"file": "a", "quote": "b"}, {"quote": "c"}]}, r"evidence\[1\]\.file: is missing"),
        (
            {"alt_evidence": [{"file": "a.txt", "quote": 1}]},
            r"alt_evidence\[0\]\.quote: should be a string",
        ),
        ({"all_required": None}, "all_required: should be true or false, not null"),
        ({"answer_alternatives": []}, "answer_alternatives: should be an object"),
        (
            {"answer_alternatives": {"171.51亿元": "171亿"}},
            r"answer_alternatives\.171\.51亿元: should be a list",
        ),
        (
            {"answer_alternatives": {"17亿元": ["17亿"]}},
            "answer_alternatives: '17亿元' is not among the answers",
        ),
        ({"wrong_answers": "34亿"}, "wrong_answers: should be a list of strings"),
        ({"history": ["先问的"]}, r"history\[0\]: should be an object"),
        ({"history": [{"question": "先问的"}]}, r"history\[0\]\.q: is missing"),
        ({"type": "unanswerable"}, "answerable: cannot be true"),
        ({"answerable": False}, "answers: must be empty"),
    ],
)
def test_a_wrong_field_is_named(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidGold, match=rf"gold\.jsonl:1: {message}"):
        load_gold(write(tmp_path, FACT | changes))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"id": "q1"', "not JSON"),
        ("[1, 2]", r"should be a JSON object, not \[1, 2\]"),
        ('{"id": "\\ud800"}', "not JSON in UTF-8"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_a_line_that_is_no_object_is_named(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(InvalidGold, match=rf"gold\.jsonl:2: {message}"):
        load_gold(write(tmp_path, FACT, line))


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_bytes(json.dumps(FACT, ensure_ascii=False).encode("gb18030"))
    with pytest.raises(InvalidGold, match=r"gold\.jsonl:1: not JSON in UTF-8"):
        load_gold(path)


def test_an_empty_file_and_no_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidGold, match="holds no question"):
        load_gold(write(tmp_path, ""))
    with pytest.raises(InvalidGold, match=r"cannot read .*nowhere\.jsonl: No such file"):
        load_gold(tmp_path / "nowhere.jsonl")
