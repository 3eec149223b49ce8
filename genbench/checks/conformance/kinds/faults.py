"""Checks of faults."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

from genbench.checks.battery.faults import plant_fault
from genbench.checks.conformance.checks import CheckFailed, CheckSkipped, check
from genbench.checks.conformance.kinds.common import common_checks
from genbench.checks.conformance.subject import compute_once, need_input, need_labels
from genbench.contract.faults import PENALISED
from genbench.core.samples import Data, Samples, content_hash, guard
from genbench.core.splits import split
from genbench.trial.failures import BlameError, read_outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from genbench.checks.conformance.subject import Subject

__all__ = ["CHECKS"]

_N = 720  # samples: faults that leave a number of different samples need more than this number
_SHARES = {"train": 0.6, "test": 0.4}  # of the samples: both parts have more than 200
_TINY = 2  # samples of the smallest data
_RAISE = 'raise genbench.Undefined("…")  # with the reason'


@compute_once
def _deal_sides(subject: Subject) -> Mapping[str, Samples]:
    """Return the example's samples in two parts: `real`, in which the fault is planted, and `train`."""
    sides = split(Data(subject.example(_N)), _SHARES)  # the part `test` serves as `real`
    return {"real": sides["test"], "train": sides["train"]}


def _plant(subject: Subject, level: str, sides: Mapping[str, Samples]) -> Samples:
    """Return real samples with the fault at a level, after the checks of their modality.

    sides  `real` and `train`; the fault gets both as they are

    Equal samples give equal results, since each call has the same random stream.
    """
    number = subject.spec.levels[level]
    part, real, given = subject.part, sides["real"], subject.given("plant")  # given: rng, device and log
    with subject.calling("plant", level):
        return plant_fault(part, number, real, lambda: sides["train"], subject.modality, given)


def _plant_levels(subject: Subject, sides: Mapping[str, Samples]) -> dict[str, Samples]:
    """Return the damaged samples at each level, without the levels at which the fault raises Undefined.

    A guard keeps changes by the fault from the samples. Raises CheckSkipped, with the reason, if the fault
    raises Undefined at all levels.
    """
    damaged = {}
    reason = ""
    for level in subject.spec.levels:
        try:
            damaged[level] = _plant(subject, level, {name: guard(samples) for name, samples in sides.items()})
        except BlameError as error:
            status, reason = read_outcome(error)
            if status != "skipped":  # not Undefined, but an error
                raise
    if not damaged:
        raise CheckSkipped(reason)
    return damaged


@compute_once
def _damaged_levels(subject: Subject) -> Mapping[str, Samples]:
    """Return the damaged samples at each level that is defined."""
    return _plant_levels(subject, _deal_sides(subject))


def _action(subject: Subject) -> str:
    """Plant the fault at each level, and return the hashes of the damaged samples as one text.

    The checks of every kind of component compare this text between two calls.
    """
    return " ".join(map(content_hash, _plant_levels(subject, _deal_sides(subject)).values()))


@check("changes", "it changes samples at each level")
def _changes(subject: Subject) -> None:
    """Raise CheckFailed if a fault that should worsen metrics leaves all samples as they are at a level."""
    effect = subject.spec.effect
    if effect not in PENALISED:
        raise CheckSkipped(f"its effect is {effect!r}")
    before = content_hash(_deal_sides(subject)["real"])
    for level, damaged in _damaged_levels(subject).items():
        if content_hash(damaged) == before:
            raise CheckFailed(
                f"nothing changed at level {level!r}", f"leave {level!r} out of levels, or raise it"
            )


@check("distinct-levels", "each level gives other samples")
def _distinct_levels(subject: Subject) -> None:
    """Raise CheckFailed if two neighbouring levels of the fault give the same samples."""
    hashes = {level: content_hash(damaged) for level, damaged in _damaged_levels(subject).items()}
    for one, other in itertools.pairwise(hashes):
        if hashes[one] == hashes[other]:
            raise CheckFailed(
                f"the levels {one!r} and {other!r} give the same samples",
                "ask for the input level and use it: def make(real, level, *, rng):",
            )


@check("inputs-unchanged", "it leaves the samples that it is given as they are")
def _inputs(subject: Subject) -> None:
    """Raise CheckFailed if the fault changes the samples in place of a copy."""
    level = next(iter(_damaged_levels(subject)))  # the first level at which the fault is defined
    sides = {name: guard(samples) for name, samples in _deal_sides(subject).items()}
    before = {name: content_hash(samples) for name, samples in sides.items()}
    _plant(subject, level, sides)
    changed = [name for name, samples in sides.items() if content_hash(samples) != before[name]]
    if changed:
        raise CheckFailed(f"it changed {' and '.join(changed)}", "data = real.data.copy()")


@check("labels", "the damaged samples have labels of the real ones")
def _labels(subject: Subject) -> None:
    """Raise CheckFailed for damaged samples without labels, or with a label that no real sample has."""
    real = _deal_sides(subject)["real"]
    known = set(need_labels(real).tolist())
    for damaged in _damaged_levels(subject).values():
        if damaged.labels is None:
            raise CheckFailed("the damaged samples have no labels", "dataclasses.replace(real, data=data)")
        strange = set(damaged.labels.tolist()) - known
        if strange:
            raise CheckFailed(
                f"the labels {sorted(strange)}, which real data lack", "keep the labels of real"
            )


@check(
    "unlabelled",
    "it can be planted in samples without labels, or raises Undefined with the reason",
    fix=_RAISE,
)
def _unlabelled(subject: Subject) -> None:
    """Plant the fault in samples without labels; raise its errors, except Undefined."""
    sides = _deal_sides(subject)
    need_labels(sides["real"])
    _plant_levels(subject, {name: replace(samples, labels=None) for name, samples in sides.items()})


@check("tiny-data", f"it can be planted in {_TINY} samples, or raises Undefined with the reason", fix=_RAISE)
def _tiny(subject: Subject) -> None:
    """Plant the fault in the smallest data, with as small a `train`; raise its errors, except Undefined."""
    _plant_levels(
        subject, {name: samples.take(slice(0, _TINY)) for name, samples in _deal_sides(subject).items()}
    )


@check(
    "small-train", f"it works with {_TINY} samples of train, or raises Undefined with the reason", fix=_RAISE
)
def _small_train(subject: Subject) -> None:
    """Plant the fault in all samples, with the smallest `train`; raise its errors, except Undefined."""
    need_input(subject, "train")
    sides = _deal_sides(subject)
    _plant_levels(subject, {**sides, "train": sides["train"].take(slice(0, _TINY))})


CHECKS = (
    *common_checks(_action),
    _changes,
    _distinct_levels,
    _inputs,
    _labels,
    _unlabelled,
    _tiny,
    _small_train,
)
