from __future__ import annotations

import pytest

from index import Document, Passage
from rag.measured import measured, measures_other
from rag.question import understand
from rag.reading import read


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("2023年一季度钱塘出口多少亿元?", "出口"),
        ("滨江有多少家上市公司?", "上市公司"),
        ("钱塘规上工业增加值是多少?", "增加值"),
        ("研发上砸了多少钱?", ""),
        ("有多少家外资企业?", "外资企业"),
        ("纽顿集团投资了多少美元?", ""),  # what was done, not what is measured
        ("行动方案是什么?", ""),
    ],
)
def test_what_is_measured(question: str, word: str) -> None:
    assert measured(understand(question)) == word


@pytest.mark.parametrize(
    ("question", "sentence", "other"),
    [
        ("数字经济核心产业增加值是多少?", "该区规上工业增加值756亿元。", "工业增加值"),
        ("规上工业增加值是多少?", "该区规上工业增加值756亿元。", ""),
        ("工业增加值是多少?", "该区规上工业增加值756亿元。", ""),
        ("增加值是多少?", "该区规上工业增加值756亿元。", ""),
        ("数字经济核心产业增加值是多少?", "数字经济核心制造业增加值34.01亿元。", ""),
        ("制造业投资是多少亿元?", "该区完成房地产投资46.3亿元。", "房地产投资"),
    ],
)
def test_a_sentence_that_measures_something_else(question: str, sentence: str, other: str) -> None:
    document = Document("a.txt", "季报", sentence)
    reading = read(Passage("a:1", "a.txt", 0, len(sentence), sentence), document)
    assert measures_other(understand(question), reading, 0).endswith(other)
    assert bool(measures_other(understand(question), reading, 0)) == bool(other)
