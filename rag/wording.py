"""Where a question's words stand in a text, other ways of saying them included."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

import cn2an

from index import fold, tokenize

Occurrences = Callable[[str, str], list[tuple[int, float]]]

_NUMERAL: Final = re.compile(r"[零〇一二两三四五六七八九十百千万]+")
_PLACE: Final = re.compile(r"[\u3400-\u9fff]{2,}[省市区县]")
_FIRM: Final = re.compile(r"(.{2,}?)(?:(?:股份)?有限)?(?:责任)?(?:公司|集团)")
_IDEOGRAPHS: Final = re.compile(r"[\u3400-\u9fff]{2,4}")
_ALIKE: Final = 0.7
"""What another word of the same meaning counts."""
_PART: Final = 0.7
"""What a word's parts count together where the word itself does not stand."""
_INITIALS: Final = 0.8
"""What the long form of a short one (国高企, 国家高新技术企业) counts."""


def occurrences(
    word: str, folded: str, thesaurus: Mapping[str, Sequence[str]] | None = None
) -> list[tuple[int, float]]:
    """Where a word stands in a folded text, as (offset, share of the word found: 1 for the whole).

    Chinese numerals match Arabic ones (五百强, 500强). Where the word doesn't stand as a whole, the
    long form it abbreviates, words of the same meaning and its parts count, each less.

    :param thesaurus: a word -> those of the same meaning; by default `synonyms`.
    """
    alike = synonyms() if thesaurus is None else thesaurus
    for form in spellings(word):
        if places := [(at, 1.0) for at in _find_all(folded, form)]:
            return places
    if places := [(at, _INITIALS) for at in _long_forms(word, folded)]:
        return places
    places = [(at, _ALIKE) for other in alike.get(word, ()) for at in _find_all(folded, other)]
    parts = _parts(word)
    length = sum(map(len, parts))
    return places + [(at, _PART * len(part) / length) for part in parts for at in _find_all(folded, part)]


@lru_cache(maxsize=8192)
def spellings(word: str) -> tuple[str, ...]:
    """The word, with its numerals as digits, a place without its rank (滨江区), a firm without its form (搜狐公司)."""
    forms = [word]
    numeral = _NUMERAL.search(word)
    if numeral is not None and not len(word) == len(numeral[0]) == 1:
        try:
            number = cn2an.cn2an(numeral[0].replace("〇", "零"), "normal")
        except (ValueError, KeyError):
            pass
        else:
            forms.append(f"{word[: numeral.start()]}{number:g}{word[numeral.end() :]}")
    if _PLACE.fullmatch(word):
        forms.append(word[:-1])
    if firm := _FIRM.fullmatch(word):
        forms.append(firm[1])
    return tuple(forms)


@cache
def synonyms() -> dict[str, tuple[str, ...]]:
    """Each word of the thesaurus (rag/thesaurus.txt) -> the words it shares a line with."""
    groups: dict[str, dict[str, None]] = {}
    for line in Path(__file__).with_name("thesaurus.txt").read_text(encoding="utf-8").splitlines():
        words = [] if line.startswith("#") else fold(line).split()
        for word in words:
            groups.setdefault(word, {}).update(dict.fromkeys(other for other in words if other != word))
    return {word: tuple(others) for word, others in groups.items()}


def _long_forms(word: str, folded: str) -> Iterator[int]:
    """Where words follow each other whose first characters are those of the short form."""
    if _IDEOGRAPHS.fullmatch(word) and len(word) > 2:
        pattern = _long_form(word)
        yield from (found.start() for found in pattern.finditer(folded))


@lru_cache(maxsize=1024)
def _long_form(word: str) -> re.Pattern[str]:
    return re.compile(r"[\u3400-\u9fff]{1,3}?".join(word))


@lru_cache(maxsize=8192)
def _parts(word: str) -> tuple[str, ...]:
    return tuple(part for part in tokenize(word) if part != word and len(part) > 1)


def _find_all(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + len(word))
