"""What each feature of the evidence is worth: learnt by ``python -m train ranker``."""

from __future__ import annotations

from typing import Final

from rag.features import Features
from rag.weights import learnt

WEIGHTS: Final = Features(**learnt("ranker"))
