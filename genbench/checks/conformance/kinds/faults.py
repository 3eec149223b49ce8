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

# Samples of the example, and the shares of its two parts. Both parts have more than 200 samples, since a
# bundled fault leaves 200 different ones.
_N = 720
_TINY = 2  # samples of the smallest data
_RAISE = 'raise genbench.Undefined("…")  # with the reason'


@compute_once
def _deal_sides(subject: Subject) -> Mapping[str, Samples]:
    """Return the example's samples in two parts: `real`, in which the fault is planted, and `train`."""
    sides = split(Data(subject.example(_N)), {"train": 0.6, "test": 0.4})  # the part `test` serves as `real`
    return {"real": sides["test"], "train": sides["train"]}


def _plant(subject: Subject, level: str, sides: Mapping[str, Samples]) -> Samples:
    """Return real samples with the fault at a level, checked by their modality.

    sides  `real`, in which the fault is planted, and `train`

    Each call has the same random stream, so equal samples give equal results.
    """
    number = subject.spec.levels[level]
    # arguments: rng, device and log
    part, real, arguments = subject.part, sides["real"], subject.make_arguments("plant")
    with subject.isolate_call("plant", level):
        return plant_fault(part, number, real, lambda: sides["train"], subject.modality, arguments)


def _plant_levels(subject: Subject, sides: Mapping[str, Samples]) -> dict[str, Samples]:
    """Return the damaged samples at each level, without the levels at which the fault raises Undefined.

    The fault gets guarded copies of the samples, so that it cannot change those of later levels. Raises
    CheckSkipped, with the reason, if the fault raises Undefined at all levels.
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
def _plant_defined_levels(subject: Subject) -> Mapping[str, Samples]:
    """Return the damaged samples at each level at which the fault is defined; all checks share them."""
    return _plant_levels(subject, _deal_sides(subject))


def _hash_damage(subject: Subject) -> str:
    """Plant the fault at each level, and return the hashes of the damaged samples as one text.

    The checks of every kind of component compare this text between two calls.
    """
    return " ".join(map(content_hash, _plant_levels(subject, _deal_sides(subject)).values()))


@check("changes", "it changes samples at each level")
def _check_changes(subject: Subject) -> None:
    """Raise CheckFailed if a fault that should worsen metrics leaves all samples as they are at a level."""
    effect = subject.spec.effect
    if effect not in PENALISED:  # PENALISED: the effects that should worsen metrics
        raise CheckSkipped(f"its effect is {effect!r}")
    before = content_hash(_deal_sides(subject)["real"])
    for level, damaged in _plant_defined_levels(subject).items():
        if content_hash(damaged) == before:
            raise CheckFailed(
                f"nothing changed at level {level!r}", f"leave {level!r} out of levels, or raise it"
            )


@check("distinct-levels", "each level gives other samples")
def _check_distinct_levels(subject: Subject) -> None:
    """Raise CheckFailed if two neighbouring levels of the fault give the same samples."""
    hashes = {level: content_hash(damaged) for level, damaged in _plant_defined_levels(subject).items()}
    for one, other in itertools.pairwise(hashes):
        if hashes[one] == hashes[other]:
            raise CheckFailed(
                f"the levels {one!r} and {other!r} give the same samples",
                "ask for the input level and use it: def make(real, level, *, rng):",
            )


@check("inputs-unchanged", "it leaves the samples that it is given as they are")
def _check_inputs_unchanged(subject: Subject) -> None:
    """Raise CheckFailed if the fault changes the samples in place of a copy."""
    level = next(iter(_plant_defined_levels(subject)))  # the first is enough: all levels run the same code
    sides = {name: guard(samples) for name, samples in _deal_sides(subject).items()}
    before = {name: content_hash(samples) for name, samples in sides.items()}
    _plant(subject, level, sides)
    changed = [name for name, samples in sides.items() if content_hash(samples) != before[name]]
    if changed:
        raise CheckFailed(f"it changed {' and '.join(changed)}", "data = real.data.copy()")


@check("labels", "the damaged samples have labels of the real ones")
def _check_labels(subject: Subject) -> None:
    """Raise CheckFailed for damaged samples without labels, or with a label that no real sample has."""
    real_labels = set(need_labels(_deal_sides(subject)["real"]).tolist())
    for damaged in _plant_defined_levels(subject).values():
        if damaged.labels is None:
            raise CheckFailed("the damaged samples have no labels", "dataclasses.replace(real, data=data)")
        new_labels = set(damaged.labels.tolist()) - real_labels
        if new_labels:
            raise CheckFailed(
                f"the labels {sorted(new_labels)}, which real data lack", "keep the labels of real"
            )


@check(
    "unlabelled",
    "it can be planted in samples without labels, or raises Undefined with the reason",
    fix=_RAISE,
)
def _check_unlabelled(subject: Subject) -> None:
    """Plant the fault in samples without labels; raise its errors, except Undefined."""
    sides = _deal_sides(subject)
    need_labels(sides["real"])  # skips the check if there are none to remove
    _plant_levels(subject, {name: replace(samples, labels=None) for name, samples in sides.items()})


@check("tiny-data", f"it can be planted in {_TINY} samples, or raises Undefined with the reason", fix=_RAISE)
def _check_tiny_data(subject: Subject) -> None:
    """Plant the fault in the smallest data, with as small a `train`; raise its errors, except Undefined."""
    _plant_levels(
        subject, {name: samples.take(slice(0, _TINY)) for name, samples in _deal_sides(subject).items()}
    )


@check(
    "small-train", f"it works with {_TINY} samples of train, or raises Undefined with the reason", fix=_RAISE
)
def _check_small_train(subject: Subject) -> None:
    """Plant the fault in all samples, with the smallest `train`; raise its errors, except Undefined."""
    need_input(subject, "train")  # skips the check for a fault that takes no `train`
    sides = _deal_sides(subject)
    _plant_levels(subject, {**sides, "train": sides["train"].take(slice(0, _TINY))})


CHECKS = (
    *common_checks(_hash_damage),
    _check_changes,
    _check_distinct_levels,
    _check_inputs_unchanged,
    _check_labels,
    _check_unlabelled,
    _check_tiny_data,
    _check_small_train,
)
