"""Question -> answer with citations, or a refusal. No LLM: the answer is taken from the text."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date
from typing import Final

from rag.citations import cite, unsupported_figures
from rag.compose import Finding, answer_text, comparison, rival_text, short_answer
from rag.confidence import is_of_other_period, refusal
from rag.evidence import Evidence, gather
from rag.periods import impossible_dates
from rag.question import Question, understand
from rag.reading import read
from rag.retriever import Retriever
from rag.rivals import choose
from rag.split import Part, split
from rag.types import Answer, Citation, Hit

_HITS: Final = 10
_LONGEST: Final = 360  # characters of an answer to several things at once
_UNSUPPORTED: Final = "答案里有引文中找不到的数字,不予给出。"

logger = logging.getLogger(__name__)


class Assistant:
    """Answers questions from the documents of a retriever's index."""

    def __init__(self, retriever: Retriever) -> None:
        """Answer from what ``retriever`` finds."""
        self.retriever = retriever

    def ask(
        self, question: str, history: Sequence[tuple[str, str]] = (), *, today: date | None = None
    ) -> Answer:
        """Answer a question, or refuse and say why.

        :param history: the turns before, as (question, answer's text), oldest first.
        :param today: what 今年 in a question is read against; by default the present day.
        """
        day = today or date.today()
        if impossible := impossible_dates(question):
            start, end, why = impossible[0]
            return Answer(
                question,
                "",
                refusal=f"问题里的日期“{question[start:end]}”不存在:{why}。",
                understood=question,
            )
        parts = split(question, day)
        before = [turn[0] for turn in history]
        asked = [understand(part.text, before, day) for part in parts]
        for number in range(1, len(parts)):
            if not parts[number].label:  # a further clause leans on the one before it
                context = [*before, parts[number - 1].text]
                asked[number] = understand(parts[number].text, context, day, leans=True)
        solved = [self._solve(part, each) for part, each in zip(parts, asked, strict=True)]
        hits = _merge([hits for _, hits in solved])
        findings = [finding for finding, _ in solved]
        understood = question
        if asked[0].carried and history:
            understood = f"{question}(承上文:{'、'.join(asked[0].carried)})"
        if not any(finding.evidence for finding in findings):
            return self._refusal(question, understood, findings, hits)
        return self._answer(question, understood, findings, hits)

    def evidence(self, asked: Question, hits: Sequence[Hit]) -> list[Evidence]:
        """The places in some hits that may answer a question, best first."""
        readings = [read(hit.passage, self.retriever.documents[hit.passage.doc_id]) for hit in hits]
        keys = [(r.passage.passage_id, n) for r in readings for n in range(len(r.sentences))]
        texts = [r.folded[start:end] for r in readings for start, end in r.sentences]
        encoder = self.retriever.encoder
        cosines = encoder.encode_passages(texts) @ encoder.encode_queries([asked.query])[0] if texts else []
        similarity = dict(zip(keys, map(float, cosines), strict=True))
        return gather(asked, hits, readings, similarity, self.retriever.index, self.retriever.regions)

    def _solve(self, part: Part, asked: Question) -> tuple[Finding, list[Hit]]:
        """Find the evidence for one thing asked."""
        hits = self.retriever.search(asked.query, _HITS)
        if not asked.words and not asked.carried:
            return Finding(part, asked, None, "问题里没有可以查找的内容,请说得具体一些。"), hits
        evidence = self.evidence(asked, hits)
        if reason := refusal(asked, evidence):
            return Finding(part, asked, None, reason, tuple(filter(is_of_other_period, evidence[:1]))), hits
        choice = choose(asked, evidence)
        return Finding(part, asked, choice.given, "", choice.others, choice.disagreeing), hits

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
            text = f"文档里最接近的是:{rival_text(first.others[0], first.question)}{self._mark(first.others[0], citations)}"
        return Answer(question, text, tuple(citations), hits, first.reason, "", understood)

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
                text = f"{text}{self._mark(finding.evidence, citations)}"
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
                    text + self._mark(rival, citations) for text, rival in zip(texts, rivals, strict=True)
                ]
                said += texts
                if marked:
                    lines[lead + ";".join(marked)] = None
        if missing := unsupported_figures("\n".join(said), citations):
            logger.error("withheld an answer to %r: the figures %s stand in no quote", question, missing)
            return Answer(question, "", (), hits, _UNSUPPORTED, "", understood)
        text = comparison(findings, question) + "\n".join(lines)
        short = ";".join(filter(None, map(short_answer, findings)))
        return Answer(question, text, tuple(citations), hits, None, short, understood)

    def _mark(self, evidence: Evidence, citations: list[Citation]) -> str:
        """The mark of the citation of the evidence's sentence, which is made unless it was already."""
        passage = evidence.reading.passage
        start, end = (passage.start + offset for offset in evidence.reading.sentences[evidence.sentence])
        made = next((c for c in citations if (c.doc_id, c.start) == (passage.doc_id, start)), None)
        if made is None:
            made = cite(self.retriever.documents, passage, start, end, len(citations) + 1)
            citations.append(made)
        return f"[{made.marker}]"


def _merge(rankings: Sequence[Sequence[Hit]]) -> tuple[Hit, ...]:
    """The hits of several searches in one ranking: each search's first, then each one's second …"""
    merged: dict[str, Hit] = {}
    for place in range(max(map(len, rankings), default=0)):
        for ranking in rankings:
            if place < len(ranking):
                merged.setdefault(ranking[place].passage.passage_id, ranking[place])
    return tuple(Hit(rank, hit.score, hit.passage) for rank, hit in enumerate(merged.values(), 1))
