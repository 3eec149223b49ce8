"""How the verdicts and numbers of cards read, in a terminal and on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genbench.board.numbers import number

if TYPE_CHECKING:
    from genbench.checks.battery.card import CardRow

__all__ = ["WORDS", "numbers_of"]

#: Verdict to how it reads.
WORDS = {
    "right": "right",
    "known": "known failure",
    "wrong": "WRONG",
    "failed": "FAILED",
    "faint": "within floor",
    "unseen": "not seen",
    "unjudged": "not judged",
    "no value": "no value",
}
_SMALLEST, _LARGEST = 0.05, 1e5  # floors: what is shown as 0, and what with an exponent


def numbers_of(row: CardRow) -> tuple[str, str]:
    """Return the score, and its change in floors, or the change itself where the floor has no spread."""
    if row.value is None or row.change is None:
        return "", ""
    if row.effect is not None:
        size = abs(row.effect)
        text = f"{row.effect:+.1f}" if size < _LARGEST else f"{row.effect:+.0e}"
        return number(row.value), "0" if size < _SMALLEST else text
    return number(row.value), f"no floor, {row.change:+.3g}" if row.change else "0"
