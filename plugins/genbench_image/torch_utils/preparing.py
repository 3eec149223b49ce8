"""Preprocessing of images for networks: three channels, one size, one scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from genbench import Undefined

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from torch import Tensor

    from genbench import Samples

__all__ = ["at_least_one", "check_images", "colour", "planes", "resize_all", "show"]

_GREY, _COLOUR = 1, 3


def check_images(samples: Samples, who: str) -> None:
    """Raise Undefined, naming `who`, unless the samples are grey or colour images."""
    if samples.space.modality != "image" or samples.space.shape[2] not in (_GREY, _COLOUR):
        raise Undefined(
            f"{who} takes images of 1 or 3 channels, got {samples.space}; drop the other channels"
        )


def at_least_one(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the images, or one black image if there are none: some networks take no empty batch."""
    return images if len(images) else np.zeros((1, *images.shape[1:]), np.uint8)


def planes(images: NDArray[np.uint8], device: str) -> Tensor:
    """Return images (n, height, width, c) as (n, c, height, width) uint8 on `device`, a copy."""
    return torch.from_numpy(np.array(images.transpose(0, 3, 1, 2), order="C")).to(device)


def colour(images: Tensor) -> Tensor:
    """Return images of 1 or 3 channels (n, c, height, width) as (n, 3, height, width)."""
    return images.expand(-1, _COLOUR, -1, -1)


def resize_all(
    images: NDArray[np.uint8], device: str, resize: Callable[[Tensor, int], Tensor], side: int
) -> Tensor:
    """Return images (n, height, width, c) as (n, 3, side, side) float32; grey is repeated three times."""
    return colour(resize(planes(images, device).float(), side))


def show(values: Tensor) -> NDArray[np.float32]:
    """Return (n, c, height, width) as an array (n, height, width, c) float32."""
    return np.ascontiguousarray(values.permute(0, 2, 3, 1).float().cpu().numpy())
