"""Hashes of code, versions of libraries, and properties of the machine, which decide results."""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import os
import platform
import sys
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from genbench._version import __version__
from genbench.catalog.edited_modules import edits
from genbench.catalog.imports import package_files
from genbench.catalog.unversioned import unversioned_modules
from genbench.contract.hookspecs import PROJECT
from genbench.files.read import sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import PurePosixPath

    _Stat = tuple[int, int, int, int]
    _Known = tuple[_Stat | None, str] | None

__all__ = [
    "code_files",
    "code_hash",
    "code_written",
    "cores",
    "forget_hashes",
    "installed_version",
    "libraries",
    "machine",
    "offline_variables",
    "thread_variables",
    "versions",
]

_LIBRARIES = ("numpy", "pandas", "Pillow", "safetensors", "scikit-learn", "scipy", "torch")
_IGNORED = frozenset({"__pycache__"})


def code_hash(module: str) -> str:
    """Return the SHA-256 of all files of the package of `module`, or of its file.

    The package is the outermost one with an `__init__.py`; inside a namespace package it is the first one
    below. Only namespace packages are imported. A module without a file hashes as its name. If pip installed
    it with a plugin, all other files of the plugin's distribution count too, but not those of genbench's own.
    The modules that these import count too if no version stands for them (see catalog.unversioned).
    """
    return _code(module, edits())[0]


def code_files(module: str) -> tuple[Path, ...]:
    """Return the files in `code_hash(module)`, as they were when it was computed first in this process."""
    return tuple(_code(module, edits())[1])


def code_written(module: str) -> Path | None:
    """Return a file in `code_hash(module)` that was removed or written since it was hashed, or None.

    One with its old content counts too: it may have had other content meanwhile. A file that was only
    renamed, linked or given other rights is read again. Files of modules that were imported before the hash
    do not count, since their code runs as it was.
    """
    for file, known in _code(module, edits())[1].items():
        if known is not None and _is_written(file, *known):
            return file
    return None


def _is_written(file: Path, before: _Stat | None, sha256: str) -> bool:
    now = _stat(file)
    if now is None or before is None or now[2] != before[2]:
        return now != before
    return now != before and sha256_of(file) != sha256


def forget_hashes() -> None:
    """Clear the cached hashes of code, so that new ones reflect the current files."""
    _code.cache_clear()
    _installed.cache_clear()


@functools.cache
def _code(module: str, _edits: int) -> tuple[str, dict[Path, _Known]]:
    """Return the hash of a module's code after a number of edits, and what tells that a file changes later.

    The latter is None for files of imported modules.
    """
    total, files = hashlib.sha256(module.partition(".")[0].encode()), _files(module)
    known: dict[Path, _Known] = {}
    imported = _imported()
    for name, file in files.items():
        before, sha256 = _stat(file), hashlib.sha256(file.read_bytes())
        known[file] = None if str(file) in imported else (before, sha256.hexdigest())
        total.update(name.encode() + b"\0" + sha256.digest())
    return total.hexdigest(), known


