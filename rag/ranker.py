"""What each feature of the evidence is worth."""

from __future__ import annotations

from typing import Final

WEIGHTS: Final = (
    0.8,  # coverage
    0.0,  # elsewhere
    0.0,  # strange
    0.15,  # head
    0.45,  # close
    0.35,  # hit
    0.3,  # period
    0.2,  # unit
    0.15,  # sought
    -0.6,  # place
    -0.5,  # given
    -0.4,  # thin
    -0.2,  # stance
    -0.2,  # narrowed
    -0.25,  # ordinal
    0.15,  # form
)
