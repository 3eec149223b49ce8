"""Controls whose flaws a metric may not see, as its author declares of the faults that they have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genbench.catalog.fault_names import declared_of, find_fault
from genbench.catalog.loader import short_reference
from genbench.contract.expected import worse
from genbench.contract.faults import FaultSpec
from genbench.contract.specs import MetricSpec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from genbench.catalog.catalog import Catalog, Component
    from genbench.contract.expected import Expected
    from genbench.contract.specs import Output

__all__ = ["unseen_controls"]

_SEEN = set(worse.reasons)


def unseen_controls(metric: Component, extractor: str | None, catalog: Catalog) -> dict[str, tuple[str, ...]]:
    """Return, for each output of a metric, the roles of controls that it may not find worse than real data.

    A fault may name the role of the control that has it. A metric may not see the control if its `expects`
    says anything but `worse` of the strongest level of that fault, known failures included: to a count of
    duplicates, noise without duplicates is no flaw. A metric without such a declaration sees every control.

    extractor  the name of the metric's extractor, or None
    catalog    the plugins whose faults count
    """
    spec = metric.spec
    if not isinstance(spec, MetricSpec):
        raise TypeError(f"{metric.reference} is a {metric.kind}, no {MetricSpec.kind}")
    faults = {
        short_reference(component.reference): component.spec
        for component in catalog.components
        if isinstance(component.spec, FaultSpec)
    }
    return {
        output.name: _roles(_strongest(output, faults, metric.owner.distribution), faults, extractor)
        for output in spec.scores
    }


def _strongest(output: Output, faults: Mapping[str, FaultSpec], home: str) -> dict[str, Expected]:
    """Return what an output expects of the strongest level of each fault, by fault or "fault[extractor]"."""
    declared: dict[str, Expected] = {}
    for key, value in output.expects.items():
        fault, suffix = find_fault(key, faults, home)
        if fault is not None:
            declared[fault + suffix] = value[-1] if isinstance(value, tuple) else value
    return declared


def _roles(
    declared: Mapping[str, Expected], faults: Mapping[str, FaultSpec], extractor: str | None
) -> tuple[str, ...]:
    expected = {
        fault: declared_of(declared, fault, extractor) for fault, spec in faults.items() if spec.control
    }
    unseen = (fault for fault, words in expected.items() if words is not None and set(words.reasons) != _SEEN)
    return tuple(sorted({str(faults[fault].control) for fault in unseen}))
