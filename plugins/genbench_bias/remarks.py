"""What is said below a board of the numbers of a probe."""

from __future__ import annotations

__all__ = ["remark"]

_VERDICT = "A probe is not a verdict"


def remark(*sentences: str) -> str:
    """Return the `note` of a probe: sentences without full stops, and that no probe is a verdict.

    The first says what the numbers mean, and where each is fair.
    """
    return ". ".join([*sentences, _VERDICT])
