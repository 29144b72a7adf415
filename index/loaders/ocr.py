"""The text of pictures, read by RapidOCR, which comes with the extra ``zhengwen[ocr]``, models included."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median
from threading import Lock
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from index.errors import UnreadableDocument
from index.loaders.columns import Fragment

DOUBTFUL: Final = 0.9
"""A character that was read with less confidence is doubtful.

Measured on two of the seeds, printed, scanned at 72 to 115 dots to the inch, blurred and pressed as
JPEG: below it are 172 of 186 characters that were read wrongly, all 14 digits among them, and 250 of
1,455 that were right; at 72 dots without a blur, 17 of 18 and 29 of 603.
"""

_LONGEST_SIDE: Final = 3200  # pixels; a larger picture is made smaller: finding its lines takes memory
_TEXT: Final = 0.5  # confidence of a line; what is below is hardly text
_ALIKE: Final = 0.2  # lines are measured to a pixel or two: heights so near to the usual one are that one
_LEVEL: Final = 0.8  # mean confidence: what is read surely stands upright (0.99; upside down 0.67)
_TALL: Final = 1.5  # times as high as wide: a line on its side
_IN_FIGURES: Final = ".%％‰-－+±"
_ONE_AT_A_TIME: Final = Lock()  # the engine keeps the options of a call in itself


@dataclass(frozen=True, slots=True)
class Recognised:
    """The lines that a picture shows, and its size with them level."""

    fragments: list[Fragment]
    width: float
    height: float


def read_picture(picture: NDArray[np.uint8], path: Path, scale: float = 1.0) -> Recognised:
    """Read the lines of a picture (height, width, BGR) from a file; places are pixels divided by ``scale``.

    A page that was scanned on its side or upside down is turned: its lines are level then, and more of
    them can be read.

    :raises UnreadableDocument: if the extra is not installed.
    """
    engine = _engine(path)
    found, turn = _found(engine, picture), 0
    if found.txts is not None:
        on_its_side = sum(map(_is_tall, found.boxes)) * 2 > len(found.boxes)
        turns = (1, 3) if on_its_side else (2,) if float(np.mean(found.scores)) < _LEVEL else ()
        others = [(_found(engine, np.ascontiguousarray(np.rot90(picture, turn))), turn) for turn in turns]
        found, turn = max([(found, 0), *others], key=lambda each: _sureness(each[0]))
    height, width = (side / scale for side in np.rot90(picture, turn).shape[:2])
    return Recognised(_fragments(found, scale), width, height)


def _found(engine: Any, picture: NDArray[np.uint8]) -> Any:
    # It would turn each line by itself if asked to (use_cls), and leave them in the wrong order.
    with _ONE_AT_A_TIME:
        return engine(
            picture, use_cls=False, return_word_box=True, return_single_char_box=True, text_score=_TEXT
        )


def _is_tall(box: NDArray[np.float32]) -> bool:
    return bool(np.ptp(box[:, 1]) > _TALL * np.ptp(box[:, 0]))


def _sureness(found: Any) -> float:
    """How much was read, and how surely; lines that stand upright in a picture count as little as none."""
    if found.txts is None:
        return 0.0
    level = (
        len(text) * float(score)
        for text, score, box in zip(found.txts, found.scores, found.boxes, strict=True)
        if not _is_tall(box)
    )
    return sum(level)


def _fragments(found: Any, scale: float) -> list[Fragment]:
    if found.txts is None:
        return []
    boxes = np.asarray(found.boxes, np.float64) / scale
    characters = (
        found.word_results if len(found.word_results) == len(found.txts) else [()] * len(found.txts)
    )
    heights = [min(np.ptp(box[:, 0]), np.ptp(box[:, 1])) for box in boxes]
    usual = float(median(heights))
    return [
        Fragment(
            text=text,
            left=float(box[:, 0].min()),
            top=float(box[:, 1].min()),
            right=float(box[:, 0].max()),
            bottom=float(box[:, 1].max()),
            size=usual if abs(height / usual - 1) <= _ALIKE else float(height),
            doubts=tuple(_doubts(text, [confidence for _, confidence, _ in each], line)),
        )
        for box, height, text, each, line in zip(
            boxes, heights, found.txts, characters, found.scores, strict=True
        )
    ]


def read_line(picture: NDArray[np.uint8], path: Path) -> list[tuple[str, bool]]:
    """Read the characters of a picture of one line, each with whether it is doubtful.

    :raises UnreadableDocument: if the extra is not installed.
    """
    engine = _engine(path)
    with _ONE_AT_A_TIME:
        found = engine(
            picture,
            use_det=False,
            use_cls=False,
            use_rec=True,
            return_word_box=True,
            return_single_char_box=True,
        )
    if not found.txts:
        return []
    text, score, words = found.txts[0], found.scores[0], found.word_results[0]
    spans = list(_doubts(text, words.confs if words else (), score))
    return [
        (character, any(start <= at < end for start, end in spans))
        for at, character in enumerate(text)
        if not character.isspace()
    ]


@cache
def _load() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(params={"Global.log_level": "critical", "Global.max_side_len": _LONGEST_SIDE})


def _engine(path: Path) -> Any:
    try:
        return _load()
    except ImportError as error:
        raise UnreadableDocument(
            f"{path}: a scan or picture, which needs OCR; install it with: pip install 'zhengwen[ocr]'"
        ) from error


def _doubts(text: str, confidences: Sequence[float], line: float) -> Iterator[tuple[int, int]]:
    """The spans of characters below the threshold; without a value for each, that of the line counts.

    Of marks only those count that figures hold: a wide comma is never told from a narrow one.
    """
    places = [at for at, character in enumerate(text) if not character.isspace()]
    if len(places) != len(confidences):
        if line < DOUBTFUL:
            yield 0, len(text)
        return
    start: int | None = None
    for at, confidence in [*zip(places, confidences, strict=True), (len(text), 1.0)]:
        doubtful = confidence < DOUBTFUL and (text[at].isalnum() or text[at] in _IN_FIGURES)
        if doubtful and start is None:
            start = at
        elif not doubtful and start is not None:
            yield start, at
            start = None
