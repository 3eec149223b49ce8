"""Modules that can be imported although no installed version stands for their content.

They are found on PYTHONPATH, in the working folder, or in a project that is installed for editing. What a
plugin imports of them counts as its code.
"""

from __future__ import annotations

import importlib.util
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

from genbench.catalog.imports import modules_at, modules_reached
from genbench.contract.hookspecs import PROJECT

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec

__all__ = ["file_of", "home_of_unversioned", "is_unversioned", "unversioned_modules"]

_INSTALLED = frozenset({"site-packages", "dist-packages"})
_PYTHON = tuple(Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "platstdlib"))
_OWN = Path(__file__).resolve().parents[2]  # the folder of genbench, and of its plugins if it is a checkout


def unversioned_modules(home: Path, package: str) -> dict[str, Path]:
    """Return the unversioned modules that a file of source, or a package, imports, by name.

    home     the file, or the `__init__.py` of the package
    package  its name

    Its own modules are left out, and nothing is imported. Raises OSError if a file cannot be read.
    """
    own = {package: home}
    if home.name == "__init__.py":
        own |= modules_at(home.parents[1], package)
    found: dict[str, Path] = {}
    for name, path in own.items():
        inside = name if path.name == "__init__.py" else name.rpartition(".")[0]
        found |= modules_reached(path, inside, home_of_unversioned)
    return {name: path for name, path in sorted(found.items()) if name not in own}


def home_of_unversioned(name: str) -> Path | None:
    """Return the folder of a top-level module, or None if a version stands for it, or there is none."""
    if name in sys.stdlib_module_names or name == PROJECT:
        return None
    try:
        place = file_of(importlib.util.find_spec(name))
    except (ImportError, ValueError):  # a module in sys.modules without a spec
        return None
    if place is None or place.suffix not in (".py", ""):
        return None
    folder = place.parents[1] if place.name == "__init__.py" else place.parent
    return None if folder in (_OWN, _OWN / "plugins") or _is_installed(folder) else folder


def is_unversioned(file: Path) -> bool:
    """Return whether no version stands for a file, whose links are resolved; one does for genbench's own."""
    return not file.is_relative_to(_OWN) and not _is_installed(file)


def _is_installed(path: Path) -> bool:
    return any(path.is_relative_to(root) for root in _PYTHON) or bool(_INSTALLED & set(path.parts))


def file_of(spec: ModuleSpec | None) -> Path | None:
    """Return the file of a module, or the folder of a package without one, with links resolved."""
    if spec is None:
        return None
    places = [spec.origin] if spec.origin is not None else list(spec.submodule_search_locations or ())
    return Path(places[0]).resolve() if places else None
