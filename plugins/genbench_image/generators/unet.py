"""Network of `ddpm`: a small U-Net, conditional on the time.

A small version of Ho et al. (2020), appendix B: residual blocks with group normalisation at each resolution,
sinusoidal time embeddings, and skip connections; no attention.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from genbench_image.generators.convnets import normalisation

__all__ = ["UNet"]

_COARSEST = 4  # halving stops at this side
_WIDEST = 4  # maximum growth of widths
_EMBEDDING = 64  # numbers for a time, half sines and half cosines, and for a class
_SPAN, _PERIOD = 1000.0, 10000.0  # of the time embeddings, as in Ho et al. with T = 1,000


class UNet(nn.Module):
    """Noisy images (n, channels, height, width), their times and class numbers to noise of the same shape."""

    def __init__(self, shape: tuple[int, ...], *, channels: int, classes: int = 0) -> None:
        super().__init__()
        self.channels = channels
        halvings = max(1, math.ceil(math.log2(max(shape[:2]) / _COARSEST)))
        self.padding = _padding(shape, 2**halvings)
        widths = [channels * min(2**level, _WIDEST) for level in range(halvings + 1)]
        self.time = nn.Sequential(
            nn.Linear(_EMBEDDING, _EMBEDDING), nn.SiLU(), nn.Linear(_EMBEDDING, _EMBEDDING)
        )
        self.label = nn.Embedding(classes, _EMBEDDING) if classes else None
        self.first = nn.Conv2d(shape[2], widths[0], 3, padding=1)
        self.down = nn.ModuleList(_Block(a, b) for a, b in zip([widths[0], *widths], widths, strict=False))
        self.middle = _Block(widths[-1], widths[-1])
        above = [widths[-1], *widths[:0:-1]]
        self.up = nn.ModuleList(_Block(a + b, b) for a, b in zip(above, widths[::-1], strict=True))
        self.last = nn.Sequential(
            normalisation(widths[0]), nn.SiLU(), _zero(nn.Conv2d(widths[0], shape[2], 3, padding=1))
        )

    def forward(self, images: Tensor, times: Tensor, numbers: Tensor | None = None) -> Tensor:
        """Return the noise in `images` at `times`, (n,) in [0, 1]; with classes, of (n,) `numbers`."""
        condition = self.time(_waves(times))
        if self.label is not None:
            condition = condition + self.label(numbers)
        condition = functional.silu(condition)
        hidden = self.first(functional.pad(images, self.padding))
        kept = []
        for level, block in enumerate(self.down):
            hidden = block(functional.avg_pool2d(hidden, 2) if level else hidden, condition)
            kept.append(hidden)
        hidden = self.middle(hidden, condition)
        for level, block in enumerate(self.up):
            hidden = functional.interpolate(hidden, scale_factor=2.0) if level else hidden
            hidden = block(torch.cat([hidden, kept.pop()], dim=1), condition)
        noise: Tensor = self.last(hidden)
        return noise[:, :, : images.shape[2], : images.shape[3]]


class _Block(nn.Module):
    """A residual block of two convolutions, with the condition added between them."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.first = nn.Sequential(normalisation(before), nn.SiLU(), nn.Conv2d(before, after, 3, padding=1))
        self.condition = nn.Linear(_EMBEDDING, after)
        self.second = nn.Sequential(
            normalisation(after), nn.SiLU(), _zero(nn.Conv2d(after, after, 3, padding=1))
        )
        self.short = nn.Identity() if before == after else nn.Conv2d(before, after, 1)

    def forward(self, inputs: Tensor, condition: Tensor) -> Tensor:
        hidden = self.first(inputs) + self.condition(condition)[:, :, None, None]
        result: Tensor = self.short(inputs) + self.second(hidden)
        return result


def _zero(layer: nn.Conv2d) -> nn.Conv2d:
    """Return `layer` with weights of 0: a residual block starts as the identity."""
    nn.init.zeros_(layer.weight)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer


def _waves(times: Tensor) -> Tensor:
    """Return sines and cosines of (n,) times at geometrically spaced frequencies, (n, 64)."""
    half = _EMBEDDING // 2
    frequencies = torch.exp(-math.log(_PERIOD) / half * torch.arange(half, device=times.device))
    angles = _SPAN * times[:, None] * frequencies
    return torch.cat([angles.sin(), angles.cos()], dim=1)


def _padding(shape: tuple[int, ...], cell: int) -> tuple[int, int, int, int]:
    """Return the padding (left, right, top, bottom) of (height, width, channels) to whole cells."""
    return (0, -shape[1] % cell, 0, -shape[0] % cell)
