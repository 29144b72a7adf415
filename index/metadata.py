"""What is known about a document besides its words: from the folder's metadata file, else its text.

The metadata file, ``metadata.toml`` in the indexed folder, has a table a document::

    ["notices/2023-15.txt"]
    title = "关于……的通知"
    published = "2023-05-16"        # also 2023-05, 2023, 2023-05/2023-06
    because = "落款日期"             # why that date
    region = "杭州钱塘"
    byline = "张三 李四"
    issuer = "杭州市人民政府"
    url = "https://…"

Every key may be left out.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any, Final

from index.errors import InvalidMetadata
from index.normalize import HEADING_MARK, Layout, fold
from index.types import Published

FILE_NAME: Final = "metadata.toml"

_DATE: Final = re.compile(
    r"(?<!\d)((?:19|20)\d{2}) ?(?:年|[-/.]) ?(\d{1,2}) ?(?:月|[-/.]) ?(\d{1,2}) ?(?:日|号|(?![\d.]))"
)
# A day in the text that is a term or a deadline, not the day it came out.
_TERM_BEFORE: Final = ("自", "从", "截至", "截止", "至", "到", "-")
_TERM_AFTER: Final = (
    "起",
    "至",
    "到",
    "前",
    "之前",
    "以前",
    "后",
    "之后",
    "以后",
    "施行",
    "实施",
    "生效",
    "-",
)
_MARK: Final = re.compile(r"^#{1,6} ")
_EDGE = 120  # characters at either end of a document in which its own date is looked for
_TITLE = 60


@dataclass(frozen=True, slots=True)
class Metadata:
    """The table of one document; what is not stated is None."""

    title: str | None = None
    published: Published | None = None
    because: str | None = None
    region: str | None = None
    byline: str | None = None
    issuer: str | None = None
    url: str | None = None


def read_metadata(folder: Path) -> dict[str, Metadata]:
    """Read a folder's metadata file, doc_id -> Metadata; without a file, nothing.

    :raises InvalidMetadata: naming the file, the table and the key.
    """
    path = folder / FILE_NAME
    if not path.exists():
        return {}
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidMetadata(f"{path}: not a TOML file in UTF-8 ({error}); correct it") from error
    return {doc_id: _table(path, doc_id, table) for doc_id, table in tables.items()}


def _table(path: Path, doc_id: str, table: Any) -> Metadata:
    if not isinstance(table, Mapping):
        raise InvalidMetadata(f'{path}: {doc_id!r} is no table; write ["{doc_id}"] and its keys below')
    known = Metadata.__slots__
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in known:
            raise InvalidMetadata(
                f"{path}: unknown key {key!r} for {doc_id!r}; known are {', '.join(known)}"
            )
        if key == "published":
            values[key] = _published(path, doc_id, value)
        elif isinstance(value, str):
            values[key] = value.strip() or None
        else:
            raise InvalidMetadata(f"{path}: {key} of {doc_id!r} must be a text in quotes, not {value!r}")
    return Metadata(**values)


def _published(path: Path, doc_id: str, value: object) -> Published:
    try:
        return Published.parse(value.isoformat()[:10] if isinstance(value, date) else str(value))
    except ValueError as error:
        raise InvalidMetadata(f"{path}: published of {doc_id!r}: {error}") from error


def find_title(layout: Layout, doc_id: str) -> str:
    """The document's first headings, else its first line if short, else the file's name."""
    first_line = layout.text.split("\n", 1)[0]
    if layout.headings and layout.headings[0][0] <= _EDGE:
        start, end = layout.headings[0]
        for following, stop in layout.headings[1:]:
            apart = following != end + 1 or HEADING_MARK.match(layout.text, following)
            if apart or layout.text[start] == "#" or stop - start > _TITLE:
                break
            end = stop
        return " ".join(_MARK.sub("", line) for line in layout.text[start:end].split("\n"))
    return first_line if len(first_line) <= _TITLE else PurePosixPath(doc_id).stem


def find_published(text: str) -> tuple[Published, str] | None:
    """The day a document itself gives at its beginning or end, with the words it was read from.

    A day from or until which something holds is none.
    """
    folded = fold(text)
    for found in _DATE.finditer(folded):
        start, end = found.span()
        at_edge = start < _EDGE or end > len(text) - _EDGE
        term = folded.endswith(_TERM_BEFORE, 0, start) or folded.startswith(_TERM_AFTER, end)
        if not at_edge or term:
            continue
        try:
            day = date(*(int(number) for number in found.groups()))
        except ValueError:
            continue
        return Published(day, day), f"文中日期“{text[start:end]}”"
    return None
