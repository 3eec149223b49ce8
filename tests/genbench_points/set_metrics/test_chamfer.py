"""MMD, COV and 1-NNA by the Chamfer distance."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_points.set_metrics.chamfer import chamfer, chamfer_matrix


def test_the_distance_of_two_points_is_their_distance_in_each_convention(samples_of, sides):
    pair = sides(samples_of([[(0.0, 0.0, 0.0)]]), samples_of([[(3.0, 4.0, 0.0)]]))
    assert chamfer_matrix(*pair) == 2 * 25
    assert chamfer_matrix(*pair, squared=False) == 2 * 5
    assert chamfer_matrix(*pair, squared=False, combine="mean") == 5
    assert chamfer_matrix(*pair, squared=False, reduce="max", combine="max") == 5


def test_the_closed_form_of_a_segment_and_its_shifted_copy(samples_of, sides):
    segment = np.stack([np.arange(10.0), np.zeros(10)], axis=1)
    pair = sides(samples_of([segment]), samples_of([segment + np.array((0, 0.25))]))
    assert chamfer_matrix(*pair) == pytest.approx(2 * 0.25**2)


def test_sums_are_means_times_the_numbers_of_points(random_clouds, sides):
    pair = sides(random_clouds(1, 8), random_clouds(1, 20))
    ways = [chamfer_matrix(*each, combine="sum") for each in (pair, pair[::-1])]
    assert ways[0] == pytest.approx(ways[1])
    left = chamfer_matrix(*pair, reduce="sum")
    mean = chamfer_matrix(*pair)
    assert mean.item() * 8 < left.item() < mean.item() * 20


def test_scores_do_not_depend_on_the_order_of_clouds_and_points(random_clouds, reordered, rng, numbers):
    real, fake = random_clouds(12, 20, 35), random_clouds(9, 25)
    found = numbers(chamfer(real, fake, rng=rng))
    again = numbers(chamfer(reordered(real), reordered(fake), rng=rng))
    assert again == pytest.approx(found, rel=1e-12)


@pytest.mark.parametrize("normalise", ["none", "variance", "sphere"])
def test_scores_stay_when_both_sides_are_turned_and_moved(normalise, random_clouds, moved, rng, numbers):
    real, fake = random_clouds(8, 30), random_clouds(8, 30)
    found = numbers(chamfer(real, fake, normalise=normalise, rng=rng))
    again = numbers(chamfer(moved(real), moved(fake), normalise=normalise, rng=rng))
    assert again == pytest.approx(found, rel=1e-5)  # coordinates are float32


def test_a_box_turns_with_the_axes_and_not_with_the_cloud(random_clouds, moved, rng, numbers):
    real, fake = random_clouds(8, 30), random_clouds(8, 30)
    found = numbers(chamfer(real, fake, normalise="box", rng=rng))
    again = numbers(chamfer(moved(real), moved(fake), normalise="box", rng=rng))
    assert again["mmd-cd"] != pytest.approx(found["mmd-cd"], rel=1e-3)


def test_normalised_clouds_do_not_see_their_sizes(random_clouds, samples_of, rng, numbers):
    real, fake = random_clouds(8, 30), random_clouds(8, 30)
    larger = samples_of(cloud * 3 for cloud in fake.data)
    for normalise, is_seen in (("none", True), ("box", False), ("sphere", False)):
        one, other = (numbers(chamfer(real, side, normalise=normalise, rng=rng)) for side in (fake, larger))
        assert (one["mmd-cd"] != pytest.approx(other["mmd-cd"], rel=1e-5)) == is_seen


def test_protocols_differ_by_the_square_of_their_boxes(given, rng, numbers):
    found = {
        protocol: numbers(chamfer(given("ref"), given("samples"), protocol=protocol, rng=rng))
        for protocol in ("pointflow", "shapegf", "latent-diffusion")
    }
    assert found["shapegf"]["mmd-cd"] == pytest.approx(4 * found["latent-diffusion"]["mmd-cd"])
    assert found["shapegf"]["cov-cd"] == found["latent-diffusion"]["cov-cd"]
    assert found["pointflow"]["mmd-cd"] != pytest.approx(found["shapegf"]["mmd-cd"], rel=0.1)


def test_copies_of_the_reference_are_told_from_new_clouds(random_clouds, rng):
    real, new = random_clouds(30, 40), random_clouds(30, 40)
    assert chamfer(real, real, rng=rng)["nna-cd"].value == 0
    assert 0.3 < chamfer(real, new, rng=rng)["nna-cd"].value < 0.7


def test_a_shift_is_seen_by_all_three(random_clouds, rng, numbers):
    real = random_clouds(30, 40)
    near, far = (numbers(chamfer(real, random_clouds(30, 40, shift=x), rng=rng)) for x in (0.0, 2.0))
    assert far["mmd-cd"] > 3 * near["mmd-cd"]
    assert far["cov-cd"] < near["cov-cd"]
    assert far["nna-cd"] > 0.95


def test_drawn_points_leave_the_scores_alike_and_copies_at_0(random_clouds, rng):
    real = random_clouds(10, 60)
    assert chamfer(real, real, points=20, rng=rng)["mmd-cd"].value == 0
    assert chamfer(real, random_clouds(10, 60), points=20, rng=rng)["mmd-cd"].value > 0


def test_progress_ends_with_all_of_it(random_clouds, rng):
    steps = []
    chamfer(
        random_clouds(5, 9), random_clouds(3, 9), rng=rng, log=lambda step, total: steps.append((step, total))
    )
    assert steps == [(step, 16) for step in range(1, 17)]
