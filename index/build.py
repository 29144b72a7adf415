"""A folder of documents made into an index; run again, it only processes what changed."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from index import loaders
from index.chunker import chunk
from index.encoder import BUILT_IN, Encoder, SentenceEncoder
from index.errors import IndexMismatch, IndexNotFound, NoDocuments, UnreadableDocument
from index.lexical import tokenize
from index.metadata import FILE_NAME, Metadata, find_published, find_title, read_metadata
from index.normalize import lay_out
from index.store import MANIFEST, IndexConfig, Manifest, PassageIndex, read_manifest
from index.types import Document, Passage

logger = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""

_BATCH: Final = 1024


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did: numbers of documents and passages, and the files it had to leave out."""

    documents: int
    passages: int
    read: int
    encoded: int
    skipped: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Old:
    """The index that was there before, as far as it can be used again."""

    sources: Mapping[str, str]
    documents: Mapping[str, Document]
    passages: Mapping[str, list[Passage]]
    rows: Mapping[str, int]
    index: PassageIndex | None


def build_index(
    source: Path, out: Path, model: str | None = None, progress: Progress | None = None
) -> BuildReport:
    """Index every document below ``source`` into the folder ``out``.

    Unchanged documents are not read again and unchanged passages not encoded again; the result is
    the same as that of a build from nothing. Without ``model``, the one that the index was built
    with is kept, and a new index gets the built-in one. A file that can't be read is left out and
    reported.

    :raises NoDocuments: if the folder doesn't exist or nothing in it can be read.
    :raises ModelNotFound: if the model can't be loaded.
    :raises InvalidMetadata: if the folder's metadata file is malformed.
    """
    report = progress or (lambda stage, done, total: None)
    files = _files(source, out)
    metadata = read_metadata(source)
    for doc_id in metadata.keys() - files.keys():
        logger.warning("%s names %s, which is not in the folder", source / FILE_NAME, doc_id)
    before = _manifest(out)
    encoder = SentenceEncoder.load(model or (before.config.model if before else BUILT_IN))
    config = IndexConfig(encoder.name, encoder.dimension, tuple(encoder.fingerprint))
    old = _old_index(out, before, config)

    documents: list[Document] = []
    passages: list[Passage] = []
    sources: dict[str, str] = {}
    skipped: dict[str, str] = {}
    read = 0
    for done, (doc_id, path) in enumerate(files.items(), 1):
        known = metadata.get(doc_id, Metadata())
        try:
            sources[doc_id] = _source_digest(path, known)
            if old.sources.get(doc_id) == sources[doc_id]:
                documents.append(old.documents[doc_id])
                passages.extend(old.passages[doc_id])
            else:
                documents.append(_read(path, doc_id, known))
                passages.extend(chunk(documents[-1]))
                read += 1
        except UnreadableDocument as error:
            sources.pop(doc_id, None)
            skipped[doc_id] = str(error)
            logger.warning("left out: %s", error)
        report("documents", done, len(files))
    if not documents:
        raise NoDocuments(
            f"none of the {len(files)} files in {source} can be read: {next(iter(skipped.values()))}"
        )

    passages.sort(key=lambda passage: passage.passage_id)
    words, vectors, encoded = _words_and_vectors(passages, old, encoder, report)
    PassageIndex.build(documents, passages, words, vectors).save(out, config, sources, skipped)
    return BuildReport(len(documents), len(passages), read, encoded, skipped)


def _files(source: Path, out: Path) -> dict[str, Path]:
    """The documents below a folder, doc_id -> path, in order; hidden folders and indexes left out."""
    if not source.is_dir():
        raise NoDocuments(f"{source} is no folder; give the folder that holds the documents")
    if out.exists() and not out.is_dir():
        raise IndexNotFound(f"{out} is a file; give a folder for the index with --out")
    indexes = [path.parent for path in source.rglob(MANIFEST)]
    found = {
        path.relative_to(source).as_posix(): path
        for path in source.rglob("*")
        if path.suffix.lower() in loaders.SUFFIXES
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(source).parts)
        and not any(path.is_relative_to(index) for index in indexes)
    }
    if not found:
        raise NoDocuments(
            f"no documents in {source}: put files ending in {', '.join(sorted(loaders.SUFFIXES))} there"
        )
    return dict(sorted(found.items()))


def _manifest(out: Path) -> Manifest | None:
    try:
        return read_manifest(out)
    except (IndexNotFound, IndexMismatch) as reason:
        if out.exists():
            logger.info("building from nothing: %s", reason)
        return None


def _old_index(out: Path, manifest: Manifest | None, config: IndexConfig) -> _Old:
    nothing = _Old({}, {}, {}, {}, None)
    if manifest is None or manifest.config != config:
        return nothing
    try:
        index = PassageIndex.load(out)
    except (IndexNotFound, IndexMismatch) as reason:
        logger.warning("building from nothing: %s", reason)
        return nothing
    by_document: dict[str, list[Passage]] = {doc_id: [] for doc_id in index.documents}
    for passage in index.passages:
        by_document[passage.doc_id].append(passage)
    rows = {embedded_text(passage): row for row, passage in enumerate(index.passages)}
    return _Old(manifest.sources, index.documents, by_document, rows, index)


def _read(path: Path, doc_id: str, known: Metadata) -> Document:
    layout = lay_out(loaders.load(path).text)
    found = None if known.published else find_published(layout.text)
    published, because = found or (known.published, known.because)
    return Document(
        doc_id=doc_id,
        title=known.title or find_title(layout, doc_id),
        text=layout.text,
        headings=layout.headings,
        published=published,
        published_because=because,
        region=known.region,
        byline=known.byline,
        issuer=known.issuer,
        url=known.url,
    )


def _source_digest(path: Path, known: Metadata) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableDocument(
            f"{path}: cannot be opened ({error.strerror}); check the file and its rights"
        ) from error
    return sha256(json.dumps(asdict(known), default=str).encode() + b"\0" + content).hexdigest()


def embedded_text(passage: Passage) -> str:
    """What of a passage is encoded and searched for words: its heading, unless it begins with it, and its text."""
    return (
        passage.text
        if not passage.heading or passage.heading in passage.text
        else f"{passage.heading}\n{passage.text}"
    )


def _words_and_vectors(
    passages: list[Passage], old: _Old, encoder: Encoder, report: Progress
) -> tuple[list[list[str]], NDArray[np.float32], int]:
    texts = [embedded_text(passage) for passage in passages]
    words: list[list[str]] = [[] for _ in texts]
    vectors = np.empty((len(texts), encoder.dimension), np.float32)
    kept = [(row, old.rows[text]) for row, text in enumerate(texts) if text in old.rows]
    if kept and old.index is not None:
        vectors[[row for row, _ in kept]] = old.index.vectors([was for _, was in kept])
        for row, was in kept:
            words[row] = list(old.index.words[was])
    new = [row for row, text in enumerate(texts) if text not in old.rows]
    for batch in _batches(new):
        vectors[batch] = encoder.encode_passages([texts[row] for row in batch])
        for row in batch:
            words[row] = tokenize(texts[row])
        report("passages", batch[-1] + 1 - new[0] if batch[-1] != new[-1] else len(new), len(new))
    return words, vectors, len(new)


def _batches(rows: list[int]) -> Iterable[list[int]]:
    return (rows[start : start + _BATCH] for start in range(0, len(rows), _BATCH))
