"""Quotations: made of the document's own characters, refused when forged; figures that no quote has."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from index import CitationError, Document, Passage, Published
from rag.citations import cite, unsupported_figures, verify
from rag.periods import Period
from rag.types import Citation

TEXT = "今年一季度,规上工业增加值达171.51亿元。\n其中“数字经济核心制造业”增加值 34.01 亿元,共1,200家。"
DOCUMENTS = {"a.txt": Document("a.txt", "季报", TEXT), "b.txt": Document("b.txt", "另一份", TEXT[::-1])}
PASSAGE = Passage("a.txt:0", "a.txt", 0, len(TEXT), TEXT)


def quoted(*quotes: str) -> list[Citation]:
    return [Citation(n, "a.txt", "a.txt:0", 0, len(quote), quote) for n, quote in enumerate(quotes, 1)]


@given(st.integers(0, len(TEXT)), st.integers(0, len(TEXT)))
def test_a_quotation_is_the_slice_of_its_document(start: int, end: int) -> None:
    assume(start < end)
    citation = cite(DOCUMENTS, PASSAGE, start, end, 3)
    assert citation == Citation(3, "a.txt", "a.txt:0", start, end, TEXT[start:end])
    verify(DOCUMENTS, citation)


@pytest.mark.parametrize(
    ("doc_id", "start", "end"),
    [
        ("a.txt", 5, 5),
        ("a.txt", 9, 3),
        ("a.txt", -4, 3),
        ("a.txt", -4, -1),
        ("a.txt", 0, len(TEXT) + 1),
        ("gone.txt", 0, 3),
    ],
)
def test_there_is_nothing_to_quote_outside_a_document(doc_id: str, start: int, end: int) -> None:
    with pytest.raises(CitationError, match=doc_id):
        cite(DOCUMENTS, replace(PASSAGE, doc_id=doc_id), start, end, 1)


@pytest.mark.parametrize(
    "forged",
    [
        {"quote": "今年一季度,规上工业增加值达181.51亿元。"},  # a figure changed
        {"quote": "今年一季度，规上工业增加值达171.51亿元。"},  # only a comma's width
        {"quote": "今年一季度,规上工业增加值达171.51亿元"},  # shortened
        {"quote": ""},
        {"start": 1},
        {"end": 9},
        {"start": 500, "end": 600, "quote": ""},
        {"doc_id": "b.txt"},
        {"doc_id": "gone.txt"},
    ],
)
def test_a_forged_citation_is_refused(forged: dict[str, str | int]) -> None:
    true = cite(DOCUMENTS, PASSAGE, 0, TEXT.index("\n"), 1)
    with pytest.raises(CitationError, match="withheld"):
        verify(DOCUMENTS, replace(true, **forged))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("171.51亿元[1]", []),
        ("１７１．５１亿元[1]", []),  # full width
        ("共1200家,也就是1,200家[1]", []),
        ("“34.01”亿元[1][2][15]", []),  # marks are no figures
        ("没有数字", []),
        ("", []),
        ("171.5亿元[1]", ["171.5"]),
        ("71.51亿元", ["71.51"]),
        ("181.51亿元和34.01亿元,合计215.52亿元", ["181.51", "215.52"]),
        ("2025家", ["2025"]),  # no date
    ],
)
def test_the_figures_of_an_answer_that_no_quote_has(text: str, missing: list[str]) -> None:
    assert unsupported_figures(text, quoted(*TEXT.split("\n"))) == missing


def test_without_a_quote_every_figure_is_unsupported() -> None:
    assert unsupported_figures("171.51亿元,1家", []) == ["171.51", "1"]


_DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))


@given(_DAYS, _DAYS)
def test_a_date_may_be_read_and_need_not_be_quoted(one: date, other: date) -> None:
    first, last = sorted((one, other))
    for said in (Period.between(first, last + timedelta(days=1)), Published(first, last)):
        assert unsupported_figures(f"34.01亿元({said},据{said}报道)[1]", quoted(TEXT)) == []


def test_a_number_ends_at_a_comma_between_words() -> None:
    assert unsupported_figures("8时10分起飞", quoted("航班MF8653，8时10分起飞")) == []


@given(st.text())
def test_a_text_supports_itself(text: str) -> None:
    assert unsupported_figures(text, quoted(text)) == []
