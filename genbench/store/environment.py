"""Versions of libraries, and properties of the machine, which decide results."""

from __future__ import annotations

import functools
import os
import platform
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench._version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "cores", "default_threads", "describe_machine", "installed_version", "offline_variables",
    "read_library_versions", "read_module_versions", "thread_variables",
]  # fmt: skip

_LIBRARIES = ("numpy", "pandas", "Pillow", "safetensors", "scikit-learn", "scipy", "torch")


def read_module_versions(modules: Iterable[str]) -> dict[str, str]:
    """Return the version of the distribution that contains each of `modules`, by module; "" if unknown.

    A module of several distributions has their versions separated by commas.
    """
    modules = list(modules)
    names = _map_distributions() if modules else {}  # the names of distributions, slow to find, by module
    return {
        module: ",".join(map(installed_version, names.get(module.partition(".")[0], ())))
        for module in modules
    }


@functools.cache
def _map_distributions() -> Mapping[str, list[str]]:
    """Return the names of the distributions of each top-level module; cached, as it takes half a second."""
    return metadata.packages_distributions()


@functools.cache
def read_library_versions() -> dict[str, str]:
    """Return the versions of Python, genbench and the libraries whose version can change a result."""
    installed = {name: installed_version(name) for name in _LIBRARIES}
    return {"python": platform.python_version(), "genbench": __version__} | installed


def describe_machine(threads: int, device: str) -> dict[str, Any]:
    """Return the properties of the machine for a record: processor, device, platform and threads."""
    return {
        "cpu": _read_cpu_name(),
        "device": device,
        "platform": f"{platform.system()} {platform.machine()}",
        "threads": threads,
    }


def thread_variables(threads: int) -> dict[str, str]:
    """Return the environment variables that fix thread counts, and make cuBLAS and hashes deterministic.

    Libraries read them on import, and Python at its start.
    """
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
    return dict.fromkeys(names, str(threads)) | {"CUBLAS_WORKSPACE_CONFIG": ":4096:8", "PYTHONHASHSEED": "0"}


def cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def default_threads() -> int:
    """Return the number of threads that OMP_NUM_THREADS names, or else the number of cores."""
    named = os.environ.get("OMP_NUM_THREADS", "")
    return int(named) if named.isdecimal() and int(named) > 0 else cores()


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
def _read_cpu_name() -> str:
    """Return the name of the processor, from /proc/cpuinfo if that file names one, else from the system."""
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or os.uname().machine
