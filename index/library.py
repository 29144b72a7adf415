"""The folder of documents behind an index: what is in it, and taking files in, correcting, removing.

    library = Library(Path("seeds"), Path(".index"))
    doc_id = library.add("通知.pdf", draft)
    library.update()

Files taken in go to ``uploads/`` below the folder, and only files there are removed. A correction is
written to the folder's metadata file, which stays a person's own: comments and order are kept.
"""

from __future__ import annotations

import os
import re
import shutil
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Final, Literal

import tomlkit
from tomlkit.exceptions import TOMLKitError

from index import loaders
from index.apart import build_apart
from index.build import BuildReport, Progress
from index.errors import IndexMismatch, IndexNotFound, InvalidMetadata, NoDocuments, Refused
from index.loaders.kinds import ADVICE
from index.metadata import FILE_NAME, KINDS, Metadata, read_metadata
from index.preview import is_pictured, page_image
from index.sources import find_sources
from index.store import MANIFEST, PassageIndex, read_manifest
from index.types import Document, Published

UPLOADS: Final = "uploads"
"""The folder, below that of the documents, to which files taken in go."""
LARGEST: Final = 64 * 2**20
"""Bytes of one file taken in."""
MOST: Final = 5_000
"""Files in the uploads folder."""
MOST_BYTES: Final = 8 * 2**30
"""Bytes of all files in the uploads folder."""
LONGEST_FACT: Final = 500
"""Characters of a corrected fact."""
FACTS: Final = ("title", "published", "issuer", "doc_number", "region", "kind", "url")
"""What of a document can be corrected here."""

_LONGEST_NAME: Final = 180  # bytes; file systems end at 255, and a number may be added
_DRAFTS: Final = ".incoming"
_DRAFT_AGE: Final = 24 * 3600.0  # seconds after which nobody is sending a file any more
_FORBIDDEN: Final = re.compile(r'[<>:"|?*]')
# Names that Windows keeps for devices, whatever the ending:
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
_DEVICES: Final = re.compile(r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])(?=\.|$)", re.I)

