"""Characters of which a PDF doesn't tell what they are, read by OCR where they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from index.loaders.glyphs import ASCENT, HOLE, Glyph

_BESIDE: Final = 0.15  # of the type's size: holes no further apart are read together
_LEVEL: Final = 0.1  # of the type's size
_ROOM: Final = 0.1  # of the type's size: how much more than their boxes is looked at, above and below
_EDGE: Final = 10  # white pixels around them, as there are around a line

Read = Sequence[tuple[str, bool]]
"""Characters, each with whether it is doubtful."""


def filled(
    glyphs: Sequence[Glyph],
    picture: NDArray[np.uint8],
    scale: float,
    read: Callable[[NDArray[np.uint8]], Read],
) -> list[Glyph]:
    """The characters with those read that the file doesn't tell; what can't be read stays a `HOLE`.

    ``picture`` shows the page with their lines level, ``scale`` pixels a point. Where more or fewer
    are read than are missing, all of them are doubtful.
    """
    known = [glyph for glyph in glyphs if glyph.text != HOLE]
    for run in _runs(glyph for glyph in glyphs if glyph.text == HOLE):
        shown = _cut(run, picture, scale)
        if shown.size == 0 or shown.min() == shown.max():  # a space
            known.append(replace(run[0], text=" ", right=run[-1].right))
            continue
        found = read(np.pad(shown, ((_EDGE, _EDGE), (_EDGE, _EDGE), (0, 0)), constant_values=255))
        if len(found) == len(run):
            known += [
                replace(glyph, text=character, doubtful=doubtful)
                for glyph, (character, doubtful) in zip(run, found, strict=True)
            ]
        elif found:
            text = "".join(character for character, _ in found)
            known.append(replace(run[0], text=text, right=run[-1].right, doubtful=True))
        else:
            known += run
    return known


def _runs(holes: Iterable[Glyph]) -> Iterator[list[Glyph]]:
    """The holes that stand side by side."""
    run: list[Glyph] = []
    for glyph in sorted(holes, key=lambda glyph: (round(glyph.foot), glyph.left)):
        size = glyph.type.size
        if run and not (
            abs(glyph.foot - run[-1].foot) <= size * _LEVEL
            and abs(glyph.left - run[-1].right) <= size * _BESIDE
        ):
            yield run
            run = []
        run.append(glyph)
    if run:
        yield run


def _cut(run: Sequence[Glyph], picture: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    """The piece of the picture that shows some characters of a line."""
    size = max(glyph.type.size for glyph in run)
    top, bottom = run[0].foot - size * (ASCENT + _ROOM), run[0].foot + size * (1 - ASCENT + _ROOM)
    rows, columns = (
        slice(max(0, int(start * scale)), max(0, int(end * scale) + 1))
        for start, end in ((top, bottom), (run[0].left, run[-1].right))
    )
    return picture[rows, columns]
