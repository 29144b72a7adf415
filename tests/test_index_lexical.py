"""Words and their BM25 scores."""

from __future__ import annotations

import math
from pathlib import Path
from random import Random

import bm25s
import jieba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import commonness, fold, segment, tokenize
from index.lexical import K1, B, LexicalIndex, WordPile, Words

TEXTS = [
    "今年第一季度,钱塘规上工业增加值达171.51亿元。",
    "杭州医药港集聚生物医药企业1800余家。",
    "钱塘制造业投资总量保持杭州第一。钱塘,是浙江首个省级新区。",
    "。。。",
]


@pytest.fixture(scope="module")
def lexical() -> LexicalIndex:
    return LexicalIndex.build(Words.of(tokenize(text) for text in TEXTS))


# --- words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("。,!?…——“”", []),
        ("工业的增加值", ["工业", "增加", "加值", "增加值"]),
        ("工業的增加值", ["工业", "增加", "加值", "增加值"]),
        ("１７１.５１亿元", ["171.51", "亿元"]),
        ("20.5%", ["20.5%"]),
        ("R&D投入", ["r", "d", "投入"]),
        ("我们的", []),
    ],
)
def test_words_are_folded_and_function_words_left_out(text: str, words: list[str]) -> None:
    assert tokenize(text) == words


@given(st.text(max_size=100))
def test_no_word_holds_white_space(text: str) -> None:
    words = tokenize(text)
    assert all(word and not any(character.isspace() for character in word) for word in words)
    assert tokenize(fold(text)) == words


@given(st.text(max_size=100))
def test_segments_follow_each_other_without_a_gap(text: str) -> None:
    at = 0
    for word, start, end in segment(text):
        assert (start, word) == (at, fold(text)[start:end])
        at = end
    assert at == len(text)


def test_a_cache_that_cannot_be_written_is_not_worth_a_word(caplog: pytest.LogCaptureFixture) -> None:
    tokenizer = jieba.Tokenizer()
    tokenizer.tmp_dir = "/no/such/folder"
    tokenizer.initialize()
    assert "增加值" in tokenizer.lcut("工业增加值")
    assert caplog.records == []


def test_common_words_are_more_common() -> None:
    assert 0 < commonness("增加值") < commonness("工业") < commonness("的") < 1
    assert commonness("钱塘芯谷") == commonness("没有这个词") == commonness("") > 0


# --- words as numbers

PASSAGES = st.lists(st.lists(st.sampled_from(["钱塘", "工业", "增加", "增加值", "8.1%"])), min_size=1)


def spelled(words: Words) -> list[list[str]]:
    return [
        [words.vocabulary[number] for number in words.ids[start:end]]
        for start, end in zip(words.starts, words.starts[1:], strict=False)
    ]


@given(PASSAGES, st.data())
def test_passages_are_picked_and_their_vocabulary_with_them(
    passages: list[list[str]], data: st.DataObject
) -> None:
    rows = data.draw(st.lists(st.integers(0, len(passages) - 1)))
    picked = Words.of(passages).rows(np.array(rows, np.int64))
    assert spelled(picked) == [passages[row] for row in rows]
    assert list(picked.vocabulary) == sorted({word for row in rows for word in passages[row]})
    assert len(picked) == len(rows)


@given(st.lists(PASSAGES), st.randoms(use_true_random=False))
def test_a_pile_does_not_tell_in_what_order_it_was_piled(
    parts: list[list[list[str]]], random: Random
) -> None:
    whole = Words.of([words for passages in parts for words in passages])
    order = list(range(len(parts)))
    random.shuffle(order)
    pile = WordPile()
    rows = {number: pile.add(Words.of(parts[number])) for number in order}
    back = [row for number in range(len(parts)) for row in rows[number]]
    piled, plain = pile.rows(np.array(back, np.int64)), whole.rows(np.arange(len(whole)))
    assert spelled(piled) == spelled(whole)
    assert piled.vocabulary == plain.vocabulary
    assert (piled.ids.tobytes(), piled.starts.tobytes()) == (plain.ids.tobytes(), plain.starts.tobytes())


