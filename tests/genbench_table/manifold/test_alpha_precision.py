"""Alpha-precision and beta-recall, beside synthcity."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_fidelity.memorisation.authenticity import authenticity
from genbench_table.manifold.alpha_precision import alpha_precision, closest_points

from genbench import Invalid

NUMBERS = {
    "alpha-precision": ("delta_precision_alpha", "alpha_precision_curve"),
    "beta-recall": ("delta_coverage_beta", "beta_coverage_curve"),
}


@pytest.mark.parametrize("fake", ["syn", "holdout", "real"])
def test_numbers_and_curves_are_those_of_synthcity(oracles, encoded, fake):
    (record,) = (each for each in oracles("alpha_precision_naive") if each["case"] == f"real,{fake}")
    scores = alpha_precision(encoded["real"], encoded[fake])
    for name, (value, curve) in NUMBERS.items():
        assert scores[name].value == pytest.approx(record["value"][value], abs=record["tol"])
        assert scores[name].extra["curve"] == pytest.approx(record["value"][curve], abs=record["tol"])
    levels = np.linspace(0, 1, len(scores["beta-recall"].extra["curve"]))
    assert levels == pytest.approx(record["value"]["alphas"], abs=record["tol"])


def synthcitys_authenticity(real, fake):
    """Return the share of real rows farther from their closest fake than is the closest other row of another.

    That other row is the real one with the number of the closest fake.
    """
    own, _ = closest_points(real)
    distance, number_of_fake = closest_points(real, fake)
    return (own[number_of_fake] < distance).mean()


@pytest.mark.parametrize(("fake", "authentic"), [("syn", 116), ("holdout", 125), ("real", 0)])
def test_synthcity_s_authenticity_is_another_number_than_the_definition_s(oracles, encoded, fake, authentic):
    (record,) = (each for each in oracles("alpha_precision_naive") if each["case"] == f"real,{fake}")
    found = synthcitys_authenticity(encoded["real"], encoded[fake])
    assert found == pytest.approx(record["value"]["authenticity"], abs=record["tol"])
    assert authenticity(encoded["real"], encoded[fake]) == pytest.approx(100 * authentic / 300)


def test_the_authenticity_of_synthcity_depends_on_the_order_of_rows(encoded):
    real, fake = encoded["real"], encoded["syn"]
    turned = real[::-1]
    assert authenticity(turned, fake) == authenticity(real, fake)
    assert abs(synthcitys_authenticity(turned, fake) - synthcitys_authenticity(real, fake)) > 0.01


def values(real, fake):
    return {name: score.value for name, score in alpha_precision(real, fake).items()}


def test_copies_of_the_real_rows_score_near_1_and_fresh_rows_near_1_and_a_half():
    rng = np.random.default_rng(0)
    real, fresh = rng.normal(size=(2, 1000, 4))
    assert values(real, real) == pytest.approx({"alpha-precision": 1.0, "beta-recall": 1.0}, abs=0.01)
    assert values(real, fresh) == pytest.approx({"alpha-precision": 0.98, "beta-recall": 0.5}, abs=0.05)


def test_fakes_at_the_centre_and_far_away_score_0_in_precision():
    rng = np.random.default_rng(0)
    real = rng.normal(size=(200, 3))
    assert values(real, np.tile(real.mean(axis=0), (200, 1)))["alpha-precision"] < 0.05
    assert values(real, real + 100) == {"alpha-precision": 0.0, "beta-recall": 0.0}


def test_a_collapse_loses_recall():
    rng = np.random.default_rng(0)
    real, fresh = rng.normal(size=(2, 400, 3))
    few = fresh[rng.integers(20, size=400)]
    assert values(real, few)["beta-recall"] < 0.1


def test_shifts_and_turns_of_both_sides_change_nothing():
    rng = np.random.default_rng(0)
    real, fake = rng.normal(size=(2, 150, 3))
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    assert values(real @ turn + 5, fake @ turn + 5) == pytest.approx(values(real, fake), abs=1e-9)


def test_features_that_are_not_finite_are_invalid():
    with pytest.raises(Invalid, match="non-finite values, on the side fake"):
        alpha_precision(np.zeros((3, 2)), np.full((3, 2), np.nan))
