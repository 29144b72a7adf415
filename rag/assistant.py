"""Question -> answer with citations, or a refusal. No LLM: the answer is taken from the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from index import CitationError
from rag.citations import cite, unsupported_figures
from rag.evidence import Evidence, gather
from rag.question import Kind, Question, understand
from rag.reading import Reading, read
from rag.retriever import Retriever
from rag.types import Answer, Hit

_HITS: Final = 10
_FACT_LENGTH: Final = 100
_CLAUSE_LENGTH: Final = 60
_LIST_LENGTH: Final = 200
_MIN_COVERAGE: Final = 0.3


class Assistant:
    """Answers questions from the documents of a retriever's index."""

    def __init__(self, retriever: Retriever) -> None:
        """Answer from what ``retriever`` finds."""
        self.retriever = retriever

    def ask(self, question: str, history: Sequence[tuple[str, str]] = ()) -> Answer:
        """Answer a question, or refuse and say why.

        :param history: the turns before, as (question, answer's text), oldest first.
        """
        asked = understand(question, [turn[0] for turn in history])
        query = " ".join((*asked.carried, asked.text)) if asked.carried else asked.text
        if not asked.words and not asked.carried:
            return Answer(question, "", hits=tuple(self.retriever.search(query, _HITS)) if query else (), refusal="问题里没有可以查找的内容,请说得具体一些。")
        hits = self.retriever.search(query, _HITS)
        evidence = self._evidence(asked, query, hits)
        understood = " ".join((*asked.carried, question)) if asked.carried else question
        if not evidence or evidence[0].coverage < _MIN_COVERAGE or evidence[0].agrees <= -0.5:
            return Answer(question, _nearest(hits), hits=tuple(hits), refusal=_reason(asked, evidence), understood=understood)
        return self._answer(asked, question, understood, evidence[0], hits)

    def _evidence(self, asked: Question, query: str, hits: Sequence[Hit]) -> list[Evidence]:
        readings = [read(hit.passage, self.retriever.documents[hit.passage.doc_id]) for hit in hits]
        keys = [(r.passage.passage_id, n) for r in readings for n in range(len(r.sentences))]
        texts = [r.folded[start:end] for r in readings for start, end in r.sentences]
        encoder = self.retriever.encoder
        cosines = encoder.encode_passages(texts) @ encoder.encode_queries([query])[0] if texts else []
        similarity = dict(zip(keys, map(float, cosines), strict=True))
        return gather(asked, hits, readings, similarity, self.retriever.index)

    def _answer(self, asked: Question, question: str, understood: str, best: Evidence, hits: Sequence[Hit]) -> Answer:
        reading = best.reading
        passage = reading.passage
        start, end = reading.sentences[best.sentence]
        citation = cite(self.retriever.documents, passage, passage.start + start, passage.start + end, 1)
        text, short = _compose(asked, best)
        if missing := unsupported_figures(text, [citation]):
            raise CitationError(f"the figures {missing} of the answer stand in no quote")
        return Answer(question, f"{text}[1]", (citation,), tuple(hits), None, short, understood)


def _compose(asked: Question, best: Evidence) -> tuple[str, str]:
    """The answer's text and its bare core."""
    reading = best.reading
    sentence = reading.sentences[best.sentence]
    text = reading.passage.text
    if asked.kind is Kind.NUMBER:
        short = text[best.start : best.end]
        start, end = window(reading, best, _CLAUSE_LENGTH)
        return f"{short}。{_trim(text[start:end])}", short
    if asked.kind in (Kind.LIST, Kind.DEFINITION):
        start, end = sentence if sentence[1] - sentence[0] <= _LIST_LENGTH else window(reading, best, _LIST_LENGTH)
    else:
        start, end = sentence if sentence[1] - sentence[0] <= _FACT_LENGTH else window(reading, best, _FACT_LENGTH)
    return _trim(text[start:end]), text[best.start : best.end]


def window(reading: Reading, best: Evidence, longest: int) -> tuple[int, int]:
    """The clauses around a place, whole, up to a length: first what comes before it, then what follows."""
    low, high = reading.sentences[best.sentence]
    clauses = [(low + m.start(), low + m.end()) for m in re.finditer(r"[^,;:。?!]+[,;:。?!]*", reading.folded[low:high])]
    inside = [n for n, (a, b) in enumerate(clauses) if a < best.end and b > best.start] or [0]
    first, last = inside[0], inside[-1]
    while True:
        before = first > 0 and clauses[last][1] - clauses[first - 1][0] <= longest
        if before:
            first -= 1
            continue
        if last + 1 < len(clauses) and clauses[last + 1][1] - clauses[first][0] <= longest:
            last += 1
            continue
        return clauses[first][0], clauses[last][1]


def _trim(text: str) -> str:
    return text.strip(" ,,;;::、\n").replace("\n", "")


def _nearest(hits: Sequence[Hit]) -> str:
    return "文档中没有找到答案,以下是最接近的段落。" if hits else "文档中没有相关内容。"


def _reason(asked: Question, evidence: Sequence[Evidence]) -> str:
    if not evidence:
        return "文档中没有找到所问的内容。"
    if evidence[0].agrees <= -0.5:
        return f"文档中没有{asked.period}的这一数据。"
    return f"文档中没有提到{'、'.join(evidence[0].missing[:3]) or '所问的内容'}。"
