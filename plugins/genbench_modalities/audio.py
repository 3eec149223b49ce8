"""The modality `audio`."""

from __future__ import annotations

import io
import wave
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Data, DataError, Ragged, Rendering, Samples
from genbench_modalities.faults.numeric import SLIGHT, noisy
from genbench_modalities.uniform import offsets_like, uniform

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from genbench import Space

__all__ = ["Audio"]

_FULL_SCALE = 32767  # of 16-bit samples
_RATE, _PITCHES = 8000, (220.0, 440.0)  # of the sounds of `example`, per second


class Audio:
    """Sounds: n arrays (time, channels) float32, `rate` values per second; full scale is -1 to 1."""

    def from_memory(self, value: Any, space: Space | None) -> Samples | None:
        """Refuse arrays beside audio, since they do not say their rate; the message has the line to write."""
        if space is not None and isinstance(value, np.ndarray):
            raise DataError(
                f"an array does not say its rate; write Samples.of('audio', x, rate={space.get('rate')})"
            )
        return None

    def render(self, samples: Samples, number: int) -> Rendering:
        """Return a sound as 16-bit WAV at its own level; values beyond full scale are clipped."""
        sound = samples.data[number]
        clipped = int((np.abs(sound) > 1).sum())
        file = io.BytesIO()
        with wave.open(file, "wb") as writer:
            writer.setnchannels(sound.shape[1])
            writer.setsampwidth(2)
            writer.setframerate(samples.space.get("rate"))
            writer.writeframes((sound.clip(-1, 1) * _FULL_SCALE).round().astype("<i2").tobytes())
        note = f"{clipped:,} of {sound.size:,} values are beyond full scale, and clipped" if clipped else ""
        return Rendering("audio/wav", file.getvalue(), note)

    def noise(self, train: Samples) -> Callable[[int, np.random.Generator], Any]:
        """Return the function that draws values uniformly over train's range, with lengths of train."""
        low, high, channels = train.data.values.min(), train.data.values.max(), train.space.shape

        def draw(n: int, rng: np.random.Generator) -> Ragged:
            offsets = offsets_like(train, n, rng)
            return Ragged(uniform(low, high, (int(offsets[-1]), *channels), rng), offsets)

        return draw

    def perturb(self, samples: Samples, rng: np.random.Generator) -> Samples:
        """Return samples with noise of 0.02 of the range of values."""
        return noisy(samples, SLIGHT, rng)

    def example(self, n: int, *, rng: np.random.Generator) -> Data:
        """Return low and high tones, mono, 25 to 50 ms long at 8,000 values per second."""
        labels = rng.integers(2, size=n)
        sounds = [self._tone(_PITCHES[label], rng) for label in labels]
        return Data(Samples.of("audio", sounds, labels, classes=("low", "high"), rate=_RATE))

    def _tone(self, pitch: float, rng: np.random.Generator) -> NDArray[np.float32]:
        times = np.arange(rng.integers(_RATE // 40, _RATE // 20)) / _RATE
        wave_form = np.sin(2 * np.pi * (pitch * times + rng.uniform()))
        return (rng.uniform(0.2, 0.9) * wave_form[:, None]).astype(np.float32)
