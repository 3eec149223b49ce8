"""The needs and the state of each component: whether it can be used, and what it lacks."""

from __future__ import annotations

import functools
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from genbench.catalog.catalog import missing_needs
from genbench.catalog.code import find_package
from genbench.catalog.imports import find_module, read_reached_sources
from genbench.contract.assets import is_fetched
from genbench.contract.signature import read_contract
from genbench.core.errors import PluginError, read_message
from genbench.core.limits import bytes_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from genbench.catalog.catalog import Catalog, Component
    from genbench.contract.assets import Asset
    from genbench.contract.signature import Contract

__all__ = ["STATUSES", "Needs", "State", "Status", "find_state", "read_needs"]

Status = Literal["ok", "slow import", "ambiguous", "not fetched", "missing module", "broken"]

#: All statuses, from the best to the worst.
STATUSES: tuple[Status, ...] = get_args(Status)

#: Seconds of CPU time from which an import is slow: every command that loads plugins waits for it.
_SLOW_S = 1.0

_ASSET = re.compile(rb"\bAsset\b")


@dataclass(frozen=True)
class State:
    """Whether a component can be used; `str` gives "ok", "slow import (8 s)" or "broken: the reason".

    detail  "" if it can be used; else what to install or to fetch, why it is broken, where else its name is,
            or how long the import of its plugin took
    """

    status: Status
    detail: str = ""

    def __str__(self) -> str:
        """Return the status and its detail: "ok", "slow import (8 s)" or "broken: the reason"."""
        if self.status == "slow import":  # its detail is a time, no reason
            return f"{self.status} ({self.detail})"
        return f"{self.status}: {self.detail}" if self.detail else self.status


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What a component needs, and why it cannot be used.

    missing   its optional modules that are not installed
    contract  inputs and options; None if a module is missing, its code is not imported, or there is a problem
    problem   why its contract cannot be read; or ""
    """

    component: Component
    missing: tuple[str, ...] = ()
    contract: Contract | None = None
    problem: str = ""

    @property
    def missing_assets(self) -> list[Asset]:
        """The files that the component's options need and that are not fetched; [] without a contract."""
        options = self.contract.options if self.contract else ()
        assets = (option.asset for option in options)
        return [asset for asset in assets if asset is not None and not is_fetched(asset)]


def read_needs(component: Component, read: Callable[[Component], Contract | None] | None = None) -> Needs:
    """Return what a component needs; an error of its code becomes `problem`.

    read  returns the contract of a component, its inputs and options, or None if it does not import its code;
          without `read`, the code is imported
    """
    missing = tuple(missing_needs(component.spec))
    if missing:
        return Needs(component=component, missing=missing)
    try:
        contract = read(component) if read else read_contract(component.spec)
    except (Exception, SystemExit) as error:  # annotations and modules of a plugin may raise anything
        problem = " ".join(read_message(error).split()) or type(error).__name__
        return Needs(component=component, problem=problem)
    return Needs(component=component, contract=contract)


def find_state(catalog: Catalog, component: Component) -> State:
    """Return the state of a component: of several that apply, the worst.

    The code of a component is imported only if its source suggests that it needs an asset, a file to fetch.
    A component whose code is not imported is found broken only if its module does not exist; `genbench
    plugins show` and `genbench doctor` import the code and detect other errors.
    """
    needs = read_needs(component, _read_contract)
    if needs.missing:
        installs = dict.fromkeys(f"'{component.spec.needs[module]}'" for module in needs.missing)
        return State("missing module", f"pip install {' '.join(installs)}")
    if needs.problem:
        return State("broken", needs.problem)
    if needs.missing_assets:
        size = bytes_text(sum(asset.size_bytes for asset in needs.missing_assets))
        return State("not fetched", f"genbench fetch {component.name} ({size})")
    return _find_ambiguity(catalog, component) or _judge_import(catalog, component)


def _read_contract(component: Component) -> Contract | None:
    """Return a component's contract, its inputs and options, or None if its module need not be imported.

    The contract tells which assets the options need, the files to fetch. A module whose source has no Asset
    needs none, so it is not imported, and lists of components stay fast. The contract of a module that is
    imported already is always read.

    Raises PluginError if the module is missing.
    """
    make = component.spec.make
    module = make.partition(":")[0] if isinstance(make, str) else None
    if module is None or module in sys.modules or _names_asset(module):
        return read_contract(component.spec)
    if find_module(module) is None:
        who = f"{component.kind} {component.name!r}"
        raise PluginError(f"{who}: cannot import {make!r}: there is no module {module!r}")
    return None


def _names_asset(module: str) -> bool:
    """Return whether a module, or one that it imports of its package, has the word Asset in its source.

    An Asset is a file that a component needs and that `genbench fetch` downloads.
    """
    # first the fast test of the whole package, which most packages fail, since following imports is slow
    return _has_assets(module.partition(".")[0]) and any(map(_ASSET.search, read_reached_sources(module)))


@functools.cache
def _has_assets(package: str) -> bool:
    """Return whether a source file of a top-level package has the word Asset.

    This is a fast first test: it takes 0.2 seconds for the packages of all components, while following the
    imports of all components takes a second.
    """
    files = [file for file in find_package(package).values() if file.suffix == ".py"]
    return any(_ASSET.search(file.read_bytes()) for file in files)


def _find_ambiguity(catalog: Catalog, component: Component) -> State | None:
    """Return the state of a component whose name other distributions have too, or None."""
    others = {
        other.owner.distribution
        for name in component.names
        for other in catalog.resolve_name(component.kind, name, component.spec.modalities)
        if other is not component
    }
    return State("ambiguous", f"also in {', '.join(sorted(others))}") if others else None


def _judge_import(catalog: Catalog, component: Component) -> State:
    """Return "slow import" or "ok", by the CPU time that the import of its plugin took."""
    seconds = catalog.load_s.get(component.owner, 0.0)  # 0.0 in catalogs that tests make without loading
    return State("slow import", f"{seconds:.0f} s") if seconds >= _SLOW_S else State("ok")
