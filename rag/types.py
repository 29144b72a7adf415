"""What comes out: hits, citations, answers."""

from __future__ import annotations

from dataclasses import dataclass

from index import Passage


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query; ``rank`` counts from 1, a higher ``score`` is better."""

    rank: int
    score: float
    passage: Passage


@dataclass(frozen=True, slots=True)
class Citation:
    """A quotation: ``quote == document.text[start:end]``, made only by `rag.citations.cite`.

    ``page`` is the page of the file on which it begins, None where the format has no pages.
    """

    marker: int
    doc_id: str
    passage_id: str
    start: int
    end: int
    quote: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with its citations, or a refusal with the reason.

    ``text`` is what a reader sees, with ``[1]`` marks; ``short`` is the bare figure or date in it,
    where there is one. After a refusal ``text`` says what the documents do hold: the nearest figure,
    cited, or where to look; ``hits`` are the nearest passages. ``understood`` is the question that was
    answered: for a follow-up, the question made whole from the turns before. ``confidence`` is how
    likely it is, from 0 to 1, that the surest of the things asked is answered right, given or withheld;
    None where a refusal has another reason.
    """

    question: str
    text: str
    citations: tuple[Citation, ...] = ()
    hits: tuple[Hit, ...] = ()
    refusal: str | None = None
    short: str = ""
    understood: str = ""
    confidence: float | None = None
