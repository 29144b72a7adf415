"""A folder of documents made into an index; run again, it only processes what changed."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from index.assembly import Assembly, Old
from index.encoder import BUILT_IN, STATIC, fingerprint, load_encoder
from index.errors import IndexMismatch, IndexNotFound, NoDocuments, UnreadableDocument
from index.metadata import FILE_NAME, Metadata, read_metadata
from index.sources import Seen, Source, find_sources, writable
from index.store import MANIFEST, IndexConfig, Manifest, building, read_manifest, write_manifest
from index.workers import Job, prepare_all

LARGE: Final = 2000
"""Files from which on a new index takes the static model: the transformer would need minutes."""

logger = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]
"""Called with what is being done (``documents``, ``passages``), how much of it is done, and how much
there is to do: of the passages, as far as known, for they are found while documents are read."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did: numbers of documents and passages, the files it had to leave out, the model's name."""

    documents: int
    passages: int
    read: int
    encoded: int
    skipped: Mapping[str, str]
    model: str = BUILT_IN


def build_index(
    source: Path, out: Path, model: str | None = None, progress: Progress | None = None
) -> BuildReport:
    """Index every document below ``source`` into the folder ``out``.

    Unchanged documents are not read again and unchanged passages not encoded again; the result is
    byte for byte that of a build from nothing (the vectors of a model given by name may differ in
    their last bits with the texts they are encoded beside). Without ``model``, the one that the index
    was built with is kept, and a new index gets the built-in one, of `LARGE` files and more the static
    one. A file that can't be read is left out and reported. More than a little is read by processes
    of their own: a program that calls this does so below ``if __name__ == "__main__":``.

    :raises NoDocuments: if the folder doesn't exist or nothing in it can be read.
    :raises ModelNotFound: if the model can't be loaded.
    :raises InvalidMetadata: if the folder's metadata file is malformed.
    :raises IndexBusy: if another build is writing to ``out``.
    :raises BuildFailed: if no process can be started.
    """
    skipped: dict[str, str] = {}
    sources = find_sources(source, skipped)
    metadata = read_metadata(source)
    for doc_id in sorted(metadata.keys() - sources.keys()):
        logger.warning("%s names %s, which is not in the folder", source / FILE_NAME, doc_id)
    with building(out):
        before = _manifest(out)
        encoder = load_encoder(model or (before.config.model if before else _default_model(len(sources))))
        config = IndexConfig(encoder.name, encoder.dimension, tuple(fingerprint(encoder)))
        old = _old_index(out, before, config)
        seen = Seen(source, out)
        digests = _digests(sources, metadata, seen, skipped)
        unchanged = {
            doc_id for doc_id, digest in digests.items() if old and old.sources.get(doc_id) == digest
        }
        jobs = [
            Job(sources[doc_id].path, doc_id, sources[doc_id].size, metadata.get(doc_id, Metadata()))
            for doc_id in digests
            if doc_id not in unchanged
        ]
        assembly = Assembly(encoder, old, unchanged)
        _read(jobs, assembly, skipped, progress or (lambda stage, done, total: None))
        if not assembly.parts:
            raise NoDocuments(
                f"none of the {len(sources)} files can be read: {next(iter(skipped.values()))}"
            )
        manifest = Manifest(
            config=config,
            source=writable(str(source.resolve())),
            data=assembly.save(out),
            documents=len(assembly.parts),
            passages=sum(len(part.passages) for part in assembly.parts.values()),
            sources={doc_id: digest for doc_id, digest in digests.items() if doc_id in assembly.parts},
            skipped=dict(sorted(skipped.items())),
        )
        write_manifest(out, manifest)
        seen.save()
    return BuildReport(
        manifest.documents,
        manifest.passages,
        len(assembly.parts) - len(unchanged),
        assembly.encoded,
        manifest.skipped,
        encoder.name,
    )


def _default_model(files: int) -> str:
    if files < LARGE:
        return BUILT_IN
    logger.warning(
        "%s files are encoded with the quick model %r; --model %s finds more, and takes some hundred times as long",
        f"{files:,}", STATIC, BUILT_IN,
    )  # fmt: skip
    return STATIC


def _read(jobs: Sequence[Job], assembly: Assembly, skipped: dict[str, str], report: Progress) -> None:
    """Add what is in the files; encode it meanwhile."""
    done = 0
    with closing(prepare_all(jobs)) as parts:
        for part in parts:
            assembly.add(part)
            for doc_id, reason in part.skipped.items():
                skipped[doc_id] = writable(reason)
                logger.info("left out: %s", reason)
            done += len(part.documents) + len(part.skipped)
            report("documents", done, len(jobs))
            while assembly.encode_some():
                report("passages", assembly.encoded, assembly.to_encode)
    while assembly.encode_some(rest=True):
        report("passages", assembly.encoded, assembly.to_encode)


def _manifest(out: Path) -> Manifest | None:
    try:
        return read_manifest(out)
    except (IndexNotFound, IndexMismatch) as reason:
        if (out / MANIFEST).exists():
            logger.warning("building from nothing: %s", reason)
        return None


def _old_index(out: Path, manifest: Manifest | None, config: IndexConfig) -> Old | None:
    if manifest is None or manifest.config != config:
        return None
    try:
        return Old.load(out)
    except (IndexNotFound, IndexMismatch) as reason:
        logger.warning("building from nothing: %s", reason)
        return None


def _digests(
    sources: Mapping[str, Source], metadata: Mapping[str, Metadata], seen: Seen, skipped: dict[str, str]
) -> dict[str, str]:
    """What makes each document what it is: its file and what the metadata file says of it."""
    digests: dict[str, str] = {}
    nothing = _stated(Metadata())
    for doc_id, source in sources.items():
        known = _stated(metadata[doc_id]) if doc_id in metadata else nothing
        try:
            digests[doc_id] = sha256(f"{known}\0{seen.digest(source)}".encode()).hexdigest()
        except UnreadableDocument as error:
            skipped[doc_id] = writable(str(error))
            logger.info("left out: %s", error)
    return digests


def _stated(known: Metadata) -> str:
    return json.dumps(asdict(known), default=str)
