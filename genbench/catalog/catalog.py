"""The catalog: all components of installed plugins and plugin files, found by kind and reference."""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import re
import sys
import time
import unicodedata
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from genbench.catalog.imports import find_module_paths, find_modules, find_unversioned_paths
from genbench.catalog.loader import (
    Broken,
    Component,
    Owner,
    find_installed_plugins,
    find_plugin_files,
    load_plugin,
    shorten_reference,
)
from genbench.catalog.local_modules import forget_edited, note_modules
from genbench.contract.specs import MetricSpec, Spec
from genbench.core.errors import SuiteError
from genbench.core.names import closest, join_names, suggest_names
from genbench.files.process_settings import keep_settings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from genbench.catalog.loader import LoadablePlugin

__all__ = [
    "PLUGIN_HINT", "Broken", "Catalog", "Component", "Owner", "catalog_of", "find_declaration", "find_fault",
    "load_catalog", "load_files", "missing_needs", "suggest_fault",
]  # fmt: skip

#: How a component is found that no installed plugin has.
PLUGIN_HINT = "--plugin FILE loads a plugin that is not installed"

#: A key of a metric's `expects`: a fault of its own distribution or genbench's, or "distribution:name" of
#: another; an extractor in brackets may follow, as in "noise[pixels]".
_FAULT_KEY = re.compile(r"((?:[a-z0-9-]+:)?[a-z0-9-]+)(\[[a-z0-9-]+\])?")

