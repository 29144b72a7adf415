"""Where sentences end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import sentence_spans


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", []),
        (" \n\n", []),
        ("增长8.1%。", ["增长8.1%。"]),
        ("增长8.1%。投资下降。", ["增长8.1%。", "投资下降。"]),
        ("没有句号", ["没有句号"]),
        ("标题\n正文。", ["标题", "正文。"]),
        ("真的吗?!是的!", ["真的吗?!", "是的!"]),
        ("他说:“好。”她走了。", ["他说:“好。”", "她走了。"]),
        ("(见附件。)下一条。", ["(见附件。)", "下一条。"]),
        ('他说:"好。"她走了。', ['他说:"好。"', "她走了。"]),
        ('他说。"好"是对的。', ["他说。", '"好"是对的。']),
        ("向前……再向前。", ["向前……", "再向前。"]),
        ("总额3.5亿元,同比1.2倍。", ["总额3.5亿元,同比1.2倍。"]),
        ("甲。  乙。", ["甲。", "乙。"]),
        ("》。", ["》。"]),
    ],
)
def test_sentences_end_at_their_marks(text: str, sentences: list[str]) -> None:
    assert [text[start:end] for start, end in sentence_spans(text)] == sentences


def test_a_part_of_a_text_is_split_alone() -> None:
    text = "甲。乙丙。丁。"
    assert sentence_spans(text, 2, 6) == [(2, 5), (5, 6)]
    assert sentence_spans(text, 3) == [(3, 5), (5, 7)]


@given(st.text(alphabet="甲乙丙1.5%。!?！？…”\"'』) 　\n\t,", max_size=60))
def test_nothing_but_white_space_is_left_out(text: str) -> None:
    spans = sentence_spans(text)
    covered = [at for start, end in spans for at in range(start, end)]
    assert covered == sorted(set(covered))
    assert all(text[at].isspace() for at in set(range(len(text))) - set(covered))
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
