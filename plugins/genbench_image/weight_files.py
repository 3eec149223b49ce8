"""Files of weights that torch wrote, read without running what they say."""

from __future__ import annotations

import pickle
import warnings
from typing import TYPE_CHECKING

import torch

from genbench import DataError
from genbench_image.reasons import why

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

__all__ = ["flaw", "read_state"]

#: How the files begin that torch.save writes: zip archives today, and up to torch 1.5 pickles of this number.
_STARTS = (b"PK\x03\x04", pickle.dumps(0x1950A86A20F9469CFC6C, protocol=2)[:-1])


def read_state(path: Path, what: str) -> dict[str, Tensor]:
    """Return the dict of tensors that torch.save wrote to the file `path`, on the CPU; `what` they are for.

    Raises DataError if it cannot be read or holds anything but tensors, which is not looked at.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of a TorchScript file, which is refused
            state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch, pickle and zipfile raise several unrelated types
        raise DataError(
            f"{path.name} holds no weights of {what}: {flaw(path, error)}; fetch it again or name another"
        ) from error
    if not isinstance(state, dict) or not all(isinstance(value, torch.Tensor) for value in state.values()):
        raise DataError(
            f"{path.name} holds no weights of {what}: it holds other things than tensors; name another"
        )
    return dict(state)


def flaw(path: Path, error: Exception) -> str:
    """Return what is wrong with the file `path`, where torch raised `error` as it was to read it.

    Torch's own words are long, name folders, and advise to load the file with everything that it would run.
    """
    try:
        with path.open("rb") as file:
            start = file.read(max(map(len, _STARTS)))
    except OSError as unreadable:
        return why(unreadable)
    if not start:
        return "it is empty"
    if not start.startswith(_STARTS):
        return "it is no PyTorch file"
    if isinstance(error, pickle.UnpicklingError):
        return "it holds other things than tensors, which are not unpickled"
    return "it is damaged, or a PyTorch file of another kind"
