"""Intervals from raters: closed forms, and what the correction does."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_arena.clustered import sandwich
from genbench_arena.paired import Comparisons, fit
from scipy.stats import chi2, t


def votes_of(wins, losses):
    """Return the votes of raters on two models, and who cast them, from counts by rater."""
    outcome, rater = [], []
    for number, (won, lost) in enumerate(zip(wins, losses, strict=True)):
        outcome += [1.0] * won + [0.0] * lost
        rater += [number] * (won + lost)
    m = len(outcome)
    votes = Comparisons(
        count=2,
        first=np.zeros(m, int),
        second=np.ones(m, int),
        outcome=np.array(outcome),
        covariates=np.zeros((m, 0)),
    )
    return votes, np.array(rater)


def test_raters_who_vote_equally_often_give_the_t_interval_of_their_means():
    """With two models and equal counts, the corrected sandwich is that of a mean over raters."""
    wins = np.array([7, 5, 9, 4, 6])
    votes, rater = votes_of(wins, 10 - wins)
    found = fit(votes)
    spread = sandwich(votes, found, rater)
    share = wins.sum() / 50
    slope = 1 / (share * (1 - share))  # of the log odds
    error = slope * np.std(wins / 10, ddof=1) / np.sqrt(5)
    gap = np.array([1.0, -1.0, 0.0])
    assert spread.half_width(gap) == pytest.approx(t.ppf(0.975, 4) * error, rel=1e-9)


def test_a_rater_who_casts_most_votes_widens_the_interval():
    equal, who = votes_of([6] * 5 + [4] * 5, [4] * 5 + [6] * 5)
    uneven, whose = votes_of([33, *[2] * 4, 27, *[1] * 4], [22, *[1] * 4, 33, *[2] * 4])
    gap = np.array([1.0, -1.0, 0.0])
    widths = [sandwich(v, fit(v), r).half_width(gap) for v, r in ((equal, who), (uneven, whose))]
    assert widths[1] > 1.5 * widths[0]


def test_the_order_of_votes_and_the_names_of_raters_do_not_matter(battles):
    votes, rater, _ = battles()
    found = fit(votes)
    order = np.random.default_rng(0).permutation(len(rater))
    names = np.random.default_rng(1).permutation(rater.max() + 1)
    shuffled = Comparisons(
        count=votes.count,
        first=votes.first[order],
        second=votes.second[order],
        outcome=votes.outcome[order],
        covariates=votes.covariates[order],
    )
    contrast = np.eye(7)[2]
    one = sandwich(votes, found, rater).half_width(contrast)
    other = sandwich(shuffled, fit(shuffled), names[rater[order]]).half_width(contrast)
    assert other == pytest.approx(one, rel=1e-9)


def test_a_direction_of_which_one_rater_alone_tells_has_no_interval():
    """The only votes on the third model are of one rater: nothing says how others would differ."""
    first = np.array([0, 0, 0, 0, 0, 0, 2, 2, 2])
    second = np.array([1, 1, 1, 1, 1, 1, 0, 0, 0])
    outcome = np.array([1.0, 0, 1, 0, 1, 0, 1, 0, 1])
    votes = Comparisons(count=3, first=first, second=second, outcome=outcome, covariates=np.zeros((9, 0)))
    spread = sandwich(votes, fit(votes), np.array([0, 0, 1, 1, 2, 2, 3, 3, 3]))
    assert np.isfinite(spread.half_width(np.array([1.0, -1, 0, 0])))
    assert np.isinf(spread.half_width(np.array([1.0, 0, -1, 0])))
    assert np.isinf(spread.error(np.array([0.0, 0, 1, 0])))


def test_raters_who_are_all_alike_have_the_least_spread_of_independent_votes():
    votes, rater = votes_of([6] * 5, [4] * 5)
    gap = np.array([1.0, -1.0, 0.0])
    least = np.sqrt(chi2.ppf(0.05, 4) / 4 / (50 * 0.6 * 0.4))
    assert sandwich(votes, fit(votes), rater).half_width(gap) == pytest.approx(t.ppf(0.975, 4) * least)


def test_covariance_and_half_width_are_of_one_spread(battles):
    votes, rater, _ = battles()
    spread = sandwich(votes, fit(votes), rater)
    contrast = np.eye(7)[0] - np.eye(7)[1]
    variance = contrast @ spread.covariance() @ contrast
    wide, narrow = spread.half_width(contrast, 0.99), spread.half_width(contrast, 0.5)
    assert narrow < np.sqrt(variance) < wide
