"""What each plugin is and what its components need that may not be here: modules, variables, files."""

from __future__ import annotations

import importlib.util
import os
import sys
from typing import TYPE_CHECKING, Any

from genbench.catalog.catalog import missing_needs
from genbench.contract.assets import has_size
from genbench.contract.options import is_variable
from genbench.contract.signature import read_contract

if TYPE_CHECKING:
    from collections.abc import Iterable

    from genbench.catalog.catalog import Catalog, Component, Owner
    from genbench.contract.signature import Contract

__all__ = ["plugin_needs"]


def plugin_needs(catalog: Catalog) -> list[dict[str, Any]]:
    """Return what there is to say of each plugin, sorted by distribution and name, as JSON-like values.

    distribution, version, plugin, file
    state       "ok", or "broken" with its reason: it cannot be loaded, or a component of it cannot
    components  how many it gives
    missing     optional modules that are not installed: component, module, install (what pip is to install)
    variables   of the environment that a component reads: component, variable, is_set; for one that an option
                is to name, the option instead, and None
    assets      files that are not fetched: component, asset, size_bytes, fetch (the command that does it)
    problems    components whose `make` cannot be used: component, reason
    """
    owned: dict[Owner, list[Component]] = {}
    for component in catalog.components:
        owned.setdefault(component.owner, []).append(component)
    found = [_described(owner, components) for owner, components in owned.items()]
    found += [
        _described(broken.owner, []) | {"state": "broken", "reason": _line(broken.reason)}
        for broken in catalog.broken
    ]
    return sorted(found, key=lambda plugin: (plugin["distribution"], plugin["plugin"]))


def _described(owner: Owner, components: list[Component]) -> dict[str, Any]:
    lacking = {component.reference: missing_needs(component.spec) for component in components}
    contracts, problems = _contracts(
        component for component in components if not lacking[component.reference]
    )
    reasons = [f"{problem['component']}: {problem['reason']}" for problem in problems]
    return {
        "distribution": owner.distribution,
        "version": owner.version,
        "plugin": owner.plugin,
        "file": _file(owner.module),
        "state": "broken" if problems else "ok",
        "reason": reasons[0] if reasons else "",
        "components": len(components),
        "missing": [
            {"component": component.reference, "module": module, "install": component.spec.needs[module]}
            for component in components
            for module in lacking[component.reference]
        ],
        "variables": [each for pair in contracts for each in _variables(*pair)],
        "assets": [each for pair in contracts for each in _assets(*pair)],
        "problems": problems,
    }


def _contracts(
    components: Iterable[Component],
) -> tuple[list[tuple[Component, Contract]], list[dict[str, Any]]]:
    """Return what components ask for, importing what they are made by, and which of them cannot be used."""
    contracts, problems = [], []
    for component in components:
        try:
            contracts.append((component, read_contract(component.spec)))
        except (Exception, SystemExit) as error:  # beside PluginError: whatever its annotations raise
            problems.append({"component": component.reference, "reason": _line(str(error))})
    return contracts, problems


def _variables(component: Component, contract: Contract) -> list[dict[str, Any]]:
    own = [
        {"component": component.reference, "option": None, "variable": name, "is_set": name in os.environ}
        for name in component.spec.variables
    ]
    return own + [
        {"component": component.reference, "option": option.name, "variable": None, "is_set": None}
        for option in contract.options
        if is_variable(option.annotation)
    ]


def _assets(component: Component, contract: Contract) -> list[dict[str, Any]]:
    assets = [option.asset for option in contract.options if option.asset is not None]
    return [
        {
            "component": component.reference,
            "asset": asset.name,
            "size_bytes": asset.size_bytes,
            "fetch": f"genbench fetch {component.reference}",
        }
        for asset in assets
        if not has_size(asset)
    ]


def _file(module: str) -> str | None:
    """Return the file that a module is in, or would be."""
    found = getattr(sys.modules.get(module), "__file__", None)
    if found is None:
        try:
            spec = importlib.util.find_spec(module)
        except (ImportError, ValueError):
            return None
        found = None if spec is None else spec.origin
    return found


def _line(text: str) -> str:
    return " ".join(text.split())