_T = TypeVar("_T")


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
        return tuple(component for component in self._sorted if component.kind == kind)

    @functools.cached_property
    def _sorted(self) -> Sequence[Component]:
        """The components, sorted by name, distribution and plugin."""
        return sorted(self.components, key=lambda c: (c.name, c.owner.distribution, c.owner.plugin))

    def matches(
        self, kind: str, reference: str, modalities: Collection[str] = (), *, home: str | None = None
    ) -> tuple[Component, ...]:
        """Return the components that "[distribution:]name" can mean, sorted by name and distribution.

        reference   NAME or DISTRIBUTION:NAME, of a component or of a metric's output
        modalities  of the data; if some of the components work on one of them, only these are returned
        home        the distribution whose spec contains the reference: if components of its own match, only
                    they are returned, of any modality, since a spec means its own components first
        """
        distribution, _, name = reference.rpartition(":")
        candidates = tuple(
            component
            for component in self.of_kind(kind)
            if name in component.names and distribution in ("", component.owner.distribution)
        )
        of_home = tuple(component for component in candidates if component.owner.distribution == home)
        serving = tuple(component for component in candidates if component.serves(modalities))
        # if no candidate works on the modalities, the caller reports that, so it gets all of them
        return of_home or serving or candidates

    def resolve_name(
        self, kind: str, reference: str, modalities: Collection[str] = (), *, home: str | None = None
    ) -> tuple[Component, ...]:
        """Return the components that a reference in a suite or a spec means: one, unless it is ambiguous.

        Of several `matches` of a bare name, genbench's own is meant. If a plugin file has the name, too, the
        reference stays ambiguous.
        """
        found = self.matches(kind, reference, modalities, home=home)
        if ":" in reference or any(component.owner.file_hash for component in found):
            return found
        return tuple(component for component in found if component.owner.is_genbench) or found

    def list_shadowed(self, component: Component, name: str, modalities: Collection[str]) -> list[str]:
        """Return the other distributions whose component a bare name does not mean, since genbench has one.

        component   genbench's own
        name        the bare name, which both components have
        modalities  of the data
        """
        namesakes = (other for other in self.of_kind(component.kind) if name in other.names)
        return sorted(
            {other.owner.distribution for other in namesakes if other.serves(modalities)}
            - {component.owner.distribution}
        )

    def find(self, kind: str, reference: str, modalities: Collection[str] = ()) -> Component:
        """Return the component of a kind that "[distribution:]name" means.

        reference   its name, or the name of an output of a metric
        modalities  of the data, none if unknown: they decide between components of one name

        Raises SuiteError if there is none, or more than one, its plugin is broken, or it needs a module that
        is not installed.
        """
        matching = self.resolve_name(kind, reference, modalities)
        if not matching:
            raise SuiteError(self.describe_unknown(reference, kind))
        if len(matching) > 1:
            raise SuiteError(_describe_ambiguity(kind, reference, matching))
        _check_needs(matching[0])
        return matching[0]

    def find_metric(
        self, reference: str, modalities: Collection[str] = ()
    ) -> tuple[Component, tuple[str, ...]]:
        """Return (metric, outputs): the metric that "[distribution:]name" means, and names of its outputs.

        The name of an output, such as "precision", means that output alone. The metric's own name means all
        outputs, unless one of them has the same name. Raises SuiteError if no metric or several match, its
        plugin is broken, or a module is not installed.
        """
        component = self.find("metric", reference, modalities)
        spec = component.spec
        outputs = tuple(output.name for output in spec.scores) if isinstance(spec, MetricSpec) else ()
        name = reference.rpartition(":")[2]
        return component, ((name,) if name in outputs else outputs)

    def describe_unknown(self, reference: str, kind: str | None = None) -> str:
        """Return the message for a reference that no component has, or none of this `kind`.

        It suggests a similar reference, and names a broken plugin, which may have the component. If the
        reference has a distribution, the suggestion has one too: "distribution:name".
        """
        distribution = reference.rpartition(":")[0]
        components = self.of_kind(kind) if kind else self.components
        broken = [plugin for plugin in self.broken if distribution in ("", plugin.owner.distribution)]
        references = [
            f"{c.owner.distribution}:{name}" if distribution else name for c in components for name in c.names
        ]
        of_distribution = [text for text in references if text.rpartition(":")[0] == distribution]
        # A broken plugin of this distribution may have the component, so no other distribution is suggested.
        suggestions = of_distribution if of_distribution or broken else references
        # Without suggestions, `suggest_names` gives "there is none", which is true only of all distributions.
        hint = suggest_names(reference, suggestions) if suggestions or not distribution else ""
        near = closest(reference, suggestions)
        told = _list_described(reference, components, is_abbreviation=near is not None)
        if told and (near is None or near.casefold() != reference.casefold()):
            hint = f"; did you mean {join_names(told)}?"
        elif near is None and not (distribution and broken):
            hint = f"{hint}; {PLUGIN_HINT}"
        other_plugins = f"; for {len(broken) - 1} more see genbench plugins" if broken[1:] else ""
        warning = f" ({_describe_broken(broken[0])}{other_plugins})" if broken else ""
        return f"no {kind or 'component'}{'' if distribution else ' named'} {reference!r}{hint}{warning}"


def _list_described(word: str, components: Iterable[Component], *, is_abbreviation: bool) -> list[str]:
    """Return the names of components whose summary has a word, in any case and without accents.

    is_abbreviation  only if the summary has it in capitals: FCD there is a better match for `fcd` than the
                     similar name fld
    """
    names = []
    for component in components:
        words = re.findall(r"[\w-]+", component.spec.summary)
        alike = [each for each in words if _fold(each) == _fold(word)]
        if any(each.isupper() for each in alike) if is_abbreviation else alike:
            names.append(component.name)
    return list(dict.fromkeys(names))


