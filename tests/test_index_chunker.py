"""Passages: whole sentences, all of the text, none too long, always the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Document, Passage, sentence_spans
from index.chunker import LONGEST, SHORTEST, chunk
from index.normalize import lay_out

SENTENCE = "今年一季度,全区规上工业增加值增长8.1%,居全市第一。"


def document(raw: str, doc_id: str = "a.txt") -> Document:
    layout = lay_out(raw)
    return Document(doc_id, "题名", layout.text, layout.headings)


def check(source: Document, passages: list[Passage]) -> None:
    """What holds for the passages of every document."""
    covered: list[int] = []
    for number, passage in enumerate(passages, 1):
        assert passage.doc_id == source.doc_id
        assert passage.passage_id == f"{source.doc_id}:{number:05d}"
        assert passage.text == source.text[passage.start : passage.end]
        assert passage.text == passage.text.strip() != ""
        assert len(passage.text) <= LONGEST
        covered.extend(range(passage.start, passage.end))
    assert covered == sorted(set(covered))
    assert all(source.text[at].isspace() for at in set(range(len(source.text))) - set(covered))


@given(
    st.lists(
        st.sampled_from(
            ["。", ",", ";", "\n\n", "\n# 标题\n", "\n第一章 总则\n", "1,000", " ", "“", "”", "?"]
        )
        | st.integers(1, 500).map(lambda count: "增" * count),
        max_size=30,
    ).map("".join)
)
def test_passages_hold_every_character_once(raw: str) -> None:
    source = document(raw)
    passages = chunk(source)
    check(source, passages)
    assert chunk(source) == passages


@given(st.text(alphabet="增长 　。,;\n", max_size=900))
def test_a_text_that_was_not_laid_out_is_cut_as_well(text: str) -> None:
    source = Document("b.txt", "题名", text)
    check(source, chunk(source))


def test_the_seeds(seeds_dir: Path) -> None:
    for path in sorted(seeds_dir.glob("*.txt")):
        source = document(path.read_text(encoding="utf-8"), path.name)
        passages = chunk(source)
        check(source, passages)
        ends = {end for _, end in sentence_spans(source.text)}
        assert {passage.end for passage in passages} <= ends, "a passage ends within a sentence"


def test_an_empty_text_has_no_passages() -> None:
    assert chunk(Document("a.txt", "题名", "")) == []


def test_sentences_go_together_as_long_as_they_fit() -> None:
    passages = chunk(document(SENTENCE * 20))
    assert [len(passage.text) for passage in passages[:-1]] == [LONGEST // len(SENTENCE) * len(SENTENCE)]
    assert all(passage.text.startswith("今年") and passage.text.endswith("。") for passage in passages)


def test_a_paragraph_that_is_long_enough_ends_a_passage() -> None:
    long, short = SENTENCE * (SHORTEST // len(SENTENCE) + 1), SENTENCE
    first, second = chunk(document(f"{long}\n\n{long}"))
    assert first.text == second.text == long
    (both,) = chunk(document(f"{short}\n\n{short}"))
    assert both.text == f"{short}\n{short}"


def test_a_short_rest_goes_with_what_is_before_it() -> None:
    body = SENTENCE * (SHORTEST // len(SENTENCE) + 1)
    (passage,) = chunk(document(f"{body}\n\n{SENTENCE}"))
    assert passage.text.endswith(f"\n{SENTENCE}")


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        (";", 300),  # the strongest mark in reach, though a comma is nearer to the limit
        (",", 340),
        ("、", 340),
        (":", 340),
    ],
)
def test_an_over_long_sentence_is_cut_at_a_clause_mark(mark: str, expected: int) -> None:
    text = list("增" * 500 + "。")
    text[299], text[339] = (mark, ",") if mark == ";" else ("长", mark)
    first, second = chunk(document("".join(text)))
    assert (first.end, second.start, second.end) == (expected, expected, 501)


def test_a_sentence_without_any_mark_is_cut_at_the_limit() -> None:
    assert [len(passage.text) for passage in chunk(document("增" * 800))] == [350, 350, 100]


@pytest.mark.parametrize("figure", ["1,234.5亿元", "12:30", "1,000,000,000人"])
def test_no_figure_is_cut_in_two(figure: str) -> None:
    for before in range(LONGEST - len(figure) - 2, LONGEST + 1):
        text = "增" * 200 + "," + "长" * (before - 201) + figure + "增" * 200 + "。"
        assert any(figure in passage.text for passage in chunk(document(text))), before


def test_passages_carry_the_heading_they_stand_under() -> None:
    body = SENTENCE * 6
    passages = chunk(
        document(f"# 通知\n\n{body}\n\n## 一、要求\n\n{body * 3}\n\n项目满弓劲发\n\n底座再夯实\n\n{body}\n")
    )
    assert [passage.heading for passage in passages] == [
        "通知",
        "一、要求",
        "一、要求",
        "项目满弓劲发 底座再夯实",
    ]
    assert [passage.text.split("\n")[0] for passage in passages][-1] == "项目满弓劲发"
    assert passages[1].text.startswith("## 一、要求\n今年一季度")


def test_what_is_before_the_first_heading_has_none() -> None:
    passages = chunk(document(f"{SENTENCE * 6}\n\n# 一、要求\n\n{SENTENCE * 6}"))
    assert [passage.heading for passage in passages] == ["", "一、要求"]
