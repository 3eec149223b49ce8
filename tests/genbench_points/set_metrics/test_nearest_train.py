"""The Chamfer distance of clouds to the nearest training cloud."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_points.datasets.shapes_world import ShapesWorld
from genbench_points.faults.cloud_damage import rotate
from genbench_points.generators.jittered_copies import jittered_copies
from genbench_points.set_metrics.chamfer import chamfer, chamfer_matrix
from genbench_points.set_metrics.nearest_train import nearest_train_chamfer

from genbench import Undefined


@pytest.fixture(scope="module")
def world():
    """Return clouds of the world of shapes by split, and copies of the training clouds with jitter."""
    rng = np.random.default_rng(0)
    splits = {
        name: ShapesWorld(64).sample(n, rng=rng)
        for name, n in (("train", 60), ("real", 40), ("fresh", 40), ("fewer", 10))
    }
    return splits | {"jittered": jittered_copies(splits["train"]).sample(40, rng=rng)}


def screen(world, fake, rng, **options):
    return nearest_train_chamfer(world["real"], world[fake], world["train"], rng=rng, **options)


def test_the_closed_form_of_single_points(samples_of, rng):
    train = samples_of([[(0.0, 0.0)], [(10.0, 0.0)]])
    real = samples_of([[(x, 0.0)] for x in (1.0, 3.0, 8.0, 14.0)])  # at 1, 3, 2 and 4
    fake = samples_of([[(10.0, 0.5)], [(10.0, 2.0)], [(0.0, 3.0)], [(0.0, 0.0)]])
    scores = nearest_train_chamfer(real, fake, train, alpha=0.5, rng=rng)
    distance, copied = scores["nearest-train-cd"], scores["copied-clouds"]
    assert distance.value == 2 * (0.25 + 4 + 9 + 0) / 4
    assert distance.extra == {"real": 2 * (1 + 9 + 4 + 16) / 4}
    assert copied.value == 0.75
    assert copied.extra == {
        "threshold": 2 * 2.0**2, "expected": 0.5, "copies": [[3, 0, 0.0], [0, 1, 0.5], [1, 1, 8.0]],
    }  # fmt: skip


def test_with_all_points_it_is_the_chamfer_distance_of_the_other_metrics(random_clouds, sides, rng):
    train, fake = random_clouds(9, 20, 31), random_clouds(6, 17)
    found = nearest_train_chamfer(fake, fake, train, points=None, rng=rng)["nearest-train-cd"].value
    assert found == pytest.approx(chamfer_matrix(*sides(fake, train)).min(axis=1).mean(), rel=1e-12)
    box = nearest_train_chamfer(fake, fake, train, points=None, protocol="shapegf", rng=rng)
    nearest = chamfer_matrix(*sides(fake, train, "box")).min(axis=1)
    assert box["nearest-train-cd"].value == pytest.approx(nearest.mean(), rel=1e-12)


def test_points_that_are_looked_up_estimate_the_distance_without_bias(random_clouds, sides):
    train, fake = random_clouds(1, 60), random_clouds(1, 40)
    draws = [
        nearest_train_chamfer(fake, fake, train, points=8, rng=np.random.default_rng(seed))
        for seed in range(300)
    ]
    values = np.array([draw["nearest-train-cd"].value for draw in draws])
    assert values.std() > 0
    error = 4 * values.std() / len(values) ** 0.5
    assert values.mean() == pytest.approx(chamfer_matrix(*sides(fake, train)).item(), abs=error)


def test_the_order_of_clouds_and_points_changes_nothing(random_clouds, reordered):
    sides = [random_clouds(n, 20, 35) for n in (12, 9, 15)]
    found, again = (
        nearest_train_chamfer(*each, points=7, normalise="sphere", rng=np.random.default_rng(3))
        for each in (sides, [reordered(side) for side in sides])
    )
    for name, score in found.items():
        assert again[name].value == pytest.approx(score.value, rel=1e-9)


def test_jittered_copies_are_told_from_fresh_clouds_where_1_nna_is_blind(world, rng):
    found = {name: screen(world, name, rng) for name in ("train", "jittered", "fresh")}
    copied = {name: scores["copied-clouds"].value for name, scores in found.items()}
    distance = {name: scores["nearest-train-cd"].value for name, scores in found.items()}
    assert (copied["train"], distance["train"]) == (1, 0)
    assert copied["jittered"] > 0.9
    assert copied["fresh"] < 0.3
    assert distance["jittered"] < distance["fresh"] / 4
    assert found["fresh"]["nearest-train-cd"].extra["real"] == pytest.approx(distance["fresh"], rel=0.3)
    nna = chamfer(world["real"], world["jittered"], points=32, rng=rng)["nna-cd"].value
    assert abs(nna - 0.5) < 0.15


def test_what_it_cannot_see_is_as_its_page_says(world, rng):
    turned = rotate(world["train"], 90.0, rng)
    noisy = jittered_copies(world["train"], noise=0.1).sample(40, rng=rng)
    for fake in (turned, noisy):
        found = nearest_train_chamfer(world["real"], fake, world["train"], rng=rng)
        assert found["copied-clouds"].value < 0.3


def test_few_real_clouds_have_the_nearest_of_them_as_the_limit(world, rng):
    few = nearest_train_chamfer(world["fewer"], world["jittered"], world["train"], rng=rng)["copied-clouds"]
    assert few.extra["expected"] == 0.1
    assert len(few.extra["copies"]) == 5


def test_a_training_cloud_without_points_is_named(random_clouds, samples_of, rng):
    clouds, broken = random_clouds(2, 5), samples_of([[(0.0, 0.0, 0.0)], np.empty((0, 3))])
    with pytest.raises(Undefined, match="cloud 1 of train has no points"):
        nearest_train_chamfer(clouds, clouds, broken, rng=rng)


def test_progress_ends_with_all_of_it(random_clouds, rng):
    steps = []
    clouds = random_clouds(4, 5)
    nearest_train_chamfer(clouds, clouds, clouds, rng=rng, log=lambda *step: steps.append(step))
    assert (steps[0], steps[-1], len(steps)) == ((0, 1000), (1000, 1000), 17)
