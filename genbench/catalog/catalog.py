"""The catalog: all components of installed plugins and plugin files, found by kind and reference."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from genbench.catalog.loader import Broken, Component, Owner, find_files, find_installed, load_plugin
from genbench.contract.specs import MetricSpec, Spec
from genbench.core.errors import SuiteError
from genbench.core.names import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

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
    """All components, in the order of their plugins, and the plugins that are broken."""

    components: tuple[Component, ...]
    broken: tuple[Broken, ...]

    def of_kind(self, kind: str) -> tuple[Component, ...]:
        """Return the components of a kind, sorted by name and distribution."""
        chosen = [component for component in self.components if component.kind == kind]
        return tuple(sorted(chosen, key=lambda c: (c.name, c.owner.distribution, c.owner.plugin)))

    def matches(self, kind: str, reference: str) -> tuple[Component, ...]:
        """Return the components of a kind that "[distribution:]name" can mean; a metric's outputs count."""
        distribution, _, name = reference.rpartition(":")
        return tuple(
            component
            for component in self.of_kind(kind)
            if name in component.names and distribution in ("", component.owner.distribution)
        )

    def find(self, kind: str, reference: str) -> Component:
        """Return the component of a kind that "[distribution:]name" means; names of a metric's outputs count.

        Raises SuiteError if there is none, or more than one, its plugin is broken, or it needs a module that
        is not installed.
        """
        found = self.matches(kind, reference)
        if not found:
            raise SuiteError(self.unknown(reference, kind))
        if len(found) > 1:
            raise SuiteError(_ambiguous(kind, reference, found))
        _refuse_missing(found[0])
        return found[0]

    def find_metric(self, reference: str) -> tuple[Component, tuple[str, ...]]:
        """Return a metric and the names of those of its outputs that "[distribution:]name" means.

        The name of an output means that output; the metric's own name, if no output has it, means all.
        Raises as `find` does.
        """
        component = self.find("metric", reference)
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
        notes = [
            f" (plugin {owner.plugin!r} of {owner.distribution} {owner.version} is broken: {reason})"
            for owner, reason in ((broken.owner, broken.reason) for broken in self.broken)
            if owner.distribution == distribution
        ]
        inside = [f"{owner}:{known}" for owner, known in names if owner == distribution]
        near = inside if inside or notes else [f"{owner}:{known}" for owner, known in names]
        hint = nearest(reference, near) if near else ""
        return f"no {kind or 'component'} {reference!r}{hint}{''.join(notes)}"

    def _broken_note(self) -> str:
        count = len(self.broken)
        if not count:
            return ""
        return f" ({count} {'plugin is' if count == 1 else 'plugins are'} broken: see genbench plugins)"


def load_catalog(files: Sequence[Path] = (), *, only: Sequence[str] | None = None) -> Catalog:
    """Return the components of the installed plugins and of the plugin `files`.

    `only` restricts the installed ones to these entry points or distributions; None means those in the
    environment variable GENBENCH_PLUGINS, or all if it is not set.
    Raises SuiteError if a file or a name in `only` does not exist; a plugin that fails is listed as broken.
    """
    return _loaded([*find_installed(only), *find_files(files)])


def load_files(files: Sequence[Path]) -> Catalog:
    """Return the components of the plugin `files` alone; raises as `load_catalog` does."""
    return _loaded(find_files(files))


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
    for owner, load in plugins:
        result = load_plugin(owner, load)
        if isinstance(result, Broken):
            broken.append(result)
        else:
            components += result
    return Catalog(tuple(components), tuple(broken))


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
    who = f"{component.kind} {component.name!r} of {component.owner.distribution}"
    for module in missing_needs(component.spec):
        install = component.spec.needs[module]
        raise SuiteError(f"{who} needs {module!r}, which is not installed; pip install '{install}'")
