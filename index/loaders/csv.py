"""CSV and TSV: a table in text."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Final

from index.errors import UnreadableDocument
from index.loaders.limits import MOST_COLUMNS, check_cells, read_bytes
from index.loaders.lines import document
from index.loaders.raw import Properties, RawDocument
from index.loaders.table import Table, table_lines
from index.loaders.text import decode

_DELIMITERS: Final = ",\t;|"
_LOOKED_AT: Final = 20  # lines; enough to tell what parts the cells


def load_csv(path: Path) -> RawDocument:
    """Read a file of cells with commas, tabs, semicolons or bars between them.

    :raises UnreadableDocument: if it is no such file, or too large.
    """
    text, encoding = decode(path, read_bytes(path))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        rows = list(reader)
    except csv.Error as error:
        raise UnreadableDocument(
            f"{path}: line {reader.line_num} is no row of a table ({error})"
        ) from error
    if max(map(len, rows), default=0) > MOST_COLUMNS:
        raise UnreadableDocument(
            f"{path}: more than the {MOST_COLUMNS:,} columns that are read; split the table"
        )
    check_cells(path, (len(row) for row in rows))
    return document(table_lines(Table(rows, above=[path.stem])), Properties(), encoding)


def _delimiter(text: str) -> str:
    """The character that most lines have, and the same number of times."""
    lines = [line for line in text.splitlines()[:_LOOKED_AT] if line.strip()]

    def agreement(delimiter: str) -> tuple[int, int]:
        counts = [line.count(delimiter) for line in lines]
        common = max(set(counts) - {0}, key=counts.count, default=0)
        return (counts.count(common) if common else 0), common

    return max(_DELIMITERS, key=agreement)
