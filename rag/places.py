"""Places: which ones a question names, and whether a document is about others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from index import Document, fold

_PLACE: Final = re.compile(r"[\u3400-\u9fff]{1,4}(?:[省市区县镇]|街道|新城)")
_OWN: Final = re.compile("[本我][省市区县州镇]")


def is_place(word: str) -> bool:
    """Whether a word names a place: a province, city or country of the gazetteer, or by its last character."""
    inland, abroad = _patterns()
    return bool(inland.fullmatch(word) or abroad.fullmatch(word) or _PLACE.fullmatch(word))


def is_elsewhere(asked: str, text: str, document: Document, regions: Set[str]) -> bool:
    """Whether a passage is of none of the places that a folded question names.

    Where the document's region is known, one of the ``regions`` asked about (the words that tell the
    documents' regions apart) must stand in the passage's folded ``text``, its title or region; where it is
    not, the document must not name others of the same kind only.
    """
    named = {region for region in regions if region in asked}
    if document.region and named:
        where = text + fold(f"{document.region}\n{document.title}")
        return not any(region in where for region in named)
    return _is_of_others(document, asked)


def _is_of_others(document: Document, asked: str) -> bool:
    """Whether a document names provinces, cities or countries, but none of those that are asked about.

    One that says 本市 or 我省 need not name its own.
    """
    places = _known_in(asked)
    if not any(places):  # most questions; the document need not be looked through
        return False
    return any(map(_are_others, places, _told_in(document))) and not _OWN.search(document.text)


def _are_others(asked: Set[str], named: Set[str]) -> bool:
    """Whether places are named, but none of those asked about: a province is named by its cities as well."""
    provinces = {_provinces().get(place, place) for place in named}
    return bool(asked and named) and not asked & (named | provinces)


@lru_cache(maxsize=4096)
def _told_in(document: Document) -> tuple[frozenset[str], frozenset[str]]:
    return _known_in(fold(f"{document.title}\n{document.text}"))


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
