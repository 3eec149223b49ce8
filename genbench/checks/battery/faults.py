"""Faults at their levels: those of plugins, and the battery's own changes; what a metric expects of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from genbench.catalog.catalog import find_fault, missing_needs, suggest_fault
from genbench.catalog.loader import shorten_reference
from genbench.contract.faults import PENALISED, FaultSpec
from genbench.core.errors import PluginError, Undefined
from genbench.core.samples import guard
from genbench.suite.components import configure
from genbench.suite.file import SuiteEntry
from genbench.trial.calling import call, gather, no_log
from genbench.trial.failures import BlameError, blame, read_outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np

    from genbench.catalog.catalog import Catalog, Component
    from genbench.catalog.modalities import Modality
    from genbench.contract.expected import Expected
    from genbench.contract.specs import Output
    from genbench.core.samples import Samples
    from genbench.suite.components import Part

    Sides = Mapping[str, Samples]
    Plant = Callable[[Sides, Modality, np.random.Generator, str], Sides]

__all__ = [
    "BATCH", "FEWER", "INVARIANCES", "Fault", "Faults", "draw_fewer", "plant_fault", "read_expects",
    "read_faults", "shuffle", "unknown_faults",
]  # fmt: skip

#: Samples in a batch of the extractor: few, and no divisor of a round number.
BATCH = 7

#: The effect of a change of the number of fakes: a ranked metric should not depend on it, others may.
FEWER = "fewer"


def draw_fewer(samples: Samples, share: float, rng: np.random.Generator) -> Samples:
    """Return that `share` of the samples, at least one, drawn at random."""
    count = max(1, round(share * len(samples)))
    return samples.take(rng.choice(len(samples), size=count, replace=False))


def shuffle(samples: Samples, rng: np.random.Generator) -> Samples:
    """Return the same samples in another order."""
    return samples.take(rng.permutation(len(samples)))


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


def _make_fewer(level: str, number: int, share: float) -> Fault:
    """Return the fault "smaller-n" at a level, such as "n/2": it keeps a share of the fakes.

    number  the index of the level, 0 the mildest
    """

    def plant(sides: Sides, _modality: Modality, rng: np.random.Generator, _device: str) -> Sides:
        """Return the sides with a share of the fakes, drawn at random."""
        return {**sides, "fake": draw_fewer(sides["fake"], share, rng)}

    return Fault("smaller-n", level, number, FEWER, plant)


def _shuffle_sides(sides: Sides, _modality: Modality, rng: np.random.Generator, _device: str) -> Sides:
    """Return each side in another order."""
    return {name: shuffle(samples, rng) for name, samples in sides.items()}


#: Changes that should not move a score: fewer fakes, all sides in another order, and other batches.
INVARIANCES: Faults = {
    "smaller-n": (_make_fewer("n/2", 0, 0.5), _make_fewer("n/4", 1, 0.25)),
    "row-order": (Fault("row-order", "shuffled", 0, "unchanged", _shuffle_sides),),
    "batch-size": (Fault("batch-size", f"{BATCH} a batch", 0, "unchanged", lambda sides, *_: sides, BATCH),),
}


def read_faults(catalog: Catalog, modality: Modality | None = None) -> Faults:
    """Return the faults of plugins, then the invariances, by name, in the order of the card.

    A fault is a known defect that a battery plants in real data, and an invariance a change that should not
    move a score, such as another order of the samples.

    modality  only faults that apply to it; None: all
    """
    modalities = () if modality is None else (modality.reference,)  # () means all
    faults = [each for each in catalog.components if each.kind == FaultSpec.kind and each.serves(modalities)]
    return {shorten_reference(fault.reference): _list_levels(fault) for fault in faults} | {**INVARIANCES}


def _list_levels(component: Component) -> tuple[Fault, ...]:
    """Return the fault of a plugin at each of its levels."""
    spec, name = cast("FaultSpec", component.spec), shorten_reference(component.reference)
    return tuple(
        Fault(name, level, number, spec.effect, partial(_damage_fakes, component, value))
        for number, (level, value) in enumerate(spec.levels.items())
    )


def _damage_fakes(
    component: Component, level: float, sides: Sides, modality: Modality, rng: np.random.Generator,
    device: str,
) -> Sides:  # fmt: skip
    """Return the sides with the fault of a plugin in the fakes; raise Undefined, with a reason, if it fails.

    component  the fault
    level      the number in the spec's `levels`

    After Undefined, the battery goes on, and the card, which is its result, lists the fault as left out.
    """
    for module in missing_needs(component.spec):  # the first one is enough to leave the fault out
        install = component.spec.needs[module]
        raise Undefined(f"{component.who} needs {module!r}; pip install '{install}'")
    given = {"rng": rng, "device": device, "log": no_log}
    entry = SuiteEntry(use=component.reference, where="fault")  # as in a suite file, without options
    try:
        with blame(component):
            part = configure(component, FaultSpec, entry, Path())
            # the clean fakes are real samples; guarded, so that the fault cannot write into them
            real = guard(sides["fake"])
            damaged = plant_fault(part, level, real, lambda: guard(_need_train(sides)), modality, given)
            return {**sides, "fake": damaged}
    except BlameError as error:
        raise Undefined(read_outcome(error)[1]) from error  # of (status, reason)


def plant_fault(
    part: Part[FaultSpec], level: float, real: Samples, train: Callable[[], Samples], modality: Modality,
    given: Mapping[str, Any],
) -> Samples:  # fmt: skip
    """Return real samples with a fault at a level; raise what the fault raises.

    Raises Invalid unless the result has the space and the number of the real samples.

    level  the number in the spec's `levels`
    train  returns the training samples; called only if the fault takes them
    given  `rng`, `device` and `log`
    """
    providers = {"real": lambda: real, "train": train, "level": lambda: level, "modality": lambda: modality}
    damaged = call(part, gather(part, providers), given)
    return modality.admit(damaged, real.space, len(real))


def _need_train(sides: Sides) -> Samples:
    """Return the training samples; raise Undefined if the dataset has none."""
    if "train" not in sides:
        raise Undefined("the dataset has no train split; name one that has")
    return sides["train"]


def read_expects(output: Output, who: str, faults: Faults, home: str = "") -> dict[str, tuple[Expected, ...]]:
    """Return what a metric expects at each level of the faults that it names.

    The keys of the result are "fault", or "fault[extractor]" for the metric with this extractor.

    output  the number whose `expects` are read
    who     the metric, for messages
    home    the distribution of the metric, whose own faults go first

    Faults that no plugin declares are left out; `unknown_faults` warns of them. Raises PluginError for more
    or fewer levels than the fault has, and for a ranked metric that declares another result than "worse" as
    correct where the fault should make it worse.
    """
    expectations: dict[str, tuple[Expected, ...]] = {}
    for key, value in output.expects.items():
        fault, extractor = find_fault(key, faults, home)
        if fault is None:
            continue
        count, where = len(faults[fault]), f"{who}: output {output.name!r}: expects[{key!r}]"
        levels = value if isinstance(value, tuple) else (value,) * count
        if len(levels) != count:
            raise PluginError(f"{where} has {len(levels)} levels; the fault has {count}")
        if output.direction != "none" and faults[fault][0].effect in PENALISED:
            _check_failures(where, levels)
        expectations[fault + extractor] = levels
    return expectations


def unknown_faults(output: Output, who: str, faults: Faults, home: str = "") -> list[str]:
    """Return a warning for each fault that an output's `expects` names and no plugin declares.

    who   the metric, for messages
    home  the distribution of the metric, whose own faults go first
    """
    return [
        f"{who}: output {output.name!r}: expects names the fault {key!r}, which no plugin declares"
        f"{suggest_fault(key, faults)}"
        for key in output.expects
        if find_fault(key, faults, home)[0] is None
    ]


def _check_failures(where: str, levels: tuple[Expected, ...]) -> None:
    """Raise PluginError if a ranked metric declares another result than "worse" as correct under a fault.

    Its author may declare such a result as a failure, with a reason (`because`), or all results as correct
    (`is_open`).

    where   the place of the declaration, for the message
    levels  what the metric declares for each level of the fault
    """
    for level in levels:
        wrong = [word for word in level.correct_words if word != "worse"]
        if wrong and not level.is_open:
            raise PluginError(
                f"{where}: {wrong[0]} is a failure of a ranked metric, which this fault should make worse; "
                f'write {wrong[0]}.because("why"), or anything to expect nothing'
            )
