"""What several specs share."""

from __future__ import annotations

from genbench import Output
from genbench_fidelity.specs.expected import EXPECTED

__all__ = ["share"]


def share(name: str, summary: str) -> Output:
    """Return an output in [0, 1] of which more is better."""
    return Output(name=name, direction="higher", summary=summary, range=(0.0, 1.0), expects=EXPECTED[name])
