"""Exact repeats among fakes, and of training samples."""

from __future__ import annotations

import genbench_fidelity.numeric.arrays
import numpy as np
import pandas as pd
import pytest
from genbench_fidelity.memorisation.duplicates import duplicates, train_duplicates

from genbench import Samples, score
from genbench.core.errors import Undefined


def images(rng, n):
    return Samples.of("image", rng.integers(256, size=(n, 4, 4, 3), dtype=np.uint8))


def joined(first, second):
    return Samples.of("image", np.concatenate([first.data, second.data]))


def shares(train, fake):
    return duplicates(fake), train_duplicates(train, fake)


def test_fresh_images_repeat_nothing(rng):
    assert shares(images(rng, 30), images(rng, 20)) == (0, 0)


@pytest.mark.parametrize("rows", [8, 1024])
def test_copies_of_training_images_are_found_in_any_block(rows, rng, monkeypatch):
    monkeypatch.setattr(genbench_fidelity.numeric.arrays, "BLOCK", rows)
    train, fresh = images(rng, 30), images(rng, 15)
    fake = joined(train.take(np.arange(25, 30)), fresh)
    assert shares(train, fake) == (0, 0.25)


def test_one_image_over_and_over_is_kept_once(rng):
    fake = images(rng, 5).take(np.array([0, 1, 1, 2, 3, 3, 3, 4]))
    assert duplicates(fake) == 3 / 8


def test_a_copy_counts_as_often_as_it_is_made(rng):
    train = images(rng, 5)
    fake = joined(train.take(np.array([2, 2, 2])), images(rng, 1))
    assert shares(train, fake) == (0.5, 0.75)


def test_one_changed_pixel_is_no_repeat(rng):
    train = images(rng, 10)
    data = train.data.copy()
    data[:, 0, 0, 0] += 1
    assert train_duplicates(train, Samples.of("image", data)) == 0


def test_labels_have_no_part_in_it(rng):
    train = images(rng, 4)
    assert train_duplicates(train, Samples(train.data, train.space, np.arange(4))) == 1


@pytest.mark.parametrize("kind", ["text", "sequence"])
def test_strings_are_compared(kind):
    train, fake = Samples.of(kind, ("a", "b")), Samples.of(kind, ("a", "c", "c", "a "))
    assert shares(train, fake) == (0.25, 0.25)


def test_rows_of_tables_are_compared_missing_cells_included():
    train = Samples.of("table", pd.DataFrame({"age": [1.0, np.nan], "who": ["x", "y"]}))
    fake = Samples.of("table", pd.DataFrame({"age": [1.0, np.nan, np.nan], "who": ["y", "y", "y"]}))
    assert shares(train, fake) == (1 - 2 / 3, 2 / 3)


def test_a_side_that_is_too_small_is_named(rng):
    with pytest.raises(Undefined, match=r"^duplicates needs at least 2 samples; fake has 1"):
        duplicates(images(rng, 1))
    for n, m, side in ((0, 3, "1 samples; train has 0"), (3, 1, "2 samples; fake has 1")):
        with pytest.raises(Undefined, match=f"^train-duplicates needs at least {side}"):
            train_duplicates(images(rng, n), images(rng, m))


def test_only_copies_of_train_need_training_samples():
    found = score(fake=["a", "b", "b"], real=["a", "c"], metrics=["duplicates", "train-duplicates"])
    assert found["duplicates"].value == pytest.approx(1 / 3)
    assert found["train-duplicates"].reason == "train was not given"


def test_a_report_tells_copies_of_training_samples_of_clouds(rng):
    real, train = (Samples.of("points", rng.normal(size=(6, 5, 3)).astype(np.float32)) for _ in range(2))
    report = score(fake=train, real=real, train=train)
    assert report["train-duplicates"].value == 1
    assert "duplicates" not in report
    assert "train-duplicates" not in score(fake=train, real=real)
