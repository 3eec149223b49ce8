from __future__ import annotations

import io

import numpy as np
import pytest
from genbench_modalities.video import Video
from numpy.random import default_rng
from PIL import Image, ImageSequence

from genbench import Samples, Space


def clips(*lengths, channels=3, **parameters):
    rng = default_rng(0)
    frames = [rng.integers(0, 256, (n, 4, 5, channels)).astype(np.uint8) for n in lengths]
    return Samples.of("video", frames, **parameters)


def test_unsigned_integers_with_frames_are_clips_with_the_rate_of_the_samples_beside_them():
    array = np.zeros((2, 6, 4, 5, 3), np.uint8)
    assert Video().from_memory(array, None).space.get("rate") is None
    assert Video().from_memory(array, Space("video", (4, 5, 3), rate=5.0)).space.get("rate") == 5.0
    for other in (array[0], array.astype(float), np.zeros((2, 6, 4, 5, 2), np.uint8)):
        assert Video().from_memory(other, None) is None


@pytest.mark.parametrize("channels", [1, 3])
def test_an_animated_picture_has_each_frame(channels):
    samples = clips(2, 3, channels=channels, rate=5.0)
    rendering = Video().render(samples, 1)
    picture = Image.open(io.BytesIO(rendering.content))
    frames = [
        np.asarray(frame.convert("RGB" if channels == 3 else "L"))
        for frame in ImageSequence.Iterator(picture)
    ]
    assert (rendering.media_type, picture.n_frames) == ("image/png", 3)
    assert picture.info["duration"] == 200
    np.testing.assert_array_equal(np.reshape(frames, samples.data[1].shape), samples.data[1])


def test_noise_has_uniform_pixels_and_the_lengths_of_train():
    drawn = Video().noise(clips(2, 5))(100, default_rng(0))
    drawn.check()
    assert set(drawn.lengths) == {2, 5}
    assert drawn.values.dtype == np.uint8
    assert abs(drawn.values.mean() - 127.5) < 2


def test_the_example_has_clips_of_one_frame_and_of_several_and_no_rate():
    samples = Video().example(60, rng=default_rng(0)).labelled()
    assert samples.space.get("rate") is None
    assert set(samples.data.lengths) == {1, 4, 5, 6, 7, 8}
    assert (samples.data.lengths == 1).sum() == 15
    assert Video().example(1, rng=default_rng(0)).samples.data.lengths.tolist() == [1]


def test_smaller_clips_have_all_frames():
    small = Video().shrink(clips(2, 3), 2)
    assert [len(clip) for clip in small] == [2, 3]
    assert small.values.shape == (5, 2, 3, 3)
