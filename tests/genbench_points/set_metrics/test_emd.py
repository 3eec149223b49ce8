"""MMD, COV and 1-NNA by the earth mover's distance."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from genbench_points.set_metrics.emd import emd, emd_matrix, report_options

from genbench import Samples, Undefined


def test_the_distance_is_the_least_over_all_maps_of_points(random_clouds, sides):
    left, right = sides(random_clouds(3, 5), random_clouds(4, 5))
    for (row, one), (column, other) in itertools.product(enumerate(left), enumerate(right)):
        least = min(
            np.linalg.norm(one - other[list(order)], axis=1).mean()
            for order in itertools.permutations(range(5))
        )
        assert emd_matrix(left, right)[row, column] == pytest.approx(least)


def test_the_distance_on_a_line_is_that_of_sorted_points(random_clouds, sides):
    left, right = sides(random_clouds(1, 50, dimensions=1), random_clouds(1, 50, dimensions=1))
    expected = np.abs(np.sort(left.values[:, 0]) - np.sort(right.values[:, 0])).mean()
    assert emd_matrix(left, right).item() == pytest.approx(expected)


def test_a_shifted_cloud_is_as_far_as_its_shift(random_clouds, samples_of, sides):
    real = random_clouds(1, 30)
    pair = sides(real, samples_of([real.data[0] + (3.0, 4.0, 0.0)]))
    assert emd_matrix(*pair).item() == pytest.approx(5, rel=1e-6)


def test_density_counts_where_the_chamfer_distance_sees_none(samples_of, rng):
    real = samples_of([[(0.0, 0.0)] * 5 + [(1.0, 0.0)] * 5] * 2)
    fake = samples_of([[(0.0, 0.0)] * 9 + [(1.0, 0.0)]] * 2)
    assert emd(real, fake, rng=rng)["mmd-emd"].value == pytest.approx(0.4)


def test_scores_do_not_depend_on_the_order_of_clouds_and_points(random_clouds, reordered, rng, numbers):
    real, fake = random_clouds(6, 12), random_clouds(5, 12)
    found = numbers(emd(real, fake, rng=rng))
    assert numbers(emd(reordered(real), reordered(fake), rng=rng)) == pytest.approx(found, rel=1e-12)


def test_scores_stay_when_both_sides_are_turned_and_moved(random_clouds, moved, rng, numbers):
    real, fake = random_clouds(6, 12), random_clouds(5, 12)
    found = numbers(emd(real, fake, rng=rng))
    assert numbers(emd(moved(real), moved(fake), rng=rng)) == pytest.approx(found, rel=1e-5)


def test_a_side_with_itself_is_symmetric(random_clouds, sides):
    left, _ = sides(random_clouds(4, 9), random_clouds(1, 9))
    found = emd_matrix(left, left)
    assert np.array_equal(found, found.T)
    assert not np.diag(found).any()


def test_clouds_of_several_sizes_need_a_number_of_points(random_clouds, rng):
    real, fake = random_clouds(4, 9, 12), random_clouds(4, 10)
    with pytest.raises(Undefined, match=r"clouds have 9 to 12 points, .* one to one; set points = 9$"):
        emd(real, fake, rng=rng)
    assert emd(real, fake, points=9, rng=rng)["mmd-emd"].value > 0


def test_progress_ends_with_all_of_it(random_clouds, rng):
    steps = []
    emd(
        random_clouds(4, 5), random_clouds(3, 5), rng=rng, log=lambda step, total: steps.append((step, total))
    )
    assert steps == [(step, 11) for step in range(1, 12)]


def test_a_report_takes_few_points_and_leaves_out_many_clouds():
    clouds = [np.zeros((count, 3), np.float32) for count in (70, 90)]
    fake = Samples.of("points", clouds)
    assert report_options(fake, 200) == {"points": 64}
    assert report_options(Samples.of("points", [*clouds, clouds[0][:50]]), 2) == {"points": 50}
    assert report_options(fake, 201) is None
