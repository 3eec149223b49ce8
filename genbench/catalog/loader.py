"""One plugin at a time: loaded, its hooks checked, its specs collected; or broken, with the reason.

Every plugin gets a pluggy manager of its own, and whatever it raises, SystemExit included, stays with it.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pluggy

from genbench.contract import hookspecs
from genbench.contract.hookspecs import HOOKS, PROJECT
from genbench.contract.specs import DatasetSpec, ExecutorSpec, ExtractorSpec, GeneratorSpec, MetricSpec, Spec
from genbench.core.errors import PluginError
from genbench.core.names import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["Broken", "Component", "Owner", "load_plugin"]

_SPECS: dict[str, type[Spec]] = {
    spec.kind: spec for spec in (DatasetSpec, ExtractorSpec, GeneratorSpec, MetricSpec, ExecutorSpec)
}


@dataclass(frozen=True)
class Owner:
    """Whose a component is.

    distribution  normalised name of the distribution, or the stem of a plugin file
    version       the distribution's, or "0+" and the first 8 hex digits of the file's SHA-256
    plugin        name of the entry point, or the stem of the file
    module        the module that holds the hooks
    """

    distribution: str
    version: str
    plugin: str
    module: str


@dataclass(frozen=True)
class Component:
    """A spec and its owner."""

    spec: Spec
    owner: Owner

    @property
    def kind(self) -> str:
        """One of dataset, extractor, generator, metric and executor."""
        return self.spec.kind

    @property
    def name(self) -> str:
        """The name that its spec gives it."""
        return self.spec.name

    @property
    def reference(self) -> str:
        """What always finds it: "distribution:name"."""
        return f"{self.owner.distribution}:{self.name}"

    @property
    def names(self) -> tuple[str, ...]:
        """All names it can be found by: its own, then those of a metric's outputs."""
        outputs = self.spec.scores if isinstance(self.spec, MetricSpec) else ()
        return tuple(dict.fromkeys((self.name, *(output.name for output in outputs))))


@dataclass(frozen=True)
class Broken:
    """A plugin that could not be loaded, why in one line, and the whole traceback."""

    owner: Owner
    reason: str
    traceback: str


def load_plugin(owner: Owner, load: Callable[[], Any]) -> tuple[Component, ...] | Broken:
    """Return the components of the plugin that `load` returns, or why there are none.

    Only KeyboardInterrupt is let through.
    """
    try:
        components = tuple(Component(spec, owner) for spec in _specs(load()))
        _check_names(components)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return Broken(owner, _reason(error), traceback.format_exc())
    return components


def _specs(plugin: Any) -> list[Spec]:
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.register(plugin)
    _check_hooks(manager, plugin)
    specs = [spec for hook in HOOKS for spec in _called(manager, hook)]
    if not specs:
        raise PluginError(f"it gives no component; expected functions with @hookimpl: {', '.join(HOOKS)}")
    return specs


def _check_hooks(manager: pluggy.PluginManager, plugin: Any) -> None:
    """Raise PluginError for a hook that pluggy does not know, or that it would not see."""
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        unknown = min(set(vars(manager.hook)) - set(HOOKS))
        raise PluginError(f"unknown hook {unknown!r}{nearest(unknown, HOOKS)}") from error
    for hook in HOOKS:
        if callable(getattr(plugin, hook, None)) and not getattr(manager.hook, hook).get_hookimpls():
            raise PluginError(f"{hook} is not decorated with @hookimpl (from genbench import hookimpl)")


def _called(manager: pluggy.PluginManager, hook: str) -> list[Spec]:
    expected = _SPECS[HOOKS[hook]]
    specs: list[Spec] = []
    try:
        for result in getattr(manager.hook, hook)():
            specs += [result] if isinstance(result, Spec) else result
    except Exception as error:
        raise PluginError(f"{hook} raised {type(error).__name__}: {error}") from error
    for spec in specs:
        if not isinstance(spec, expected):
            raise PluginError(f"{hook} returned a {type(spec).__name__}; expected only {expected.__name__}s")
    return specs


def _check_names(components: Iterable[Component]) -> None:
    seen: set[tuple[str, str]] = set()
    for component in components:
        names = {(component.kind, name) for name in component.names}
        if seen & names:
            raise PluginError(f"it has two {component.kind}s named {min(seen & names)[1]!r}")
        seen |= names


def _reason(error: BaseException) -> str:
    if isinstance(error, SystemExit):
        return f"it called sys.exit({error.code!r}) while it was loaded"
    text = " ".join(str(error).split())
    if isinstance(error, PluginError):
        return text
    return f"{type(error).__name__}: {text}".removesuffix(": ")
