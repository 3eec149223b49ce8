"""Readers for files of weights, as tensors and without running code."""

from __future__ import annotations

import errno
import os
import pickle
import stat
import warnings
import zipfile
from typing import TYPE_CHECKING

import torch
from safetensors.torch import load_file

from genbench import DataError
from genbench_image.files.folders import escape
from genbench_image.files.limits import MOST_BYTES, why

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor

__all__ = ["check_regular", "flaw", "is_program", "misfit", "read_state"]

#: First bytes of torch.save's files: zip archives, and up to torch 1.5 pickles of this number.
_STARTS = (b"PK\x03\x04", pickle.dumps(0x1950A86A20F9469CFC6C, protocol=2)[:-1])

_SAFETENSORS = ".safetensors"

_LONGEST = 100  # maximum length of a tensor's name in a message


class _PackedError(Exception):
    """A file whose tensors take more memory than its size."""


#: Description of a broken PyTorch file, by the exception that reading it raises.
_REASONS = {
    _PackedError: "its entries are packed, which torch.save never does",
    pickle.UnpicklingError: "it holds other things than tensors, which are not unpickled",
}


def read_state(path: Path, what: str, dtypes: tuple[str, ...] = ("float32",)) -> dict[str, Tensor]:
    """Return the dict of tensors in the file `path`, on the CPU, of `dtypes`; `what` is for messages.

    The file is one that torch.save wrote or, if its name ends in .safetensors, a safetensors file. Tensors of
    no dimension, such as counters of training steps, may be of any dtype. Raises DataError if the file cannot
    be read or contains other tensors or other objects, which are never loaded.
    """
    if is_program(path):
        raise _refuse(path, what, "it is a TorchScript file, a program, which is not run; name another")
    try:
        check_regular(path)
        state = load_file(path) if path.suffix == _SAFETENSORS else _unpickle(path)
    except Exception as error:  # torch, pickle, zipfile and safetensors raise several unrelated types
        raise _refuse(path, what, f"{flaw(path, error)}; fetch it again or name another") from error
    if not isinstance(state, dict) or not all(
        isinstance(name, str) and isinstance(value, torch.Tensor) for name, value in state.items()
    ):
        raise _refuse(path, what, "it holds other things than tensors; name another")
    for name, tensor in state.items():
        if tensor.ndim and _kind(tensor) not in dtypes:
            expected = " or ".join(dtypes)
            raise _refuse(
                path,
                what,
                f"its tensor {name[:_LONGEST]!r} is {_kind(tensor)}; expected {expected}; name another",
            )
    size = sum(tensor.numel() * tensor.element_size() for tensor in state.values())
    if size > MOST_BYTES:  # a tensor with stride 0 can repeat one number
        most = f"at most {MOST_BYTES / 2**30:.0f} GiB are read"
        raise _refuse(path, what, f"its tensors claim {size / 2**30:.1f} GiB; {most}; name another")
    return state


def check_regular(path: Path) -> None:
    """Raise OSError unless `path` is a regular file, with links followed: a pipe may never end."""
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "it is no regular file")


def is_program(path: Path) -> bool:
    """Return whether `path` is a readable TorchScript file."""
    try:
        check_regular(path)
        with zipfile.ZipFile(path) as archive:
            return any(name.endswith("/constants.pkl") for name in archive.namelist())
    except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile):
        return False


def misfit(state: Mapping[str, Tensor], expected: Mapping[str, Tensor]) -> str | None:
    """Return the first difference in names or shapes between a state dict and `expected`, or None."""
    wrong = [
        name for name in expected.keys() | state.keys()
        if name not in expected or name not in state or state[name].shape != expected[name].shape
    ]  # fmt: skip
    if not wrong:
        return None
    return (
        f"{len(wrong)} tensors are missing, unknown or of another shape, {min(wrong)[:_LONGEST]!r} among them"
    )


def flaw(path: Path, error: Exception) -> str:
    """Return what is wrong with the file `path`, for which a library raised `error`.

    Torch's own messages are long, name folders, and advise to load the file with code execution.
    """
    try:
        check_regular(path)
        start = _start(path)
    except (OSError, ValueError) as unreadable:
        return why(unreadable)
    if not start:
        return "it is empty"
    if path.suffix == _SAFETENSORS:
        return "it is no safetensors file, or a damaged one"
    if not start.startswith(_STARTS):
        return "it is no PyTorch file"
    known = (reason for kind, reason in _REASONS.items() if isinstance(error, kind))
    return next(known, "it is damaged, or a PyTorch file of another kind")


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(max(map(len, _STARTS)))


def _unpickle(path: Path) -> object:
    if _start(path).startswith(_STARTS[0]):
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > path.stat().st_size:
                raise _PackedError
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # about kinds of tensors that are refused
        return torch.load(path, map_location="cpu", weights_only=True)


def _kind(tensor: Tensor) -> str:
    """Return the dtype of a tensor, with a prefix if it is sparse, meta or nested."""
    odd = [] if tensor.layout == torch.strided else [tensor.layout]
    words = [*odd, *["meta"] * tensor.is_meta, *["nested"] * tensor.is_nested, tensor.dtype]
    return " ".join(str(word).removeprefix("torch.") for word in words)


def _refuse(path: Path, what: str, reason: str) -> DataError:
    return DataError(f"{escape((path.name,))} holds no weights of {what}: {reason}")
