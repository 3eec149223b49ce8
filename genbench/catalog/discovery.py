"""Where plugins are: entry points of the group "genbench", and files named by the user.

pluggy's own loader is not used: it stops at the first plugin that fails, keeps the order of the file system,
and skips the second of two plugins with one name in silence.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import sys
from typing import TYPE_CHECKING, Any, TypeAlias

from genbench.catalog.loader import Owner
from genbench.contract.hookspecs import PROJECT
from genbench.core.errors import SuiteError
from genbench.core.names import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from importlib.metadata import EntryPoint
    from pathlib import Path

__all__ = ["FILE_VERSION", "RESTRICT", "Found", "find_files", "find_installed"]

#: How the version of a plugin file begins; what follows is a hash of its content.
FILE_VERSION = "0+"

#: The environment variable that restricts which installed plugins are loaded: "a,b"; "" means none.
RESTRICT = "GENBENCH_PLUGINS"

Found: TypeAlias = "tuple[Owner, Callable[[], Any]]"


def find_installed(only: Iterable[str] | None = None) -> list[Found]:
    """Return the installed plugins, sorted by distribution and name: whose each is, and what loads it.

    `only` holds names of entry points or distributions; None means those in the environment variable
    GENBENCH_PLUGINS, or all where that is not set. Raises SuiteError if a name in it is not installed.
    """
    from importlib.metadata import entry_points

    found: dict[tuple[str, str], Found] = {}
    for point in entry_points(group=PROJECT):
        owner = _owner(point)
        found.setdefault((owner.distribution, owner.plugin), (owner, point.load))
    plugins = [found[key] for key in sorted(found)]
    names = _restriction() if only is None else list(only)
    return plugins if names is None else _restricted(plugins, names)


def find_files(files: Sequence[Path]) -> list[Found]:
    """Return the plugins in Python files, in the order given.

    Each is imported as the module genbench_plugin_STEM, which stands in sys.modules so that what it defines
    can be pickled by reference; a process that unpickles it has to load the same file first.
    Raises SuiteError if a file does not exist, is no .py file, or bears another one's name.
    """
    plugins: dict[str, Found] = {}
    for file in files:
        if not file.is_file() or file.suffix != ".py":
            raise SuiteError(f"--plugin {file}: expected an existing .py file")
        owner = _file_owner(file)
        if owner.module in plugins:
            raise SuiteError(f"--plugin {file}: another plugin file bears that name; rename one of them")
        plugins[owner.module] = (owner, _loader(owner.module, file))
    return list(plugins.values())


def _owner(point: EntryPoint) -> Owner:
    name, version = _field(point, "Name", "unknown"), _field(point, "Version", "0")
    return Owner(_normalised(name), version, point.name, point.value.partition(":")[0].strip())


def _field(point: EntryPoint, key: str, otherwise: str) -> str:
    try:
        metadata = None if point.dist is None else point.dist.metadata
    except FileNotFoundError:  # newer versions of importlib.metadata raise where older ones give nothing
        metadata = None
    return otherwise if metadata is None or key not in metadata else metadata[key]


def _file_owner(file: Path) -> Owner:
    try:
        content = hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise SuiteError(f"--plugin {file}: cannot be read: {error.strerror}") from error
    name = _normalised(file.stem)
    return Owner(name, f"{FILE_VERSION}{content[:8]}", file.stem, f"genbench_plugin_{name.replace('-', '_')}")


def _normalised(name: str) -> str:
    """Return a name as distributions are compared by: lower case, runs of other characters as one dash."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "unnamed"


def _restriction() -> list[str] | None:
    value = os.environ.get(RESTRICT)
    return None if value is None else [name.strip() for name in value.split(",") if name.strip()]


def _restricted(plugins: list[Found], names: list[str]) -> list[Found]:
    known = {name for owner, _ in plugins for name in (owner.plugin, owner.distribution)}
    for name in names:
        if name not in known and _normalised(name) not in known:
            raise SuiteError(f"{RESTRICT}: no plugin or distribution is named {name!r}{nearest(name, known)}")
    wanted = {*names, *map(_normalised, names)}
    return [(owner, load) for owner, load in plugins if {owner.plugin, owner.distribution} & wanted]


def _loader(module_name: str, file: Path) -> Callable[[], Any]:
    def load() -> Any:
        spec = importlib.util.spec_from_file_location(module_name, file)
        if spec is None or spec.loader is None:
            raise ImportError(f"{file} cannot be imported")
        module = importlib.util.module_from_spec(spec)
        sys.modules[module_name] = module
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[module_name]
            raise
        return module

    return load
