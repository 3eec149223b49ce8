from __future__ import annotations

import json
from fractions import Fraction

import numpy as np
import pytest

from genbench.core.extracted import Extracted, ValidCount, hash_features

COUNT = ValidCount(n=57, of=60)


def test_the_hash_of_features_is_that_of_all_their_bits():
    array, valid = np.ones((2, 3), np.float32), np.ones(2, bool)
    same = {
        hash_features(Extracted({"x": array}, valid)), hash_features(Extracted({"x": array.copy()}, valid))
    }  # fmt: skip
    others = {
        hash_features(Extracted(arrays, mask))
        for arrays, mask in (
            ({"x": np.nextafter(array, 2)}, valid), ({"y": array}, valid),
            ({"x": array.astype(float)}, valid), ({"x": array.reshape(3, 2)}, valid),
            ({"x": array, "y": array}, valid), ({"x": array}, np.array([True, False])),
        )
    }  # fmt: skip
    assert (len(same), len(others), len(same | others)) == (1, 6, 7)


def test_a_count_says_how_many_and_which_share_has_features():
    assert str(COUNT) == "57 of 60"
    assert COUNT.share == Fraction(19, 20)
    assert COUNT.dropped == 0.05


def test_a_count_survives_json():
    plain = json.loads(json.dumps(COUNT.to_json()))
    assert plain == {"n": 57, "of": 60, "dropped": 0.05}
    assert ValidCount.from_json(plain) == COUNT
    thirds = ValidCount(n=1, of=3)
    assert ValidCount.from_json(json.loads(json.dumps(thirds.to_json()))) == thirds


@pytest.mark.parametrize(
    "value",
    [
        3,
        {"n": 57, "of": 60},
        {"n": 57, "of": 60, "dropped": 0.05, "more": 1},
        {"n": 57.0, "of": 60, "dropped": 0.05},
        {"n": True, "of": 2, "dropped": 0.5},
        {"n": -1, "of": 60, "dropped": 0.05},
        {"n": 60, "of": 60, "dropped": 0.0},
        {"n": 57, "of": 60, "dropped": 0.5},
        {"n": 57, "of": 60, "dropped": None},
    ],
)
def test_what_is_no_count_is_refused(value):
    with pytest.raises(ValueError, match=r"expected whole numbers n and of, with 0 <= n < of, and dropped"):
        ValidCount.from_json(value)
