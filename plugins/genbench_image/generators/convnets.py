"""Convolutional encoder and decoder, shared by `vae`, `gan` and `wgan-gp`.

After Radford, Metz & Chintala, "Unsupervised representation learning with deep convolutional generative
adversarial networks" (2015, arXiv:1511.06434): strided 4x4 convolutions that halve or double the sides, and
widths that double as the sides halve. Without batch normalisation, because a sample must not depend on its
batch, and because a gradient penalty applies to single samples (Gulrajani et al. 2017, section 4).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["Decoder", "Encoder", "halvings", "normalisation"]

_GROUPS = (8, 4, 2)  # of which the most are taken that leave _LEAST channels in each
_LEAST = 4  # channels in a group, as of Ho et al. (2020): 128 in 32 groups
_WIDEST = 8  # times the first width; more would put most weights where pixels are few


def halvings(shape: tuple[int, ...]) -> int:
    """Return how often images of (height, width, channels) are halved: down to 4x4, and at least twice."""
    return max(2, math.ceil(math.log2(max(shape[:2]) / 4)))


def normalisation(channels: int) -> nn.GroupNorm:
    """Return a group normalisation for any number of channels, with four of them or more in a group.

    With one channel a group, it would remove what a label or a time adds to the whole channel.
    """
    fit = (groups for groups in _GROUPS if channels % groups == 0 and channels // groups >= _LEAST)
    return nn.GroupNorm(next(fit, 1), channels)


class Encoder(nn.Module):
    """Images (n, channels, height, width), and their class numbers, to (n, outputs) numbers."""

    def __init__(self, shape: tuple[int, ...], *, outputs: int, channels: int, classes: int = 0) -> None:
        super().__init__()
        self.classes = classes
        self.padding, coarsest = _grid(shape)
        widths = _widths(channels, shape)
        layers: list[nn.Module] = []
        for before, after in zip([shape[2] + classes, *widths], widths, strict=False):
            layers += [nn.Conv2d(before, after, 4, stride=2, padding=1), nn.LeakyReLU(0.2)]
        size = widths[-1] * coarsest[0] * coarsest[1]
        self.layers = nn.Sequential(*layers, nn.Flatten(), nn.Linear(size, outputs))

    def forward(self, images: Tensor, numbers: Tensor | None = None) -> Tensor:
        """Return (n, outputs) numbers; a model with classes needs (n,) int64 `numbers`."""
        if numbers is not None:
            maps = functional.one_hot(numbers, self.classes).to(images.dtype)[:, :, None, None]
            images = torch.cat([images, maps.expand(-1, -1, *images.shape[2:])], dim=1)
        result: Tensor = self.layers(functional.pad(images, self.padding))
        return result


class Decoder(nn.Module):
    """Latents (n, latent_size), and class numbers, to images (n, channels, height, width) in [-1, 1]."""

    def __init__(self, shape: tuple[int, ...], *, latent_size: int, channels: int, classes: int = 0) -> None:
        super().__init__()
        self.shape = shape
        self.latent_size = latent_size
        self.channels = channels
        self.classes = classes
        _, coarsest = _grid(shape)
        widths = _widths(channels, shape)[::-1]
        layers: list[nn.Module] = [
            nn.Linear(latent_size + classes, widths[0] * coarsest[0] * coarsest[1]),
            nn.Unflatten(1, (widths[0], *coarsest)),
        ]
        for before, after in zip(widths, [*widths[1:], shape[2]], strict=True):
            layers += [normalisation(before), nn.ReLU()]
            layers += [nn.ConvTranspose2d(before, after, 4, stride=2, padding=1)]
        self.layers = nn.Sequential(*layers, nn.Tanh())

    def forward(self, latents: Tensor, numbers: Tensor | None = None) -> Tensor:
        """Return images in [-1, 1]; a model with classes needs (n,) int64 `numbers`."""
        if numbers is not None:
            one_hot = functional.one_hot(numbers, self.classes).to(latents.dtype)
            latents = torch.cat([latents, one_hot], dim=1)
        images: Tensor = self.layers(latents)
        return images[:, :, : self.shape[0], : self.shape[1]]


def _grid(shape: tuple[int, ...]) -> tuple[tuple[int, int, int, int], tuple[int, int]]:
    """Return the padding (left, right, top, bottom) to whole cells, and the cells (down, across)."""
    cell = 2 ** halvings(shape)
    down, across = math.ceil(shape[0] / cell), math.ceil(shape[1] / cell)
    return (0, across * cell - shape[1], 0, down * cell - shape[0]), (down, across)


def _widths(channels: int, shape: tuple[int, ...]) -> list[int]:
    """Return the width after each halving: `channels` doubled each time, up to eightfold."""
    return [channels * min(2**level, _WIDEST) for level in range(halvings(shape))]
