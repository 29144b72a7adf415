"""Running a gold set through the real assistant, over a small index of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.gold import GoldItem, Span
from eval.replies import FoundPassage, Reply, load_replies
from eval.runner import answer_all, checked, ranking, save_run, trec_lines, unfounded
from index import build_index
from rag import Answer, Assistant, Citation, Retriever

REPORT = """# 临江新区一季度工业报告

今年一季度,临江新区规上工业增加值达171.51亿元,同比增长8.1%。

今年一季度,临江新区制造业投资46.3亿元,其中技改投资12.5亿元。
"""
TOPICS = ["养老", "教育", "交通", "水利", "农业", "文化", "体育", "医疗", "就业", "住房", "环保", "旅游"]
HANDBOOK = "# 民生实事手册\n" + "".join(
    f"\n## {topic}\n\n{topic}方面,全区安排了{number}项实事,由主管部门逐项落实并按月公布进度。"
    f"居民对{topic}工作的意见可以在社区窗口提交,也可以在网上提交,部门应当在十个工作日内答复。"
    f"年底前由第三方对{topic}工作开展评估,评估结果向社会公开,接受监督,并作为下一年安排资金的依据。\n"
    for number, topic in enumerate(TOPICS, start=3)
)


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    folder = tmp_path_factory.mktemp("runner")
    (folder / "documents").mkdir()
    (folder / "documents" / "report.md").write_text(REPORT, encoding="utf-8")
    (folder / "documents" / "手 册.md").write_text(HANDBOOK, encoding="utf-8")
    build_index(folder / "documents", folder / "index")
    return Retriever.load(folder / "index")


def question(query_id: str, text: str, *history: str) -> GoldItem:
    return GoldItem(
        query_id=query_id,
        question=text,
        kind="fact_number",
        answerable=True,
        answers=("171.51亿元",),
        evidence=(Span("report.md", "临江新区规上工业增加值达171.51亿元"),),
        history=history,
    )


ASKED = question("q1", "临江新区一季度规上工业增加值是多少?")


def test_a_question_is_answered_with_checked_quotations(retriever: Retriever) -> None:
    (reply,) = answer_all([ASKED], Assistant(retriever))
    assert (reply.query_id, reply.question, reply.refusal) == ("q1", ASKED.question, None)
    assert "171.51亿元" in reply.answer
    assert "171.51" in reply.citations[0].quote
    assert [cited.verbatim for cited in reply.citations] == [True] * len(reply.citations)
    assert reply.seconds > 0


def test_what_was_too_unsure_is_kept_as_withheld(retriever: Retriever) -> None:
    (sure,) = answer_all([ASKED], Assistant(retriever))
    assert sure.withheld is None
    assert sure.confidence is not None
    (unsure,) = answer_all([ASKED], Assistant(retriever, threshold=1.0))
    assert unsure.refusal is not None
    assert (unsure.confidence, unsure.withheld) == (sure.confidence, sure.answer)


def test_a_refusal_for_another_reason_has_no_confidence(retriever: Retriever) -> None:
    (reply,) = answer_all([question("q1", "2025年2月30日发生了什么?")], Assistant(retriever))
    assert reply.refusal is not None
    assert (reply.confidence, reply.withheld) == (None, None)


def test_the_order_of_the_gold_set_is_kept(retriever: Retriever) -> None:
    gold = [ASKED, question("q3", "技改投资多少?"), question("q2", "教育方面安排了几项实事?")]
    assert [reply.query_id for reply in answer_all(gold, Assistant(retriever))] == ["q1", "q3", "q2"]


def test_the_ranking_has_ten_passages_with_their_places(retriever: Retriever) -> None:
    (reply,) = answer_all([ASKED], Assistant(retriever))
    assert len(reply.hits) >= 10
    for hit in reply.hits:
        assert retriever.documents[hit.doc_id].text[hit.start : hit.end] == hit.text


def test_a_short_ranking_is_filled_from_the_index_without_repeats(retriever: Retriever) -> None:
    found = retriever.search("居民意见在哪里提交?", k=10)
    answer = Answer("居民意见在哪里提交?", "", hits=tuple(found[3:5]))
    ranked = [hit.passage for hit in ranking(answer, retriever)]
    assert ranked[:2] == [hit.passage for hit in found[3:5]]
    assert {passage.passage_id for passage in ranked} == {hit.passage.passage_id for hit in found}
    assert len(ranked) == 10


def test_the_ranking_for_a_follow_up_is_filled_for_what_was_understood(retriever: Retriever) -> None:
    answer = Answer("那呢?", "", understood="养老方面安排了几项实事?")
    assert [hit.passage for hit in ranking(answer, retriever)] == [
        hit.passage for hit in retriever.search("养老方面安排了几项实事?", k=10)
    ]


def test_earlier_questions_are_asked_first_and_their_answers_given_back(retriever: Retriever) -> None:
    first, second, last = "临江新区一季度规上工业增加值是多少?", "那制造业投资呢?", "其中技改投资多少?"
    assistant = Assistant(retriever)
    history: list[tuple[str, str]] = []
    for earlier in (first, second):
        history.append((earlier, assistant.ask(earlier, history=history).text))
    expected = assistant.ask(last, history=history)
    (reply,) = answer_all([question("q1", last, first, second)], Assistant(retriever))
    assert (reply.question, reply.answer, reply.refusal) == (last, expected.text, expected.refusal)
    assert [hit.text for hit in reply.hits] == [hit.passage.text for hit in expected.hits]


def test_one_conversation_knows_nothing_of_another(retriever: Retriever) -> None:
    follow_up = question("q2", "那技改投资呢?")
    after = list(answer_all([ASKED, follow_up], Assistant(retriever)))[1]
    (alone,) = answer_all([follow_up], Assistant(retriever))
    assert (after.answer, after.refusal) == (alone.answer, alone.refusal)


def test_a_quotation_that_the_document_does_not_have_is_told(retriever: Retriever) -> None:
    text = retriever.documents["report.md"].text
    start = text.index("171.51")
    true = Citation(1, "report.md", "p", start, start + 6, "171.51")
    assert checked(true, retriever.documents).verbatim is True
    assert (
        checked(Citation(1, "report.md", "p", start, start + 6, "171.15"), retriever.documents).verbatim
        is False
    )
    assert checked(Citation(1, "gone.md", "p", 0, 3, "171"), retriever.documents).verbatim is False


def test_evidence_that_the_index_does_not_have_is_told(retriever: Retriever) -> None:
    gold = [
        ASKED,
        GoldItem("q2", "?", "fact_number", True, ("1",), (Span("report.md", "规上工业增加值达99亿元"),)),
        GoldItem("q3", "?", "fact_number", True, ("1",), (Span("other.md", "规上工业增加值达171.51亿元"),)),
        GoldItem("u1", "?", "unanswerable", False),
    ]
    assert unfounded(gold, retriever.documents) == ["q2", "q3"]


def hits(*scores: float) -> tuple[FoundPassage, ...]:
    return tuple(
        FoundPassage("a.txt", "原文", score, f"a.txt:{number}") for number, score in enumerate(scores)
    )


def reply(query_id: str = "q1", found: tuple[FoundPassage, ...] = ()) -> Reply:
    return Reply(query_id, "多少?", "17个[1]", None, 0.031, hits=found)


def test_trec_lines() -> None:
    assert list(trec_lines(reply(found=hits(0.9, 0.25)))) == [
        "q1 Q0 a.txt:0 1 0.900000 zhengwen",
        "q1 Q0 a.txt:1 2 0.250000 zhengwen",
    ]


def test_trec_scores_fall_even_where_the_ranking_ties_or_was_put_together() -> None:
    lines = list(trec_lines(reply(found=hits(0.5, 0.5, 0.9))))
    assert [line.split()[4] for line in lines] == ["0.500000", "0.499999", "0.499998"]


def test_trec_names_have_no_white_space_and_stay_apart() -> None:
    found = (
        FoundPassage("手 册%.md", "原文", 1.0),
        FoundPassage("手\u3000册.md", "原文", 0.5, "手\u3000册.md:0"),
    )
    lines = [line.split() for line in trec_lines(reply("q 1", found))]
    assert [line[2] for line in lines] == ["手%20册%25.md:1", "手%E3%80%80册.md:0"]
    assert lines[0][0] == "q%201"


def test_a_run_is_written_whole(tmp_path: Path) -> None:
    replies = [reply("q1", hits(0.9)), reply("q2")]
    save_run(tmp_path / "runs" / "base", replies)
    folder = tmp_path / "runs" / "base"
    assert sorted(path.name for path in folder.iterdir()) == ["answers.jsonl", "run.trec"]
    assert load_replies(folder) == {"q1": replies[0], "q2": replies[1]}
    lines = (folder / "answers.jsonl").read_text(encoding="utf-8").splitlines()
    agreed = {"id", "question", "answer", "refusal", "seconds", "citations", "hits"}
    assert all(agreed <= json.loads(line).keys() for line in lines)
    assert (folder / "run.trec").read_text(encoding="utf-8") == "q1 Q0 a.txt:0 1 0.900000 zhengwen\n"


def test_a_new_run_leaves_no_scores_of_the_old_one(tmp_path: Path) -> None:
    save_run(tmp_path, [reply("q1")])
    for name in ("metrics.json", "report.html", "notes.txt"):
        (tmp_path / name).write_text("old", encoding="utf-8")
    save_run(tmp_path, [reply("q2")])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answers.jsonl", "notes.txt", "run.trec"]
    assert load_replies(tmp_path).keys() == {"q2"}


def test_a_run_that_breaks_while_it_is_written_leaves_the_old_one(tmp_path: Path) -> None:
    save_run(tmp_path, [reply("q1")])
    with pytest.raises(UnicodeEncodeError):
        save_run(tmp_path, [Reply("q2", "多少?", "\ud800", None, 0.1)])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answers.jsonl", "run.trec"]
    assert load_replies(tmp_path).keys() == {"q1"}
