"""The card of a metric: the effect of each planted fault on one of its numbers, and what readers learn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping  # noqa: TC003 - pydantic reads the types of the fields of a kept card
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from genbench.board.numbers import format_number
from genbench.checks.battery.faults import FEWER
from genbench.contract.expected import Expected, change_word
from genbench.contract.faults import PENALISED

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "BAND", "VERDICTS", "Card", "CardRow", "Finding", "Floor", "LeftOut", "format_numbers", "list_detected",
    "list_unpunished",
]  # fmt: skip

#: Standard deviations of the floor by which two real sets differ: less cannot be told in one comparison.
BAND = 2.0  # of a normal floor, one draw in twenty is outside

_ENOUGH_SEEDS = 5  # that agree by chance one time in sixteen

#: The verdicts on a fault at one level, each with its words on a printed card.
VERDICTS = {
    "right": "right",  # it moved, or stayed, as expected
    "known": "known failure",  # which the metric declares
    "wrong": "WRONG",  # it changed in an unexpected direction, by more than two real sets differ
    "faint": "within floor",  # it changed in an unexpected direction, by less than two real sets differ
    "unseen": "not seen",  # it should have moved and did not at this n
    "unjudged": "not judged",  # nothing is expected
    "no value": "no value",  # the metric has no value here
    "failed": "FAILED",  # the metric raised an error
}


@dataclass(frozen=True)
class Floor:
    """The scores of real data against real data.

    values  one per seed, at least two
    mean    their mean
    sd      the unit of effects: their standard deviation (divisor k - 1), or, for a target, that of their
            distances from it
    """

    values: tuple[float, ...]
    mean: float
    sd: float


@dataclass(frozen=True, kw_only=True)
class CardRow:
    """One fault at one level.

    sign      + or -: the score rose, or fell, in all seeds; 0: neither; ~: it moved, both ways, where it may
              not move; None without a value
    expected  what is declared, or follows from the direction
    verdict   one of VERDICTS
    value     mean score over seeds, None without a value
    change    mean of the change from clean data, seed by seed; for a target, of the distance from it
    effect    change in standard deviations of the floor, None where those are 0 or there is no value
    reason    of a known failure, or why there is no value; or ""
    fault_effect  what the fault does to samples, as in a FaultSpec; or "fewer"
    """

    fault: str
    level: str
    sign: str | None
    expected: Expected
    verdict: str
    value: float | None = None
    change: float | None = None
    effect: float | None = None
    reason: str = ""
    fault_effect: str

    @property
    def is_detected(self) -> bool:
        """Whether the score changed at all seeds, and by more than two real sets differ.

        If real data score the same at all seeds (`effect` is None), every change counts.
        """
        return self.sign in ("+", "-") and (self.effect is None or abs(self.effect) > BAND)

    def describe_change(self, direction: str) -> str:
        """Return how the score changed, in a word such as "worse"; "" without a value.

        direction  that of the number, which decides whether a rise is better or worse
        """
        return "" if self.sign is None else change_word(self.sign, direction)


@dataclass(frozen=True)
class LeftOut:
    """A fault at one level that was not planted, and why."""

    fault: str
    level: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Card:
    """The results of the battery for one number of a metric.

    metric          its id, with the extractor as on a board
    component       the metric as "distribution:name"
    version         of the metric: with another one, its values are others
    options         of the metric, with their defaults, as JSON-like values
    modality        the reference of the dataset's modality
    left_out        what was not planted
    expected        what is expected, by fault and level, mildest first; of levels that are left out, too
    unknown_faults  warnings of faults that the metric's `expects` names and no plugin declares
    """

    metric: str
    component: str
    version: str
    options: Mapping[str, Any]
    direction: str
    best: float | None
    dataset: str
    modality: str
    extractor: str | None
    n: int
    floor: Floor
    rows: tuple[CardRow, ...]
    left_out: tuple[LeftOut, ...]
    expected: Mapping[str, Mapping[str, Expected]]
    unknown_faults: tuple[str, ...] = ()

    @property
    def seeds(self) -> int:
        """The number of seeds: the floor has one score of real data for each."""
        return len(self.floor.values)

    @property
    def verdicts(self) -> dict[str, int]:
        """The number of rows with each of VERDICTS."""
        counts = Counter(row.verdict for row in self.rows)
        return {verdict: counts[verdict] for verdict in VERDICTS}

    @property
    def has_damage(self) -> bool:
        """Whether a fault was planted under which a ranked metric should get worse."""
        return any(row.fault_effect in PENALISED for row in self.rows)

    @property
    def is_blind(self) -> bool:
        """Whether a ranked metric detected no fault, though some damage was planted.

        A fault with the effect "any" is no damage, but a metric that detects it is not blind.
        """
        faults = [row for row in self.rows if row.fault_effect in (*PENALISED, "any")]
        return self.direction != "none" and self.has_damage and not any(row.is_detected for row in faults)

    @property
    def is_reversed(self) -> bool:
        """Whether the direction looks wrong: two faults or more are detected, and all improve the score.

        Only faults with the effect "worse" count: copies of training samples, which are good samples, have
        the effect "punished".
        """
        # under damage, a worse score is never "wrong", so a "wrong" one is better
        detected = [row for row in self.rows if row.fault_effect == "worse" and row.is_detected]
        return (
            self.direction in ("lower", "higher")
            and all(row.verdict == "wrong" for row in detected)
            and len({row.fault for row in detected}) > 1
        )

    @property
    def is_sound(self) -> bool:
        """Whether no verdict is "wrong" or "failed", and the metric is not blind.

        A ranked metric is blind if it detected no fault, though some damage was planted.
        """
        return not (self.verdicts["wrong"] or self.verdicts["failed"] or self.is_blind)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Why the card is less reliable: unknown faults, few seeds, equal scores of real data."""
        return (*self.unknown_faults, *self._warn_of_floor())

    def _warn_of_floor(self) -> Iterator[str]:
        """Yield warnings of the floor, the scores of real data at each seed: few seeds, or equal scores."""
        if self.seeds < _ENOUGH_SEEDS:
            # by chance, the change at each further seed has the sign of the first one half of the time
            chance = 2 ** (self.seeds - 1)
            yield f"{self.seeds} seeds agree by chance one time in {chance}: ask for {_ENOUGH_SEEDS} or more"
        if self.floor.sd == 0:
            yield (
                "real data score the same at every seed: the floor has no spread, and any change is beyond it"
            )

    def find_mildest_levels(self) -> dict[str, str | None]:
        """Return for each fault the mildest level that changed the score beyond the floor, None if none did.

        Harmless changes, such as the order of rows, and faults without any score are left out.
        """
        mildest: dict[str, str | None] = {}
        for row in self.rows:
            is_counted = row.fault_effect != "unchanged" and row.value is not None
            # rows of a fault have its mildest level first, so the first level that is detected stays
            if is_counted and mildest.get(row.fault) is None:
                mildest[row.fault] = row.level if row.is_detected else None
        return mildest

    def to_json(self) -> dict[str, Any]:
        """Return the card as JSON-like values, with all that a printed card shows."""
        expected = {
            fault: {level: [[word, reason] for word, reason in rule.words] for level, rule in levels.items()}
            for fault, levels in self.expected.items()
        }
        return asdict(self) | {
            "rows": [asdict(row) | {"expected": str(row.expected)} for row in self.rows],
            "expected": expected,
            "seeds": self.seeds,
            "verdicts": self.verdicts,
            "seen_from": self.find_mildest_levels(),
            "warnings": list(self.warnings),
            "has_damage": self.has_damage,
            "is_blind": self.is_blind,
            "is_reversed": self.is_reversed,
        }


