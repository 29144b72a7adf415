"""Pictures of documents: PNG, JPEG, TIFF (a page a frame), BMP, WebP, read by OCR."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, ImageSequence

from index.errors import UnreadableDocument
from index.loaders.furniture import Page
from index.loaders.limits import check_file
from index.loaders.ocr import read_picture
from index.loaders.pages import document_of
from index.loaders.raw import Properties, RawDocument

MOST_PIXELS: Final = 80_000_000
"""Pixels of a picture: a newspaper page scanned at 300 to the inch has 35 million."""
MOST_FRAMES: Final = 500
"""Pages of a TIFF file."""

_SMALL: Final = 100_000  # pixels of a picture within a document: some lines of print take more
_ENOUGH: Final = 180  # pixels to the inch; finer scans are made coarser, which is as well read and sooner
_FINE: Final = 250


def load_image(path: Path) -> RawDocument:
    """Read a picture of text.

    :raises UnreadableDocument: if it is damaged or too large, or OCR is not installed.
    """
    check_file(path)
    return read_image(path, path)


def read_image(path: Path, content: Path | IO[bytes]) -> RawDocument:
    """Read a picture that is a file, or is in one."""
    pages = []
    for number, picture in enumerate(_pictures(path, content), 1):
        read = read_picture(picture, path)
        pages.append(Page(number, read.width, read.height, read.fragments))
    return document_of(pages, Properties())


def _pictures(path: Path, content: Path | IO[bytes]) -> Iterator[NDArray[np.uint8]]:
    """The frames of a picture, upright, as OCR takes them."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(content)
        with picture:
            frames = getattr(picture, "n_frames", 1) if picture.format == "TIFF" else 1
            if frames > MOST_FRAMES:
                raise UnreadableDocument(
                    f"{path}: {frames:,} pages are more than the {MOST_FRAMES:,} that are read; split the file"
                )
            for _, frame in zip(range(frames), ImageSequence.Iterator(picture), strict=False):
                _check_size(path, frame.width * frame.height)
                yield _prepared(frame)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise _too_large(path) from error
    except UnreadableDocument:
        raise
    # Files may be damaged in any way, and each of Pillow's formats has its own words for that.
    except Exception as error:
        raise _damaged(path) from error


def is_small(path: Path, content: IO[bytes]) -> bool:
    """Whether a picture within a document is too small for a text: a seal, a sign, an ornament.

    :raises UnreadableDocument: if it can't be opened.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # told when it is read
            width, height = Image.open(content).size
    except Exception as error:  # as in `_pictures`
        raise _damaged(path) from error
    return width * height < _SMALL


def _check_size(path: Path, pixels: int) -> None:
    if pixels > MOST_PIXELS:
        raise _too_large(path)


def _damaged(path: Path) -> UnreadableDocument:
    return UnreadableDocument(
        f"{path}: the picture is damaged or of an unknown kind; save it again as PNG, or remove it"
    )


def _too_large(path: Path) -> UnreadableDocument:
    return UnreadableDocument(
        f"{path}: the picture has more than the {MOST_PIXELS:,} pixels that are read; make it smaller"
    )


def _prepared(frame: Image.Image) -> NDArray[np.uint8]:
    upright = ImageOps.exif_transpose(frame) or frame
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        upright = upright.convert("RGBA")
        white = Image.new("RGBA", upright.size, "white")
        upright = Image.alpha_composite(white, upright)
    upright = upright.convert("RGB")
    fineness = float(max(frame.info.get("dpi", (0,))))
    if fineness > _FINE:
        upright = upright.reduce(max(1, round(fineness / _ENOUGH)))
    return np.ascontiguousarray(np.asarray(upright)[:, :, ::-1])
