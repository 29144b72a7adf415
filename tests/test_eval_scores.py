"""From replies to figures: each question's values, the means by type and overall, and what is missing."""

from __future__ import annotations

import json

import pytest

from eval.calibration import Decision
from eval.gold import GoldItem, Span
from eval.replies import CitedQuote, FoundPassage, Reply
from eval.scores import COUNTS, MEANS, Scores, score

FIRST = Span("a.txt", "今年第一季度,钱塘规上工业增加值达171.51亿元")
SECOND = Span("b.txt", "完成签约亿元以上产业项目23个,总投资106亿元")
OTHER = Span("c.txt", "钱塘一季度规上工业增加值171.51亿元,保持增长")
UNRELATED = Span("c.txt", "会上还发布了产业地图和人才政策的最新版本")


def passage(span: Span, score: float = 1.0) -> FoundPassage:
    return FoundPassage(span.doc_id, f"前文。{span.quote}。后文。", score)


def cited(span: Span, verbatim: bool | None = None) -> CitedQuote:
    return CitedQuote(span.doc_id, 3, 3 + len(span.quote), span.quote, verbatim)


def question(**changes: object) -> GoldItem:
    values: dict[str, object] = {
        "query_id": "q1",
        "question": "2025年一季度钱塘规上工业增加值是多少?",
        "kind": "fact_number",
        "answerable": True,
        "answers": ("171.51亿元", "171.51亿"),
        "evidence": (FIRST,),
    }
    return GoldItem(**(values | changes))  # type: ignore[arg-type]


def reply(**changes: object) -> Reply:
    values: dict[str, object] = {
        "query_id": "q1",
        "question": "2025年一季度钱塘规上工业增加值是多少?",
        "answer": "171.51亿元[1]",
        "refusal": None,
        "seconds": 0.02,
        "citations": (cited(FIRST, verbatim=True),),
        "hits": (passage(FIRST),),
    }
    return Reply(**(values | changes))  # type: ignore[arg-type]


UNANSWERABLE = question(kind="unanswerable", answerable=False, answers=(), evidence=())


def values(item: GoldItem, given: Reply | None) -> dict[str, float | None]:
    return score([item], {} if given is None else {given.query_id: given}).questions[0].values


def test_a_right_answer_has_full_marks_everywhere() -> None:
    got = values(question(), reply())
    full = {name for name, value in got.items() if value == 1}
    assert full == set(MEANS) - {"refusal_precision", "refusal_recall", "false_refusals"}
    assert got["refusal_precision"] is None
    assert [got[name] for name in (*COUNTS, "false_refusals")] == [0, 0, 0, 0]


def test_the_ranking_counts_down_to_its_depth() -> None:
    hits = (*(passage(UNRELATED) for _ in range(5)), passage(FIRST))
    got = values(question(), reply(hits=hits))
    assert (got["recall@1"], got["recall@5"], got["recall@10"]) == (0, 0, 1)
    assert got["mrr@10"] == pytest.approx(0.1667, abs=5e-5)
    assert got["ndcg@10"] == pytest.approx(0.3562, abs=5e-5)  # 1/log2(7)


def test_each_of_two_places_of_evidence_is_a_half() -> None:
    got = values(question(evidence=(FIRST, SECOND)), reply(hits=(passage(UNRELATED), passage(SECOND))))
    assert (got["recall@1"], got["recall@5"]) == (0, 0.5)
    assert got["ndcg@10"] == pytest.approx(0.3869, abs=5e-5)  # (1/log2(3)) / (1 + 1/log2(3))
    assert got["citation_recall"] == 0.5


def test_alternative_evidence_stands_in_where_it_is_found_better() -> None:
    item = question(alt_evidence=(OTHER,))
    got = values(item, reply(hits=(passage(OTHER), passage(FIRST)), citations=(cited(OTHER),)))
    assert (got["recall@1"], got["mrr@10"], got["ndcg@10"]) == (1, 1, 1)
    assert (got["citation_precision"], got["citation_recall"]) == (1, 1)


