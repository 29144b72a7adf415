"""Question groups: a question, the passage that answers it, if there is one, and passages that don't.

Those that don't are BM25's first wrong ones, the answering passage's neighbours, and for questions that
their text leaves open, that text. Kept in two files, so that they can be made on any machine and sent to
one with a GPU; groups.json counts them and is written last.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

from index import fold
from train.corpus import Corpus, Question, read_corpus
from train.data import InvalidData, Source, read_sources, read_texts
from train.heldout import HeldOut, normal
from train.negatives import mine
from train.passages import article
from train.reader.loop import SEED

_PASSAGES: Final = "passages.jsonl.xz"
_GROUPS: Final = "groups.jsonl.xz"
_MANIFEST: Final = "groups.json"
_MINED: Final = 4  # passages by BM25 for a group
_MADE_WEIGHT: Final = 0.5
"""What questions made by rule weigh against asked ones of the same file: by hand, they are noisy."""


@dataclass(frozen=True, slots=True)
class Group:
    """A question and rows of passages: one that answers, from ``start`` to ``end``, and some that don't.

    ``positive`` is None where none answers; ``start`` is -1 where the passage answers but doesn't hold
    the answer's words as a whole. ``weight`` is how often the group is drawn, against the others.
    """

    question: str
    positive: int | None
    start: int
    end: int
    negatives: tuple[int, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Groups:
    """All groups, their passages, and the data they are made of, as (origin, licence)."""

    groups: list[Group]
    passages: list[str]
    data: list[tuple[str, str]]


def make_groups(data: Path) -> Groups:
    """Make the groups of a data folder, without what its dev sets hold."""
    sources = read_sources(data)
    held_out = HeldOut.load(data / "dev")
    corpus = read_corpus(data, sources, held_out, SEED)
    passages = list(corpus.passages)
    drafts = [
        (_group(question, corpus, [int(row) for row in rows if row >= 0]), (question.source, question.made))
        for question, rows in zip(corpus.questions, mine(corpus, _MINED), strict=True)
    ]
    for number, source in enumerate(sources):
        if source.kind == "questions":
            for question, texts in _unanswered(data / source.file, held_out):
                rows = tuple(range(len(passages), len(passages) + len(texts)))
                passages += texts
                drafts.append((Group(question, None, -1, -1, rows, 0.0), (number, False)))
    drafts = [draft for draft in drafts if draft[0].positive is not None or draft[0].negatives]
    groups = _weighted(drafts, sources)
    Random(SEED).shuffle(groups)
    return Groups(*_used(groups, passages), [(source.origin, source.licence) for source in sources])


def save_groups(groups: Groups, folder: Path) -> None:
    """Write groups into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MANIFEST).unlink(missing_ok=True)
    _write(folder / _PASSAGES, groups.passages)
    _write(folder / _GROUPS, map(asdict, groups.groups))
    counts = {"groups": len(groups.groups), "passages": len(groups.passages), "data": groups.data}
    (folder / _MANIFEST).write_text(
        json.dumps(counts, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )


def has_groups(folder: Path) -> bool:
    """Whether `save_groups` has finished in a folder."""
    return (folder / _MANIFEST).is_file()


def load_groups(folder: Path) -> Groups:
    """Read what `save_groups` wrote.

    :raises InvalidData: if a file is missing or not whole.
    """
    try:
        counts = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InvalidData(
            f"no question groups in {folder}; give the data they are made of with --data"
        ) from error
    passages = [json.loads(line) for line in read_texts(folder / _PASSAGES)]
    groups = [
        Group(**record | {"negatives": tuple(record["negatives"])})
        for record in map(json.loads, read_texts(folder / _GROUPS))
    ]
    if (len(groups), len(passages)) != (counts["groups"], counts["passages"]):
        raise InvalidData(
            f"the question groups in {folder} are not whole; delete {_MANIFEST} there and try again"
        )
    return Groups(groups, passages, [(origin, licence) for origin, licence in counts["data"]])


def _group(question: Question, corpus: Corpus, mined: list[int]) -> Group:
    passage = corpus.passages[question.passage]
    start = passage.find(question.answer)
    beside = [
        row
        for row in (question.passage - 1, question.passage + 1)
        if 0 <= row < len(corpus.passages)
        and corpus.articles[row] == corpus.articles[question.passage]
        and row not in mined
        and normal(question.answer) not in normal(corpus.passages[row])
    ]
    end = start + len(question.answer) if start >= 0 else -1
    return Group(question.text, question.passage, start, end, (*mined, *beside), 0.0)


def _unanswered(path: Path, held_out: HeldOut) -> Iterator[tuple[str, list[str]]]:
    """The questions that their text leaves open, and the passages of that text."""
    for record in map(json.loads, read_texts(path)):
        if record.get("impossible") and not held_out.asks(record["question"]):
            texts = [text for _, text in article(record["context"]).passages if not held_out.holds(text)]
            yield fold(record["question"]), texts


def _weighted(drafts: list[tuple[Group, tuple[int, bool]]], sources: list[Source]) -> list[Group]:
    """Give every group its share of its file's weight."""
    counts: dict[tuple[int, bool], int] = {}
    for _, origin in drafts:
        counts[origin] = counts.get(origin, 0) + 1
    return [
        Group(
            group.question,
            group.positive,
            group.start,
            group.end,
            group.negatives,
            sources[number].weight * (_MADE_WEIGHT if made else 1.0) / counts[number, made],
        )
        for group, (number, made) in drafts
    ]


def _used(groups: list[Group], passages: list[str]) -> tuple[list[Group], list[str]]:
    """The groups with their passages numbered anew, those left out that no group has."""
    rows: dict[int, int] = {}

    def new(row: int) -> int:
        return rows.setdefault(row, len(rows))

    renumbered = [
        Group(
            group.question,
            None if group.positive is None else new(group.positive),
            group.start,
            group.end,
            tuple(map(new, group.negatives)),
            group.weight,
        )
        for group in groups
    ]
    return renumbered, [passages[row] for row in rows]


def _write(path: Path, records: Iterable[Any]) -> None:
    with lzma.open(path, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