# Changes in standard deviations of the floor: smaller ones read 0, larger ones have an exponent.
_SMALLEST, _LARGEST = 0.05, 1e5


def format_numbers(row: CardRow) -> tuple[str, str]:
    """Return (score, change) as texts; the change is in standard deviations of the floor.

    If the floor has no spread, it is the change itself, after "no floor". Without a value, both are "".
    """
    if row.value is None or row.change is None:
        return "", ""
    if row.effect is not None:
        size = abs(row.effect)
        text = f"{row.effect:+.1f}" if size < _LARGEST else f"{row.effect:+.0e}"
        return format_number(row.value), "0" if size < _SMALLEST else text
    return format_number(row.value), f"no floor, {row.change:+.3g}" if row.change else "0"


_HARMLESS = ("unchanged", FEWER)  # effects of changes that damage no sample
_NAMED_VERDICTS = ("known", "wrong", "failed", "no value")  # verdicts that a finding names


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a metric does under a fault at some levels.

    levels   the mildest first
    does     how its score changed, in words; "" without a value
    verdict  in the words of a printed card, if it is a failure or there is no value; or ""
    reason   of a known failure, or why there is no value; or ""
    """

    fault: str
    levels: tuple[str, ...]
    does: str
    verdict: str
    reason: str


def list_detected(card: Card) -> list[str]:
    """Return the faults that change the score, as texts; for a ranked metric, those that make it worse.

    A text is the fault, with its mildest level that is detected if it has several: "noise from 0.2". A fault
    is detected if the score changes at every seed, and by more than two real sets differ.
    """
    mildest: dict[str, str] = {}
    for row in card.rows:
        if row.fault_effect not in _HARMLESS and row.is_detected and _is_punished(row, card.direction):
            mildest.setdefault(row.fault, row.level)
    n_levels = Counter(row.fault for row in card.rows)
    return [_name_level(fault, level) if n_levels[fault] > 1 else fault for fault, level in mildest.items()]


def _name_level(fault: str, level: str) -> str:
    """Return a fault with the mildest level that is detected: "noise from 0.2", "collapse to 10 or less"."""
    return f"{fault} {level} or less" if level.startswith("to ") else f"{fault} from {level}"


def list_unpunished(card: Card) -> list[Finding]:
    """Return the faults that the metric does not punish, or on which it fails, in the order of the card.

    A ranked metric punishes a fault if the score gets worse at every seed, beyond the floor. A number that is
    not ranked punishes nothing: for it, these are the faults that do not change it.
    """
    rows = [row for row in card.rows if _is_unpunished(row, card.direction)]
    groups = groupby(rows, lambda row: _describe_finding(row, card.direction))
    return [
        Finding(
            fault=fault, levels=tuple(row.level for row in same), does=change, verdict=verdict, reason=reason
        )
        for (fault, change, verdict, reason), same in groups
    ]


def _is_unpunished(row: CardRow, direction: str) -> bool:
    """Return whether a row is damage without a worse score, a wrong change, a failure or a missing value."""
    is_missed = row.fault_effect in PENALISED and not (row.is_detected and _is_punished(row, direction))
    return is_missed or row.verdict in _NAMED_VERDICTS


def _is_punished(row: CardRow, direction: str) -> bool:
    """Return whether the score got worse; True for a number that is not ranked, which has no worse."""
    return direction == "none" or row.describe_change(direction) == "worse"


def _describe_finding(row: CardRow, direction: str) -> tuple[str, str, str, str]:
    """Return (fault, change in words, verdict in words, reason) of a row.

    Adjacent rows for which all four are equal become one finding. The verdict is "" unless it is a failure
    or there is no value.
    """
    change = row.describe_change(direction)
    size = ", by less than two real sets differ" if row.sign in ("+", "-") and not row.is_detected else ""
    verdict = VERDICTS[row.verdict] if row.verdict in _NAMED_VERDICTS else ""
    return row.fault, f"{change}{size}", verdict, row.reason
