"""MAUVE: its curve on histograms, its clusters on features."""

from __future__ import annotations

import math
import os
import subprocess
import sys

import genbench_text.overlap.mauve
import numpy as np
import pytest
from genbench_text.overlap.mauve import area, histograms, mauve

from genbench import Invalid


def test_equal_histograms_have_the_area_1():
    p = np.array([0.5, 0.3, 0.2, 0.0])
    assert area(p, p, 5.0) == pytest.approx(1, abs=1e-12)


def test_the_area_is_the_same_from_both_sides_and_whatever_the_order_of_clusters(rng):
    p, q = rng.dirichlet(np.ones(20), size=2)
    order = rng.permutation(20)
    assert area(p, q, 5.0) == pytest.approx(area(q, p, 5.0), rel=1e-12)
    assert area(p, q, 5.0) == pytest.approx(area(p[order], q[order], 5.0), rel=1e-12)


def test_histograms_that_share_no_cluster_have_the_area_of_their_curve():
    """There KL(Q|R) = -log(1 - w) and KL(P|R) = -log w: the curve is ((1 - w)^c, w^c)."""
    p, q = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    w = np.linspace(1e-6, 1 - 1e-6, 25)
    x, y = np.r_[0, (1 - w[::-1]) ** 5, 1], np.r_[1, w[::-1] ** 5, 0]
    assert area(p, q, 5.0) == pytest.approx(np.trapezoid(y, x), rel=1e-9)
    exact = math.gamma(6) ** 2 / math.gamma(11)  # of the curve without a grid
    assert area(p, q, 5.0) == pytest.approx(exact, rel=0.25)


def test_a_greater_scaling_tells_laws_farther_apart(rng):
    p, q = rng.dirichlet(np.ones(20), size=2)
    assert area(p, q, 1.0) > area(p, q, 5.0) > area(p, q, 10.0) > 0


def test_one_law_scores_near_1_and_a_collapse_near_0(rng):
    real, fake = rng.standard_normal((2, 400, 8)) + 1
    clean = mauve(real, fake, rng=rng)
    assert 0.9 < clean.value <= 1
    assert clean.extra["buckets"] == 40
    assert 0.9 < clean.extra["star"] <= 1
    assert mauve(real, np.repeat(fake[:3], 100, axis=0), rng=rng).value < 0.05


def test_a_side_against_itself_scores_1(rng):
    rows = rng.standard_normal((100, 5))
    assert mauve(rows, rows.copy(), rng=rng).value == pytest.approx(1, abs=1e-12)


def test_lengths_of_rows_and_rotations_have_no_part(rng):
    real, fake = rng.standard_normal((2, 200, 6)) + np.array([[[1.0]], [[0.5]]])
    rotation = np.linalg.qr(rng.standard_normal((6, 6)))[0]
    values = [
        mauve(a, b, rng=np.random.default_rng(1)).value
        for a, b in ((real, fake), (3 * real, 1e-200 * fake), (real @ rotation, fake @ rotation))
    ]
    assert values[1:] == pytest.approx([values[0]] * 2, abs=1e-9)


def test_features_wider_than_there_are_rows_are_projected_alike(rng):
    narrow = rng.standard_normal((2, 60, 4)) + np.array([[[1.0]], [[0.5]]])
    wide = narrow @ np.linalg.qr(rng.standard_normal((300, 4)))[0].T
    one, other = (mauve(*sides, rng=np.random.default_rng(1)).value for sides in (narrow, wide))
    assert one == pytest.approx(other, abs=1e-9)


def test_the_star_is_the_area_of_histograms_with_a_half_more_in_each_cluster(rng):
    one, other = np.eye(2)
    real = np.repeat([one, other], [30, 10], axis=0)
    fake = np.repeat([one, other], [5, 15], axis=0)
    found = mauve(real, fake, buckets=2, rng=rng)
    plain = area(np.array([30, 10]) / 40, np.array([5, 15]) / 20, 5.0)
    star = area(np.array([30.5, 10.5]) / 41, np.array([5.5, 15.5]) / 21, 5.0)
    # rel: the clusters may come in the other order, and sums with them
    assert (found.value, found.extra["star"]) == pytest.approx((plain, star), rel=1e-12)


@pytest.mark.parametrize("width", [3, 9])  # fewer columns than rows, and more
@pytest.mark.parametrize(("shares", "kept"), [((0.6, 0.31, 0.09), 2), ((0.6, 0.29, 0.11), 3)])
def test_the_fewest_components_with_nine_tenths_of_the_variance_are_kept(shares, kept, width):
    """Three columns of a Hadamard matrix have the mean 0 and are orthogonal."""
    columns = np.array([[1, 1, 1, 1, -1, -1, -1, -1], [1, 1, -1, -1] * 2, [1, -1] * 4]).T
    rows = np.zeros((8, width))
    rows[:, :3] = columns * np.sqrt(shares)
    found = genbench_text.overlap.mauve._project(rows)
    assert found.shape == (8, kept)
    np.testing.assert_allclose(np.square(found).mean(axis=0), shares[:kept], rtol=1e-12)


def test_all_rows_are_in_a_cluster_and_clusters_come_by_number_asked_for(rng):
    real, fake = rng.standard_normal((70, 3)), rng.standard_normal((50, 3))
    p, q = histograms(real, fake, 7, rng)
    assert (p.sum(), q.sum(), len(p), len(q)) == (70, 50, 7, 7)
    assert mauve(real, fake, rng=rng).extra["buckets"] == 5
    assert mauve(real, fake, buckets=9, rng=rng).extra["buckets"] == 9


def test_equal_seeds_give_equal_values(rng):
    real, fake = rng.standard_normal((2, 120, 4))
    one, other = (mauve(real, fake, rng=np.random.default_rng(7)) for _ in range(2))
    assert one == other


@pytest.mark.parametrize("row", [[0.0, 0.0], [1.0, 2.0]])
def test_rows_that_are_all_equal_are_one_law(row, rng):
    rows = np.array([row] * 30)
    assert mauve(rows, rows, rng=rng).value == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(
    ("real", "fake", "message"),
    [
        (np.ones((30, 2)), np.full((30, 2), math.nan), "60 non-finite values"),
        (np.ones((30, 2)), np.ones((30, 3)), "of one width, got 2 and 3"),
        (np.ones(30), np.ones((30, 2)), r"of shape \(n, d\), got \(30,\)"),
        (np.ones((30, 2)), np.ones((0, 2)), r"of shape \(n, d\), got \(0, 2\)"),
    ],
)
def test_what_are_no_features_is_refused(real, fake, message, rng):
    with pytest.raises(Invalid, match=message):
        mauve(real, fake, rng=rng)


@pytest.mark.slow
@pytest.mark.parametrize("extractor", ["digits-classifier", "pixels"])
def test_planted_faults_in_images_do_what_it_declares(extractor, tmp_path):
    """The command ends with 1 if a fault does what its spec does not say."""
    environment = os.environ | {"GENBENCH_PLUGINS": "genbench", "GENBENCH_STORE": str(tmp_path)}
    code = "from genbench.cli.main import main; main()"
    command = [sys.executable, "-c", code, "battery", "mauve", "--extractor", extractor]
    done = subprocess.run(
        [*command, "--n", "400", "--quiet"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
