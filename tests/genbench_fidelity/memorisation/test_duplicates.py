"""Exact repeats among fakes, and of training samples."""

from __future__ import annotations

import genbench_fidelity.numeric.arrays
import numpy as np
import pandas as pd
import pytest
from genbench_fidelity.memorisation.duplicates import duplicates

from genbench import Samples
from genbench.core.errors import Undefined


def images(rng, n):
    return Samples.of("image", rng.integers(256, size=(n, 4, 4, 3), dtype=np.uint8))


def joined(first, second):
    return Samples.of("image", np.concatenate([first.data, second.data]))


def test_fresh_images_repeat_nothing(rng):
    assert duplicates(images(rng, 30), images(rng, 20)) == {"duplicates": 0, "train-duplicates": 0}


@pytest.mark.parametrize("rows", [8, 1024])
def test_copies_of_training_images_are_found_in_any_block(rows, rng, monkeypatch):
    monkeypatch.setattr(genbench_fidelity.numeric.arrays, "BLOCK", rows)
    train, fresh = images(rng, 30), images(rng, 15)
    fake = joined(train.take(np.arange(25, 30)), fresh)
    assert duplicates(train, fake) == {"duplicates": 0, "train-duplicates": 0.25}


def test_one_image_over_and_over_is_kept_once(rng):
    fake = images(rng, 5).take(np.array([0, 1, 1, 2, 3, 3, 3, 4]))
    assert duplicates(images(rng, 5), fake)["duplicates"] == 3 / 8


def test_a_copy_counts_as_often_as_it_is_made(rng):
    train = images(rng, 5)
    fake = joined(train.take(np.array([2, 2, 2])), images(rng, 1))
    assert duplicates(train, fake) == {"duplicates": 0.5, "train-duplicates": 0.75}


def test_one_changed_pixel_is_no_repeat(rng):
    train = images(rng, 10)
    data = train.data.copy()
    data[:, 0, 0, 0] += 1
    assert duplicates(train, Samples.of("image", data))["train-duplicates"] == 0


def test_labels_have_no_part_in_it(rng):
    train = images(rng, 4)
    assert duplicates(train, Samples(train.data, train.space, np.arange(4)))["train-duplicates"] == 1


@pytest.mark.parametrize("kind", ["text", "sequence"])
def test_strings_are_compared(kind):
    train, fake = Samples.of(kind, ("a", "b")), Samples.of(kind, ("a", "c", "c", "a "))
    assert duplicates(train, fake) == {"duplicates": 0.25, "train-duplicates": 0.25}


def test_rows_of_tables_are_compared_missing_cells_included():
    train = Samples.of("table", pd.DataFrame({"age": [1.0, np.nan], "who": ["x", "y"]}))
    fake = Samples.of("table", pd.DataFrame({"age": [1.0, np.nan, np.nan], "who": ["y", "y", "y"]}))
    assert duplicates(train, fake) == {"duplicates": 1 - 2 / 3, "train-duplicates": 2 / 3}


@pytest.mark.parametrize(
    ("n", "m", "side"), [(0, 3, "1 samples; train has 0"), (3, 1, "2 samples; fake has 1")]
)
def test_a_side_that_is_too_small_is_named(n, m, side, rng):
    with pytest.raises(Undefined, match=side):
        duplicates(images(rng, n), images(rng, m))
