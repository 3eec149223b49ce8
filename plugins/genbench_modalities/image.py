"""The modality `image`."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Data, Ragged, Rendering, Samples
from genbench_modalities.faults.numeric import SLIGHT, noisy

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from genbench import Space

__all__ = ["Image", "block_means"]

_CHANNELS = (1, 3, 4)  # grey, RGB, RGBA; another last axis suggests a height or a width

_AXES = 4  # samples, rows, columns and channels

_SIDE = 8  # of the images of `example`


class Image:
    """Images (n, height, width, channels) uint8."""

    def from_memory(self, value: Any, space: Space | None) -> Samples | None:  # noqa: ARG002 - an image says all
        """Return unsigned integers (n, height, width, channels) with 1, 3 or 4 channels as images."""
        is_image = isinstance(value, np.ndarray) and value.dtype.kind == "u" and value.ndim == _AXES
        return Samples.of("image", value) if is_image and value.shape[3] in _CHANNELS else None

    def render(self, samples: Samples, number: int) -> Rendering:
        """Return an image as PNG; the first channel in grey if there are not 3 or 4."""
        from PIL import Image as Picture

        image = samples.data[number]
        image = image if image.shape[2] in _CHANNELS[1:] else image[..., 0]
        file = io.BytesIO()
        Picture.fromarray(np.ascontiguousarray(image)).save(file, "png")
        return Rendering("image/png", file.getvalue())

    def shrink(self, samples: Samples, factor: int) -> NDArray[np.uint8]:
        """Return smaller images, in which each pixel is the mean of `factor` x `factor` pixels."""
        return block_means(samples.data, factor)

    def same(self, samples: Samples) -> Ragged:
        """Return the pixels of each image, with one value a pixel if all channels are equal."""
        images = samples.data
        # one image at a time, since a set of images may fill most of the memory
        are_grey = np.array([(image == image[..., :1]).all() for image in images], bool)
        _, height, width, channels = images.shape
        lengths = height * width * np.where(are_grey, 1, channels)
        values = images.ravel()
        if channels > 1 and are_grey.any():
            forms = [image[..., 0] if grey else image for image, grey in zip(images, are_grey, strict=True)]
            values = np.concatenate([form.ravel() for form in forms])
        return Ragged(values, np.concatenate([[0], np.cumsum(lengths)]))

    def noise(self, train: Samples) -> Callable[[int, np.random.Generator], Any]:
        """Return the function that draws independent uniform pixels in 0..255."""
        shape = train.space.shape
        return lambda n, rng: rng.integers(256, size=(n, *shape), dtype=np.uint8)

    def perturb(self, samples: Samples, rng: np.random.Generator) -> Samples:
        """Return samples with noise of 0.02 of the range of values."""
        return noisy(samples, SLIGHT, rng)

    def example(self, n: int, *, rng: np.random.Generator) -> Data:
        """Return grey images of 8 x 8 pixels with a bright horizontal or vertical bar on a noisy ground."""
        labels, places = rng.integers(2, size=n), rng.integers(_SIDE, size=n)
        images = rng.integers(64, size=(n, _SIDE, _SIDE, 1), dtype=np.uint8)
        for image, label, place in zip(images, labels, places, strict=True):
            bar = image[place] if label == 0 else image[:, place]
            bar += np.uint8(192)
        return Data(Samples.of("image", images, labels, classes=("horizontal", "vertical")))


# Means of blocks of pixels, for smaller pictures.


def block_means(pictures: NDArray[np.uint8], factor: int) -> NDArray[np.uint8]:
    """Return pictures (n, height, width, channels) with the means of blocks of `factor` x `factor` pixels.

    Where a side is no multiple of `factor`, the last blocks are smaller. A mean is rounded to the nearest
    integer in integer arithmetic, so equal pictures give equal bytes on every machine.
    """
    n, *sides, channels = pictures.shape
    rows, columns = (np.arange(0, side, factor) for side in sides)
    heights, widths = (
        np.diff(starts, append=side) for starts, side in zip((rows, columns), sides, strict=True)
    )
    counts = np.outer(heights, widths)[..., None].astype(np.uint32)
    small = np.empty((n, len(rows), len(columns), channels), np.uint8)
    for number, picture in enumerate(pictures):
        strips = np.add.reduceat(picture, rows, axis=0, dtype=np.uint32)
        small[number] = (np.add.reduceat(strips, columns, axis=1) + counts // 2) // counts
    return small
