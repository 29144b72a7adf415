"""The reader: whether a passage answers a question, and with which words. The one place where it is asked.

A small encoder over question and passage together (rag/model/README.md says how it was made), run by
onnxruntime. Its input is ``<s> question </s></s> title heading day : passage </s>``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index import Document, ModelNotFound, Passage, Published, fold
from index.networks import at_once, open_network

NETWORK: Final = "reader.onnx"
TOKENIZER: Final = "tokenizer.json"
BUILT_IN: Final = Path(__file__).parent / "model"

QUESTION, HEAD, DAY, PASSAGE = 64, 40, 8, 300
"""Tokens at most of the question, of title and heading, of the day and of the passage; the rest is left out."""
_LONGEST: Final = 80  # tokens of an answer
_BEGIN, _END = 0, 2  # <s>, </s>
_SAME: Final = 16  # characters: a passage that begins with its title needs no title


class Network(Protocol):
    """What gives the scores: onnxruntime's session, or anything that takes and gives the same."""

    def run(
        self, output_names: Sequence[str], input_feed: dict[str, NDArray[np.int64]], /
    ) -> Sequence[NDArray[np.float32]]:
        """From ``ids`` (1, length): ``answers`` (1) and ``tokens`` (1, length, 3)."""


class Context(NamedTuple):
    """A passage as the reader gets it: what stands over it, the day it came out, and its text, all folded."""

    head: str
    day: str
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """What the reader says of a passage.

    ``answers`` is the logit that it answers. For each token of the passage, with its characters in a row
    of ``offsets`` (n, 2): the logarithm of the probability that the answer starts, that it ends there
    (``starts``, ``ends``; what is left belongs to “no answer”), and the probability that it belongs to
    an answer (``inside``).
    """

    answers: float
    offsets: NDArray[np.int32]
    starts: NDArray[np.float32]
    ends: NDArray[np.float32]
    inside: NDArray[np.float32]

    def span(self, low: int = 0, high: int | None = None) -> tuple[int, int, float]:
        """The likeliest answer between two characters: (start, end, logarithm of its probability).

        (low, low, -inf) where there is no token.
        """
        within = self.offsets[:, 0] >= low
        if high is not None:
            within &= self.offsets[:, 1] <= high
        rows = np.flatnonzero(within)
        if not len(rows):
            return low, low, float("-inf")
        chances = self.starts[rows][:, None] + self.ends[rows][None]
        steps = np.arange(len(rows)) - np.arange(len(rows))[:, None]
        chances = np.where((steps >= 0) & (steps < _LONGEST), chances, -np.inf)
        first, last = divmod(int(chances.argmax()), len(rows))
        return (
            int(self.offsets[rows[first], 0]),
            int(self.offsets[rows[last], 1]),
            float(chances[first, last]),
        )

    def mass(self, low: int, high: int) -> float:
        """How likely it is, from 0 to 1, that the answer starts between two characters, if there is one."""
        within = (self.offsets[:, 0] >= low) & (self.offsets[:, 0] < high)
        total = np.exp(self.starts).sum()
        return float(np.exp(self.starts[within]).sum() / total) if total > 0 else 0.0

    def peak(self, low: int, high: int) -> float:
        """The highest probability of a token between two characters to belong to an answer."""
        within = (self.offsets[:, 0] >= low) & (self.offsets[:, 0] < high)
        return float(self.inside[within].max(initial=0.0))


class Reader:
    """Reads passages for what answers a question. Not changed by reading: share it between threads."""

    def __init__(self, session: Network, tokenizer: Tokenizer) -> None:
        """Wrap a loaded network; `load` reads one from a folder."""
        self._session = session
        self._tokenizer = tokenizer
        self._colon = tokenizer.token_to_id(":")
        self._kept = lru_cache(maxsize=4096)(self._judge)  # questions come back, and so do their passages
        self._tokens = lru_cache(maxsize=16384)(self._encode)

    @classmethod
    def load(cls, folder: str | Path = BUILT_IN) -> Reader:
        """Load the built-in reader, or one that ``python -m train reader`` wrote.

        :raises ModelNotFound: if there is none in the folder, or it can't be loaded.
        """
        return _built_in() if Path(folder) == BUILT_IN else _open(Path(folder))

    def read(self, question: str, contexts: Sequence[Context]) -> list[Judgement]:
        """Judge passages, one by one in order."""
        asked = fold(question)
        return list(at_once(lambda context: self._kept(asked, context), contexts))

    def _judge(self, question: str, context: Context) -> Judgement:
        words, _ = self._tokens(question, QUESTION)
        body, offsets = self._tokens(context.text, PASSAGE)
        head = self._tokens(context.head, HEAD)[0] + self._tokens(context.day, DAY)[0]
        lead = [_BEGIN, *words, _END, _END, *head, *([self._colon] if head else ())]
        ids = np.array([[*lead, *body, _END]], np.int64)
        answers, tokens = self._session.run(["answers", "tokens"], {"ids": ids})
        ends = tokens[0, :, :2]
        logs = ends - _log_sum(ends)
        own = slice(len(lead), len(lead) + len(body))
        return Judgement(
            answers=float(answers[0]),
            offsets=np.array(offsets, np.int32).reshape(-1, 2),
            starts=logs[own, 0],
            ends=logs[own, 1],
            inside=np.asarray(1 / (1 + np.exp(-tokens[0, own, 2])), np.float32),
        )

    def _encode(self, text: str, longest: int) -> tuple[list[int], list[tuple[int, int]]]:
        if not text:
            return [], []
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        return encoding.ids[:longest], encoding.offsets[:longest]


def context(passage: Passage, document: Document) -> Context:
    """What the reader gets of a passage of a document."""
    text = fold(passage.text)
    head = fold(" ".join(filter(None, (document.title, passage.heading))))
    return Context("" if text.startswith(head[:_SAME]) else head, _day(document.published), text)


def _day(published: Published | None) -> str:
    if published is None:
        return ""
    cut = {"day": 10, "year": 4}.get(published.precision, 7)
    return published.first.isoformat()[:cut]


def _log_sum(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    top = scores.max(axis=0)
    return np.asarray(top + np.log(np.exp(scores - top).sum(axis=0)), np.float32)


@cache
def _built_in() -> Reader:
    """The reader that is never another one, kept with what it has read."""
    return _open(BUILT_IN)


def _open(folder: Path) -> Reader:
    missing = [name for name in (NETWORK, TOKENIZER) if not (folder / name).is_file()]
    if missing:
        raise ModelNotFound(
            f"no reader in {folder}: {missing[0]} is missing; leave it out with --no-reader"
        )
    try:
        return Reader(open_network(folder / NETWORK), Tokenizer.from_file(str(folder / TOKENIZER)))
    # The libraries raise whatever they like: there is no common root.
    except Exception as error:
        reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise ModelNotFound(
            f"the reader in {folder} can't be loaded ({reason}); leave it out with --no-reader"
        ) from error
