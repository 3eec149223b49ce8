"""The published weights of the Inception network, read into the fast form of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from genbench import DataError
from genbench_image.inception_network import InceptionV3, fold
from genbench_image.weight_files import read_state

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

__all__ = ["read_inception"]

# Counters of training steps: some files have them, nothing needs them.
_IGNORED = ".num_batches_tracked"

_NAME = "inception-v3-compat"


def read_inception(path: Path) -> InceptionV3:
    """Return the network with the weights in the file `path`, batch normalisation folded, on the CPU.

    The file is torch-fidelity's: the parameters of `InceptionV3` under their names, as torch.save writes a
    dict of tensors. Nothing else is unpickled. Raises DataError if it is not such a file.
    """
    state = {name: tensor for name, tensor in read_state(path, _NAME).items() if not name.endswith(_IGNORED)}
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
