"""Question -> answer with citations, or a refusal. No LLM: the answer is taken from the text."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.citations import cite, unsupported_figures
from rag.compose import Finding, answer_text, comparison, quotation, rival_text, short_answer
from rag.confidence import (
    THRESHOLD,
    confidence,
    is_nearest,
    objection,
    refusal,
)
from rag.english import in_chinese, pinyin_of
from rag.evidence import Evidence, gather
from rag.periods import impossible_dates
from rag.question import Question, reference_day, understand
from rag.ranker import WEIGHTS
from rag.reading import Reading, read
from rag.retriever import Retriever
from rag.rivals import choose
from rag.split import Part, split
from rag.types import Answer, Citation, Hit
from rag.wording import Occurrences, occurrences

_HITS: Final = 16
_KEPT: Final = 4096  # passages whose sentences' vectors are kept: questions come back to the same ones
_LONGEST: Final = 360  # characters of an answer to several things at once
_UNSUPPORTED: Final = "答案里有引文中找不到的数字,不予给出。"

logger = logging.getLogger(__name__)


class Assistant:
    """Answers questions from the documents of a retriever's index."""

    def __init__(
        self,
        retriever: Retriever,
        *,
        threshold: float = THRESHOLD,
        weights: Sequence[float] = WEIGHTS,
        split: Callable[[str, date], list[Part]] = split,
        understand: Callable[..., Question] = understand,
        occurrences: Occurrences = occurrences,
    ) -> None:
        """Answer from what ``retriever`` finds. The steps between can be exchanged, as `eval.ablation` does.

        :param threshold: evidence less sure than this is not given as an answer.
        :param weights: what each of `rag.features.Features` is worth.
        """
        self.retriever = retriever
        self.threshold = threshold
        self.weights = weights
        self.split = split
        self.understand = understand
        self.occurrences = occurrences
        self._vectors: dict[str, NDArray[np.float32]] = {}

    def ask(
        self, question: str, history: Sequence[tuple[str, str]] = (), *, today: date | None = None
    ) -> Answer:
        """Answer a question, or refuse and say why.

        :param history: the turns before, as (question, answer's text), oldest first.
        :param today: what 今年 in a question is read against; by default the present day.
        """
        now = today or date.today()
        if chinese := in_chinese(question, self._names):
            answer = self.ask(chinese, history, today=now)
            return replace(answer, question=question, understood=f"{question}(按“{chinese}”查找)")
        if impossible := impossible_dates(question):
            start, end, why = impossible[0]
            return Answer(
                question,
                "",
                refusal=f"问题里的日期“{question[start:end]}”不存在:{why}。",
                understood=question,
            )
        before = [turn[0] for turn in history]
        day = reference_day([*before, question], now, self._newest)
        parts = self.split(question, day)
        asked = [self.understand(part.text, before, day) for part in parts]
        for number in range(1, len(parts)):
            if not parts[number].label:  # a further clause leans on the one before it
                context = [*before, parts[number - 1].text]
                asked[number] = self.understand(parts[number].text, context, day, leans=True)
        solved = [self._solve(part, each) for part, each in zip(parts, asked, strict=True)]
        hits = _merge([hits for _, hits in solved])
        findings = [finding for finding, _ in solved]
        understood = question
        if asked[0].carried and history:
            understood = f"{question}(承上文:{'、'.join(asked[0].carried)})"
        if day != now and asked[0].period:
            understood += f"(按{asked[0].period}查找)"
        if not any(finding.evidence for finding in findings):
            return self._refusal(question, understood, findings, hits)
        return self._answer(question, understood, findings, hits)

    @cached_property
    def _newest(self) -> date | None:
        """The last day that a document of the index came out on."""
        documents = self.retriever.documents.values()
        return max((d.published.last for d in documents if d.published), default=None)

    @cached_property
    def _names(self) -> dict[str, str]:
        """The documents' names as an English question spells them: by their titles and regions."""
        documents = self.retriever.documents.values()
        return pinyin_of(text for d in documents for text in (d.region, d.title) if text)

    def evidence(self, asked: Question, hits: Sequence[Hit]) -> list[Evidence]:
        """The places in some hits that may answer a question, best first."""
        readings = [read(hit.passage, self.retriever.documents[hit.passage.doc_id]) for hit in hits]
        return gather(
            asked,
            hits,
            readings,
            self._similarity(asked, readings),
            self.retriever.index,
            self.retriever.regions,
            worth=self.weights,
            find=self.occurrences,
        )

    def _similarity(self, asked: Question, readings: Sequence[Reading]) -> dict[tuple[str, int], float]:
        """(passage_id, number of the sentence) -> cosine with the question."""
        kept = {r.passage.passage_id: self._vectors.get(r.passage.passage_id) for r in readings}
        new = [r for r in readings if kept[r.passage.passage_id] is None]
        if new:
            texts = [r.folded[start:end] for r in new for start, end in r.sentences]
            ends = np.cumsum([len(r.sentences) for r in new])[:-1]
            made = np.split(self.retriever.encoder.encode_passages(texts), ends)
            if len(self._vectors) + len(new) > _KEPT:
                self._vectors.clear()
            for reading, vectors in zip(new, made, strict=True):
                kept[reading.passage.passage_id] = self._vectors[reading.passage.passage_id] = vectors
        query = self.retriever.encoder.encode_queries([asked.query])[0]
        return {
            (passage_id, n): float(cosine)
            for passage_id, vectors in kept.items()
            if vectors is not None
            for n, cosine in enumerate(vectors @ query)
        }

    def _solve(self, part: Part, asked: Question) -> tuple[Finding, list[Hit]]:
        """Find the evidence for one thing asked."""
        hits = self.retriever.search(asked.query, _HITS)
        if not asked.words and not asked.carried:
            return Finding(part, asked, None, "问题里没有可以查找的内容,请说得具体一些。"), hits
        evidence = self.evidence(asked, hits)
        sure = None if objection(asked, evidence) else confidence(asked, evidence)
        if reason := refusal(asked, evidence, self.threshold):
            nearest = tuple(e for e in evidence[:1] if is_nearest(asked, e))
            return Finding(part, asked, None, reason, nearest, confidence=sure), hits
        choice = choose(asked, evidence)
        return Finding(part, asked, choice.given, "", choice.others, choice.disagreeing, sure), hits

    def _refusal(
        self, question: str, understood: str, findings: Sequence[Finding], hits: tuple[Hit, ...]
    ) -> Answer:
        """The reason, with the figure of another time, as what it is, where there is one."""
        first = findings[0]
        citations: list[Citation] = []
        text = (
            f"最接近的段落出自《{self.retriever.documents[hits[0].passage.doc_id].title}》。"
            if hits
            else ""
        )
        if first.others:
            text = f"文档里最接近的是:{rival_text(first.others[0], first.question)}{self._mark(first.others[0], first.question, citations)}"
        return Answer(
            question, text, tuple(citations), hits, first.reason, "", understood, _surest(findings)
        )

    def _answer(
        self, question: str, understood: str, findings: Sequence[Finding], hits: tuple[Hit, ...]
    ) -> Answer:
        citations: list[Citation] = []
        lines: dict[str, None] = {}
        said = []
        for finding in findings:
            text = answer_text(finding, _LONGEST // len(findings) if len(findings) > 1 else None)
            label = finding.part.label
            if finding.evidence is not None:
                said.append(text)
                text = f"{text}{self._mark(finding.evidence, finding.question, citations)}"
            else:
                label = label or finding.part.text.rstrip(",;?。")
            lines[f"{label}:{text}" if label else text] = None
        if len(findings) == 1:
            for lead, rivals in (
                ("文档说法不一,另有:", findings[0].disagreeing),
                ("其他时间:", findings[0].others),
            ):
                texts = [rival_text(rival, findings[0].question) for rival in rivals]
                marked = [
                    text + self._mark(rival, findings[0].question, citations)
                    for text, rival in zip(texts, rivals, strict=True)
                ]
                said += texts
                if marked:
                    lines[lead + ";".join(marked)] = None
        if missing := unsupported_figures("\n".join(said), citations):
            logger.error("withheld an answer to %r: the figures %s stand in no quote", question, missing)
            return Answer(question, "", (), hits, _UNSUPPORTED, "", understood)
        text = comparison(findings, question) + "\n".join(lines)
        short = ";".join(filter(None, map(short_answer, findings)))
        return Answer(question, text, tuple(citations), hits, None, short, understood, _surest(findings))

    def _mark(self, evidence: Evidence, question: Question, citations: list[Citation]) -> str:
        """The mark of the citation of what the evidence says, which is made unless it was already."""
        passage = evidence.reading.passage
        start, end = (passage.start + offset for offset in quotation(evidence, question))
        place = (passage.doc_id, start, end)
        made = next((c for c in citations if (c.doc_id, c.start, c.end) == place), None)
        if made is None:
            made = cite(self.retriever.documents, passage, start, end, len(citations) + 1)
            citations.append(made)
        return f"[{made.marker}]"


def _surest(findings: Sequence[Finding]) -> float | None:
    return max((f.confidence for f in findings if f.confidence is not None), default=None)


def _merge(rankings: Sequence[Sequence[Hit]]) -> tuple[Hit, ...]:
    """The hits of several searches in one ranking: each search's first, then each one's second …"""
    merged: dict[str, Hit] = {}
    for place in range(max(map(len, rankings), default=0)):
        for ranking in rankings:
            if place < len(ranking):
                merged.setdefault(ranking[place].passage.passage_id, ranking[place])
    return tuple(Hit(rank, hit.score, hit.passage) for rank, hit in enumerate(merged.values(), 1))