State = Literal["indexed", "waiting", "leaving", "left_out"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A document of the folder and how it stands to the index.

    ``state``: ``indexed``; ``waiting``, new or changed since the last build; ``leaving``, gone from the
    folder but still in the index; ``left_out``, with the ``reason`` that the build gave.
    """

    doc_id: str
    title: str
    published: Published | None
    kind: str | None
    pages: int
    passages: int
    state: State
    reason: str
    uploaded: bool


class Library:
    """A folder of documents and the index made of it; several threads may use it at once."""

    suffixes: Final = tuple(sorted(loaders.SUFFIXES))
    kinds: Final = KINDS
    megabytes: Final = LARGEST // 2**20

    def __init__(self, source: Path, index: Path) -> None:
        """Look after the documents below ``source``, indexed in ``index``."""
        self.source = source.resolve()
        self.index = index
        self._writing = Lock()
        self._counted: tuple[PassageIndex | None, Counter[str]] = (None, Counter())

    @staticmethod
    def check(name: str, size: int) -> None:
        """Refuse a file that `add` would refuse, before it is there.

        :raises Refused: for its name, its ending or its size.
        """
        check_name(name)
        check_size(size)

    @staticmethod
    def check_fact(key: str, value: str) -> str:
        """Make of what a person wrote what stands in the metadata file.

        :raises Refused: if there is no such fact, it is too long or no date.
        """
        return check_fact(key, value)

    @contextmanager
    def draft(self) -> Iterator[Path]:
        """Give a path for a file that is still arriving, on the uploads' own file system; removed at the end.

        :raises Refused: if the uploads are full.
        """
        folder = self._uploads()
        sizes = [
            entry.stat(follow_symlinks=False).st_size for entry in os.scandir(folder) if entry.is_file()
        ]
        if len(sizes) >= MOST or sum(sizes) + LARGEST > MOST_BYTES:
            raise Refused(
                "full",
                f"{folder} holds {len(sizes)} files; at most {MOST} with {MOST_BYTES} bytes are taken: "
                "remove some first",
                MOST,
            )
        drafts = folder / _DRAFTS
        drafts.mkdir(exist_ok=True)
        for left in drafts.iterdir():  # by a server that was killed
            if left.stat().st_mtime < time.time() - _DRAFT_AGE:
                shutil.rmtree(left, ignore_errors=True)
        with TemporaryDirectory(dir=drafts) as own:
            yield Path(own, "draft")

    def add(self, name: str, content: bytes | Path) -> str:
        """Take in a file under the last part of a name that anyone may have sent; return its doc_id.

        :param content: the bytes, or the path of a `draft`, which is moved.
        :raises Refused: if the name, the ending, the size or the number of files forbids it.
        """
        name = check_name(name)
        if isinstance(content, bytes):
            check_size(len(content))
            with self.draft() as draft:
                draft.write_bytes(content)
                return self._take(name, draft)
        check_size(content.stat(follow_symlinks=False).st_size)
        return self._take(name, content)

    def _take(self, name: str, draft: Path) -> str:
        folder = self._uploads()
        stem, suffix = os.path.splitext(name)
        number = 1
        while True:
            target = folder / (name if number == 1 else f"{stem} ({number}){suffix}")
            try:
                target.open("xb").close()  # whoever makes the name has it
                break
            except FileExistsError:
                number += 1
        draft.replace(target)
        return f"{UPLOADS}/{target.name}"

    def remove(self, doc_id: str) -> None:
        """Remove a file that was taken in, and what the metadata file says of it.

        :raises Refused: if there is none, or the file is one of the folder's own.
        """
        path = self.path(doc_id)
        if path.parent != self.source / UPLOADS:
            raise Refused(
                "own", f"{doc_id} was not uploaded: it belongs to the folder and is removed there", doc_id
            )
        with self._writing:
            path.unlink()
            tables = self._tables()
            if doc_id in tables:
                tables.remove(doc_id)
                self._write(tables)

    def correct(self, doc_id: str, /, **facts: str) -> None:
        """Write facts about a document to the metadata file; an empty one is taken out again.

        :raises Refused: if there is no such document, no such fact, or it is too long or no date.
        :raises InvalidMetadata: if the metadata file is malformed already.
        """
        self.path(doc_id)
        values = {key: check_fact(key, value) for key, value in facts.items()}
        if "published" in values:
            values["because"] = ""  # the reason was another date's
        with self._writing:
            tables = self._tables()
            table = tables.get(doc_id)
            if table is None:
                table = tomlkit.table()
                if tables:
                    tables.add(tomlkit.nl())
                tables.add(doc_id, table)
            for key, value in values.items():
                if value:
                    table[key] = value
                elif key in table:
                    table.remove(key)
            if not table:
                tables.remove(doc_id)
            self._write(tables)

    def facts(self, doc_id: str, document: Document | None) -> dict[str, str]:
        """What can be corrected, as one would write it: as the metadata file has it, else the document.

        :raises InvalidMetadata: if the metadata file is malformed.
        """
        known = read_metadata(self.source).get(doc_id)
        facts = {}
        for key in FACTS:
            value = getattr(known, key, None) or getattr(document, key, None) or ""
            facts[key] = _written(value) if isinstance(value, Published) else str(value)
        return facts

    def update(self, progress: Progress | None = None) -> BuildReport:
        """Bring the index up to date, in a process of its own: this one goes on answering.

        :raises ZhengwenError: as `build_index` does, or `BuildFailed`.
        """
        return build_apart(self.source, self.index, progress)

    def states(self, indexed: PassageIndex | None = None) -> list[Entry]:
        """Tell of every document how it stands, in order of doc_ids.

        :param indexed: the index as it is in use; by default it is loaded.
        :raises IndexNotFound: if there is none in use and none to be loaded.
        :raises InvalidMetadata: if the metadata file is malformed.
        """
        indexed = indexed or PassageIndex.load(self.index)
        if self._counted[0] is not indexed:
            self._counted = (indexed, Counter(passage.doc_id for passage in indexed.passages))
        passages = self._counted[1]
        built, skipped = self._last_build()
        metadata = read_metadata(self.source)
        changed = self._files()
        entries = []
        for doc_id in sorted(changed.keys() | indexed.documents.keys()):
            document = indexed.documents.get(doc_id)
            file, known = changed.get(doc_id), metadata.get(doc_id)
            state = _state(document, file, built, doc_id in skipped, known)
            entries.append(
                Entry(
                    doc_id,
                    document.title if document else PurePosixPath(doc_id).name,
                    document.published if document else None,
                    document.kind if document else None,
                    max((page for _, page in document.pages), default=0) if document else 0,
                    passages[doc_id],
                    state,
                    skipped[doc_id] if state == "left_out" else "",
                    self._is_upload(doc_id),
                )
            )
        return entries

    def path(self, doc_id: str) -> Path:
        """The file of a document, inside the folder for certain and reached through no link.

        :raises Refused: if there is none.
        """
        parts = doc_id.split("/")
        path = self.source.joinpath(*parts)
        try:
            found = (
                "\0" not in doc_id
                and not any(part.startswith(".") for part in parts)
                and loaders.is_document(path)
                and path.is_file()
                and path.resolve() == path == self.source / doc_id
                and path.relative_to(self.source).as_posix() == doc_id
            )
        except (OSError, ValueError):  # a name longer than the file system knows, or from elsewhere
            found = False
        if not found:
            raise Refused("unknown", f"no document {doc_id!r} in {self.source}", doc_id)
        return path

    def is_pictured(self, doc_id: str) -> bool:
        """Whether the document's pages can be shown as they look."""
        return is_pictured(self.path(doc_id))

    def page_image(self, doc_id: str, page: int) -> bytes | None:
        """A page, from 1, as it looks: a PNG picture; None if it can't be drawn.

        :raises Refused: if there is no such document.
        """
        return page_image(self.path(doc_id), page)

    def _uploads(self) -> Path:
        folder = self.source / UPLOADS
        folder.mkdir(exist_ok=True)
        if folder.is_symlink() or not folder.is_dir():
            raise Refused(
                "link", f"{folder} is a link or no folder; make it a folder of its own", folder.name
            )
        return folder

    def _is_upload(self, doc_id: str) -> bool:
        folder, _, name = doc_id.rpartition("/")
        return folder == UPLOADS and bool(name)

    def _last_build(self) -> tuple[int, Mapping[str, str]]:
        """When the last build was done and what it left out; without a good index never, and nothing."""
        try:
            skipped = read_manifest(self.index).skipped
            return (self.index / MANIFEST).stat().st_mtime_ns, skipped
        except (IndexNotFound, IndexMismatch, OSError):
            return 0, {}

    def _files(self) -> dict[str, int]:
        """The documents there are, as a build finds them, with the time of their last change; 0 if unknown."""
        try:
            found = find_sources(self.source, {})
        except NoDocuments:
            return {}
        return {doc_id: max(file.stamp[1:]) if file.stamp else 0 for doc_id, file in found.items()}

    def _tables(self) -> tomlkit.TOMLDocument:
        file = self.source / FILE_NAME
        try:
            return tomlkit.parse(file.read_text(encoding="utf-8-sig") if file.exists() else "")
        except (TOMLKitError, UnicodeDecodeError) as error:
            raise InvalidMetadata(f"{file}: not a TOML file in UTF-8 ({error}); correct it") from error

    def _write(self, tables: tomlkit.TOMLDocument) -> None:
        """Put a new metadata file in the old one's place, once what reads it has found it good."""
        with TemporaryDirectory(prefix=".", dir=self.source) as folder:
            draft = Path(folder, FILE_NAME)
            draft.write_text(tomlkit.dumps(tables).strip() + "\n", encoding="utf-8", newline="\n")
            read_metadata(Path(folder))
            draft.replace(self.source / FILE_NAME)


def check_name(sent: str) -> str:
    """Make a file's name of what a client sent: its last part, without what any system forbids.

    Nothing invisible stays that could make it read as another name (Unicode's control and format
    characters).

    :raises Refused: if nothing is left, or files with this ending can't be read.
    """
    last = re.split(r"[/\\]", sent)[-1]
    shown = "".join(char for char in last if unicodedata.category(char)[0] != "C")
    spaced = " ".join(_FORBIDDEN.sub("_", unicodedata.normalize("NFC", shown)).split())
    name = spaced.lstrip(" .~$").rstrip(" .")
    stem, suffix = os.path.splitext(name)
    if not stem:
        raise Refused("name", f"{sent!r} is no name for a file; give it one", name)
    if advice := ADVICE.get(suffix.lower()):
        told = f"files ending in {suffix!r} can't be read; {advice}"
        raise Refused("advice", f"{name}: {told}", told)
    if suffix.lower() not in loaders.SUFFIXES:
        known = ", ".join(sorted(loaders.SUFFIXES))
        raise Refused(
            "suffix", f"{name}: files ending in {suffix!r} can't be read; use {known}", suffix, known
        )
    stem = stem.encode()[: _LONGEST_NAME - len(suffix)].decode(errors="ignore").rstrip(" .")
    return f"_{stem}{suffix}" if _DEVICES.match(name) else f"{stem}{suffix}"


def check_size(size: int) -> None:
    """Refuse a file that is too large.

    :raises Refused: saying how large it may be.
    """
    if size > LARGEST:
        raise Refused("size", f"the file is larger than {LARGEST} bytes; divide it", LARGEST // 2**20)


def check_fact(key: str, value: str) -> str:
    """Make of what a person wrote what stands in the metadata file.

    :raises Refused: if there is no such fact, it is too long or no date.
    """
    if key not in FACTS:
        raise Refused("fact", f"{key!r} can't be corrected; known are {', '.join(FACTS)}", key)
    value = " ".join(value.split())
    if len(value) > LONGEST_FACT:
        raise Refused("long", f"{key} is longer than {LONGEST_FACT} characters; shorten it", LONGEST_FACT)
    if key == "kind" and value and value not in KINDS:
        raise Refused("kind", f"{value!r} is no kind; known are {', '.join(KINDS)}", "、".join(KINDS))
    if key == "published" and value:
        try:
            Published.parse(value)
        except ValueError as error:
            raise Refused("date", str(error)) from error
    return value


def _written(published: Published) -> str:
    """A date as the metadata file has it; `Published.parse` reads it again."""
    first = published.first.isoformat()
    length = {"day": 10, "month": 7, "year": 4}.get(published.precision)
    return first[:length] if length else f"{first}/{published.last.isoformat()}"


def _state(
    document: Document | None,
    changed: int | None,
    built: int,
    is_skipped: bool,
    known: Metadata | None,
) -> State:
    """How a document stands; ``changed`` is when its file was, None where there is none."""
    if changed is None:
        return "leaving"
    if changed > built:
        return "waiting"
    if document is None:
        return "left_out" if is_skipped else "waiting"
    return "waiting" if known and _differs(document, known) else "indexed"


def _differs(document: Document, known: Metadata) -> bool:
    """Whether the metadata file says something of a document that isn't in the index yet."""
    stated: Mapping[str, object] = {
        key: getattr(known, key) for key in FACTS if getattr(known, key, None) is not None
    }
    return any(getattr(document, key) != value for key, value in stated.items())
