"""Plain text in UTF-8, UTF-16, GB18030 or Big5."""

from __future__ import annotations

import logging
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from charset_normalizer import from_bytes

from index.errors import UnreadableDocument
from index.loaders.limits import read_bytes
from index.loaders.raw import RawDocument

logger = logging.getLogger(__name__)

TRADITIONAL: Final = ("cp950", "big5hkscs")
"""Big5 as it is used: with the characters of Windows and ETEN (恒, 裏), or of Hong Kong."""

_CHINESE: Final = ("gb18030", *TRADITIONAL)
_WIDE: Final = ("utf_16_le", "utf_16_be")
_TELLING: Final = (
    24  # bytes; the encodings of fewer can't be told apart (2 in 100 wrong at 16, none in 1200 at 24)
)


def load_text(path: Path) -> RawDocument:
    """Read a text file; an encoding other than UTF-8 is detected and logged.

    :raises UnreadableDocument: if the file can't be opened, is too large or is no text.
    """
    return RawDocument(*decode(path, read_bytes(path)))


def decode(path: Path, data: bytes) -> tuple[str, str]:
    """The text that a file's bytes are, and their encoding.

    :raises UnreadableDocument: if they are no text.
    """
    for encoding in _candidates(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            if encoding != "utf_8":
                logger.info("%s: read as %s", path, encoding)
            return text.removeprefix("\ufeff"), encoding
    raise UnreadableDocument(
        f"{path}: not a text file in UTF-8, UTF-16 or GB18030; save it as UTF-8 text, or remove it"
    )


def _candidates(data: bytes) -> Iterator[str]:
    """The encodings to try: what is certain first, then what charset-normalizer tells."""
    yield "utf_8"
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        yield "utf_16"
    if len(data) < _TELLING:
        return
    # A line's end or a digit holds a zero byte in UTF-16, and never in the Chinese encodings.
    for family in (_WIDE,) if b"\0" in data else (_CHINESE, _WIDE):
        matches = from_bytes(data, cp_isolation=list(family))
        # Between equals the first of the family: simplified text is the likelier.
        yield from (
            m.encoding
            for m in sorted(matches, key=lambda m: (m.chaos, -m.coherence, family.index(m.encoding)))[:1]
        )
