"""What a reader is worth on the dev sets: ``python -m train examine FOLDER --data DIR``.

Every question is searched in its own set, the reader reads the first passages, and the span of the one it
is surest of is the answer. Its probabilities are also judged by themselves: do they tell the passages that
answer from the others, and the questions whose answers are there from the same questions with those
passages taken away?
"""

from __future__ import annotations

import statistics
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from sklearn.metrics import roc_auc_score
from tqdm import tqdm

from eval.gold import GoldItem, load_gold
from eval.matching import judge, plain
from eval.metrics import exact_match, f1
from index import Passage, build_index
from rag import InvalidGold, Retriever
from rag.reader import Extract, Reader

_HITS: Final = 10


@dataclass(frozen=True, slots=True)
class ReaderScore:
    """The figures of a dev set, 0 to 1; means are over all its answerable questions.

    ``first`` and ``first_before``: the passage surest to answer does, and the search's first does;
    ``passages`` and ``questions``: the areas under the ROC curve of the two things that are told apart,
    None where there is nothing of one kind; ``given_em``, ``given_f1``: with only an answering passage to read.
    """

    name: str
    count: int
    em: float
    f1: float
    accuracy: float
    given_em: float
    given_f1: float
    first: float
    first_before: float
    passages: float | None
    questions: float | None


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read for one question: the passages found, whether each answers (None: in doubt), and the extracts."""

    item: GoldItem
    passages: list[Passage]
    answering: list[bool | None]
    extracts: list[Extract]

    def best(self, answering: Collection[bool | None] = (True, False, None)) -> int | None:
        """The place of the surest extract, of the passages that answer, don't, or are in doubt."""
        places = [n for n, answers in enumerate(self.answering) if answers in answering]
        return max(places, key=lambda n: (self.extracts[n].probability, -n), default=None)

    def text(self, place: int | None) -> str:
        """The words of an extract; none if there is none."""
        if place is None:
            return ""
        return self.passages[place].text[self.extracts[place].start : self.extracts[place].end]


def score_all(reader: Reader, dev: Path, limit: int | None = None) -> list[ReaderScore]:
    """Score a reader on each dev set in a folder: ``docs/`` and ``gold.jsonl``.

    :raises InvalidGold: if there is none, or one is malformed.
    """
    folders = sorted(path.parent for path in dev.glob("*/gold.jsonl"))
    if not folders:
        raise InvalidGold(f"no dev set in {dev}; there each has a folder with docs/ and gold.jsonl")
    return [score_set(reader, folder, limit) for folder in folders]


def score_set(reader: Reader, folder: Path, limit: int | None = None) -> ReaderScore:
    """Score a reader on one dev set."""
    items = [item for item in load_gold(folder / "gold.jsonl") if item.answerable and not item.history]
    with TemporaryDirectory() as index:
        build_index(folder / "docs", Path(index))
        retriever = Retriever.load(index)
        read = [_read(reader, retriever, item) for item in tqdm(items[:limit], desc=folder.name)]
    return _score(folder.name, read)


def _read(reader: Reader, retriever: Retriever, item: GoldItem) -> _Read:
    passages = [hit.passage for hit in retriever.search(item.question, _HITS)]
    extracts = reader.read(item.question, [passage.text for passage in passages])
    return _Read(item, passages, [_answers(item, passage) for passage in passages], extracts)


def _answers(item: GoldItem, passage: Passage) -> bool | None:
    """Whether a passage answers: it has the answer and is of the right document; None: of another one."""
    if not any(plain(answer) in plain(passage.text) for answer in item.answers):
        return False
    return True if passage.doc_id in {span.doc_id for span in item.evidence} else None


def _score(name: str, read: Sequence[_Read]) -> ReaderScore:
    said = [each.text(each.best()) for each in read]
    given = [each.text(each.best([True])) for each in read]
    firsts = [each.best() for each in read]
    sure = [
        (extract.probability, answers)
        for each in read
        for extract, answers in zip(each.extracts, each.answering, strict=True)
        if answers is not None
    ]
    asked = [
        (each.extracts[place].probability, there)
        for each in read
        if True in each.answering
        for place, there in ((each.best(), True), (each.best([False]), False))
        if place is not None
    ]
    items = [each.item for each in read]
    return ReaderScore(
        name=name,
        count=len(read),
        em=_mean([exact_match(item.answers, text) for item, text in zip(items, said, strict=True)]),
        f1=_mean([f1(item.answers, text) for item, text in zip(items, said, strict=True)]),
        accuracy=_mean([judge(item, text).right for item, text in zip(items, said, strict=True)]),
        given_em=_mean([exact_match(item.answers, text) for item, text in zip(items, given, strict=True)]),
        given_f1=_mean([f1(item.answers, text) for item, text in zip(items, given, strict=True)]),
        first=_mean(
            [n is not None and each.answering[n] is True for each, n in zip(read, firsts, strict=True)]
        ),
        first_before=_mean([each.answering[:1] == [True] for each in read]),
        passages=_area(sure),
        questions=_area(asked),
    )


def _mean(values: Sequence[float]) -> float:
    return statistics.fmean(values) if values else 0.0


def _area(told: Sequence[tuple[float, bool]]) -> float | None:
    """The area under the ROC curve; None where all are of one kind."""
    if len({kind for _, kind in told}) < 2:
        return None
    return float(roc_auc_score([kind for _, kind in told], [chance for chance, _ in told]))
