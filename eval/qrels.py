"""Which passages bear a question's evidence: gold spans matched to passages by their words.

A passage covers a span when it is of the same document and, white space and the forms of characters
ignored, holds the quote or one unbroken piece of at least half of it: passages may cut a quote in two.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

from eval.gold import Span
from rag import fold

SHORTEST_PIECE = 6  # characters; less than that of a quote could stand anywhere


def locate(quote: str, text: str) -> tuple[int, int] | None:
    """Find the longest piece of the quote in the text, as offsets in the text; None if under half of it."""
    wanted, _ = _without_space(quote)
    given, places = _without_space(text)
    piece = SequenceMatcher(None, given, wanted, autojunk=False).find_longest_match()
    if piece.size == 0 or piece.size < max((len(wanted) + 1) // 2, min(len(wanted), SHORTEST_PIECE)):
        return None
    return places[piece.a], places[piece.a + piece.size - 1] + 1


def covered(spans: Iterable[Span], doc_id: str, text: str) -> frozenset[int]:
    """The numbers, from 0, of the spans that a text of that document covers."""
    return frozenset(
        number
        for number, span in enumerate(spans)
        if span.doc_id == doc_id and locate(span.quote, text) is not None
    )


def overlaps(span: Span, doc_id: str, quote: str) -> bool:
    """Whether a quotation and a gold span share their words: one holds the other, or half of it."""
    if span.doc_id != doc_id:
        return False
    return locate(span.quote, quote) is not None or locate(quote, span.quote) is not None


def stands_in(quote: str, text: str) -> bool:
    """Whether the text holds the whole quote, white space and the forms of characters ignored."""
    return _without_space(quote)[0] in _without_space(text)[0]


def _without_space(text: str) -> tuple[str, list[int]]:
    """The folded text without white space, and where each of its characters stood."""
    places = [place for place, character in enumerate(text) if not character.isspace()]
    folded = fold(text)
    return "".join(folded[place] for place in places), places
