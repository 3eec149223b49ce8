"""Official splits stay as they are; held-out samples come from the test split or not at all."""

from __future__ import annotations

import numpy as np
from genbench_image.datasets.official import official

from genbench import Samples, Space

SPACE = Space("vector", (1,))


def samples(start, n):
    labels = np.arange(n, dtype=np.int64) % 2
    return Samples(np.arange(start, start + n, dtype=np.float64).reshape(-1, 1), SPACE, labels)


def values(data, name):
    return sorted(data.samples.data[data.splits[name], 0].tolist())


def test_three_official_splits_are_kept():
    parts = {"test": samples(10, 4), "train": samples(0, 6), "held_out": samples(20, 2)}
    data = official(parts, "test-half")
    assert {name: values(data, name) for name in parts} == {
        "train": [0, 1, 2, 3, 4, 5], "test": [10, 11, 12, 13], "held_out": [20, 21],
    }  # fmt: skip


def test_half_of_the_test_split_is_held_out_label_by_label():
    data = official({"train": samples(0, 6), "test": samples(10, 8)}, "test-half")
    assert values(data, "train") == [0, 1, 2, 3, 4, 5]
    assert sorted(values(data, "test") + values(data, "held_out")) == list(range(10, 18))
    for name in ("test", "held_out"):
        assert sorted(data.samples.labels[data.splits[name]]) == [0, 0, 1, 1]


def test_none_holds_nothing_out():
    data = official({"train": samples(0, 2), "test": samples(10, 4)}, "none")
    assert set(data.splits) == {"train", "test"}
    assert values(data, "test") == [10, 11, 12, 13]
