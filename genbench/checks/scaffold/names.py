"""The names of a new plugin package, checked against those that are taken."""

from __future__ import annotations

import builtins
import importlib.util
import keyword
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from genbench.contract.hookspecs import PROJECT
from genbench.core.errors import PluginError
from genbench.core.names import check_name

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["PackageNames", "package_names", "unused_name"]


@dataclass(frozen=True)
class PackageNames:
    """The names of a package with one component.

    component     as suites write it: "edge-gap"
    distribution  as pip writes it: "genbench-edge-gap"
    module        as Python imports it: "genbench_edge_gap"
    """

    component: str
    distribution: str
    module: str


def package_names(kind: str, name: str) -> PackageNames:
    """Return the names of the package for a component of a kind; `name` may be that of the distribution.

    Raises PluginError if it is not a name, or if a module of the package's name is already installed, which
    would then be imported in its place.
    """
    prefix = f"{PROJECT}-"
    component = check_name(name.removeprefix(prefix), f"{kind} name")
    distribution = prefix + re.sub("-+", "-", component).removesuffix("-")
    module = distribution.replace("-", "_")
    found = importlib.util.find_spec(module)
    if found is not None:
        raise PluginError(f"{kind} name {component!r}: its module {module} would have the name of an "
                          f"installed one, {found.origin}; choose another name")  # fmt: skip
    return PackageNames(component, distribution, module)


def unused_name(name: str, kind: str, used: Collection[str]) -> str:
    """Return a name of Python for a component: one that is neither a keyword nor a builtin nor `used`."""
    identifier = re.sub(r"\W+", "_", name).strip("_")
    is_taken = keyword.iskeyword(identifier) or hasattr(builtins, identifier) or identifier in used
    return f"{identifier}_{kind}" if is_taken else identifier
