"""The reader: whether a passage answers a question, and where. The one place where it is asked.

A small encoder over question and passage together, made by ``python -m train`` (docs/training.md) and
run by onnxruntime (``pip install 'zhengwen[reader]'``). Without one, everything works without it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index import ModelNotFound, fold

NETWORK: Final = "reader.onnx"
TOKENIZER: Final = "tokenizer.json"
SETTINGS: Final = "reader.json"
FORMAT: Final = 1

LONGEST: Final = 80
"""Tokens of the longest answer: in policy documents, a long sentence."""
LONGEST_QUESTION: Final = 64
"""Tokens of a question that are read; the rest is left out."""
_OVERLAP: Final = 96
"""Tokens that a window of a long passage has in common with the one before it: an answer's length."""
_CLS: Final = "[CLS]"
_SEP: Final = "[SEP]"


@dataclass(frozen=True, slots=True)
class Extract:
    """What a reader takes from a passage: the characters ``start`` to ``end`` are the likeliest answer.

    ``probability`` is that of the passage answering the question at all, 0 to 1; ``score`` is the
    logarithm of the probability of this span, given that it does.
    """

    probability: float
    start: int
    end: int
    score: float


class Tokens(NamedTuple):
    """A text's token ids, and the characters each stands for, a row (start, end)."""

    ids: NDArray[np.int32]
    offsets: NDArray[np.int32]


class Window(NamedTuple):
    """A question and a stretch of a passage as the network takes them in.

    ``types`` is 0 for the question's part and 1 for the passage's, whose tokens begin at ``first``;
    ``offsets`` are those of the passage's tokens.
    """

    ids: NDArray[np.int64]
    types: NDArray[np.int64]
    first: int
    offsets: NDArray[np.int32]


class Network(Protocol):
    """What gives the scores: onnxruntime's session, or anything that takes and gives the same."""

    def run(
        self, output_names: Sequence[str], input_feed: Mapping[str, NDArray[np.int64]]
    ) -> Sequence[NDArray[np.float32]]:
        """From ``ids`` and ``types`` (batch, length): ``answers`` (batch), ``starts`` and ``ends`` (batch, length)."""


class Span(NamedTuple):
    """Tokens ``first`` to ``last``, both included, and the logarithm of their probability."""

    first: int
    last: int
    score: float


class Reader:
    """Reads passages for what answers a question."""

    def __init__(self, network: Network, tokenizer: Tokenizer, length: int, longest: int = LONGEST) -> None:
        """Wrap a loaded network; `load` reads one from a folder.

        :param length: tokens of question and passage that the network takes in at once.
        :param longest: tokens of the longest answer.
        """
        self._network = network
        self._tokenizer = tokenizer
        self._length = length
        self._longest = longest

    @classmethod
    def load(cls, folder: str | Path, threads: int = 0) -> Reader:
        """Load what ``python -m train export`` wrote.

        :param threads: at work on one passage; by default as many as there are cores.
        :raises ModelNotFound: if there is no reader in the folder, or onnxruntime isn't installed.
        """
        path = Path(folder)
        try:
            import onnxruntime
        except ImportError as error:
            raise ModelNotFound(
                "a reader needs onnxruntime; install it with: pip install 'zhengwen[reader]', "
                "or leave --reader out"
            ) from error
        for name in (NETWORK, TOKENIZER, SETTINGS):
            if not (path / name).is_file():
                raise ModelNotFound(
                    f"no reader in the folder {path}: {name} is missing; make one with python -m train "
                    f"(docs/training.md), or leave --reader out"
                )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        try:
            settings = json.loads((path / SETTINGS).read_text(encoding="utf-8"))
            if settings["format"] != FORMAT:
                raise ValueError(f"its format is {settings['format']}, this program's is {FORMAT}")
            tokenizer = Tokenizer.from_file(str(path / TOKENIZER))
            session = onnxruntime.InferenceSession(
                str(path / NETWORK), options, providers=["CPUExecutionProvider"]
            )
            return cls(session, tokenizer, int(settings["length"]), int(settings["longest"]))
        # onnxruntime and tokenizers raise classes of their own, without a common root.
        except Exception as error:
            reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
            raise ModelNotFound(
                f"the reader in {path} can't be loaded ({reason}); export it again with python -m train export"
            ) from error

    def read(self, question: str, passages: Sequence[str]) -> list[Extract]:
        """Read each passage for an answer to the question.

        A passage too long for the network is read in windows that overlap, and the likeliest of them
        speaks for it. Each window is read by itself: in int8 a batch shares its scale, so that a
        passage would be judged otherwise in other company.
        """
        asked, *cut = encode_batch(self._tokenizer, [question, *passages])
        return [self._read(asked, passage) for passage in cut]

    def _read(self, asked: Tokens, passage: Tokens) -> Extract:
        cut = windows(self._tokenizer, asked, passage, self._length)
        return max(
            map(self._extract, cut),
            key=lambda extract: (extract.probability, extract.score),
            default=Extract(0.0, 0, 0, -np.inf),
        )

    def _extract(self, window: Window) -> Extract:
        inputs = {"ids": window.ids[None], "types": window.types[None]}
        answers, starts, ends = self._network.run(["answers", "starts", "ends"], inputs)
        there = slice(window.first, window.first + len(window.offsets))
        span = best_span(starts[0, there], ends[0, there], self._longest)
        return Extract(
            probability=float(1 / (1 + np.exp(-float(answers[0])))),
            start=int(window.offsets[span.first, 0]),
            end=int(window.offsets[span.last, 1]),
            score=span.score,
        )


