"""A file made into a document: read, laid out, and what is known about it put together."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from index import loaders
from index.facts import find_facts
from index.loaders.raw import Properties
from index.metadata import Metadata
from index.normalize import Layout, follow, lay_out
from index.types import Document

_STATED: Final = "元数据文件"
_PROPERTY: Final = "文件属性"


def read_document(path: Path, doc_id: str, known: Metadata) -> Document:
    """Read a file as a document, with what is known about it.

    What the metadata file states goes before the file's own properties, and these before what is
    found in the text.

    :raises UnreadableDocument: if the file can't be read.
    """
    raw = loaders.load(path)
    layout = lay_out(raw.text, joined=raw.laid_out)
    moved = follow(raw.text, layout.text)
    if raw.headings:
        headings = tuple((moved(start), moved(end - 1) + 1) for start, end in raw.headings)
        layout = Layout(layout.text, headings)
    facts, origins = _known(known, raw.properties, layout, doc_id)
    return Document(
        doc_id=doc_id,
        text=layout.text,
        headings=layout.headings,
        pages=tuple((moved(start), page) for start, page in raw.pages),
        doubtful=tuple((moved(start), moved(end - 1) + 1) for start, end in raw.doubtful),
        origins=origins,
        **facts,
    )


def _known(
    known: Metadata, properties: Properties, layout: Layout, doc_id: str
) -> tuple[dict[str, Any], dict[str, str]]:
    """What is known about a document, and for each fact, in words, where from."""
    facts: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for name, found in find_facts(layout, doc_id).items():
        facts[name], origins[name] = found
    if properties.site and "issuer" not in facts:
        facts["issuer"], origins["issuer"] = properties.site, _PROPERTY
    for source, origin in ((properties, _PROPERTY), (known, _STATED)):
        for name in source.__slots__:
            if name not in ("because", "site") and (value := getattr(source, name)) is not None:
                facts[name], origins[name] = value, origin
    if known.published and known.because:
        origins["published"] = known.because
    return facts, origins
