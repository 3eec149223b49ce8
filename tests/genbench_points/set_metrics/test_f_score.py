"""The F-score of clouds."""

from __future__ import annotations

import pytest
from genbench_points.set_metrics.f_score import f_score, f_scores


def test_the_f_score_of_a_pair_is_the_harmonic_mean_of_matched_shares(samples_of, sides):
    real = samples_of([[(0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (3.0, 0.0)]])
    fake = samples_of([[(0.0, 0.01), (9.0, 0.0)]])
    recall, precision = 1 / 4, 1 / 2
    found = f_scores(*sides(real, fake), 0.1)
    assert found.item() == pytest.approx(2 * recall * precision / (recall + precision))


def test_a_distance_that_equals_the_threshold_does_not_match(samples_of, rng):
    real, fake = samples_of([[(0.0, 0.0)]]), samples_of([[(0.5, 0.0)]])
    assert f_score(real, fake, threshold=0.5, rng=rng).value == 0
    assert f_score(real, fake, threshold=0.5001, rng=rng).value == 1


def test_each_real_cloud_counts_with_its_best_fake(samples_of, rng):
    near, far = [(0.0, 0.0)], [(9.0, 9.0)]
    assert f_score(samples_of([near, far]), samples_of([near, near]), rng=rng).value == 0.5
    assert (
        f_score(samples_of([near, near]), samples_of([near, far]), rng=rng).value == 1
    )  # it does not see the far one


def test_copies_score_1_and_a_shift_less(random_clouds, samples_of, rng):
    real = random_clouds(5, 40)
    assert f_score(real, real, rng=rng).value == 1
    shifted = samples_of(cloud + 0.5 for cloud in real.data)
    assert f_score(real, shifted, threshold=0.3, rng=rng).value < 0.7


def test_the_order_of_clouds_and_points_changes_nothing(random_clouds, reordered, rng):
    real, fake = random_clouds(10, 50, 20), random_clouds(7, 30)
    found = f_score(real, fake, threshold=0.4, rng=rng).value
    assert f_score(reordered(real), reordered(fake), threshold=0.4, rng=rng).value == pytest.approx(
        found, rel=1e-12
    )


def test_progress_ends_with_all_of_it(random_clouds, rng):
    steps = []
    f_score(random_clouds(4, 5), random_clouds(3, 5), rng=rng, log=lambda *step: steps.append(step))
    assert steps == [(step, 7) for step in range(1, 8)]
