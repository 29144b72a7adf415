"""Question groups: a question, the passages that answer it and where, and passages near it that don't.

Passages are cut as the index cuts them. Those that don't answer are what a search finds first, by the base
encoder and BM25 as `rag.retriever` fuses them, and the other passages of the same text. Kept in files, so
that a second run finds them; groups.json counts them and is written last.
"""

from __future__ import annotations

import json
import lzma
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from tqdm import tqdm

from index import Document, Published, fold, tokenize
from index.chunker import chunk
from index.lexical import LexicalIndex, Words
from index.normalize import follow, lay_out
from rag.reader import Context, context
from rag.retriever import fuse
from train.data import Asked, InvalidData, Source, Span, read_questions, read_sources, read_texts
from train.heldout import HeldOut
from train.reader.aside import is_aside
from train.reader.network import DEVICE, has_bfloat16

SEED: Final = 20261129
_PASSAGES: Final = "passages.jsonl.xz"
_GROUPS: Final = "groups.jsonl.xz"
_MANIFEST: Final = "groups.json"

_TITLE: Final = 40  # characters: a text without a title begins with it
_TITLE_END: Final = re.compile(r"[。!?;！？；\n]")
_SHORTEST: Final = 8  # characters of a passage
_PART: Final = 0.5  # of a piece of the answer has to stand in a passage that is said to have it
_POOL: Final = 60  # passages that each half of the search puts forward
_CANDIDATES: Final = 16
_SAME: Final = 6  # passages of the same text


@dataclass(frozen=True, slots=True)
class Group:
    """A question and rows of passages.

    ``places`` are those that answer, each with the pieces of the answer in it, none where nothing does;
    ``near`` has what a careless reader would answer with, then. ``candidates`` are found for the
    question and don't answer, nor do those of the ``same`` text; in both the nearest are first.
    ``written`` is as in `Source`.
    """

    question: str
    places: tuple[tuple[int, tuple[Span, ...]], ...]
    near: tuple[int, ...]
    candidates: tuple[int, ...]
    same: tuple[int, ...]
    written: bool


@dataclass(frozen=True, slots=True)
class Groups:
    """All groups, the passages that their rows mean, and the data: (origin, licence, questions)."""

    groups: list[Group]
    passages: list[Context]
    data: list[tuple[str, str, int]]


@dataclass(frozen=True, slots=True)
class _Text:
    """A text as it is indexed: the rows of its passages, where they stand, and where its characters went."""

    rows: range
    spans: tuple[Span, ...]
    moved: Callable[[int], int]

    def find(self, spans: Iterable[Span], part: float) -> dict[int, tuple[Span, ...]]:
        """The rows that hold so large a part of spans of the original text, and where in the passage."""
        found: dict[int, tuple[Span, ...]] = {}
        for start, end in ((self.moved(start), self.moved(end - 1) + 1) for start, end in spans):
            for row, (low, high) in zip(self.rows, self.spans, strict=True):
                within = max(start, low), min(end, high)
                if within[0] < within[1] and within[1] - within[0] >= part * (end - start):
                    found[row] = (*found.get(row, ()), (within[0] - low, within[1] - low))
        return found


@dataclass(frozen=True, slots=True)
class _Draft:
    question: str
    rows: range
    places: Mapping[int, tuple[Span, ...]]
    near: tuple[int, ...]
    answers: tuple[str, ...]
    source: Source


def read_all(data: Path) -> tuple[list[tuple[Source, Asked]], list[Asked]]:
    """Read the questions to learn from, and those of ours that are set aside; of the dev sets, nothing."""
    held_out = HeldOut.load(data / "dev")
    random = Random(SEED)
    kept: dict[str, bool] = {}
    learnt, left = [], []
    for source in read_sources(data):
        path = data / source.file
        for asked in read_questions(path) if source.kind == "questions" and source.share else ():
            if random.random() >= source.share or held_out.asks(asked.question):
                continue
            if asked.context not in kept:
                kept[asked.context] = not held_out.holds(asked.context)
            if not kept[asked.context]:
                continue
            if source.written and is_aside(asked.context):
                left.append(asked)
            else:
                learnt.append((source, asked))
    return learnt, left


def make_groups(every: Iterable[tuple[Source, Asked]], base: Path) -> Groups:
    """Make the groups of questions; the encoder in ``base`` finds the passages that don't answer.

    :raises InvalidData: if there are none.
    """
    passages: list[Context] = []
    texts: dict[str, _Text] = {}
    drafts: list[_Draft] = []
    for source, asked in tqdm(every, desc="passages", unit="question", leave=False):
        if asked.context not in texts:
            texts[asked.context] = _cut(asked, passages)
        drafts += _draft(source, asked, texts[asked.context])
    if not drafts:
        raise InvalidData("the data has no questions to learn from; share says of how many in sources.toml")
    groups = list(_mined(drafts, passages, base))
    Random(SEED).shuffle(groups)
    counts = Counter((draft.source.origin, draft.source.licence) for draft in drafts)
    return Groups(groups, passages, [(*origin, count) for origin, count in counts.items()])


