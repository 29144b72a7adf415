"""The model card, written by the run that made the model."""

from __future__ import annotations

from typing import Final

from train.retriever.prepare import Facts
from train.retriever.training import Learnt, Plan

_HEAD: Final = """\
---
language:
  - zh
license: apache-2.0
library_name: sentence-transformers
pipeline_tag: sentence-similarity
tags:
  - sentence-transformers
  - sentence-similarity
  - static-embedding
  - retrieval
---

# An embedding model of 政问

A static embedding for finding Chinese passages by questions, small enough to lie in a repository and fast enough for any CPU. It is one half of a hybrid: BM25 finds what shares words with the question, this model brings in some of what shares meaning.

## What it is

| | |
|---|---|
| Architecture | sentence-transformers `StaticEmbedding`: the vector of a text is the mean of its tokens' vectors; word order plays no part |
| Vocabulary | {vocabulary:,} characters, words and short numbers |
| Tokenizer | Unigram: the likeliest cut by counted frequencies; punctuation is dropped |
| Dimensions | {dimension} |
| Vectors | whole numbers of 8 bits and a factor for each token; in single precision when loaded |
| Similarity | cosine; no prompt for queries or passages |

```python
from sentence_transformers import SentenceTransformer

model = SentenceTransformer("index/static", device="cpu")
query = model.encode_query("钱塘规上工业增加值是多少?")
passages = model.encode_document(["今年第一季度,钱塘规上工业增加值达171.51亿元。"])
print(model.similarity(query, passages))
```

## How it was made

By `python -m train retriever` ([docs/training.md](../../docs/training.md)): {steps:,} steps of {batch:,} questions in {minutes:.0f} minutes, from random vectors, seed {seed}. A question is to find its passage among all passages of its batch, which have hard negatives among them: passages that BM25 takes for the answer, and neighbours in the same text.

| data | passages | questions asked | made by rule | licence as stated by its source |
|---|--:|--:|--:|---|
{data}
None of these texts is in the repository. Left out because a dev set holds them: {dropped}.

## Scores

{scores}
{note}

## Limits

- It is a bag of words: 甲超过乙 and 乙超过甲 have the same vector, and a passage's vector is the blurrier the longer it is. It is meant for fusion with BM25.
- What takes knowledge of the world to recognise (the Japanese tyre maker for 优科豪马) it does not find.
- Simplified Chinese only; 政问 turns the question's traditional characters into simplified ones first. English hardly matches anything.
- Its news is of mid-2023 and its questions are about encyclopedia articles, news and policy; words that came up later are known only by their parts.
- What the news and official texts it was trained on slant, it slants too. It ranks passages; it says nothing about what is true.
"""

_SCORED: Final = (
    "Recall of the passages that hold the answer, over each set's own documents, by `python -m train score`; "
    "“fused” is with BM25, as `rag` searches. The questions of a conversation are taken together. Nothing of "
    "these sets is in the training data."
)
_NOT_SCORED: Final = "Not measured: the data folder has no dev sets."


def write_card(facts: Facts, plan: Plan, learnt: Learnt, scores: str) -> str:
    """Word the card; ``scores`` is the table in Markdown, or empty."""
    return _HEAD.format(
        vocabulary=len(learnt.table),
        dimension=learnt.table.shape[1],
        steps=learnt.steps,
        batch=plan.batch,
        minutes=learnt.seconds / 60,
        seed=plan.seed,
        data=_data(facts),
        dropped=_dropped(facts),
        scores=scores,
        note=_SCORED if scores else _NOT_SCORED,
    )


def _data(facts: Facts) -> str:
    return "".join(
        f"| {source.origin} | {facts.passages.get(source.file, 0):,} | {facts.asked.get(source.file, 0):,} "
        f"| {facts.made.get(source.file, 0):,} | {source.licence} |\n"
        for source in facts.sources
    )


def _dropped(facts: Facts) -> str:
    return "; ".join(f"{count:,} {what}" for what, count in facts.dropped.items() if count) or "nothing"
