"""What a file is by its first bytes, and what to do with the kinds that can't be read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import BinaryIO, Final
from zipfile import BadZipFile, ZipFile

from index.errors import UnreadableDocument
from index.loaders.limits import cannot_open

_HEAD: Final = 1024  # bytes
_BLOCK: Final = 2**20
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")  # the stream's name, [MS-OFFCRYPTO] 2.3.4
_PAGE: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html)\b", re.IGNORECASE | re.DOTALL
)
_MAGIC: Final = (
    (b"%PDF-", ".pdf"),
    (b"{\\rtf", ".rtf"),
    (b"Rar!\x1a\x07", ".rar"),
    (b"7z\xbc\xaf\x27\x1c", ".7z"),
    (b"\x1f\x8b", ".gz"),
    (b"\x89PNG\r\n\x1a\n", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
)
_IN_ZIP: Final = (
    ("word/document.xml", ".docx"),
    ("xl/workbook.xml", ".xlsx"),
    ("ppt/presentation.xml", ".pptx"),
    ("OFD.xml", ".ofd"),
)
_SAME: Final = (
    frozenset([".docx", ".docm"]),
    frozenset([".xlsx", ".xlsm"]),
    frozenset([".html", ".htm"]),
    frozenset([".jpg", ".jpeg"]),
    frozenset([".doc", ".xls", ".ppt", ".wps", ".et", ".dps"]),
)

_AS_DOCX: Final = "open it with Word or WPS and save it as .docx"
_AS_XLSX: Final = "open it with Excel or WPS and save it as .xlsx"
_AS_PDF: Final = "open it and export it as PDF"
_UNPACK: Final = "unpack it and put the files in the folder"
_AS_TEXT: Final = "save its text as .txt or .html"

ADVICE: Final = {
    **dict.fromkeys((".doc", ".dot", ".docm", ".wps", ".wpt", ".rtf", ".odt", ".pages"), _AS_DOCX),
    **dict.fromkeys((".xls", ".xlsb", ".et", ".ods", ".numbers"), _AS_XLSX),
    **dict.fromkeys(
        (".ppt", ".pptx", ".pps", ".dps", ".odp", ".key", ".ofd", ".caj", ".ceb", ".xps"), _AS_PDF
    ),
    **dict.fromkeys((".djvu", ".epub", ".mobi", ".azw3", ".chm"), _AS_PDF),
    **dict.fromkeys((".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst"), _UNPACK),
    **dict.fromkeys((".eml", ".msg"), _AS_TEXT),
}
"""Kinds of documents that can't be read, by their endings, and what to do with them."""


_LOCKED: Final = "locked"
_NAMES: Final = {".doc": "an Office 97–2003 file", ".html": "a web page"}


def check_kind(path: Path, readable: frozenset[str]) -> None:
    """Refuse a file that can't be read, or that is of another kind than its ending says.

    :raises UnreadableDocument: saying what the file is and what to do.
    """
    suffix = path.suffix.lower()
    if suffix not in readable and suffix not in ADVICE:
        raise UnreadableDocument(
            f"{path}: files ending in {path.suffix!r} can't be read; use {', '.join(sorted(readable))}"
        )
    kind = _kind(path)
    if kind == _LOCKED:
        raise UnreadableDocument(
            f"{path}: the file is protected with a password; open it with the password and save it without"
        )
    if kind is not None and kind != suffix and not any({kind, suffix} <= same for same in _SAME):
        named = _NAMES.get(kind, f"a {kind} file")
        told = f"{path}: not what its ending says but {named}"
        to_do = f"give it the ending {kind}" if kind in readable else _advice(kind, suffix)
        raise UnreadableDocument(f"{told}; {to_do}")
    if suffix in ADVICE:
        raise UnreadableDocument(f"{path}: files ending in {path.suffix!r} can't be read; {ADVICE[suffix]}")


def _advice(kind: str, suffix: str) -> str:
    if kind == ".doc" and suffix.startswith(".xls"):  # old Word and Excel files begin alike
        return _AS_XLSX
    return ADVICE.get(kind, _AS_PDF)


def _kind(path: Path) -> str | None:
    """The ending that a file's first bytes tell; None where they tell nothing."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
            if head.startswith(_OLE):
                return _LOCKED if _is_in(file, _ENCRYPTED) else ".doc"
    except OSError as error:
        raise cannot_open(path, error) from error
    if head.startswith(b"PK\x03\x04"):
        return _in_zip(path)
    if _PAGE.match(head):
        return ".html"
    return next((suffix for magic, suffix in _MAGIC if head.startswith(magic)), None)


def _is_in(file: BinaryIO, word: bytes) -> bool:
    last = b""
    while block := file.read(_BLOCK):
        if word in last[-len(word) :] + block:
            return True
        last = block
    return False


def _in_zip(path: Path) -> str | None:
    """Which Office format a zip file is; None where it is damaged, which its loader will tell."""
    try:
        with ZipFile(path) as package:
            names = set(package.namelist())
    except (BadZipFile, OSError, ValueError, NotImplementedError):
        return None
    return next((suffix for name, suffix in _IN_ZIP if name in names), ".zip")
