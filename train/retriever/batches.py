"""Examples drawn from the training data: bags of tokens for questions and for passages.

cloze        a sentence, or some words of it, asks for the passage that it was taken out of
lead         an article's title, or its first sentence where it has none, asks for its passages
asked, made  a question, of people or made by rule, asks for the passage that answers it
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy import sparse
from tokenizers import Tokenizer
from tqdm import tqdm

from index import sentence_spans
from train.corpus import Corpus

Ids = NDArray[np.int64]

SHARES: Final = {"cloze": 0.40, "lead": 0.08, "asked": 0.32, "made": 0.20}
"""How much of a batch each kind of example is."""

_NEIGHBOURS: Final = 0.5  # of the cloze passages have their neighbour in the batch, hard to tell from them
_LEFT_IN: Final = 0.2  # of the cloze sentences stay in their passage
_WINDOWS: Final = 0.6  # of the cloze sentences are cut to a few words
_WINDOW: Final = (3, 14)  # tokens
_THINNED: Final = 0.3  # of the questions lose words
_LOST: Final = 0.3  # of the words of these
_NEGATIVES: Final = 0.6  # of the questions bring a hard negative
_LONGEST_LEAD: Final = 40  # tokens
_AT_ONCE: Final = 20000  # texts tokenised at once


@dataclass(frozen=True, slots=True)
class Examples:
    """What batches are drawn from; arrays alone, so that they can be kept in a file.

    Text t is tokens[texts[t]:texts[t + 1]]: first come the sentences, then each article's lead, then the
    questions. Passage p is the texts passages[p] to passages[p + 1]. ``chances`` are summed up: of a kind
    of example, how likely a row of passages or questions up to this one is drawn.
    """

    vocabulary: int
    tokens: NDArray[np.int32]
    texts: Ids
    passages: Ids
    articles: Ids
    answers: Ids
    negatives: Ids
    chances: dict[str, NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Batch:
    """Bags as rows of sparse matrices: passage n answers question n, the passages beyond are wrong ones.

    ``same`` has the places (question, passage) at which the passage that answers stands once more.
    """

    questions: sparse.csr_array
    passages: sparse.csr_array
    same: Ids


def make_examples(
    corpus: Corpus, negatives: NDArray[np.int32], tokenizer: Tokenizer, weights: Sequence[float]
) -> Examples:
    """Turn a corpus into arrays; ``weights`` are those of its sources."""
    cut = [[passage[a:b] for a, b in sentence_spans(passage)] for passage in corpus.passages]
    articles, sources = np.array(corpus.articles), np.array(corpus.sources)
    first = np.r_[True, articles[1:] != articles[:-1]]
    leads = [corpus.titles.get(n) or cut[row][0] for n, row in enumerate(np.flatnonzero(first))]
    questions = corpus.questions
    sentences = [sentence for passage in cut for sentence in passage]
    tokens, texts = _tokenise(tokenizer, [*sentences, *leads, *(question.text for question in questions)])
    passages = np.cumsum([0, *map(len, cut)])
    asked_of = np.array([question.source for question in questions], np.int64)
    made = np.array([question.made for question in questions], bool)
    beyond_lead = np.isin(articles, list(corpus.titles)) | ~first
    return Examples(
        tokenizer.get_vocab_size(),
        tokens,
        texts,
        passages,
        articles,
        np.array([question.passage for question in questions], np.int64),
        negatives.astype(np.int64),
        {
            "cloze": _chances(sources, np.diff(passages) > 1, weights),
            "lead": _chances(sources, beyond_lead, weights),
            "asked": _chances(asked_of, ~made, weights),
            "made": _chances(asked_of, made, weights),
        },
    )


def _tokenise(tokenizer: Tokenizer, texts: Sequence[str]) -> tuple[NDArray[np.int32], Ids]:
    """The tokens of all texts, without what is unknown (token 0), and where each text begins."""
    pieces: list[NDArray[np.int32]] = []
    lengths = [0]
    for start in tqdm(range(0, len(texts), _AT_ONCE), desc="tokens", leave=False):
        encodings = tokenizer.encode_batch_fast(
            list(texts[start : start + _AT_ONCE]), add_special_tokens=False
        )
        rows = [[token for token in encoding.ids if token] for encoding in encodings]
        lengths += map(len, rows)
        pieces.append(np.array([token for row in rows for token in row], np.int32))
    return np.concatenate(pieces), np.cumsum(lengths)


def _chances(sources: Ids, usable: NDArray[np.bool_], weights: Sequence[float]) -> NDArray[np.float64]:
    """Each source's weight shared out among its usable rows, summed up to 1; all 0 where there are none."""
    rows = np.bincount(sources[usable], minlength=len(weights))
    total = np.cumsum(np.where(usable, (np.asarray(weights) / np.maximum(rows, 1))[sources], 0))
    return total / total[-1] if usable.any() else total


