"""Local modules of plugins, which no installed package has: found, imported, and read again after an edit.

The modules that a plugin file imports count as its code; the modules beside it are made importable.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import itertools
import sys
from dataclasses import dataclass, field
from importlib.abc import MetaPathFinder
from importlib.machinery import PathFinder
from importlib.util import cache_from_source
from pathlib import Path
from typing import TYPE_CHECKING

from genbench.catalog.imports import find_module_paths, find_paths_in, find_unversioned_paths, follow_imports
from genbench.contract.hookspecs import PROJECT
from genbench.core.canonical_json import digest
from genbench.core.errors import PluginError
from genbench.files.read import sha256_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

__all__ = [
    "LocalModules", "count_edits", "forget_edited", "note_modules", "read_local_modules", "read_sources",
]  # fmt: skip


@dataclass(frozen=True)
class LocalModules:
    """The modules that a plugin file imports, directly or through others, and that no installed package has.

    top_level_paths  by name: the file of each top-level module in its own folder, or the folder of a package
    files            the files of all modules, by name; of a package, also those that are never imported
    hashes           the SHA-256 of each of the files, by name
    """

    top_level_paths: dict[str, Path]
    files: dict[str, Path]
    hashes: dict[str, str]

    def sha256(self, source: bytes) -> str:
        """Return the SHA-256 of a plugin file with its modules; of `source` alone if it has none."""
        file_hash = hashlib.sha256(source).hexdigest()
        return digest({"file": file_hash, "modules": self.hashes}) if self.hashes else file_hash

    def make_importable(self) -> None:
        """Make the modules beside a plugin file importable by their names, also later in a function.

        Python looks for them last, so an installed module of the same name stays importable. If a plugin file
        in another folder has imported a module of the same name, that module is forgotten, and the name means
        the module here from now on.
        """
        finder = next((finder for finder in sys.meta_path if isinstance(finder, _Finder)), None)
        if finder is None:
            sys.meta_path.append(finder := _Finder())
        for name, path in self.top_level_paths.items():
            if finder.paths.get(name, path) != path:  # a module of another folder
                for module in [module for module in sys.modules if module.partition(".")[0] == name]:
                    del sys.modules[module]
            finder.paths[name] = path
        importlib.invalidate_caches()  # a module may be younger than Python's list of the folder

    def check_precedence(self) -> None:
        """Raise PluginError if Python finds another module under the name of one beside the plugin file.

        The other module would run, but the hash of the plugin's code would cover the module beside the file.
        """
        for name, path in self.top_level_paths.items():
            module_paths = find_module_paths(name)
            if module_paths and path.resolve() not in module_paths:
                raise PluginError(
                    f"it imports {name!r}, which is at {module_paths[0]} and not the {path.name} beside it; "
                    f"rename the one beside it"
                )


def read_local_modules(file: Path) -> LocalModules:
    """Return the modules that a plugin file imports, except those of Python, genbench and installed packages.

    The modules are in the folder of the file, or elsewhere, as on PYTHONPATH. A file inside a package may
    import modules of that package by their full names. Raises OSError if a file cannot be read.
    """
    file = file.resolve()
    # The folders of the packages that contain the file, the innermost first.
    packages = list(itertools.takewhile(lambda folder: (folder / "__init__.py").is_file(), file.parents))
    beside: dict[str, Path] = {}

    def locate(name: str) -> tuple[Path, ...]:
        """Return the file of a module or the folders of a package; () for modules that do not count as code.

        It adds each top-level module in the folder of the plugin file to `beside`.
        """
        top = name.partition(".")[0]
        if top in sys.stdlib_module_names or top == PROJECT:  # keys contain the versions of both
            return ()
        # a file in a package imports the package from the folder that contains the outermost one
        home = packages[-1].parent if packages and top == packages[-1].name else file.parent
        local_paths = find_paths_in(home, top)
        is_local = any(path.is_file() or (path / "__init__.py").is_file() for path in local_paths)
        # A name that is not here, or is a folder without __init__.py, may be a module elsewhere, as on
        # PYTHONPATH: Python, too, prefers that module to the folder.
        if not is_local and any(path.parent != home for path in find_unversioned_paths(top)):
            return find_unversioned_paths(name)
        if local_paths:
            beside[top] = local_paths[0]
        return find_paths_in(home, name)

    reached = follow_imports(file, "", locate)  # calls `locate` for each imported name
    hashes = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in reached.items()}
    # a folder may have the name of an import and hold no module: it is left out
    imported = {name.partition(".")[0] for name in reached}
    top_level_paths = {name: path for name, path in beside.items() if name in imported}
    return LocalModules(top_level_paths, reached, hashes)


def read_sources(file: Path) -> dict[Path, bytes]:
    """Return the content of a plugin file and of the modules that it imports from its folder, by path.

    Raises OSError if one cannot be read.
    """
    modules = read_local_modules(file)
    # `top_level_paths` has the top-level modules in the folder; other modules are elsewhere, as on PYTHONPATH
    names = [name for name in modules.files if name.partition(".")[0] in modules.top_level_paths]
    paths = [modules.files[name] for name in names]
    return {path: path.read_bytes() for path in (file.resolve(), *paths)}


class _Finder(MetaPathFinder):
    """Finds the top-level local modules of plugin files; Python itself finds the modules in a package.

    paths  the file of each module or the folder of each package, by name
    """

    def __init__(self) -> None:
        """Begin without modules; `make_importable` adds each to `paths`."""
        self.paths: dict[str, Path] = {}

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 - the signature of finders
        target: ModuleType | None = None,  # noqa: ARG002 - the signature of finders
    ) -> ModuleSpec | None:
        """Return the spec of a local module or package, also of a folder without `__init__.py`, or None."""
        module_path = self.paths.get(fullname)
        return None if module_path is None else PathFinder.find_spec(fullname, [str(module_path.parent)])


@dataclass
class _State:
    """The local modules that this process has noted, and the number of their edits.

    noted  by name, the file of a module and the SHA-256 of its imported content, None if that is unknown
    edits  how often `forget_edited` removed the noted modules, because one may have been edited
    """

    noted: dict[str, tuple[Path, str | None]] = field(default_factory=dict)
    edits: int = 0


_state = _State()


def count_edits() -> int:
    """Return how often this process noticed that plugins were edited.

    A catalog of plugins that was loaded at a lower count is outdated.
    """
    return _state.edits


def note_modules(files: Mapping[str, Path]) -> None:
    """Note the files of modules, by name, and the SHA-256 of their content, for `forget_edited`.

    A module that was noted before keeps its hash. If a module is imported already and its file was written
    since this process began, the imported content may be older, so None is noted in place of a hash:
    `forget_edited` takes it for edited.
    """
    for name, file in files.items():
        if name not in _state.noted or _state.noted[name][0] != file:
            is_known = not (_is_imported(name, file) and _is_new(file))
            _state.noted[name] = (file, sha256_of(file) if is_known else None)


def forget_edited() -> None:
    """Remove all noted modules from `sys.modules` if one may have been edited, so that they are read again.

    `note_modules` noted them. Unchanged ones are removed too, since they may hold objects of an edited one.
    """
    current = {name: (file, sha256_of(file)) for name, (file, _) in _state.noted.items()}
    if current == _state.noted:
        return
    for name, (file, sha256) in current.items():
        _remove_module(name, file)
        if sha256 != _state.noted[name][1]:
            _remove_compiled(file)
    _state.noted.update(current)
    _state.edits += 1
    importlib.invalidate_caches()


def _remove_module(name: str, file: Path) -> None:
    """Remove a module from `sys.modules` and from its package, if it was imported from this file.

    It is removed from the package too, since `from package import module` looks there first.
    """
    if not _is_imported(name, file):
        return
    module = sys.modules.pop(name)
    package, _, attribute = name.rpartition(".")
    attributes = getattr(sys.modules.get(package), "__dict__", {})  # a package may import on attribute access
    if attributes.get(attribute) is module:
        del attributes[attribute]


def _is_imported(name: str, file: Path) -> bool:
    """Return whether the imported module of this name, if any, comes from this file."""
    origin = getattr(sys.modules.get(name), "__file__", None)
    return origin is not None and Path(origin).resolve() == file.resolve()


def _is_new(file: Path) -> bool:
    """Return whether a file was written, or moved to its path, since this process began."""
    import psutil

    info = file.stat()
    return max(info.st_mtime, info.st_ctime) >= psutil.Process().create_time()


def _remove_compiled(file: Path) -> None:
    """Remove the .pyc of an edited file: Python may read it if size and second of the edit are equal."""
    # NotImplementedError: this Python keeps no .pyc files
    with contextlib.suppress(OSError, NotImplementedError):
        Path(cache_from_source(str(file))).unlink(missing_ok=True)
