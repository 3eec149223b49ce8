"""Notes that genbench prints below a board for the numbers of a probe."""

from __future__ import annotations

__all__ = ["remark"]

_VERDICT = "A probe is not a verdict"


def remark(*sentences: str) -> str:
    """Return the `note` of a probe: the sentences, without full stops, and that no probe is a verdict.

    The first sentence gives the meaning of the numbers and the fair value of each.
    """
    return ". ".join([*sentences, _VERDICT])
