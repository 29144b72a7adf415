"""The training data on a made-up folder: what is read, what is refused, and that nothing held out is left."""

from __future__ import annotations

import json
import lzma
from pathlib import Path
from random import Random

import pytest

from train.corpus import read_corpus
from train.data import InvalidData, read_questions, read_sources, read_texts
from train.heldout import HeldOut, normal
from train.negatives import mine
from train.passages import article, law
from train.questions import make_questions

NEWS = (
    "临江新区昨日发布消息。今年一季度,全区规上工业增加值达12.5亿元,同比增长8.1%,增速居全市前列。区长王建国表示,二季度将再开工项目30个。",
    "望江市地铁三号线于2023年6月28日开通试运营。线路全长35.2公里,设车站26座。市交通运输局介绍,首日客流达到18万人次。",
)
HELD_OUT = "钱江湾的候鸟保护区面积为四千二百公顷,每年冬季有十万只候鸟停留。"
QUESTION = "钱江湾候鸟保护区的面积有多大?"


def pack(path: Path, lines: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with lzma.open(path, "wt", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)


def asked(question: str, context: str, answer: str) -> str:
    answers = [{"text": answer, "start": context.index(answer)}]
    return json.dumps({"question": question, "context": context, "answers": answers}, ensure_ascii=False)


def source(file: str, kind: str, **more: object) -> str:
    fields = {"file": file, "kind": kind, "origin": "made up", "licence": "none", "weight": 1.0} | more
    return "[[source]]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in fields.items())


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """News and questions, some of them copied from the dev set that lies beside them."""
    copied = HELD_OUT.replace(",", "，")  # other punctuation is no other text
    pack(
        tmp_path / "news.txt.xz",
        [*NEWS, f"本报讯记者从有关部门获悉一件大事。{copied}记者将继续关注有关情况的进展。"],
    )
    pack(
        tmp_path / "qa.jsonl.xz",
        [
            asked("临江新区一季度规上工业增加值多少?", NEWS[0], "12.5亿元"),
            asked("钱江湾 候鸟保护区的面积,有多大?", NEWS[1], "35.2公里"),
            asked("候鸟有多少只?", HELD_OUT, "十万只"),
            json.dumps({"question": "没有答案?", "context": NEWS[1], "answers": [], "impossible": True}),
        ],
    )
    (tmp_path / "sources.toml").write_text(
        source("news.txt.xz", "articles", made=10) + source("qa.jsonl.xz", "questions"), encoding="utf-8"
    )
    dev = tmp_path / "dev" / "birds"
    (dev / "docs").mkdir(parents=True)
    (dev / "docs" / "0.txt").write_text(HELD_OUT, encoding="utf-8")
    gold = {
        "id": "q0",
        "question": QUESTION,
        "type": "fact_number",
        "answerable": True,
        "answers": ["四千二百公顷"],
        "evidence": [{"file": "0.txt", "quote": HELD_OUT}],
    }
    (dev / "gold.jsonl").write_text(json.dumps(gold, ensure_ascii=False) + "\n", encoding="utf-8")
    return tmp_path


def test_nothing_of_the_dev_sets_is_trained_on(data: Path) -> None:
    held_out = HeldOut.load(data / "dev")
    corpus = read_corpus(data, read_sources(data), held_out, seed=0)
    assert [q.text for q in corpus.questions if not q.made] == ["临江新区一季度规上工业增加值多少?"]
    assert not any(held_out.holds(passage) for passage in corpus.passages)
    assert not any(normal(HELD_OUT) in normal(passage) for passage in corpus.passages)
    assert not any(held_out.asks(question.text) for question in corpus.questions)
    assert corpus.dropped == {
        "news.txt.xz passages": 1,
        "qa.jsonl.xz passages": 1,
        "qa.jsonl.xz questions": 1,
    }


def test_without_dev_sets_all_is_kept(data: Path, tmp_path: Path) -> None:
    nothing = HeldOut.load(tmp_path / "no-dev")
    corpus = read_corpus(data, read_sources(data), nothing, seed=0)
    assert any(normal(HELD_OUT) in normal(passage) for passage in corpus.passages)
    assert not +corpus.dropped


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("钱江湾的候鸟保护区,面积为四千二百公顷,每年冬季有十万只候鸟停留", True),
        ("錢江灣的候鳥保護區面積為四千二百公頃,每年冬季有十萬隻候鳥停留。", True),
        ("据介绍。" + HELD_OUT + "完。", True),
        ("钱江湾的候鸟保护区。", False),  # too short to tell
        (NEWS[0], False),
    ],
)
def test_a_text_is_known_by_its_sentences_in_any_form(data: Path, text: str, holds: bool) -> None:
    assert HeldOut.load(data / "dev").holds(text) is holds


def test_the_same_seed_reads_the_same(data: Path) -> None:
    first, second, other = (
        read_corpus(data, read_sources(data), HeldOut.load(data / "dev"), seed) for seed in (1, 1, 2)
    )
    assert first == second
    assert first.passages == other.passages
    assert first.questions != other.questions


