"""Question -> answer with citations, or a refusal. No LLM: the answer is taken from the text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from index import CitationError
from rag.citations import cite, unsupported_figures
from rag.compose import Finding, answer_text, comparison, short_answer
from rag.confidence import answers, reason
from rag.evidence import Evidence, gather
from rag.question import Question, understand
from rag.reading import read
from rag.retriever import Retriever
from rag.split import split
from rag.types import Answer, Citation, Hit

_HITS: Final = 10
_LONGEST: Final = 360  # characters of an answer to several things at once
_NEAREST: Final = "文档没有回答这个问题,以下是最接近的段落。"


class Assistant:
    """Answers questions from the documents of a retriever's index."""

    def __init__(self, retriever: Retriever) -> None:
        """Answer from what ``retriever`` finds."""
        self.retriever = retriever

    def ask(self, question: str, history: Sequence[tuple[str, str]] = ()) -> Answer:
        """Answer a question, or refuse and say why.

        :param history: the turns before, as (question, answer's text), oldest first.
        """
        parts = split(question)
        before = [turn[0] for turn in history]
        asked = [understand(part.text, before) for part in parts]
        for number in range(1, len(parts)):
            if not parts[number].label:  # a further clause leans on the one before it
                asked[number] = understand(
                    parts[number].text, [*before, parts[number - 1].text], leans=True
                )
        solved = [self._solve(part.label, each) for part, each in zip(parts, asked, strict=True)]
        hits = _merge([hits for _, hits in solved])
        findings = [finding for finding, _ in solved]
        understood = question
        if asked[0].carried and history:
            understood = f"{question}(承上文:{'、'.join(asked[0].carried)})"
        if not any(finding.evidence for finding in findings):
            return Answer(question, _NEAREST if hits else "", (), hits, findings[0].reason, "", understood)
        return self._answer(question, understood, findings, hits)

    def _solve(self, label: str, asked: Question) -> tuple[Finding, list[Hit]]:
        """Find the evidence for one thing asked."""
        query = " ".join((*asked.carried, asked.folded))
        hits = self.retriever.search(query, _HITS)
        if not asked.words and not asked.carried:
            return Finding(label, asked, None, "问题里没有可以查找的内容,请说得具体一些。"), hits
        evidence = self._evidence(asked, query, hits)
        if not answers(evidence):
            return Finding(label, asked, None, reason(asked, evidence)), hits
        return Finding(label, asked, evidence[0]), hits

    def _evidence(self, asked: Question, query: str, hits: Sequence[Hit]) -> list[Evidence]:
        readings = [read(hit.passage, self.retriever.documents[hit.passage.doc_id]) for hit in hits]
        keys = [(r.passage.passage_id, n) for r in readings for n in range(len(r.sentences))]
        texts = [r.folded[start:end] for r in readings for start, end in r.sentences]
        encoder = self.retriever.encoder
        cosines = encoder.encode_passages(texts) @ encoder.encode_queries([query])[0] if texts else []
        similarity = dict(zip(keys, map(float, cosines), strict=True))
        return gather(asked, hits, readings, similarity, self.retriever.index)

    def _answer(
        self, question: str, understood: str, findings: Sequence[Finding], hits: tuple[Hit, ...]
    ) -> Answer:
        citations: list[Citation] = []
        lines: dict[str, None] = {}
        for finding in findings:
            text = answer_text(finding, _LONGEST // len(findings) if len(findings) > 1 else None)
            if finding.evidence is not None:
                citation = self._cite(finding.evidence, citations)
                text = f"{text}[{citation.marker}]"
            lines[f"{finding.label}:{text}" if finding.label else text] = None
        text = comparison(findings, question) + "\n".join(lines)
        if missing := unsupported_figures("\n".join(map(answer_text, findings)), citations):
            raise CitationError(
                f"the figures {missing} of the answer stand in no quote; the answer is withheld"
            )
        short = ";".join(filter(None, map(short_answer, findings)))
        return Answer(question, text, tuple(citations), hits, None, short, understood)

    def _cite(self, evidence: Evidence, citations: list[Citation]) -> Citation:
        """The citation of the evidence's sentence: the one already made of it, or the next."""
        passage = evidence.reading.passage
        start, end = evidence.reading.sentences[evidence.sentence]
        for citation in citations:
            if (citation.doc_id, citation.start) == (passage.doc_id, passage.start + start):
                return citation
        made = cite(
            self.retriever.documents,
            passage,
            passage.start + start,
            passage.start + end,
            len(citations) + 1,
        )
        citations.append(made)
        return made


def _merge(rankings: Sequence[Sequence[Hit]]) -> tuple[Hit, ...]:
    """The hits of several searches in one ranking: each search's first, then each one's second …"""
    merged: dict[str, Hit] = {}
    for place in range(max(map(len, rankings), default=0)):
        for ranking in rankings:
            if place < len(ranking):
                merged.setdefault(ranking[place].passage.passage_id, ranking[place])
    return tuple(Hit(rank, hit.score, hit.passage) for rank, hit in enumerate(merged.values(), 1))
