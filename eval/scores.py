"""A run against a gold set: each question's own values, and from these the figures by type and overall.

A value is None where it says nothing about the question, such as recall where there is no evidence, and
then counts in no mean. A question missing from the run has 0 wherever a reply would have had a value.
Where ``alt_evidence`` is covered better than ``evidence``, a question has the value of the former:
either supports the answer as well, and as many places are wanted of the one as of the other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from eval.calibration import THRESHOLDS, Decision, expected_calibration_error, outcome, reliability
from eval.gold import KINDS, GoldItem, Span
from eval.matching import MARK, judge, unsupported_figures
from eval.metrics import Ranking, exact_match, f1, mean, ndcg, percentile, recall, reciprocal_rank
from eval.qrels import covered, overlaps
from eval.replies import CitedQuote, Reply

Values = dict[str, float | None]

RETRIEVAL: Mapping[str, Callable[[Ranking, int], float]] = {
    "recall@1": lambda ranking, wanted: recall(ranking, wanted, 1),
    "recall@5": lambda ranking, wanted: recall(ranking, wanted, 5),
    "recall@10": lambda ranking, wanted: recall(ranking, wanted, 10),
    "ndcg@10": lambda ranking, wanted: ndcg(ranking, wanted, 10),
    "mrr@10": lambda ranking, _: reciprocal_rank(ranking, 10),
}
MEANS = (
    *RETRIEVAL,
    "answer_accuracy",
    "em",
    "f1",
    "citation_precision",
    "citation_recall",
    "refusal_precision",
    "refusal_recall",
    "false_refusals",
    "quotes_verbatim",
)
COUNTS = ("wrong_answers", "unsupported_figures", "missing")


@dataclass(frozen=True, slots=True)
class QuestionScore:
    """The values of one question, by the names that the means have, and what was decided on it."""

    query_id: str
    kind: str
    values: Values
    decision: Decision


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of a run, question by question in the order of the gold set."""

    questions: tuple[QuestionScore, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The types that occur, in their usual order."""
        return tuple(kind for kind in KINDS if any(question.kind == kind for question in self.questions))

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """What was decided on each question."""
        return tuple(question.decision for question in self.questions)

    def summary(self, kind: str | None = None) -> Values:
        """The figures of all questions, or of those of one type.

        ``false_refusals`` is the share of the answerable questions; ``wrong_answers``,
        ``unsupported_figures`` and ``missing`` are numbers of questions; ``ece`` is the expected
        calibration error of the confidence, None where the run tells none.
        """
        chosen = [question for question in self.questions if kind in (None, question.kind)]
        questions = [question.values for question in chosen]
        seconds = _known(questions, "seconds")
        return (
            {"n": len(questions)}
            | {name: mean(_known(questions, name)) for name in MEANS}
            | {name: sum(_known(questions, name)) for name in COUNTS}
            | {"ece": expected_calibration_error(reliability(question.decision for question in chosen))}
            | {"seconds_p50": percentile(seconds, 0.5), "seconds_p95": percentile(seconds, 0.95)}
        )

    def to_json(self) -> dict[str, Any]:
        """Everything, for ``metrics.json``, to six decimals."""
        return {
            "overall": _rounded(self.summary()),
            "by_type": {kind: _rounded(self.summary(kind)) for kind in self.kinds},
            "reliability": [_rounded(asdict(each)) for each in reliability(self.decisions)],
            "thresholds": [_rounded(asdict(outcome(self.decisions, each))) for each in THRESHOLDS],
            "questions": {
                question.query_id: {"type": question.kind}
                | _rounded(question.values | {"confidence": question.decision.confidence})
                for question in self.questions
            },
        }


def score(gold: Sequence[GoldItem], replies: Mapping[str, Reply]) -> Scores:
    """Score the replies, by question id, against the gold set."""
    return Scores(
        tuple(
            QuestionScore(item.query_id, item.kind, _values(item, reply), _decision(item, reply))
            for item, reply in ((item, replies.get(item.query_id)) for item in gold)
        )
    )


def _values(item: GoldItem, reply: Reply | None) -> Values:
    given = reply or Reply(item.query_id, item.question, answer="", refusal=None, seconds=0)
    values = _answerable(item, given) if item.answerable else _unanswerable(given)
    return values | {
        "quotes_verbatim": _verbatim(given.citations),
        "unsupported_figures": float(_has_unsupported_figure(given)),
        "missing": float(reply is None),
        "seconds": None if reply is None else reply.seconds,
    }


def _answerable(item: GoldItem, reply: Reply) -> Values:
    refused = reply.refusal is not None
    verdict = judge(item, "" if refused else reply.answer)
    return _retrieval(item, reply) | {
        "answer_accuracy": float(verdict.right),
        **_overlap(item, "" if refused else reply.short or MARK.sub("", reply.answer)),
        "citation_precision": _citation_precision(item, reply.citations),
        "citation_recall": max(
            recall([_covered(spans, reply.citations)], len(item.evidence), 1)
            for spans in (item.evidence, item.alt_evidence)
        ),
        "refusal_precision": 0.0 if refused else None,
        "refusal_recall": None,
        "false_refusals": float(refused),
        "wrong_answers": float(verdict.wrong),
    }


def _unanswerable(reply: Reply) -> Values:
    refused = reply.refusal is not None
    nothing: Values = dict.fromkeys((*MEANS, "wrong_answers"))
    return nothing | {
        "answer_accuracy": float(refused),
        "refusal_precision": 1.0 if refused else None,
        "refusal_recall": float(refused),
    }


def _decision(item: GoldItem, reply: Reply | None) -> Decision:
    if reply is None:
        return Decision(item.answerable, refused=False, right=False)
    said = reply.answer if reply.refusal is None else reply.withheld
    right = None if said is None else item.answerable and judge(item, said).right
    return Decision(item.answerable, reply.refusal is not None, reply.confidence, right)


def _retrieval(item: GoldItem, reply: Reply) -> Values:
    rankings = [
        [covered(spans, hit.doc_id, hit.text) for hit in reply.hits]
        for spans in (item.evidence, item.alt_evidence)
    ]
    wanted = len(item.evidence)
    return {
        name: max(measure(ranking, wanted) for ranking in rankings) for name, measure in RETRIEVAL.items()
    }


def _overlap(item: GoldItem, given: str) -> Values:
    """EM and F1; where every answer is required, they are expected together, in their order."""
    expected = ["、".join(item.answers)] if item.all_required else item.answers
    return {"em": exact_match(expected, given), "f1": f1(expected, given)}


def _citation_precision(item: GoldItem, citations: Sequence[CitedQuote]) -> float:
    """The share of the quotations that overlap evidence; 0 if there are none."""
    spans = (*item.evidence, *item.alt_evidence)
    good = [any(overlaps(span, cited.doc_id, cited.quote) for span in spans) for cited in citations]
    return sum(good) / len(good) if good else 0.0


def _covered(spans: Sequence[Span], citations: Sequence[CitedQuote]) -> set[int]:
    return {number for cited in citations for number in covered(spans, cited.doc_id, cited.quote)}


def _verbatim(citations: Sequence[CitedQuote]) -> float | None:
    """The share of the quotations known to stand in their document; None if nothing is known of any.

    A quotation whose length is not that of its place is false, whoever looked.
    """
    verdicts = [
        False if cited.end - cited.start != len(cited.quote) else cited.verbatim for cited in citations
    ]
    return mean([float(verdict) for verdict in verdicts if verdict is not None])


def _has_unsupported_figure(reply: Reply) -> bool:
    """Whether an answer has a figure that neither its quotations nor the question have."""
    sources = [reply.question, *(cited.quote for cited in reply.citations)]
    return reply.refusal is None and bool(unsupported_figures(reply.answer, sources))


def _known(questions: Collection[Values], name: str) -> list[float]:
    return [value for values in questions if (value := values.get(name)) is not None]


def _rounded(values: Values) -> Values:
    return {name: round(value, 6) if isinstance(value, float) else value for name, value in values.items()}
