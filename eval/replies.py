"""A run's own file, ``answers.jsonl``: what was answered to each gold question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.jsonlines import Record, read_records
from rag import InvalidGold

ANSWERS = "answers.jsonl"


@dataclass(frozen=True, slots=True)
class CitedQuote:
    """A quotation given; ``verbatim``: whether the document has it at that place, None if nobody looked."""

    doc_id: str
    start: int
    end: int
    quote: str
    verbatim: bool | None = None


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage of the ranking; its place in the document is None in files that do not tell it."""

    doc_id: str
    text: str
    score: float
    passage_id: str | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back for one question; ``seconds`` is the wall time of that question alone.

    ``short`` is the bare figure or date or name in the answer, "" if there is none. ``confidence``, from
    0 to 1, is None where it decided nothing or the file doesn't tell it; ``withheld`` is what would have
    been answered had the confidence been high enough, None where it was, or the file doesn't tell it.
    """

    query_id: str
    question: str
    answer: str
    refusal: str | None
    seconds: float
    citations: tuple[CitedQuote, ...] = ()
    hits: tuple[FoundPassage, ...] = ()
    short: str = ""
    confidence: float | None = None
    withheld: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The reply as a line of the file: the agreed fields first, then what this program adds."""
        return {
            "id": self.query_id,
            "question": self.question,
            "answer": self.answer,
            "refusal": self.refusal,
            "seconds": self.seconds,
            "citations": [
                {"doc": c.doc_id, "start": c.start, "end": c.end, "quote": c.quote}
                | _known({"verbatim": c.verbatim})
                for c in self.citations
            ],
            "hits": [
                {"doc": h.doc_id, "text": h.text, "score": h.score}
                | _known({"passage_id": h.passage_id, "start": h.start, "end": h.end})
                for h in self.hits
            ],
            "short": self.short,
            "confidence": self.confidence,
        } | _known({"withheld": self.withheld})


def load_replies(run: str | Path) -> dict[str, Reply]:
    """Read the replies of a finished run, by question id.

    :raises InvalidGold: if the run never finished, or naming file, line number and field of what is wrong.
    """
    path = Path(run) / ANSWERS
    if not path.is_file():
        raise InvalidGold(
            f"no finished run in {run}: {ANSWERS} is not there; make one with: python -m eval run"
        )
    replies: dict[str, Reply] = {}
    for record in read_records(path):
        reply = _reply(record)
        if reply.query_id in replies:
            raise record.error("id", f"{reply.query_id!r} is answered twice")
        replies[reply.query_id] = reply
    return replies


def _reply(record: Record) -> Reply:
    return Reply(
        query_id=record.text("id"),
        question=_any_text(record, "question"),
        answer=_any_text(record, "answer"),
        refusal=None if record.values.get("refusal", "") is None else record.text("refusal"),
        seconds=record.number("seconds"),
        citations=tuple(_citation(citation) for citation in record.records("citations")),
        hits=tuple(_hit(hit) for hit in record.records("hits")),
        short=_any_text(record, "short", default=""),
        confidence=None if record.values.get("confidence") is None else record.share("confidence"),
        withheld=_any_text(record, "withheld") if "withheld" in record.values else None,
    )


def _citation(record: Record) -> CitedQuote:
    return CitedQuote(
        doc_id=record.text("doc"),
        start=record.count("start"),
        end=record.count("end"),
        quote=record.text("quote"),
        verbatim=record.flag("verbatim") if "verbatim" in record.values else None,
    )


def _hit(record: Record) -> FoundPassage:
    return FoundPassage(
        doc_id=record.text("doc"),
        text=_any_text(record, "text"),
        score=record.number("score"),
        passage_id=record.text("passage_id") if "passage_id" in record.values else None,
        start=record.count("start") if "start" in record.values else None,
        end=record.count("end") if "end" in record.values else None,
    )


def _any_text(record: Record, field: str, default: str | None = None) -> str:
    """Read a string that may be empty: a program may have had nothing to say."""
    value = record.values.get(field, default)
    if not isinstance(value, str):
        raise record.error(field, "should be a string")
    return value


def _known(values: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if value is not None}
