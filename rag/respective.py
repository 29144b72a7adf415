"""Which of several figures is whose: 城镇、农村居民收入分别为39728元和23126元."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from rag.question import Question
from rag.reading import Reading

_AND: Final = re.compile(r" ?(?:、|和|与|及|以及) ?")
_CLAUSE_END: Final = re.compile(r"[,;:。!?\n]")
_SPARE: Final = 1  # characters by which a member may be longer than those it stands with
_LAST_SPARE: Final = 3  # by which the last may, where its length is known from those between


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a figure is: its place among those it is listed with, the members that these belong to, each cut to
    what tells it from the others, and what stands from the last member to the first figure.
    """

    number: int
    members: tuple[str, ...]
    last: str


def is_of_another(question: Question, owner: Owner) -> bool:
    """Whether a figure belongs to another member of a list than the one that a question names best."""
    # What follows the last member is told of all of them: 产值 in 甲、乙产值.
    words = (word for word in (*question.words, *question.carried) if owner.last.find(word) <= 0)
    asked = _grams(" ".join(words))
    named = [len(asked & _grams(member)) for member in owner.members]
    best = max(named)
    return named.count(best) == 1 and named[owner.number] < best


def _grams(text: str) -> set[str]:
    """The characters of a text and their pairs: 锂电池 has more of 锂离子蓄电池 than of 太阳能电池."""
    return {*text, *map("".join, pairwise(text))} - {" "}


@lru_cache(maxsize=4096)
def owners(reading: Reading) -> dict[int, Owner]:
    """Where a figure begins -> whose it is, of those before which as many members are listed as figures."""
    found: dict[int, Owner] = {}
    for low, run in _runs(reading):
        members = _members(reading.folded[low : run[0]], len(run))
        if members:
            cut = _cut(members)
            found |= {start: Owner(number, cut, members[-1]) for number, start in enumerate(run)}
    return found


def _runs(reading: Reading) -> Iterator[tuple[int, list[int]]]:
    """Figures of one unit that nothing but 、 or 和 stands between: the sentence's start, and where they begin."""
    for low, high in reading.sentences:
        own = [dated.figure for dated in reading.figures if low <= dated.figure.start < high]
        run: list[int] = []
        for before, figure in zip([None, *own], own, strict=False):
            joined = before is not None and _AND.fullmatch(reading.folded, before.end, figure.start)
            if joined and before is not None and before.unit == figure.unit:
                run.append(figure.start)
                continue
            if len(run) > 1:
                yield low, run
            run = [figure.start]
        if len(run) > 1:
            yield low, run


def _members(before: str, count: int) -> list[str]:
    """The list of so many members that stands last in a text; none if there is none."""
    lists = (_AND.split(clause) for clause in reversed(_CLAUSE_END.split(before)))
    return next((members for members in lists if len(members) == count), [])


def _cut(members: Sequence[str]) -> tuple[str, ...]:
    """What stands before the first member and after the last is no part of them."""
    first, *between, last = members
    if not between:
        length = min(len(first), len(last)) + _SPARE
        return first[-length:], last[:length]
    length = max(map(len, between))
    return first[-length - _SPARE :], *between, last[: length + _LAST_SPARE]
