"""Documents cut into passages of whole sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from index.sentences import sentence_spans, trim
from index.types import Document, Passage

VERSION: Final = 1
SHORTEST: Final = 150
"""A passage goes on to the next paragraph while it has fewer characters than this."""
LONGEST: Final = 350
"""No passage has more characters; a longer sentence is cut at a clause mark."""

_CLAUSE_END: Final = re.compile(r"[;；]|[,，](?!\d)|、|[:：](?!\d)|\s")


def chunk(document: Document) -> list[Passage]:
    """Cut a document into passages of whole sentences, each with the heading it stands under.

    Together they hold every character of the text but white space between them; ids count from 1
    within the document.
    """
    spans = [span for section in _sections(document) for span in _pack(document.text, section)]
    return [
        Passage(
            passage_id=f"{document.doc_id}:{number:05d}",
            doc_id=document.doc_id,
            start=start,
            end=end,
            text=document.text[start:end],
            heading=_heading(document, start),
        )
        for number, (start, end) in enumerate(spans, 1)
    ]


def _sections(document: Document) -> Iterator[tuple[int, int]]:
    """The stretches between headings, each beginning with its own."""
    starts = [0]
    last_end = -2
    for start, end in document.headings:
        # Headings on lines that follow each other belong to one section.
        if start != last_end + 1 and start > starts[-1]:
            starts.append(start)
        last_end = end
    yield from zip(starts, [*starts[1:], len(document.text)], strict=True)


def _heading(document: Document, start: int) -> str:
    """The lines of the heading that governs the text at ``start``, without their marks."""
    lines: list[str] = []
    last_end = -2
    for begin, end in document.headings:
        if begin > start and begin != last_end + 1:
            break
        if begin != last_end + 1:
            lines = []
        lines.append(document.text[begin:end].lstrip("# "))
        last_end = end
    return " ".join(lines)


def _pack(text: str, section: tuple[int, int]) -> list[tuple[int, int]]:
    """Whole sentences together until a paragraph ends beyond SHORTEST or LONGEST would be passed."""
    packed: list[tuple[int, int]] = []
    for start, end in _pieces(text, section):
        if packed and _joins(text, packed[-1], start, end):
            packed[-1] = (packed[-1][0], end)
        else:
            packed.append((start, end))
    # A short rest reads better with the sentences before it.
    if (
        len(packed) > 1
        and packed[-1][1] - packed[-1][0] < SHORTEST
        and packed[-1][1] - packed[-2][0] <= LONGEST
    ):
        packed[-2:] = [(packed[-2][0], packed[-1][1])]
    return packed


def _joins(text: str, passage: tuple[int, int], start: int, end: int) -> bool:
    if end - passage[0] > LONGEST:
        return False
    new_paragraph = "\n" in text[passage[1] : start]
    return not new_paragraph or passage[1] - passage[0] < SHORTEST


def _pieces(text: str, section: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Sentences; those longer than LONGEST in pieces that end at the strongest mark in reach."""
    for start, end in sentence_spans(text, *section):
        while end - start > LONGEST:
            cut = _clause_end(text, start)
            yield trim(text, start, cut)
            start, end = trim(text, cut, end)
        yield start, end


def _clause_end(text: str, start: int) -> int:
    """Where to cut a sentence that goes on for more than LONGEST from ``start``."""
    reach = start + LONGEST
    marks = [
        mark for mark in _CLAUSE_END.finditer(text, start + LONGEST // 2, reach + 1) if mark.end() <= reach
    ]
    if not marks:
        return reach
    return max(marks, key=lambda mark: (mark[0] in ";；", mark[0] in ",，", mark.end())).end()
