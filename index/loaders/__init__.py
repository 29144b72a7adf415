"""Files in, raw text out: one small module a format, one line each in ``_LOADERS``."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from index.errors import UnreadableDocument
from index.loaders.csv import load_csv
from index.loaders.docx import load_docx
from index.loaders.html import load_html
from index.loaders.image import load_image
from index.loaders.kinds import ADVICE, check_kind
from index.loaders.limits import check_file, check_text
from index.loaders.markdown import load_markdown
from index.loaders.mhtml import load_mhtml
from index.loaders.pdf import load_pdf
from index.loaders.raw import RawDocument
from index.loaders.text import load_text
from index.loaders.xlsx import load_xlsx

logger = logging.getLogger(__name__)

_LOADERS: Final[dict[str, Callable[[Path], RawDocument]]] = {
    ".txt": load_text,
    ".md": load_markdown,
    ".docx": load_docx,
    ".html": load_html,
    ".htm": load_html,
    ".mhtml": load_mhtml,
    ".mht": load_mhtml,
    ".xlsx": load_xlsx,
    ".xlsm": load_xlsx,
    ".csv": load_csv,
    ".tsv": load_csv,
    ".pdf": load_pdf,
    ".png": load_image,
    ".jpg": load_image,
    ".jpeg": load_image,
    ".tif": load_image,
    ".tiff": load_image,
    ".bmp": load_image,
    ".webp": load_image,
}

SUFFIXES: Final = frozenset(_LOADERS)
"""The file endings that can be read, in lower case."""
SCANNED: Final = frozenset(
    suffix for suffix, loader in _LOADERS.items() if loader in (load_docx, load_image, load_pdf)
)
"""Those of files that may have to be recognised, which takes long."""
KNOWN: Final = SUFFIXES | ADVICE.keys()
"""The endings of documents, readable or not: a file with another one is none and needs no mention."""

_OWNER_FILE: Final = ("~$", ".~")
"""How the names of the files begin that Office and WPS put beside a document while it is open."""

__all__ = ["KNOWN", "SCANNED", "SUFFIXES", "RawDocument", "is_document", "load"]


def is_document(path: Path) -> bool:
    """Tell by its name whether a file is a document, one that can be read or one to be reported."""
    return path.suffix.lower() in KNOWN and not path.name.startswith(_OWNER_FILE)


def load(path: Path) -> RawDocument:
    """Read a file.

    :raises UnreadableDocument: if the kind of file can't be read, the content isn't what the ending
        says, is damaged or larger than the limits, or there is not a word in it.
    """
    check_file(path)
    check_kind(path, SUFFIXES)
    try:
        document = _LOADERS[path.suffix.lower()](path)
    except (UnreadableDocument, MemoryError):
        raise
    # A damaged file makes the libraries raise anything at all; whatever it is, the file can't be read.
    except Exception as error:
        logger.debug("%s: cannot be read", path, exc_info=True)
        raise UnreadableDocument(
            f"{path}: the file is damaged ({_reason(error)}); get it again, or save it anew with its program"
        ) from error
    check_text(path, document.text)
    if not re.search(r"\w", document.text):
        raise UnreadableDocument(f"{path}: the file is empty; remove it or put its text in")
    return document


def _reason(error: Exception) -> str:
    """What a library said, in one short line."""
    said = " ".join(str(error).split())[:120]
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
