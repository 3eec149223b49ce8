"""Shuffled and frozen clips."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_modalities.faults.frames import frames_frozen, frames_shuffled
from numpy.random import default_rng

from genbench import Samples, Undefined

LENGTHS = (8, 1, 4, 100)


def clips(lengths=LENGTHS):
    """Return clips whose frames are their own numbers."""
    data = [np.broadcast_to(np.arange(n, dtype=np.uint8)[:, None, None, None], (n, 2, 2, 1)) for n in lengths]
    return Samples.of("video", [clip.copy() for clip in data], np.arange(len(lengths)), rate=10.0)


def numbers(samples):
    """Return the numbers of the frames of each clip."""
    return [clip[:, 0, 0, 0].tolist() for clip in samples.data]


def test_shuffled_frames_are_the_frames_of_the_same_clip_in_another_order():
    after = frames_shuffled(clips(), 1.0, default_rng(0))
    assert [sorted(found) for found in numbers(after)] == [list(range(n)) for n in LENGTHS]
    assert numbers(after)[3] != list(range(100))
    assert abs(np.corrcoef(numbers(after)[3], np.arange(100))[0, 1]) < 0.4  # four standard errors
    assert after.space == clips().space
    assert np.array_equal(after.labels, clips().labels)


def test_only_frames_that_are_chosen_change_places():
    found = numbers(frames_shuffled(clips(), 0.25, default_rng(0)))[3]
    moved = sum(number != place for place, number in enumerate(found))
    assert 10 < moved <= 40


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        (0.75, [0, 1, 2, 3, 4, 5, 5, 5]),
        (0.25, [0, 1, 1, 1, 1, 1, 1, 1]),
        (0.0, [0] * 8),
        (1.0, list(range(8))),
    ],
)
def test_frozen_clips_repeat_the_frame_at_which_they_stop(level, expected):
    first, single, *_ = numbers(frames_frozen(clips(), level))
    assert first == expected
    assert single == [0]


@pytest.mark.parametrize("damage", [lambda real: frames_shuffled(real, 1.0, default_rng(0)),
                                    lambda real: frames_frozen(real, 0.0)])  # fmt: skip
def test_clips_of_one_frame_have_no_order_to_damage(damage):
    with pytest.raises(Undefined, match="no clip has two frames"):
        damage(clips((1, 1)))


def test_the_real_clips_stay_and_the_order_follows_the_generator():
    real = clips()
    one, again, other = (numbers(frames_shuffled(real, 1.0, default_rng(seed))) for seed in (0, 0, 1))
    assert numbers(real) == numbers(clips())
    assert one == again
    assert one != other
