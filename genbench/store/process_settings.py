"""Settings of a whole process that change the numbers of other code: they are read and restored."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["Setting", "process_settings", "restored"]

_AUTOCAST = ("cpu", "cuda")
_DENORMAL = 5e-324  # the least number of float64


@dataclass(frozen=True)
class Setting:
    """A setting, in the words in which messages name it.

    read   returns its value
    write  sets it to a value that was read
    """

    name: str
    read: Callable[[], Any]
    write: Callable[[Any], object]


def process_settings() -> tuple[Setting, ...]:
    """Return the settings; those of torch only if it is imported."""
    return (
        Setting("the working directory", _folder, _enter),
        Setting("the mask of new files' rights", _umask, os.umask),
        Setting("numpy's handling of floating-point errors", np.geterr, _set_errors),
        *_of_torch(sys.modules.get("torch")),
    )


@contextlib.contextmanager
def restored() -> Iterator[list[str]]:
    """Restore the settings after a block, and give the names of those that it changed."""
    changed: list[str] = []
    before = [(setting, setting.read()) for setting in process_settings()]
    try:
        yield changed
    finally:
        for setting, value in before:
            if setting.read() != value:
                setting.write(value)
                changed.append(setting.name)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _folder() -> str | None:
    """Return the working directory, or None if it is gone."""
    try:
        return str(Path.cwd())
    except FileNotFoundError:
        return None


def _enter(folder: str | None) -> None:
    if folder is not None:
        with contextlib.suppress(OSError):  # the folder was removed meanwhile
            os.chdir(folder)


def _set_errors(handling: dict[str, Any]) -> None:
    np.seterr(**handling)


def _of_torch(torch: Any) -> tuple[Setting, ...]:
    """Return the settings, given the module torch; none for None."""
    if torch is None:
        return ()
    return (
        Setting("torch's number of threads", torch.get_num_threads, torch.set_num_threads),
        Setting("torch's default dtype", torch.get_default_dtype, torch.set_default_dtype),
        Setting("torch's default device", torch.get_default_device, torch.set_default_device),
        Setting("torch's gradient mode", torch.is_grad_enabled, torch.set_grad_enabled),
        _autocast(torch),
        _precision(torch),
        _deterministic(torch),
        _flags(torch.backends.cudnn, "cuDNN", ("enabled", "benchmark", "deterministic")),
        _flags(torch.backends.mkldnn, "oneDNN", ("enabled", "deterministic")),
        _attention(torch),
        Setting("torch's handling of denormal numbers", _flushes_denormals, torch.set_flush_denormal),
    )


def _autocast(torch: Any) -> Setting:
    def read() -> list[tuple[bool, Any]]:
        return [(torch.is_autocast_enabled(kind), torch.get_autocast_dtype(kind)) for kind in _AUTOCAST]

    def write(values: Sequence[tuple[bool, Any]]) -> None:
        for kind, (is_enabled, dtype) in zip(_AUTOCAST, values, strict=True):
            torch.set_autocast_enabled(kind, is_enabled)
            torch.set_autocast_dtype(kind, dtype)

    return Setting("torch's autocast", read, write)


def _precision(torch: Any) -> Setting:
    """Return the precision of float32, such as TF32.

    torch has two interfaces to it. Its older one raises RuntimeError after the newer one was used, and sets
    only a part of the newer one.
    """
    backends = torch.backends
    libraries = (backends, backends.cuda.matmul, backends.cudnn, backends.cudnn.conv, backends.cudnn.rnn)
    places = (*libraries, backends.mkldnn, backends.mkldnn.matmul, backends.mkldnn.conv, backends.mkldnn.rnn)

    def older() -> tuple[str, bool] | None:
        try:
            return torch.get_float32_matmul_precision(), backends.cudnn.allow_tf32
        except RuntimeError:
            return None

    def read() -> tuple[Any, ...]:
        return older(), *(place.fp32_precision for place in places)

    def write(values: tuple[Any, ...]) -> None:
        before, *newer = values
        if before is not None:
            torch.set_float32_matmul_precision(before[0])
            backends.cudnn.allow_tf32 = before[1]
        for place, value in zip(places, newer, strict=True):
            place.fp32_precision = value

    return Setting("torch's precision of float32", read, write)


def _deterministic(torch: Any) -> Setting:
    def read() -> tuple[bool, bool]:
        return (
            torch.are_deterministic_algorithms_enabled(),
            torch.is_deterministic_algorithms_warn_only_enabled(),
        )

    def write(values: tuple[bool, bool]) -> None:
        torch.use_deterministic_algorithms(values[0], warn_only=values[1])

    return Setting("torch's deterministic algorithms", read, write)


def _flags(backend: Any, library: str, names: Sequence[str]) -> Setting:
    def read() -> list[bool]:
        return [getattr(backend, name) for name in names]

    def write(values: Sequence[bool]) -> None:
        for name, value in zip(names, values, strict=True):
            setattr(backend, name, value)

    return Setting(f"torch's use of {library}", read, write)


def _attention(torch: Any) -> Setting:
    """Return the kernels of scaled dot-product attention that are allowed."""
    cuda, names = torch.backends.cuda, ("flash", "mem_efficient", "math", "cudnn")

    def read() -> list[bool]:
        return [getattr(cuda, f"{name}_sdp_enabled")() for name in names]

    def write(values: Sequence[bool]) -> None:
        for name, value in zip(names, values, strict=True):
            getattr(cuda, f"enable_{name}_sdp")(value)

    return Setting("torch's kernels of attention", read, write)


def _flushes_denormals() -> bool:
    return _DENORMAL * 1.0 == 0.0
