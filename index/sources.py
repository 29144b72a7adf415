"""The files below a folder that are documents, and whether one has changed since it was last looked at.

A file whose size and times are those of the last build is taken to hold what it held then. What it held
is kept, as a digest, in ``seen.json`` beside the index: without that file all are read once more, and
nothing else is different.
"""

from __future__ import annotations

import os
import stat
import time
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Final

import orjson

from index import loaders
from index.errors import NoDocuments, UnreadableDocument
from index.garbage import uncollected

SEEN: Final = "seen.json"

_SETTLED: Final = 2 * 10**9
"""Nanoseconds for which a file must be left alone before its times tell anything: FAT counts in two
seconds, and a file changed twice within what the clock tells apart has the same times."""

Stamp = tuple[int, int, int]
"""A file's size in bytes, and when its content and its entry changed, in nanoseconds."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file found: its path, its name below the folder, and its stamp (None if it can't be told)."""

    path: Path
    doc_id: str
    stamp: Stamp | None

    @property
    def size(self) -> int:
        """Bytes, as far as known."""
        return self.stamp[0] if self.stamp else 0


@uncollected()
def find_sources(folder: Path, skipped: dict[str, str]) -> dict[str, Source]:
    """The documents below a folder, doc_id -> Source, in order.

    Hidden files and folders are left out, links to folders not followed; a folder that can't be
    opened is entered in ``skipped``.

    :raises NoDocuments: if there are none.
    """
    if not folder.is_dir():
        raise NoDocuments(f"{folder} is no folder; give the folder that holds the documents")

    def closed(error: OSError) -> None:
        skipped[_doc_id(folder, Path(error.filename))] = writable(
            f"{error.filename}: the folder cannot be opened ({error.strerror}); check its rights"
        )

    found: dict[str, Source] = {}
    for parent, subfolders, names in os.walk(folder, onerror=closed):
        subfolders[:] = [name for name in subfolders if not name.startswith(".")]
        below = "" if Path(parent) == folder else _doc_id(folder, Path(parent)) + "/"
        for name in names:
            path = Path(parent, name)
            if name.startswith(".") or not loaders.is_document(path):
                continue
            status = _status(path)
            # A broken link is to be reported, a device is none of ours.
            if status is None or stat.S_ISREG(status.st_mode):
                doc_id = below + writable(name)
                found[doc_id] = Source(path, doc_id, _stamp(status))
    if not found:
        raise NoDocuments(
            f"no documents in {folder}: put files ending in {', '.join(sorted(loaders.SUFFIXES))} there"
        )
    return dict(sorted(found.items()))


def writable(text: str) -> str:
    """The text with what is no UTF-8 in a file's name escaped, so that it can be written."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


class Seen:
    """What the files of a folder held when they were last looked at: SHA-256 in hexadecimal."""

    def __init__(self, folder: Path, index: Path) -> None:
        """Recall what was seen of a folder when it was last indexed there."""
        self._folder = writable(str(folder.resolve()))
        self._file = index / SEEN
        self._before = self._recall()
        self._now: dict[str, tuple[Stamp, str]] = {}
        self._began = time.time_ns()

    def digest(self, source: Source) -> str:
        """What a file holds; read only if it may have changed.

        :raises UnreadableDocument: if it can't be opened.
        """
        stamp, digest = self._before.get(source.doc_id, (None, ""))
        if stamp is None or stamp != source.stamp:
            digest = _digest(source.path)
        if source.stamp and max(source.stamp[1:]) < self._began - _SETTLED:
            self._now[source.doc_id] = (source.stamp, digest)
        return digest

    def save(self) -> None:
        """Keep for the next build what was seen in this one."""
        draft = self._file.with_name(f"new-{os.getpid()}.json")
        draft.write_bytes(orjson.dumps({"folder": self._folder, "files": self._now}))
        draft.replace(self._file)

    @uncollected()
    def _recall(self) -> dict[str, tuple[Stamp, str]]:
        try:
            kept = orjson.loads(self._file.read_bytes())
            if kept["folder"] != self._folder:
                return {}
            return {doc_id: (tuple(stamp), digest) for doc_id, (stamp, digest) in kept["files"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}  # then all are read


def _doc_id(folder: Path, path: Path) -> str:
    return writable(path.relative_to(folder).as_posix())


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None


def _stamp(status: os.stat_result | None) -> Stamp | None:
    return (status.st_size, status.st_mtime_ns, status.st_ctime_ns) if status else None


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UnreadableDocument(
            f"{path}: cannot be opened ({error.strerror}); check the file and its rights"
        ) from error
