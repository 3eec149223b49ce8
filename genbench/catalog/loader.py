"""The plugin loader: finds plugins, checks their hooks, and collects their specs or the reason of a failure.

Each plugin has its own pluggy manager, and an error of one, SystemExit included, does not affect the others.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import os
import re
import sys
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import pluggy

from genbench._version import __version__
from genbench.catalog.local_modules import LocalModules, note_modules, read_local_modules
from genbench.contract import hookspecs
from genbench.contract.hookspecs import HOOKS, PROJECT
from genbench.contract.specs import MetricSpec, Spec
from genbench.core.errors import PluginError, SuiteError, describe_error, read_message
from genbench.core.names import file_version, suggest_names

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from importlib.machinery import ModuleSpec
    from importlib.metadata import EntryPoint
    from pathlib import Path
    from types import CodeType

    from packaging.requirements import Requirement

__all__ = [
    "RESTRICT", "Broken", "Component", "LoadablePlugin", "Owner", "check_requirements",
    "find_installed_plugins", "find_plugin_files", "load_plugin", "shorten_reference",
]  # fmt: skip

#: The environment variable that restricts which installed plugins are loaded: "a,b"; "" means none.
RESTRICT = "GENBENCH_PLUGINS"

#: The beginning of a requirement of genbench itself.
_REQUIREMENT = re.compile(rf"{PROJECT}(?![\w.-])", re.IGNORECASE)

#: The operators of a requirement that an older version does not meet.
_LOWER_BOUNDS = (">", ">=", "~=", "==", "===")

#: The owner of a plugin, and the function that imports the plugin and returns it.
LoadablePlugin: TypeAlias = "tuple[Owner, Callable[[], Any]]"


def find_installed_plugins(only: Iterable[str] | None = None) -> list[LoadablePlugin]:
    """Return the installed plugins, sorted by distribution and name: the owner and the loader of each.

    `only` holds names of entry points or distributions; None means those in the environment variable
    GENBENCH_PLUGINS, or all if it is not set. Raises SuiteError if one of the names is not installed.
    """
    from importlib.metadata import entry_points

    by_name: dict[tuple[str, str], LoadablePlugin] = {}
    for point in entry_points(group=PROJECT):
        owner = _read_owner(point)
        load = functools.partial(_load_point, point, owner)
        # A distribution may be found twice; Python imports the first one.
        by_name.setdefault((owner.distribution, owner.plugin), (owner, load))
    plugins = [by_name[key] for key in sorted(by_name)]
    names = _read_restriction() if only is None else list(only)
    return plugins if names is None else _select_plugins(plugins, names)


def find_plugin_files(files: Sequence[Path]) -> list[LoadablePlugin]:
    """Return the plugins in Python files, in the order given.

    Each is imported as the module genbench_plugin_STEM and registered in sys.modules, so that its objects
    can be pickled by reference; a process that unpickles them has to load the same file first. The modules
    that it imports from its own folder count as its code.

    Raises SuiteError if a file does not exist or is not a .py file, if two files, or modules of two folders,
    have one name, and if a file has the name of an installed distribution: leaderboards could not tell them
    apart.
    """
    plugins: dict[str, LoadablePlugin] = {}
    local_paths: dict[str, Path] = {}  # of the modules beside the files, by name
    for file in files:
        if not file.is_file() or file.suffix != ".py":
            raise SuiteError(f"plugin file {file}: expected an existing .py file")
        owner, modules = _read_file_owner(file)
        note_modules(modules.files)  # so that a later load imports them again if they were edited
        if owner.distribution == PROJECT or _is_installed(owner.distribution):
            raise SuiteError(f"plugin file {file}: {owner.distribution} is installed; rename the file")
        if owner.module in plugins:
            raise SuiteError(f"plugin file {file}: another plugin file bears that name; rename one of them")
        for name, path in modules.top_level_paths.items():
            # `setdefault` returns the path of an earlier plugin file, if one has a module of this name
            if local_paths.setdefault(name, path) != path:
                raise SuiteError(
                    f"plugin file {file}: its module {path} has the name of {local_paths[name]}, which "
                    f"another plugin file imports; rename one of them"
                )
        plugins[owner.module] = (owner, functools.partial(_load_file, owner.module, file, modules))
    return list(plugins.values())


def _read_owner(point: EntryPoint) -> Owner:
    """Return the owner of an entry point; a distribution without metadata is "unknown", version "0"."""
    fields = {"Name": "unknown", "Version": "0"}
    # without metadata, older versions of importlib.metadata give None, and newer ones raise FileNotFoundError
    with contextlib.suppress(FileNotFoundError):
        metadata = None if point.dist is None else point.dist.metadata
        fields |= {name: metadata[name] for name in fields if metadata is not None and name in metadata}
    module = point.value.partition(":")[0].strip()
    return Owner(_normalise_name(fields["Name"]), fields["Version"], point.name, module)


def _load_point(point: EntryPoint, owner: Owner) -> Any:
    """Return the plugin of an entry point; raise PluginError if it requires another version of genbench."""
    if point.dist is not None and owner.distribution != PROJECT:  # genbench's own plugins fit its version
        check_requirements(point.dist.requires or (), owner.distribution)
    return point.load()


def _read_file_owner(file: Path) -> tuple[Owner, LocalModules]:
    """Return the owner of a plugin file, and the local modules that it imports.

    Raises SuiteError if the file or one of the modules cannot be read.
    """
    try:
        modules = read_local_modules(file)
        sha256 = modules.sha256(file.read_bytes())
    except OSError as error:
        # an error without a file name, or with the plugin file's name, is of the plugin file itself
        module = "" if error.filename in (None, str(file.resolve())) else f"its module {error.filename} "
        raise SuiteError(
            f"plugin file {file}: {module}cannot be read: {error.strerror}; expected a readable .py file"
        ) from error
    name = _normalise_name(file.stem)
    module = f"genbench_plugin_{name.replace('-', '_')}"
    return Owner(name, file_version(sha256), file.stem, module, file_hash=sha256), modules


def _is_installed(name: str) -> bool:
    """Return whether a distribution of this name is installed."""
    from importlib.metadata import distributions

    return any(True for _ in distributions(name=name))


def _normalise_name(name: str) -> str:
    """Return a distribution's normalised name: lower case, a dash for each run of other characters."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "unnamed"


