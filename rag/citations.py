"""Quotations made and checked: nothing is cited that isn't there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from index import CitationError, Document, Passage, fold
from rag.types import Citation

_MARK: Final = re.compile(r"\[\d+\]")
# A date in an answer may be read against the document's own date; Period and Published write them so.
_DATE: Final = re.compile(
    r"\d{4}(?:-\d{4})?年(?:度|[上下]半年|[一二三四]季度|\d{1,2}(?:月?-(?:\d{4}年)?\d{1,2})?月"
    r"(?:\d{1,2}日?(?:-(?:\d{4}年)?(?:\d{1,2}月)?\d{1,2})?日)?)?(?:至(?:\d{4}年)?\d{1,2}[月日])?"
)
_FIGURE: Final = re.compile(r"(?:(?<!\d)\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?")


def cite(
    documents: Mapping[str, Document], passage: Passage, start: int, end: int, marker: int
) -> Citation:
    """Quote ``text[start:end]`` of the passage's document.

    :raises CitationError: if that is no piece of the document.
    """
    document = documents.get(passage.doc_id)
    if document is None or not 0 <= start < end <= len(document.text):
        raise CitationError(f"no such place to quote: {passage.doc_id} [{start}:{end}]")
    quote, page = document.text[start:end], document.page(start)
    citation = Citation(marker, passage.doc_id, passage.passage_id, start, end, quote, page)
    verify(documents, citation)
    return citation


def verify(documents: Mapping[str, Document], citation: Citation) -> None:
    """Check that a citation's quote is what its document says there.

    :raises CitationError: if it isn't.
    """
    document = documents.get(citation.doc_id)
    if (
        document is None
        or document.text[citation.start : citation.end] != citation.quote
        or not citation.quote
    ):
        raise CitationError(
            f"{citation.doc_id} [{citation.start}:{citation.end}] doesn't say {citation.quote!r}; the answer is withheld"
        )


def unsupported_figures(text: str, citations: Iterable[Citation]) -> list[str]:
    """The numbers in an answer that stand in none of its quotes, as written; marks like [1] and dates apart."""
    quotes = [citation.quote for citation in citations]
    # Also without their dates: of 23.2023年4月1日 the number is 23.
    quoted = {n for quote in quotes for text in (quote, without_dates(quote)) for n in _numbers(fold(text))}
    return [number for number in _numbers(fold(_MARK.sub("", without_dates(text)))) if number not in quoted]


def without_dates(text: str) -> str:
    """The text without the dates in it, which an answer may read against its document's own date."""
    dates = [found.span() for found in _DATE.finditer(fold(text))]
    for start, end in reversed(dates):
        text = f"{text[:start]} {text[end:]}"
    return text


def _numbers(folded: str) -> list[str]:
    return [number.replace(",", "") for number in _FIGURE.findall(folded)]
