"""The code in a component's key: hashed by one rule when a run is planned, checked by identity afterwards.

The key holds every file of the top-level package of the component's `make` and of its hooks. For an installed
plugin that is not genbench's own, it also holds every file of the plugin's distribution; if this is installed
for editing and lists none, the local files that its hooks import. For a plugin file it holds the file and the
local files that it imports.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import sys
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from genbench.catalog.imports import find_unversioned_paths, follow_imports, list_files
from genbench.catalog.local_modules import read_local_modules
from genbench.contract.hookspecs import PROJECT
from genbench.files.identity import check_identity, read_identity, renew_identity
from genbench.files.read import sha256_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import PurePosixPath

    from genbench.catalog.loader import Component
    from genbench.files.identity import Identity

__all__ = ["Code", "find_make_module", "find_package", "hash_package", "read_code"]

_COMPILED = frozenset({"__pycache__"})


@dataclass(frozen=True)
class Code:
    """Files of code, by name, with the SHA-256 of their names and contents.

    identity  of the files, read before they were hashed
    """

    files: Mapping[str, Path]
    sha256: str
    identity: Identity

    def check(self) -> None:
        """Raise FileChangedError, naming a file, if a file may have changed since the code was hashed.

        A file that was written counts as changed. If it was only renamed or linked, the hash decides.
        """
        check_identity(tuple(self.files.values()), self.identity, self._has_hash)

    def renew(self) -> Code:
        """Return the code with its present identity: its files' names, sizes and times.

        For code that no component has run since, so only the content counts: if it has changed, raises
        FileChangedError.
        """
        identity = renew_identity(tuple(self.files.values()), self.identity, self._has_hash)
        return replace(self, identity=identity)

    def _has_hash(self) -> bool:
        """Return whether the names and contents of the files still have the hash `sha256`."""
        return _hash_files(self.files) == self.sha256


def read_code(component: Component) -> Code:
    """Return the files of code that decide a component's results, with their hash, as they are now.

    They are the packages of its `make` and of its hooks module, the module that registers the component. A
    plugin file adds the local modules that it imports. Another plugin, if it is not genbench's own, adds the
    files of its distribution; if the distribution lists none, the local files that the hooks module imports.
    """
    owner = component.owner
    hooks_file = _find_top_file(owner.module)
    top_files = {_find_top_file(find_make_module(component)), hooks_file}
    files = {name: file for top_file in top_files for name, file in _list_package(top_file).items()}
    if owner.file_hash and hooks_file is not None:  # a plugin file
        files |= read_local_modules(hooks_file).files
    elif owner.distribution != PROJECT:
        files |= _list_distribution(owner.distribution) or _list_imports(hooks_file, owner.module)
    identity = read_identity(tuple(files.values()))  # before the hash, so that an edit in between is noticed
    return Code(files, _hash_once(tuple(files.items()), identity), identity)


def hash_package(name: str) -> str:
    """Return the SHA-256 of the names and contents of all files of a top-level package as it is now."""
    files = find_package(name)
    # the identity, their names, sizes and times, decides whether a cached hash still holds
    return _hash_once(tuple(files.items()), read_identity(tuple(files.values())))


def find_package(name: str) -> dict[str, Path]:
    """Return all files of a top-level package, or the file of a module, by their paths in its folder."""
    return _list_package(_find_top_file(name))


def find_make_module(component: Component) -> str:
    """Return the name of the module that defines a component's `make`, or what a partial of it calls."""
    make = component.spec.make
    while isinstance(make, functools.partial):
        make = make.func
    return make.partition(":")[0] if isinstance(make, str) else str(make.__module__)


@functools.lru_cache(maxsize=256)  # enough for the packages of a suite, hashed again after each edit
def _hash_once(files: tuple[tuple[str, Path], ...], _identity: Identity) -> str:
    """Return the hash of files, cached for all components of a package; an edit changes the identity."""
    return _hash_files(dict(files))


def _hash_files(files: Mapping[str, Path]) -> str:
    """Return the SHA-256 of the names and contents of files, in the order of names."""
    total = hashlib.sha256()
    for name, file in sorted(files.items()):
        total.update(f"{name}\0{sha256_of(file)}\0".encode())
    return total.hexdigest()


def _find_top_file(module: str) -> Path | None:
    """Return the file of the outermost package that contains a module, or of the module itself, or None.

    Folders without `__init__.py` have no file and are skipped. To find what they contain, Python imports
    these folders, but no module. A module of an interactive session has no file.
    """
    parts = module.split(".")
    for depth in range(1, len(parts) + 1):
        name = ".".join(parts[:depth])
        if name in sys.modules:
            origin = getattr(sys.modules[name], "__file__", None)
        else:
            spec = importlib.util.find_spec(name)
            origin = None if spec is None else spec.origin
        if origin is not None and Path(origin).is_file():
            return Path(origin)
    return None


def _list_package(top_file: Path | None) -> dict[str, Path]:
    """Return all files of the package with this `__init__.py`, or a module's file, by path in its folder."""
    if top_file is None:
        return {}
    folder, is_package = top_file.parent, top_file.name == "__init__.py"
    files = list_files(folder) if is_package else [top_file]
    base = folder.parent if is_package else folder  # so that the paths begin with the package's name
    return {
        file.relative_to(base).as_posix(): file
        for file in files
        if file.is_file() and not _COMPILED & set(file.parts)
    }


def _list_distribution(name: str) -> dict[str, Path]:
    """Return the installed files of code of a distribution, by their paths in its folder.

    The result is {} for an unknown distribution, for one that does not list its installed files, in RECORD,
    and for one that is installed for editing, whose list has no file of code.
    """
    try:
        distribution = metadata.distribution(name)
    except (metadata.PackageNotFoundError, ValueError):  # a plugin object of a notebook may have any name
        return {}
    if distribution.read_text("RECORD") is None:
        return {}
    listed = (path for path in distribution.files or () if _is_code(path))
    return {
        path.as_posix(): file for path in listed if (file := Path(str(path.locate())).resolve()).is_file()
    }


def _list_imports(hooks_file: Path | None, module: str) -> dict[str, Path]:
    """Return the local files that a plugin's hooks module imports, by module; {} if it has no file.

    A local file is one whose content is not identified by an installed version.
    """
    # relative imports of an `__init__.py` begin in its own package
    package = module if hooks_file is not None and hooks_file.name == "__init__.py" else ""
    return {} if hooks_file is None else follow_imports(hooks_file, package, find_unversioned_paths)


def _is_code(path: PurePosixPath) -> bool:
    """Return whether a file of a distribution is code, and no metadata, cache or script in another folder."""
    is_inside = not path.is_absolute() and ".." not in path.parts
    return is_inside and not path.parts[0].endswith(".dist-info") and not _COMPILED & set(path.parts)
