"""Readers for the weights of `lpips`: those of a backbone, and those of its heads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from genbench import DataError
from genbench_image.files.folders import shown
from genbench_image.files.weight_files import read_state

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

__all__ = ["ALEXNET", "VGG16", "Backbone", "Conv", "read_backbone", "read_heads"]


@dataclass(frozen=True)
class Conv:
    """A convolution with a ReLU after it.

    place    index of its weights in the state dict, `features.<place>.weight`
    shape    output channels, input channels, height and width of its kernel
    pool     (kernel, stride) of a max pool before it, or None
    is_seen  its activations have a head
    """

    place: int
    shape: tuple[int, int, int, int]
    stride: int = 1
    padding: int = 1
    pool: tuple[int, int] | None = None
    is_seen: bool = False


#: The convolutions of a network, in order.
Backbone = tuple[Conv, ...]

#: Krizhevsky 2014 (arXiv:1404.5997), as torchvision has it.
ALEXNET: Backbone = (
    Conv(0, (64, 3, 11, 11), stride=4, padding=2, is_seen=True),
    Conv(3, (192, 64, 5, 5), padding=2, pool=(3, 2), is_seen=True),
    Conv(6, (384, 192, 3, 3), pool=(3, 2), is_seen=True),
    Conv(8, (256, 384, 3, 3), is_seen=True),
    Conv(10, (256, 256, 3, 3), is_seen=True),
)

#: Simonyan & Zisserman 2014 (arXiv:1409.1556), configuration D.
VGG16: Backbone = (
    Conv(0, (64, 3, 3, 3)),
    Conv(2, (64, 64, 3, 3), is_seen=True),
    Conv(5, (128, 64, 3, 3), pool=(2, 2)),
    Conv(7, (128, 128, 3, 3), is_seen=True),
    Conv(10, (256, 128, 3, 3), pool=(2, 2)),
    Conv(12, (256, 256, 3, 3)),
    Conv(14, (256, 256, 3, 3), is_seen=True),
    Conv(17, (512, 256, 3, 3), pool=(2, 2)),
    Conv(19, (512, 512, 3, 3)),
    Conv(21, (512, 512, 3, 3), is_seen=True),
    Conv(24, (512, 512, 3, 3), pool=(2, 2)),
    Conv(26, (512, 512, 3, 3)),
    Conv(28, (512, 512, 3, 3), is_seen=True),
)

_CONVOLUTION = re.compile(r"features\.(\d{1,3})\.weight")
_HEAD = re.compile(r"lin(\d)\.model\.\d\.weight")


def read_backbone(path: Path) -> tuple[Backbone, tuple[tuple[Tensor, Tensor], ...]]:
    """Return the backbone of a state dict, and the weights and biases of its convolutions, float32.

    Raises DataError if the file is unreadable, or belongs to neither AlexNet nor VGG-16.
    """
    weights = read_state(path, "lpips")
    shapes = {
        int(found[1]): tuple(weights[name].shape)
        for name in weights
        if (found := _CONVOLUTION.fullmatch(name))
    }
    for backbone in (ALEXNET, VGG16):
        biases = {f"features.{conv.place}.bias": conv.shape[:1] for conv in backbone}
        is_whole = all(name in weights and weights[name].shape == shape for name, shape in biases.items())
        if shapes == {conv.place: conv.shape for conv in backbone} and is_whole:
            return backbone, tuple(
                (weights[f"features.{conv.place}.weight"], weights[f"features.{conv.place}.bias"])
                for conv in backbone
            )
    raise DataError(
        f"{shown((path.name,))} holds the convolutions {sorted(shapes)} of neither AlexNet nor VGG-16; "
        f"expected torchvision's state dict of one of them"
    )


def read_heads(path: Path, backbone: Backbone) -> tuple[Tensor, ...]:
    """Return the (channels,) float32 weights of each layer of `backbone` with a head, all >= 0.

    Raises DataError if the file cannot be read or holds other weights.
    """
    weights = read_state(path, "lpips")
    heads = {int(found[1]): weights[name].flatten() for name in weights if (found := _HEAD.fullmatch(name))}
    widths = [conv.shape[0] for conv in backbone if conv.is_seen]
    got = [len(heads[number]) for number in sorted(heads)]
    if got != widths:
        raise DataError(f"{shown((path.name,))} holds heads of width {got}; this backbone needs {widths}")
    if any(bool((head < 0).any()) for head in heads.values()):
        raise DataError(f"{shown((path.name,))} holds negative weights; expected weights >= 0")
    return tuple(heads[number] for number in sorted(heads))
