"""The index: documents, passages, their vectors (FAISS) and words (BM25), and the folder it is kept in.

An index folder holds ``manifest.json`` and one folder with the data it names. A new build writes a
new data folder beside the old one and then replaces the manifest in one rename: whoever reads finds
either the old index or the new one, whole, at every moment.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from hashlib import file_digest, sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import faiss
import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from index import chunker, lexical, normalize
from index.errors import IndexBusy, IndexMismatch, IndexNotFound
from index.lexical import LexicalIndex
from index.types import Document, Passage, Published

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
HNSW_FROM: Final = 250_000
"""From this many passages on the vectors are searched through a graph instead of one by one.

Measured by ``python -m index.bench`` on two cores: over 160,000 passages of news the exact search
takes 14 ms, in proportion to their number, and the graph 0.7 ms; but the graph misses 17 in 1,000
of the ten nearest and has to be made anew in every build, for 19 s. It pays where the exact search
takes over 20 ms.
"""

_HNSW_NEIGHBOURS: Final = 32
_HNSW_BREADTH: Final = 256  # candidates kept while searching
_LIBRARIES: Final = ("faiss-cpu", "bm25s", "jieba", "opencc", "charset-normalizer", "sentence-transformers")
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
    libraries: Mapping[str, str] = field(
        default_factory=lambda: {name: version(name) for name in _LIBRARIES}
    )


@dataclass(frozen=True, slots=True)
class Manifest:
    """The index's own account of itself; ``sources`` maps doc_id to a digest of file and metadata."""

    config: IndexConfig
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
    words: Sequence[Sequence[str]]
    faiss_index: Any
    lexical: LexicalIndex

    def __post_init__(self) -> None:
        """Refuse parts that don't belong together."""
        rows = {
            "passages": len(self.passages),
            "words": len(self.words),
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
        words: Sequence[Sequence[str]],
        vectors: NDArray[np.float32],
    ) -> PassageIndex:
        """Put the parts together; ``vectors`` is float32 (len(passages), dimension), unit rows."""
        faiss_index = exact(vectors) if len(passages) < HNSW_FROM else graph(vectors)
        by_id = {
            document.doc_id: document
            for document in sorted(documents, key=lambda document: document.doc_id)
        }
        return cls(by_id, passages, words, faiss_index, LexicalIndex.build(words))

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

    def save(
        self, folder: Path, config: IndexConfig, sources: Mapping[str, str], skipped: Mapping[str, str]
    ) -> None:
        """Write the index to its folder; until the very end the old one there stays valid.

        One at a time: whoever calls it holds the folder with `building`.
        """
        new = folder / f"new-{os.getpid()}"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        _write_lines(new / "documents.jsonl", map(_document_line, self.documents.values()))
        _write_lines(new / "passages.jsonl", map(_passage_line, self.passages))
        _write_lines(new / "words.jsonl", (json.dumps(words, ensure_ascii=False) for words in self.words))
        faiss.write_index(self.faiss_index, str(new / "vectors.faiss"))
        self.lexical.save(new / "bm25")
        digest = _digest(new)
        data = folder / f"data-{digest}"
        if data.exists() and _digest(data) != digest:
            shutil.rmtree(data)  # it was damaged
        if not data.exists():
            new.rename(data)
        manifest = Manifest(config, data.name, len(self.documents), len(self.passages), sources, skipped)
        draft = new.with_suffix(".json")
        draft.write_text(json.dumps(asdict(manifest), ensure_ascii=False, indent=1), encoding="utf-8")
        draft.replace(folder / MANIFEST)
        _remove_others(folder, data.name)

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
            raise IndexNotFound(
                f"the index in {folder} is damaged ({error}); run: python -m index build DIR --out {folder}"
            ) from error

    @classmethod
    def _read(cls, data: Path) -> PassageIndex:
        documents = {d.doc_id: d for d in map(_document, _read_lines(data / "documents.jsonl"))}
        passages = [_passage(line, documents) for line in _read_lines(data / "passages.jsonl")]
        words = [json.loads(line) for line in _read_lines(data / "words.jsonl")]
        faiss_index = faiss.read_index(str(data / "vectors.faiss"))
        return cls(documents, passages, words, faiss_index, LexicalIndex.load(data / "bm25"))


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


def read_manifest(folder: Path) -> Manifest:
    """Read what an index folder says of itself.

    :raises IndexNotFound: if there is no index.
    :raises IndexMismatch: if another version of the program wrote it.
    """
    path = folder / MANIFEST
    rebuild = f"run: python -m index build DIR --out {folder}"
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
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


def _document_line(document: Document) -> str:
    known = {key: value for key, value in asdict(document).items() if value is not None}
    return json.dumps(known, ensure_ascii=False, default=str)


def _passage_line(passage: Passage) -> str:
    return json.dumps(
        {key: value for key, value in asdict(passage).items() if key != "text"}, ensure_ascii=False
    )


def _document(line: str) -> Document:
    values = json.loads(line, object_hook=_published)
    return Document(**values | {"headings": tuple((start, end) for start, end in values["headings"])})


def _published(values: dict[str, Any]) -> Any:
    if values.keys() == {"first", "last"}:
        return Published(date.fromisoformat(values["first"]), date.fromisoformat(values["last"]))
    return values


def _passage(line: str, documents: Mapping[str, Document]) -> Passage:
    values = json.loads(line)
    return Passage(text=documents[values["doc_id"]].text[values["start"] : values["end"]], **values)


def _write_lines(path: Path, lines: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line}\n" for line in lines)


def _read_lines(path: Path) -> list[str]:
    # Not splitlines(): a document may hold U+2028 and the like.
    return path.read_text(encoding="utf-8").split("\n")[:-1]


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
