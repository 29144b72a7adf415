"""What people state about their documents: the metadata file of a folder.

The metadata file, ``metadata.toml`` in the indexed folder, has a table a document::

    ["notices/2023-15.txt"]
    title = "关于……的通知"
    published = "2023-05-16"        # also 2023-05, 2023, 2023-05/2023-06
    because = "落款日期"             # why that date
    effective = "2023-06-01"        # the day from which it holds
    doc_number = "杭政函〔2023〕15号"
    kind = "文件"                    # 法律, 文件, 讲话, 报道 or 企业宣传
    region = "杭州钱塘"
    byline = "张三 李四"
    issuer = "杭州市人民政府"
    url = "https://…"

Every key may be left out; what is stated goes before what the file or its text tells.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from index.errors import InvalidMetadata
from index.types import Published

FILE_NAME: Final = "metadata.toml"
KINDS: Final = ("法律", "文件", "讲话", "报道", "企业宣传")
"""Law, official document, speech, report, a company's own words."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """The table of one document; what is not stated is None."""

    title: str | None = None
    published: Published | None = None
    because: str | None = None
    effective: date | None = None
    region: str | None = None
    byline: str | None = None
    issuer: str | None = None
    doc_number: str | None = None
    kind: str | None = None
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
    for key in table:
        if key not in known:
            raise InvalidMetadata(
                f"{path}: unknown key {key!r} for {doc_id!r}; known are {', '.join(known)}"
            )
    return Metadata(
        **{key: _value(f"{key} of {doc_id!r}", key, value, path) for key, value in table.items()}
    )


def _value(name: str, key: str, value: object, path: Path) -> Any:
    """A key's value as a document has it."""
    if key in ("published", "effective"):
        # TOML has dates of its own; a time of day says nothing here.
        written = value.isoformat()[:10] if isinstance(value, date) else str(value)
        try:
            stretch = Published.parse(written)
        except ValueError as error:
            raise InvalidMetadata(f"{path}: {name}: {error}") from error
        if key == "published":
            return stretch
        if stretch.precision != "day":
            raise InvalidMetadata(f"{path}: {name} must be a day (2023-06-01), not {written!r}")
        return stretch.first
    if not isinstance(value, str):
        raise InvalidMetadata(f"{path}: {name} must be a text in quotes, not {value!r}")
    if key == "kind" and value.strip() and value.strip() not in KINDS:
        raise InvalidMetadata(f"{path}: {name} must be one of {', '.join(KINDS)}, not {value!r}")
    return value.strip() or None
