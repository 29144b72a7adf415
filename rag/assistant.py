"""Question -> answer with citations, or a refusal. No LLM: the answer is taken from the text.

understand (question, split) -> retrieve (retriever) -> read (reader) -> check (checks) -> choose (choose)
-> compose (compose) -> cite (citations).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property
from typing import Final, Literal

from rag.checks import Checks, objection
from rag.choose import Candidate, candidates, choose, learnt
from rag.citations import cite, unsupported_figures
from rag.compose import Finding, answer_text, comparison, figure_text, quotation, short_answer
from rag.periods import impossible_dates
from rag.question import Kind, Question, reference_day, understand
from rag.reader import Reader, context
from rag.reading import read
from rag.retriever import Retriever
from rag.split import Part, split
from rag.types import Answer, Citation, Hit

_HITS: Final = 16  # passages found, and without a reader searched for the answer
_FIRST: Final = 6  # passages read at first
_READ: Final = 12  # and at most, of about 200 tokens each, for all that is asked together
_SURE: Final = 0.7  # reading ends when an answer is as likely as that
_ALSO: Final = 0.5  # a further part of a list is given when it is as likely as that
_LONGEST: Final = 360  # characters of an answer to several things at once
_UNSUPPORTED: Final = "答案里有引文中找不到的数字,不予给出。"

logger = logging.getLogger(__name__)


class Assistant:
    """Answers questions from the documents of a retriever's index. Not changed by asking."""

    def __init__(
        self,
        retriever: Retriever,
        *,
        reader: Reader | Literal["built-in"] | None = "built-in",
        threshold: float | None = None,
        split: Callable[[str, date], list[Part]] = split,
        understand: Callable[..., Question] = understand,
        objection: Callable[[Question, Checks], str | None] = objection,
    ) -> None:
        """Answer from what ``retriever`` finds. The steps between can be exchanged, as `eval.ablation` does.

        :param reader: judges passages; None answers from retrieval and checks alone.
        :param threshold: an answer less likely than this is not given; by default what was learnt.
        """
        self.split, self.understand, self.objection = split, understand, objection
        self.retriever = retriever
        self.reader = Reader.load() if reader == "built-in" else reader
        weights = learnt()["plain" if self.reader is None else "reader"]
        self.threshold = weights["threshold"] if threshold is None else threshold

    def ask(
        self, question: str, history: Sequence[tuple[str, str]] = (), *, today: date | None = None
    ) -> Answer:
        """Answer a question, or refuse and say why.

        :param history: the turns before, as (question, answer's text), oldest first.
        :param today: what 今年 in a question is read against; by default the present day.
        """
        if impossible := impossible_dates(question):
            start, end, why = impossible[0]
            refusal = f"问题里的日期“{question[start:end]}”不存在:{why}。"
            return Answer(question, "", refusal=refusal, understood=question)
        now = today or date.today()
        before = [turn[0] for turn in history]
        day = reference_day([*before, question], now, self._newest)
        parts = self.split(question, day)
        asked = self._understood(parts, before, day)
        solved = [
            self._solve(part, each, _READ // len(parts)) for part, each in zip(parts, asked, strict=True)
        ]
        findings = [finding for finding, _ in solved]
        hits = _merge([hits for _, hits in solved])
        understood = question
        if asked[0].carried and history:
            understood = f"{question}(承上文:{'、'.join(asked[0].carried)})"
        if day != now and asked[0].period:
            understood += f"(按{asked[0].period}查找)"
        give = self._answer if any(finding.given for finding in findings) else self._refusal
        return give(question, understood, findings, hits)

    @cached_property
    def _newest(self) -> date | None:
        """The last day that a document of the index came out on."""
        documents = self.retriever.documents.values()
        return max((d.published.last for d in documents if d.published), default=None)

    def _understood(self, parts: Sequence[Part], before: Sequence[str], day: date) -> list[Question]:
        """Read each thing asked; a further clause leans on the one before it."""
        places = self.retriever.regions
        asked = [self.understand(part.text, before, day, places=places) for part in parts]
        for number in range(1, len(parts)):
            if not parts[number].label:
                context = [*before, parts[number - 1].text]
                asked[number] = self.understand(parts[number].text, context, day, leans=True, places=places)
        return asked

    def candidates(self, asked: Question, hits: Sequence[Hit], most: int = _READ) -> list[Candidate]:
        """The places in some hits that may answer a question, likeliest first.

        :param most: the passages that the reader reads at most.
        """
        found: list[Candidate] = []
        for count in sorted({min(_FIRST, most), most}) if self.reader else (len(hits),):
            found = self._candidates(asked, hits[:count])
            if any(each.objection is None and each.probability >= _SURE for each in found):
                break
        return found

    def _candidates(self, asked: Question, hits: Sequence[Hit]) -> list[Candidate]:
        """The places in all of some hits, likeliest first."""
        documents, index, regions = self.retriever.documents, self.retriever.index, self.retriever.regions
        readings = [read(hit.passage, documents[hit.passage.doc_id]) for hit in hits]
        judgements = None
        if self.reader:
            contexts = [context(reading.passage, reading.document) for reading in readings]
            judgements = self.reader.read(asked.query, contexts)
        return candidates(asked, hits, readings, judgements, index, regions, self.objection)

    def _solve(self, part: Part, asked: Question, most: int) -> tuple[Finding, list[Hit]]:
        """Find what answers one thing asked."""
        hits = self.retriever.search(asked.query, _HITS)
        if not asked.words and not asked.carried:
            return Finding(part, asked, None, "问题里没有可以查找的内容,请说得具体一些。"), hits
        found = self.candidates(asked, hits, most)
        choice = choose(asked, found)
        best = choice.given if choice else None
        if choice is None or best is None or best.probability < self.threshold:
            sure = best.probability if best else None
            nearest = tuple(
                e for e in found[:1] if e.objection and e.figure and not (e.checks.place or e.checks.name)
            )
            return Finding(part, asked, None, _reason(found, best), others=nearest, probability=sure), hits
        more = [e for e in found if asked.kind is Kind.LIST and _continues(e, best)]
        return (
            Finding(
                part, asked, best, "", tuple(more[:1]), choice.others, choice.disagreeing, best.probability
            ),
            hits,
        )

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
            nearest = first.others[0]
            text = f"文档里最接近的是:{figure_text(nearest, first.question)}{self._mark(nearest, first.question, citations)}"
        return Answer(
            question, text, tuple(citations), hits, first.reason, "", understood, _surest(findings)
        )

    def _answer(
        self, question: str, understood: str, findings: Sequence[Finding], hits: tuple[Hit, ...]
    ) -> Answer:
        citations: list[Citation] = []
        lines: dict[str, None] = {}  # the same is said once
        said: list[str] = []  # what has to stand in a quotation

        def marked(candidate: Candidate, asked: Question, text: str) -> str:
            said.append(text)
            return text + self._mark(candidate, asked, citations)

        for finding in findings:
            asked, label = finding.question, finding.part.label
            if finding.given is None:
                lines[f"{label or finding.part.text.rstrip(',;?。')}:{finding.reason}"] = None
                continue
            text = answer_text(finding, _LONGEST // len(findings) if len(findings) > 1 else None)
            lines[f"{label}:" * bool(label) + marked(finding.given, asked, text)] = None
            for further in finding.more:
                also = answer_text(Finding(finding.part, asked, further))
                lines[marked(further, asked, also)] = None
            rivals = ("文档说法不一,另有:", finding.disagreeing), ("其他时间:", finding.others)
            for lead, others in rivals if len(findings) == 1 else ():
                texts = [marked(each, asked, figure_text(each, asked)) for each in others]
                if texts:
                    lines[lead + ";".join(texts)] = None
        if missing := unsupported_figures("\n".join(said), citations):
            logger.error("withheld an answer to %r: the figures %s stand in no quote", question, missing)
            return Answer(question, "", (), hits, _UNSUPPORTED, "", understood)
        text = comparison(findings, question) + "\n".join(lines)
        short = ";".join(filter(None, map(short_answer, findings)))
        return Answer(question, text, tuple(citations), hits, None, short, understood, _surest(findings))

    def _mark(self, candidate: Candidate, question: Question, citations: list[Citation]) -> str:
        """The mark of the citation of what a candidate says, which is made unless it was already."""
        passage = candidate.reading.passage
        start, end = (passage.start + offset for offset in quotation(candidate, question))
        place = (passage.doc_id, start, end)
        made = next((c for c in citations if (c.doc_id, c.start, c.end) == place), None)
        if made is None:
            made = cite(self.retriever.documents, passage, start, end, len(citations) + 1)
            citations.append(made)
        return f"[{made.marker}]"


def _reason(found: Sequence[Candidate], best: Candidate | None) -> str:
    """Why nothing is given, in words: what forbids the likeliest, else what it lacks."""
    if not found:
        return "文档里没有与这个问题相关的内容。"
    if found[0].objection and (best is None or found[0] is not best):
        return found[0].objection
    missing = found[0].missing
    if missing:
        return f"文档里没有与“{'”“'.join(missing[:3])}”相关的回答。"
    return "文档提到了相关内容,但没有给出所问的答案。"


def _continues(each: Candidate, best: Candidate) -> bool:
    """Whether it goes on with a list: in the same document, in another passage."""
    return (
        each.objection is None
        and each.probability >= _ALSO
        and each.hit.passage.doc_id == best.hit.passage.doc_id
        and each.hit.passage.passage_id != best.hit.passage.passage_id
    )


def _surest(findings: Sequence[Finding]) -> float | None:
    return max((f.probability for f in findings if f.probability is not None), default=None)


def _merge(rankings: Sequence[Sequence[Hit]]) -> tuple[Hit, ...]:
    """The hits of several searches in one ranking: each search's first, then each one's second …"""
    merged: dict[str, Hit] = {}
    for place in range(max(map(len, rankings), default=0)):
        for ranking in rankings:
            if place < len(ranking):
                merged.setdefault(ranking[place].passage.passage_id, ranking[place])
    return tuple(Hit(rank, hit.score, hit.passage) for rank, hit in enumerate(merged.values(), 1))
