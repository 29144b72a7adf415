"""Answer a gold set and write what came back: ``answers.jsonl`` and the ranking as ``run.trec``."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from pathlib import Path
from time import perf_counter

from eval.gold import GoldItem
from eval.qrels import stands_in
from eval.replies import ANSWERS, CitedQuote, FoundPassage, Reply
from rag import Answer, Assistant, Citation, Document, Hit, Retriever

TREC = "run.trec"
SCORED = ("metrics.json", "report.html")  # what scoring adds to a run
DEPTH = 10  # passages in a ranking at least, where the index has as many

_SCORE_STEP = 1e-6


def answer_all(gold: Iterable[GoldItem], assistant: Assistant) -> Iterator[Reply]:
    """Answer the questions one after another, each in a conversation of its own."""
    assistant.ask("什么是政策?")  # what loads on first use is no part of any question's time
    for item in gold:
        yield _answer(item, assistant)


def _answer(item: GoldItem, assistant: Assistant) -> Reply:
    retriever = assistant.retriever
    history: list[tuple[str, str]] = []
    for earlier in item.history:
        history.append((earlier, assistant.ask(earlier, history=tuple(history)).text))
    started = perf_counter()
    answer = assistant.ask(item.question, history=history)
    seconds = perf_counter() - started
    return Reply(
        query_id=item.query_id,
        question=item.question,
        answer=answer.text,
        refusal=answer.refusal,
        seconds=round(seconds, 6),
        citations=tuple(checked(citation, retriever.documents) for citation in answer.citations),
        hits=tuple(_found(hit) for hit in ranking(answer, retriever)),
        short=answer.short,
        confidence=None if answer.confidence is None else round(answer.confidence, 6),
        withheld=_withheld(item.question, history, answer, assistant),
    )


def _withheld(
    question: str, history: Sequence[tuple[str, str]], answer: Answer, assistant: Assistant
) -> str | None:
    """What would have been answered had the confidence been no bar; None where it was none."""
    if answer.refusal is None or answer.confidence is None:
        return None
    bold = copy(assistant)
    bold.threshold = 0.0
    return bold.ask(question, history=history).text


def ranking(answer: Answer, retriever: Retriever) -> list[Hit]:
    """Rank the answer's own hits first; where they are few, what the index has besides comes after them."""
    if len(answer.hits) >= DEPTH:
        return list(answer.hits)
    have = {hit.passage.passage_id for hit in answer.hits}
    more = retriever.search(answer.understood or answer.question, k=DEPTH)
    return [*answer.hits, *(hit for hit in more if hit.passage.passage_id not in have)][:DEPTH]


def checked(citation: Citation, documents: Mapping[str, Document]) -> CitedQuote:
    """Take over a citation, its quotation held against the document anew."""
    document = documents.get(citation.doc_id)
    return CitedQuote(
        doc_id=citation.doc_id,
        start=citation.start,
        end=citation.end,
        quote=citation.quote,
        verbatim=document is not None and document.text[citation.start : citation.end] == citation.quote,
    )


def _found(hit: Hit) -> FoundPassage:
    passage = hit.passage
    return FoundPassage(
        doc_id=passage.doc_id,
        text=passage.text,
        score=float(hit.score),
        passage_id=passage.passage_id,
        start=passage.start,
        end=passage.end,
    )


def unfounded(gold: Iterable[GoldItem], documents: Mapping[str, Document]) -> list[str]:
    """The ids of the questions of which some evidence does not stand in the documents."""
    return [
        item.query_id
        for item in gold
        if not all(
            span.doc_id in documents and stands_in(span.quote, documents[span.doc_id].text)
            for span in (*item.evidence, *item.alt_evidence)
        )
    ]


def save_run(out: str | Path, replies: Sequence[Reply]) -> None:
    """Write a run's files; ``answers.jsonl`` comes last, so that its presence means a whole run.

    What an earlier run left in the folder is replaced, and its scores are removed.
    """
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    contents = {
        TREC: "".join(f"{line}\n" for reply in replies for line in trec_lines(reply)),
        ANSWERS: "".join(f"{json.dumps(reply.to_json(), ensure_ascii=False)}\n" for reply in replies),
    }
    partial = {name: folder / f"{name}.partial" for name in contents}
    try:
        for name, content in contents.items():
            partial[name].write_text(content, encoding="utf-8", newline="\n")
        for name in (ANSWERS, *SCORED):
            (folder / name).unlink(missing_ok=True)
        for name, path in partial.items():
            os.replace(path, folder / name)
    finally:
        for path in partial.values():
            path.unlink(missing_ok=True)


def trec_lines(reply: Reply) -> Iterator[str]:
    """The ranking in TREC form: query, Q0, passage, rank, score, tag.

    Outside scorers sort by the score alone, so it is made to fall with every rank.
    """
    last = float("inf")
    for rank, hit in enumerate(reply.hits, start=1):
        last = min(hit.score, last - _SCORE_STEP)
        passage = _token(hit.passage_id or f"{hit.doc_id}:{rank}")
        yield f"{_token(reply.query_id)} Q0 {passage} {rank} {last:.6f} zhengwen"


def _token(name: str) -> str:
    """The name without white space, which parts the columns; told apart from any other name."""
    return re.sub(r"[\s%]", lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), name)
