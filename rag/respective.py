"""Which of several figures is whose: 城镇、农村居民收入分别为39728元和23126元."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

from rag.question import Question
from rag.reading import Reading

_AND: Final = re.compile(r" ?(?:、|和|与|及|以及) ?")
_CLAUSE_END: Final = re.compile(r"[,;:。!?\n]")
_SPARE: Final = 1  # characters by which a member may be longer than those it stands with


def is_of_another(question: Question, reading: Reading, start: int) -> bool | None:
    """Whether the figure that begins at an offset belongs to another member of a list than the one asked about.

    As many members stand before it as figures with it, and the question names one member better than
    the others. None where the figure is in no such list.
    """
    owners = _owners(reading).get(start)
    if owners is None:
        return None
    number, members = owners
    asked = _grams(" ".join((*question.words, *question.carried)))
    named = [len(asked & _grams(member)) for member in members]
    best = max(named)
    return named.count(best) == 1 and named[number] < best


def _grams(text: str) -> set[str]:
    """The characters of a text and their pairs: 锂电池 has more of 锂离子蓄电池 than of 太阳能电池."""
    return {*text, *map("".join, pairwise(text))} - {" "}


@lru_cache(maxsize=4096)
def _owners(reading: Reading) -> dict[int, tuple[int, tuple[str, ...]]]:
    """Where a figure begins -> its place among those it is listed with, and the members they belong to."""
    found: dict[int, tuple[int, tuple[str, ...]]] = {}
    for low, run in _runs(reading):
        members = _members(reading.folded[low : run[0]], len(run))
        if members:
            found |= {start: (number, members) for number, start in enumerate(run)}
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


def _members(before: str, count: int) -> tuple[str, ...]:
    """The list of so many members that stands last in a text, cut to what tells them apart; () if there is none."""
    for clause in reversed(_CLAUSE_END.split(before)):
        members = _AND.split(clause)
        if len(members) == count:
            return _cut(members)
    return ()


def _cut(members: Sequence[str]) -> tuple[str, ...]:
    """What stands before the first member and after the last is no part of them."""
    first, *between, last = members
    length = _SPARE + (max(map(len, between)) if between else min(len(first), len(last)))
    return first[-length:], *between, last[:length]
