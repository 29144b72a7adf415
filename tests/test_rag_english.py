from __future__ import annotations

import pytest

from index import fold
from rag.english import in_chinese, pinyin_of

NAMES = pinyin_of(["杭州钱塘", "杭州高新区(滨江)深化数字经济"])


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("How many foreign-funded enterprises are based in Qiantang?", "外资企业 落户 钱塘 多少?"),
        (
            "As of 2025, how many national high-tech enterprises does Qiantang have?",
            "2025年 国家高新技术企业 钱塘 多少?",
        ),
        (
            "What was the industrial added value of Binjiang in the first quarter of 2023?",
            "工业增加值 滨江 一季度 2023年 多少?",
        ),
        ("Which university is Dr. 王玲 from?", "哪个大学 博士 王玲?"),
        ("When did Qiantang release the action plan?", "钱塘 发布 行动方案 什么时候?"),
    ],
)
def test_an_english_question_in_chinese_words(english: str, chinese: str) -> None:
    assert in_chinese(english, NAMES) == chinese


@pytest.mark.parametrize("question", ["GDP 2024", "钱塘R&D投入多少?", "C919和钱塘有什么关系", ""])
def test_what_is_no_english_question(question: str) -> None:
    assert in_chinese(question, NAMES) is None


def test_names_by_their_pinyin() -> None:
    assert NAMES["qiantang"] == "钱塘"
    assert NAMES["binjiang"] == "滨江"
    assert all(fold(name) == name for name in NAMES.values())
