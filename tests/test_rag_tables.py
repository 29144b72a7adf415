"""Cells of tables are among what may answer, whatever file the table is in, and those of other times are not."""

from __future__ import annotations

from datetime import date

import pytest

from index import build_index
from rag import Assistant, Retriever
from rag.choose import Candidate
from rag.citations import verify
from rag.compose import Finding, short_answer
from rag.question import understand
from rag.split import Part
from tests.offices import notice, workbook

TODAY = date(2025, 8, 1)
YEARS = """\
年份,规上工业增加值（亿元）,固定资产投资（亿元）,进出口总额（亿元）,常住人口（万人）
2022,1005.6,402.3,911.2,154.1
2023,1038.4,431.9,948.6,155.3
2024,1101.7,466.0,1003.5,157.0
"""
PLAN = """\
# 临平区2025年重点项目计划

| 序号 | 项目名称 | 责任单位 | 总投资（亿元） | 完成时限 |
|---|---|---|---|---|
| 1 | 芯光半导体基地 | 区经信局 | 65.2 | 2026年10月 |
| 2 | 云河大桥 | 区住建局 | 12.8 | 2027年6月 |
| 3 | 运河文化馆 | 区文广旅体局 | 3.4 | 2025年底 |
"""
PAGE = """<html><head><meta charset="utf-8"><title>余杭区2025年上半年经济运行情况</title>
<meta name="PubDate" content="2025-07-25"></head><body><h1>余杭区2025年上半年经济运行情况</h1>
<p>上半年，余杭区坚持稳中求进，经济运行总体平稳，产业结构继续优化，新动能不断增强，民生保障有力有效。</p>
<table><caption>2025年上半年余杭区主要经济指标</caption>
<tr><th rowspan="2">指标</th><th rowspan="2">单位</th><th colspan="2">完成情况</th></tr>
<tr><th>绝对值</th><th>同比增长（%）</th></tr>
<tr><td>软件业营业收入</td><td>亿元</td><td>2315.4</td><td>9.2</td></tr>
<tr><td>社会消费品零售总额</td><td>亿元</td><td>512.7</td><td>6.4</td></tr>
<tr><td>发明专利授权量</td><td>件</td><td>8042</td><td>15.3</td></tr></table>
<p>下半年，余杭区将继续抓好各项政策落实，确保完成全年目标任务。</p></body></html>"""


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """Without a reader, so that all that may answer is there to see."""
    source = tmp_path_factory.mktemp("tables")
    workbook(source / "各区.xlsx")
    notice(source / "通知.docx")
    (source / "富阳区历年主要指标.csv").write_bytes(YEARS.encode("gb18030"))
    (source / "项目.md").write_text(PLAN, encoding="utf-8")
    (source / "余杭.html").write_text(PAGE, encoding="utf-8")
    build_index(source, source.parent / "index-of-tables")
    return Assistant(Retriever.load(source.parent / "index-of-tables"), reader=None)


def places(assistant: Assistant, question: str) -> list[Candidate]:
    asked = understand(question, today=TODAY)
    return assistant.candidates(asked, assistant.retriever.search(asked.query, 16))


def sentence(candidate: Candidate) -> str:
    start, end = candidate.reading.sentences[candidate.sentence]
    return candidate.reading.passage.text[start:end]


@pytest.mark.parametrize(
    ("question", "said", "file", "row"),
    [
        ("2025年一季度钱塘区规上工业增加值是多少?", "171.51亿元", "各区.xlsx", "钱塘区"),
        ("萧山区2025年一季度规上工业增加值是多少亿元?", "203.6亿元", "各区.xlsx", "萧山区"),
        ("滨江区2025年一季度规上工业增速是多少?", "-5.6%", "各区.xlsx", "滨江区"),
        ("萧山区有多少家规上工业企业?", "1290家", "各区.xlsx", "萧山区"),
        ("下沙街道2025年一季度增加值是多少?", "51.2亿元", "通知.docx", "下沙街道"),
        ("下沙街道2024年增加值是多少?", "198.4亿元", "通知.docx", "下沙街道"),
        ("白杨街道2025年一季度增速是多少?", "9.8%", "通知.docx", "白杨街道"),
        ("富阳区2023年规上工业增加值是多少?", "1038.4亿元", "富阳区历年主要指标.csv", "2023年"),
        ("富阳区2022年固定资产投资是多少?", "402.3亿元", "富阳区历年主要指标.csv", "2022年"),
        ("富阳区2024年常住人口是多少?", "157.0万人", "富阳区历年主要指标.csv", "2024年"),
        ("芯光半导体基地总投资多少?", "65.2亿元", "项目.md", "芯光半导体基地"),
        ("云河大桥由哪个单位负责?", "区住建局", "项目.md", "云河大桥"),
        ("2025年上半年余杭区软件业营业收入是多少?", "2315.4亿元", "余杭.html", "软件业营业收入"),
        ("余杭区2025年上半年发明专利授权量有多少件?", "8042件", "余杭.html", "发明专利授权量"),
        ("2025年上半年余杭区社会消费品零售总额同比增长多少?", "6.4%", "余杭.html", "社会消费品零售总额"),
    ],
)
def test_a_cell_of_its_row_column_and_period_may_answer_with_its_unit(
    question: str, said: str, file: str, row: str, plain: Assistant
) -> None:
    asked = understand(question, today=TODAY)
    found = [each for each in places(plain, question) if each.hit.passage.doc_id == file]
    assert any(
        each.objection is None
        and row in sentence(each)
        and said in (short_answer(Finding(Part("", question), asked, each)) or sentence(each))
        for each in found
    )


@pytest.mark.parametrize(
    ("question", "file"),
    [
        ("富阳区2021年规上工业增加值是多少?", "富阳区历年主要指标.csv"),
        ("钱塘区2023年一季度规上工业增加值是多少?", "各区.xlsx"),
        ("下沙街道2022年增加值是多少?", "通知.docx"),
    ],
)
def test_figures_of_other_periods_of_the_table_are_forbidden(
    question: str, file: str, plain: Assistant
) -> None:
    figures = [e for e in places(plain, question) if e.hit.passage.doc_id == file and e.figure]
    assert figures
    assert all(each.objection for each in figures if each.checks.period <= -1)
    told = [each for each in figures if each.figure and each.figure.said]
    assert told
    assert all(each.objection for each in told)


def test_an_answer_is_cited_from_its_row(plain: Assistant) -> None:
    answer = plain.ask("2025年一季度钱塘区规上工业增加值是多少?", today=TODAY)
    assert answer.refusal is None
    for citation in answer.citations:
        verify(plain.retriever.documents, citation)
