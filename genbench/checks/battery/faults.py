"""Faults at their levels: those of all plugins, and the battery's own invariances."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, cast

from genbench.catalog.catalog import missing_needs
from genbench.catalog.loader import short_reference
from genbench.checks.battery.invariances import INVARIANCES
from genbench.contract.faults import FaultSpec
from genbench.core.errors import Undefined
from genbench.core.samples import guarded
from genbench.suite.components import part_of
from genbench.suite.file import SuiteEntry
from genbench.trial.calling import call, gather, no_log
from genbench.trial.failures import BlameError, blame, outcome_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np

    from genbench.catalog.catalog import Catalog, Component
    from genbench.catalog.modalities import Modality
    from genbench.checks.battery.invariances import Change, Sides
    from genbench.core.samples import Samples

    Plant = Callable[[Sides, Modality, np.random.Generator, str], Sides]

__all__ = ["Fault", "Faults", "faults_of", "faults_on"]


@dataclass(frozen=True)
class Fault:
    """One fault at one level.

    name    as on cards and in `expects`: "distribution:name", for genbench's own distribution the name alone
    level   as printed; `number` is its index, 0 the mildest
    effect  as in a FaultSpec, or FEWER
    plant   `(sides, modality, rng, device)` returns the sides with the fault; raises Undefined, with the
            reason, if it cannot be planted
    batch   samples in a batch of the extractor on the fakes; None: all at once
    """

    name: str
    level: str
    number: int
    effect: str
    plant: Plant = field(compare=False, repr=False)
    batch: int | None = None


Faults: TypeAlias = "Mapping[str, tuple[Fault, ...]]"  # by name, at all levels, the mildest first


def faults_of(catalog: Catalog) -> Faults:
    """Return every fault, in the order of the card: of plugins, then invariances."""
    components = [component for component in catalog.components if component.kind == FaultSpec.kind]
    return _of_plugins(components) | _of_battery()


def faults_on(catalog: Catalog, modality: Modality) -> Faults:
    """Return those that apply to a modality, in the same order."""
    found = [component for component in catalog.components if component.kind == FaultSpec.kind]
    return _of_plugins([each for each in found if each.serves((modality.reference,))]) | _of_battery()


def _of_plugins(components: list[Component]) -> dict[str, tuple[Fault, ...]]:
    return {short_reference(component.reference): _levels(component) for component in components}


def _levels(component: Component) -> tuple[Fault, ...]:
    spec, name = cast("FaultSpec", component.spec), short_reference(component.reference)
    return tuple(
        Fault(name, level, number, spec.effect, partial(_planted, component, value))
        for number, (level, value) in enumerate(spec.levels.items())
    )


def _of_battery() -> dict[str, tuple[Fault, ...]]:
    return {
        own.name: tuple(
            Fault(own.name, level, number, own.effect, partial(_changed, own.change, value), own.batch)
            for number, (level, value) in enumerate(own.levels.items())
        )
        for own in INVARIANCES
    }


def _changed(
    change: Change, value: float, sides: Sides, _modality: Modality, rng: np.random.Generator, _device: str
) -> Sides:  # fmt: skip
    return change(sides, value, rng)


def _planted(
    component: Component, level: float, sides: Sides, modality: Modality, rng: np.random.Generator,
    device: str,
) -> Sides:  # fmt: skip
    """Return the sides with damaged fakes; every failure of the plugin becomes Undefined."""
    for module in missing_needs(component.spec):
        install = component.spec.needs[module]
        raise Undefined(f"{component.who} needs {module!r}; pip install '{install}'")
    real, given = sides["fake"], {"rng": rng, "device": device, "log": no_log}
    providers = {
        "real": lambda: guarded(real),
        "train": lambda: guarded(_train(sides)),
        "level": lambda: level,
        "modality": lambda: modality,
    }
    entry = SuiteEntry(use=component.reference, name=None, options={}, where="fault")
    try:
        with blame(component):
            part = part_of(component, FaultSpec, entry, Path())
            damaged = call(part, gather(part, providers), given)
            return {**sides, "fake": modality.admit(damaged, real.space, len(real))}
    except BlameError as error:
        raise Undefined(outcome_of(error)[1]) from error


def _train(sides: Sides) -> Samples:
    if "train" not in sides:
        raise Undefined("the dataset has no train split")
    return sides["train"]
