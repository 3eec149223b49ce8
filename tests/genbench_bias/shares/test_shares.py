"""Shares against scipy, HELM and closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from genbench_bias.shares.representation import (
    NAMES,
    evenness,
    jensen_shannon,
    log_ratios,
    measures,
    relative_entropy,
    total_variation,
)


def of(counts, name, reference=None):
    counts = np.array(counts, float)
    found = measures(counts, counts if reference is None else np.array(reference, float))
    return float(found[list(NAMES).index(name)])


def test_every_number_of_shares_equals_scipy_s(record):
    known = record("representation", "4groups")
    counts, q = (np.array(known["params"][name]) for name in ("counts", "ref"))
    p, uniform = counts / counts.sum(), np.full(4, 1 / 4)
    found = {
        "kl_ref": relative_entropy(p, q),
        "kl_uniform": of(counts, "uniform-kl"),
        "tv_uniform": of(counts, "uniform-tv"),
        "l1_uniform": 2 * total_variation(p, uniform),
        "jsd_ref_nats": jensen_shannon(p, q),
        "normalised_entropy": evenness(p),
    }
    assert found == pytest.approx(known["value"], abs=known["tol"], rel=0)


@pytest.mark.parametrize("case", ["[30, 10]", "[5, 5]", "[9, 3, 0]"])
def test_helm_s_representation_bias_is_the_distance_to_equal_shares(case, record):
    known = record("helm_representation_bias", case)
    found = of(known["params"]["counts"], "uniform-tv")
    assert found == pytest.approx(known["value"], abs=known["tol"], rel=0)


def test_equal_shares_have_no_distance_at_any_counts():
    assert of([4, 8], "tv", [10, 20]) == pytest.approx(0, abs=1e-15)
    assert of([10, 20], "kl", [10, 20]) == 0
    assert of([10, 20], "worst", [10, 20]) == 0
    assert of([7, 7, 7], "uniform-kl") == pytest.approx(0, abs=1e-15)


def test_a_group_that_one_side_lacks_makes_nothing_infinite():
    assert of([10, 0], "tv", [5, 5]) == 0.5
    assert of([10, 0], "worst", [5, 5]) == pytest.approx(math.log((5.5 / 11) / (0.5 / 11)))
    assert of([5, 5], "kl", [10, 0]) == pytest.approx(
        0.5 * math.log(0.5 / (10.5 / 11)) + 0.5 * math.log(0.5 / (0.5 / 11))
    )
    assert of([10, 0], "uniform-kl") == pytest.approx(math.log(2))


def test_ratios_have_their_sign():
    assert log_ratios(np.array([30.0, 10]), np.array([10.0, 30])).tolist() == pytest.approx(
        [math.log(30.5 / 10.5), math.log(10.5 / 30.5)]
    )


def test_many_counts_are_measured_as_each_by_itself(rng):
    fake, real = rng.integers(1, 50, (2, 30, 4)).astype(float)
    assert measures(fake, real) == pytest.approx(
        np.array([measures(*pair) for pair in zip(fake, real, strict=True)])
    )