def _fold(text: str) -> str:
    """Return a text in small letters without accents: "fréchet" becomes "frechet"."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii").casefold()


def load_catalog(
    files: Sequence[str | Path] = (), *, only: Sequence[str] | None = None, allow_broken_files: bool = False
) -> Catalog:
    """Return the components of the installed plugins and of the plugin `files`.

    `only` restricts the installed ones to these entry points or distributions; None means those in the
    environment variable GENBENCH_PLUGINS, or all if it is not set.
    An installed plugin that fails is listed as broken; so is a file if `allow_broken_files`, and else it
    raises an error. A plugin whose modules were edited since their import, or that was installed anew, is
    imported again, except genbench's own. Raises SuiteError if a file or a name in `only` does not exist, or
    if a file fails.
    """
    paths = [Path(file) for file in files]
    plugins, points = find_plugin_files(paths), find_installed_plugins(only)
    for owner, _ in points:  # `find_plugin_files` notes the modules of plugin files itself
        with contextlib.suppress(OSError):  # the import of the plugin reports a file that cannot be read
            # a new version of a plugin may be installed in a session; genbench's own modules are in use here
            find_paths = find_unversioned_paths if owner.is_genbench else find_module_paths
            note_modules(dict(find_modules(owner.module, find_paths)))  # `forget_edited` compares the hashes
    # Edited modules are imported again: after all modules are noted, and before a plugin imports one of them.
    forget_edited()
    catalog = _load_plugins([*points, *plugins], paths)
    # The owner of a plugin file has a hash of the file; that of an installed plugin has none.
    broken_file = next((broken for broken in catalog.broken if broken.owner.file_hash), None)
    if broken_file is not None and not allow_broken_files:
        file = next(file for file in paths if file.stem == broken_file.owner.plugin)
        raise SuiteError(f"plugin file {file}: {broken_file.reason}")
    return catalog


def load_files(files: Sequence[Path]) -> Catalog:
    """Return the components of the plugin `files` alone; one that fails is listed as broken.

    The owner of a component has a hash of the code of its file and of the modules that the file imports. It
    is computed after all files were executed, since a file may change `sys.path`, and with it which modules
    are found. Raises SuiteError if a file does not exist.
    """
    plugins = find_plugin_files(files)
    forget_edited()  # modules that were edited since their import are imported again
    return _load_plugins(plugins, files)


def catalog_of(plugins: Mapping[str, object]) -> Catalog:
    """Return the components of plugin objects, given by distribution name, for notebooks and tests."""

    def make_loadable(name: str, plugin: object) -> LoadablePlugin:
        """Return the owner of a plugin object, and the function that loads it: here it returns the object.

        The owner names a version, and an object has none: "0" stands for it.
        """
        module = getattr(plugin, "__name__", type(plugin).__name__)
        return Owner(name, "0", name, module), lambda: plugin

    return _load_plugins(make_loadable(name, plugin) for name, plugin in plugins.items())


def missing_needs(spec: Spec) -> list[str]:
    """Return the modules that the component needs and that are not installed.

    It imports none of them, since heavy libraries take seconds.
    """

    def is_missing(module: str) -> bool:
        """Return whether the top-level package of a module is not installed."""
        top = module.partition(".")[0]  # looking for a submodule would import its parent
        # an imported module is asked for first: `find_spec` raises ValueError for one without a spec, such as
        # a module that a test has made
        return sys.modules.get(top) is None and importlib.util.find_spec(top) is None

    return [module for module in spec.needs if is_missing(module)]


def _load_plugins(plugins: Iterable[LoadablePlugin], files: Sequence[Path] = ()) -> Catalog:
    """Return the catalog of plugins, in their order; a plugin that fails is listed as broken.

    files  the plugin files among the plugins
    """
    components: list[Component] = []
    broken: list[Broken] = []
    load_s: dict[Owner, float] = {}
    changed: dict[Owner, tuple[str, ...]] = {}
    for owner, load in plugins:
        start = time.process_time()  # of the CPU: a busy machine hardly changes it
        # At the end of the block, `keep_settings` restores the settings of the process that the plugin has
        # changed, and adds their names to the list.
        with keep_settings() as changed_settings:
            result = load_plugin(owner, load)
        load_s[owner] = time.process_time() - start
        changed[owner] = tuple(changed_settings)
        if isinstance(result, Broken):
            broken.append(result)
        else:
            components += result
    # The owner of a file has a hash of the modules that the file imports. An executed file may have changed
    # sys.path, and with it which modules are found, so the owners of files are made again.
    owners = {owner.module: owner for owner, _ in find_plugin_files(files)}

    def current_owner(owner: Owner) -> Owner:
        """Return the new owner of a plugin file; the owner of another plugin stays as it is."""
        return owners.get(owner.module, owner)

    return Catalog(
        tuple(replace(component, owner=current_owner(component.owner)) for component in components),
        tuple(replace(plugin, owner=current_owner(plugin.owner)) for plugin in broken),
        {current_owner(owner): seconds for owner, seconds in load_s.items()},
        {current_owner(owner): names for owner, names in changed.items()},
    )


def _describe_broken(broken: Broken) -> str:
    """Return a broken plugin, with the reason, for messages."""
    owner = broken.owner
    return f"plugin {owner.plugin!r} of {owner.distribution} {owner.version} is broken: {broken.reason}"


def _describe_ambiguity(kind: str, reference: str, matching: Sequence[Component]) -> str:
    """Return the message for a reference that means several components."""
    choices = sorted({f"{c.owner.distribution}:{reference.rpartition(':')[2]}" for c in matching})
    if len(choices) > 1:
        owners = " and ".join(sorted({component.owner.distribution for component in matching}))
        return f"{kind} {reference!r} is in {owners}; name one of them: {' or '.join(choices)}"
    # Two plugins of one distribution have the name, so no reference can choose between them.
    plugins = " and ".join(repr(component.owner.plugin) for component in matching)
    return (
        f"{kind} {reference!r} is twice in {matching[0].owner.distribution}, in its plugins {plugins}; "
        "one of them must be renamed"
    )


def _check_needs(component: Component) -> None:
    """Raise SuiteError if a module that the component needs is not installed."""
    for module in missing_needs(component.spec):
        install = component.spec.needs[module]
        raise SuiteError(f"{component.who} needs {module!r}, which is not installed; pip install '{install}'")


def find_fault(key: str, known: Collection[str], home: str) -> tuple[str | None, str]:
    """Return (fault, extractor) of a key of a metric's `expects`, such as "noise[pixels]".

    A fault is a defect that a plugin can plant in real data. Its reference is "distribution:name", or the
    name alone for a fault of genbench.

    fault      the reference of the known fault, or None if the key means none
    extractor  the "[pixels]" of the key, or ""

    known  the references of all faults
    home   the distribution of the metric: its own fault precedes genbench's of the same name
    """
    match = _FAULT_KEY.fullmatch(key)
    if match is None:
        return None, ""
    candidates = (f"{home}:{match[1]}", shorten_reference(match[1]))
    return next((name for name in candidates if name in known), None), match[2] or ""


def suggest_fault(key: str, known: Collection[str]) -> str:
    """Return the end of a message about a key that means no known fault, a defect planted in real data.

    key    of a metric's `expects`, its expected results by fault, such as "noise[pixels]"
    known  the references of all faults: "distribution:name", or the name alone for a fault of genbench

    It suggests the fault of this name in another distribution, else the fault with the most similar
    reference, else that with the most similar name. If several have the name, it suggests genbench's.
    """
    fault = key.partition("[")[0]
    name = _name_alone(fault)
    # Of several faults of one name, the dict keeps the last, so genbench's, which have no colon, go last.
    in_order = sorted(known, key=lambda reference: (":" not in reference, reference))
    by_name = {_name_alone(reference): reference for reference in in_order}
    suggestion = by_name.get(name) or closest(fault, known) or by_name.get(closest(name, by_name) or "")
    return f"; did you mean {suggestion!r}?" if suggestion else suggest_names(fault, known)


def find_declaration(declared: Mapping[str, _T], fault: str, extractor: str | None) -> _T | None:
    """Return what a metric declares for "fault[extractor]", else what it declares for the fault, else None.

    declared  values by key of the metric's `expects`: "fault", or "fault[extractor]"
    """
    return declared.get(f"{fault}[{extractor}]", declared.get(fault))


def _name_alone(reference: str) -> str:
    """Return the name in a reference, without its distribution."""
    return reference.rpartition(":")[2]
