"""Modules that can be imported although no installed version stands for their content.

They are found on PYTHONPATH, in the working folder, or in a project that is installed for editing. What a
plugin file imports of them counts as its code.
"""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

from genbench.catalog.imports import find_module
from genbench.contract.hookspecs import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.machinery import ModuleSpec

__all__ = ["file_of", "is_unversioned", "unversioned_places"]

_INSTALLED = frozenset({"site-packages", "dist-packages"})
_PYTHON = tuple(Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "platstdlib"))
_HOME = Path(__file__).resolve().parents[2]
_OWN = (_HOME / "genbench", _HOME / "plugins")  # the second one, in a checkout, holds genbench's own plugins


def unversioned_places(name: str) -> tuple[Path, ...]:
    """Return the file of a module, or the folders of a package, as far as no version stands for them.

    A namespace may have several folders. Nothing is imported.
    """
    if name.partition(".")[0] in (*sys.stdlib_module_names, PROJECT):
        return ()
    try:
        spec = find_module(name)
    except ImportError:
        return ()
    return tuple(dict.fromkeys(place for place in _places(spec) if _counts(place)))


def _places(spec: ModuleSpec | None) -> Iterator[Path]:
    """Yield the file of a module, or the folders of a package, with links resolved."""
    file = None if spec is None or spec.origin is None else Path(spec.origin).resolve()
    if file is not None and file.is_file():
        yield file.parent if file.name == "__init__.py" else file
    yield from (Path(each).resolve() for each in (spec and spec.submodule_search_locations) or ())


def _counts(place: Path) -> bool:
    is_source = place.suffix == ".py" if place.is_file() else place.is_dir()
    return is_source and is_unversioned(place)


def is_unversioned(path: Path) -> bool:
    """Return whether no version stands for a path, whose links are resolved; one does for genbench's own."""
    return not any(path.is_relative_to(own) for own in _OWN) and not _is_installed(path)


def _is_installed(path: Path) -> bool:
    return any(path.is_relative_to(root) for root in _PYTHON) or bool(_INSTALLED & set(path.parts))


def file_of(spec: ModuleSpec | None) -> Path | None:
    """Return the file of a module, or the folder of a package without one, with links resolved."""
    if spec is None:
        return None
    places = [spec.origin] if spec.origin is not None else list(spec.submodule_search_locations or ())
    return Path(places[0]).resolve() if places else None
