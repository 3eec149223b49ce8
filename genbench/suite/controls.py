"""The controls of a suite: those that it names, or genbench's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genbench.contract.specs import GeneratorSpec
from genbench.core.errors import SuiteError
from genbench.suite.components import make_part
from genbench.suite.file import SuiteEntry

if TYPE_CHECKING:
    from collections.abc import Collection

    from genbench.catalog.catalog import Catalog, Component
    from genbench.suite.components import Part
    from genbench.suite.file import Suite

__all__ = ["controls_of"]


def controls_of(
    suite: Suite, catalog: Catalog, competing: Collection[Component], modalities: Collection[str]
) -> tuple[Part[GeneratorSpec], ...]:
    """Return the controls of a suite.

    Without a list of controls, they are those of genbench that serve the suite's data; a control of another
    distribution joins only a suite that names it.

    competing   the components of the suite's generators, which do not join again
    modalities  of the suite's data, none if unknown

    Raises SuiteError for a listed generator that is no control.
    """
    entries = suite.controls
    if entries is None:
        own = [component for component in _own(catalog, modalities) if component not in competing]
        entries = tuple(_entry(component, suite) for component in own)
    return tuple(_control(suite, catalog, entry, modalities) for entry in entries)


def _own(catalog: Catalog, modalities: Collection[str]) -> list[Component]:
    return [
        component
        for component in catalog.of_kind(GeneratorSpec.kind)
        if component.owner.is_genbench
        and isinstance(component.spec, GeneratorSpec)
        and component.spec.control is not None
        and component.serves(modalities)
    ]


def _entry(component: Component, suite: Suite) -> SuiteEntry:
    return SuiteEntry(
        use=component.reference, name=None, options={}, where="controls", limits=suite.limits
    )  # fmt: skip


def _control(
    suite: Suite, catalog: Catalog, entry: SuiteEntry, modalities: Collection[str]
) -> Part[GeneratorSpec]:
    part = make_part(catalog, GeneratorSpec, entry, suite.folder, modalities)
    if part.spec.control is None:
        raise SuiteError(f"{entry.where}: {entry.use} is no control; make it a [[generator]], which competes")
    return part
