"""Inception-v3 network of 2015-12-05, by which FID, KID and the inception score are defined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch
from torch import nn
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

    Path = Sequence["Conv | tuple[Conv, ...]"]
    Pool = Literal["average", "max", "max-halving"]

__all__ = ["CLASSES", "EPSILON", "FEATURES", "SIDE", "Block", "Conv", "InceptionV3", "Unit", "fold"]

#: Added to the variance in batch normalisation, in the graph of 2015.
EPSILON = 1e-3


SIDE = 299  # pixels of the images that the weights were trained on
FEATURES = 2048  # of the last pooling, those of FID
CLASSES = 1008  # of the file of weights: the 1,000 of ImageNet, and 8 that mean nothing

_3 = (3, 3)

_ACROSS, _DOWN = (1, 7), (7, 1)


class InceptionV3(nn.Module):
    """Images (n, 3, 299, 299) in [-1, 1] to features (n, 2048), the means over the last 8 x 8 maps.

    Its parameters have the names of the published file; `fc` computes the logits. With `folded` it has the
    parameters that `fold` returns: the same function without batch normalisation.

    Source: Szegedy et al. 2015 (arXiv:1512.00567), figures 5 to 7 and table 1. Widths, the average pools
    without padding and the max pool of the last block are those of the graph of 2015-12-05.
    """

    def __init__(self, *, folded: bool = False) -> None:
        super().__init__()
        self.Conv2d_1a_3x3 = Unit(3, _halving("1a", 32), folded=folded)
        self.Conv2d_2a_3x3 = Unit(32, Conv("2a", 32, _3, padded=False), folded=folded)
        self.Conv2d_2b_3x3 = Unit(32, Conv("2b", 64, _3), folded=folded)
        self.Conv2d_3b_1x1 = Unit(64, Conv("3b", 80), folded=folded)
        self.Conv2d_4a_3x3 = Unit(80, Conv("4a", 192, _3, padded=False), folded=folded)
        self.Mixed_5b = _square(192, 32, folded=folded)
        self.Mixed_5c = _square(256, 64, folded=folded)
        self.Mixed_5d = _square(288, 64, folded=folded)
        self.Mixed_6a = _to_17(288, folded=folded)
        self.Mixed_6b = _block_17(768, 128, folded=folded)
        self.Mixed_6c = _block_17(768, 160, folded=folded)
        self.Mixed_6d = _block_17(768, 160, folded=folded)
        self.Mixed_6e = _block_17(768, 192, folded=folded)
        self.Mixed_7a = _to_8(768, folded=folded)
        self.Mixed_7b = _block_8(1280, "average", folded=folded)
        self.Mixed_7c = _block_8(2048, "max", folded=folded)
        self.fc = nn.Linear(FEATURES, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        """Return the features (n, 2048) of images (n, 3, 299, 299)."""
        x = self.Conv2d_2b_3x3(self.Conv2d_2a_3x3(self.Conv2d_1a_3x3(x)))
        x = functional.max_pool2d(x, 3, stride=2)
        x = self.Conv2d_4a_3x3(self.Conv2d_3b_1x1(x))
        x = functional.max_pool2d(x, 3, stride=2)
        x = self.Mixed_5d(self.Mixed_5c(self.Mixed_5b(x)))
        x = self.Mixed_6e(self.Mixed_6d(self.Mixed_6c(self.Mixed_6b(self.Mixed_6a(x)))))
        x = self.Mixed_7c(self.Mixed_7b(self.Mixed_7a(x)))
        return x.mean((2, 3))


def fold(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the parameters of `InceptionV3(folded=True)` that are equivalent to those in `state`, float32.

    Each batch normalisation becomes a factor of its convolution's kernels and a bias, computed in float64.
    """
    folded = {name: tensor for name, tensor in state.items() if name.startswith("fc.")}
    for unit in (name.removesuffix(".conv.weight") for name in state if name.endswith(".conv.weight")):
        kernel, gain, shift, mean, variance = (
            state[f"{unit}.{part}"].double()
            for part in ("conv.weight", "bn.weight", "bn.bias", "bn.running_mean", "bn.running_var")
        )
        factor = gain / torch.sqrt(variance + EPSILON)
        folded[f"{unit}.conv.weight"] = (kernel * factor[:, None, None, None]).float()
        folded[f"{unit}.conv.bias"] = (shift - mean * factor).float()
    return folded


