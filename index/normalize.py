"""Text made regular, in the one place that does so.

`lay_out` turns a raw file into the document's text: only white space changes, so that a quote is
what was printed. `fold` is for matching alone and keeps the length, so that offsets found in the
folded text hold in the text itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate
from typing import Final

import opencc

VERSION: Final = 2
"""Raised when the same file would come out otherwise; an index of another version is rebuilt."""

_SIMPLIFY: Final = opencc.OpenCC("t2s")
_ALIKE: Final = str.maketrans(
    "“”„‟＂‘’‛＇—–―‐‑−─﹣・•‧∙〜～", '""""' + '"' + "''''" + "--------" + "····" + "~~"
)
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))

_IDEOGRAPH: Final = r"[\u3007\u3400-\u9fff\uf900-\ufaff]"
_COLUMN_SPACE: Final = re.compile(rf"(?<={_IDEOGRAPH}) +(?={_IDEOGRAPH})")
_CLOSED: Final = re.compile(r"[。!?！？…;；:：—”\"’'」』》)）】]$")
_SENTENCE_MARK: Final = re.compile(r"[,，、;；。]")
HEADING_MARK: Final = re.compile(
    r"#{1,6} |第[一二三四五六七八九十百零\d]+[编章节条款]|[一二三四五六七八九十]{1,3}、"
    r"|[(（][一二三四五六七八九十]{1,3}[)）]|\d{1,2}[、.．](?!\d)|[A-Z] (?=[\u3400-\u9fff])|[●◆▲◎【]"
)
# List items, table rows, rules, and what stands in brackets as a whole.
_NO_HEADING: Final = re.compile(r"[|>]|[-*+•·] |[-=*_]{3,}$|[(（][^()（）]*[)）]$")
_OPEN_OR_DONE: Final = ("。", ";", "；", ",", "，", ":", "：")
_BYLINE: Final = re.compile(
    r"■|记者|通讯员|本报讯|责任编辑|编辑[:：]|来源[:：]|[\u3400-\u9fff](?: ?[\u3400-\u9fff]){1,3}(?: [\u3400-\u9fff]{1,4})+$"
)
_CAPTION: Final = re.compile(r"(?:图|摄|图片|资料照片)$")

_SHORT = 40  # characters: no heading is longer
_CAPTION_LENGTH = 60  # a picture's caption inside an article is shorter than the article's lines


class _FoldTable(dict[int, str]):
    """Each character's folded form, worked out once: width, case, quotes, traditional forms."""

    def __missing__(self, code: int) -> str:
        # Half a surrogate pair, as a broken query may hold, can't be encoded by anything further on.
        character = "\ufffd" if 0xD800 <= code <= 0xDFFF else chr(code)
        form = unicodedata.normalize("NFKC", character).lower().translate(_ALIKE)
        form = _SIMPLIFY.convert(form if len(form) == 1 else character.lower())
        self[code] = form if len(form) == 1 else character
        return self[code]


_FOLD: Final = _FoldTable()


@lru_cache(maxsize=8)  # one text is folded by many who look for one thing each
def fold(text: str) -> str:
    """Return the text for matching: half width, lower case, simplified, plain quotes; same length."""
    return text.translate(_FOLD)


@dataclass(frozen=True, slots=True)
class Layout:
    """A document's text and where its headings stand in it, as (start, end)."""

    text: str
    headings: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class _Block:
    text: str
    gap: int  # line ends before it: 1 the next line, 2 a blank line between, more: a picture
    running: bool  # part of an article's sentences rather than a heading, caption or byline
    caption: bool = False


def lay_out(raw: str, joined: bool = False) -> Layout:
    """Join the lines that newspaper columns and pictures broke; recognise headings and captions.

    A line that ends in mid-sentence goes on in the next one, unless they are ``joined`` already, one
    paragraph a line. Where a picture's caption stands between, both stay where they are: nothing is
    moved and no character but white space is lost.
    """
    blocks: list[_Block] = []
    lines = _lines(raw)
    width = _column_width(lines)
    for line, gap in lines:
        if not joined and blocks and _continues(blocks[-1], line, gap, width):
            last = blocks[-1]
            last.text = _glue(last.text, line)
            last.running = True
        else:
            blocks.append(_Block(line, gap, _is_running(line), _is_caption(blocks, line, gap)))
    return _assemble(blocks)


def follow(raw: str, laid_out: str) -> Callable[[int], int]:
    """Tell where the character at an offset of a raw text stands in the text laid out from it.

    White space, of which there may be more or less, leads to the character after it.
    """

    @cache  # most texts have nothing in them to be followed
    def tables() -> tuple[list[int], list[int]]:
        before = [0, *accumulate(_is_kept(character) for character in raw)]
        return before, [at for at, character in enumerate(laid_out) if _is_kept(character)]

    def moved(offset: int) -> int:
        before, places = tables()
        return places[before[offset]] if before[offset] < len(places) else len(laid_out)

    return moved


def _is_kept(character: str) -> bool:
    return not character.isspace() and ord(character) not in _INVISIBLE


def _lines(raw: str) -> list[tuple[str, int]]:
    """The lines that say something, each with the number of line ends before it."""
    found = []
    gap = 1
    for line in raw.translate(_INVISIBLE).replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if clean := re.sub(r"\s+", " ", line).strip():
            found.append((clean, gap))
            gap = 1
        else:
            gap += 1
    return found


def _column_width(lines: list[tuple[str, int]]) -> int | None:
    """The line length of a text wrapped at a fixed width, or None for one paragraph a line."""
    open_lines = [len(line) for line, _ in lines if not _CLOSED.search(line)]
    inner = [length for length in open_lines if length >= 12]
    if len(inner) < 5 or len(inner) * 2 < len(lines):
        return None
    width = max(set(inner), key=inner.count)
    near = sum(abs(length - width) <= 2 for length in inner)
    return width if near * 2 > len(inner) else None


def _is_running(line: str) -> bool:
    return len(line) >= _CAPTION_LENGTH or line.endswith("。") or (
        len(line) >= 20 and bool(_SENTENCE_MARK.search(line))
    )  # fmt: skip


def _is_open(block: _Block) -> bool:
    return block.running and not block.caption and not _CLOSED.search(block.text)


def _is_caption(blocks: list[_Block], line: str, gap: int) -> bool:
    interrupts = bool(blocks) and (_is_open(blocks[-1]) or (blocks[-1].caption and gap <= 2))
    return not HEADING_MARK.match(line) and len(line) < _CAPTION_LENGTH and (
        (interrupts and (gap > 2 or blocks[-1].caption)) or bool(_CAPTION.search(line))
    )  # fmt: skip


def _continues(block: _Block, line: str, gap: int, width: int | None) -> bool:
    if _CLOSED.search(block.text) or block.caption or HEADING_MARK.match(line):
        return False
    if width is not None and gap == 1:
        return len(block.text) >= width - 2
    return block.running and (gap <= 2 or len(line) >= _CAPTION_LENGTH)


def _glue(left: str, right: str) -> str:
    """Join two lines, with a space only between words of Latin script."""
    spaced = (
        right[0].isascii()
        and right[0].isalpha()
        and left[-1].isascii()
        and (left[-1].isalpha() or left[-1] in ",.;")
    )
    return f"{left} {right}" if spaced else left + right


def _is_heading(blocks: list[_Block], number: int, last_running: int) -> bool:
    block = blocks[number]
    short = len(block.text) <= _SHORT
    if block.text.endswith(_OPEN_OR_DONE):
        return False
    if short and HEADING_MARK.match(block.text):
        return True
    picture_around = (
        block.gap > 2 and number + 1 < len(blocks) and blocks[number + 1].gap > 2 and number > 0
    )
    return not (
        block.running
        or block.caption
        or picture_around
        or len(block.text) > _SHORT + 10
        or number > last_running  # nothing stands under it: a signature, a date
        or (short and _BYLINE.match(block.text))
        or _NO_HEADING.match(block.text)
    )


def _assemble(blocks: list[_Block]) -> Layout:
    parts: list[str] = []
    headings: list[tuple[int, int]] = []
    at = 0
    last_running = max((number for number, block in enumerate(blocks) if block.running), default=-1)
    for number, block in enumerate(blocks):
        text = _COLUMN_SPACE.sub("", block.text) if block.running else block.text
        if _is_heading(blocks, number, last_running):
            headings.append((at, at + len(text)))
        parts.append(text)
        at += len(text) + 1
    return Layout("\n".join(parts), tuple(headings))
