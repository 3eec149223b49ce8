from __future__ import annotations

import io
import wave

import numpy as np
import pytest
from genbench_modalities.audio import Audio
from numpy.random import default_rng

from genbench import DataError, Samples, Space


def sounds(*lengths, channels=2):
    rng = default_rng(0)
    return Samples.of(
        "audio", [rng.uniform(-0.5, 0.25, (n, channels)).astype(np.float32) for n in lengths], rate=8000
    )


def test_an_array_beside_audio_is_refused_with_the_line_that_gives_its_rate():
    with pytest.raises(DataError, match=r"write Samples\.of\('audio', x, rate=8000\)"):
        Audio().from_memory(np.zeros((2, 9)), Space("audio", (1,), rate=8000))


def test_an_array_alone_is_no_audio():
    assert Audio().from_memory(np.zeros((2, 9)), None) is None


def test_a_wav_file_has_the_values_in_16_bits():
    samples = sounds(5, 7)
    samples.data.values[6] = [1.5, -1.5]
    rendering = Audio().render(samples, 1)
    assert rendering.media_type == "audio/wav"
    with wave.open(io.BytesIO(rendering.content)) as reader:
        assert (reader.getnchannels(), reader.getframerate(), reader.getnframes()) == (2, 8000, 7)
        read = np.frombuffer(reader.readframes(7), "<i2").reshape(7, 2)
    np.testing.assert_allclose(read / 32767, samples.data[1].clip(-1, 1), atol=0.6 / 32767)


def test_sounds_keep_their_level_and_say_what_is_clipped():
    quiet, loud = (
        Samples.of("audio", [np.full((10, 1), level, np.float32)], rate=8) for level in (0.01, 1.5)
    )
    rendering = Audio().render(quiet, 0)
    assert max(np.frombuffer(rendering.content[44:], "<i2")) == round(0.01 * 32767)
    assert rendering.note == ""
    assert Audio().render(loud, 0).note == "10 of 10 values are beyond full scale, and clipped"


def test_noise_has_the_range_and_the_lengths_of_train():
    train = sounds(5, 50)
    drawn = Audio().noise(train)(500, default_rng(0))
    drawn.check()
    assert set(drawn.lengths) == {5, 50}
    assert drawn.values.dtype == np.float32
    assert train.data.values.min() <= drawn.values.min() < -0.49
    assert 0.24 < drawn.values.max() <= train.data.values.max()
