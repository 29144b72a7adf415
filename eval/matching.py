"""Whether an answer says what was expected.

Compared is the text folded, without citation marks, white space and thousands separators. A match
never cuts a number: 7个 is not in 47个, 8.1% not in 18.1%, 三家 not in 十三家.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from eval.gold import GoldItem
from rag import fold, without_dates

MARK = re.compile(r"\[\d+\]")
_NUMBER = re.compile(r"\d+(?:\.\d+)*|[零〇一二两三四五六七八九十百千万亿]+")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_SPACE = re.compile(r"(?<!\d) | (?!\d)")
_FIGURE = re.compile(r"\d+(?:\.\d+)*%?")


@dataclass(frozen=True, slots=True)
class Verdict:
    """``right``: says what is expected and nothing known to be wrong; ``wrong``: says such a thing."""

    right: bool
    wrong: bool


def judge(item: GoldItem, answer: str) -> Verdict:
    """Judge the answer to an answerable question."""
    text = plain(answer)
    found = [_places(item.wordings(expected), text) for expected in item.answers]
    enough = all(found) if item.all_required else any(found)
    right = [place for places in found for place in places]
    wrong = any(
        not any(start <= place[0] and place[1] <= end for start, end in right)
        for place in _places(item.wrong_answers, text)
    )
    return Verdict(right=enough and not wrong, wrong=wrong)


def unsupported_figures(answer: str, sources: Iterable[str]) -> list[str]:
    """The figures of an answer, dates apart, that none of the sources has, in order."""
    known = {
        figure
        for source in sources
        for text in (source, without_dates(source))
        for figure in _FIGURE.findall(plain(text))
    }
    return [figure for figure in _FIGURE.findall(plain(without_dates(answer))) if figure not in known]


def plain(text: str) -> str:
    """The text as it is compared; one space stays between two digits, which are two numbers."""
    text = " ".join(MARK.sub("", fold(text)).split())
    return _THOUSANDS.sub("", _SPACE.sub("", text))


def _places(wordings: Iterable[str], text: str) -> list[tuple[int, int]]:
    """Where one of the wordings stands in the plain text, as start and end, cutting no number."""
    return [place for wording in wordings for place in _occurrences(plain(wording), text)]


def _occurrences(key: str, text: str) -> Iterator[tuple[int, int]]:
    inside = {
        place for number in _NUMBER.finditer(text) for place in range(number.start() + 1, number.end())
    }
    start = text.find(key) if key else -1
    while start != -1:
        end = start + len(key)
        if start not in inside and end not in inside:
            yield start, end
        start = text.find(key, start + 1)
