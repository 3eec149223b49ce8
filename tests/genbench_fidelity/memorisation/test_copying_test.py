"""The copying test: fresh samples, copies, underfitting, and cells that do not count."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_fidelity.memorisation.copying_test import copying_test, over_cells, rank_z
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu

from genbench.core.errors import Undefined

DISTANCES = st.lists(st.integers(0, 5), min_size=1, max_size=12).map(lambda values: np.array(values, float))


@given(DISTANCES, DISTANCES)
def test_the_statistic_is_scipy_s_ties_included(fake, real):
    m, n = len(fake), len(real)
    u = mannwhitneyu(fake, real, alternative="less").statistic
    expected = (u - (n * m / 2 - 0.5)) / np.sqrt(n * m * (n + m + 1) / 12)
    assert rank_z(fake, real) == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_fresh_samples_are_near_nought_copies_far_below_and_noise_far_above(rng):
    real, fresh, train = rng.standard_normal((3, 400, 6))
    of = [copying_test(real, fake, train, rng=rng).value for fake in (fresh, train[:200] + 1e-3, 3 * fresh)]
    assert abs(of[0]) < 3
    assert of[1] < -10
    assert of[2] > 10


def test_the_share_of_copies_moves_it_in_order(rng):
    real, fresh, train = rng.standard_normal((3, 400, 6))
    found = [
        copying_test(real, np.concatenate([train[:k], fresh[k:]]), train, rng=np.random.default_rng(0)).value
        for k in (0, 100, 200, 400)
    ]
    assert found == sorted(found, reverse=True)


def test_cells_are_not_alarmed_by_other_shares_of_classes_and_one_cell_is(rng):
    def law(n, share):
        dense = rng.random(n) < share
        return np.where(dense[:, None], 0.1, 1.0) * rng.standard_normal((n, 3)) + 20.0 * dense[:, None]

    real, train, fake = law(600, 0.5), law(600, 0.5), law(600, 0.9)
    assert copying_test(real, fake, train, cells=1, rng=rng).value < -5
    assert abs(copying_test(real, fake, train, cells=2, rng=rng).value) < 3


def test_the_weights_are_the_shares_of_real_samples(rng):
    real, fake, train = rng.standard_normal((3, 300, 3))
    found = copying_test(real, fake, train, rng=rng)
    cells = found.extra["cells"]
    assert [sum(cell[side] for cell in cells) for side in range(3)] == [300, 300, 300]
    expected = np.average([cell[3] for cell in cells], weights=[cell[1] for cell in cells])
    assert found.value == pytest.approx(expected)


def test_a_cell_with_too_few_fakes_does_not_count():
    real, fake, train = np.zeros((10, 1)), np.zeros((24, 1)), np.zeros((6, 1))
    where = (np.repeat([0, 1], 5), np.repeat([0, 1], [21, 3]), np.repeat([0, 1], 3))
    found = over_cells(real, fake, train, where, min_fakes=20)
    assert [cell[:3] for cell in found.extra["cells"]] == [[21, 5, 3], [3, 5, 3]]
    assert found.extra["cells"][1][3] is None
    assert found.value == found.extra["cells"][0][3]


@pytest.mark.parametrize(("fakes", "counts"), [(20, False), (21, True)])
def test_a_cell_needs_more_than_its_number_of_fakes(fakes, counts):
    real, fake, train = np.zeros((5, 1)), np.zeros((fakes + 30, 1)), np.zeros((4, 1))
    where = (np.array([0, 0, 0, 1, 1]), np.repeat([0, 1], [fakes, 30]), np.array([0, 0, 1, 1]))
    first, second = over_cells(real, fake, train, where, min_fakes=20).extra["cells"]
    assert (first[3] is not None) is counts
    assert second[3] is not None


def test_many_features_are_projected_on_their_principal_components(rng):
    real, fresh, train = rng.standard_normal((3, 200, 4)) @ rng.standard_normal((4, 100))
    low = copying_test(real, fresh, train, dimensions=4, rng=np.random.default_rng(0)).value
    high = copying_test(real, fresh, train, dimensions=100, rng=np.random.default_rng(0)).value
    assert low == pytest.approx(high, abs=1e-6)
    noisy = train + 1e-6 * rng.standard_normal(train.shape)
    assert copying_test(real, noisy, train, rng=rng).value < -9


def test_copies_are_copies_far_from_the_origin_too(rng):
    real, train = (5 * rng.standard_normal((2, 300, 80)) + 1e4).astype(np.float32)
    expected = copying_test(real - 1e4, train - 1e4, train - 1e4, rng=np.random.default_rng(0)).value
    found = copying_test(real, train, train, rng=np.random.default_rng(0)).value
    assert found == pytest.approx(expected, abs=0.5)
    assert found < -10


def test_the_same_seed_gives_the_same_value_in_any_order_of_the_fakes(rng):
    real, fake, train = rng.standard_normal((3, 200, 4))
    one, two = (copying_test(real, made, train, rng=np.random.default_rng(4)).value
                for made in (fake, rng.permutation(fake)))  # fmt: skip
    assert one == pytest.approx(two, rel=1e-12)


def test_too_few_fakes_in_every_cell_are_counted_in_the_reason(rng):
    with pytest.raises(Undefined, match=r"no cell has more than 20 fakes .* in the 3 cells: "):
        copying_test(*(rng.standard_normal((n, 3)) for n in (100, 20, 100)), rng=rng)


@pytest.mark.parametrize(
    ("sizes", "side"), [((0, 50, 5), "real"), ((5, 0, 5), "fake"), ((5, 50, 0), "train")]
)
def test_an_empty_side_is_named(sizes, side, rng):
    with pytest.raises(Undefined, match=f"{side} has 0"):
        copying_test(*(np.zeros((n, 3)) for n in sizes), rng=rng)


def test_identical_training_samples_have_no_cells_but_one(rng):
    real, fake, train = rng.standard_normal((50, 3)), rng.standard_normal((50, 3)), np.ones((50, 3))
    with pytest.raises(Undefined, match="3 cells needs at least 3 different training samples; there are 1"):
        copying_test(real, fake, train, rng=rng)
    assert abs(copying_test(real, fake, train, cells=1, rng=rng).value) < 4