def _stat(file: Path) -> _Stat | None:
    """Return numbers that a write or a replacement of a file changes, None if there is no such file."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _imported() -> frozenset[str]:
    """Return the files of all imported modules, without their own attribute access, as lazy modules have.

    Not all that is in sys.modules are modules, and a library of cffi says that it is one.
    """
    modules = [module for module in sys.modules.values() if issubclass(type(module), ModuleType)]
    return frozenset(str(object.__getattribute__(module, "__dict__").get("__file__")) for module in modules)


def _files(module: str) -> dict[str, Path]:
    """Return the files that decide what a module does, by a name of each."""
    package, home = _home(module)
    if home is None:
        return {}
    files = package_files(home.parent) if home.name == "__init__.py" else [home]
    own = {
        file.relative_to(home.parent).as_posix(): file
        for file in files
        if file.is_file() and not _IGNORED & set(file.parts)
    }
    if package.partition(".")[0] in _bundled():
        return own
    shipped = _shipped_with(home)
    found = own | {f"../{name}": file for name, file in shipped.items()}  # a file in `own` may have its name
    sources = {_module(name): file for name, file in shipped.items() if name.endswith(".py")}
    for name, file in {package: home, **sources}.items():
        found |= unversioned_modules(file, name)
    return found


def _module(file: str) -> str:
    """Return the name of the module, or of the package with this `__init__.py`, in a file of source."""
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _shipped_with(home: Path) -> dict[str, Path]:
    """Return the other files of the distribution that installed a plugin with a package or module, by name.

    home  the `__init__.py` of the package, or the file of the module
    """
    home = home.resolve()
    own = home.parent if home.name == "__init__.py" else home
    files = next((files for files in _installed() if home in files.values()), {})
    return {name: file for name, file in files.items() if not file.is_relative_to(own)}


@functools.cache
def _installed() -> tuple[dict[str, Path], ...]:
    """Return the files of each distribution that installed a plugin, but genbench's own, by name.

    A distribution that is installed for editing lists no file of code.
    """
    points = metadata.entry_points(group=PROJECT)
    owners = {point.dist.name: point.dist for point in points if point.dist and point.dist.name != PROJECT}
    return tuple(
        {
            path.as_posix(): file
            for path in sorted(owner.files or ())
            if _is_code(path) and (file := Path(str(path.locate())).resolve()).is_file()
        }
        for owner in owners.values()
        if owner.read_text("RECORD") is not None
    )


def _is_code(path: PurePosixPath) -> bool:
    """Return whether a file of a distribution is among its modules, and no metadata, script or cache."""
    is_inside = not path.is_absolute() and ".." not in path.parts
    return is_inside and not path.parts[0].endswith(".dist-info") and not _IGNORED & set(path.parts)


def _home(module: str) -> tuple[str, Path | None]:
    """Return the outermost package of `module` that has a file, and this file, or None if there is none."""
    parts = module.split(".")
    for depth in range(1, len(parts) + 1):
        name = ".".join(parts[:depth])
        origin = getattr(sys.modules.get(name), "__file__", None)
        if name not in sys.modules:
            spec = importlib.util.find_spec(name)
            origin = None if spec is None else spec.origin
        if origin is not None and Path(origin).is_file():
            return name, Path(origin)
    return module, None


@functools.cache
def _bundled() -> frozenset[str]:
    """Return the names of genbench's own packages, whose imports all have versions."""
    points = metadata.entry_points(group=PROJECT)
    own = {point.value.partition(".")[0] for point in points if point.dist and point.dist.name == PROJECT}
    return frozenset({PROJECT, *own})


def versions(modules: Iterable[str]) -> dict[str, str]:
    """Return the versions of the distributions that contain `modules`, by module; "" for an unknown one."""
    modules = list(modules)
    owners = _distributions() if modules else {}
    return {
        module: ",".join(map(installed_version, owners.get(module.partition(".")[0], ())))
        for module in modules
    }


@functools.cache
def _distributions() -> Mapping[str, list[str]]:
    """Return the distributions of each installed module: reading them all takes half a second."""
    return metadata.packages_distributions()


@functools.cache
def libraries() -> dict[str, str]:
    """Return the versions of Python, genbench and the libraries that decide numbers."""
    installed = {name: installed_version(name) for name in _LIBRARIES}
    return {"python": platform.python_version(), "genbench": __version__} | installed


def machine(threads: int, device: str) -> dict[str, Any]:
    """Return the properties of the machine for a record."""
    return {
        "cpu": _cpu(),
        "device": device,
        "platform": f"{platform.system()} {platform.machine()}",
        "threads": threads,
    }


def thread_variables(threads: int) -> dict[str, str]:
    """Return the environment variables that fix thread counts; libraries read them on import."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
    return dict.fromkeys(names, str(threads)) | {
        "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
        "PYTHONHASHSEED": "0",
    }


def cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def offline_variables() -> dict[str, str]:
    """Return the environment variables that stop libraries from downloading."""
    names = ("GENBENCH_OFFLINE", "HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "TRANSFORMERS_OFFLINE")
    return dict.fromkeys(names, "1")


def installed_version(distribution: str) -> str:
    """Return the version of a distribution, "" if it is not installed."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return ""


@functools.cache
def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or os.uname().machine