def _halving(name: str, after: int) -> Conv:
    return Conv(name, after, _3, stride=2, padded=False)


def _square(before: int, pooled: int, *, folded: bool) -> Block:
    """Return a block on 35 x 35 maps, figure 5 with a 5 x 5 kernel left in one path."""
    paths = (
        (Conv("branch1x1", 64),),
        (Conv("branch5x5_1", 48), Conv("branch5x5_2", 64, (5, 5))),
        (Conv("branch3x3dbl_1", 64), Conv("branch3x3dbl_2", 96, _3), Conv("branch3x3dbl_3", 96, _3)),
    )
    return Block(before, paths, pool="average", pooled=(Conv("branch_pool", pooled),), folded=folded)


def _to_17(before: int, *, folded: bool) -> Block:
    """Return the block from 35 x 35 to 17 x 17 maps."""
    paths = (
        (_halving("branch3x3", 384),),
        (Conv("branch3x3dbl_1", 64), Conv("branch3x3dbl_2", 96, _3), _halving("branch3x3dbl_3", 96)),
    )
    return Block(before, paths, pool="max-halving", folded=folded)


def _block_17(before: int, width: int, *, folded: bool) -> Block:
    """Return a block on 17 x 17 maps, figure 6 with n = 7."""
    paths = (
        (Conv("branch1x1", 192),),
        (Conv("branch7x7_1", width), Conv("branch7x7_2", width, _ACROSS), Conv("branch7x7_3", 192, _DOWN)),
        (
            Conv("branch7x7dbl_1", width),
            Conv("branch7x7dbl_2", width, _DOWN),
            Conv("branch7x7dbl_3", width, _ACROSS),
            Conv("branch7x7dbl_4", width, _DOWN),
            Conv("branch7x7dbl_5", 192, _ACROSS),
        ),
    )
    return Block(before, paths, pool="average", pooled=(Conv("branch_pool", 192),), folded=folded)


def _to_8(before: int, *, folded: bool) -> Block:
    """Return the block from 17 x 17 to 8 x 8 maps."""
    paths = (
        (Conv("branch3x3_1", 192), _halving("branch3x3_2", 320)),
        (
            Conv("branch7x7x3_1", 192),
            Conv("branch7x7x3_2", 192, _ACROSS),
            Conv("branch7x7x3_3", 192, _DOWN),
            _halving("branch7x7x3_4", 192),
        ),
    )
    return Block(before, paths, pool="max-halving", folded=folded)


def _block_8(before: int, pool: Literal["average", "max"], *, folded: bool) -> Block:
    """Return a block on 8 x 8 maps, figure 7."""
    paths = (
        (Conv("branch1x1", 320),),
        (Conv("branch3x3_1", 384), (Conv("branch3x3_2a", 384, (1, 3)), Conv("branch3x3_2b", 384, (3, 1)))),
        (
            Conv("branch3x3dbl_1", 448),
            Conv("branch3x3dbl_2", 384, _3),
            (Conv("branch3x3dbl_3a", 384, (1, 3)), Conv("branch3x3dbl_3b", 384, (3, 1))),
        ),
    )
    return Block(before, paths, pool=pool, pooled=(Conv("branch_pool", 192),), folded=folded)


# Building blocks of the Inception network: normalised convolutions, and parallel paths.


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
        starts = [x] * (len(self._paths) - 1) + [_pool(x, self._pool)]
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


def _pool(x: Tensor, pool: Pool) -> Tensor:
    """Return x pooled over 3 x 3; the average excludes the padding, as in TensorFlow."""
    if pool == "average":
        return functional.avg_pool2d(x, 3, stride=1, padding=1, count_include_pad=False)
    if pool == "max":
        return functional.max_pool2d(x, 3, stride=1, padding=1)
    return functional.max_pool2d(x, 3, stride=2)
