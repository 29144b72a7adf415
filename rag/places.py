"""Places: which ones a question names, and whether a passage is about another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
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
    """Whether a document names provinces, cities or countries, but none of those that a question names.

    One that says 本市 or 我省 need not name its own.
    """
    asked = _known_in(question.folded)
    if not any(asked):  # most questions; the document need not be looked through
        return False
    named = _known_in(document.text)
    return any(map(_are_others, asked, named)) and not _OWN.search(document.text)


def _are_others(asked: Set[str], named: Set[str]) -> bool:
    """Whether places are named, but none of those asked about: a province is named by its cities as well."""
    provinces = {_provinces().get(place, place) for place in named}
    return bool(asked and named) and not asked & (named | provinces)


@lru_cache(maxsize=4096)
def _known_in(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The provinces and cities, and the countries, that a text names."""
    inland, abroad = _patterns()
    return frozenset(inland.findall(text)), frozenset(abroad.findall(text))


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    abroad = next(names for sign, *names in _lines() if sign == "=")
    return _any_of(_provinces()), _any_of(abroad)


def _any_of(names: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(names, key=len, reverse=True)))


@cache
def _provinces() -> dict[str, str]:
    """Each city -> its province; a province -> itself."""
    return {place: line[0] for line in _lines() if line[0] != "=" for place in line}


@cache
def _lines() -> list[list[str]]:
    """The lines of the gazetteer (rag/places.txt): a province and its cities, or = and countries."""
    lines = Path(__file__).with_name("places.txt").read_text(encoding="utf-8").splitlines()
    return [line.split() for line in lines if not line.startswith("#")]


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
