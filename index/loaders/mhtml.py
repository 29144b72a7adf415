"""Web pages saved in one file (.mhtml): the page among its pictures."""

from __future__ import annotations

from email import message_from_bytes
from email.message import Message
from pathlib import Path

from index.errors import UnreadableDocument
from index.loaders.html import read_html
from index.loaders.limits import read_bytes
from index.loaders.raw import RawDocument


def load_mhtml(path: Path) -> RawDocument:
    """Read the first page of a web archive.

    :raises UnreadableDocument: if there is none in it, or as `load_html` does.
    """
    archive = message_from_bytes(read_bytes(path))
    for part in archive.walk():
        if part.get_content_type() == "text/html":
            return read_html(path, _content(part), archive.get("Snapshot-Content-Location"))
    raise UnreadableDocument(f"{path}: no web page in it; save the page again, as .html")


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
