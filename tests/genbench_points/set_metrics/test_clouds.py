"""Clouds as metrics compare them."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_points.set_metrics.clouds import NORMALISATIONS, PRESETS, add_warning, prepare

from genbench import Score, Undefined


def test_clouds_are_given_by_their_points_and_offsets(random_clouds, sides):
    real = random_clouds(3, 4, 7)
    found, _ = sides(real, real)
    assert (len(found), found.lengths.tolist(), found.values.dtype) == (3, [4, 7, 4], np.float64)
    assert all(np.array_equal(one, other) for one, other in zip(found, real.data, strict=True))


def test_a_side_of_many_more_points_is_warned_of(random_clouds, sides):
    few, more, many = random_clouds(3, 20), random_clouds(3, 30), random_clouds(3, 31)
    assert add_warning(Score(0.5), *sides(few, more)) == Score(0.5)
    text = "clouds of about 31 points against 20: nearest points depend on it; set points = 20"
    for pair in ((few, many), (many, few)):
        assert add_warning(Score(0.5), *sides(*pair)).extra == {"warning": text}
    capped = Score(0.5, extra={"warning": "few fakes", "real": 1.0})
    assert add_warning(capped, *sides(few, many)).extra == {"warning": f"few fakes; {text}", "real": 1.0}


@pytest.mark.parametrize("normalise", NORMALISATIONS)
def test_a_normalised_cloud_keeps_its_shape(normalise, random_clouds, sides):
    real = random_clouds(2, 50, shift=3.0)
    found, _ = sides(real, real, normalise)
    one, other = real.data[0].astype(float), found[0]
    ratio = (other[1:] - other[0]) / (one[1:] - one[0])
    assert np.allclose(ratio, ratio[0, 0])
    assert (ratio[0, 0] == 1) == (normalise == "none")


def test_each_normalisation_does_what_it_says(random_clouds, sides):
    real = random_clouds(1, 60, shift=3.0)
    (box,), (half,), (sphere,), (variance,) = (
        tuple(sides(real, real, name)[0]) for name in ("box", "half-box", "sphere", "variance")
    )
    assert np.ptp(box, axis=0).max() == pytest.approx(2)
    assert np.allclose(box.min(axis=0), -box.max(axis=0))
    assert np.allclose(half, box / 2)
    assert np.linalg.norm(sphere, axis=1).max() == pytest.approx(1)
    assert np.allclose(sphere.mean(axis=0), 0)
    assert np.allclose(variance.mean(axis=0), 0)
    assert variance.std() == pytest.approx(1)


@pytest.mark.parametrize("normalise", sorted(set(NORMALISATIONS) - {"none"}))
def test_a_normalised_cloud_is_the_same_at_any_place_and_size(normalise, random_clouds, samples_of, sides):
    real = random_clouds(1, 40)
    other = samples_of([real.data[0] * 4 + 2])
    left, right = sides(real, other, normalise)
    assert np.allclose(left.values, right.values, atol=1e-5)


@pytest.mark.parametrize("normalise", sorted(set(NORMALISATIONS) - {"none"}))
def test_a_cloud_in_one_place_comes_to_the_origin(normalise, samples_of, sides):
    found, _ = sides(samples_of([np.full((3, 2), 5.0)]), samples_of([np.full((1, 2), 5.0)]), normalise)
    assert not found.values.any()


def test_a_protocol_decides_how_clouds_are_normalised_unless_an_option_does(random_clouds):
    real = random_clouds(1, 40)
    for protocol, normalise in PRESETS.items():
        found, _ = prepare(real, real, protocol=protocol, normalise=None)
        assert np.array_equal(found.values, NORMALISATIONS[normalise](real.data[0].astype(float)))
    raw, _ = prepare(real, real, protocol="shapegf", normalise="none")
    assert np.array_equal(raw.values, real.data[0])


def test_drawn_points_are_different_points_of_the_cloud(random_clouds, sides):
    real = random_clouds(2, 9, 30)
    found, _ = sides(real, real, points=9)
    assert found.lengths.tolist() == [9, 9]
    for one, whole in zip(found, real.data, strict=True):
        rows = {tuple(row) for row in one}
        assert len(rows) == 9
        assert rows <= {tuple(row) for row in whole.astype(float)}


def test_equal_clouds_keep_equal_points_in_any_order(random_clouds, samples_of, sides, rng):
    real = random_clouds(4, 20)
    fake = samples_of([rng.permutation(real.data[number]) for number in (2, 0, 3, 1)])
    left, right = sides(real, fake, points=5)
    assert all(np.array_equal(left[number], right[place]) for place, number in enumerate((2, 0, 3, 1)))


def test_other_seeds_draw_other_points(random_clouds):
    real = random_clouds(1, 40)
    drawn = [
        prepare(real, real, protocol="pointflow", normalise=None, points=10, rng=np.random.default_rng(seed))[
            0
        ]
        for seed in (0, 0, 1)
    ]
    assert np.array_equal(drawn[0].values, drawn[1].values)
    assert not np.array_equal(drawn[0].values, drawn[2].values)


@pytest.mark.parametrize(
    ("clouds", "points", "said"),
    [
        ([np.zeros((3, 2)), np.zeros((0, 2))], None, "cloud 1 of fake has no points; leave it out"),
        ([np.zeros((3, 2)), np.zeros((2, 2))], 3, "cloud 1 of fake has 2 points; set points = 2, or fewer"),
    ],
)
def test_a_cloud_with_too_few_points_is_one_line(clouds, points, said, samples_of, sides):
    with pytest.raises(Undefined) as error:
        sides(samples_of([np.ones((4, 2))]), samples_of(clouds), points=points)
    assert str(error.value) == said
