"""The extractor `given`: vectors are features as they are."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_controls.given import given

from genbench import Samples


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_features_are_the_vectors_themselves(dtype):
    vectors = np.arange(6, dtype=dtype).reshape(3, 2)
    features = given()(Samples.of("vector", vectors))
    assert set(features) == {"features"}
    assert features["features"].dtype == dtype
    assert np.array_equal(features["features"], vectors)
