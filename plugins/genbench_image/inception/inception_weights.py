"""Reader for the published weights of the Inception network, with folded normalisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from genbench import DataError
from genbench_image.files.folders import shown
from genbench_image.files.weight_files import misfit, read_state
from genbench_image.inception.inception_network import InceptionV3, fold

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read_inception"]

# Counters of training steps, which some files have and the network does not need.
_IGNORED = ".num_batches_tracked"

_NAME = "inception-v3-compat"


def read_inception(path: Path) -> InceptionV3:
    """Return the network with the weights in the file `path`, batch normalisation folded, on the CPU.

    The file is torch-fidelity's: the parameters of `InceptionV3` under their names, as torch.save writes a
    dict of tensors. Nothing else is unpickled. Raises DataError if it is not such a file.
    """
    state = {name: tensor for name, tensor in read_state(path, _NAME).items() if not name.endswith(_IGNORED)}
    with torch.device("meta"):
        expected = InceptionV3().state_dict()
        network = InceptionV3(folded=True)
    wrong = misfit(state, {name: expected[name] for name in expected if not name.endswith(_IGNORED)})
    if wrong:
        raise DataError(
            f"{shown((path.name,))} does not hold the Inception network of 2015-12-05: {wrong}; "
            "expected weights-inception-2015-12-05-6726825d.pth"
        )
    network.load_state_dict(fold(state), assign=True)
    return network.requires_grad_(requires_grad=False).eval()
