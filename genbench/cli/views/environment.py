"""The report of `genbench doctor` as JSON-like values: the environment, what is deterministic, and plugins.

It trains nothing, and writes only small test files. A fact that cannot be determined is
{"problem": why}.
"""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import socket
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench.catalog.describe import describe_plugins
from genbench.contract.assets import assets_root
from genbench.core.errors import describe_error
from genbench.files.temporary import check_writable
from genbench.results.folder import default_folder
from genbench.store.environment import cores, describe_machine, read_library_versions, thread_variables
from genbench.store.store import store_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from genbench.catalog.catalog import Catalog

__all__ = ["read_report"]


_QUOTA = Path("/sys/fs/cgroup/cpu.max")  # "max 100000", or the microseconds allowed in each period

#: Variables that decide which kernels libraries choose, and so which bits come out.
_CHOOSERS = (
    "ATEN_CPU_CAPABILITY", "DNNL_MAX_CPU_ISA", "MKL_CBWR", "MKL_ENABLE_INSTRUCTIONS",
    "NPY_DISABLE_CPU_FEATURES", "ONEDNN_MAX_CPU_ISA", "OPENBLAS_CORETYPE",
)  # fmt: skip

_KEYED = "random streams are keyed by what is run, and each trial has its own process and number of threads"
_KERNELS = "kernels are asked to be deterministic, those that cannot only warn; another card is another draw"


def read_report(catalog: Catalog) -> dict[str, Any]:
    """Return the whole report, as JSON-like values.

    environment  python, system, cpu, cores, memory, libraries, blas, threads, torch, cuda and mps
    places       store (with size_bytes and files), assets, results and temporary: path, whether it is
                 writable, free_bytes
    engine       features of the system that isolate trials: name, is_there and their purpose
    same_again   what is deterministic: name, holds ("yes", "no" or "not here") and why
    plugins      the result of `describe_plugins`
    """
    torch = _read_or_problem(_read_torch)
    return {
        "environment": _read_environment() | torch,
        "places": _read_places(),
        "engine": _read_engine(),
        "same_again": _describe_reproducibility(torch),
        "plugins": describe_plugins(catalog),
    }


def _read_or_problem(find: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return the result of `find`, or {"problem": why} if a broken library raises anything."""
    try:
        return find()
    except Exception as error:  # a library that is broken or built for another machine may raise anything
        return {"problem": " ".join(describe_error(error).split())}


def _read_environment() -> dict[str, Any]:
    """Return the facts of Python, the system, processors, memory, libraries and thread variables."""
    return {
        "python": f"{platform.python_implementation()} {platform.python_version()} at {sys.executable}",
        "system": platform.platform(),
        "cpu": describe_machine(1, "cpu")["cpu"],  # its name, at any number of threads and on any device
        "cores": {"usable": cores(), "all": os.cpu_count()} | _read_quota(),
        "memory": _read_or_problem(_read_memory),
        "libraries": read_library_versions(),
        "numpy_blas": _read_or_problem(_read_numpy_blas),
        # `thread_variables` also has the variables that make cuBLAS and hashes deterministic
        "threads": {name: os.environ.get(name) for name in thread_variables(1) if name.endswith("_THREADS")},
    }


def _read_memory() -> dict[str, Any]:
    """Return the memory of the machine, the free memory, and the control group's limit if it is less."""
    import psutil

    from genbench.jobs.isolation.process_tree import machine_memory

    memory = psutil.virtual_memory()
    allowed = machine_memory()
    limit = {"limit_bytes": allowed} if allowed < memory.total else {}
    return {"all_bytes": int(memory.total), "free_bytes": int(memory.available)} | limit


def _read_quota() -> dict[str, Any]:
    """Return {"allowed": number of cores} if the control group limits the time of processors, else {}."""
    # no such file, or "max" for no limit
    with contextlib.suppress(OSError, ValueError):
        quota, period = _QUOTA.read_text(encoding="ascii").split()
        return {"allowed": int(quota) / int(period)}
    return {}


def _read_numpy_blas() -> dict[str, Any]:
    """Return the library of linear algebra that numpy was built with."""
    import numpy as np

    blas: Mapping[str, Any] = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return {"name": blas.get("name"), "version": blas.get("version")}


def _read_torch() -> dict[str, Any]:
    """Return the devices of torch, and the settings that decide which kernels it uses."""
    import torch

    configuration = torch.__config__.show()  # "…, BLAS_INFO=mkl, …"
    blas = next((part.partition("=")[2] for part in configuration.split(", ") if "BLAS_INFO=" in part), "")
    cuda = [torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count())]
    return {
        "instructions": str(torch.backends.cpu.get_cpu_capability()),
        "torch_blas": blas,
        "cuda": {"version": torch.version.cuda, "devices": cuda if torch.cuda.is_available() else []},
        "mps": bool(torch.backends.mps.is_available()),
    }


