"""The divergence of points over voxels."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_points.set_metrics.voxel_jsd import voxel_jsd

from genbench import Undefined


def test_points_in_different_cells_are_a_bit_apart(samples_of):
    real, fake = samples_of([[(-0.3, 0.0, 0.0)] * 4]), samples_of([[(0.3, 0.0, 0.0)] * 7])
    assert voxel_jsd(real, fake).value == pytest.approx(1)
    assert voxel_jsd(real, real).value == 0


def test_the_closed_form_of_two_cells(samples_of):
    left, right = (-0.4, 0.0), (0.4, 0.0)
    real, fake = samples_of([[left] * 3 + [right]]), samples_of([[left] + [right] * 3])
    entropy = -(0.75 * np.log2(0.75) + 0.25 * np.log2(0.25))
    assert voxel_jsd(real, fake).value == pytest.approx(1 - entropy)


def test_a_finer_grid_sees_more(samples_of):
    real, fake = samples_of([[(-0.05, 0.0)]]), samples_of([[(0.05, 0.0)]])
    assert voxel_jsd(real, fake, resolution=3).value == 0
    assert voxel_jsd(real, fake, resolution=28).value == pytest.approx(1)


def test_it_does_not_see_which_points_are_of_one_cloud(random_clouds, samples_of, rng):
    real = random_clouds(10, 50)
    mixed = samples_of(rng.permutation(real.data.values).reshape(10, 50, 3))
    assert voxel_jsd(real, mixed, normalise="none", side=6.0).value == pytest.approx(0, abs=1e-12)


def test_points_outside_of_the_grid_count_at_its_border_with_a_warning(samples_of):
    real, fake = samples_of([[(0.5, 0.0)] * 9]), samples_of([[(7.0, 0.0)] * 9])
    found = voxel_jsd(real, fake, resolution=3)
    assert found.value == 0
    assert found.extra["outside"] == 1
    assert found.extra["warning"].startswith("100% of the points of a side are outside of the grid: set side")
    assert voxel_jsd(real, real).extra == {"outside": 0}


def test_corners_are_outside_of_the_sphere_and_inside_of_the_cube(samples_of):
    corner = samples_of([[(0.5, 0.5, 0.5)] * 3])
    assert voxel_jsd(corner, corner).extra["outside"] == 1
    assert voxel_jsd(corner, corner, in_sphere=False).extra == {"outside": 0}


def test_each_protocol_has_a_grid_that_holds_its_clouds(random_clouds):
    real, fake = random_clouds(4, 200), random_clouds(4, 200)
    for protocol in ("shapegf", "latent-diffusion"):
        found = voxel_jsd(real, fake, protocol=protocol, in_sphere=False)
        assert found.extra == {"outside": 0}
    assert voxel_jsd(real, fake, protocol="shapegf").value == pytest.approx(
        voxel_jsd(real, fake, protocol="latent-diffusion").value, abs=1e-12
    )
    assert "warning" in voxel_jsd(real, fake, protocol="shapegf", side=1.0).extra


@pytest.mark.parametrize("protocol", ["shapegf", "latent-diffusion"])
def test_a_protocol_with_a_box_warns_of_points_outside_the_sphere_without_advice(protocol, samples_of):
    cube = samples_of(
        [[(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)] + [(0.0, 0.0, 0.0)] * 8]
    )
    found = voxel_jsd(cube, cube, protocol=protocol).extra
    assert found["outside"] == 0.5
    assert found["warning"] == (
        "50% of the points of a side are outside of the sphere to which in_sphere = true limits the grid, "
        "and count at its border"
    )
    for own in ({"side": 0.5}, {"normalise": "none", "side": 0.5}):
        assert (
            voxel_jsd(cube, cube, protocol=protocol, **own)
            .extra["warning"]
            .endswith("outside of the grid: set side, or normalise")
        )


def test_the_order_of_clouds_and_points_changes_nothing(random_clouds, reordered):
    real, fake = random_clouds(10, 50, 20), random_clouds(10, 30)
    found = voxel_jsd(real, fake, side=6.0).value
    assert voxel_jsd(reordered(real), reordered(fake), side=6.0).value == found


def test_clouds_of_four_dimensions_are_refused(random_clouds):
    with pytest.raises(Undefined, match="clouds have 4 dimensions; a grid takes at most 3"):
        voxel_jsd(random_clouds(2, 5, dimensions=4), random_clouds(2, 5, dimensions=4))


def test_the_points_of_both_sides_are_logged(random_clouds, monkeypatch):
    told = []
    monkeypatch.setattr("genbench_points.set_metrics.voxel_jsd._POINTS", 7)
    real, fake = random_clouds(3, 10), random_clouds(4, 10)
    plain = voxel_jsd(real, fake)
    assert voxel_jsd(real, fake, log=lambda *step: told.append(step)) == plain
    assert told[0] == (0, 1000)
    assert told[-1] == (1000, 1000)
