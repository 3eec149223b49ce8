"""The modality `video`."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Data, Ragged, Rendering, Samples
from genbench_modalities.faults.numeric import SLIGHT, noisy
from genbench_modalities.image import block_means
from genbench_modalities.uniform import offsets_like

if TYPE_CHECKING:
    from collections.abc import Callable

    from genbench import Space

__all__ = ["Video"]

_CHANNELS = (1, 3)
_AXES = 5  # clips, frames, rows, columns and channels
_RATE = 10.0  # frames per second of a clip that does not say its rate
_SIDE = 8  # of the frames of `example`
_FEWEST, _MOST, _EVERY = 4, 8, 4  # frames of its clips; each fourth has one frame


class Video:
    """Clips: n arrays (frames, height, width, channels) uint8, `rate` frames per second if it is known."""

    def from_memory(self, value: Any, space: Space | None) -> Samples | None:
        """Return unsigned integers (n, frames, height, width, 1 or 3) as clips, with the rate of `space`."""
        is_clip = isinstance(value, np.ndarray) and value.dtype.kind == "u" and value.ndim == _AXES
        rate = None if space is None else space.get("rate")
        return Samples.of("video", value, rate=rate) if is_clip and value.shape[4] in _CHANNELS else None

    def render(self, samples: Samples, number: int) -> Rendering:
        """Return a clip as an animated PNG that repeats; grey if it does not have 3 channels."""
        from PIL import Image as Picture

        clip = samples.data[number]
        clip = clip if clip.shape[3] == _CHANNELS[1] else clip[..., 0]
        first, *others = (Picture.fromarray(np.ascontiguousarray(frame)) for frame in clip)
        file, pause = io.BytesIO(), 1000 / (samples.space.get("rate") or _RATE)
        first.save(file, "png", save_all=True, append_images=others, duration=pause, loop=0)
        return Rendering("image/png", file.getvalue())

    def shrink(self, samples: Samples, factor: int) -> Ragged:
        """Return clips of smaller frames, in which each pixel is the mean of `factor` x `factor` pixels."""
        return Ragged(block_means(samples.data.values, factor), samples.data.offsets)

    def noise(self, train: Samples) -> Callable[[int, np.random.Generator], Any]:
        """Return the function that draws independent uniform pixels in 0..255, with lengths of train."""
        shape = train.space.shape

        def draw(n: int, rng: np.random.Generator) -> Ragged:
            offsets = offsets_like(train, n, rng)
            return Ragged(rng.integers(256, size=(int(offsets[-1]), *shape), dtype=np.uint8), offsets)

        return draw

    def perturb(self, samples: Samples, rng: np.random.Generator) -> Samples:
        """Return clips with noise of 0.02 of the range of values."""
        return noisy(samples, SLIGHT, rng)

    def example(self, n: int, *, rng: np.random.Generator) -> Data:
        """Return grey clips of 4 to 8 frames of 8 x 8 pixels, in which a bright row moves up or down.

        Each fourth clip has one frame, and the clips do not say their rate, so that components are tried on
        both.
        """
        labels = rng.integers(2, size=n)
        lengths = np.where(np.arange(n) % _EVERY, rng.integers(_FEWEST, _MOST + 1, size=n), 1)
        clips = []
        for label, length in zip(labels, lengths, strict=True):
            frames = rng.integers(64, size=(length, _SIDE, _SIDE, 1), dtype=np.uint8)
            start, step = rng.integers(_SIDE), 1 if label else -1
            for number, frame in enumerate(frames):
                frame[(start + step * number) % _SIDE] += np.uint8(192)
            clips.append(frames)
        return Data(Samples.of("video", clips, labels, classes=("up", "down"), rate=None))
