"""Modules of a plugin file: those that it imports count as its code; those beside it are made importable."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from typing import TYPE_CHECKING

from genbench.catalog.edited_modules import forget
from genbench.catalog.imports import modules_reached, places_in
from genbench.catalog.unversioned import file_of, unversioned_places
from genbench.contract.hookspecs import PROJECT
from genbench.core.canonical_json import digest
from genbench.core.errors import PluginError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from types import ModuleType

__all__ = ["LocalModules", "read_local_modules", "read_sources"]


@dataclass(frozen=True)
class LocalModules:
    """The modules that a plugin file imports, directly or through others, and that no version stands for.

    paths   the files of those in its own folder, by name, those of a package that are never imported included
    files   these files and those of other unversioned modules (see unversioned), by name
    hashes  the SHA-256 of each of the files, by name
    """

    paths: dict[str, Path]
    files: dict[str, Path]
    hashes: dict[str, str]

    def sha256(self, source: bytes) -> str:
        """Return the hash of a plugin file of this source with its modules, or of the source alone."""
        own = hashlib.sha256(source).hexdigest()
        return digest({"file": own, "modules": self.hashes}) if self.hashes else own

    def provide(self) -> None:
        """Make the modules importable by their names, also later, as inside a function.

        They come after everything that can be imported otherwise, so none takes the place of an installed
        module. A name that meant a module of another folder means the one here from now on.
        """
        finder = next((each for each in sys.meta_path if isinstance(each, _Finder)), None)
        if finder is None:
            sys.meta_path.append(finder := _Finder())
        for name, path in self._all():
            if finder.paths.get(name, path) != path:
                forget(name, finder.paths[name])
            finder.paths[name] = path

    def check(self) -> None:
        """Raise PluginError if a name would import, or has imported, something else than the module here."""
        for name, path in self._all():
            spec = None if "." in name else importlib.util.find_spec(name)
            if spec is not None and file_of(spec) != path.resolve():
                raise PluginError(
                    f"it imports {name!r}, which is at {file_of(spec)} and not the {path.name} beside it; "
                    f"rename the one beside it"
                )

    def _all(self) -> Iterator[tuple[str, Path]]:
        """Yield each module with its file, and each folder without `__init__.py` that contains one."""
        yield from self.paths.items()
        for name, path in self.paths.items():
            outer, folder = name, path.parent if path.name == "__init__.py" else path
            while "." in outer:
                outer, folder = outer.rpartition(".")[0], folder.parent
                if outer not in self.paths:
                    yield outer, folder


def read_local_modules(file: Path) -> LocalModules:
    """Return the modules that a plugin file imports from its own folder, with hashes of all unversioned ones.

    Modules of Python and genbench are never among them. A file inside a package may import modules of that
    package by their full names. Raises OSError if a file cannot be read.
    """
    file = file.resolve()
    package = file.parent
    while (package.parent / "__init__.py").is_file():
        package = package.parent
    is_inside = (package / "__init__.py").is_file()

    beside: set[str] = set()

    def places_of(name: str) -> tuple[Path, ...]:
        top = name.partition(".")[0]
        if top in sys.stdlib_module_names or top == PROJECT:
            return ()
        home = package.parent if is_inside and top == package.name else file.parent
        is_here = any(each.is_file() or (each / "__init__.py").is_file() for each in places_in(home, top))
        other = () if is_here else unversioned_places(top)
        if any(each.parent != home for each in other):
            return unversioned_places(name)
        beside.add(top)
        return places_in(home, name)

    reached = modules_reached(file, "", places_of)
    hashes = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in reached.items()}
    paths = {name: path for name, path in reached.items() if name.partition(".")[0] in beside}
    return LocalModules(paths, reached, hashes)


def read_sources(file: Path) -> dict[Path, bytes]:
    """Return the content of a plugin file and of the modules that it imports from its folder, by path.

    Raises OSError if one cannot be read.
    """
    paths = [file.resolve(), *read_local_modules(file).paths.values()]
    return {path: path.read_bytes() for path in paths}


class _Finder(MetaPathFinder):
    """Finds the local modules of plugin files.

    paths  the file of each module, by name, and each folder without `__init__.py` that contains one
    """

    def __init__(self) -> None:
        self.paths: dict[str, Path] = {}

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 - the signature of finders
        target: ModuleType | None = None,  # noqa: ARG002 - as above
    ) -> ModuleSpec | None:
        """Return the spec of a module, or of a folder without `__init__.py`; None if it is not local."""
        place = self.paths.get(fullname)
        if place is None:
            return None
        if place.is_dir():
            folder = ModuleSpec(fullname, None, is_package=True)
            folder.submodule_search_locations = [str(place)]
            return folder
        inside = [str(place.parent)] if place.name == "__init__.py" else None
        return importlib.util.spec_from_file_location(fullname, place, submodule_search_locations=inside)
