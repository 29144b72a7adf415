"""Everything that is trained on, as text: passages by article, and questions with the passage that answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tqdm import tqdm

from index import fold
from train.data import Source, read_questions, read_texts
from train.heldout import HeldOut
from train.passages import Article, article, law
from train.questions import make_questions


@dataclass(frozen=True, slots=True)
class Question:
    """A folded question, the row of the passage that answers it, and the answer's words."""

    text: str
    passage: int
    answer: str
    source: int
    made: bool


@dataclass(slots=True)
class Corpus:
    """Passages in rows, those of an article next to each other; ``articles`` and ``sources`` are one per row.

    ``titles`` has the articles that have one; ``dropped`` counts, by file, the passages and questions
    left out because a dev set holds them.
    """

    passages: list[str] = field(default_factory=list)
    articles: list[int] = field(default_factory=list)
    sources: list[int] = field(default_factory=list)
    titles: dict[int, str] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)

    def add(self, text: Article, source: int) -> list[int]:
        """Add an article; return the rows of its passages."""
        number = self.articles[-1] + 1 if self.articles else 0
        rows = list(range(len(self.passages), len(self.passages) + len(text.passages)))
        self.passages.extend(passage for _, passage in text.passages)
        self.articles.extend([number] * len(rows))
        self.sources.extend([source] * len(rows))
        if text.title and rows:
            self.titles[number] = text.title
        return rows


def read_corpus(folder: Path, sources: Iterable[Source], held_out: HeldOut, seed: int) -> Corpus:
    """Read the data below a folder, without what is held out, and make questions of its sentences."""
    corpus = Corpus()
    for number, source in enumerate(sources):
        begin = len(corpus.passages)
        if source.kind == "questions":
            _add_questions(corpus, folder / source.file, number, held_out)
        else:
            _add_texts(
                corpus, folder / source.file, number, held_out, law if source.kind == "laws" else article
            )
        rows = range(begin, len(corpus.passages))
        corpus.questions.extend(_made(corpus, rows, source, number, held_out, seed))
    return corpus


def _add_texts(
    corpus: Corpus, path: Path, source: int, held_out: HeldOut, cut: Callable[[str], Article]
) -> None:
    for text in tqdm(read_texts(path), desc=path.name, unit="text", leave=False):
        corpus.add(_without(held_out, cut(text), corpus, path.name), source)


def _add_questions(corpus: Corpus, path: Path, source: int, held_out: HeldOut) -> None:
    """Add the contexts, each once, and the questions where their answers stand."""
    seen: dict[str, tuple[Article, list[int]]] = {}
    for asked in tqdm(read_questions(path), desc=path.name, unit="question", leave=False):
        if not asked.answers:
            continue
        if asked.context not in seen:
            cut = _without(held_out, article(asked.context), corpus, path.name)
            seen[asked.context] = cut, corpus.add(cut, source)
        cut, rows = seen[asked.context]
        start, end = asked.shortest()
        number = cut.at(start)
        if held_out.asks(asked.question):
            corpus.dropped[f"{path.name} questions"] += 1
        elif number is not None:
            answer = fold(asked.context[start:end])
            question = Question(fold(asked.question), rows[number], answer, source, made=False)
            corpus.questions.append(question)


def _without(held_out: HeldOut, cut: Article, corpus: Corpus, name: str) -> Article:
    kept = tuple((start, text) for start, text in cut.passages if not held_out.holds(text))
    corpus.dropped[f"{name} passages"] += len(cut.passages) - len(kept)
    return Article(cut.title, kept)


def _made(
    corpus: Corpus, rows: range, source: Source, number: int, held_out: HeldOut, seed: int
) -> Iterator[Question]:
    """Make the questions that a source is to have, from passages drawn at random."""
    drawn = Random(f"{seed} {source.file}").sample(rows, len(rows))
    left = source.made
    bar = tqdm(total=left, desc=f"{source.file}: questions", unit="question", leave=False)
    for row in drawn:
        if left <= 0:
            break
        for made in make_questions(corpus.passages[row], Random(f"{seed} {row}"))[:left]:
            if not held_out.asks(made.question):
                left -= 1
                bar.update()
                yield Question(made.question, row, made.answer, number, made=True)
    bar.close()
