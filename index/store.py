"""The index: documents, passages, their vectors (FAISS) and words (BM25), and the folder it is kept in.

An index folder holds ``manifest.json`` and one folder with the data it names. A new build writes a
new data folder beside the old one and then replaces the manifest in one rename: whoever reads finds
either the old index or the new one, whole, at every moment.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import date
from hashlib import file_digest, sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import faiss
import numpy as np
import orjson
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from index import chunker, facts, lexical, normalize
from index.errors import IndexBusy, IndexMismatch, IndexNotFound
from index.garbage import uncollected
from index.lexical import LexicalIndex, Words
from index.types import Document, Passage, Published

FORMAT: Final = 2
MANIFEST: Final = "manifest.json"
HNSW_FROM: Final = 250_000
"""From this many passages on the vectors are searched through a graph instead of one by one.

Measured by ``python -m index.bench graph`` on two cores: over 160,000 passages of news the exact search
takes 14 ms, in proportion to their number, and the graph 0.7 ms; but the graph misses 17 in 1,000
of the ten nearest and has to be made anew in every build, for 19 s. It pays where the exact search
takes over 20 ms.
"""

_HNSW_NEIGHBOURS: Final = 32
_HNSW_BREADTH: Final = 256  # candidates kept while searching
_LIBRARIES: Final = (
    "faiss-cpu",
    "bm25s",
    "jieba",
    "opencc",
    "charset-normalizer",
    "rensa",
    "sentence-transformers",
)
_FACTS: Final = tuple(fact.name for fact in fields(Document))
_OURS: Final = re.compile(r"data-[0-9a-f]{16}|new-\d+(?:\.json)?")


@dataclass(frozen=True, slots=True)
class IndexConfig:
    """What an index was built with; a change of any part calls for a build from nothing."""

    model: str
    dimension: int
    fingerprint: tuple[float, ...]
    format: int = FORMAT
    normalize: int = normalize.VERSION
    chunker: int = chunker.VERSION
    lexical: int = lexical.VERSION
    facts: int = facts.VERSION
    libraries: Mapping[str, str] = field(
        default_factory=lambda: {name: version(name) for name in _LIBRARIES}
    )


@dataclass(frozen=True, slots=True)
class Manifest:
    """The index's own account of itself.

    ``source`` is the folder that was indexed; ``sources`` maps doc_id to a digest of file and metadata,
    ``skipped`` what was left out to the reason.
    """

    config: IndexConfig
    source: str
    data: str
    documents: int
    passages: int
    sources: Mapping[str, str]
    skipped: Mapping[str, str]


@dataclass(frozen=True)
class PassageIndex:
    """Passages in order of their ids, one row each in the vectors and the word index."""

    documents: Mapping[str, Document]
    passages: Sequence[Passage]
    faiss_index: Any
    lexical: LexicalIndex

    def __post_init__(self) -> None:
        """Refuse parts that don't belong together."""
        rows = {
            "passages": len(self.passages),
            "vectors": self.faiss_index.ntotal,
            "word index": self.lexical.size,
        }
        if len(set(rows.values())) != 1:
            raise IndexMismatch(f"the index's parts differ in length ({rows}); build it again from nothing")

    @classmethod
    def build(
        cls,
        documents: Sequence[Document],
        passages: Sequence[Passage],
        words: Words,
        vectors: NDArray[np.float32],
    ) -> PassageIndex:
        """Put the parts together; ``vectors`` is float32 (len(passages), dimension), unit rows."""
        faiss_index = exact(vectors) if len(passages) < HNSW_FROM else graph(vectors)
        by_id = {
            document.doc_id: document
            for document in sorted(documents, key=lambda document: document.doc_id)
        }
        return cls(by_id, passages, faiss_index, LexicalIndex.build(words))

    def nearest(self, vector: NDArray[np.float32], k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Rows and cosines of the k passages nearest to a unit vector, best first, ties by row.

        ``k`` is clamped to the number of passages.
        """
        size = len(self.passages)
        k = min(k, size)
        if k < 1:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        # FAISS cuts through ties as it likes: look beyond the k-th until something is worse.
        reach = min(k + 1, size)
        cosines, rows = search(self.faiss_index, vector, reach)
        while reach < size and len(rows) == reach and cosines[-1] == cosines[k - 1]:
            reach = min(2 * reach, size)
            cosines, rows = search(self.faiss_index, vector, reach)
        order = np.lexsort((rows, -cosines))[:k]
        return rows[order], cosines[order]

    def vectors(self, rows: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        """The stored vectors of some rows: float32 (len(rows), dimension)."""
        if len(rows) == 0:
            return np.empty((0, self.faiss_index.d), np.float32)
        return np.asarray(self.faiss_index.reconstruct_batch(np.asarray(rows, np.int64)))

    def save(self, folder: Path, words: Words, signatures: NDArray[np.uint32]) -> str:
        """Write the index into a new folder within its own, beside the old one; return its name.

        It is the index when `write_manifest` names it. One at a time: whoever calls it holds the folder
        with `building`. ``words``, of which it was built, and the documents' ``signatures``, a row each,
        are for the next build.
        """
        new = folder / f"new-{os.getpid()}"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        try:
            _write_lines(new / "documents.jsonl", map(_document_line, self.documents.values()))
            _write_lines(new / "passages.jsonl", map(_passage_line, self.passages))
            faiss.write_index(self.faiss_index, str(new / "vectors.faiss"))
            self.lexical.save(new / "bm25")
            words.save(new / "words")
            np.save(new / "signatures.npy", signatures)
            digest = _digest(new)
            data = folder / f"data-{digest}"
            if data.exists() and _digest(data) != digest:
                shutil.rmtree(data)  # it was damaged
            if not data.exists():
                new.rename(data)
        finally:
            shutil.rmtree(new, ignore_errors=True)
        return data.name

    @classmethod
    def load(cls, folder: Path) -> PassageIndex:
        """Read an index from its folder.

        :raises IndexNotFound: if there is none, or it is not whole.
        :raises IndexMismatch: if another version of the program wrote it.
        """
        manifest = read_manifest(folder)
        try:
            return cls._read(folder / manifest.data)
        # Files may be damaged in any way, and each library has its own words for that.
        except Exception as error:
            if read_manifest(folder).data != manifest.data:
                return cls.load(folder)  # a build has put another in its place meanwhile
            raise _damaged(folder, error) from error

    @classmethod
    @uncollected()
    def _read(cls, data: Path) -> PassageIndex:
        documents = {d.doc_id: d for d in map(_document, _read_lines(data / "documents.jsonl"))}
        passages = [_passage(line, documents) for line in _read_lines(data / "passages.jsonl")]
        faiss_index = faiss.read_index(str(data / "vectors.faiss"))
        return cls(documents, passages, faiss_index, LexicalIndex.load(data / "bm25"))


@contextmanager
def building(folder: Path) -> Iterator[None]:
    """Hold an index folder, made if need be, for one build; a build that dies lets go of it.

    :raises IndexBusy: if another build holds it.
    """
    if folder.exists() and not folder.is_dir():
        raise IndexNotFound(f"{folder} is a file; give a folder for the index with --out")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        held = FileLock(folder / ".lock").acquire(blocking=False)
    except Timeout as error:
        raise IndexBusy(f"another build is at work on {folder}; wait until it is done") from error
    with held:
        yield


def exact(vectors: NDArray[np.float32]) -> Any:
    """Make a FAISS index that compares a query with every vector."""
    faiss_index = faiss.IndexFlatIP(vectors.shape[1])
    faiss_index.add(vectors)
    return faiss_index


def graph(vectors: NDArray[np.float32]) -> Any:
    """Make a FAISS index that finds nearly all of the nearest through a graph (HNSW).

    On one thread, for with more the graph would be another each time.
    """
    faiss.omp_set_num_threads(1)
    faiss_index = faiss.IndexHNSWFlat(vectors.shape[1], _HNSW_NEIGHBOURS, faiss.METRIC_INNER_PRODUCT)
    faiss_index.hnsw.efSearch = _HNSW_BREADTH
    faiss_index.add(vectors)
    return faiss_index


def search(
    faiss_index: Any, vector: NDArray[np.float32], k: int
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Cosines and rows of the k nearest, best first; fewer if a graph doesn't reach as many."""
    # A second thread gains little for one query, and with others at work threads wait for each
    # other: 17 ms with one, 42 with two, for 200,000 vectors on two busy cores.
    faiss.omp_set_num_threads(1)
    cosines, rows = faiss_index.search(vector.reshape(1, -1), k)
    found = rows[0] >= 0
    return cosines[0][found], rows[0][found]


def load_words(folder: Path, passage_index: PassageIndex) -> Words:
    """Read the words of an index's passages; only builds need them.

    :raises IndexNotFound: if they are not whole.
    """
    manifest = read_manifest(folder)
    try:
        words = Words.load(folder / manifest.data / "words", passage_index.lexical.vocabulary)
    except (OSError, ValueError, EOFError) as error:
        raise _damaged(folder, error) from error
    if len(words) != len(passage_index.passages) or int(words.starts[-1]) != len(words.ids):
        raise _damaged(folder, f"words of {len(words)} passages")
    return words


def load_signatures(folder: Path, passage_index: PassageIndex) -> NDArray[np.uint32]:
    """Read the signatures of an index's documents, a row each; only builds need them.

    :raises IndexNotFound: if they are not whole.
    """
    try:
        signatures = np.load(folder / read_manifest(folder).data / "signatures.npy")
    except (OSError, ValueError, EOFError) as error:
        raise _damaged(folder, error) from error
    if len(signatures) != len(passage_index.documents):
        raise _damaged(folder, f"signatures of {len(signatures)} documents")
    return np.asarray(signatures, np.uint32)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Make what a manifest names the index of a folder, in one step; remove what was there before."""
    draft = folder / f"new-{os.getpid()}.json"
    draft.write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
    draft.replace(folder / MANIFEST)
    _remove_others(folder, manifest.data)


def read_manifest(folder: Path) -> Manifest:
    """Read what an index folder says of itself.

    :raises IndexNotFound: if there is no index.
    :raises IndexMismatch: if another version of the program wrote it.
    """
    path = folder / MANIFEST
    rebuild = f"run: python -m index build DIR --out {folder}"
    try:
        values = orjson.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise IndexNotFound(f"no index in {folder}; {rebuild}") from error
    except (OSError, ValueError) as error:
        raise IndexNotFound(f"{path} can't be read ({error}); {rebuild}") from error
    try:
        config = IndexConfig(**values.pop("config"))
        manifest = Manifest(config=replace(config, fingerprint=tuple(config.fingerprint)), **values)
    except (KeyError, TypeError, AttributeError) as error:
        raise IndexMismatch(f"the index in {folder} was written by another version; {rebuild}") from error
    ours = (FORMAT, normalize.VERSION, chunker.VERSION, lexical.VERSION)
    theirs = (config.format, config.normalize, config.chunker, config.lexical)
    if ours != theirs:
        raise IndexMismatch(
            f"the index in {folder} is of version {theirs}, this program needs {ours}; {rebuild}"
        )
    return manifest


def _damaged(folder: Path, reason: object) -> IndexNotFound:
    return IndexNotFound(
        f"the index in {folder} is damaged ({reason}); run: python -m index build DIR --out {folder}"
    )


def _document_line(document: Document) -> bytes:
    values = {name: getattr(document, name) for name in _FACTS}
    return orjson.dumps({name: value for name, value in values.items() if value or isinstance(value, str)})


def _passage_line(passage: Passage) -> bytes:
    return orjson.dumps([passage.passage_id, passage.doc_id, passage.start, passage.end, passage.heading])


def _document(line: bytes) -> Document:
    values = orjson.loads(line)
    for spans in values.keys() & {"headings", "pages", "doubtful"}:
        values[spans] = tuple((start, end) for start, end in values[spans])
    if also_in := values.get("also_in"):
        values["also_in"] = tuple(also_in)
    if published := values.get("published"):
        values["published"] = Published(*(date.fromisoformat(published[day]) for day in ("first", "last")))
    if effective := values.get("effective"):
        values["effective"] = date.fromisoformat(effective)
    return Document(**values)


def _passage(line: bytes, documents: Mapping[str, Document]) -> Passage:
    passage_id, doc_id, start, end, heading = orjson.loads(line)
    return Passage(passage_id, doc_id, start, end, documents[doc_id].text[start:end], heading)


def _write_lines(path: Path, lines: Iterable[bytes]) -> None:
    with path.open("wb") as file:
        file.writelines(line + b"\n" for line in lines)


def _read_lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from file


def _digest(folder: Path) -> str:
    digest = sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        with path.open("rb") as file:
            digest.update(file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]


def _remove_others(folder: Path, current: str) -> None:
    """Remove what earlier builds, also killed ones, left behind; nothing else that may lie there."""
    for path in folder.iterdir():
        if path.name == current or not _OURS.fullmatch(path.name):
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