def _read_restriction() -> list[str] | None:
    """Return the names in GENBENCH_PLUGINS, or None if it is not set."""
    value = os.environ.get(RESTRICT)
    return None if value is None else [name.strip() for name in value.split(",") if name.strip()]


def _select_plugins(plugins: list[LoadablePlugin], names: list[str]) -> list[LoadablePlugin]:
    """Return the plugins whose entry point or distribution is named; raise SuiteError for an unknown name."""
    known = {name for owner, _ in plugins for name in (owner.plugin, owner.distribution)}
    for name in names:
        if name not in known and _normalise_name(name) not in known:
            raise SuiteError(
                f"{RESTRICT}: no plugin or distribution is named {name!r}{suggest_names(name, known)}"
            )
    selected = {*names, *map(_normalise_name, names)}
    return [(owner, load) for owner, load in plugins if {owner.plugin, owner.distribution} & selected]


class _SourceLoader(SourceFileLoader):
    """Compiles a plugin file each time: Python's cache takes one of equal size and second for unchanged."""

    def get_code(self, fullname: str) -> CodeType:
        """Return the compiled code of the file as it is now.

        Python's cache (.pyc) is not read: it may be of a version of equal size that was written in the same
        second.
        """
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


def _load_file(module_name: str, file: Path, modules: LocalModules) -> Any:
    """Import a plugin file as a module of this name, and return the module.

    modules  the modules in the file's own folder that it imports

    Raises PluginError if Python finds another module under the name of one in the file's folder.
    """
    modules.make_importable()  # before the file is executed, which imports them
    # an absolute path, since the process of a trial works in another folder
    loader = _SourceLoader(module_name, str(file.absolute()))
    # the cast is for type checkers: the result is None only for a loader without a file
    spec = cast("ModuleSpec", importlib.util.spec_from_loader(module_name, loader))
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    try:
        loader.exec_module(module)
        modules.check_precedence()
    except BaseException:  # no later import may find half a module
        del sys.modules[module_name]
        raise
    return module


