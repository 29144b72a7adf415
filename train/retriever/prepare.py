"""What comes before the learning: tokenizer and examples, kept in a folder so that it is done once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from random import Random
from typing import Any, Final

import numpy as np
from tokenizers import Tokenizer

from train.corpus import Corpus, read_corpus
from train.data import Source, read_sources
from train.heldout import HeldOut
from train.negatives import mine
from train.retriever.batches import SHARES, Examples, make_examples
from train.retriever.tokenizer import make_tokenizer

_TOKENIZER: Final = "tokenizer.json"
_EXAMPLES: Final = "examples.npz"
_FACTS: Final = "facts.json"
_COUNTED: Final = 50_000  # passages whose words are counted for the vocabulary


@dataclass(frozen=True, slots=True)
class Facts:
    """What the data was: for each source its passages, questions and what a dev set held of it."""

    sources: Sequence[Source]
    passages: Mapping[str, int]
    asked: Mapping[str, int]
    made: Mapping[str, int]
    dropped: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Prepared:
    """All that the learning needs, and what the card says of it."""

    tokenizer: Tokenizer
    examples: Examples
    facts: Facts


def prepare(data: Path, folder: Path, tokens: int, seed: int) -> Prepared:
    """Read the data, make tokenizer and examples, and keep them in a folder; the facts come last."""
    sources = read_sources(data)
    corpus = read_corpus(data, sources, HeldOut.load(data / "dev"), seed)
    counted = Random(seed).sample(corpus.passages, min(_COUNTED, len(corpus.passages)))
    tokenizer = make_tokenizer(counted, tokens)
    examples = make_examples(corpus, mine(corpus), tokenizer, [source.weight for source in sources])
    facts = _facts(corpus, sources)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _FACTS).unlink(missing_ok=True)
    tokenizer.save(str(folder / _TOKENIZER), pretty=False)
    arrays: dict[str, Any] = {f.name: getattr(examples, f.name) for f in fields(examples)}
    np.savez(folder / _EXAMPLES, **(arrays | arrays.pop("chances")))
    (folder / _FACTS).write_text(json.dumps(asdict(facts), ensure_ascii=False, indent=1), encoding="utf-8")
    return Prepared(tokenizer, examples, facts)


def is_prepared(folder: Path) -> bool:
    """Whether a folder holds all that `prepare` writes."""
    return (folder / _FACTS).exists()


def load_prepared(folder: Path) -> Prepared:
    """Read what `prepare` has written."""
    with np.load(folder / _EXAMPLES) as arrays:
        values = dict(arrays)
    chances = {kind: values.pop(kind) for kind in SHARES}
    vocabulary = int(values.pop("vocabulary"))
    facts = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
    facts["sources"] = [Source(**source) for source in facts["sources"]]
    return Prepared(
        Tokenizer.from_file(str(folder / _TOKENIZER)),
        Examples(vocabulary=vocabulary, chances=chances, **values),
        Facts(**facts),
    )


def _facts(corpus: Corpus, sources: Sequence[Source]) -> Facts:
    names = [source.file for source in sources]
    return Facts(
        sources,
        _counted(names[number] for number in corpus.sources),
        _counted(names[question.source] for question in corpus.questions if not question.made),
        _counted(names[question.source] for question in corpus.questions if question.made),
        dict(corpus.dropped),
    )


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(Counter(names))
