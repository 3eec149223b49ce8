"""Fits of shapes to clouds."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_points.datasets.shapes_world import KINDS
from genbench_points.datasets.surfaces import on_box, on_cylinder, on_sphere, on_torus
from genbench_points.truth.shape_fits import FAMILIES, best_fit

WIDE = {kind: dict.fromkeys(family.names, (0.0, 10.0)) for kind, family in FAMILIES.items()}


def drawn(kind, sizes, n, rng):
    surface = {
        "sphere": lambda: on_sphere(n, *sizes, rng),
        "box": lambda: on_box(n, sizes, rng),
        "torus": lambda: on_torus(n, *sizes, rng),
        "cylinder": lambda: on_cylinder(n, *sizes, rng),
    }
    return surface[kind]()


def test_the_shapes_of_the_world_can_all_be_fitted():
    assert {kind: tuple(ranges) for kind, ranges in KINDS.items()} == {
        kind: family.names for kind, family in FAMILIES.items()
    }


@pytest.mark.parametrize(
    ("kind", "sizes"),
    [
        ("sphere", (0.5,)),
        ("box", (0.2, 0.3, 0.57)),
        ("box", (3.0, 1.0, 2.0)),
        ("torus", (0.35, 0.05)),
        ("torus", (0.25, 0.15)),
        ("cylinder", (0.1, 0.7)),
        ("cylinder", (0.35, 0.2)),
    ],
)
def test_the_sizes_of_a_shape_are_found_exactly(kind, sizes, rng):
    found = best_fit(drawn(kind, sizes, 64, rng), WIDE)
    assert (found.kind, found.misfit) == (kind, 0)
    assert tuple(found.sizes.values()) == pytest.approx(sizes, abs=1e-9)


@pytest.mark.parametrize("kind", ["sphere", "box", "torus", "cylinder"])
def test_noise_moves_sizes_little_and_the_misfit_is_about_its_spread(kind, rng):
    sizes = [0.6 * low + 0.4 * high for low, high in KINDS[kind].values()]
    found = best_fit(drawn(kind, sizes, 2000, rng) + 0.01 * rng.normal(size=(2000, 3)), KINDS)
    assert found.kind == kind
    assert tuple(found.sizes.values()) == pytest.approx(sizes, abs=0.005)
    assert found.misfit == pytest.approx(0.01, rel=0.1)


def test_a_part_of_a_surface_has_the_sizes_of_the_whole(rng):
    cloud = on_torus(400, 0.3, 0.1, rng)
    found = best_fit(cloud[cloud[:, 0] > 0], KINDS)
    assert (found.kind, found.misfit) == ("torus", 0)
    assert found.sizes == pytest.approx({"ring": 0.3, "tube": 0.1})


def test_a_size_beyond_its_range_becomes_the_end_and_counts_as_misfit(rng):
    found = best_fit(on_sphere(100, 0.8, rng), {"sphere": {"radius": (0.2, 0.5)}})
    assert found.sizes == {"radius": 0.5}
    assert found.misfit == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("kind", "point", "distance"),
    [
        ("sphere", (0.0, 0.0, 0.0), 1.0),
        ("sphere", (0.0, 3.0, 4.0), 4.0),
        ("box", (0.0, 0.0, 0.8), 0.2),
        ("box", (4.0, 5.0, 0.0), 5.0),
        ("torus", (0.0, 0.0, 0.0), 0.5),
        ("torus", (1.0, 0.0, 2.0), 1.5),
        ("cylinder", (0.6, 0.0, 0.3), 0.4),
        ("cylinder", (0.0, 4.0, 5.0), 5.0),
    ],
)
def test_distances_are_those_from_the_surface(kind, point, distance):
    sizes = {"sphere": [1], "box": [2, 2, 2], "torus": [1, 0.5], "cylinder": [1, 2]}[kind]
    found = FAMILIES[kind].distances(np.array([point]), np.array(sizes, float))
    assert abs(found[0]) == pytest.approx(distance)


@pytest.mark.parametrize("point", [(0.0, 0.0, 0.0), (1.0, 2.0, 3.0), (0.0, 0.0, 3e38)])
def test_a_cloud_in_one_place_is_fitted_without_a_warning(point):
    found = best_fit(np.tile(point, (20, 1)), KINDS)
    assert found.misfit > 0.1
    assert np.isfinite(found.misfit)


def test_the_order_of_points_and_the_sides_of_axes_change_nothing(rng):
    cloud = rng.normal(size=(50, 3)) / 4
    found, other = best_fit(cloud, KINDS), best_fit(rng.permutation(cloud) * (1, -1, -1), KINDS)
    assert found.kind == other.kind
    assert found.misfit == pytest.approx(other.misfit, rel=1e-9)
