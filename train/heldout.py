"""What the dev sets hold, so that nothing of it is trained on: their questions and their documents' sentences.

Compared is the text folded, letters and digits alone: other punctuation or spacing hides nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from eval.gold import load_gold
from index import fold

SHORTEST: Final = 15
"""Characters of a sentence that tell a document; shorter ones stand in many."""

_NO_LETTER: Final = re.compile(r"[\W_]+")
_SENTENCE_END: Final = re.compile(r"[。!?;\s]+")


@dataclass(frozen=True, slots=True)
class HeldOut:
    """The normalised questions and sentences of the dev sets."""

    questions: frozenset[str]
    sentences: frozenset[str]

    @classmethod
    def load(cls, folder: Path) -> HeldOut:
        """Read all dev sets in a folder: in each a ``gold.jsonl`` and ``docs/*.txt``; there may be none."""
        golds = sorted(folder.glob("*/gold.jsonl"))
        questions = {normal(item.question) for gold in golds for item in load_gold(gold)}
        documents = (path.read_text(encoding="utf-8") for path in sorted(folder.glob("*/docs/*.txt")))
        return cls(
            frozenset(questions), frozenset(key for text in documents for key in sentence_keys(text))
        )

    def asks(self, question: str) -> bool:
        """Whether a dev set asks this question."""
        return normal(question) in self.questions

    def holds(self, text: str) -> bool:
        """Whether a dev set's document has a sentence of this text."""
        return not self.sentences.isdisjoint(sentence_keys(text))


def normal(text: str) -> str:
    """The text's letters and digits, folded."""
    return _NO_LETTER.sub("", fold(text))


def sentence_keys(text: str) -> set[str]:
    """The normalised sentences of a text that are long enough to tell it."""
    keys = (_NO_LETTER.sub("", sentence) for sentence in _SENTENCE_END.split(fold(text)))
    return {key for key in keys if len(key) >= SHORTEST}
