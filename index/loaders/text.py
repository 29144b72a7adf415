"""Plain text and Markdown, in UTF-8, UTF-16 or GB18030."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

from charset_normalizer import from_bytes

from index.errors import UnreadableDocument
from index.loaders.raw import RawDocument

logger = logging.getLogger(__name__)

_ENCODINGS: Final = ["utf_8", "utf_16", "utf_16_le", "utf_16_be", "gb18030", "big5"]
_SAMPLE: Final = 20_000  # bytes looked at to tell an encoding


def load_text(path: Path) -> RawDocument:
    """Read a text file; an encoding other than UTF-8 is detected and logged.

    :raises UnreadableDocument: if the file can't be opened, is empty or is no text.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableDocument(
            f"{path}: cannot be opened ({error.strerror}); check the file and its rights"
        ) from error
    raw = _decode(path, data)
    if not raw.text.strip("\ufeff \t\r\n\u3000"):
        raise UnreadableDocument(f"{path}: the file is empty; remove it or put its text in")
    return raw


def _decode(path: Path, data: bytes) -> RawDocument:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    else:
        if "\0" not in text:
            return RawDocument(text, "utf_8")
    match = from_bytes(data[:_SAMPLE], cp_isolation=_ENCODINGS).best()
    if match is not None:
        try:
            text = data.decode(match.encoding).removeprefix("\ufeff")
        except UnicodeDecodeError:
            text = "\0"
        if "\0" not in text:
            logger.info("%s: read as %s", path, match.encoding)
            return RawDocument(text, match.encoding)
    raise UnreadableDocument(
        f"{path}: not a text file in UTF-8, UTF-16 or GB18030; save it as UTF-8 text, or remove it"
    )
