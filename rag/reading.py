"""A passage read closely: its sentences, its figures and the periods they belong to."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from typing import Final

from index import Document, Passage, fold, sentence_spans
from rag.figures import Figure, Stance, find_figures, stance
from rag.periods import Period, TimeExpression, find_periods, find_undated

_LEANING: Final = re.compile(
    r"[他她它]|其(?![他它中余次实])|该|此(?![外前次后])|对此|不过,[他她它]|(?:但|而|同时)[他她它该]|双方|两人|二者|上述"
    r"|正?因此|正因如此|为此|由此|这(?!次|一?年)"
)
_TOGETHER: Final = 160


@dataclass(frozen=True, slots=True)
class DatedFigure:
    """A figure, when it holds, and whether it is a result or a target.

    ``said`` is the expression that gives the period, None when it is only the document's date;
    ``undated`` the one that would give it if the document's date were known (`find_undated`).
    """

    figure: Figure
    period: Period | None
    said: TimeExpression | None
    stance: Stance
    undated: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A passage and what stands where in it; all offsets count from the passage's start.

    ``undated`` are the time expressions of a document without a date that can't be read for want of it.
    """

    passage: Passage
    document: Document
    folded: str
    context: str
    sentences: tuple[tuple[int, int], ...]
    figures: tuple[DatedFigure, ...]
    periods: tuple[TimeExpression, ...]
    undated: tuple[tuple[int, int], ...]

    def has(self, words: str) -> bool:
        """Whether folded words stand in the passage, its heading, its document's title or region."""
        return words in self.folded or words in self.context

    def opening(self, sentence: int) -> int:
        """Where to begin to quote a sentence: at the one before, if it begins with 她 or 该公司 and that is not far."""
        start, end = self.sentences[sentence]
        before = self.sentences[sentence - 1][0] if sentence else start
        leans = _LEANING.match(self.folded, start) and "\n" not in self.passage.text[before:start]
        return before if leans and end - before <= _TOGETHER else start

    def closing(self, sentence: int, longest: int) -> int:
        """Where to end a quotation that goes on, so that from the sentence's start it has at most a length.

        It ends with a sentence, and in the same paragraph if the first one does not only announce.
        """
        start, end = self.sentences[sentence]
        paragraph = self.passage.text.find("\n", end - 1)
        stop = len(self.folded) if paragraph < 0 or self.announces(sentence) else paragraph
        for _, following in self.sentences[sentence + 1 :]:
            if following > stop or following - start > longest:
                break
            end = following
        return end

    def announces(self, sentence: int) -> bool:
        """Whether a sentence is a heading or ends in a colon: what it speaks of comes after it."""
        start, end = self.sentences[sentence]
        return self.folded[start:end].rstrip()[-1:] not in "。!?…;)\"'"


def read(passage: Passage, document: Document) -> Reading:
    """Read a passage of a document; readings are kept, as questions come back to the same passages."""
    return _read(passage, document)


@lru_cache(maxsize=4096)
def _read(passage: Passage, document: Document) -> Reading:
    folded = fold(passage.text)
    sentences = tuple(sentence_spans(passage.text))
    periods = tuple(find_periods(passage.text, document.published))
    undated = tuple(find_undated(passage.text, periods)) if document.published is None else ()
    context = fold("\n".join(filter(None, (passage.heading, document.title, document.region))))
    return Reading(
        passage,
        document,
        folded,
        context,
        sentences,
        tuple(_dated(passage.text, document, sentences, periods, undated)),
        periods,
        undated,
    )


def _dated(
    text: str,
    document: Document,
    sentences: tuple[tuple[int, int], ...],
    periods: tuple[TimeExpression, ...],
    undated: tuple[tuple[int, int], ...],
) -> list[DatedFigure]:
    found = []
    published = published_period(document)
    paragraph = 0
    for start, end in sentences:
        if "\n" in text[paragraph:start]:
            paragraph = text.rfind("\n", 0, start) + 1
        for figure in find_figures(text[start:end]):
            placed = _moved(figure, start)
            said = _governing(periods, placed, start, paragraph)
            since = said.end if said else paragraph
            unknown = [text[a:b] for a, b in undated if since <= a < placed.start]
            if unknown:
                said = None  # of a time that nobody knows, not of the one named before it
            found.append(
                DatedFigure(
                    placed,
                    said.period if said else published,
                    said,
                    stance(text[start:end], figure),
                    unknown[-1] if unknown else "",
                )
            )
    return found


def _governing(
    periods: tuple[TimeExpression, ...], figure: Figure, start: int, paragraph: int
) -> TimeExpression | None:
    """The period a figure belongs to: said before it in the sentence, else before in the paragraph."""
    own = [expression for expression in periods if not expression.compared]
    before = [expression for expression in own if start <= expression.start < figure.start]
    if before:
        return before[-1]
    earlier = [expression for expression in own if paragraph <= expression.start < start]
    return earlier[-1] if earlier else None


def _moved(figure: Figure, by: int) -> Figure:
    return replace(figure, start=figure.start + by, end=figure.end + by)


def published_period(document: Document) -> Period | None:
    """The days that a document may have come out on, as the period of what it dates no closer."""
    if document.published is None:
        return None
    return Period.between(document.published.first, document.published.last + timedelta(days=1))