@dataclass(frozen=True)
class Owner:
    """The owner of a component.

    distribution  normalised name of the distribution, or the stem of a plugin file
    version       the distribution's, or "0+" and a hash of the plugin file with the modules that it imports
                  from its folder (its code)
    plugin        name of the entry point, or the stem of the file
    module        the module that holds the hooks
    file_hash     the full hash of that code, 64 hex digits, in signatures and keys; "" if installed
    """

    distribution: str
    version: str
    plugin: str
    module: str
    file_hash: str = ""

    @property
    def is_genbench(self) -> bool:
        """Whether the owner is genbench itself, and no plugin file of that name."""
        return self.distribution == PROJECT and not self.file_hash

    def qualify(self, name: str | None) -> str | None:
        """Return a name in a spec of the owner as "distribution:name".

        A bare name gets the owner's distribution; a qualified name, and None, stay as they are.
        """
        return name if name is None or ":" in name else f"{self.distribution}:{name}"


def shorten_reference(name: str) -> str:
    """Return a reference without "genbench:" in front; other references stay as they are."""
    return name.removeprefix(f"{PROJECT}:")


@dataclass(frozen=True)
class Component:
    """A spec and its owner."""

    spec: Spec
    owner: Owner

    @property
    def kind(self) -> str:
        """One of modality, dataset, extractor, generator, metric, fault, executor and listener."""
        return self.spec.kind

    @property
    def name(self) -> str:
        """The name in its spec."""
        return self.spec.name

    @property
    def reference(self) -> str:
        """The qualified reference, "distribution:name"."""
        return f"{self.owner.distribution}:{self.name}"

    @property
    def who(self) -> str:
        """Its kind, name and distribution, as messages name it: "metric 'fid' of genbench"."""
        return f"{self.kind} {self.name!r} of {self.owner.distribution}"

    @property
    def modalities(self) -> frozenset[str]:
        """The references that the modalities in its spec can mean; an empty set stands for all modalities.

        A bare name means a modality of genbench, whose reference is that name, or one of the component's own
        distribution. Other names are qualified: "distribution:name".
        """
        names = self.spec.modalities
        return frozenset(shorten_reference(name) for name in names) | frozenset(
            f"{self.owner.distribution}:{name}" for name in names if ":" not in name
        )

    def serves(self, modalities: Collection[str]) -> bool:
        """Return whether the component works on one of these modalities.

        Without `modalities`, any will do; a component without modalities of its own works on all.
        """
        return not modalities or not self.modalities or bool(self.modalities.intersection(modalities))

    @functools.cached_property
    def names(self) -> tuple[str, ...]:
        """All its names: its own, then the names of a metric's outputs."""
        outputs = self.spec.scores if isinstance(self.spec, MetricSpec) else ()
        # without duplicates: an output may have the name of its metric
        return tuple(dict.fromkeys((self.name, *(output.name for output in outputs))))


@dataclass(frozen=True)
class Broken:
    """A plugin that could not be loaded, with the reason in one line."""

    owner: Owner
    reason: str


def load_plugin(owner: Owner, load: Callable[[], Any]) -> tuple[Component, ...] | Broken:
    """Return the components of the plugin that `load` returns, or a Broken with the reason of a failure.

    It raises only KeyboardInterrupt, so that a broken plugin does not keep others from being loaded.
    """
    try:
        components = tuple(Component(spec, owner) for spec in _collect_specs(load()))
        _check_names(components)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a plugin may raise anything, SystemExit included
        return Broken(owner, _describe_error(error))
    return components


