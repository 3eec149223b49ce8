"""Two samples over the same bins: tests of proportions and Jensen-Shannon divergence."""

from __future__ import annotations

import math

import numpy as np
import pytest
from genbench_fidelity.diversity.ndb import are_different, jensen_shannon, z_scores


def test_the_z_of_two_proportions_is_its_formula():
    first, second = np.array([30, 70]), np.array([10, 40])
    pooled = 40 / 150
    z = (0.3 - 0.2) / math.sqrt(pooled * (1 - pooled) * (1 / 100 + 1 / 50))
    assert z_scores(first, second) == pytest.approx([z, -z])


@pytest.mark.parametrize(("count", "differs"), [(63, False), (64, True)])
def test_bins_differ_from_the_two_sided_quantile_of_the_level_on(count, differs):
    """Of 100 each, 50 and 63 are 1.855 standard errors apart, 50 and 64 are 2.0: 1.96 lies between them."""
    first, second = np.array([50, 50]), np.array([count, 100 - count])
    assert are_different(first, second, alpha=0.05).tolist() == [differs] * 2


def test_over_many_draws_the_null_is_what_is_expected(rng):
    differing, divergences = [], []
    shares = np.full(40, 1 / 40)
    for _ in range(200):
        first, second = rng.multinomial(4000, shares), rng.multinomial(2000, shares)
        differing.append(are_different(first, second, alpha=0.05).sum())
        divergences.append(jensen_shannon(first, second))
    assert np.mean(differing) == pytest.approx(0.05 * 40, abs=0.4)
    assert np.mean(divergences) == pytest.approx(39 * (1 / 4000 + 1 / 2000) / 8, rel=0.05)


def test_disjoint_shares_reach_the_greatest_divergence_and_equal_ones_the_least():
    assert jensen_shannon(np.array([3, 0]), np.array([0, 5])) == math.log(2)
    assert jensen_shannon(np.array([3, 9]), np.array([1, 3])) == 0


def test_bins_that_hold_nothing_or_everything_do_not_differ():
    assert z_scores(np.array([0, 7]), np.array([0, 9])).tolist() == [0, 0]
