"""What a loader gives."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RawDocument:
    """A file's text as it stands, and the encoding it was read in."""

    text: str
    encoding: str
