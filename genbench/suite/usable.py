"""The part of a suite whose components can be used on this machine."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from genbench.catalog.catalog import missing_needs
from genbench.contract.signature import read_contract
from genbench.contract.specs import DatasetSpec, GeneratorSpec, MetricSpec
from genbench.core.errors import PluginError, SuiteError
from genbench.suite.components import make_generator, make_part
from genbench.suite.file import MetricEntry, SuiteEntry
from genbench.suite.resolve import list_served_modalities, make_group

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from genbench.catalog.catalog import Catalog
    from genbench.suite.components import Group
    from genbench.suite.file import Suite

__all__ = ["UnusableEntry", "UsableSuite", "drop_unusable_entries"]

_EntryT = TypeVar("_EntryT", bound=SuiteEntry)
_MadeT = TypeVar("_MadeT")


@dataclass(frozen=True, kw_only=True)
class UnusableEntry:
    """An entry of a suite whose component cannot be used.

    kind        "dataset", "generator" or "metric"
    error       the message
    is_unknown  whether no plugin has such a component: then a plugin may be missing here
    has_path    whether an option of the entry is a file or folder: then the file may be missing here
    """

    kind: str
    entry: SuiteEntry
    error: str
    is_unknown: bool
    has_path: bool


@dataclass(frozen=True, kw_only=True)
class UsableSuite:
    """A suite without the entries that cannot be used.

    suite     with no generators if others replace them
    instead   the usable generators that replace the suite's
    unusable  the entries that are left out
    """

    suite: Suite
    instead: tuple[SuiteEntry, ...]
    unusable: tuple[UnusableEntry, ...]


def drop_unusable_entries(suite: Suite, catalog: Catalog, instead: Sequence[SuiteEntry] = ()) -> UsableSuite:
    """Return the suite without the entries whose components cannot be used.

    instead  generators that replace the suite's, if any; their relative paths are relative to the working
             folder

    Generators and metrics that serve none of the usable datasets are left out too. They are not in
    `unusable`, since nothing is wrong with them: the dataset that they need may be unusable.
    """
    maker = _ComponentMaker(catalog)
    datasets = maker.make_each(
        DatasetSpec.kind, suite.datasets, lambda entry: make_part(catalog, DatasetSpec, entry, suite.folder)
    )
    modalities = list_served_modalities([part for _, part in datasets])

    def select_generators(entries: Sequence[SuiteEntry], folder: Path) -> tuple[SuiteEntry, ...]:
        """Return the usable entries of generators that serve the datasets; paths are relative to `folder`."""
        pairs = maker.make_each(
            GeneratorSpec.kind,
            entries,
            lambda entry: make_generator(catalog, entry, folder, modalities, suite.seeds),
        )
        return tuple(entry for entry, part in pairs if part.component.serves(modalities))

    groups = maker.make_each(
        MetricSpec.kind, suite.metrics, lambda entry: make_group(entry, suite.folder, catalog, modalities)
    )
    usable = replace(
        suite,
        datasets=tuple(entry for entry, _ in datasets),
        generators=() if instead else select_generators(suite.generators, suite.folder),
        controls=None if suite.controls is None else select_generators(suite.controls, suite.folder),
        metrics=tuple(entry for entry, group in groups if _serves(group, modalities)),
    )
    replacements = select_generators(instead, Path.cwd())  # it may add entries to `maker.unusable`
    return UsableSuite(suite=usable, instead=replacements, unusable=tuple(maker.unusable))


@dataclass(frozen=True)
class _ComponentMaker:
    """Makes the components of a suite's entries, and adds to `unusable` the entries for which that fails."""

    catalog: Catalog
    unusable: list[UnusableEntry] = field(default_factory=list)

    def make_each(
        self, kind: str, entries: Sequence[_EntryT], make: Callable[[_EntryT], _MadeT]
    ) -> list[tuple[_EntryT, _MadeT]]:
        """Return (entry, what `make` returns for it) of each usable entry; add the others to `unusable`.

        kind  "dataset", "generator" or "metric"
        """
        pairs = []
        for entry in entries:
            try:
                pairs.append((entry, make(entry)))
            except (SuiteError, PluginError) as error:
                self.unusable.append(_describe_unusable(kind, entry, self.catalog, error))
        return pairs


def _serves(group: Group, modalities: frozenset[str]) -> bool:
    """Return whether the metric and its extractor serve the modalities."""
    return all(part.component.serves(modalities) for part in group.parts)


def _describe_unusable(kind: str, entry: SuiteEntry, catalog: Catalog, error: Exception) -> UnusableEntry:
    """Return an entry with the error that makes it unusable, and with two facts that explain the error.

    These are whether a component is unknown, and whether an option of the entry is a path. Options are read
    only after a SuiteError and without missing modules: a broken plugin cannot be imported.
    """
    uses = [(kind, entry.use)]  # the kind and the reference of each component that the entry names
    if isinstance(entry, MetricEntry) and entry.extractor is not None:
        uses.append(("extractor", entry.extractor.use))
    matching = [catalog.matches(*use) for use in uses]
    specs = [component.spec for components in matching for component in components]
    readable = [spec for spec in specs if isinstance(error, SuiteError) and not missing_needs(spec)]
    paths = {option.name for spec in readable for option in read_contract(spec).options if option.holds_paths}
    return UnusableEntry(
        kind=kind,
        entry=entry,
        error=str(error),
        is_unknown=not all(matching),
        has_path=not paths.isdisjoint(entry.options),
    )
