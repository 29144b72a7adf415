"""The training data: which files there are, and their texts and questions read from them."""

from __future__ import annotations

import json
import lzma
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

from index import Published, ZhengwenError

MANIFEST: Final = "sources.toml"
KINDS: Final = ("articles", "laws", "questions")

Span = tuple[int, int]
"""Where something stands in a text: its first character, and the one after its last."""


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
    share: float = 0.0
    written: bool = False

    def __post_init__(self) -> None:
        """Check what the manifest says of it."""
        if self.kind not in KINDS:
            raise InvalidData(f"{self.file}: the kind {self.kind!r} is none of {', '.join(KINDS)}")
        if not self.weight > 0:
            raise InvalidData(f"{self.file}: the weight must be above 0, not {self.weight}")
        if not 0 <= self.share <= 1:
            raise InvalidData(f"{self.file}: the share must be from 0 to 1, not {self.share}")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the text it was asked about.

    ``answers`` tell where in the text, none where it leaves the question open; ``near`` is then the place
    that a careless reader would take. ``evidence`` are the sentences around the answers.
    """

    question: str
    context: str
    answers: tuple[Span, ...] = ()
    near: Span | None = None
    evidence: tuple[Span, ...] = ()
    title: str = ""
    published: str = ""
    style: str = ""

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Asked:
        """Read a line of a file of questions."""
        answers = [] if record.get("impossible") else record["answers"]
        spans = ((each["start"], each["start"] + len(each["text"])) for each in answers)
        near, published = record.get("near"), record.get("published") or ""
        if published:
            Published.parse(published)  # a ValueError, if it is no date
        return cls(
            question=record["question"],
            context=record["context"],
            answers=tuple(span for span in spans if span[0] >= 0),
            near=(near[0], near[1]) if near else None,
            evidence=tuple((start, end) for start, end in record.get("evidence") or ()),
            title=record.get("title") or "",
            published=published,
            style=record.get("style") or "",
        )

    def shortest(self) -> Span:
        """The place of the shortest answer; the first of several."""
        return min(self.answers, key=lambda span: span[1] - span[0])


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
    if not sources:
        raise InvalidData(f"{path} names no [[source]]")
    there = [source for source in sources if (folder / source.file).is_file()]
    for source in sources:
        if source not in there and not source.written:
            raise InvalidData(f"{path} names {source.file}, which is not in {folder}")
    return there


def read_texts(path: Path) -> Iterator[str]:
    """Read one text a line from a file packed by xz."""
    try:
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            yield from (text for line in lines if (text := line.strip()))
    except (OSError, EOFError, lzma.LZMAError, UnicodeDecodeError) as error:
        raise InvalidData(f"{path} can't be read ({error})") from error


def read_questions(path: Path) -> Iterator[Asked]:
    """Read the questions of a file."""
    for number, line in enumerate(read_texts(path), 1):
        try:
            yield Asked.of(json.loads(line))
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidData(f"{path}, line {number}: not a question as agreed ({error!r})") from error
