"""The examples of a step: questions with passages as the reader gets them, in tokens.

What a step learns from follows from its number alone, so that a run that goes on does so with other groups
than those it had.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from random import Random
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer
from tqdm import tqdm

from rag.reader import DAY, HEAD, PASSAGE, QUESTION
from train.base import BEGIN, END
from train.data import Span
from train.reader.groups import SEED, Group, Groups

_WRONG: Final = 3  # passages of a group that don't answer
_NEAREST: Final = 4  # candidates among which one is always drawn
_NEAR, _SAME = 0.9, 0.6
"""How often a near miss and a passage of the same text are among them."""
_BARE, _UNDATED = 0.1, 0.15
"""How often a passage comes without title, and without the day: not every document has them."""
_OTHERS: Final = 0.5
"""The share of the public questions in a pass over the data; ours come all."""
_LONGEST: Final = 90  # characters from the first to the last piece of an answer that is one span
_AT_ONCE: Final = 1000  # texts cut into tokens at once


class Tokens(NamedTuple):
    """The ids of a text's tokens, and their characters in rows (n, 2)."""

    ids: NDArray[np.int32]
    offsets: NDArray[np.int32]


class Example(NamedTuple):
    """A question with a passage, whose tokens begin at ``first``.

    ``start`` and ``end`` are the answer's first and last token, 0 where there is none; ``inside`` are
    those of all its pieces. ``answers``: whether the passage does.
    """

    ids: NDArray[np.int32]
    first: int
    start: int
    end: int
    inside: NDArray[np.int64]
    answers: bool


class Examples:
    """Draws groups and lays them out."""

    def __init__(self, groups: Groups, tokenizer: Tokenizer) -> None:
        """Cut all questions and passages into tokens, once."""
        self._groups = groups.groups
        self._questions = list(_encode(tokenizer, [group.question for group in groups.groups], QUESTION))
        self._heads = list(_encode(tokenizer, [passage.head for passage in groups.passages], HEAD))
        self._days = list(_encode(tokenizer, [passage.day for passage in groups.passages], DAY))
        self._texts = list(_encode(tokenizer, [passage.text for passage in groups.passages], PASSAGE))
        self._colon = np.array([tokenizer.token_to_id(":")], np.int32)

    def draw(self, step: int, size: int) -> list[list[Example]]:
        """The examples of a step by group, in each the one that answers first, if one does."""
        random = Random(f"{SEED} {step}")
        drawn = (self._examples(number, random) for number in self._chosen(step, size))
        return [group for group in drawn if group]

    def _chosen(self, step: int, size: int) -> list[int]:
        """The groups of a step: pass by pass over the data, each in another order."""
        ours = [number for number, group in enumerate(self._groups) if group.written]
        others = [number for number, group in enumerate(self._groups) if not group.written]
        count = round(_OTHERS * len(others)) if ours else len(others)
        steps = max(1, (len(ours) + count) // size)
        random = Random(f"{SEED} pass {step // steps}")
        order = ours + random.sample(others, count)
        random.shuffle(order)
        return order[step % steps * size :][:size]

    def _examples(self, number: int, random: Random) -> list[Example]:
        group = self._groups[number]
        drawn = [(*random.choice(group.places), True)] if group.places else []
        drawn += [(row, (), False) for row in wrong_rows(group, random)]
        return [self.lay_out(number, *each, random) for each in drawn]

    def lay_out(
        self, number: int, row: int, pieces: Sequence[Span], answers: bool, random: Random
    ) -> Example:
        """Put a question and a passage together; its title and day are at times left out."""
        chance = random.random()
        head = self._heads[row].ids if chance >= _BARE else self._heads[row].ids[:0]
        if chance > _UNDATED:
            head = np.concatenate([head, self._days[row].ids])
        if len(head):
            head = np.concatenate([head, self._colon])
        question, passage = self._questions[number].ids, self._texts[row]
        lead = [[BEGIN], question, [END, END], head]
        ids = np.concatenate([*lead, passage.ids, [END]]).astype(np.int32)
        first = len(ids) - len(passage.ids) - 1
        inside = np.flatnonzero(_touched(passage.offsets, pieces)) + first
        if not len(inside):
            return Example(ids, first, 0, 0, inside, answers)
        low, high = min(a for a, _ in pieces), max(b for _, b in pieces)
        whole = (low, high) if high - low <= _LONGEST else pieces[0]
        span = np.flatnonzero(_touched(passage.offsets, [whole])) + first
        start, end = (int(span[0]), int(span[-1])) if len(span) else (0, 0)
        return Example(ids, first, start, end, inside, answers)


def wrong_rows(group: Group, random: Random) -> list[int]:
    """Draw passages that don't answer: a near miss, one of the nearest, one of the same text, any others."""
    rows: list[int] = []
    if not group.places and group.near and random.random() < _NEAR:
        rows.append(random.choice(group.near))
    if group.candidates:
        rows.append(random.choice(group.candidates[:_NEAREST]))
    if group.same and random.random() < _SAME:
        rows.append(random.choice(group.same[:_NEAREST]))
    rows += random.sample(group.candidates, min(_WRONG, len(group.candidates)))
    return list(islice(dict.fromkeys(rows), _WRONG))


def _touched(offsets: NDArray[np.int32], spans: Sequence[Span]) -> NDArray[np.bool_]:
    """Which tokens have a character in one of the spans."""
    touched = np.zeros(len(offsets), bool)
    for start, end in spans:
        touched |= (offsets[:, 1] > start) & (offsets[:, 0] < end)
    return touched


def _encode(tokenizer: Tokenizer, texts: Sequence[str], longest: int) -> Iterator[Tokens]:
    """Cut texts into tokens, of each the first so many."""
    for at in tqdm(range(0, len(texts), _AT_ONCE), desc="tokens", leave=False):
        some = list(texts[at : at + _AT_ONCE])
        for text, encoding in zip(
            some, tokenizer.encode_batch(some, add_special_tokens=False), strict=True
        ):
            most = longest if text else 0  # of no text the tokenizer makes a blank
            ids, offsets = encoding.ids[:most], encoding.offsets[:most]
            yield Tokens(np.array(ids, np.int32), np.array(offsets, np.int32).reshape(-1, 2))