def test_words_that_are_saved_are_loaded(tmp_path: Path) -> None:
    words = Words.of(tokenize(text) for text in TEXTS).rows(np.arange(len(TEXTS)))
    words.save(tmp_path / "words")
    loaded = Words.load(tmp_path / "words", LexicalIndex.build(words).vocabulary)
    assert spelled(loaded) == [tokenize(text) for text in TEXTS]


# --- scores


def by_hand(query: list[str], row: int) -> float:
    """BM25 as Lucene has it, after Robertson and Zaragoza (2009), without the factor k1 + 1."""
    corpus = [tokenize(text) for text in TEXTS]
    mean = sum(map(len, corpus)) / len(corpus)
    score = 0.0
    for word in query:
        found = sum(word in words for words in corpus)
        idf = math.log(1 + (len(corpus) - found + 0.5) / (found + 0.5))
        times = corpus[row].count(word)
        score += idf * times / (times + K1 * (1 - B + B * len(corpus[row]) / mean))
    return score


@pytest.mark.parametrize("query", ["钱塘", "钱塘工业增加值", "生物医药企业", "钱塘钱塘", "杭州第一"])
def test_scores_are_bm25(lexical: LexicalIndex, query: str) -> None:
    words = tokenize(query)
    scores = lexical.scores(words)
    assert scores.dtype == np.float32
    assert scores.tolist() == pytest.approx([by_hand(words, row) for row in range(len(TEXTS))], rel=1e-5)


@given(PASSAGES.filter(any))
def test_the_index_is_the_one_that_bm25s_makes(passages: list[list[str]]) -> None:
    words = Words.of(passages)
    theirs = bm25s.BM25(method="lucene", k1=K1, b=B)
    ids = [words.ids[a:z].tolist() for a, z in zip(words.starts, words.starts[1:], strict=False)]
    numbers = {word: number for number, word in enumerate(words.vocabulary)}
    theirs.index((ids, numbers), create_empty_token=False, show_progress=False)
    ours = LexicalIndex.build(words)
    for word in words.vocabulary:
        expected = theirs.get_scores([word])
        assert ours.scores([word]).tolist() == pytest.approx(expected.tolist(), rel=1e-5)


@pytest.mark.parametrize("words", [[], ["图书馆"], [""]])
def test_unknown_words_score_nothing(lexical: LexicalIndex, words: list[str]) -> None:
    assert lexical.scores(words).tolist() == [0, 0, 0, 0]


def test_how_many_passages_hold_a_word(lexical: LexicalIndex) -> None:
    assert [lexical.count(word) for word in ("钱塘", "医药", "图书馆")] == [2, 1, 0]
    assert lexical.size == 4


def test_a_rarer_word_is_rarer(lexical: LexicalIndex) -> None:
    assert lexical.rarity("钱塘") < lexical.rarity("医药港")
    assert lexical.rarity("企业") < lexical.rarity("医药港")
    assert math.isfinite(lexical.rarity("图书馆"))


def test_what_is_saved_is_loaded(lexical: LexicalIndex, tmp_path: Path) -> None:
    lexical.save(tmp_path / "bm25")
    loaded = LexicalIndex.load(tmp_path / "bm25")
    words = tokenize("钱塘医药企业")
    assert loaded.scores(words).tobytes() == lexical.scores(words).tobytes()
    assert (loaded.size, loaded.count("钱塘"), loaded.rarity("钱塘")) == (4, 2, lexical.rarity("钱塘"))


@pytest.mark.parametrize("words", [[[]], [[], []], [[], ["钱塘"]]])
def test_passages_without_words(words: list[list[str]], tmp_path: Path) -> None:
    LexicalIndex.build(Words.of(words)).save(tmp_path / "bm25")
    loaded = LexicalIndex.load(tmp_path / "bm25")
    assert loaded.size == len(words)
    assert loaded.scores(["图书馆"]).tolist() == [0] * len(words)
    assert (loaded.scores(["钱塘"]) > 0).tolist() == [bool(passage) for passage in words]
