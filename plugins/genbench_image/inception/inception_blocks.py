"""Building blocks of the Inception network: normalised convolutions, and parallel paths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch
from torch import nn
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    Path = Sequence["Conv | tuple[Conv, ...]"]
    Pool = Literal["average", "max", "max-halving"]

__all__ = ["EPSILON", "Block", "Conv", "Unit"]

#: Added to the variance in batch normalisation, in the graph of 2015.
EPSILON = 1e-3


@dataclass(frozen=True)
class Conv:
    """One convolution: `name`, channels `after` it, kernel (height, width), stride.

    With zero padding (`padded`) it keeps the size of the image, at stride 1.
    """

    name: str
    after: int
    kernel: tuple[int, int] = (1, 1)
    stride: int = 1
    padded: bool = True


class Unit(nn.Module):
    """Convolution, batch normalisation and ReLU; `folded`: the normalisation is part of the convolution."""

    def __init__(self, before: int, conv: Conv, *, folded: bool) -> None:
        super().__init__()
        padding = (conv.kernel[0] // 2, conv.kernel[1] // 2) if conv.padded else (0, 0)
        self.conv = nn.Conv2d(before, conv.after, conv.kernel, conv.stride, padding, bias=folded)
        self.bn = nn.Identity() if folded else nn.BatchNorm2d(conv.after, eps=EPSILON)

    def forward(self, x: Tensor) -> Tensor:
        """Return (n, after, height, width) from (n, before, height, width)."""
        return functional.relu(self.bn(self.conv(x)), inplace=True)


class Block(nn.Module):
    """Parallel paths over one input, concatenated along the channels, the pooled one last.

    paths   each a sequence of convolutions; a tuple within a path is a fork, whose ends are concatenated
    pool    pooling of the last path
    pooled  the convolutions after the pooling
    """

    def __init__(
        self, before: int, paths: Sequence[Path], *, pool: Pool, pooled: Path = (), folded: bool
    ) -> None:
        super().__init__()
        self._paths = [self._add(before, path, folded=folded) for path in (*paths, pooled)]
        self._pool = pool

    def forward(self, x: Tensor) -> Tensor:
        """Return the concatenated paths, (n, channels, height, width)."""
        starts = [x] * (len(self._paths) - 1) + [_pooled(x, self._pool)]
        return torch.cat([self._along(path, at) for path, at in zip(self._paths, starts, strict=True)], 1)

    def _add(self, before: int, path: Path, *, folded: bool) -> list[list[str]]:
        """Add the units of a path under their names; return the names, grouped by fork."""
        steps = [step if isinstance(step, tuple) else (step,) for step in path]
        for step in steps:
            for conv in step:
                self.add_module(conv.name, Unit(before, conv, folded=folded))
            before = sum(conv.after for conv in step)
        return [[conv.name for conv in step] for step in steps]

    def _along(self, path: list[list[str]], x: Tensor) -> Tensor:
        for names in path:
            ends = [self.get_submodule(name)(x) for name in names]
            x = ends[0] if len(ends) == 1 else torch.cat(ends, 1)
        return x


def _pooled(x: Tensor, pool: Pool) -> Tensor:
    """Return x pooled over 3 x 3; the average excludes the padding, as in TensorFlow."""
    if pool == "average":
        return functional.avg_pool2d(x, 3, stride=1, padding=1, count_include_pad=False)
    if pool == "max":
        return functional.max_pool2d(x, 3, stride=1, padding=1)
    return functional.max_pool2d(x, 3, stride=2)