def _cut(asked: Asked, passages: list[Context]) -> _Text:
    """Add the passages of a question's text, as the index cuts them."""
    layout = lay_out(asked.context)
    title = asked.title or _TITLE_END.split(asked.context.strip(), maxsplit=1)[0][:_TITLE]
    published = Published.parse(asked.published) if asked.published else None
    document = Document("", title, layout.text, published=published, headings=layout.headings)
    cut = [passage for passage in chunk(document) if passage.end - passage.start >= _SHORTEST]
    rows = range(len(passages), len(passages) + len(cut))
    passages += [context(passage, document) for passage in cut]
    spans = tuple((passage.start, passage.end) for passage in cut)
    return _Text(rows, spans, follow(asked.context, layout.text))


def _draft(source: Source, asked: Asked, text: _Text) -> Iterator[_Draft]:
    """A question with its places; nothing if no passage has its answer."""
    answers = asked.answers if source.written else asked.answers[:1]  # the others say the same
    places = text.find(answers, _PART)
    near = [asked.near] if asked.near and not answers else []
    if places or not answers:
        words = tuple(fold(asked.context[start:end]) for start, end in answers)
        yield _Draft(fold(asked.question), text.rows, places, tuple(text.find(near, 0)), words, source)


def _mined(drafts: Sequence[_Draft], passages: Sequence[Context], base: Path) -> Iterator[Group]:
    """Search for every question, and keep what was found that doesn't answer it."""
    texts = [f"{passage.head} {passage.text}".strip() for passage in passages]
    vectors, queries = _encode(base, texts, [draft.question for draft in drafts])
    lexical = LexicalIndex.build(Words.of([tokenize(text) for text in texts]))
    bar = tqdm(zip(drafts, queries, strict=True), desc="search", total=len(drafts), unit="question")
    for draft, query in bar:
        cosines, words = vectors @ query, lexical.scores(tokenize(draft.question))
        pool = np.union1d(_largest(cosines), _largest(words))
        found, same = (
            [int(row) for row in rows[np.argsort(-fuse(cosines[rows], words[rows]), kind="stable")]]
            for rows in (pool, np.array(draft.rows))
        )
        found, same = (
            [row for row in rows if not _answers(row, draft, passages)] for rows in (found, same)
        )
        yield Group(
            draft.question,
            tuple(draft.places.items()),
            draft.near,
            tuple(found[:_CANDIDATES]),
            tuple(same[:_SAME]),
            draft.source.written,
        )


def _encode(base: Path, passages: Sequence[str], questions: Sequence[str]) -> list[NDArray[np.float32]]:
    """The base encoder's vectors of passages and of questions, as rows."""
    model = SentenceTransformer(str(base), device=DEVICE, local_files_only=True)
    model = model.bfloat16() if has_bfloat16() else model.float()
    vectors = (
        model.encode_document(list(passages), show_progress_bar=True),
        model.encode_query(list(questions), show_progress_bar=True),
    )
    return [np.asarray(rows, np.float32) for rows in vectors]


def _largest(scores: NDArray[np.float32]) -> NDArray[np.int64]:
    """The rows of the largest scores, in no order."""
    count = min(_POOL, len(scores))
    return np.asarray(np.argpartition(-scores, count - 1)[:count], np.int64)


def _answers(row: int, draft: _Draft, passages: Sequence[Context]) -> bool:
    """Whether a passage answers, or may: one of the same text that has the answer's words."""
    return row in draft.places or (
        row in draft.rows and any(len(words) > 1 and words in passages[row].text for words in draft.answers)
    )


def save_groups(groups: Groups, folder: Path) -> None:
    """Write groups into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MANIFEST).unlink(missing_ok=True)
    _write(folder / _PASSAGES, groups.passages)
    _write(folder / _GROUPS, map(asdict, groups.groups))
    counts = {"groups": len(groups.groups), "passages": len(groups.passages), "data": groups.data}
    text = json.dumps(counts, ensure_ascii=False, indent=2)
    (folder / _MANIFEST).write_text(text + "\n", encoding="utf-8")


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
        raise InvalidData(f"no question groups in {folder}; give their data with --data") from error
    passages = [Context(*json.loads(line)) for line in read_texts(folder / _PASSAGES)]
    groups = [_group(json.loads(line)) for line in read_texts(folder / _GROUPS)]
    if (len(groups), len(passages)) != (counts["groups"], counts["passages"]):
        raise InvalidData(f"the question groups in {folder} are not whole; delete {_MANIFEST} there")
    return Groups(groups, passages, [(origin, licence, count) for origin, licence, count in counts["data"]])


def _group(record: Mapping[str, Any]) -> Group:
    places = tuple((row, tuple((a, b) for a, b in pieces)) for row, pieces in record["places"])
    rows = {name: tuple(record[name]) for name in ("near", "candidates", "same")}
    return Group(record["question"], places, written=record["written"], **rows)


def _write(path: Path, records: Iterable[Any]) -> None:
    with lzma.open(path, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
