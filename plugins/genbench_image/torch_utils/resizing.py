"""Resizing of images by the rules behind published numbers.

The rules change scores more than any difference of precision, so the rule belongs to the name of a score.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

__all__ = ["RESIZES", "bilinear", "pil_bicubic", "tf1_bilinear"]


def tf1_bilinear(images: Tensor, side: int) -> Tensor:
    """Return images (n, c, height, width) float32 as (n, c, side, side), by TensorFlow 1's bilinear rule.

    Pixel i of the result is at i * height / side of the source, without the half-pixel shift of later rules,
    clamped to the last row, and without antialiasing. The values equal those of torch-fidelity bit for bit:
    columns before rows, positions in float32. It is several times as fast, because each direction is
    interpolated separately, along memory.

    Source: ResizeBilinear of TensorFlow 1 with align_corners=False, as in the graph of 2015-12-05.
    """
    rows, columns = _Taps.of(images.shape[2], side, images), _Taps.of(images.shape[3], side, images)
    if images.shape[2] > side:  # skip rows that no result row uses
        low, high = (images.index_select(2, chosen) for chosen in (rows.low, rows.high))
        low, high = (columns.blend(half.transpose(2, 3).contiguous()).transpose(2, 3) for half in (low, high))
        return rows.between(low, high)
    return rows.blend(columns.blend(images.transpose(2, 3).contiguous()).transpose(2, 3).contiguous())


def pil_bicubic(images: Tensor, side: int) -> Tensor:
    """Return images (n, c, height, width) float32 as (n, c, side, side) in [0, 255], by Pillow's bicubic.

    Each channel is resized as a float image, with antialiasing, clipped to [0, 255] and not rounded. It runs
    on the CPU.

    Source: Parmar et al. 2022 (arXiv:2104.11222), "clean" resizing.
    """
    flat = images.cpu().numpy().reshape(-1, *images.shape[2:])
    resized = np.empty((len(flat), side, side), np.float32)
    for target, plane in zip(resized, flat, strict=True):
        target[:] = np.asarray(Image.fromarray(plane).resize((side, side), Image.Resampling.BICUBIC))
    found = torch.from_numpy(resized.clip(0, 255)).to(images.device)
    return found.reshape(*images.shape[:2], side, side)


def bilinear(images: Tensor, side: int) -> Tensor:
    """Return images (n, c, height, width) float32 as (n, c, side, side), by torch's bilinear rule.

    Pixel centres are at half pixels (align_corners=False), without antialiasing (antialias=False): the rule
    of pytorch-fid.
    """
    return torch.nn.functional.interpolate(images, size=(side, side), mode="bilinear", align_corners=False)


#: The name of a rule to its function of images and their new side.
RESIZES: dict[str, Callable[[Tensor, int], Tensor]] = {
    "tf1": tf1_bilinear,
    "pil-bicubic": pil_bicubic,
    "bilinear": bilinear,
}


@dataclass(frozen=True)
class _Taps:
    """The two source rows of each result row, and the weight between them: (side,) each."""

    low: Tensor
    high: Tensor
    share: Tensor

    @classmethod
    def of(cls, n_in: int, n_out: int, like: Tensor) -> _Taps:
        """Return the taps of `n_out` rows from `n_in`; positions are float32, as in TensorFlow."""
        step = torch.tensor(n_in / n_out, dtype=torch.float32)
        position = (torch.arange(n_out, dtype=torch.float32) * step).to(like.device)
        low = position.long()
        return cls(low, (low + 1).clamp_max(n_in - 1), (position - low)[:, None])

    def blend(self, images: Tensor) -> Tensor:
        """Return (n, c, n_in, width) as (n, c, n_out, width)."""
        return self.between(images.index_select(2, self.low), images.index_select(2, self.high))

    def between(self, low: Tensor, high: Tensor) -> Tensor:
        """Return the rows between rows `low` and `high`, (n, c, n_out, width) each; `high` is overwritten."""
        return high.sub_(low).mul_(self.share).add_(low)