def draw(examples: Examples, size: int, rng: Generator) -> Batch:
    """Draw a batch of so many questions."""
    shares = np.array([share * examples.chances[kind].any() for kind, share in SHARES.items()])
    counts = rng.multinomial(size, shares / shares.sum())
    cloze, lead, asked, made = (
        np.searchsorted(examples.chances[kind], rng.random(count), "right")
        for kind, count in zip(SHARES, counts, strict=True)
    )
    cloze = _with_neighbours(examples, cloze, rng)
    asked = np.r_[asked, made]
    sentences = examples.passages[cloze] + _below(np.diff(examples.passages)[cloze], rng)
    left_in = rng.random(len(cloze)) < _LEFT_IN
    taken_out = np.r_[np.where(left_in, -1, sentences), np.full(size - len(cloze), -1)]
    right = np.r_[cloze, lead, examples.answers[asked]]
    wrong = _wrong(examples, asked, rng)
    return Batch(
        _questions(examples, sentences, lead, asked, rng),
        sparse.vstack(
            [passage_bags(examples, right) - text_bags(examples, taken_out), passage_bags(examples, wrong)],
            format="csr",
        ),
        _repeated(right, np.r_[right, wrong]),
    )


def _repeated(right: Ids, passages: Ids) -> Ids:
    """Where the passage that answers a question stands beside the place where it belongs: two rows."""
    questions, places = np.nonzero(right[:, None] == passages[None, :])
    return np.stack([questions, places])[:, questions != places]


def _below(limits: Ids, rng: Generator) -> Ids:
    """For each limit a number from 0 up to it, without it."""
    return np.asarray(rng.random(len(limits)) * limits, np.int64)


def _with_neighbours(examples: Examples, rows: Ids, rng: Generator) -> Ids:
    """Put the neighbour of some passages in the place of the passage drawn after them."""
    rows = rows.copy()
    after = np.minimum(rows[:-1:2] + 1, len(examples.articles) - 1)
    same = examples.articles[after] == examples.articles[rows[:-1:2]]
    usable = examples.chances["cloze"][after] > examples.chances["cloze"][after - 1]
    chosen = np.flatnonzero(same & usable & (rng.random(len(after)) < _NEIGHBOURS))
    rows[2 * chosen + 1] = after[chosen]
    return rows


def _questions(
    examples: Examples, sentences: Ids, lead: Ids, asked: Ids, rng: Generator
) -> sparse.csr_array:
    leads = examples.passages[-1] + examples.articles[lead]
    questions = examples.passages[-1] + examples.articles[-1] + 1 + asked
    texts = np.r_[sentences, leads, questions]
    begins, lengths = examples.texts[texts], examples.texts[texts + 1] - examples.texts[texts]
    cut = (np.arange(len(texts)) < len(sentences)) & (rng.random(len(texts)) < _WINDOWS)
    windows = np.where(cut, rng.integers(*_WINDOW, len(texts), endpoint=True), lengths)
    windows[len(sentences) : len(sentences) + len(lead)] = _LONGEST_LEAD
    windows = np.minimum(windows, lengths)
    begins = begins + np.where(cut, _below(lengths - windows + 1, rng), 0)
    bags = _bags(examples, begins, windows)
    thinned = np.repeat(rng.random(len(texts)) < _THINNED, np.diff(bags.indptr))
    bags.data[thinned & (rng.random(bags.nnz) < _LOST)] = 0
    return bags


def _wrong(examples: Examples, asked: Ids, rng: Generator) -> Ids:
    """A hard negative for some of the questions."""
    candidates = examples.negatives[asked]
    known = (candidates >= 0).sum(axis=1)
    chosen = (known > 0) & (rng.random(len(asked)) < _NEGATIVES)
    return np.asarray(candidates[np.arange(len(asked)), _below(known, rng)][chosen])


def passage_bags(examples: Examples, rows: Ids) -> sparse.csr_array:
    """The bags of passages."""
    begins = examples.texts[examples.passages[rows]]
    return _bags(examples, begins, examples.texts[examples.passages[rows + 1]] - begins)


def text_bags(examples: Examples, texts: Ids) -> sparse.csr_array:
    """The bags of texts; that of text -1 is empty."""
    lengths = np.where(texts < 0, 0, examples.texts[texts + 1] - examples.texts[texts])
    return _bags(examples, examples.texts[texts], lengths)


def _bags(examples: Examples, begins: Ids, lengths: Ids) -> sparse.csr_array:
    """Count the tokens of stretches: one row each."""
    ends = np.cumsum(lengths)
    places = np.arange(lengths.sum()) + np.repeat(begins - (ends - lengths), lengths)
    tokens = examples.tokens[places]
    counts = np.ones(len(tokens), np.float32)
    bags = sparse.csr_array((counts, tokens, np.r_[0, ends]), shape=(len(lengths), examples.vocabulary))
    bags.sum_duplicates()
    return bags
