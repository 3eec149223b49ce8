"""LPIPS diversity: mean squared distances of pairs."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_fidelity.diversity.lpips_diversity import lpips_diversity

from genbench.core.errors import Invalid, Undefined


def test_all_pairs_give_twice_the_total_variance(rng):
    rows = rng.standard_normal((40, 6)).astype(np.float32)
    found = lpips_diversity(rows, pairs=780, rng=rng)
    assert found.extra["pairs"] == 780
    assert found.value == pytest.approx(2 * rows.astype(np.float64).var(axis=0, ddof=1).sum(), rel=1e-9)


def test_drawn_pairs_estimate_it_without_bias_at_any_n():
    values = [
        lpips_diversity(rng.standard_normal((n, 5)), pairs=20, rng=rng).value
        for n in (7, 60)
        for rng in map(np.random.default_rng, range(300))
    ]
    for part in np.split(np.array(values), 2):
        assert part.mean() == pytest.approx(10, abs=4 * part.std() / np.sqrt(len(part)))


def test_collapse_scores_nothing_and_noise_most(rng):
    modes = np.repeat(rng.standard_normal((4, 8)), 25, axis=0)
    collapsed, varied, noise = (
        lpips_diversity(rows, rng=rng).value
        for rows in (modes[:25], modes, 3 * rng.standard_normal((100, 8)))
    )
    assert collapsed == 0 < varied < noise


def test_its_extra_says_how_far_pairs_spread(rng):
    rows = np.array([[0.0], [1.0], [3.0]])
    found = lpips_diversity(rows, rng=rng)
    assert found.value == pytest.approx((1 + 4 + 9) / 3)
    assert found.extra == {"spread": pytest.approx(np.std([1, 4, 9])), "pairs": 3}


def test_one_fake_has_no_diversity(rng):
    with pytest.raises(Undefined, match="fake has 1"):
        lpips_diversity(np.zeros((1, 3)), rng=rng)


def test_features_that_are_not_finite_are_refused(rng):
    with pytest.raises(Invalid, match="non-finite"):
        lpips_diversity(np.array([[1.0], [np.nan]]), rng=rng)
