"""Files of weights that torch wrote, read without running what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from genbench import DataError
from genbench_image.reasons import why

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

__all__ = ["read_state"]


def read_state(path: Path) -> dict[str, Tensor]:
    """Return the dict of tensors that torch.save wrote to the file `path`, on the CPU.

    Raises DataError if it cannot be read or holds anything but tensors, which is not looked at.
    """
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch, pickle and zipfile raise several unrelated types
        reason = why(error).strip().splitlines()[0]
        raise DataError(f"{path.name} holds no weights that can be read: {reason}; fetch it again") from error
    if not isinstance(state, dict) or not all(isinstance(value, torch.Tensor) for value in state.values()):
        raise DataError(f"{path.name} holds other things than tensors; expected the weights of a network")
    return dict(state)
