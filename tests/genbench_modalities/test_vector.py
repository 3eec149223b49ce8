from __future__ import annotations

import numpy as np
import pytest
from genbench_modalities.vector import Vector
from numpy.random import default_rng

from genbench import Samples


def test_floating_point_rows_are_vectors_and_other_objects_none():
    assert Vector().from_memory(np.zeros((5, 3), np.float32), None).space.shape == (3,)
    for other in (np.zeros((5, 3), np.int64), np.zeros((5, 3, 1)), [[1.0, 2.0]]):
        assert Vector().from_memory(other, None) is None


def test_a_vector_is_shown_as_its_coordinates():
    rendering = Vector().render(Samples.of("vector", np.array([[0.0, 1.0], [1 / 3, -2e9]])), 1)
    assert (rendering.media_type, rendering.content) == ("text/plain", b"0.333333 -2e+09")


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_each_coordinate_keeps_to_the_range_it_has_in_train(dtype):
    drawn = Vector().noise(Samples.of("vector", np.array([[0, -100], [1, 100]], dtype)))(1000, default_rng(0))
    assert drawn.dtype == dtype
    assert (drawn.min(axis=0) >= [0, -100]).all()
    assert (drawn.max(axis=0) <= [1, 100]).all()
    np.testing.assert_allclose(drawn.std(axis=0), np.array([1, 200]) / np.sqrt(12), rtol=0.05)


def test_a_constant_stays_constant():
    train = Samples.of("vector", np.full((2, 1), 0.1, np.float32))
    assert (Vector().noise(train)(3, default_rng(0)) == np.float32(0.1)).all()
