"""Paragraphs, headings and rows put together to a raw text, one a line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from index.loaders.raw import Properties, RawDocument
from index.normalize import HEADING_MARK

# A line's end between two Latin words is a space, between Chinese characters nothing.
_BREAK: Final = re.compile(r"(?<=[!-~])\s*\n\s*(?=[!-~])")
_SHORT: Final = 40  # characters, as of the headings that are known by their looks
_OPEN_OR_DONE: Final = tuple("。;；,，:：!！?？")


_RAISED: Final = dict(zip("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ", strict=True))
_LOWERED: Final = dict(zip("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎", strict=True))


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph, a table's row or a heading, as the format marks it.

    ``row`` is that of the table, from 0; ``doubts`` are the spans that were read without certainty.
    """

    text: str
    heading: bool = False
    row: int = 0
    doubts: tuple[tuple[int, int], ...] = ()


def joined(text: str) -> str:
    """The text in one line, as a reader takes line ends inside a paragraph."""
    if "\n" in text:
        text = re.sub(r"\s*\n\s*", "", _BREAK.sub(" ", text))
    return " ".join(text.split())


def raised(text: str) -> str:
    """What is set above the line, as characters that are so by themselves: 10⁴ is not 104."""
    return "".join(map(_RAISED.__getitem__, text)) if _RAISED.keys() >= set(text) else text


def lowered(text: str) -> str:
    """What is set below the line, in the same way: CO₂."""
    return "".join(map(_LOWERED.__getitem__, text)) if _LOWERED.keys() >= set(text) else text


def document(lines: Iterable[Line], properties: Properties, encoding: str = "utf_8") -> RawDocument:
    """Put lines together; empty ones are left out.

    Where the format marks some headings, those that only their 一、 or 第三条 shows are marked too;
    where it marks none, all are left to be known by their looks.
    """
    kept = [line for line in map(_cleaned, lines) if line.text]
    marked = any(line.heading for line in kept)
    headings: list[tuple[int, int]] = []
    doubtful: list[tuple[int, int]] = []
    at = 0
    for line in kept:
        if line.heading or (marked and _looks_like_heading(line.text)):
            headings.append((at, at + len(line.text)))
        doubtful += [(at + start, at + end) for start, end in line.doubts]
        at += len(line.text) + 1
    return RawDocument(
        text="\n".join(line.text for line in kept),
        encoding=encoding,
        doubtful=tuple(doubtful),
        headings=tuple(headings),
        laid_out=True,
        properties=properties,
    )


def lines_of(read: RawDocument) -> Iterator[Line]:
    """The lines of a document that is part of another."""
    starts = {start for start, _ in read.headings}
    at = 0
    for text in read.text.split("\n"):
        end = at + len(text)
        doubts = tuple(
            (max(start, at) - at, min(stop, end) - at)
            for start, stop in read.doubtful
            if start < end and stop > at
        )
        yield Line(text, at in starts, doubts=doubts)
        at = end + 1


def _cleaned(line: Line) -> Line:
    """The line with single spaces; where these move what is doubtful, all of it is."""
    text = " ".join(line.text.split())
    return replace(
        line, text=text, doubts=line.doubts if text == line.text else ((0, len(text)),) * bool(line.doubts)
    )


def _looks_like_heading(text: str) -> bool:
    # 1. may be an item of a list just as well
    marked = HEADING_MARK.match(text) is not None and not text[0].isdigit()
    return marked and len(text) <= _SHORT and not text.endswith(_OPEN_OR_DONE)
