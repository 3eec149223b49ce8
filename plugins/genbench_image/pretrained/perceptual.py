"""Feature extraction for `lpips`: weighted activations of a backbone, concatenated."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn import functional

from genbench import DataError, Undefined
from genbench_image.files.folders import escape
from genbench_image.files.weight_files import read_state
from genbench_image.torch_utils.preparing import check_images

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from genbench import Samples

__all__ = ["ALEXNET", "VGG16", "Backbone", "Conv", "Perceptual", "read_backbone", "read_heads"]


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
        f"{escape((path.name,))} holds the convolutions {sorted(shapes)} of neither AlexNet nor VGG-16; "
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
        raise DataError(f"{escape((path.name,))} holds heads of width {got}; this backbone needs {widths}")
    if any(bool((head < 0).any()) for head in heads.values()):
        raise DataError(f"{escape((path.name,))} holds negative weights; expected weights >= 0")
    return tuple(heads[number] for number in sorted(heads))


# Mean and standard deviation of ImageNet's channels for images in [-1, 1], as in version 0.1.
_SHIFT = (-0.030, -0.088, -0.188)

_SCALE = (0.458, 0.448, 0.450)

# Added to the norm of the activations at a position, as in the package `lpips`.
_TINY = 1e-10

# Pixels in one forward pass. Every batch is padded to as many images as that allows, so that the features of
# one do not depend on the others.
_PIXELS = 2**17


@dataclass(frozen=True, eq=False)
class Perceptual:
    """A backbone with heads, as an extractor.

    backbone  its convolutions
    filters   their weights and biases
    roots     (channels,) square roots of the heads' weights, for each layer with a head
    size      side to which images are resized, or None
    device    of the network
    """

    backbone: Backbone
    filters: tuple[tuple[Tensor, Tensor], ...]
    roots: tuple[Tensor, ...]
    size: int | None
    device: str

    @classmethod
    def of(cls, backbone: Path, heads: Path, size: int | None, device: str) -> Perceptual:
        """Return the extractor with the weights in two files; raise DataError for other weights."""
        convolutions, filters = read_backbone(backbone)
        return cls(
            convolutions,
            tuple((weight.to(device), bias.to(device)) for weight, bias in filters),
            tuple(head.sqrt().to(device) for head in read_heads(heads, convolutions)),
            size,
            device,
        )

    def __call__(self, samples: Samples) -> dict[str, NDArray[np.float32]]:
        """Return `features` (n, d) float32; raise Undefined for images that the backbone does not support."""
        check_images(samples, "lpips")
        height, width, _ = samples.space.shape
        sides = (height, width) if self.size is None else (self.size, self.size)
        widths = self._widths(sides)
        features = np.empty((len(samples), sum(widths)), np.float32)
        batch = max(1, _PIXELS // math.prod(sides))
        padded = np.zeros((batch, *samples.space.shape), np.uint8)
        for first in range(0, len(samples), batch):
            images = samples.data[first : first + batch]
            padded[: len(images)] = images
            for layer, end in zip(self._layers(padded), np.cumsum(widths), strict=True):
                rows = layer[: len(images)].flatten(1).cpu().numpy()
                features[first : first + len(images), end - rows.shape[1] : end] = rows
        return {"features": features}

    def _layers(self, images: NDArray[np.uint8]) -> list[Tensor]:
        """Return the weighted activations (n, channels, height, width) of the layers with a head."""
        with torch.no_grad():
            x = self._prepare(images)
            seen: list[Tensor] = []
            for conv, (weight, bias) in zip(self.backbone, self.filters, strict=True):
                if conv.pool is not None:
                    x = functional.max_pool2d(x, *conv.pool)
                x = functional.conv2d(x, weight, bias, conv.stride, conv.padding).relu()
                if conv.is_seen:
                    root = self.roots[len(seen)] / math.sqrt(math.prod(x.shape[2:]))
                    lengths = x.square().sum(dim=1, keepdim=True).sqrt() + _TINY
                    seen.append(x / lengths * root[:, None, None])
        return seen

    def _prepare(self, images: NDArray[np.uint8]) -> Tensor:
        x = torch.from_numpy(images).to(self.device).permute(0, 3, 1, 2).float() / 127.5 - 1
        if self.size is not None and x.shape[2:] != (self.size, self.size):
            x = functional.interpolate(x, (self.size, self.size), mode="bilinear", antialias=True)
        shift, scale = (
            torch.tensor(values, device=self.device)[:, None, None] for values in (_SHIFT, _SCALE)
        )
        return ((x - shift) / scale).contiguous()

    def _widths(self, sides: tuple[int, int]) -> list[int]:
        """Return the number of features of each layer with a head, for images of `sides`."""
        widths = []
        now = sides
        for conv in self.backbone:
            now = _sides_after(conv, now)
            if min(now) < 1:
                raise Undefined(
                    f"images of {sides[0]}x{sides[1]} are too small for this backbone; set size = 64"
                )
            widths += [conv.shape[0] * math.prod(now)] if conv.is_seen else []
        return widths


def _sides_after(conv: Conv, sides: tuple[int, int]) -> tuple[int, int]:
    if conv.pool is not None:
        window, stride = conv.pool
        sides = ((sides[0] - window) // stride + 1, (sides[1] - window) // stride + 1)
    reach = 2 * conv.padding - conv.shape[2]
    return (sides[0] + reach) // conv.stride + 1, (sides[1] + reach) // conv.stride + 1
