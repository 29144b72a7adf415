"""Text -> tokens for pretraining: ``python -m train tokens --data DIR --out TOKENS``.

TOKENS/tokenizer.json is a WordPiece vocabulary with a token for every Chinese character, digit and mark;
TOKENS/tokens-000.bin … are the ids of all texts, 16 bits each, in files small enough to be sent one by
one; TOKENS/tokens.json counts them and is written last. The highest bit of an id is set where the token
continues a word, so that words are hidden as wholes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers
from tqdm import tqdm

from index import fold, segment
from train.corpus import read_corpus
from train.data import InvalidData, Source, read_sources
from train.heldout import HeldOut

SPECIAL: Final = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
PAD, UNK, CLS, SEP, MASK = range(len(SPECIAL))
CONTINUES: Final = 1 << 15
"""The bit of an id that says: of one word with the token before it."""
MEGABYTES: Final = 60
"""The size of a file of tokens."""

_VOCABULARY: Final = 12_288
_ALPHABET: Final = 8_500  # the characters that get a token; the rest is [UNK]
_LEAST: Final = 10  # how often a piece of a word must occur
_SINGLE: Final = Regex(r"\p{Han}|\p{N}|\p{P}|\p{S}")
_FILE: Final = "tokens-{:03d}.bin"
_MANIFEST: Final = "tokens.json"
_TOKENIZER: Final = "tokenizer.json"
_AT_ONCE: Final = 64  # texts that a process takes on


@dataclass(frozen=True, slots=True)
class TokenCounts:
    """What a folder of tokens holds; ``shards`` are the tokens in each file, ``data`` is (origin, licence)."""

    documents: int
    characters: int
    tokens: int
    vocabulary: int
    shards: tuple[int, ...]
    data: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TokenText:
    """All tokens of a folder, one text after another, and what they were made with and from."""

    ids: NDArray[np.uint16]
    tokenizer: Tokenizer
    data: tuple[tuple[str, str], ...]


def read_all(data: Path) -> tuple[list[str], list[Source]]:
    """Read every text of a data folder, the contexts of answerable questions too, without the dev sets' passages."""
    sources = read_sources(data)
    corpus = read_corpus(
        data, [replace(source, made=0) for source in sources], HeldOut.load(data / "dev"), seed=0
    )
    rows = groupby(zip(corpus.articles, corpus.passages, strict=True), key=lambda row: row[0])
    return ["\n".join(passage for _, passage in article) for _, article in rows], sources


def build_tokenizer(texts: Iterable[str], vocabulary: int = _VOCABULARY, least: int = _LEAST) -> Tokenizer:
    """Learn a vocabulary from texts: every Chinese character, digit and mark by itself, Latin words in pieces.

    It is for folded text and changes nothing in it, so that the offsets of its tokens hold in the text.
    """
    tokenizer = Tokenizer(models.WordPiece(unk_token=SPECIAL[UNK], max_input_chars_per_word=64))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Split(_SINGLE, "isolated")]
    )
    trainer = trainers.WordPieceTrainer(
        vocab_size=vocabulary,
        min_frequency=least,
        special_tokens=list(SPECIAL),
        limit_alphabet=_ALPHABET,
        show_progress=False,
    )
    tokenizer.train_from_iterator(map(fold, texts), trainer)
    return tokenizer


def encode_words(tokenizer: Tokenizer, text: str) -> NDArray[np.uint16]:
    """The ids of a text, marked where they continue a word, with [SEP] at the end."""
    encoding = tokenizer.encode(fold(text), add_special_tokens=False)
    begins = {start for _, start, _ in segment(text)}
    ids = np.array([*encoding.ids, SEP], dtype=np.uint16)
    inside = [start not in begins for start, _ in encoding.offsets]
    ids[:-1][inside] |= CONTINUES
    return ids


def write_tokens(
    texts: list[str],
    folder: Path,
    tokenizer: Tokenizer,
    sources: Sequence[Source] = (),
    workers: int = 1,
    megabytes: float = MEGABYTES,
) -> TokenCounts:
    """Write the tokens of texts into a folder, in files of at most so many ``megabytes``."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("tokens*"):
        old.unlink()
    tokenizer.save(str(folder / _TOKENIZER))
    shards: list[int] = []
    for shard in _shards(
        tqdm(_encoded(tokenizer, texts, workers), desc="tokens", total=len(texts)), int(megabytes * 1e6)
    ):
        shard.tofile(folder / _FILE.format(len(shards)))
        shards.append(len(shard))
    counts = TokenCounts(
        documents=len(texts),
        characters=sum(map(len, texts)),
        tokens=sum(shards),
        vocabulary=tokenizer.get_vocab_size(),
        shards=tuple(shards),
        data=tuple((source.origin, source.licence) for source in sources),
    )
    (folder / _MANIFEST).write_text(
        json.dumps(asdict(counts), ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )
    return counts


def load_tokens(folder: Path) -> TokenText:
    """Read what `write_tokens` wrote.

    :raises InvalidData: if it isn't there, or not whole.
    """
    try:
        counts = TokenCounts(**json.loads((folder / _MANIFEST).read_text(encoding="utf-8")))
        shards = [np.fromfile(folder / _FILE.format(n), np.uint16) for n in range(len(counts.shards))]
    except FileNotFoundError as error:
        raise InvalidData(
            f"{error.filename} is missing; make it with python -m train tokens --out {folder}, "
            f"and where tokens were sent to another machine, send every file"
        ) from error
    except (TypeError, ValueError) as error:
        raise InvalidData(
            f"{folder / _MANIFEST} is of another version ({error}); make the tokens again"
        ) from error
    for number, (shard, length) in enumerate(zip(shards, counts.shards, strict=True)):
        if len(shard) != length:
            raise InvalidData(
                f"{folder / _FILE.format(number)} has {len(shard)} tokens, not {length}; send it again"
            )
    data = tuple((origin, licence) for origin, licence in counts.data)
    return TokenText(np.concatenate(shards), Tokenizer.from_file(str(folder / _TOKENIZER)), data)


def _encoded(tokenizer: Tokenizer, texts: list[str], workers: int) -> Iterator[NDArray[np.uint16]]:
    if workers == 1:
        yield from (encode_words(tokenizer, text) for text in texts)
        return
    jobs = (texts[at : at + _AT_ONCE] for at in range(0, len(texts), _AT_ONCE))
    with get_context("spawn").Pool(workers, _prepare, (tokenizer.to_str(),)) as pool:
        for batch in pool.imap(_encode_batch, jobs):
            yield from batch


def _prepare(tokenizer: str) -> None:
    """Give a process its tokenizer, once."""
    _encode_batch.tokenizer = Tokenizer.from_str(tokenizer)  # type: ignore[attr-defined]


def _encode_batch(texts: list[str]) -> list[NDArray[np.uint16]]:
    return [encode_words(_encode_batch.tokenizer, text) for text in texts]  # type: ignore[attr-defined]


def _shards(parts: Iterable[NDArray[np.uint16]], most: int) -> Iterator[NDArray[np.uint16]]:
    """Join the parts and cut them at so many bytes."""
    size = most // np.dtype(np.uint16).itemsize
    waiting: list[NDArray[np.uint16]] = []
    held = 0
    for part in parts:
        waiting.append(part)
        held += len(part)
        while held >= size:
            joined = np.concatenate(waiting)
            yield joined[:size]
            waiting, held = [joined[size:]], len(joined) - size
    if held:
        yield np.concatenate(waiting)