def test_one_alternative_is_no_more_than_one_of_two_places() -> None:
    item = question(evidence=(FIRST, SECOND), alt_evidence=(OTHER,))
    got = values(item, reply(hits=(passage(OTHER), passage(FIRST))))
    assert got["recall@10"] == 0.5


def test_citations_count_by_their_share() -> None:
    item = question(evidence=(FIRST, SECOND))
    got = values(item, reply(citations=(cited(FIRST), cited(UNRELATED), cited(UNRELATED))))
    assert got["citation_precision"] == pytest.approx(0.3333, abs=5e-5)
    assert got["citation_recall"] == 0.5


def test_em_and_f1_look_at_the_short_answer_else_at_the_text_without_marks() -> None:
    long = "2025年一季度为171.51亿元[1]"
    assert values(question(), reply(answer=long, short="171.51亿元"))["em"] == 1
    got = values(question(), reply(answer=long))
    assert got["em"] == 0
    assert got["f1"] == pytest.approx(0.5, abs=5e-5)  # 3 tokens of 9 and of 3: 2·3/(3+9)
    assert values(question(), reply(answer="171.51亿元[1]。"))["em"] == 1


def test_answers_that_are_all_required_are_expected_together() -> None:
    item = question(answers=("八大行动", "三十项"), all_required=True)
    assert values(item, reply(short="八大行动、三十项"))["em"] == 1
    assert values(item, reply(short="八大行动"))["em"] == 0
    assert values(item, reply(short="八大行动"))["f1"] == pytest.approx(0.7273, abs=5e-5)  # 2·4/(7+4)


def test_a_wrong_period_is_wrong_and_counted() -> None:
    got = values(question(wrong_answers=("46.3亿",)), reply(answer="46.3亿元[1]"))
    assert (got["answer_accuracy"], got["wrong_answers"]) == (0, 1)


def test_a_refused_question_is_wrong_even_if_the_refusal_names_the_answer() -> None:
    got = values(question(), reply(refusal="没有找到", citations=()))
    zero = ("answer_accuracy", "em", "f1", "citation_precision", "citation_recall", "refusal_precision")
    assert [got[name] for name in zero] == [0] * len(zero)
    assert (got["false_refusals"], got["recall@1"]) == (1, 1)


def test_an_unanswerable_question_is_right_when_refused_and_else_counts_only_as_a_refusal() -> None:
    item = question(kind="unanswerable", answerable=False, answers=(), evidence=())
    refused = values(item, reply(refusal="文档里没有", citations=()))
    assert (refused["answer_accuracy"], refused["refusal_precision"], refused["refusal_recall"]) == (
        1,
        1,
        1,
    )
    answered = values(item, reply())
    assert (answered["answer_accuracy"], answered["refusal_precision"], answered["refusal_recall"]) == (
        0,
        None,
        0,
    )
    for name in ("recall@5", "em", "f1", "citation_precision", "false_refusals", "wrong_answers"):
        assert answered[name] is None


def test_a_question_missing_from_the_run_is_zero_not_absent() -> None:
    got = values(question(), None)
    assert {got[name] for name in MEANS if got[name] is not None} == {0}
    assert got["recall@5"] == 0
    assert (got["missing"], got["seconds"]) == (1, None)
    item = question(kind="unanswerable", answerable=False, answers=(), evidence=())
    assert values(item, None)["answer_accuracy"] == 0


@pytest.mark.parametrize(
    ("citations", "expected"),
    [
        ((), None),
        ((cited(FIRST),), None),
        ((cited(FIRST, True), cited(SECOND, False)), 0.5),
        ((cited(FIRST, True), cited(SECOND)), 1),
        ((CitedQuote("a.txt", 0, 3, "四个字的", True),), 0),
    ],
)
def test_quotes_verbatim(citations: tuple[CitedQuote, ...], expected: float | None) -> None:
    assert values(question(), reply(citations=citations))["quotes_verbatim"] == expected