def test_a_question_points_at_the_passage_that_holds_its_answer(data: Path) -> None:
    corpus = read_corpus(data, read_sources(data), HeldOut.load(data / "dev"), seed=0)
    assert len(corpus.questions) > 3
    for question in corpus.questions:
        assert question.answer in corpus.passages[question.passage]
        assert not question.made or question.answer not in question.text


def test_a_negative_is_another_passage_without_the_answer(data: Path) -> None:
    corpus = read_corpus(data, read_sources(data), HeldOut.load(data / "dev"), seed=0)
    found = mine(corpus)
    assert (found >= 0).any()
    for question, rows in zip(corpus.questions, found, strict=True):
        for row in rows[rows >= 0]:
            assert row != question.passage
            assert normal(question.answer) not in normal(corpus.passages[row])


@pytest.mark.parametrize(
    ("sentence", "answer", "kind"),
    [
        ("一季度临江新区规上工业增加值达12.5亿元。", "12.5亿元", "多少"),
        ("望江市地铁三号线于2023年6月28日开通试运营。", "2023年6月28日", "时"),
        ("市政府近日印发了《临江新区发展规划》并组织实施。", "《临江新区发展规划》", "什么"),
    ],
)
def test_a_question_asks_for_what_was_taken_out(sentence: str, answer: str, kind: str) -> None:
    made = [q for seed in range(20) for q in make_questions(sentence, Random(seed))]
    about = [
        question.question for question in made if answer in question.answer or question.answer in answer
    ]
    assert about
    assert not any(answer in question for question in about)
    assert any(kind in question or "哪" in question or "何" in question for question in about)


def test_a_law_is_cut_with_its_title() -> None:
    text = "临江口岸服务条例 " + "第一条为了规范口岸开放,提高口岸通关效率,保障口岸安全畅通,制定本条例。" * 3
    assert law(text).title == "临江口岸服务条例"
    assert article(text).title == ""
    assert law(text).passages == article(text).passages


def test_the_passage_at_an_offset(data: Path) -> None:
    text = (NEWS[0] + NEWS[1]) * 4
    cut = article(text)
    place = text.index("35.2")
    number = cut.at(place)
    assert number is not None
    start, passage = cut.passages[number]
    assert passage[place - start :].startswith("35.2")
    assert cut.at(10**6) is None


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        (source("gone.txt.xz", "articles"), "gone.txt.xz"),
        (source("news.txt.xz", "poems"), "poems"),
        (source("news.txt.xz", "articles", weight=0), "weight"),
        (source("news.txt.xz", "articles", share=2), "share"),
        (source("news.txt.xz", "articles", colour="red"), "colour"),
        ("[[source]\n", "sources.toml"),
        ("", "no [[source]]"),
    ],
)
def test_a_wrong_manifest_is_refused(data: Path, manifest: str, said: str) -> None:
    (data / "sources.toml").write_text(manifest, encoding="utf-8")
    with pytest.raises(InvalidData, match=said.replace("[", r"\[")):
        read_sources(data)


def test_the_repository_has_a_manifest_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(InvalidData, match="which is not in"):
        read_sources(tmp_path)


def test_what_we_wrote_may_be_missing(data: Path) -> None:
    manifest = source("qa.jsonl.xz", "questions", share=0.5) + source("gone.xz", "questions")
    (data / "sources.toml").write_text(f"{manifest}written = true\n", encoding="utf-8")
    assert [each.file for each in read_sources(data)] == ["qa.jsonl.xz"]


def test_a_question_tells_where_its_answers_stand(tmp_path: Path) -> None:
    record = json.loads(asked("多少?", NEWS[0], "12.5亿元")) | {"near": [0, 4], "published": "2023-06"}
    record["answers"] += [{"text": "30个", "start": NEWS[0].index("30个")}, {"text": "无", "start": -1}]
    pack(tmp_path / "a.xz", [json.dumps(record)])
    [each] = read_questions(tmp_path / "a.xz")
    assert [each.context[start:end] for start, end in each.answers] == ["12.5亿元", "30个"]
    assert each.shortest() == each.answers[1]
    assert (each.near, each.published, each.title) == ((0, 4), "2023-06", "")
    pack(tmp_path / "a.xz", [json.dumps(record | {"published": "6月"})])
    with pytest.raises(InvalidData, match="6月"):
        list(read_questions(tmp_path / "a.xz"))


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt.xz").write_bytes(b"not packed")
    with pytest.raises(InvalidData, match=r"a\.txt\.xz"):
        list(read_texts(tmp_path / "a.txt.xz"))
    pack(tmp_path / "b.jsonl.xz", [asked("问?", "答案在此", "答案"), '{"question": 1}'])
    with pytest.raises(InvalidData, match=r"b\.jsonl\.xz, line 2"):
        list(read_questions(tmp_path / "b.jsonl.xz"))
