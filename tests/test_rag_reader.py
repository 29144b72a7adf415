"""The reader built in, and what is worked out from its numbers: spans, shares, and where there is none."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import Document, ModelNotFound, Passage, Published
from rag.reader import BUILT_IN, NETWORK, PASSAGE, TOKENIZER, Context, Judgement, Reader, context

QUESTION = "临江新区规上工业增加值是多少?"
TEXT = "今年一季度,临江新区规上工业增加值达171.51亿元,同比增长8.1%。"


def judgement(starts: list[float], ends: list[float], inside: list[float] | None = None) -> Judgement:
    """Made up: probabilities of tokens of two characters each."""
    with np.errstate(divide="ignore"):
        logs = np.log(np.array([starts, ends], np.float32))
    offsets = np.array([(2 * n, 2 * n + 2) for n in range(len(starts))], np.int32).reshape(-1, 2)
    within = np.array(starts if inside is None else inside, np.float32)
    return Judgement(0.0, offsets, logs[0], logs[1], within)


# --- what is worked out


@pytest.mark.parametrize(
    ("starts", "ends", "span"),
    [
        ([0.1, 0.9, 0.0, 0.0], [0.0, 0.1, 0.9, 0.0], (2, 6)),
        ([0.0, 0.1, 0.1, 0.7], [0.7, 0.1, 0.1, 0.1], (6, 8)),  # never backwards
        ([1.0], [1.0], (0, 2)),
        ([0.3, 0.3, 0.3], [0.3, 0.3, 0.3], (0, 2)),  # the first of equals
    ],
)
def test_the_likeliest_span(starts: list[float], ends: list[float], span: tuple[int, int]) -> None:
    start, end, chance = judgement(starts, ends).span()
    assert (start, end) == span
    assert chance <= 0


def test_the_likeliest_span_between_two_characters() -> None:
    made = judgement([0.6, 0.1, 0.2, 0.1], [0.1, 0.6, 0.1, 0.2])
    assert made.span()[:2] == (0, 4)
    assert made.span(4)[:2] == (4, 8)
    assert made.span(0, 2)[:2] == (0, 2)
    assert made.span(2, 4)[:2] == (2, 4)
    assert made.span()[2] == pytest.approx(np.log(0.6 * 0.6), abs=1e-6)


def test_where_there_is_no_token_there_is_no_span() -> None:
    made = judgement([0.5, 0.5], [0.5, 0.5])
    assert made.span(8) == (8, 8, float("-inf"))
    assert made.span(1, 2) == (1, 1, float("-inf"))
    assert judgement([], []).span() == (0, 0, float("-inf"))


def test_a_span_is_no_longer_than_an_answer() -> None:
    many = 200
    starts, ends = [1e-6] * many, [1e-6] * many
    starts[0] = ends[-1] = 0.9
    start, end, _ = judgement(starts, ends).span()
    assert end - start <= 2 * 80


def test_the_mass_is_the_share_of_the_starts_between_two_characters() -> None:
    made = judgement([0.1, 0.3, 0.1, 0.0], [0.1] * 4)  # the other half belongs to “no answer”
    assert made.mass(0, 8) == pytest.approx(1)
    assert made.mass(2, 4) == pytest.approx(0.6)
    assert made.mass(3, 4) == 0  # no token starts there
    assert made.mass(4, 4) == 0
    assert judgement([0.0, 0.0], [0.5, 0.5]).mass(0, 4) == 0
    assert judgement([], []).mass(0, 4) == 0


def test_the_peak_is_the_highest_of_the_tokens_between_two_characters() -> None:
    made = judgement([0.5, 0.5, 0.5], [0.5, 0.5, 0.5], [0.2, 0.9, 0.4])
    assert made.peak(0, 6) == pytest.approx(0.9)
    assert made.peak(4, 6) == pytest.approx(0.4)
    assert made.peak(6, 9) == 0
    assert judgement([], []).peak(0, 6) == 0


_CHANCES = st.lists(st.floats(0.001, 1), min_size=1, max_size=12)


@given(_CHANCES, st.integers(0, 26), st.integers(0, 26))
def test_whatever_the_numbers_the_results_lie_within(chances: list[float], low: int, high: int) -> None:
    made = judgement(chances, chances[::-1])
    start, end, chance = made.span(low, max(low, high))
    assert low <= start <= end <= max(low, high)
    assert (chance == float("-inf")) == (start == end)
    assert 0 <= made.mass(low, high) <= 1 + 1e-6
    assert 0 <= made.peak(low, high) <= 1
    halves = made.mass(0, low) + made.mass(low, 2 * len(chances))
    assert halves == pytest.approx(1 if low < 2 * len(chances) else made.mass(0, low), abs=1e-5)


# --- what it gets


def made_context(text: str, title: str = "", heading: str = "", published: str | None = None) -> Context:
    day = Published.parse(published) if published else None
    document = Document("a.txt", title, text, published=day)
    return context(Passage("a.txt:0", "a.txt", 0, len(text), text, heading), document)


def test_title_and_heading_stand_over_a_passage_all_of_it_folded() -> None:
    assert made_context("增加值９億元。", "临江季報", "二、工业") == Context(
        "临江季报 二、工业", "", "增加值9亿元。"
    )
    assert made_context("增加值9亿元。").head == ""
    assert made_context("增加值9亿元。", heading="二、工业").head == "二、工业"


def test_what_the_text_begins_with_does_not_stand_over_it_again() -> None:
    assert made_context("临江季报\n增加值9亿元。", "临江季报").head == ""
    long = "临江新区二〇二五年一季度规模以上工业经济运行情况"
    assert made_context(f"{long}\n增加值9亿元。", long, "一、总体").head == ""
    assert made_context("另一份季报\n增加值9亿元。", "临江季报").head == "临江季报"


@pytest.mark.parametrize(
    ("published", "day"),
    [
        ("2025-05-16", "2025-05-16"),
        ("2025-05", "2025-05"),
        ("2025", "2025"),
        ("2022-09/2022-11", "2022-09"),
        (None, ""),
    ],
)
def test_the_day_is_as_exact_as_it_is_known(published: str | None, day: str) -> None:
    assert made_context("增加值9亿元。", published=published).day == day


# --- the reader built in


def judged(reader: Reader, *texts: str, question: str = QUESTION) -> list[Judgement]:
    return reader.read(question, [Context("临江季报", "2025-05", text) for text in texts])


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "一",
        "QH-5000 的航程 9 公里\n\n第二段,AI。",
        "😀生僻字𠮷与\u200b零宽",
        "增加值" * 400,
        "a" * 3000,
    ],
    ids=range(6),
)
def test_every_token_lies_in_the_text(reader: Reader, text: str) -> None:
    (found,) = judged(reader, text)
    count = len(found.offsets)
    assert 0 < count <= PASSAGE
    assert found.offsets.shape == (count, 2)
    assert found.starts.shape == found.ends.shape == found.inside.shape == (count,)
    assert (found.offsets[:, 0] >= 0).all()
    assert (found.offsets[:, 1] <= len(text)).all()
    assert (found.offsets[:, 0] <= found.offsets[:, 1]).all()
    assert all(after >= before for before, after in pairwise(found.offsets[:, 0]))
    assert np.isfinite(found.answers)
    assert (found.starts <= 1e-5).all()
    assert (found.ends <= 1e-5).all()
    assert np.exp(found.starts).sum() <= 1 + 1e-4
    assert ((found.inside >= 0) & (found.inside <= 1)).all()
    start, end, _ = found.span()
    assert 0 <= start < end <= len(text)


def test_passages_are_judged_in_the_order_given_and_each_alone(reader: Reader) -> None:
    texts = [TEXT, "图书馆周一闭馆。", "", TEXT]
    together = judged(reader, *texts)
    other = Reader.load()
    for text, found in zip(texts, together, strict=True):
        (alone,) = judged(other, text)
        assert found.answers == alone.answers
        assert found.starts.tobytes() == alone.starts.tobytes()
        assert found.offsets.tobytes() == alone.offsets.tobytes()
    assert judged(reader) == []


def test_a_passage_without_text_has_no_tokens(reader: Reader) -> None:
    (found,) = judged(reader, "")
    assert found.offsets.shape == (0, 2)
    assert found.span() == (0, 0, float("-inf"))
    assert found.mass(0, 9) == found.peak(0, 9) == 0


@pytest.mark.parametrize("question", ["", "?", "多少" * 500, "\ud800"])
def test_no_question_is_too_odd(reader: Reader, question: str) -> None:
    (found,) = judged(reader, TEXT, question=question)
    assert np.isfinite(found.answers)


def test_traditional_characters_and_width_make_no_difference(reader: Reader) -> None:
    (one,) = judged(reader, TEXT, question="臨江新區規上工業增加值是多少？")
    (two,) = judged(reader, TEXT, question=QUESTION)
    assert one.answers == two.answers


def test_what_belongs_together_is_likelier(reader: Reader) -> None:
    right, wrong = judged(reader, TEXT, "图书馆周一闭馆,周二起照常开放。")
    assert right.answers > wrong.answers


@settings(max_examples=20, deadline=None)
@given(st.text(max_size=60).filter(lambda text: text.isprintable()))
def test_no_text_is_too_odd(reader: Reader, text: str) -> None:
    (found,) = judged(reader, text)
    start, end, _ = found.span()
    assert 0 <= start <= end <= len(text)


# --- none


@pytest.mark.parametrize(
    ("files", "missing"),
    [([], NETWORK), ([TOKENIZER], NETWORK), ([NETWORK], TOKENIZER)],
)
def test_what_is_missing_in_a_folder_is_said(tmp_path: Path, files: list[str], missing: str) -> None:
    for name in files:
        (tmp_path / name).write_bytes((BUILT_IN / name).read_bytes()[:99])
    with pytest.raises(ModelNotFound, match=f"{missing} is missing") as caught:
        Reader.load(tmp_path)
    assert str(tmp_path) in str(caught.value)
    assert "--no-reader" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("torn", [NETWORK, TOKENIZER])
def test_a_damaged_reader_is_one_line(tmp_path: Path, torn: str) -> None:
    for name in (NETWORK, TOKENIZER):
        content = (BUILT_IN / name).read_bytes()
        (tmp_path / name).write_bytes(content[:99] if name == torn else content)
    with pytest.raises(ModelNotFound, match="can't be loaded") as caught:
        Reader.load(tmp_path)
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)
