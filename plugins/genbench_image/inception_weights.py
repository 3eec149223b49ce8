"""The published weights of the Inception network: where they lie, and how they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from genbench import DataError
from genbench_image.inception_network import InceptionV3, fold
from genbench_image.reasons import why

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

__all__ = ["read_inception", "read_state"]

# Counters of training steps: some files have them, nothing needs them.
_IGNORED = ".num_batches_tracked"


def read_inception(path: Path) -> InceptionV3:
    """Return the network with the weights in the file `path`, batch normalisation folded, on the CPU.

    The file is torch-fidelity's: the parameters of `InceptionV3` under their names, as torch.save writes a
    dict of tensors. Nothing else is unpickled. Raises DataError if it is not such a file.
    """
    state = {name: tensor for name, tensor in read_state(path).items() if not name.endswith(_IGNORED)}
    with torch.device("meta"):
        expected = {
            name: tensor.shape
            for name, tensor in InceptionV3().state_dict().items()
            if not name.endswith(_IGNORED)
        }
        network = InceptionV3(folded=True)
    _check(state, expected, path.name)
    network.load_state_dict(fold(state), assign=True)
    return network.requires_grad_(requires_grad=False).eval()


def read_state(path: Path) -> dict[str, Tensor]:
    """Return the dict of tensors that the file `path` holds; raise DataError if it holds anything else."""
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch, pickle and zipfile raise several unrelated types
        reason = why(error).strip().splitlines()[0]
        raise DataError(f"{path.name} holds no weights that can be read: {reason}; fetch it again") from error
    if not isinstance(state, dict) or not all(isinstance(value, torch.Tensor) for value in state.values()):
        raise DataError(f"{path.name} holds no dict of tensors; expected the weights of a network")
    return dict(state)


def _check(state: dict[str, Tensor], expected: dict[str, torch.Size], name: str) -> None:
    wrong = [
        key for key in expected.keys() | state.keys()
        if key not in expected or key not in state or state[key].shape != expected[key]
    ]  # fmt: skip
    if wrong:
        raise DataError(
            f"{name} does not hold the Inception network of 2015-12-05: {len(wrong)} tensors are missing, "
            f"unknown or of another shape, {min(wrong)!r} among them; "
            "expected weights-inception-2015-12-05-6726825d.pth"
        )
