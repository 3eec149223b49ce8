"""Equality of the numbers of two runs, and of the samples behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from genbench.results.cells import Cell
    from genbench.results.records import Record

__all__ = [
    "Drawn", "Number", "all_equal", "are_equal", "drawn_by_seed", "fuller", "have_same_samples",
    "is_repeated", "unequal_fields",
]  # fmt: skip

_OF_A_CELL = ("signature", "n", "control", "distribution")
_OF_A_RECORD = (
    "status", "value", "low", "high", "reason", "samples", "sketch", "extractor_fit", "valid", "notices"
)  # fmt: skip
_OF_LATER_RECORDS = ("sketch", "extractor_fit")  # empty in records of earlier versions of genbench
_TEXTS = ("note", "warning")  # in the extra of a score


class Number(NamedTuple):
    """A cell of a run and its record, None if the run has none."""

    cell: Cell
    record: Record | None

    @property
    def samples(self) -> str:
        """The hash of its samples, or "" if it is not known."""
        return "" if self.record is None else self.record.samples


class Drawn(NamedTuple):
    """What is known of the samples of one row at one seed.

    samples  their hashes, several if the generator is not deterministic, none if it gave no samples
    keys     of its cells
    """

    samples: set[str]
    keys: set[str]


def fuller(one: Number, two: Number) -> Number:
    """Return the second of two numbers if its record says more, or is there at all; else the first."""
    return max(one, two, key=lambda number: _fullness(number.record))


def _fullness(record: Record | None) -> int:
    """Return how many fields of later versions a record has, -1 for a missing one."""
    return -1 if record is None else sum(bool(getattr(record, name)) for name in _OF_LATER_RECORDS)


def all_equal(answers: Iterable[bool | None]) -> bool | None:
    """Return False if an answer is False, else True if one is True, else None."""
    found = set(answers)
    return False if False in found else True if True in found else None


def are_equal(one: Number, two: Number) -> bool | None:
    """Return whether two numbers are equal, or None if one is missing or without samples to tell by."""
    if unequal_fields(one, two):
        return False
    if one.cell.key == two.cell.key:
        return True
    return True if one.samples and two.record is not None else None


def unequal_fields(one: Number, two: Number) -> list[str]:
    """Return the names of the unequal fields of two numbers: those of their cells if a record is missing."""
    cell, record = one
    unequal = [name for name in _OF_A_CELL if getattr(cell, name) != getattr(two.cell, name)]
    if record is not None and two.record is not None:
        unequal += [name for name in _OF_A_RECORD if _are_unequal(name, record, two.record)]
        unequal += [name for name in _TEXTS if record.extra.get(name) != two.record.extra.get(name)]
    return unequal


def _are_unequal(name: str, one: Record, two: Record) -> bool:
    """Return whether a field is unequal in two records; an empty one of an earlier version equals any."""
    values = getattr(one, name), getattr(two, name)
    return values[0] != values[1] and (name not in _OF_LATER_RECORDS or all(values))


def is_repeated(entry: Mapping[int | None, Number], earlier: Mapping[int | None, Number]) -> bool:
    """Return whether the records of an entry, by seed, all exist and equal those of an earlier one."""
    return entry.keys() == earlier.keys() and all(
        number.record is not None and earlier[seed].record is not None and are_equal(number, earlier[seed])
        for seed, number in entry.items()
    )


def drawn_by_seed(numbers: Iterable[Number]) -> dict[int, Drawn]:
    """Return what numbers of one row say of its samples, by seed; comparisons say nothing of one seed."""
    found: dict[int, Drawn] = {}
    for number in numbers:
        if number.cell.seed is None:
            continue
        drawn = found.setdefault(number.cell.seed, Drawn(set(), set()))
        drawn.keys.add(number.cell.key)
        drawn.samples.update([number.samples] if number.samples else [])
    return found


def have_same_samples(one: Mapping[int, Drawn], two: Mapping[int, Drawn]) -> bool:
    """Return whether two rows have the same seeds and, at each, samples in common.

    Where one has none that are known, as after a crash, a key in common stands for them.
    """
    return one.keys() == two.keys() and all(_is_same_draw(drawn, two[seed]) for seed, drawn in one.items())


def _is_same_draw(one: Drawn, two: Drawn) -> bool:
    if one.samples and two.samples:
        return bool(one.samples & two.samples)
    return bool(one.keys & two.keys)
