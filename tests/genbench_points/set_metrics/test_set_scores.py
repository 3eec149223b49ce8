"""MMD, COV and 1-NNA from distances between clouds."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_points.set_metrics.set_scores import set_scores
from scipy.spatial.distance import cdist


def scored(real, fake):
    """Return the scores of clouds that are numbers on a line."""
    real, fake = (np.array(side, float)[:, None] for side in (real, fake))
    return set_scores(cdist(real, real), cdist(real, fake), cdist(fake, fake), "x")


def test_scores_of_a_small_example_are_those_by_hand(numbers):
    found = scored([0, 10, 20], [1, 2, 21])
    assert numbers(found) == pytest.approx(
        {"mmd-x": (1 + 8 + 1) / 3, "cov-x": 2 / 3, "nna-x": (0 + 1 / 3) / 2}
    )
    assert found["mmd-x"].extra["from_fakes"] == pytest.approx((1 + 2 + 1) / 3)
    assert found["nna-x"].extra == pytest.approx({"real": 0, "fake": 1 / 3})


def test_copies_of_the_reference_have_no_distance_full_coverage_and_accuracy_0(numbers):
    assert numbers(scored([0, 3, 7], [7, 0, 3])) == {"mmd-x": 0, "cov-x": 1, "nna-x": 0}


def test_sides_far_apart_have_accuracy_1(numbers):
    assert numbers(scored([0, 1, 2], [100, 101]))["nna-x"] == 1


def test_one_cloud_on_each_side_has_no_other_of_its_own(numbers):
    assert numbers(scored([0], [1])) == {"mmd-x": 1, "cov-x": 1, "nna-x": 0}


def test_a_collapse_covers_one_cloud(numbers):
    found = numbers(scored([0, 3, 7, 9], [3, 3, 3, 3]))
    assert found["cov-x"] == 1 / 4


def test_fewer_fakes_than_real_clouds_cap_the_coverage_with_a_warning():
    found = scored(range(0, 80, 10), [0, 30])
    assert found["cov-x"].value == 1 / 4
    assert found["cov-x"].extra == {
        "warning": "2 fakes and 8 real clouds: at most 0.25 can be covered; draw as many fakes as real clouds"
    }
    for fakes in ([3] * 4, [3] * 5):
        assert scored([0, 3, 7, 9], fakes)["cov-x"].extra == {}
    assert not any("warning" in found[name].extra for name in ("mmd-x", "nna-x"))


def test_the_accuracy_is_blind_to_copies_of_one_real_cloud_and_coverage_is_not(numbers):
    found = scored(range(40), [20] * 40)
    assert numbers(found)["nna-x"] == pytest.approx((39 / 40 + 0) / 2)
    assert found["nna-x"].extra == {"real": 39 / 40, "fake": 0}
    assert numbers(found)["cov-x"] == 1 / 40
    assert numbers(scored(range(0, 80, 2), [79.5] * 40))["nna-x"] == pytest.approx((39 / 40 + 1) / 2)


def test_ties_go_to_real_clouds(numbers):
    # the fakes at 0 have a real and a fake cloud at distance 0
    assert scored([0, 5], [0, 0])["nna-x"].extra["fake"] == 0
    assert scored([0, 0], [0, 5])["nna-x"].extra["real"] == 1


@pytest.mark.parametrize(("n", "m"), [(200, 200), (300, 100), (50, 350)])
def test_accuracy_expects_a_half_for_equal_laws_at_any_sizes(n, m, rng):
    found = [
        scored(rng.normal(size=n).tolist(), rng.normal(size=m).tolist())["nna-x"].value for _ in range(30)
    ]
    assert np.mean(found) == pytest.approx(0.5, abs=0.02)  # four standard errors of the mean


def test_scores_do_not_depend_on_order(rng, numbers):
    real, fake = rng.normal(size=20), rng.normal(size=15)
    found = scored(rng.permutation(real), rng.permutation(fake))
    assert numbers(found) == pytest.approx(numbers(scored(real, fake)))
