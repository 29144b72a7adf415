"""A folder of documents made into an index; run again, it only processes what changed."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Mapping
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
from index.normalize import fold, lay_out
from index.store import MANIFEST, IndexConfig, Manifest, PassageIndex, building, read_manifest
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


@dataclass(slots=True)
class _New:
    """What the folder holds now; passages in order of documents and of their place in them."""

    documents: list[Document]
    passages: list[Passage]
    sources: dict[str, str]
    read: int = 0


def build_index(
    source: Path, out: Path, model: str | None = None, progress: Progress | None = None
) -> BuildReport:
    """Index every document below ``source`` into the folder ``out``.

    Unchanged documents are not read again and unchanged passages not encoded again; the result is
    byte for byte that of a build from nothing (a transformer's vectors, unlike the built-in
    model's, may differ in their last bits with the texts they are encoded beside). Without
    ``model``, the one that the index was built with is kept, and a new index gets the built-in
    one. A file that can't be read is left out and reported.

    :raises NoDocuments: if the folder doesn't exist or nothing in it can be read.
    :raises ModelNotFound: if the model can't be loaded.
    :raises InvalidMetadata: if the folder's metadata file is malformed.
    :raises IndexBusy: if another build is writing to ``out``.
    """
    skipped: dict[str, str] = {}
    files = _files(source, skipped)
    metadata = read_metadata(source)
    for doc_id in sorted(metadata.keys() - files.keys()):
        logger.warning("%s names %s, which is not in the folder", source / FILE_NAME, doc_id)
    report = progress or (lambda stage, done, total: None)
    with building(out):
        before = _manifest(out)
        encoder = SentenceEncoder.load(model or (before.config.model if before else BUILT_IN))
        config = IndexConfig(encoder.name, encoder.dimension, tuple(encoder.fingerprint))
        old = _old_index(out, before, config)
        new = _read_all(files, metadata, old, skipped, report)
        words, vectors, encoded = _words_and_vectors(new.passages, old, encoder, report)
        index = PassageIndex.build(new.documents, new.passages, words, vectors)
        index.save(out, config, new.sources, skipped)
    return BuildReport(len(new.documents), len(new.passages), new.read, encoded, skipped)


def _files(source: Path, skipped: dict[str, str]) -> dict[str, Path]:
    """The documents below a folder, doc_id -> path, in order.

    Hidden files and folders are left out, links to folders not followed; a folder that can't be
    opened is entered in ``skipped``.
    """
    if not source.is_dir():
        raise NoDocuments(f"{source} is no folder; give the folder that holds the documents")

    def note(error: OSError) -> None:
        skipped[_doc_id(source, Path(error.filename))] = _writable(
            f"{error.filename}: the folder cannot be opened ({error.strerror}); check its rights"
        )

    found: dict[str, Path] = {}
    for folder, subfolders, names in os.walk(source, onerror=note):
        subfolders[:] = [name for name in subfolders if not name.startswith(".")]
        for name in names:
            path = Path(folder, name)
            if path.suffix.lower() not in loaders.SUFFIXES or name.startswith("."):
                continue
            if (
                path.is_file() or not path.exists()
            ):  # a broken link is to be reported, a device is none of ours
                found[_doc_id(source, path)] = path
    if not found:
        raise NoDocuments(
            f"no documents in {source}: put files ending in {', '.join(sorted(loaders.SUFFIXES))} there"
        )
    return dict(sorted(found.items()))


def _doc_id(source: Path, path: Path) -> str:
    return _writable(path.relative_to(source).as_posix())


def _writable(text: str) -> str:
    """The text with what is no UTF-8 in a file's name escaped, so that it can be written."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _manifest(out: Path) -> Manifest | None:
    try:
        return read_manifest(out)
    except (IndexNotFound, IndexMismatch) as reason:
        if (out / MANIFEST).exists():
            logger.warning("building from nothing: %s", reason)
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


def _read_all(
    files: Mapping[str, Path],
    metadata: Mapping[str, Metadata],
    old: _Old,
    skipped: dict[str, str],
    report: Progress,
) -> _New:
    new = _New([], [], {})
    for done, (doc_id, path) in enumerate(files.items(), 1):
        known = metadata.get(doc_id, Metadata())
        try:
            digest = _source_digest(path, known)
            if old.sources.get(doc_id) == digest:
                new.documents.append(old.documents[doc_id])
                new.passages.extend(old.passages[doc_id])
            else:
                new.documents.append(_read(path, doc_id, known))
                new.passages.extend(chunk(new.documents[-1]))
                new.read += 1
            new.sources[doc_id] = digest
        except UnreadableDocument as error:
            skipped[doc_id] = _writable(str(error))
            logger.info("left out: %s", error)
        report("documents", done, len(files))
    if not new.documents:
        raise NoDocuments(f"none of the {len(files)} files can be read: {next(iter(skipped.values()))}")
    return new


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
    for start in range(0, len(new), _BATCH):
        batch = new[start : start + _BATCH]
        vectors[batch] = encoder.encode_passages([fold(texts[row]) for row in batch])  # as queries are
        for row in batch:
            words[row] = tokenize(texts[row])
        report("passages", start + len(batch), len(new))
    return words, vectors, len(new)
