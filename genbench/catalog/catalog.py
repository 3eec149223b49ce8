"""The catalog: all components of installed plugins and plugin files, found by kind and reference."""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import sys
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from genbench.catalog.edited_modules import forget_edited, note_modules
from genbench.catalog.imports import modules_at
from genbench.catalog.loader import Broken, Component, Owner, find_files, find_installed, load_plugin
from genbench.catalog.unversioned import unversioned_places
from genbench.contract.specs import MetricSpec, Spec
from genbench.core.errors import SuiteError
from genbench.core.names import nearest
from genbench.files.process_settings import restored

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from genbench.catalog.loader import Found

__all__ = [
    "Broken",
    "Catalog",
    "Component",
    "Owner",
    "catalog_of",
    "load_catalog",
    "load_files",
    "missing_needs",
]


@dataclass(frozen=True)
class Catalog:
    """All components, in the order of their plugins, and the plugins that are broken.

    load_s  the seconds of CPU time that the import of each plugin and its hooks took, by owner: unlike the
            seconds of a clock, they are about the same on a busy machine
    changed  the settings of the process that the import of each plugin changed, by owner; they were restored
    """

    components: tuple[Component, ...]
    broken: tuple[Broken, ...]
    load_s: Mapping[Owner, float] = field(default_factory=dict, compare=False)
    changed: Mapping[Owner, tuple[str, ...]] = field(default_factory=dict, compare=False)

    def of_kind(self, kind: str) -> tuple[Component, ...]:
        """Return the components of a kind, sorted by name and distribution."""
        return self._by_kind.get(kind, ())

    @functools.cached_property
    def _by_kind(self) -> Mapping[str, tuple[Component, ...]]:
        kinds: dict[str, list[Component]] = {}
        for component in sorted(
            self.components, key=lambda c: (c.name, c.owner.distribution, c.owner.plugin)
        ):
            kinds.setdefault(component.kind, []).append(component)
        return {kind: tuple(components) for kind, components in kinds.items()}

    def matches(
        self, kind: str, reference: str, modalities: Collection[str] = (), *, home: str | None = None
    ) -> tuple[Component, ...]:
        """Return the components of a kind that "[distribution:]name" can mean; a metric's outputs count.

        modalities  of the data, none if unknown: of several components, only those that serve one are meant
        home        the distribution whose specs have the reference: its own component is meant, if it has one
        """
        distribution, _, name = reference.rpartition(":")
        found = tuple(
            component
            for component in self.of_kind(kind)
            if name in component.names and distribution in ("", component.owner.distribution)
        )
        own = tuple(component for component in found if component.owner.distribution == home)
        return own or tuple(each for each in found if each.serves(modalities)) or found

    def find(self, kind: str, reference: str, modalities: Collection[str] = ()) -> Component:
        """Return the component of a kind that "[distribution:]name" means; names of a metric's outputs count.

        modalities  of the data, none if unknown: they decide between components of one name

        Raises SuiteError if there is none, or more than one, its plugin is broken, or it needs a module that
        is not installed.
        """
        found = self.matches(kind, reference, modalities)
        if not found:
            raise SuiteError(self.unknown(reference, kind))
        if len(found) > 1:
            raise SuiteError(_ambiguous(kind, reference, found))
        _refuse_missing(found[0])
        return found[0]

    def find_metric(
        self, reference: str, modalities: Collection[str] = ()
    ) -> tuple[Component, tuple[str, ...]]:
        """Return a metric and the names of those of its outputs that "[distribution:]name" means.

        The name of an output means that output; the metric's own name, if no output has it, means all.
        Raises as `find` does.
        """
        component = self.find("metric", reference, modalities)
        spec = component.spec
        outputs = tuple(output.name for output in spec.scores) if isinstance(spec, MetricSpec) else ()
        name = reference.rpartition(":")[2]
        return component, ((name,) if name in outputs else outputs)

    def unknown(self, reference: str, kind: str | None = None) -> str:
        """Return the message for a reference that no component, or none of a `kind`, has."""
        distribution, _, name = reference.rpartition(":")
        among = self.of_kind(kind) if kind else self.components
        names = [(c.owner.distribution, known) for c in among for known in c.names]
        if not distribution:
            hint = nearest(name, [known for _, known in names])
            return f"no {kind or 'component'} named {name!r}{hint}{self._broken_note()}"
        own = [each for each in self.broken if each.owner.distribution == distribution]
        notes = [f" ({_describe_broken(each)})" for each in own]
        inside = [f"{owner}:{known}" for owner, known in names if owner == distribution]
        near = inside if inside or notes else [f"{owner}:{known}" for owner, known in names]
        hint = nearest(reference, near) if near else ""
        return f"no {kind or 'component'} {reference!r}{hint}{''.join(notes)}"

    def _broken_note(self) -> str:
        if not self.broken:
            return ""
        others = len(self.broken) - 1
        more = f"; for {others} more see genbench plugins" if others else ""
        return f" ({_describe_broken(self.broken[0])}{more})"