def test_a_figure_that_no_quotation_has_is_counted() -> None:
    assert values(question(), reply(answer="171.5亿元[1]"))["unsupported_figures"] == 1
    assert (
        values(question(), reply(answer="没有找到,另有9家", refusal="没有找到"))["unsupported_figures"] == 0
    )


@pytest.mark.parametrize(
    ("item", "given", "expected"),
    [
        (question(), reply(confidence=0.9), Decision(True, False, 0.9, True)),
        (question(), reply(confidence=0.9, answer="9亿元"), Decision(True, False, 0.9, False)),
        (question(), reply(), Decision(True, False, None, True)),
        (question(), reply(refusal="不足", confidence=0.2), Decision(True, True, 0.2, None)),
        (
            question(),
            reply(refusal="不足", confidence=0.2, withheld="171.51亿元[1]"),
            Decision(True, True, 0.2, True),
        ),
        (question(), reply(refusal="不足", confidence=0.2, withheld=""), Decision(True, True, 0.2, False)),
        (UNANSWERABLE, reply(refusal="没有"), Decision(False, True)),
        (UNANSWERABLE, reply(confidence=0.4), Decision(False, False, 0.4, False)),
        (question(), None, Decision(True, False, None, False)),
    ],
)
def test_what_was_decided(item: GoldItem, given: Reply | None, expected: Decision) -> None:
    assert score([item], {"q1": given} if given else {}).decisions == (expected,)


def test_the_calibration_error_is_none_where_a_run_tells_no_confidence() -> None:
    assert run().summary()["ece"] is None
    assert score([question()], {"q1": reply(confidence=0.75)}).summary()["ece"] == pytest.approx(0.25)


def run() -> Scores:
    gold = [
        question(),
        question(query_id="q2"),
        question(query_id="q3", kind="temporal", wrong_answers=("46.3亿",)),
        question(query_id="u1", kind="unanswerable", answerable=False, answers=(), evidence=()),
        question(query_id="u2", kind="unanswerable", answerable=False, answers=(), evidence=()),
    ]
    replies = [
        reply(),
        reply(query_id="q3", answer="46.3亿元[1]", hits=(), seconds=0.04),
        reply(query_id="u1", refusal="文档里没有", citations=(), seconds=0.01),
        reply(query_id="u2", seconds=0.03),
        reply(query_id="stranger", seconds=9.0),
    ]
    return score(gold, {given.query_id: given for given in replies})


def test_means_are_over_the_questions_concerned() -> None:
    overall = run().summary()
    assert overall["n"] == 5
    assert overall["recall@5"] == pytest.approx(0.3333, abs=5e-5)  # q1 of q1, q2 (missing), q3
    assert overall["answer_accuracy"] == pytest.approx(0.4)  # q1, u1 of five
    assert overall["refusal_precision"] == 1
    assert overall["refusal_recall"] == 0.5
    assert overall["false_refusals"] == 0
    assert (overall["wrong_answers"], overall["missing"]) == (1, 1)
    assert overall["seconds_p50"] == pytest.approx(0.025)
    assert overall["seconds_p95"] == pytest.approx(0.0385)


def test_by_type() -> None:
    scores = run()
    assert scores.kinds == ("fact_number", "temporal", "unanswerable")
    assert scores.summary("fact_number")["answer_accuracy"] == 0.5
    assert scores.summary("temporal")["wrong_answers"] == 1
    assert scores.summary("unanswerable")["recall@5"] is None
    assert scores.summary("temporal")["refusal_precision"] is None


def test_the_layout_of_the_metrics_file() -> None:
    metrics = json.loads(json.dumps(run().to_json(), allow_nan=False))
    assert list(metrics) == ["overall", "by_type", "reliability", "thresholds", "questions"]
    assert list(metrics["overall"]) == ["n", *MEANS, *COUNTS, "ece", "seconds_p50", "seconds_p95"]
    assert list(metrics["by_type"]) == ["fact_number", "temporal", "unanswerable"]
    assert list(metrics["questions"]) == ["q1", "q2", "q3", "u1", "u2"]
    assert metrics["questions"]["q1"]["type"] == "fact_number"
    assert metrics["overall"]["recall@5"] == 0.333333
