"""Answers over small documents: what is said with a figure, and nothing more than was asked."""

from __future__ import annotations

import pytest

from index import build_index
from rag import Assistant, Retriever
from rag.compose import Finding, answer_text, comparison, short_answer
from rag.question import understand
from rag.split import Part

DOCUMENTS = {
    "spring.txt": """临江新区一季度工业经济

今年一季度,临江新区规上工业增加值达171.51亿元,同比增长8.1%;数字经济核心产业增加值34.01亿元。

去年,临江新区规上工业总产值突破3700亿元;今年,临江新区力争规上工业总产值突破4000亿元。

临江新区研发经费55.3亿元,研发投入强度454%,两项指标均再创新高,为全域创新注入了动力。
""",
    "autumn.txt": """临江和望江比一比

2022年,临江制造业投资同比增长71.5%,投资总量位居全市第一,得益于重大项目带动。

2022年,望江制造业投资同比增长49.3%,靠的是存量企业增资扩产和技术改造的力度。

临江新区推动“四链融合”,即创新链、产业链、人才链、资金链的深度融合,成效明显。

临江二期厂房到今年年底完工,临江三期厂房2024年6月动工,两处都按计划推进。

临江码头的年吞吐量为1200万吨,望江码头的年吞吐量为1200万吨,两座码头都在扩建之中。
""",
    "notice.txt": """关于稳岗返还的通知

稳岗返还按下列办法办理:

企业先在网上申报,附上参保证明。区人力社保局五个工作日内审核。审核通过的,返还上年度缴费的一半。

返还资金用于职工培训和缴费,不得挪作他用,区财政局会同有关部门进行检查。
""",
    "undated.txt": """望江码头的工期

望江码头一期工程明年3月底交付,望江码头二期工程2027年5月交付,由同一家单位施工。
""",
    "metadata.toml": '["spring.txt"]\npublished = "2025-05-16"\n\n["autumn.txt"]\npublished = "2023-02"\n',
}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder = tmp_path_factory.mktemp("compose")
    for name, text in DOCUMENTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    build_index(folder, folder / "index")
    return Assistant(Retriever.load(folder / "index"))


@pytest.mark.parametrize(
    ("question", "short", "without"),
    [
        ("临江新区2025年一季度规上工业增加值是多少?", "171.51亿元", ["34.01"]),
        ("临江新区2025年一季度数字经济核心产业增加值是多少?", "34.01亿元", ["171.51"]),
        ("2022年望江制造业投资增长百分之几?", "49.3%", ["71.5"]),
        ("临江新区2024年规上工业总产值是多少?", "突破3700亿元", ["4000"]),
    ],
)
def test_a_number_comes_first_and_alone(
    question: str, short: str, without: list[str], assistant: Assistant
) -> None:
    answer = assistant.ask(question)
    assert answer.short == short
    assert answer.text.startswith(short)
    assert answer.text.endswith("[1]")
    assert not any(figure in answer.text for figure in without)
    assert short in answer.citations[0].quote


@pytest.mark.parametrize(
    ("question", "said"),
    [
        # the period, read against the document's date, where the question names none
        ("临江新区规上工业增加值是多少?", ["171.51亿元(2025年一季度", "据2025年5月16日报道"]),
        ("一季度临江新区规上工业增加值是多少?", ["171.51亿元(2025年一季度"]),  # of the last one told of
        # a target where a result was asked for, or where nothing says which
        ("临江新区2025年规上工业总产值是多少?", ["4000亿元(", "目标"]),
        # a share that can't be right is given as printed, and that is said
        ("临江新区研发投入强度是多少?", ["454%(", "原文如此"]),
    ],
)
def test_what_has_to_be_said_with_a_figure(question: str, said: list[str], assistant: Assistant) -> None:
    text = assistant.ask(question).text
    assert all(words in text for words in said)


@pytest.mark.parametrize(
    ("question", "not_said"),
    [
        ("临江新区2025年一季度规上工业增加值是多少?", "报道"),
        ("临江新区2025年规上工业总产值的目标是多少?", "(目标"),
        ("2022年望江制造业投资增长百分之几?", "("),
    ],
)
def test_what_the_question_says_itself_is_not_said_again(
    question: str, not_said: str, assistant: Assistant
) -> None:
    assert not_said not in assistant.ask(question).text


@pytest.mark.parametrize(
    ("question", "defined"),
    [("“四链融合”是什么意思?", True), ("什么是稳岗返还?", False)],
)
def test_where_nothing_defines_it_that_is_said(question: str, defined: bool, assistant: Assistant) -> None:
    answer = assistant.ask(question)
    assert answer.refusal is None
    assert ("没有给它下定义" in answer.text) is not defined


def test_a_list_comes_whole(assistant: Assistant) -> None:
    answer = assistant.ask("“四链融合”是哪四条链?")
    assert all(link in answer.text for link in ("创新链", "产业链", "人才链", "资金链"))


@pytest.mark.parametrize(
    ("question", "start", "figures"),
    [
        ("2022年制造业投资增速临江和望江谁高?各是多少?", "临江更高。", ["临江:71.5%", "望江:49.3%"]),
        ("2022年制造业投资增速临江和望江谁低?各是多少?", "望江更低。", ["临江:71.5%", "望江:49.3%"]),
        ("2022年制造业投资增速望江和临江谁更高?各是多少?", "临江更高。", ["望江:49.3%", "临江:71.5%"]),
        ("2022年制造业投资增速临江和望江各是多少?", "临江:", ["71.5%", "望江:49.3%"]),
        ("2022年制造业投资增速临江和望江谁高?", "临江更高。", ["71.5%", "49.3%"]),
        ("临江码头和望江码头的年吞吐量谁大?各是多少?", "两者相同。", ["1200万吨", "1200万吨"]),
    ],
)
def test_two_figures_are_compared_by_value(
    question: str, start: str, figures: list[str], assistant: Assistant
) -> None:
    lines = assistant.ask(question).text.split("\n")
    assert lines[0].startswith(start)
    for line, figure in zip(lines, figures, strict=True):
        assert figure in line


def test_a_part_without_evidence_is_its_reason() -> None:
    missing = Finding(
        Part("临江", "临江的增加值是多少?"), understand("临江的增加值是多少?"), None, "没有。"
    )
    assert answer_text(missing) == "没有。"
    assert short_answer(missing) == ""
    assert comparison([missing, missing], "临江和望江谁高?") == ""
    assert comparison([missing], "谁高?") == ""


@pytest.mark.parametrize(
    ("question", "start"),
    [
        ("临江二期厂房什么时候完工?", "到今年年底(2023年12月)。"),
        ("临江三期厂房什么时候动工?", "2024年6月。"),
        ("望江码头一期工程什么时候交付?", "明年3月底(文档没有日期,年份不详)。"),
        ("望江码头二期工程什么时候交付?", "2027年5月。"),
    ],
)
def test_which_date_is_meant(question: str, start: str, assistant: Assistant) -> None:
    assert assistant.ask(question).text.startswith(start)


def test_an_account_takes_more_than_a_sentence(assistant: Assistant) -> None:
    answer = assistant.ask("企业稳岗返还如何申报办理?")
    (citation,) = answer.citations
    assert "网上申报" in answer.text
    assert "一半" in answer.text
    assert "网上申报" in citation.quote
    assert citation.quote.startswith("稳岗返还按下列办法办理:\n")


def test_a_fact_takes_a_sentence(assistant: Assistant) -> None:
    answer = assistant.ask("稳岗返还的资金用于什么?")
    assert "职工培训" in answer.text
    assert "一半" not in answer.text
