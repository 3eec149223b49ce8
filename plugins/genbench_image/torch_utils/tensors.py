"""Conversion of images between uint8 pixels and float tensors in [-1, 1].

inside = pixel / 127.5 - 1        pixel = round((clip(inside, -1, 1) + 1) * 127.5)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from genbench import DataError, Invalid, Samples

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    from genbench import Space

__all__ = ["to_samples", "to_tensor"]


def to_tensor(samples: Samples, device: str) -> torch.Tensor:
    """Return images as a (n, channels, height, width) float32 tensor in [-1, 1] on `device`.

    Raises DataError unless `samples` are uint8 images, at least one of them.
    """
    import torch

    if samples.space.modality != "image" or samples.data.dtype != np.uint8:
        raise DataError(f"expected uint8 images, got {samples.space.modality} samples of type "
                        f"{getattr(samples.data, 'dtype', type(samples.data).__name__)}")  # fmt: skip
    if len(samples) == 0:
        raise DataError("expected at least one training image, got none")
    pixels = np.ascontiguousarray(samples.data.transpose(0, 3, 1, 2))
    return torch.from_numpy(pixels.astype(np.float32) / np.float32(127.5) - 1).to(device)


def to_samples(images: torch.Tensor, space: Space, labels: NDArray[np.int64] | None = None) -> Samples:
    """Return (n, channels, height, width) numbers, clipped to [-1, 1], as samples of `space` with `labels`.

    Raises Invalid if a number is not finite, because a cast would turn it into a valid pixel.
    """
    values = images.detach().cpu().numpy()
    wrong = ~np.isfinite(values)
    if wrong.any():
        raise Invalid(f"training diverged: {int(wrong.sum())} of {wrong.size} sampled values are not finite; "
                      "lower learning_rate")  # fmt: skip
    pixels = np.rint((values.clip(-1, 1) + 1) * np.float32(127.5)).astype(np.uint8)
    return Samples(np.ascontiguousarray(pixels.transpose(0, 2, 3, 1)), space, labels)
