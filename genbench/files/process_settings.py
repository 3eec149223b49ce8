"""Settings of a whole process that change the numbers of other code: they are read and restored."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import sys
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

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
    """Return the settings; those of numpy and torch only if they are imported."""
    return (
        Setting("the working directory", _folder, _enter),
        Setting("the mask of new files' rights", _umask, os.umask),
        *(setting for name in _LIBRARIES if name in sys.modules for setting in _of(sys.modules[name])),
    )


@contextlib.contextmanager
def restored() -> Iterator[list[str]]:
    """Restore the settings after a block, and give the names of those that it changed.

    Those of a library are restored to what its import sets, if the block is the first to import it.
    """
    changed: list[str] = []
    before = [(setting, setting.read()) for setting in process_settings()]

    def add(library: ModuleType) -> None:
        before.extend((setting, setting.read()) for setting in _of(library))

    try:
        with contextlib.ExitStack() as stack:
            for name in _LIBRARIES:
                stack.enter_context(_after_import(name, add))
            yield changed
    finally:
        for setting, value in before:
            if setting.read() != value:
                setting.write(value)
                changed.append(setting.name)


@contextlib.contextmanager
def _after_import(name: str, act: Callable[[ModuleType], object]) -> Iterator[None]:
    """Call `act` with a module as soon as a block has imported it, if that is its first import."""
    if name in sys.modules:
        yield
        return
    finder = _Finder(name, act)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        with contextlib.suppress(ValueError):  # the block may have replaced it
            sys.meta_path.remove(finder)


class _Finder(MetaPathFinder):
    """Finds one module as Python would, and calls a function after it was executed."""

    def __init__(self, name: str, act: Callable[[ModuleType], object]) -> None:
        self._name, self._act, self._is_busy = name, act, False

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 - of packages, which this module is not inside of
        target: ModuleType | None = None,  # noqa: ARG002 - of a module that is reloaded
    ) -> ModuleSpec | None:
        """Return the spec that the other finders give, None for another module."""
        if name != self._name or self._is_busy:
            return None
        self._is_busy = True
        try:
            spec = importlib.util.find_spec(name)
        finally:
            self._is_busy = False
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                execute(module)
                self._act(module)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


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


def _of_numpy(numpy: Any) -> tuple[Setting, ...]:
    def write(handling: dict[str, Any]) -> None:
        numpy.seterr(**handling)

    return (Setting("numpy's handling of floating-point errors", numpy.geterr, write),)


def _of_torch(torch: Any) -> tuple[Setting, ...]:
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


def _of(library: ModuleType) -> tuple[Setting, ...]:
    return _LIBRARIES[library.__name__](library)


#: The settings of libraries, each given its module.
_LIBRARIES: dict[str, Callable[[Any], tuple[Setting, ...]]] = {"numpy": _of_numpy, "torch": _of_torch}
