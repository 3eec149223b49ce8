"""ChemNet as a torch module, and its published weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.nn import functional

from genbench import DataError, PackageFile
from genbench_molecule.chemnet.characters import SYMBOLS

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

__all__ = ["WEIGHTS", "ChemNet", "read_chemnet"]

#: The weights, which only the LGPL package fcd ships: genbench reads this file of it and imports none of it.
WEIGHTS = PackageFile(
    package="fcd",
    file="ChemNet_v0.13_pretrained.pt",
    release="fcd==1.2.2",
    sha256="c22e977602b30eeabd7f81e6c790dd3234c7d7788c6c3e7979d8720ccc96951a",
)

_CHANNELS, _KERNEL, _STRIDE = 32, 4, 2
_FIRST, _SECOND = 128, 512


class ChemNet(nn.Module):
    """Two convolutions and two LSTMs, the first of which reads the string from its end.

    Each convolution halves the length: its zeros at the ends are Keras's "same" padding, and SELU follows it
    (Klambauer et al. 2017, arXiv:1706.02515). The second LSTM reads the states of the first from the string's
    beginning to the end of the padding, and its last state is the molecule's vector.

    Source: Preuer et al. 2018 (arXiv:1803.09518), sec. 2; layers and sizes are those of the published file.
    """

    def __init__(self) -> None:
        super().__init__()
        self.convolutions = nn.ModuleList(
            nn.Conv1d(channels, _CHANNELS, _KERNEL, stride=_STRIDE, bias=False)
            for channels in (len(SYMBOLS), _CHANNELS)
        )
        self.first = nn.LSTM(_CHANNELS, _FIRST, batch_first=True)
        self.second = nn.LSTM(_FIRST, _SECOND, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        """Return (n, 512) for one-hot rows (n, 35, positions)."""
        for convolution in self.convolutions:
            x = functional.selu(convolution(functional.pad(x, _padding(x.shape[2]))))
        states = self.first(x.transpose(1, 2).flip(1))[0].flip(1)
        last: Tensor = self.second(states)[0][:, -1]
        return last


def read_chemnet(path: Path | None = None) -> ChemNet:
    """Return the network with its published weights, for inference.

    path  the file; None: that of the installed package

    The file is a list of layers, each a name and a dict of tensors; nothing else is unpickled. Raises Absent
    if the package is not installed, and DataError if the file holds anything else.
    """
    place = WEIGHTS.find() if path is None else path
    try:
        layers = torch.load(place, map_location="cpu", weights_only=True)
        with torch.device("meta"):  # nothing is drawn at random
            network = ChemNet()
        network.load_state_dict(_state(layers), assign=True)
    except Exception as error:
        raise DataError(
            f"{place.name} does not hold ChemNet ({type(error).__name__}); expected the file of "
            f"{WEIGHTS.release}: run `pip install --no-deps --force-reinstall {WEIGHTS.release}`"
        ) from error
    return network.requires_grad_(requires_grad=False).eval()


def _state(layers: Any) -> dict[str, Tensor]:
    """Return the tensors of the file under the names of `ChemNet`."""
    names = ("convolutions.0", "convolutions.1", "first", "second")
    return {
        f"{name}.{key}": tensor
        for name, (_, (tensors, *_)) in zip(names, layers, strict=True)
        for key, tensor in tensors.items()
    }


def _padding(length: int) -> tuple[int, int]:
    """Return the zeros before and after a row, so that a convolution gives length / stride, rounded up."""
    total = max((-(-length // _STRIDE) - 1) * _STRIDE + _KERNEL - length, 0)
    return total // 2, total - total // 2
