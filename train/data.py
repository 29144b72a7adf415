"""The training data: which files there are, and their texts and questions read from them."""

from __future__ import annotations

import json
import lzma
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

from index.errors import ZhengwenError

MANIFEST: Final = "sources.toml"
KINDS: Final = ("articles", "laws", "questions")


class InvalidData(ZhengwenError):
    """The training data is not there, or not as the manifest says."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the training data; the fields are explained in the manifest."""

    file: str
    kind: str
    origin: str
    licence: str
    weight: float
    made: int = 0

    def __post_init__(self) -> None:
        """Check what the manifest says of it."""
        if self.kind not in KINDS:
            raise InvalidData(f"{self.file}: the kind {self.kind!r} is none of {', '.join(KINDS)}")
        if not self.weight > 0:
            raise InvalidData(f"{self.file}: the weight must be above 0, not {self.weight}")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the text it was asked about; ``start`` is where the answer stands in the text."""

    question: str
    context: str
    answer: str
    start: int


def read_sources(folder: Path) -> list[Source]:
    """Read the manifest of a data folder, or the repository's own where the folder has none.

    :raises InvalidData: if it is malformed or names a file that is not there.
    """
    if not folder.is_dir():
        raise InvalidData(
            f"{folder} is no folder; give the folder that holds the training data with --data"
        )
    own = folder / MANIFEST
    path = own if own.exists() else Path(__file__).parent / MANIFEST
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("source", [])
        sources = [Source(**entry) for entry in entries]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidData(f"{path} can't be read ({error})") from error
    except TypeError as error:
        names = ", ".join(field.name for field in fields(Source))
        raise InvalidData(f"{path}: a [[source]] has the fields {names} ({error})") from error
    for source in sources:
        if not (folder / source.file).is_file():
            raise InvalidData(f"{path} names {source.file}, which is not in {folder}")
    if not sources:
        raise InvalidData(f"{path} names no [[source]]")
    return sources


def read_texts(path: Path) -> Iterator[str]:
    """Read one text a line from a file packed by xz."""
    try:
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            yield from (text for line in lines if (text := line.strip()))
    except (OSError, EOFError, lzma.LZMAError, UnicodeDecodeError) as error:
        raise InvalidData(f"{path} can't be read ({error})") from error


def read_questions(path: Path) -> Iterator[Asked]:
    """Read the answerable questions of a file, each with its shortest answer."""
    for number, line in enumerate(read_texts(path), 1):
        try:
            record = json.loads(line)
            answers = [] if record.get("impossible") else record["answers"]
            for answer in sorted(answers, key=lambda answer: len(answer["text"]))[:1]:
                yield Asked(record["question"], record["context"], answer["text"], answer["start"])
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidData(f"{path}, line {number}: not a question as agreed ({error!r})") from error
