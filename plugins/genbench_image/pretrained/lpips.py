"""Extractor `lpips`: vectors whose squared distance is the learned perceptual distance of images."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - annotations are read at run time
from typing import TYPE_CHECKING, Annotated

from annotated_types import Ge

if TYPE_CHECKING:
    from genbench_image.pretrained.perceptual import Perceptual

__all__ = ["lpips"]


def lpips(
    *, backbone: Path, heads: Path, size: Annotated[int, Ge(1)] | None = None, device: str
) -> Perceptual:
    """Return a function from n images of 1 or 3 channels to `features`, (n, d) float32.

        d(a, b) = sum over layers l  1 / (H_l W_l)  sum over h, w  | w_l * (y_lhw(a) - y_lhw(b)) |^2

    with y the activations of a layer, scaled to unit length over the channels at each position (equation 1 of
    the paper), and w_l^2 the learned weights of the channels. So features are sqrt(weight / (H W)) y of all
    layers, concatenated, and their squared distance is the value of the package `lpips`, version 0.1.

    backbone  torchvision's state dict of AlexNet or VGG-16, as .pth or .safetensors; its shapes tell which
    heads     the learned weights, a state dict `lin0` to `lin4` as the package `lpips` ships them
    size      side to which images are resized first (bilinear, antialiased); None: no resizing

    Grey images are repeated for all three channels. d grows with the image: 31,872 for AlexNet at 64x64,
    640,128 at 256x256; 499,712 and 7,995,392 for VGG-16. Choose `size` by the memory that n rows of float32
    take.

    Raises DataError for unreadable files and other weights, and Undefined for images with other channels or
    too small for the backbone.

    Source: Zhang et al. 2018 (arXiv:1801.03924).
    """
    from genbench_image.pretrained.perceptual import Perceptual

    return Perceptual.of(backbone, heads, size, device)
