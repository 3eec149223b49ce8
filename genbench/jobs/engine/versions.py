"""Versions that all machines of a run must share: Python, libraries, plugins, and their code.

They are part of the keys of artefacts and records, so a trial with other versions would be another trial.
"""

from __future__ import annotations

import functools
import os
import platform
from dataclasses import dataclass
from typing import TYPE_CHECKING

from genbench.catalog.code import hash_package, module_of
from genbench.store.environment import installed_version, libraries, versions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from genbench.contract.specs import Spec
    from genbench.suite.components import Part

__all__ = ["Versions", "difference", "this_process", "versions_of"]

_SHOWN = 3  # differences in one line


@dataclass(frozen=True, kw_only=True)
class Versions:
    """The versions that compute a run.

    libraries      Python, genbench and the libraries that decide numbers
    distributions  those of its plugins
    modules        what its components need, by module
    code           a hash of the package of each component's module; genbench's own is under "genbench"
    """

    libraries: Mapping[str, str]
    distributions: Mapping[str, str]
    modules: Mapping[str, str]
    code: Mapping[str, str]


def versions_of(parts: Iterable[Part[Spec]]) -> Versions:
    """Return the versions here of a run's components, plugin files excluded: those travel with messages."""
    installed = [part for part in parts if not part.component.owner.file_hash]
    distributions = {part.component.owner.distribution for part in installed} - {"genbench"}
    needs = sorted({module for part in installed for module in part.modules})
    packages = {module_of(part.component).partition(".")[0] for part in installed}
    return Versions(
        libraries=libraries(),
        distributions={name: installed_version(name) for name in sorted(distributions)},
        modules=versions(needs),
        code={"genbench": _own_code()} | {name: hash_package(name) for name in sorted(packages)},
    )


def difference(expected: Versions) -> str | None:
    """Return in one line how the versions of this process differ; None if they do not."""
    pairs = {**expected.libraries, **expected.distributions, **expected.modules}
    found = {
        **libraries(),
        **{name: installed_version(name) for name in expected.distributions},
        **versions(expected.modules),
    }
    other = [
        f"{name} {found[name] or '(not installed)'} and not {version or '(none)'}"
        for name, version in pairs.items()
        if found[name] != version
    ]
    if not other:
        code = {name: _own_code() if name == "genbench" else hash_package(name) for name in expected.code}
        other = [f"other code of {name}" for name, value in expected.code.items() if code[name] != value]
    return f"it has {', '.join(other[:_SHOWN])}" if other else None


def this_process() -> str:
    """Return the name of this process in messages."""
    return f"the worker {platform.node()} (process {os.getpid()})"


@functools.cache
def _own_code() -> str:
    """Return the hash of genbench's code, computed once, soon after this process imported it."""
    return hash_package("genbench")
