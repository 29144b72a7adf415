"""Where a question's words stand in a text, other ways of writing them included."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import cn2an

from index import tokenize

_NUMERAL: Final = re.compile(r"[零〇一二两三四五六七八九十百千万]+")
_PART: Final = 0.7
"""What a word's parts count together where the word itself does not stand."""


def occurrences(word: str, folded: str) -> list[tuple[int, float]]:
    """Where a word stands in a folded text, as (offset, share of the word found: 1 for the whole).

    Chinese numerals match Arabic ones (五百强, 500强). Where the word doesn't stand as a whole, its
    parts count, each for its length.
    """
    for form in spellings(word):
        if places := [(at, 1.0) for at in _find_all(folded, form)]:
            return places
    parts = _parts(word)
    length = sum(map(len, parts))
    return [(at, _PART * len(part) / length) for part in parts for at in _find_all(folded, part)]


@lru_cache(maxsize=8192)
def spellings(word: str) -> tuple[str, ...]:
    """The word, and the word with its numerals as digits."""
    numeral = _NUMERAL.search(word)
    if numeral is None or len(word) == len(numeral[0]) == 1:
        return (word,)
    try:
        number = cn2an.cn2an(numeral[0].replace("〇", "零"), "normal")
    except ValueError:
        return (word,)
    return word, f"{word[: numeral.start()]}{number:g}{word[numeral.end() :]}"


@lru_cache(maxsize=8192)
def _parts(word: str) -> tuple[str, ...]:
    return tuple(part for part in tokenize(word) if part != word and len(part) > 1)


def _find_all(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + len(word))
