"""Settings of a process: the environment variables that a run sees, and settings that change numbers.

Of the environment variables, a run sees paths and settings of libraries, without possible secrets. A
component gets further variables only by name: from its spec, or from an option that is marked Variable.
The other settings, such as numpy's handling of errors, are read before a block and restored after it.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import sys
from dataclasses import dataclass
from functools import partial
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

__all__ = [
    "DECLARED", "Setting", "is_secret", "keep_settings", "list_process_settings", "select_common_variables",
]  # fmt: skip

#: The variable that lists further variables with secrets, separated by commas.
DECLARED = "GENBENCH_SECRETS"

#: Full names, in capitals; case does not matter, as in http_proxy.
_COMMON_NAMES = frozenset((
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP", "TERM",
    "COLUMNS", "VIRTUAL_ENV", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY",
))  # fmt: skip

#: Prefixes of names: of the system, Python, numerical libraries, and GPU and cluster software.
_COMMON_PREFIXES = (
    "GENBENCH_", "LC_", "XDG_", "PYTHON", "CONDA_", "LD_", "DYLD_", "MALLOC_", "OMP_", "GOMP_", "KMP_",
    "MKL_", "OPENBLAS_", "BLIS_", "NUMEXPR_", "VECLIB_", "CUDA_", "CUBLAS_", "CUDNN_", "NCCL_", "NVIDIA_",
    "HIP_", "HSA_", "ROCR_", "ROCM_", "PYTORCH_", "TORCH_", "TORCHINDUCTOR_", "ATEN_", "ONEDNN_", "DNNL_",
    "OPENVINO_", "HF_", "HUGGINGFACE_", "TRANSFORMERS_", "TOKENIZERS_", "JAX_", "XLA_", "TF_", "SLURM_",
    "COVERAGE_",
)  # fmt: skip

#: Words in the names of secrets; TOKENIZERS_PARALLELISM and AUTHOR do not match.
_SECRET = re.compile(
    r"(KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|AUTH)S?(?![A-Z])", re.IGNORECASE
)

_FOLDERS = ("GENBENCH_STORE", "GENBENCH_ASSETS")

_AUTOCAST = ("cpu", "cuda")  # the devices whose autocast torch sets one by one
_KERNELS = ("flash", "mem_efficient", "math", "cudnn")  # of scaled dot-product attention
_DENORMAL = 5e-324  # the least number of float64


#: The functions that read and write one value.
Access: TypeAlias = "tuple[Callable[[], Any], Callable[[Any], object]]"


@dataclass(frozen=True)
class Setting:
    """A setting, in the words in which messages name it.

    read   returns its value
    write  sets it to a value that was read
    """

    name: str
    read: Callable[[], Any]
    write: Callable[[Any], object]


def list_process_settings() -> tuple[Setting, ...]:
    """Return the working directory, the umask, and the settings of numpy and torch if these are imported."""
    libraries = [sys.modules[name] for name in _LIBRARIES if name in sys.modules]
    return (
        Setting("the working directory", _read_folder, _enter_folder),
        Setting("the mask of new files' rights", _read_umask, os.umask),
        *(setting for library in libraries for setting in _list_settings(library)),
    )


@contextlib.contextmanager
def keep_settings() -> Iterator[list[str]]:
    """Restore the settings of the process, such as numpy's handling of errors, after a block.

    The block receives a list, to which the names of the settings that it changed are added at its end. If the
    block is the first to import a library, the library's settings are restored to those after import.
    """
    changed: list[str] = []
    before = [(setting, setting.read()) for setting in list_process_settings()]

    def note_settings(library: ModuleType) -> None:
        """Add the settings of a library, as its import left them, to those that are restored."""
        before.extend((setting, setting.read()) for setting in _list_settings(library))

    try:
        with contextlib.ExitStack() as stack:
            for name in _LIBRARIES:
                stack.enter_context(_call_after_import(name, note_settings))
            yield changed
    finally:
        for setting, value in before:
            if setting.read() != value:
                setting.write(value)
                changed.append(setting.name)


@contextlib.contextmanager
def _call_after_import(name: str, callback: Callable[[ModuleType], object]) -> Iterator[None]:
    """Call `callback` with a module as soon as the block imports it; never, if it was imported before."""
    if name in sys.modules:
        yield
        return
    finder = _Finder(name, callback)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        with contextlib.suppress(ValueError):  # the block may have removed it from the list
            sys.meta_path.remove(finder)


class _Finder(MetaPathFinder):
    """Finds one module as Python would, and calls a function after it was executed."""

    def __init__(self, name: str, callback: Callable[[ModuleType], object]) -> None:
        """Find the module `name`, and call `callback` with it after it was executed."""
        # `_is_busy`: whether it is asking the other finders
        self._name, self._callback, self._is_busy = name, callback, False

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 - of packages, which this module is not inside of
        target: ModuleType | None = None,  # noqa: ARG002 - of a module that is reloaded
    ) -> ModuleSpec | None:
        """Return the spec that the other finders give, whose loader then calls the function with the module.

        Returns None for another module, and while it asks the other finders, since they include itself.
        """
        if name != self._name or self._is_busy:
            return None
        self._is_busy = True
        try:
            spec = importlib.util.find_spec(name)
        finally:
            self._is_busy = False
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module  # the method by which Python executes the module's code

            def exec_module(module: ModuleType) -> None:
                """Execute the module, then call the function with it."""
                execute(module)
                self._callback(module)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def _read_umask() -> int:
    """Return the mask of new files; the system has no call that only reads it, so it is set and restored.

    Between the two calls it is strict, so that a file that another thread creates is private.
    """
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _read_folder() -> str | None:
    """Return the working directory, or None if it is gone."""
    try:
        return str(Path.cwd())
    except FileNotFoundError:
        return None


def _enter_folder(folder: str | None) -> None:
    """Change the working directory to `folder`, unless that is None or was removed."""
    if folder is not None:
        with contextlib.suppress(OSError):  # the folder was removed meanwhile
            os.chdir(folder)


def _list_numpy_settings(numpy: Any) -> tuple[Setting, ...]:
    """Return the settings of numpy that a component may leave changed."""
    name = "numpy's handling of floating-point errors"
    # `geterr` returns the keyword arguments of `seterr`.
    return (Setting(name, numpy.geterr, lambda handling: numpy.seterr(**handling)),)


def _list_torch_settings(torch: Any) -> tuple[Setting, ...]:
    """Return the settings of torch that change numbers or speed, and that a component may leave changed."""
    backends, cuda = torch.backends, torch.backends.cuda
    kernels = [
        (getattr(cuda, f"{name}_sdp_enabled"), getattr(cuda, f"enable_{name}_sdp")) for name in _KERNELS
    ]
    return (
        Setting("torch's number of threads", torch.get_num_threads, torch.set_num_threads),
        Setting("torch's default dtype", torch.get_default_dtype, torch.set_default_dtype),
        Setting("torch's default device", torch.get_default_device, torch.set_default_device),
        Setting("torch's gradient mode", torch.is_grad_enabled, torch.set_grad_enabled),
        _join_accesses(
            "torch's autocast", *(access for device in _AUTOCAST for access in _list_autocast(torch, device))
        ),
        _make_precision_setting(torch),
        Setting(
            "torch's deterministic algorithms",
            lambda: (
                torch.are_deterministic_algorithms_enabled(),
                torch.is_deterministic_algorithms_warn_only_enabled(),
            ),
            lambda values: torch.use_deterministic_algorithms(values[0], warn_only=values[1]),
        ),
        _join_accesses(
            "torch's use of cuDNN",
            *_list_attribute_accesses(backends.cudnn, "enabled", "benchmark", "deterministic"),
        ),
        _join_accesses(
            "torch's use of oneDNN", *_list_attribute_accesses(backends.mkldnn, "enabled", "deterministic")
        ),
        _join_accesses("torch's kernels of attention", *kernels),
        # whether the processor rounds denormal numbers, those too small for full precision, to zero
        Setting("torch's handling of denormal numbers", lambda: _DENORMAL * 1 == 0, torch.set_flush_denormal),
    )


def _join_accesses(name: str, *accesses: Access) -> Setting:
    """Return one setting that is made of several values, which are read and written in one order.

    accesses  for each value, the function that reads it and the function that writes it
    """

    def write(values: Sequence[Any]) -> None:
        """Write each value by its own function."""
        for (_, write_value), value in zip(accesses, values, strict=True):
            write_value(value)

    return Setting(name, lambda: [read() for read, _ in accesses], write)


def _list_attribute_accesses(owner: Any, *names: str) -> list[Access]:
    """Return the functions (read, write) of each of these attributes of an object."""
    return [(partial(getattr, owner, name), partial(setattr, owner, name)) for name in names]


def _list_autocast(torch: Any, device: str) -> tuple[Access, Access]:
    """Return the functions (read, write) of the switch and of the dtype of autocast on "cpu" or "cuda"."""
    return (
        (partial(torch.is_autocast_enabled, device), partial(torch.set_autocast_enabled, device)),
        (partial(torch.get_autocast_dtype, device), partial(torch.set_autocast_dtype, device)),
    )


def _make_precision_setting(torch: Any) -> Setting:
    """Return the setting of torch's precision of float32, such as TF32.

    torch has two interfaces to it. The older one raises RuntimeError after the newer one was used, and sets
    only a part of the values of the newer one. So it is written first, and the newer one then sets them all.
    """
    backends = torch.backends
    matmul, cudnn, mkldnn = backends.cuda.matmul, backends.cudnn, backends.mkldnn
    # those with an attribute fp32_precision, the newer interface
    owners = (backends, matmul, cudnn, cudnn.conv, cudnn.rnn, mkldnn, mkldnn.matmul, mkldnn.conv, mkldnn.rnn)

    def read_older() -> tuple[str, bool] | None:
        """Return the values of the older interface, None if it cannot be read any more."""
        try:
            return torch.get_float32_matmul_precision(), backends.cudnn.allow_tf32
        except RuntimeError:
            return None

    def write_older(values: tuple[str, bool] | None) -> None:
        """Write the values of the older interface, if there are some."""
        if values is not None:
            torch.set_float32_matmul_precision(values[0])
            backends.cudnn.allow_tf32 = values[1]

    newer = [access for owner in owners for access in _list_attribute_accesses(owner, "fp32_precision")]
    return _join_accesses("torch's precision of float32", (read_older, write_older), *newer)


def _list_settings(library: ModuleType) -> tuple[Setting, ...]:
    """Return the settings of numpy or torch, given its module."""
    return _LIBRARIES[library.__name__](library)


#: The settings of libraries, each given its module.
_LIBRARIES: dict[str, Callable[[Any], tuple[Setting, ...]]] = {
    "numpy": _list_numpy_settings,
    "torch": _list_torch_settings,
}


def select_common_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Return those variables of an environment that every process of a run sees, without possible secrets.

    The relative paths of genbench's folders become absolute, since each process has its own working folder.
    The time zone is UTC on all machines, since keys of stored results do not contain it.
    """
    secrets = environment.get(DECLARED, "").split(",")
    common = {name: value for name, value in environment.items() if _is_common(name) and name not in secrets}
    folders = {name: common[name] for name in _FOLDERS if common.get(name)}  # an empty path means none
    absolute = {name: str(Path(value).absolute()) for name, value in folders.items()}
    return common | absolute | {"TZ": "UTC"}


def is_secret(name: str) -> bool:
    """Return whether a variable counts as a secret: its name contains key, token, password or the like."""
    return _SECRET.search(name) is not None


def _is_common(name: str) -> bool:
    """Return whether every process of a run sees an environment variable: a listed one that is no secret."""
    upper = name.upper()
    return (upper in _COMMON_NAMES or upper.startswith(_COMMON_PREFIXES)) and not is_secret(name)
