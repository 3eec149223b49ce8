"""Fakes compared with the law of shapes."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from genbench_points.datasets.shapes_world import ShapesWorld
from genbench_points.datasets.surfaces import on_box, on_cylinder, on_sphere, on_torus
from genbench_points.truth.shape_law import shape_law, uniform_distance

from genbench import Undefined

WORLD = ShapesWorld(48)
SPHERES = SimpleNamespace(kinds={"sphere": {"radius": (1.0, 2.0)}})
TWO = SimpleNamespace(
    kinds={"sphere": {"radius": (1.0, 2.0)}, "torus": {"ring": (2.0, 3.0), "tube": (0.1, 0.5)}}
)


@pytest.fixture
def spheres(samples_of, rng):
    """Return the function that makes spheres of some radii."""
    return lambda *radii: samples_of(on_sphere(32, radius, rng) for radius in radii)


def test_spheres_have_the_scores_by_hand(spheres, numbers):
    found = shape_law(spheres(1.0, 1.25, 1.75, 2.0), SPHERES, bins=3)
    # places 0, 1/4, 3/4 and 1 in the range: over its quarter of the ranks, each is 1/32 off
    assert numbers(found) == pytest.approx(
        {"shape-misfit": 0, "shape-shares": 0, "shape-coverage": 2 / 3, "shape-sizes": 1 / 8}, abs=1e-6
    )


def test_a_kind_without_clouds_has_no_bin_and_the_largest_distance(spheres, numbers):
    found = shape_law(spheres(1.5), TWO, bins=2)
    assert numbers(found) == pytest.approx(
        {
            "shape-misfit": 0,
            "shape-shares": 0.5,
            "shape-coverage": 1 / 6,
            "shape-sizes": (0.25 + 0.5 + 0.5) / 3,
        },
        abs=1e-6,
    )
    assert found["shape-shares"].extra == {"sphere": 1, "torus": 0, "none": 0}
    assert found["shape-coverage"].extra == pytest.approx(
        {"expected": 1 / 4, "sphere radius": 1 / 2, "torus ring": 0, "torus tube": 0}
    )
    assert found["shape-sizes"].extra == pytest.approx(
        {"sphere radius": 0.25, "torus ring": 0.5, "torus tube": 0.5}, abs=1e-6
    )


def test_clouds_farther_than_the_tolerance_from_every_shape_are_of_no_kind(spheres, numbers):
    fake = spheres(1.4, 2.04)
    near, far = (shape_law(fake, SPHERES, tolerance=tolerance, bins=2) for tolerance in (0.05, 0.03))
    assert near["shape-misfit"].value == far["shape-misfit"].value == pytest.approx(0.02, abs=1e-6)
    assert (near["shape-shares"].value, far["shape-shares"].value) == (0, 0.5)
    assert far["shape-shares"].extra == {"sphere": 0.5, "none": 0.5}
    assert (near["shape-coverage"].value, far["shape-coverage"].value) == (1, 0.5)


def test_no_cloud_near_a_shape_has_the_worst_numbers(random_clouds, numbers):
    found = numbers(shape_law(random_clouds(5, 40), WORLD))
    assert found.pop("shape-misfit") > 0.3
    assert found == {"shape-shares": 1, "shape-coverage": 0, "shape-sizes": 0.5}


def test_draws_of_the_law_have_the_scores_of_chance(rng):
    found = shape_law(WORLD.sample(400, rng=rng), WORLD)
    assert found["shape-misfit"].value == 0
    assert found["shape-shares"].value < 0.1
    assert found["shape-coverage"].value == pytest.approx(found["shape-coverage"].extra["expected"], abs=0.03)
    assert found["shape-sizes"].value < 0.07


def test_the_expected_coverage_is_the_mean_over_draws(rng):
    world = ShapesWorld(16)
    found = [shape_law(world.sample(20, rng=rng), world, bins=5)["shape-coverage"] for _ in range(20)]
    expected = 1 - (1 - 1 / 20) ** 20
    assert found[0].extra["expected"] == pytest.approx(expected)
    assert np.mean([one.value for one in found]) == pytest.approx(expected, abs=0.04)  # 3 standard errors


def test_a_generator_of_half_of_a_range_covers_half(samples_of, rng, numbers):
    kinds = WORLD.kinds
    half = {
        kind: {name: (low, (low + high) / 2) for name, (low, high) in ranges.items()}
        for kind, ranges in kinds.items()
    }
    draws = [
        {name: rng.uniform(*ends) for name, ends in half[kind].items()} for kind in kinds for _ in range(60)
    ]
    surfaces = (
        [on_sphere(32, sizes["radius"], rng) for sizes in draws[:60]]
        + [on_box(32, tuple(sizes.values()), rng) for sizes in draws[60:120]]
        + [on_torus(32, *sizes.values(), rng) for sizes in draws[120:180]]
        + [on_cylinder(32, *sizes.values(), rng) for sizes in draws[180:]]
    )
    found = numbers(shape_law(samples_of(surfaces), WORLD))
    assert found["shape-shares"] == pytest.approx(0, abs=1e-12)
    assert found["shape-coverage"] == pytest.approx(0.5, abs=0.01)
    assert found["shape-sizes"] == pytest.approx(0.25, abs=0.03)


def test_the_distance_from_the_uniform_law_has_closed_forms():
    assert uniform_distance(np.array([0.0])) == uniform_distance(np.array([1.0, 1.0])) == 0.5
    assert uniform_distance(np.array([0.5])) == 0.25
    assert uniform_distance(np.array([0.75, 0.25])) == 0.125
    n = 1000
    assert uniform_distance((np.arange(n) + 0.5) / n) == pytest.approx(1 / (4 * n))
    assert uniform_distance(np.arange(n) / (2 * n)) == pytest.approx(0.25, abs=1e-3)


def test_the_order_of_clouds_and_points_changes_nothing(random_clouds, reordered, numbers):
    fake = WORLD.sample(20, rng=np.random.default_rng(3))
    assert numbers(shape_law(reordered(fake), WORLD)) == pytest.approx(numbers(shape_law(fake, WORLD)))


@pytest.mark.parametrize("truth", [None, object()])
def test_a_dataset_of_unknown_law_is_skipped(truth, random_clouds):
    with pytest.raises(Undefined, match="the law of this dataset is unknown; expected shapes of known sizes"):
        shape_law(random_clouds(2, 20), truth)


def test_a_kind_that_has_no_fit_is_named(random_clouds):
    with pytest.raises(Undefined, match="the law has shapes of the kind 'cone'; expected sphere, box, torus"):
        shape_law(random_clouds(2, 20), SimpleNamespace(kinds={"cone": {"height": (0.0, 1.0)}}))


def test_clouds_of_two_dimensions_and_of_few_points_are_one_line(random_clouds, samples_of):
    with pytest.raises(Undefined, match="clouds have 2 dimensions; expected 3"):
        shape_law(random_clouds(2, 20, dimensions=2), WORLD)
    with pytest.raises(Undefined, match="cloud 1 of the fakes has 15 points; expected at least 16"):
        shape_law(random_clouds(4, 20, 15), WORLD)
