"""Gold sets: questions with the answers expected and the places in the documents that hold them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from eval.jsonlines import Record, read_records
from rag import InvalidGold

KIND_NAMES: Mapping[str, str] = {
    "fact_number": "数字事实",
    "fact_entity": "名称事实",
    "definition_list": "定义列举",
    "paraphrase": "换种说法",
    "temporal": "时间辨别",
    "cross_doc": "跨文档",
    "colloquial_multi": "口语追问",
    "unanswerable": "文档未载",
}
"""The types of questions, in their usual order, and what people call them."""
KINDS = tuple(KIND_NAMES)


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a document, given by its words, so that cutting passages anew does not void it."""

    doc_id: str
    quote: str


@dataclass(frozen=True, slots=True)
class GoldItem:
    """One question and what a right answer is; ``kind`` is the file's ``type``."""

    query_id: str
    question: str
    kind: str
    answerable: bool
    answers: tuple[str, ...] = ()
    evidence: tuple[Span, ...] = ()
    all_required: bool = False
    answer_alternatives: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    wrong_answers: tuple[str, ...] = ()
    alt_evidence: tuple[Span, ...] = ()
    history: tuple[str, ...] = ()

    def wordings(self, answer: str) -> tuple[str, ...]:
        """An answer and the other wordings that count as the same."""
        return (answer, *self.answer_alternatives.get(answer, ()))


def load_gold(path: str | Path) -> tuple[GoldItem, ...]:
    """Read and check a whole gold set.

    :raises InvalidGold: naming file, line number and field of the first thing that is not as agreed.
    """
    records = read_records(Path(path))
    if not records:
        raise InvalidGold(f"{path} holds no question")
    first_seen: dict[str, str] = {}
    items = []
    for record in records:
        item = _item(record)
        if item.query_id in first_seen:
            raise record.error("id", f"{item.query_id!r} is taken already, at {first_seen[item.query_id]}")
        first_seen[item.query_id] = record.where
        items.append(item)
    return tuple(items)


def _item(record: Record) -> GoldItem:
    item = GoldItem(
        query_id=record.text("id"),
        question=record.text("question"),
        kind=record.text("type"),
        answerable=record.flag("answerable"),
        answers=record.texts("answers"),
        evidence=_spans(record, "evidence"),
        all_required=record.flag("all_required", default=False),
        answer_alternatives=_alternatives(record),
        wrong_answers=record.texts("wrong_answers"),
        alt_evidence=_spans(record, "alt_evidence"),
        history=tuple(turn.text("q") for turn in record.records("history")),
    )
    _check_whole(item, record)
    return item


def _check_whole(item: GoldItem, record: Record) -> None:
    """Check what no field can tell alone."""
    if item.kind not in KINDS:
        raise record.error("type", f"{item.kind!r} is none of {', '.join(KINDS)}")
    if item.answerable and item.kind == "unanswerable":
        raise record.error("answerable", "cannot be true for a question of type unanswerable")
    if item.answerable and not item.answers:
        raise record.error("answers", "an answerable question needs one at least")
    if item.answerable and not item.evidence:
        raise record.error("evidence", "an answerable question needs one place at least")
    if not item.answerable and item.answers:
        raise record.error("answers", "must be empty where answerable is false")
    for answer in item.answer_alternatives:
        if answer not in item.answers:
            raise record.error("answer_alternatives", f"{answer!r} is not among the answers")


def _spans(record: Record, name: str) -> tuple[Span, ...]:
    return tuple(Span(span.text("file"), span.text("quote")) for span in record.records(name))


def _alternatives(record: Record) -> dict[str, tuple[str, ...]]:
    alternatives = record.record("answer_alternatives")
    return {answer: alternatives.texts(answer) for answer in alternatives.values}
