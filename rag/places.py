"""Places: which ones a question names, and whether a passage is about another."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from index import Document, segment
from rag.question import Question
from rag.reading import Reading
from rag.wording import spellings

_PLACE_NAME: Final = re.compile(r"[\u3400-\u9fff]{2,}(?:[省市区县镇城港谷]|街道)")
_OWN: Final = re.compile("[本我][省市区县州镇]")
_PLACE_WORDS: Final = 3  # words of a place's name at most


def is_elsewhere(question: Question, reading: Reading, regions: Set[str], places: Sequence[str]) -> bool:
    """Whether a passage is of none of the regions asked about, or lacks one of the places named.

    Where the document's region is unknown, that a passage doesn't name a place says nothing; only that its
    document names others of its kind does.
    """
    if reading.document.region is None:
        return is_of_others(reading.document, question)
    if regions and not any(map(reading.has, regions)):
        return True
    return not all(any(map(reading.has, spellings(place))) for place in places)


def is_of_others(document: Document, question: Question) -> bool:
    """Whether a document names provinces or countries, but none of those that a question names.

    One that says 本市 or 我省 need not name its own.
    """
    return not _OWN.search(document.text) and any(
        asked and named and not asked & named
        for asked, named in zip(_known_in(question.folded), _known_in(document.text), strict=True)
    )


@lru_cache(maxsize=4096)
def _known_in(text: str) -> tuple[frozenset[str], ...]:
    """The provinces, and the countries, that a text names."""
    return tuple(frozenset(names.findall(text)) for names in _known())


@cache
def _known() -> tuple[re.Pattern[str], ...]:
    lines = Path(__file__).with_name("places.txt").read_text(encoding="utf-8").splitlines()
    groups = [sorted(line.split(), key=len, reverse=True) for line in lines if not line.startswith("#")]
    return tuple(re.compile("|".join(names)) for names in groups)


def asked_places(question: Question, regions: Set[str]) -> set[str]:
    """The regions that a question names, in the words of the documents' metadata."""
    return {
        form for word in (*question.words, *question.carried) for form in spellings(word) if form in regions
    }


def named_places(question: str, readings: Sequence[Reading]) -> list[str]:
    """The places that a folded question names as one of the passages does: 未来科技城, 义蓬街道."""
    words = segment(question)
    names = {
        question[start:end]
        for at, (_, start, _) in enumerate(words)
        for _, _, end in words[at : at + _PLACE_WORDS]
        if 3 <= end - start <= 8 and _PLACE_NAME.fullmatch(question[start:end])
    }
    return [
        name
        for name in sorted(names)
        if any(name in reading.folded for reading in readings)
        and not any(name != other and name in other for other in names)
    ]