def _read_places() -> dict[str, Any]:
    """Return the folders that genbench writes to, by use: path, whether it is writable, and free space."""
    store = store_folder()
    return {
        "store": _read_place(store) | _measure_folder(store),
        "assets": _read_place(assets_root()),
        "results": _read_place(default_folder().absolute()),
        "temporary": _read_place(Path(tempfile.gettempdir())),
    }


def _read_place(path: Path) -> dict[str, Any]:
    """Return whether a folder is writable, or can be made, and its free space."""
    # a missing folder would be made below the first of its parents that exists
    existing = next((folder for folder in (path, *path.absolute().parents) if folder.exists()), Path("/"))
    try:
        check_writable(existing)  # raises OSError if no file can be written there
        free = shutil.disk_usage(existing).free
    except OSError as error:
        return {"path": str(path), "is_writable": False, "problem": error.strerror or str(error)}
    return {"path": str(path), "is_writable": True, "free_bytes": free}


def _measure_folder(folder: Path) -> dict[str, Any]:
    """Return the number of files in a folder, and their size in bytes."""
    files = size = 0
    for home, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):  # a run may remove a file meanwhile
                size += os.lstat(os.path.join(home, name)).st_size  # noqa: PTH118 - there may be 100,000
                files += 1
    return {"files": files, "size_bytes": size}


def _read_engine() -> list[dict[str, Any]]:
    """Return a table for each feature that isolates trials: its name, whether it is there, and its use."""
    # without this file, psutil searches all processes for the children of one
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").exists()
    features = (
        ("fork", hasattr(os, "fork"), "a trial's process starts in milliseconds"),
        ("send_fds", hasattr(socket, "send_fds"), "the fork-server takes jobs"),
        ("prctl", sys.platform == "linux", "a process dies with the run that started it"),
        ("/proc", children, "time and memory of a whole tree of processes are seen at little cost"),
    )
    return [{"name": name, "is_there": there, "for": what} for name, there, what in features]


def _describe_reproducibility(torch: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return a table for each change of the command or machine: name, whether numbers stay the same, why.

    torch  the result of `_read_torch`, or a problem
    """
    # those that are set, of the variables by which libraries choose their kernels
    variables = [f"{name}={os.environ[name]}" for name in _CHOOSERS if name in os.environ]
    here = f"torch computes with {torch.get('instructions', 'unknown instructions')} here"
    cuda, mps = torch.get("cuda", {}).get("devices"), torch.get("mps")
    training = "scores of the same samples agree to 1e-5, training is another draw"
    lines = (
        ("the same command, at any --jobs", "yes", _KEYED),
        ("another --threads", "no", "sums are taken in another order; the number is part of every key"),
        ("another kind of CPU", "no", "; ".join((here, *variables, training))),
        ("--device cuda", "no" if cuda else "not here", _KERNELS),
        ("--device mps", "no" if mps else "not here", "nothing is known of its kernels"),
    )
    return [{"name": name, "holds": holds, "why": why} for name, holds, why in lines]
