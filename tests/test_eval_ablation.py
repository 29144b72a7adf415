"""Leaving out parts of the answering: what is left out makes the difference it should."""

from __future__ import annotations

import json
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from eval.ablation import WHOLE, Row, Without, leave_out, markdown, mcnemar, parts, save_rows
from eval.gold import GoldItem, Span
from index import build_index
from rag import Assistant, Retriever
from rag.checks import Checks
from rag.question import Kind, understand

TODAY = date(2025, 6, 1)
REPORT = """# 临江新区工业报告

2024年,临江新区规上工业增加值达171.51亿元,同比增长8.1%。

2023年,临江新区规上工业增加值达158.66亿元。

2024年,临江新区制造业投资46.3亿元。
"""


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    folder = tmp_path_factory.mktemp("ablation")
    (folder / "documents").mkdir()
    (folder / "documents" / "report.md").write_text(REPORT, encoding="utf-8")
    build_index(folder / "documents", folder / "index")
    return Retriever.load(folder / "index")


def item(query_id: str, question: str, answer: str, *history: str) -> GoldItem:
    quote = next(line for line in REPORT.splitlines() if answer in line)
    return GoldItem(
        query_id,
        question,
        "fact_number",
        True,
        (answer,),
        (Span("report.md", quote),),
        wrong_answers=("158.66亿元",) if answer != "158.66亿元" else (),
        history=history,
    )


GOLD = [
    item("q1", "临江新区2024年规上工业增加值是多少?", "171.51亿元"),
    item("q2", "那2023年呢?", "158.66亿元", "临江新区2024年规上工业增加值是多少?"),
    GoldItem("u1", "火星移民局的局长是谁?", "unanswerable", False),
]


@pytest.mark.parametrize(
    ("gained", "lost", "expected"),
    [(0, 0, 1.0), (0, 1, 1.0), (0, 5, 0.0625), (1, 5, 0.2188), (5, 1, 0.2188), (3, 3, 1.0), (0, 10, 0.002)],
)
def test_mcnemar(gained: int, lost: int, expected: float) -> None:
    assert mcnemar(gained, lost) == pytest.approx(expected, abs=5e-5)


def test_mcnemar_of_many_questions() -> None:
    assert mcnemar(700, 1000) < 1e-10


def test_every_part_has_a_name_of_its_own() -> None:
    names = [without.part for without in parts()]
    assert len(names) == len(set(names))
    assert {"阅读模型", "向量检索", "词检索", "拆分问题", "上文", "时间", "答案类型", "置信度"} <= set(
        names
    )
    assert {"核对时期", "核对目标", "核对地区", "核对编号"} <= set(names)


def test_what_is_left_out_is_counted(retriever: Retriever) -> None:
    chosen = [
        Without("门槛过高", partial(Assistant, threshold=1.0)),
        *(without for without in parts() if without.part == "上文"),
    ]
    whole, nothing, alone = leave_out(GOLD, retriever, chosen)
    assert (whole.part, whole.figures["answer_accuracy"], whole.kinds) == (WHOLE, 1.0, {})
    assert (nothing.gained, nothing.lost, nothing.kinds) == (0, 2, {"fact_number": -2})
    assert nothing.figures["false_refusals"] == 1
    assert nothing.p == mcnemar(0, 2)
    assert (alone.part, alone.lost) == ("上文", 1)


@pytest.mark.parametrize("part", [without.part for without in parts()])
def test_every_part_can_be_left_out(part: str, retriever: Retriever) -> None:
    (without,) = (without for without in parts() if without.part == part)
    _, row = leave_out(GOLD, retriever, [without])
    assert row.part == part
    assert row.gained == 0  # everything was right before
    assert row.figures["n"] == len(GOLD)


def part(name: str, retriever: Retriever) -> Assistant:
    (without,) = (without for without in parts() if without.part == name)
    return without.assistant(retriever)


def test_what_each_part_is_left_out_of(retriever: Retriever) -> None:
    whole = Assistant(retriever)
    assert part("阅读模型", retriever).reader is None
    assert part("向量检索", retriever).retriever.dense_weight == 0
    assert part("词检索", retriever).retriever.dense_weight == 1
    assert part("置信度", retriever).threshold == 0 < whole.threshold
    several = "临江新区2023年和2024年规上工业增加值各是多少?"
    assert len(part("拆分问题", retriever).split(several, TODAY)) == 1 < len(whole.split(several, TODAY))
    asked = "临江新区2024年规上工业增加值是多少?"
    assert part("时间", retriever).understand(asked, (), TODAY).period is None
    kindless = part("答案类型", retriever).understand(asked, (), TODAY)
    assert (kindless.kind, kindless.unit) == (Kind.FACT, "")
    assert kindless.words == whole.understand(asked, (), TODAY).words


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("核对时期", Checks(period=-1)),
        ("核对目标", Checks(target=True)),
        ("核对地区", Checks(place=True)),
        ("核对编号", Checks(name=True)),
    ],
)
def test_a_check_left_out_forbids_nothing_and_the_others_do(
    name: str, wrong: Checks, retriever: Retriever
) -> None:
    question = understand("临江新区2021年QH-5000是多少?", (), TODAY)
    assert Assistant(retriever).objection(question, wrong) is not None
    for without in parts():
        if without.part.startswith("核对"):
            forbidden = without.assistant(retriever).objection(question, wrong)
            assert (forbidden is None) == (without.part == name)


def test_without_time_a_question_has_no_period(retriever: Retriever) -> None:
    question = "临江新区2023年规上工业增加值是多少?"
    (timeless,) = (without for without in parts() if without.part == "时间")
    assert Assistant(retriever, reader=None).understand(question).period is not None
    assert timeless.assistant(retriever).understand(question).period is None


ROWS = [
    Row(WHOLE, {"answer_accuracy": 1.0, "f1": 0.5, "recall@5": 1.0, "refusal_recall": None, "false_refusals": 0.0},
        0, 0, 1.0, {}),
    Row("时间", {"answer_accuracy": 0.5, "f1": 0.5, "recall@5": 1.0, "refusal_recall": None, "false_refusals": 0.0},
        1, 3, 0.625, {"fact_number": -3, "temporal": 1}),
]  # fmt: skip


def test_the_table() -> None:
    assert markdown(ROWS).splitlines()[2:] == [
        "| 无 | 100.0% |  |  | 50.0% | 100.0% | – | 0.0% |  |",
        "| 时间 | 50.0% | +1 / −3 | 0.625 | 50.0% | 100.0% | – | 0.0% | 数字事实 −3,时间辨别 +1 |",
    ]


def test_the_files(tmp_path: Path) -> None:
    save_rows(tmp_path / "new", ROWS)
    assert (tmp_path / "new" / "ablation.md").read_text(encoding="utf-8") == markdown(ROWS)
    rows = json.loads((tmp_path / "new" / "ablation.json").read_text(encoding="utf-8"))
    assert [row["part"] for row in rows] == ["无", "时间"]
    assert rows[1]["kinds"] == {"fact_number": -3, "temporal": 1}
