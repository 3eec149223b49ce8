"""Reference values of numbers of columns that are no metrics here and why, and a test for every other one.

synthcity (commit 23f322f) computes these numbers from the shares of each column's values or bins. The page of
the metric `shapes` says why they are no metrics here.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.special import rel_entr
from scipy.stats import chisquare

TESTS = Path(__file__).parents[1]
FEW = 5  # values of a column that count as categories
BINS = 10
LEAST = 1e-11  # in place of a share of 0


def test_every_reference_value_with_a_tolerance_is_named_in_a_test():
    records = json.loads((TESTS / "genbench_table/oracles/oracles.json").read_text(encoding="utf-8"))
    files = [
        path for name in ("genbench_table", "genbench_fidelity") for path in (TESTS / name).rglob("test_*.py")
    ]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    names = {record["metric"] for record in records if record.get("tol") is not None}
    assert {name for name in names if f'"{name}"' not in text} == set()


def shares(real, fake):
    """Return the shares of both sides: those of few values the largest first, whichever value has them."""
    values = np.unique(real)
    if len(values) < FEW:
        both = np.union1d(real, fake)
        found = [np.sort([(side == value).mean() for value in both])[::-1] for side in (real, fake)]
    else:
        edges = np.histogram_bin_edges(real, min(BINS, len(values)))
        counts = [np.histogram(side, edges)[0] for side in (real, fake)]
        found = [count / count.sum() for count in counts]
    return [np.maximum(side, LEAST) for side in found]


def inverse_divergence(real, fake):
    return 1 / (1 + rel_entr(*shares(real, fake)).sum())


def p_value_of_shares(real, fake):
    return chisquare(*shares(real, fake)).pvalue


def distance_of_raised_shares(real, fake):
    """Return the Jensen-Shannon distance of the shares of bins, closed on the right, with 1 added to each."""
    bins = min(BINS, len(np.unique(real)))
    edges = np.linspace(real.min(), real.max(), bins + 1)
    edges[0] -= np.ptp(real) / 1000  # so that the least value is inside
    places = [np.searchsorted(edges, side) % (bins + 1) for side in (real, fake)]  # 0: outside
    found = np.array([np.bincount(place, minlength=bins + 1) / len(place) for place in places])
    if not found[:, 0].any():
        found = found[:, 1:]
    return jensenshannon(*(found + 1))


@pytest.mark.parametrize(
    ("metric", "number"),
    [("synthcity_inv_kl_divergence", inverse_divergence), ("synthcity_chi_squared_test", p_value_of_shares)],
)
def test_the_means_of_synthcity_are_those_of_shares(oracles, encoded, metric, number):
    (record,) = oracles(metric)
    found = np.mean([number(*columns) for columns in zip(encoded["real"].T, encoded["syn"].T, strict=True)])
    assert found == pytest.approx(record["value"]["marginal"], abs=record["tol"])


def test_the_jensen_shannon_distances_of_synthcity_are_those_of_raised_shares(oracles, encoded):
    (record,) = oracles("synthcity_js")
    columns = enumerate(zip(encoded["real"].T, encoded["syn"].T, strict=True))
    found = {str(place): distance_of_raised_shares(*sides) for place, sides in columns}
    assert found == pytest.approx(record["value"], abs=record["tol"])


ONE = np.repeat([0.0, 1.0], [70, 30])
EVEN = np.linspace(0, 1, 100)


def test_shares_by_rank_do_not_see_which_categories_have_them():
    assert inverse_divergence(ONE, 1 - ONE) == pytest.approx(1)
    assert inverse_divergence(ONE, ONE + 5) == pytest.approx(1)
    assert p_value_of_shares(ONE, ONE + 5) == pytest.approx(1)


def test_bins_of_the_real_range_do_not_see_values_beyond_it():
    assert inverse_divergence(EVEN, np.append(EVEN, np.full(900, 50.0))) == pytest.approx(1)


def test_the_share_in_place_of_0_decides_what_a_lost_category_costs():
    divergence = 0.3 * np.log(0.3 / LEAST) + 0.7 * np.log(0.7)
    assert inverse_divergence(ONE, np.zeros(100)) == pytest.approx(1 / (1 + divergence))


def test_the_p_value_of_shares_is_no_p_value():
    """It does not change with the number of rows."""
    other = np.repeat([0.0, 1.0], [60, 40])
    found = p_value_of_shares(ONE, other)
    assert found > 0.8
    assert p_value_of_shares(np.repeat(ONE, 100), np.repeat(other, 100)) == pytest.approx(found)
    assert chisquare([7000, 3000], [6000, 4000]).pvalue < 1e-90


def test_raised_shares_are_never_far_apart():
    """A column of other values altogether is at 0.83, the root of ln 2, without the 1."""
    found = distance_of_raised_shares(EVEN, EVEN + 5)
    assert found == pytest.approx(jensenshannon([1, *[1.1] * 10], [2, *[1] * 10]))
    assert found < 0.1
    assert jensenshannon([1, 0], [0, 1]) == pytest.approx(np.sqrt(np.log(2)))
