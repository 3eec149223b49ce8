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

_CHANNELS, _KERNEL, _STRIDE = 32, 4, 2  # as the weights have them, like all sizes here
_PADDING = 1, _KERNEL - 1  # zeros around a row, so that every output that is not zero is computed
_PART = 32  # steps over the padding at once; they are fed as an identity matrix, whose size is their square
_FIRST, _SECOND = 128, 512


class ChemNet(nn.Module):
    """Two convolutions and two LSTMs, the first of which reads the string from its end.

    Each convolution halves the length, rounded up: Keras's "same" padding puts one zero before a row, and one
    or two after it. SELU follows (Klambauer et al. 2017, arXiv:1706.02515). The second LSTM reads the states
    of the first from the string's beginning to the end of the padding, and its last state is the molecule's
    vector.

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

    def forward(self, x: Tensor, positions: int) -> Tensor:
        """Return (n, 512) for one-hot rows (n, 35, p), padded with zeros to `positions`, at least p of them.

        The padding is the same for all rows, so a part of its work is done once for all: the states of the
        first LSTM, which meets the padding first, and what these add to the gates of the second. For
        inference only.
        """
        for convolution in self.convolutions:
            positions = -(-positions // _STRIDE)
            x = functional.selu(convolution(functional.pad(x, _PADDING)))[:, :, :positions]
        states, shared = self._first_states(x.transpose(1, 2).flip(1), positions - x.shape[2])
        _, last = self.second(states)
        weight = self.second.get_parameter("weight_ih_l0")
        for start in range(0, len(shared), _PART):
            gates = functional.linear(shared[start : start + _PART], weight)
            steps = torch.eye(len(gates), dtype=x.dtype, device=x.device).expand(len(x), -1, -1)
            _, last = self._second_on(gates)(steps.contiguous(), last)
        hidden: Tensor = last[0][0]
        return hidden

    def _first_states(self, x: Tensor, zeros: int) -> tuple[Tensor, Tensor]:
        """Return the first LSTM's states from left to right: (n, s, 128), then (z, 128) of the padding.

        x      (n, s, 32) its input from right to left
        zeros  the steps z of padding, which it reads before x
        """
        if not zeros:
            states, _ = self.first(x)
            return states.flip(1), states.new_zeros(0, _FIRST)
        shared, last = self.first(x.new_zeros(1, zeros, _CHANNELS))
        states, _ = self.first(x, tuple(state.expand(-1, len(x), -1).contiguous() for state in last))
        return states.flip(1), shared[0].flip(0)

    def _second_on(self, gates: Tensor) -> nn.LSTM:
        """Return the second LSTM for s inputs, given what each adds to its gates (s, 2048).

        It reads the rows of a unit matrix in place of the inputs, and gives the same bits on a CPU.
        """
        with torch.device("meta"):
            lstm = nn.LSTM(len(gates), _SECOND, batch_first=True)
        own = {name: value.clone() for name, value in self.second.named_parameters()}
        lstm.load_state_dict(own | {"weight_ih_l0": gates.t().contiguous()}, assign=True)
        lstm.flatten_parameters()
        return lstm


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
    except Exception as error:  # torch and pickle raise many types for a damaged file
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
