"""Articles that are continued on another page: 下转第2版 and 上接第1版, put together again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from index.loaders.columns import GREAT
from index.loaders.paragraphs import CLOSED, Line, Paragraph

_PAGE: Final = r"第?\s*(?P<page>[A-Z]?\s*\d{1,3}|[一二三四五六七八九十]{1,3})\s*[版页頁]"
_TO: Final = re.compile(rf"[(（【\[▶►→\s]*(?:紧|下)转\s*{_PAGE}[)）】\]▶►→\s]*$")
_FROM: Final = re.compile(rf"[(（【\[◀◄←\s]*(?:紧|上)接\s*{_PAGE}(?:\s*《[^》]*》)?[)）】\]◀◄←\s]*")
_DIGITS: Final = "零一二三四五六七八九"


def put_together(paragraphs: Sequence[Paragraph], body: float) -> list[Paragraph]:
    """Move each continuation behind its beginning; without both ends nothing is moved.

    The marks themselves go with that, and a sentence that was cut is whole again.
    """
    together = list(paragraphs)
    for start, goes_on in _jumps(together):
        at = together.index(goes_on)
        end = _end_of_article(together, at, body)
        rest = [_without_mark(goes_on), *together[at + 1 : end]]
        del together[at:end]
        at = together.index(start)
        start.lines = _cut(start.lines, 0, len(_TO.sub("", start.raw)))
        if not start.lines and at:
            del together[at]
            at -= 1
        together[at + 1 : at + 1] = _joined(together[at], [each for each in rest if each.lines])
    return together


def _jumps(paragraphs: Sequence[Paragraph]) -> list[tuple[Paragraph, Paragraph]]:
    """The paragraphs that end with 下转 and those that begin with the 上接 that belongs to it."""
    starts = [(p, found) for p in paragraphs if (found := _TO.search(p.raw))]
    rests = [(p, found) for p in paragraphs if (found := _FROM.match(p.raw))]
    pairs = []
    for start, to in starts:
        page = start.lines[-1].page
        later = [(rest, back) for rest, back in rests if rest.lines[0].page > page]
        fitting = [
            rest
            for rest, back in later
            if _number(to["page"]) == rest.lines[0].page and _number(back["page"]) == page
        ]
        # The numbers printed may not be those of the file's pages: one of each is clear all the same.
        if not fitting and len(starts) == len(later) == 1:
            fitting = [later[0][0]]
        if len(fitting) == 1:
            pairs.append((start, fitting[0]))
    taken = [id(rest) for _, rest in pairs]
    return [(start, rest) for start, rest in pairs if taken.count(id(rest)) == 1]


def _number(page: str) -> int:
    """The number of a page: 2, A2 and 二 are 2."""
    digits = re.sub(r"\D", "", page)
    if digits:
        return int(digits)
    tens, ten, ones = page.partition("十")
    return (_DIGITS.index(tens or "一") * 10 if ten else 0) + (
        _DIGITS.index((ones if ten else tens) or "零")
    )


def _end_of_article(paragraphs: Sequence[Paragraph], start: int, body: float) -> int:
    """Where the next article begins: at the next headline larger than a heading within one."""
    for number in range(start + 1, len(paragraphs)):
        first = paragraphs[number].lines[0]
        if paragraphs[number].heading and first.size >= body * GREAT:
            return number
    return len(paragraphs)


def _without_mark(paragraph: Paragraph) -> Paragraph:
    mark = _FROM.match(paragraph.raw)
    return replace(paragraph, lines=_cut(paragraph.lines, mark.end() if mark else 0, len(paragraph.raw)))


def _joined(start: Paragraph, rest: Sequence[Paragraph]) -> Sequence[Paragraph]:
    """Give the rest of its sentence to a beginning that is cut off; return what comes after it."""
    is_open = start.lines and not CLOSED.search(start.lines[-1].text) and not start.heading
    if is_open and rest and not rest[0].heading and not rest[0].aside:
        start.lines = [*start.lines, *rest[0].lines]
        return rest[1:]
    return rest


def _cut(lines: Sequence[Line], start: int, end: int) -> list[Line]:
    """The lines with only the characters from ``start`` to ``end`` of them all together."""
    kept = []
    at = 0
    for line in lines:
        begin, stop = max(start - at, 0), min(end - at, len(line.text))
        at += len(line.text)
        if text := line.text[begin:stop].strip() if begin < stop else "":
            begin = line.text.index(text, begin)
            doubts = tuple(
                (max(a - begin, 0), min(b - begin, len(text)))
                for a, b in line.doubts
                if a < begin + len(text) and b > begin
            )
            kept.append(replace(line, text=text, doubts=doubts))
    return kept
