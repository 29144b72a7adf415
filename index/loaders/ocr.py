"""The text of pictures, read by RapidOCR, which comes with the extra ``zhengwen[ocr]``, models included."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
_IN_FIGURES: Final = ".%％‰-－+±"
_ONE_AT_A_TIME: Final = Lock()  # the engine keeps the options of a call in itself


def read_picture(picture: NDArray[np.uint8], path: Path, scale: float = 1.0) -> list[Fragment]:
    """Read the lines of a picture (height, width, BGR) from a file; boxes are pixels divided by ``scale``.

    :raises UnreadableDocument: if the extra is not installed.
    """
    engine = _engine(path)
    with _ONE_AT_A_TIME:
        found = engine(picture, return_word_box=True, return_single_char_box=True, text_score=_TEXT)
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
