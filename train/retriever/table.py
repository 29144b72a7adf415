"""A table of token vectors, learnt so that a question's bag comes near to that of the passage that answers it.

The vector of a text is the sum of its tokens' vectors, made one long. Learnt is by contrast within a
batch (InfoNCE: van den Oord and others, “Representation Learning with Contrastive Predictive Coding”,
2018), from the question to the passage and, with less weight, back. The gradient is worked out by hand:
with a bag of words it is two products with the same sparse matrix.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import torch
from scipy import sparse
from torch.nn.functional import embedding_bag

from train.retriever.batches import Batch

TEMPERATURE: Final = 0.05
_BACKWARD: Final = 0.3  # weight of the way from the passage to its question
_SPREAD: Final = 0.05  # standard deviation of the first vectors


def new_table(tokens: int, dimension: int, seed: int) -> torch.Tensor:
    """Make random vectors to begin with."""
    return torch.randn(tokens, dimension, generator=torch.Generator().manual_seed(seed)) * _SPREAD


def sums(bags: sparse.csr_array, table: torch.Tensor) -> torch.Tensor:
    """``bags @ table``; by this function of torch's it is several times as fast as by a sparse product."""
    return embedding_bag(
        torch.from_numpy(bags.indices.astype(np.int32)),
        table,
        torch.from_numpy(bags.indptr[:-1].astype(np.int32)),
        mode="sum",
        per_sample_weights=torch.from_numpy(bags.data),
    )


def gradient(table: torch.Tensor, batch: Batch) -> tuple[torch.Tensor, float]:
    """The gradient of the loss by the table, and the share of questions that find their passage first."""
    count = batch.questions.shape[0]
    bags = sparse.vstack([batch.questions, batch.passages], format="csr")
    vectors = sums(bags, table)
    lengths = vectors.norm(dim=1, keepdim=True).clamp_min(1e-9)
    unit = vectors / lengths
    slope, right = _contrast(unit[:count], unit[count:], torch.from_numpy(batch.same))
    # Only what turns a vector changes its cosines, not what lengthens it.
    slope = (slope - unit * (slope * unit).sum(dim=1, keepdim=True)) / lengths
    return sums(bags.T.tocsr(), slope), right


def _contrast(
    questions: torch.Tensor, passages: torch.Tensor, same: torch.Tensor
) -> tuple[torch.Tensor, float]:
    """The gradient of the loss by all unit vectors.

    ``same`` holds (question, passage) where a passage stands a second time: it counts as no wrong one.
    """
    count = len(questions)
    # Half the digits are enough for the products, and several times as fast on newer processors.
    low = questions.bfloat16(), passages.bfloat16()
    cosines = (low[0] @ low[1].T).float()
    cosines[same[0], same[1]] = -1
    right = (cosines.argmax(dim=1) == torch.arange(count)).float().mean().item()
    odds = cosines.sub_(1).div_(TEMPERATURE).exp_()
    slope = odds / odds.sum(dim=1, keepdim=True)
    slope[:, :count] += _BACKWARD * odds[:, :count] / odds[:, :count].sum(dim=0, keepdim=True)
    slope.diagonal().sub_(1 + _BACKWARD)
    halved = slope.bfloat16()
    both = torch.cat([halved @ low[1], halved.T @ low[0]])
    return both.float() / (TEMPERATURE * count), right
