"""The tokenizer: characters, words and short numbers, cut as the likeliest sequence of them.

A Unigram model whose probabilities are counted, not learnt. It cuts "研究生命" as 研究 生命 where longest match
first takes 研究生, and costs as much. Punctuation is dropped: in a bag of words it says nothing.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers
from tqdm import tqdm

from index import tokenize

UNKNOWN: Final = "[UNK]"
_CHARACTERS: Final = 8000
_CHARACTER: Final = re.compile(r"[^\W_]|[%‰℃°]")
_WORD: Final = re.compile(r"[^\W\d_]{2,8}|\d{2,4}")
_NOTHING: Final = r"[^\w%‰℃°]+|_+"


def make_tokenizer(passages: Iterable[str], size: int) -> Tokenizer:
    """Make a tokenizer of so many tokens at most: the most frequent ones of folded passages."""
    counts: Counter[str] = Counter()
    for passage in tqdm(passages, desc="vocabulary", unit="passage", leave=False):
        counts.update(token for token in tokenize(passage) if _WORD.fullmatch(token))
        counts.update(_CHARACTER.findall(passage))
    characters = [(token, count) for token, count in counts.most_common() if len(token) == 1]
    words = [(token, count) for token, count in counts.most_common() if len(token) > 1]
    kept = [*characters[:_CHARACTERS], *words][: size - 1]
    # By the words alone: so each further token costs less, and the cut is finer, which finds more.
    total = sum(count for _, count in words)
    scores = [(token, round(math.log(count / total), 3)) for token, count in kept]
    tokenizer = Tokenizer(models.Unigram([(UNKNOWN, 0.0), *scores], unk_id=0, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_NOTHING), behavior="removed"),
            pre_tokenizers.Digits(individual_digits=False),
        ]
    )
    return tokenizer
