"""Feature extraction for `lpips`: weighted activations of a backbone, concatenated."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn import functional

from genbench import Undefined
from genbench_image.pretrained.perceptual_weights import read_backbone, read_heads
from genbench_image.torch_utils.preparing import check_images

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from genbench import Samples
    from genbench_image.pretrained.perceptual_weights import Backbone, Conv

__all__ = ["Perceptual"]

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
            x = self._prepared(images)
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

    def _prepared(self, images: NDArray[np.uint8]) -> Tensor:
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