def _collect_specs(plugin: Any) -> list[Spec]:
    """Return the specs that all hooks of a plugin return, in the order of HOOKS.

    Raises PluginError for a hook that is wrong or fails, and for a plugin without specs.
    """
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.register(plugin)
    _check_hooks(manager, plugin)
    specs = [spec for hook in HOOKS for spec in _call_hook(manager, hook)]
    if not specs:
        raise PluginError(f"it gives no component; expected functions with @hookimpl: {', '.join(HOOKS)}")
    return specs


def _check_hooks(manager: pluggy.PluginManager, plugin: Any) -> None:
    """Raise PluginError for a hook of an unknown name, or for one that is not decorated with @hookimpl."""
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        # pluggy has added an attribute for each hook that the plugin implements, known or not; the message
        # names the first unknown one
        unknown = min(set(vars(manager.hook)) - set(HOOKS))
        raise PluginError(f"unknown hook {unknown!r}{suggest_names(unknown, HOOKS)}") from error
    for hook in HOOKS:
        if callable(getattr(plugin, hook, None)) and not getattr(manager.hook, hook).get_hookimpls():
            raise PluginError(
                f"{hook} is not decorated; write @hookimpl above it (from genbench import hookimpl)"
            )


def _call_hook(manager: pluggy.PluginManager, hook: str) -> list[Spec]:
    """Return the specs that one hook returns, also if it returns one spec and no list.

    Raises PluginError if it fails, or returns anything but specs of its kind.
    """
    specs: list[Spec] = []
    try:
        for result in getattr(manager.hook, hook)():
            specs += [result] if isinstance(result, Spec) else result
    except PluginError as error:
        raise PluginError(f"{hook}: {error}") from error
    except Exception as error:  # a hook is a stranger's code
        raise PluginError(f"{hook} raised {describe_error(error)}") from error
    for spec in specs:
        if not isinstance(spec, Spec) or spec.kind != HOOKS[hook]:
            expected = f"{HOOKS[hook].capitalize()}Specs"
            raise PluginError(f"{hook} returned a {type(spec).__name__}; expected only {expected}")
    return specs


def _check_names(components: Iterable[Component]) -> None:
    """Raise PluginError if two components of one kind have one name, their outputs included.

    A suite could not tell them apart.
    """
    seen: set[tuple[str, str]] = set()
    for component in components:
        names = {(component.kind, name) for name in component.names}
        if seen & names:
            raise PluginError(f"it has two {component.kind}s named {min(seen & names)[1]!r}; rename one")
        seen |= names


def _describe_error(error: BaseException) -> str:
    """Return why a plugin could not be loaded, in one line."""
    if isinstance(error, SystemExit):
        return f"it called sys.exit({error.code!r}) while it was loaded"
    text = read_message(error) if isinstance(error, PluginError) else describe_error(error)
    return " ".join(text.split())


def check_requirements(requires: Sequence[str], distribution: str, version: str = __version__) -> None:
    """Raise PluginError if a distribution requires another version of genbench than `version`.

    requires  the requirements of the distribution, as in its metadata
    """
    from packaging.requirements import Requirement

    for text in filter(_REQUIREMENT.match, requires):  # "genbench>=1", but not "genbench-tools>=1"
        requirement = Requirement(text)
        # Evaluated without an extra, so a requirement of an extra does not apply.
        applies = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        # prereleases=True, so that a release candidate counts by its place in the order of versions
        if applies and not requirement.specifier.contains(version, prereleases=True):
            raise PluginError(
                f"its distribution says {PROJECT}{requirement.specifier}, this is {version}; "
                f"pip install -U {PROJECT if _is_older(version, requirement) else distribution}"
            )


def _is_older(version: str, requirement: Requirement) -> bool:
    """Return whether a version that does not meet a requirement is below it, and not above."""
    from packaging.version import Version

    # "==1.2.*" is compared as 1.2, since "1.2.*" is no version
    bounds = [
        part.version.removesuffix(".*") for part in requirement.specifier if part.operator in _LOWER_BOUNDS
    ]
    return any(Version(version) < Version(bound) for bound in bounds)
