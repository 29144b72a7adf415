"""Paragraphs, headings and rows put together to a raw text, one a line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from index.loaders.raw import Properties, RawDocument
from index.normalize import HEADING_MARK

# A line's end between two Latin words is a space, between Chinese characters nothing.
_BREAK: Final = re.compile(r"(?<=[!-~])\s*\n\s*(?=[!-~])")
_SHORT: Final = 40  # characters, as of the headings that are known by their looks
_OPEN_OR_DONE: Final = tuple("。;；,，:：!！?？")


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph, a table's row or a heading, as the format marks it; ``row`` is that of the table, from 0."""

    text: str
    heading: bool = False
    row: int = 0


def joined(text: str) -> str:
    """The text in one line, as a reader takes line ends inside a paragraph."""
    if "\n" in text:
        text = re.sub(r"\s*\n\s*", "", _BREAK.sub(" ", text))
    return " ".join(text.split())


def document(lines: Iterable[Line], properties: Properties, encoding: str = "utf_8") -> RawDocument:
    """Put lines together; empty ones are left out.

    Where the format marks some headings, those that only their 一、 or 第三条 shows are marked too;
    where it marks none, all are left to be known by their looks.
    """
    cleaned = [Line(" ".join(line.text.split()), line.heading) for line in lines]
    kept = [line for line in cleaned if line.text]
    marked = any(line.heading for line in kept)
    headings: list[tuple[int, int]] = []
    at = 0
    for line in kept:
        if line.heading or (marked and _looks_like_heading(line.text)):
            headings.append((at, at + len(line.text)))
        at += len(line.text) + 1
    text = "\n".join(line.text for line in kept)
    return RawDocument(text, encoding, headings=tuple(headings), laid_out=True, properties=properties)


def _looks_like_heading(text: str) -> bool:
    # 1. may be an item of a list just as well
    marked = HEADING_MARK.match(text) is not None and not text[0].isdigit()
    return marked and len(text) <= _SHORT and not text.endswith(_OPEN_OR_DONE)
