"""How much of a file is read: what is larger is refused before any work is done on it.

A loader checks sizes; how long it may take and how much memory it may use is its caller's to bound.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final
from zipfile import BadZipFile, ZipFile, ZipInfo

from index.errors import UnreadableDocument

LARGEST_FILE: Final = 200 * 2**20
"""Bytes of a file whose pictures take the room."""
LARGEST_TEXT_FILE: Final = 40 * 2**20
"""Bytes of a file that is text itself: `LONGEST_TEXT` in the longest encoding."""
LARGEST_MARKDOWN: Final = 4 * 2**20
"""Bytes of a Markdown file: a thick book; its parser is the slowest of all."""
LONGEST_TEXT: Final = 10_000_000
"""Characters of a document: a shelf of books; a longer table is a database."""
LONGEST_LINE: Final = 1_000_000
"""Characters of a line: more than any book has altogether; such a file is data without line ends."""
MOST_MEMBERS: Final = 10_000
"""Files in an Office package: each picture and each sheet is one."""
LARGEST_UNPACKED: Final = 400 * 2**20
"""Bytes of an Office package unpacked, pictures and all."""
LARGEST_PART: Final = 60 * 2**20
"""Bytes of one XML part unpacked: `MOST_CELLS` with all the attributes that Excel gives them."""
HIGHEST_RATIO: Final = 400
"""How many times larger a part may be unpacked: a million empty rows come below it, and what is made to
burst comes near the 1,032 that deflate can reach."""
_SMALL: Final = 2**20  # bytes; whatever the ratio, so much does no harm
MOST_COLUMNS: Final = 1_000
"""Columns of a table: who has more has turned it on its side."""
MOST_CELLS: Final = 500_000
"""Filled cells of all the tables of a document."""
DEEPEST: Final = 200
"""How deep the tags of a web page may nest: the libraries go down them by recursion."""
MOST_ELEMENTS: Final = 30_000
"""Tags of a web page, its tables written out: a paragraph or a row each."""

_DOCTYPE: Final = re.compile("|".join(("<!DOCTYPE", "<\0!\0D\0O\0C\0T\0Y\0P\0E")).encode(), re.IGNORECASE)
_LONG: Final = 2**20


def check_file(path: Path, largest: int = LARGEST_FILE) -> None:
    """Refuse a file of more than so many bytes.

    :raises UnreadableDocument: if it is larger or can't be opened.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise cannot_open(path, error) from error
    if size > largest:
        raise UnreadableDocument(
            f"{path}: {size / 2**20:.0f} MiB are more than the {largest // 2**20} MiB that are read; split the file"
        )


def read_bytes(path: Path, largest: int = LARGEST_TEXT_FILE) -> bytes:
    """Read a file of at most so many bytes.

    :raises UnreadableDocument: if it is larger or can't be opened.
    """
    check_file(path, largest)
    try:
        return path.read_bytes()
    except OSError as error:
        raise cannot_open(path, error) from error


def cannot_open(path: Path, error: OSError) -> UnreadableDocument:
    """What to say of a file that the system doesn't give."""
    return UnreadableDocument(f"{path}: cannot be opened ({error.strerror}); check the file and its rights")


def check_text(path: Path, text: str) -> None:
    """Refuse a text that no document has.

    :raises UnreadableDocument: if the text or one of its lines is too long.
    """
    if len(text) > LONGEST_TEXT:
        raise UnreadableDocument(
            f"{path}: {len(text):,} characters are more than the {LONGEST_TEXT:,} that are read; split the file"
        )
    if len(text) > LONGEST_LINE and max(map(len, text.splitlines())) > LONGEST_LINE:
        raise UnreadableDocument(
            f"{path}: a line has more than {LONGEST_LINE:,} characters; put line ends into the text, "
            "or remove the file if it is no document"
        )


def check_package(path: Path) -> None:
    """Refuse an Office package that unpacks to too much, or whose XML declares entities.

    What a member is declared to unpack to is what is ever read of it. The Office formats forbid
    document types (ECMA-376 part 2, 8.1.4), and only these declare entities.

    :raises UnreadableDocument: naming what is too large or not allowed.
    """
    check_file(path)
    try:
        with ZipFile(path) as package:
            members = package.infolist()
            _check_sizes(path, members)
            for member in members:
                is_xml = member.filename.lower().endswith((".xml", ".rels", ".vml"))
                if is_xml and part_has(package, member.filename, _DOCTYPE):
                    raise UnreadableDocument(
                        f"{path}: {member.filename} declares entities, which Office files may not; "
                        "save it again with Word, Excel or WPS"
                    )
    except OSError as error:
        raise cannot_open(path, error) from error
    except BadZipFile as error:
        raise UnreadableDocument(f"{path}: the file is damaged ({error}); get it again") from error


def _check_sizes(path: Path, members: list[ZipInfo]) -> None:
    unpacked = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS or unpacked > LARGEST_UNPACKED:
        raise UnreadableDocument(
            f"{path}: {len(members):,} parts of {unpacked / 2**20:,.0f} MiB unpacked are more than the "
            f"{MOST_MEMBERS:,} of {LARGEST_UNPACKED // 2**20} MiB that are read; split the file"
        )
    for member in members:
        bursts = member.file_size > max(_SMALL, HIGHEST_RATIO * member.compress_size)
        if bursts or (member.filename.endswith(".xml") and member.file_size > LARGEST_PART):
            raise UnreadableDocument(
                f"{path}: {member.filename} unpacks from {member.compress_size / 1024:,.0f} KiB to "
                f"{member.file_size / 2**20:,.0f} MiB, more than is read; split the file"
            )


def part_has(package: ZipFile, name: str, pattern: re.Pattern[bytes]) -> bool:
    """Whether a part of a package holds a short pattern, found without unpacking it all at once."""
    last = b""
    with package.open(name) as part:
        while block := part.read(_LONG):
            if pattern.search(last[-32:] + block):
                return True
            last = block
    return False


def check_cells(path: Path, rows: Iterable[int]) -> None:
    """Refuse tables with too many filled cells; ``rows`` are the numbers of cells of the rows."""
    if sum(rows) > MOST_CELLS:
        raise UnreadableDocument(
            f"{path}: its tables have more than the {MOST_CELLS:,} cells that are read; split them"
        )
