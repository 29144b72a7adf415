"""A page of a file as it looks: drawn in a process of its own, for files may be made to do harm.

Run as ``python -P index/preview.py FILE PAGE``, it writes a PNG picture; as a script, so that it starts
without all that the package needs.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import BoundedSemaphore
from typing import Final

import pypdfium2
from PIL import Image

_PICTURES: Final = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp"})
_WIDEST: Final = 1400  # pixels
_HIGHEST: Final = 2400
_MOST_PIXELS: Final = 100_000_000  # of a picture before it is made smaller
_PATIENCE: Final = 20.0  # seconds for one page
_AT_ONCE: Final = BoundedSemaphore(2)


def is_pictured(path: Path) -> bool:
    """Whether a file's pages can be drawn."""
    return path.suffix.lower() in _PICTURES | {".pdf"}


def page_image(path: Path, page: int) -> bytes | None:
    """Draw a page, counted from 1, as PNG; None if it can't be drawn."""
    if page < 1 or not is_pictured(path):
        return None
    command = [sys.executable, "-P", __file__, str(path), str(page)]
    with _AT_ONCE:
        try:
            drawn = subprocess.run(command, capture_output=True, timeout=_PATIENCE, check=False)
        except subprocess.TimeoutExpired:
            return None
    return drawn.stdout if drawn.returncode == 0 else None


def main(arguments: Sequence[str]) -> int:
    """Draw one page to standard output."""
    path, page = Path(arguments[0]), int(arguments[1])
    draw = _draw_pdf if path.suffix.lower() == ".pdf" else _draw_picture
    picture = draw(path, page - 1)
    picture.thumbnail((_WIDEST, _HIGHEST))
    picture.convert("RGB").save(sys.stdout.buffer, "PNG")
    return 0


def _draw_pdf(path: Path, number: int) -> Image.Image:
    with pypdfium2.PdfDocument(path) as document:
        page = document[number]
        width, height = page.get_size()
        picture: Image.Image = page.render(scale=min(_WIDEST / width, _HIGHEST / height)).to_pil()
        return picture


def _draw_picture(path: Path, number: int) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = _MOST_PIXELS // 2  # Pillow refuses twice as many
    picture = Image.open(path)
    picture.seek(number)
    return picture


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
