"""How a reader reads: windows over passages, spans in a passage's own characters, what is missing named.

The network here is a rule with the same in- and outputs as a trained one, so that what it should find is
plain to see; tests/test_train_reader.py reads with trained ones.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tokenizers import Regex, Tokenizer, models, pre_tokenizers

from index import ModelNotFound
from rag.reader import Extract, Reader, best_span, encode, windows

LENGTH = 40
CHARACTERS = "临江新区工业增加值达亿元速居全市前列是多少?,。0123456789."


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    """A token for each character."""
    vocabulary = {
        token: number for number, token in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *CHARACTERS])
    }
    made = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Split(Regex("."), "isolated")]
    )
    return made


class FirstNumber:
    """Takes the first run of digits with 亿元 for the answer, and is sure where there is one."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self.lengths: list[int] = []

    def run(
        self, output_names: Sequence[str], input_feed: Mapping[str, NDArray[np.int64]]
    ) -> Sequence[NDArray[np.float32]]:
        assert list(output_names) == ["answers", "starts", "ends"]
        ids, types = input_feed["ids"], input_feed["types"]
        self.lengths.append(ids.shape[1])
        tokens = [self._tokenizer.id_to_token(int(number)) or "" for number in ids[0]]
        starts, ends = np.zeros(ids.shape, np.float32), np.zeros(ids.shape, np.float32)
        digits = [n for n, token in enumerate(tokens) if types[0, n] and token.isdigit()]
        units = [
            n
            for n, token in enumerate(tokens)
            if types[0, n] and digits and token == "元" and n > digits[0]
        ]
        if not units:
            return [np.array([-4], np.float32), starts, ends]
        starts[0, digits[0]] = ends[0, units[0]] = 9
        return [np.array([4], np.float32), starts, ends]


@pytest.fixture
def network(tokenizer: Tokenizer) -> FirstNumber:
    """The rule."""
    return FirstNumber(tokenizer)


@pytest.fixture
def reader(network: FirstNumber, tokenizer: Tokenizer) -> Reader:
    """A reader by the rule."""
    return Reader(network, tokenizer, LENGTH)


@pytest.mark.parametrize(
    ("passage", "answer"),
    [
        ("工业增加值达171.5亿元,增速居全市前列。", "171.5亿元"),
        ("工业 增加值\n达 9 亿元", "9 亿元"),
        ("工業增加值達１７１．５億元，居全市前列。", "１７１．５億元"),
        ("工业" * 30 + "增加值达171.5亿元。" + "全市前列" * 15, "171.5亿元"),
    ],
    ids=["short", "white space", "full width and traditional", "in a later window"],
)
def test_an_extract_is_verbatim(reader: Reader, passage: str, answer: str) -> None:
    [extract] = reader.read("工业增加值是多少?", [passage])
    assert passage[extract.start : extract.end] == answer
    assert extract.probability == pytest.approx(1 / (1 + np.exp(-4)))
    assert extract.score < 0


def test_each_passage_has_an_extract_in_the_order_given(reader: Reader) -> None:
    extracts = reader.read("是多少?", ["增速居全市前列。", "达9亿元", "", "\n "])
    assert [extract.probability > 0.5 for extract in extracts] == [False, True, False, False]
    assert extracts[2] == extracts[3] == Extract(0.0, 0, 0, -np.inf)
    assert reader.read("是多少?", []) == []


def test_nothing_longer_than_the_network_takes_in_is_read(reader: Reader, network: FirstNumber) -> None:
    reader.read("多少" * 500, ["全市" * 300])
    assert len(network.lengths) > 5
    assert max(network.lengths) == LENGTH


@pytest.mark.parametrize("length", [1, 20, 33, 34, 35, 50, 100, 333])
def test_windows_cover_a_passage_and_overlap(tokenizer: Tokenizer, length: int) -> None:
    passage = encode(tokenizer, "全市前列" * 100)
    passage = type(passage)(passage.ids[:length], passage.offsets[:length])
    question = encode(tokenizer, "多少?")
    cut = windows(tokenizer, question, passage, LENGTH)
    assert {int(offset[0]) for window in cut for offset in window.offsets} == set(range(length))
    for window in cut:
        tokens = [tokenizer.id_to_token(int(number)) for number in window.ids]
        assert tokens[: window.first] == ["[CLS]", "多", "少", "?", "[SEP]"]
        assert tokens[-1] == "[SEP]"
        assert window.types.tolist() == [0] * window.first + [1] * (len(window.offsets) + 1)
    for before, after in pairwise(cut):
        assert after.offsets[0, 0] < before.offsets[-1, 0]


@pytest.mark.parametrize(
    ("starts", "ends", "longest", "span"),
    [
        ([0, 9, 0, 0], [0, 0, 9, 0], 4, (1, 2)),
        ([0, 0, 0, 9], [9, 0, 0, 5], 4, (3, 3)),
        ([9, 0, 0, 5], [0, 0, 0, 9], 2, (3, 3)),
        ([1], [1], 4, (0, 0)),
        ([1, 1, 1], [1, 1, 1], 4, (0, 0)),
    ],
    ids=["the likeliest", "never backwards", "never too long", "one token", "the first of equals"],
)
def test_the_best_span(starts: list[int], ends: list[int], longest: int, span: tuple[int, int]) -> None:
    found = best_span(np.array(starts, np.float32), np.array(ends, np.float32), longest)
    assert (found.first, found.last) == span
    assert found.score <= 0


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "reader.onnx is missing"),
        ({"reader.onnx": "", "tokenizer.json": "{}"}, "reader.json is missing"),
        ({"reader.onnx": "", "tokenizer.json": "{}", "reader.json": '{"format": 9}'}, "format is 9"),
        ({"reader.onnx": "", "tokenizer.json": "{}", "reader.json": "{"}, "can't be loaded"),
        ({"reader.onnx": "?", "tokenizer.json": "{}", "reader.json": '{"format": 1}'}, "can't be loaded"),
    ],
)
def test_what_is_wrong_with_a_folder_is_said(tmp_path: Path, files: dict[str, str], said: str) -> None:
    pytest.importorskip("onnxruntime", reason="the reader's extra is not installed")
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ModelNotFound, match=said) as caught:
        Reader.load(tmp_path)
    assert "python -m train" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_without_onnxruntime_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ModelNotFound, match=r"zhengwen\[reader\]"):
        Reader.load(tmp_path)
