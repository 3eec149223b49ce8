"""What a card says to readers of a leaderboard: which faults a metric sees, and which it does not punish."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from genbench.checks.battery.card import WORDS
from genbench.checks.battery.faults import FEWER
from genbench.contract.faults import PENALISED

if TYPE_CHECKING:
    from genbench.checks.battery.card import Card, CardRow

__all__ = ["Finding", "list_seen", "list_unpunished"]

_FAINT = ", by less than two real sets differ"
_NO_FAULT = ("unchanged", FEWER)  # effects of changes that damage no sample
_TOLD = ("known", "wrong", "failed", "no value")  # verdicts that a finding names


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a metric does under a fault at some levels.

    levels   the mildest first
    does     how its score changed, or its verdict where there is no value
    verdict  of the card, as it is printed, where it is a failure; or ""
    reason   of a known failure, or why there is no value; or ""
    """

    fault: str
    levels: tuple[str, ...]
    does: str
    verdict: str
    reason: str


def list_seen(card: Card) -> list[str]:
    """Return the faults that a ranked metric punishes, or that change a number that is not ranked.

    Each has the mildest level at which the score changes at every seed, and beyond the floor.
    """
    found: dict[str, str] = {}
    for row in card.rows:
        if row.fault_effect not in _NO_FAULT and row.is_seen and _is_punished(row, card.direction):
            found.setdefault(row.fault, row.level)
    levels = Counter(row.fault for row in card.rows)
    return [_fault_text(fault, level) if levels[fault] > 1 else fault for fault, level in found.items()]


def _fault_text(fault: str, level: str) -> str:
    """Return a fault with its mildest level: "noise from 0.2", "collapse to 10 or less"."""
    return f"{fault} {level} or less" if level.startswith("to ") else f"{fault} from {level}"


def list_unpunished(card: Card) -> list[Finding]:
    """Return what the metric does not punish, or judges wrongly, in the order of the card.

    A ranked metric punishes a fault if the score gets worse at every seed, beyond the floor. A number that is
    not ranked punishes nothing: for it, these are the faults that do not change it.
    """
    odd = [row for row in card.rows if _is_odd(row, card.direction)]
    groups = groupby(odd, lambda row: _finding_key(row, card.direction))
    return [
        Finding(
            fault=fault, levels=tuple(row.level for row in rows), does=does, verdict=verdict, reason=reason
        )
        for (fault, does, verdict, reason), rows in groups
    ]


def _is_odd(row: CardRow, direction: str) -> bool:
    is_missed = row.fault_effect in PENALISED and not (row.is_seen and _is_punished(row, direction))
    return is_missed or row.verdict in _TOLD


def _is_punished(row: CardRow, direction: str) -> bool:
    """Return whether a change is one for the worse, or the number has no better and worse."""
    return direction == "none" or row.moved(direction) == "worse"


def _finding_key(row: CardRow, direction: str) -> tuple[str, str, str, str]:
    does = row.moved(direction)
    faint = _FAINT if row.sign in ("+", "-") and not row.is_seen else ""
    verdict = WORDS[row.verdict] if row.verdict in _TOLD else ""
    return row.fault, f"{does}{faint}", verdict, row.reason
