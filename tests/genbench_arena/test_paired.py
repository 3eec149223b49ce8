"""Models of paired comparisons: closed forms, invariances and maxima."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from genbench_arena.paired import MODELS, Comparisons, fit
from scipy.optimize import approx_fprime


def compared(rows, count):
    """Return votes from (first, second, outcome)."""
    first, second, outcome = zip(*rows, strict=True)
    return Comparisons(
        count=count,
        first=np.array(first),
        second=np.array(second),
        outcome=np.array(outcome, dtype=float),
        covariates=np.zeros((len(rows), 0)),
    )


def test_the_gap_of_two_models_is_the_logarithm_of_the_odds():
    votes = compared([(0, 1, 1)] * 3 + [(0, 1, 0)], 2)
    gap = np.subtract(*fit(votes).strengths)
    assert gap == pytest.approx(np.log(3), abs=1e-12)
    assert 400 / np.log(10) * gap == pytest.approx(190.84850188786498, abs=1e-9)


def test_a_cycle_of_three_equal_pairs_has_no_gap():
    votes = compared([(0, 1, 1), (1, 2, 1), (2, 0, 1)], 3)
    assert fit(votes).strengths == pytest.approx(np.zeros(3), abs=1e-12)


def test_three_models_whose_odds_are_consistent_have_these_odds():
    rows = [(0, 1, 1)] * 2 + [(0, 1, 0)] + [(1, 2, 1)] * 3 + [(1, 2, 0)] + [(0, 2, 1)] * 6 + [(0, 2, 0)]
    strengths = fit(compared(rows, 3)).strengths
    assert np.diff(strengths) == pytest.approx([-np.log(2), -np.log(3)], abs=1e-12)


def test_ties_of_two_equal_models_have_the_chance_that_was_seen():
    votes = compared([(0, 1, 1), (0, 1, 0), (0, 1, 0.5), (0, 1, 0.5)], 2)
    davidson = fit(votes, "davidson")
    assert np.exp(davidson.tie) == pytest.approx(2)  # 1 : 1 : e^t is 1 : 1 : 2
    rao_kupper = fit(votes, "rao-kupper")
    assert 1 / (1 + np.exp(rao_kupper.tie)) == pytest.approx(0.25)
    assert davidson.strengths == pytest.approx([0, 0], abs=1e-9)


@pytest.mark.parametrize("model", MODELS)
def test_without_ties_all_models_are_that_of_bradley_and_terry(battles, model):
    votes, _, _ = battles("no ties")
    assert fit(votes, model).strengths == pytest.approx(fit(votes).strengths, abs=1e-9)


@pytest.mark.parametrize("model", ["davidson", "rao-kupper"])
@pytest.mark.parametrize("ties", [1, 200, 400])
def test_no_parameter_moved_alone_raises_the_likelihood(battles, model, ties):
    votes, _, _ = battles("no ties")
    votes = replace(votes, outcome=np.where(np.arange(len(votes.first)) < ties, 0.5, votes.outcome))
    found = fit(votes, model)

    def likelihood(theta):
        return MODELS[model][0](votes.outcome, votes.design() @ theta[:-1], theta[-1]).value.sum()

    for each in np.vstack([np.eye(len(found.theta)), -np.eye(len(found.theta))]):
        assert likelihood(found.theta + 1e-3 * each) < likelihood(found.theta)


@pytest.mark.parametrize("model", MODELS)
def test_slopes_are_the_derivatives_of_the_likelihood(model):
    likelihood, has_tie = MODELS[model]
    for outcome in (1.0, 0.0, 0.5):
        for gap, tie in ((0.3, 0.4), (-2.0, 1.5)):

            def value(at, outcome=outcome):
                return likelihood(np.array([outcome]), np.array([at[0]]), at[1]).value[0]

            found = likelihood(np.array([outcome]), np.array([gap]), tie)
            slopes = approx_fprime([gap, tie], value)
            assert found.gap[0] == pytest.approx(slopes[0], abs=1e-6)
            assert found.tie[0] == pytest.approx(slopes[1] if has_tie else 0, abs=1e-6)

            def gap_slope(at, outcome=outcome):
                return likelihood(np.array([outcome]), np.array([at[0]]), at[1]).gap[0]

            def tie_slope(at, outcome=outcome):
                return likelihood(np.array([outcome]), np.array([at[0]]), at[1]).tie[0]

            assert [-found.gap_gap[0], -found.gap_tie[0]] == pytest.approx(
                approx_fprime([gap, tie], gap_slope), abs=1e-5
            )
            assert [-found.gap_tie[0], -found.tie_tie[0]] == pytest.approx(
                approx_fprime([gap, tie], tie_slope), abs=1e-5
            )


@pytest.mark.parametrize("model", MODELS)
def test_chances_of_the_three_outcomes_sum_to_one(model):
    likelihood, has_tie = MODELS[model]
    gaps = np.linspace(-3, 3, 7)
    outcomes = (1.0, 0.0, 0.5) if has_tie else (1.0, 0.0)
    chances = [np.exp(likelihood(np.full_like(gaps, each), gaps, 0.7).value) for each in outcomes]
    assert sum(chances) == pytest.approx(np.ones(7))


@pytest.mark.parametrize("model", MODELS)
def test_names_order_and_sides_do_not_matter(battles, model):
    votes, _, _ = battles()
    found = fit(votes, model).strengths
    order = np.random.default_rng(0).permutation(len(votes.first))
    names = np.array([3, 0, 5, 1, 4, 2])
    other = replace(
        votes,
        first=names[votes.second[order]],
        second=names[votes.first[order]],
        outcome=1 - votes.outcome[order],
        covariates=votes.covariates[order],
    )
    assert fit(other, model).strengths[names] == pytest.approx(found, abs=1e-9)


def test_a_covariate_that_decides_every_vote_takes_its_part():
    """Votes follow the length alone: strengths vanish beside it."""
    rng = np.random.default_rng(0)
    first, step = rng.integers(3, size=3000), rng.integers(1, 3, size=3000)
    longer = rng.normal(size=(3000, 1))
    outcome = (rng.random(3000) < 1 / (1 + np.exp(-2 * longer[:, 0]))).astype(float)
    votes = Comparisons(count=3, first=first, second=(first + step) % 3, outcome=outcome, covariates=longer)
    found = fit(votes)
    assert found.theta[3] == pytest.approx(2, abs=0.2)
    assert np.abs(found.strengths).max() < 0.15


def test_a_ridge_keeps_an_undefeated_model_finite():
    votes = compared([(0, 1, 1)] * 5, 2)
    assert 0 < fit(votes, ridge=0.5).strengths[0] < 3