def encode(tokenizer: Tokenizer, text: str) -> Tokens:
    """Cut a text into tokens; it is folded first, which keeps its length, so that the offsets hold in it."""
    return encode_batch(tokenizer, [text])[0]


def encode_batch(tokenizer: Tokenizer, texts: Sequence[str]) -> list[Tokens]:
    """Cut several texts into tokens at once."""
    return [
        Tokens(np.array(encoding.ids, np.int32), np.array(encoding.offsets, np.int32).reshape(-1, 2))
        for encoding in tokenizer.encode_batch(list(map(fold, texts)), add_special_tokens=False)
    ]


def windows(tokenizer: Tokenizer, question: Tokens, passage: Tokens, length: int) -> list[Window]:
    """Lay out question and passage as ``[CLS] question [SEP] passage [SEP]``, at most ``length`` tokens.

    A passage that doesn't fit comes in several windows that overlap; one without a token in none.
    """
    cls, sep = (np.array([tokenizer.token_to_id(mark)], np.int64) for mark in (_CLS, _SEP))
    head = np.concatenate([cls, question.ids[: min(LONGEST_QUESTION, length // 3)], sep])
    room = length - len(head) - 1
    step = max(room - _OVERLAP, room // 2)
    laid_out = []
    for start in range(0, len(passage.ids), step):
        ids = np.concatenate([head, passage.ids[start : start + room], sep])
        types = (np.arange(len(ids)) >= len(head)).astype(np.int64)
        laid_out.append(Window(ids, types, len(head), passage.offsets[start : start + room]))
        if start + room >= len(passage.ids):
            break
    return laid_out


def best_span(starts: NDArray[np.float32], ends: NDArray[np.float32], longest: int) -> Span:
    """Find the likeliest span of at most ``longest`` tokens, from the scores of its ends."""
    chances = _log_softmax(starts)[:, None] + _log_softmax(ends)[None]
    size = len(starts)
    steps = np.arange(size) - np.arange(size)[:, None]
    possible = (steps >= 0) & (steps < longest)
    first, last = divmod(int(np.where(possible, chances, -np.inf).argmax()), size)
    return Span(first, last, float(chances[first, last]))


def _log_softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    shifted = scores - scores.max()
    return np.asarray(shifted - np.log(np.exp(shifted).sum()), dtype=np.float32)
