"""Where sentences end in Chinese text."""

from __future__ import annotations

import re
from typing import Final

_END: Final = re.compile(r"[。!?！？]+|…+|\n")
_CLOSING: Final = "”’」』》)）】"


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Split ``text[start:end]`` into sentences, as (start, end) without surrounding white space.

    A sentence ends after 。！？…, with the quotation marks that close it, and at a line's end.
    """
    stop = len(text) if end is None else end
    spans: list[tuple[int, int]] = []
    begin = start
    for mark in _END.finditer(text, start, stop):
        cut = mark.end()
        while cut < stop and (text[cut] in _CLOSING or (text[cut] in "\"'" and _closes(text, begin, cut))):
            cut += 1
        spans.append(trim(text, begin, cut))
        begin = cut
    spans.append(trim(text, begin, stop))
    return [(begin, end) for begin, end in spans if begin < end]


def trim(text: str, begin: int, end: int) -> tuple[int, int]:
    """Leave out the white space at both ends of ``text[begin:end]``."""
    while begin < end and text[begin].isspace():
        begin += 1
    while end > begin and text[end - 1].isspace():
        end -= 1
    return begin, end


def _closes(text: str, begin: int, at: int) -> bool:
    """Whether the straight quote at ``at`` closes one opened since ``begin``'s paragraph began."""
    paragraph = text.rfind("\n", 0, begin) + 1
    return text.count(text[at], paragraph, at) % 2 == 1
