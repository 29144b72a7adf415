"""JSON Lines with checked fields: what is wrong is named by file, line number and field."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rag import InvalidGold


@dataclass(frozen=True, slots=True)
class Record:
    """A JSON object, and where it was read: file and line, and the fields it is within."""

    where: str
    values: Mapping[str, object]
    path: str = ""

    def error(self, field: str, problem: str) -> InvalidGold:
        """Make the error for one field, for the caller to raise."""
        return InvalidGold(f"{self.where}: {self.path}{field}: {problem}")

    def text(self, field: str) -> str:
        """Read a string that says something."""
        value = self._required(field)
        if not isinstance(value, str) or not value.strip():
            raise self.error(field, f"should be a string that is not empty, not {_shown(value)}")
        return value

    def number(self, field: str) -> float:
        """Read a finite number."""
        value = self._required(field)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self.error(field, f"should be a number, not {_shown(value)}")
        return float(value)

    def share(self, field: str) -> float:
        """Read a number from 0 to 1."""
        value = self.number(field)
        if not 0 <= value <= 1:
            raise self.error(field, f"should be a number from 0 to 1, not {value:g}")
        return value

    def count(self, field: str) -> int:
        """Read a whole number from 0."""
        value = self._required(field)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self.error(field, f"should be a whole number from 0, not {_shown(value)}")
        return value

    def flag(self, field: str, default: bool | None = None) -> bool:
        """Read true or false; without ``default`` the field must be there."""
        value = self._required(field) if default is None else self.values.get(field, default)
        if not isinstance(value, bool):
            raise self.error(field, f"should be true or false, not {_shown(value)}")
        return value

    def texts(self, field: str) -> tuple[str, ...]:
        """Read a list of strings that say something; a field that is not there is an empty list."""
        value = self.values.get(field, [])
        if not isinstance(value, list) or not all(isinstance(text, str) and text.strip() for text in value):
            raise self.error(field, f"should be a list of strings that are not empty, not {_shown(value)}")
        return tuple(value)

    def record(self, field: str) -> Record:
        """Read an object; a field that is not there is an empty one."""
        return self._inner(field, self.values.get(field, {}))

    def records(self, field: str) -> tuple[Record, ...]:
        """Read a list of objects; a field that is not there is an empty list."""
        value = self.values.get(field, [])
        if not isinstance(value, list):
            raise self.error(field, f"should be a list of objects, not {_shown(value)}")
        return tuple(self._inner(f"{field}[{position}]", inner) for position, inner in enumerate(value))

    def _required(self, field: str) -> object:
        if field not in self.values:
            raise self.error(field, "is missing")
        return self.values[field]

    def _inner(self, field: str, value: object) -> Record:
        if not isinstance(value, dict):
            raise self.error(field, f"should be an object, not {_shown(value)}")
        return Record(self.where, value, f"{self.path}{field}.")


def read_records(path: Path) -> list[Record]:
    """Read a file of JSON objects, one a line, in UTF-8; blank lines are passed over.

    :raises InvalidGold: naming the file, and the line that is no JSON object.
    """
    try:
        lines = path.read_bytes().removeprefix(b"\xef\xbb\xbf").splitlines()
    except OSError as error:
        raise InvalidGold(f"cannot read {path}: {error.strerror}") from error
    numbered = [(f"{path}:{number}", line) for number, line in enumerate(lines, start=1)]
    return [Record(where, _parsed(where, line)) for where, line in numbered if line.strip()]


def _parsed(where: str, line: bytes) -> dict[str, object]:
    try:
        value = json.loads(line.decode("utf-8"))
        json.dumps(value, ensure_ascii=False).encode("utf-8")  # refuses half a surrogate pair
    except (ValueError, RecursionError) as error:
        raise InvalidGold(f"{where}: not JSON in UTF-8: {error}") from error
    if not isinstance(value, dict):
        raise InvalidGold(f"{where}: should be a JSON object, not {_shown(value)}")
    return value


def _shown(value: object) -> str:
    """The value as it stands in the file, cut to fit in a message."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:60]}…"
