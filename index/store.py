"""The index: documents, passages, their vectors (FAISS) and words (BM25), and the folder it is kept in.

An index folder holds ``manifest.json`` and one folder with the data it names. A new build writes a
new data folder beside the old one and then replaces the manifest in one rename: whoever reads finds
either the old index or the new one, whole, at every moment.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import faiss
import numpy as np
from numpy.typing import NDArray

from index import chunker, lexical, normalize
from index.errors import IndexMismatch, IndexNotFound
from index.lexical import LexicalIndex
from index.types import Document, Passage, Published

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
HNSW_FROM: Final = 300_000
"""From this many passages on the vectors are searched through a graph instead of one by one."""

_HNSW_NEIGHBOURS: Final = 32
_LIBRARIES: Final = ("faiss-cpu", "bm25s", "jieba", "opencc", "sentence-transformers")


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
        rows = {
            "passages": len(self.passages),
            "words": len(self.words),
            "vectors": self.faiss_index.ntotal,
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
        dimension = vectors.shape[1]
        if len(passages) < HNSW_FROM:
            faiss_index = faiss.IndexFlatIP(dimension)
        else:
            faiss_index = faiss.IndexHNSWFlat(dimension, _HNSW_NEIGHBOURS, faiss.METRIC_INNER_PRODUCT)
        faiss_index.add(vectors)
        by_id = {
            document.doc_id: document
            for document in sorted(documents, key=lambda document: document.doc_id)
        }
        return cls(by_id, passages, words, faiss_index, LexicalIndex.build(words))

    def nearest(self, vector: NDArray[np.float32], k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Rows and cosines of the k passages nearest to a unit vector, best first, ties by row.

        ``k`` is clamped to the number of passages.
        """
        k = min(k, len(self.passages))
        if k < 1:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        cosines, rows = self.faiss_index.search(vector.reshape(1, -1), k)
        order = np.lexsort((rows[0], -cosines[0]))
        return rows[0][order], cosines[0][order]

    def vectors(self, rows: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        """The stored vectors of some rows: float32 (len(rows), dimension)."""
        if len(rows) == 0:
            return np.empty((0, self.faiss_index.d), np.float32)
        return np.asarray(self.faiss_index.reconstruct_batch(np.asarray(rows, np.int64)))

    def save(
        self, folder: Path, config: IndexConfig, sources: Mapping[str, str], skipped: Mapping[str, str]
    ) -> None:
        """Write the index to its folder; until the very end the old one there stays valid."""
        folder.mkdir(parents=True, exist_ok=True)
        data = folder / f"new-{os.getpid()}"
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir()
        _write_lines(
            data / "documents.jsonl",
            (json.dumps(_plain(d), ensure_ascii=False, default=str) for d in self.documents.values()),
        )
        _write_lines(
            data / "passages.jsonl",
            (json.dumps(_without_text(p), ensure_ascii=False) for p in self.passages),
        )
        _write_lines(data / "words.txt", (" ".join(words) for words in self.words))
        faiss.write_index(self.faiss_index, str(data / "vectors.faiss"))
        self.lexical.save(data / "bm25")
        name = f"data-{_digest(data)}"
        if not (folder / name).exists():
            data.rename(folder / name)
        manifest = Manifest(config, name, len(self.documents), len(self.passages), sources, skipped)
        _replace(folder / MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False, indent=1))
        for other in folder.iterdir():
            if other.is_dir() and other.name != name and other.name.startswith(("data-", "new-")):
                shutil.rmtree(other, ignore_errors=True)

    @classmethod
    def load(cls, folder: Path) -> PassageIndex:
        """Read an index from its folder.

        :raises IndexNotFound: if there is none, or it is not whole.
        :raises IndexMismatch: if another version of the program wrote it.
        """
        data = folder / read_manifest(folder).data
        try:
            documents = {d.doc_id: d for d in map(_document, _read_lines(data / "documents.jsonl"))}
            passages = [_passage(line, documents) for line in _read_lines(data / "passages.jsonl")]
            words = [line.split(" ") if line else [] for line in _read_lines(data / "words.txt")]
            faiss_index = faiss.read_index(str(data / "vectors.faiss"))
            return cls(
                documents, passages, words, faiss_index, LexicalIndex.load(data / "bm25", len(passages))
            )
        except (OSError, RuntimeError, KeyError, ValueError) as error:
            raise IndexNotFound(
                f"the index in {folder} is damaged ({error}); delete it and run: python -m index build DIR --out {folder}"
            ) from error


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
        raise IndexNotFound(f"{path} can't be read ({error}); delete {folder} and {rebuild}") from error
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


def _plain(document: Document) -> dict[str, Any]:
    return {key: value for key, value in asdict(document).items() if value is not None}


def _without_text(passage: Passage) -> dict[str, Any]:
    return {key: value for key, value in asdict(passage).items() if key != "text"}


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


def _write_lines(path: Path, lines: Any) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line}\n" for line in lines)


def _read_lines(path: Path) -> list[str]:
    # Not splitlines(): a document may hold U+2028 and the like.
    return path.read_text(encoding="utf-8").split("\n")[:-1]


def _digest(folder: Path) -> str:
    digest = sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _replace(path: Path, text: str) -> None:
    new = path.with_name(f"{path.name}.{os.getpid()}")
    new.write_text(text, encoding="utf-8")
    new.replace(path)
