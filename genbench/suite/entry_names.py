"""The names of entries, none of which may be the name of another component."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genbench.core.errors import SuiteError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from genbench.catalog.catalog import Catalog, Component
    from genbench.suite.file import SuiteEntry

__all__ = ["check_entry_names"]


def check_entry_names(
    chosen: Sequence[tuple[SuiteEntry, Component, Collection[str]]],
    catalog: Catalog,
    modalities: Collection[str],
) -> None:
    """Raise SuiteError if an entry has the name of another component of its kind, or of another output.

    Only components of genbench and of the distributions of the suite count: an installed plugin that the
    suite does not use cannot make it invalid. Components that never meet the entry's data do not count.

    chosen      the entries of a suite, the component of each, and those of its names that the entry means
    modalities  of the suite's data, none if unknown
    """
    homes = {component.owner.distribution for _, component, _ in chosen}
    for entry, component, own in chosen:
        if entry.name is None or entry.name in (*own, entry.use.rpartition(":")[2]):
            continue
        met = _modalities(component, modalities)
        for other in (component, *catalog.of_kind(component.kind)):
            owner = other.owner
            is_known = owner.is_genbench or owner.distribution in homes
            if entry.name in other.names and is_known and other.serves(met):
                raise SuiteError(_taken(entry, other))


def _modalities(component: Component, modalities: Collection[str]) -> Collection[str]:
    """Return those of the suite's modalities that a component serves, or its own if they are unknown."""
    return {each for each in modalities if component.serves({each})} or component.modalities


def _taken(entry: SuiteEntry, other: Component) -> str:
    output = "" if entry.name == other.name else "an output of "
    return f"{entry.where}.name: {entry.name!r} is the name of {output}{other.who}; choose another name"