def load_catalog(
    files: Sequence[str | Path] = (), *, only: Sequence[str] | None = None, allow_broken_files: bool = False
) -> Catalog:
    """Return the components of the installed plugins and of the plugin `files`.

    `only` restricts the installed ones to these entry points or distributions; None means those in the
    environment variable GENBENCH_PLUGINS, or all if it is not set.
    An installed plugin that fails is listed as broken, and a file only if `allow_broken_files`. Modules that
    no version stands for, and that were edited since they were imported, are imported again.
    Raises SuiteError if a file or a name in `only` does not exist, or if a file fails.
    """
    paths = [Path(file) for file in files]
    plugins, points = find_files(paths), find_installed(only)
    for owner, _ in points:
        with contextlib.suppress(OSError):  # a file that cannot be read is told when the plugin is used
            note_modules(dict(modules_at(owner.module, unversioned_places)))
    forget_edited()
    installed, given = _loaded(points), _executed(paths, plugins)
    if given.broken and not allow_broken_files:
        first = given.broken[0]
        file = next(file for file in paths if file.stem == first.owner.plugin)
        raise SuiteError(f"plugin file {file}: {first.reason}")
    return _joined([installed, given])


def load_files(files: Sequence[Path]) -> Catalog:
    """Return the components of the plugin `files` alone; one that fails is listed as broken.

    Their owners contain the hash of the code that the imports mean after all files were executed, since a
    file may change `sys.path`. Raises SuiteError if a file does not exist.
    """
    plugins = find_files(files)
    forget_edited()
    return _executed(files, plugins)


def _executed(files: Sequence[Path], plugins: Iterable[Found]) -> Catalog:
    loaded = [_loaded([plugin]) for plugin in plugins]
    owners = [owner for owner, _ in find_files(files)]
    return _joined([_of_owner(owner, catalog) for owner, catalog in zip(owners, loaded, strict=True)])


def catalog_of(plugins: Mapping[str, object]) -> Catalog:
    """Return the components of plugin objects, given by distribution name, for notebooks and tests."""

    def found(name: str, plugin: object) -> Found:
        module = getattr(plugin, "__name__", type(plugin).__name__)
        return Owner(name, "0", name, module), lambda: plugin

    return _loaded(found(name, plugin) for name, plugin in plugins.items())


def missing_needs(spec: Spec) -> list[str]:
    """Return the modules that the component needs and that are not installed; none is imported."""

    def is_missing(module: str) -> bool:
        top = module.partition(".")[0]  # looking for a submodule would import its parent
        return sys.modules.get(top) is None and importlib.util.find_spec(top) is None

    return [module for module in spec.needs if is_missing(module)]


def _loaded(plugins: Iterable[Found]) -> Catalog:
    components: list[Component] = []
    broken: list[Broken] = []
    load_s: dict[Owner, float] = {}
    changed: dict[Owner, tuple[str, ...]] = {}
    for owner, load in plugins:
        start = time.process_time()
        with restored() as names:
            result = load_plugin(owner, load)
        load_s[owner], changed[owner] = time.process_time() - start, tuple(names)
        if isinstance(result, Broken):
            broken.append(result)
        else:
            components += result
    return Catalog(tuple(components), tuple(broken), load_s, changed)


def _of_owner(owner: Owner, catalog: Catalog) -> Catalog:
    """Return the catalog of one plugin with another owner."""
    return Catalog(
        tuple(replace(each, owner=owner) for each in catalog.components),
        tuple(replace(each, owner=owner) for each in catalog.broken),
        dict.fromkeys([owner], sum(catalog.load_s.values())),
        dict.fromkeys([owner], tuple(name for names in catalog.changed.values() for name in names)),
    )


def _joined(catalogs: Sequence[Catalog]) -> Catalog:
    return Catalog(
        tuple(component for catalog in catalogs for component in catalog.components),
        tuple(broken for catalog in catalogs for broken in catalog.broken),
        {owner: seconds for catalog in catalogs for owner, seconds in catalog.load_s.items()},
        {owner: names for catalog in catalogs for owner, names in catalog.changed.items()},
    )


def _describe_broken(broken: Broken) -> str:
    owner = broken.owner
    return f"plugin {owner.plugin!r} of {owner.distribution} {owner.version} is broken: {broken.reason}"


def _ambiguous(kind: str, reference: str, found: Sequence[Component]) -> str:
    choices = sorted({f"{c.owner.distribution}:{reference.rpartition(':')[2]}" for c in found})
    if len(choices) > 1:
        owners = " and ".join(sorted({component.owner.distribution for component in found}))
        return f"{kind} {reference!r} is in {owners}; name one of them: {' or '.join(choices)}"
    plugins = " and ".join(repr(component.owner.plugin) for component in found)
    return (
        f"{kind} {reference!r} is twice in {found[0].owner.distribution}, in its plugins {plugins}; "
        "one of them must be renamed"
    )


def _refuse_missing(component: Component) -> None:
    for module in missing_needs(component.spec):
        install = component.spec.needs[module]
        raise SuiteError(f"{component.who} needs {module!r}, which is not installed; pip install '{install}'")
