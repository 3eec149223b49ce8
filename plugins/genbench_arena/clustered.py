"""Intervals of parameters whose votes come from raters: a sandwich covariance, clustered by rater.

Votes of one person are alike, so the information of the likelihood alone gives intervals that are too
narrow. Here, the sum of the scores of a rater's votes counts as one observation (Liang and Zeger, Biometrika
73, 1986). It is corrected for the rater's influence on the fit (CR2: Bell and McCaffrey, Survey Methodology
28, 2002), and the degrees of freedom of the t-interval are Satterthwaite's under the model (Pustejovsky and
Tipton, Journal of Business & Economic Statistics 36, 2018). With G raters who vote equally often, this is
close to the factor G / (G - 1) with G - 1 degrees of freedom; with raters who do not, those are too narrow.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench_arena.paired import Comparisons, Fit

    Floats = NDArray[np.float64]

__all__ = ["PlainSandwich", "Sandwich", "Spread", "plain_sandwich", "sandwich"]

_SINGULAR = 1e-10  # of the largest eigenvalue, and of 1: below it, a direction has rounding errors alone
_TOUCHES = 1e-6  # of a contrast's length
_BY_CHANCE = 0.05  # of spreads of independent votes


@dataclass(frozen=True, kw_only=True)
class Sandwich:
    """The spread of parameters over raters.

    root     (p, r) float64: L with L Lᵀ the inverse of the information, without the gauge
    scores   (G, r) float64: the raters' sums of scores in that basis, corrected
    weights  (G, r, r) float64: the correction
    shares   (G, r, r) float64: the raters' information, which sums to 1 without a ridge
    alone    (a, r) float64: directions in that basis of which one rater alone tells
    votes    (r, r) float64: the covariance in that basis if all votes were independent
    """

    root: Floats
    scores: Floats
    weights: Floats
    shares: Floats
    alone: Floats
    votes: Floats

    def covariance(self) -> Floats:
        """Return (p, p) float64."""
        spread = self.scores @ self.root.T
        return spread.T @ spread

    def error(self, contrast: Floats) -> float:
        """Return the standard error of contrast·θ over raters, `contrast` (p,) float64.

        It is at least what independent votes fall below in one case of 20, since raters who are more alike
        are so by chance. It is infinite if one rater alone tells of the contrast: nothing says how others
        would differ.
        """
        from scipy import stats

        direction = contrast @ self.root
        if np.abs(self.alone @ direction).max(initial=0.0) > _TOUCHES * np.linalg.norm(direction):
            return math.inf
        freedom = self.freedom(contrast)
        least = float(direction @ self.votes @ direction * stats.chi2.ppf(_BY_CHANCE, freedom) / freedom)
        return max(math.sqrt(least), float(np.linalg.norm(self.scores @ direction)))

    def half_width(self, contrast: Floats, level: float = 0.95) -> float:
        """Return half the width of the interval of contrast·θ, `contrast` (p,) float64, or infinity."""
        from scipy import stats

        error = self.error(contrast)
        if math.isinf(error):
            return error
        return error * float(stats.t.ppf((1 + level) / 2, self.freedom(contrast)))

    def freedom(self, contrast: Floats) -> float:
        """Return the degrees of freedom: 2 E[V]² / var[V] if the scores vary as the model says.

        The covariance C of the raters' corrected scores along the direction is diag(d) - A Aᵀ.
        """
        direction = contrast @ self.root
        weighted = self.weights @ direction
        pulled = np.einsum("gij,gj->gi", self.shares, weighted)
        alone = np.einsum("gi,gi->g", weighted, pulled)
        trace = alone.sum() - (pulled**2).sum()
        square = (alone**2).sum() - 2 * (alone * (pulled**2).sum(axis=1)).sum()
        return float(trace**2 / (square + ((pulled.T @ pulled) ** 2).sum()))


def sandwich(votes: Comparisons, found: Fit, rater: NDArray[np.int64]) -> Sandwich:
    """Return the spread of a fit's parameters over raters, `rater` (m,) int64: who cast each vote."""
    design = votes.design()
    order = np.argsort(rater, kind="stable")
    ends = np.flatnonzero(np.diff(rater[order], append=-1)) + 1
    sums, parts = [], []
    for begin, end in zip([0, *ends[:-1]], ends, strict=True):
        rows = order[begin:end]
        slopes, part = found.slopes.part(rows), design[rows]
        sums.append(slopes.gradient(part))
        parts.append(slopes.information(part))
    total = np.sum(parts, axis=0) + np.diag(found.penalty)
    values, vectors = np.linalg.eigh(total)
    kept = values > _SINGULAR * values[-1]
    root = vectors[:, kept] / np.sqrt(values[kept])
    shares = root.T @ np.stack(parts) @ root
    left, axes = np.linalg.eigh(np.eye(kept.sum()) - shares)
    some = left > _SINGULAR
    scale = np.where(some, left, 1.0) ** -0.5 * some
    weights = (axes * scale[:, None, :]) @ axes.transpose(0, 2, 1)
    scores = np.einsum("gij,gj->gi", weights, np.stack(sums) @ root)
    alone = axes.transpose(0, 2, 1)[~some]
    by_vote = root.T @ found.slopes.with_outer_products().information(design) @ root
    return Sandwich(root=root, scores=scores, weights=weights, shares=shares, alone=alone, votes=by_vote)


@dataclass(frozen=True, kw_only=True)
class PlainSandwich:
    """The spread of parameters over independent votes, or many raters, without a correction.

    It is that of Chatbot Arena and of arena-rank, whose intervals are those of a normal law.

    covariance  (p, p) float64
    """

    covariance: Floats

    def error(self, contrast: Floats) -> float:
        """Return the standard error of contrast·θ, `contrast` (p,) float64."""
        return math.sqrt(max(0.0, float(contrast @ self.covariance @ contrast)))

    def half_width(self, contrast: Floats, level: float = 0.95) -> float:
        """Return half the width of the interval of contrast·θ, `contrast` (p,) float64."""
        from scipy import stats

        return self.error(contrast) * float(stats.norm.ppf((1 + level) / 2))

    def freedom(self, contrast: Floats) -> float:
        """Return infinity: the intervals of all contrasts are those of a normal law."""
        del contrast
        return math.inf


Spread = Sandwich | PlainSandwich


def plain_sandwich(votes: Comparisons, found: Fit, rater: NDArray[np.int64] | None = None) -> PlainSandwich:
    """Return the spread of a fit's parameters over single votes, or over raters.

    Source: White, Econometrica 48 (1980), for single votes.

    rater  (m,) int64: who cast each vote; None: each vote has a rater of its own
    """
    from scipy import sparse

    design = votes.design()
    values, vectors = np.linalg.eigh(found.slopes.information(design) + np.diag(found.penalty))
    kept = values > _SINGULAR * values[-1]
    inverse = vectors[:, kept] / values[kept] @ vectors[:, kept].T
    by_gap = sparse.csr_array(design.multiply(found.slopes.gap[:, None]))
    gradients = sparse.csr_array(sparse.hstack([by_gap, sparse.csr_array(found.slopes.tie[:, None])]))
    if rater is not None:
        places = np.unique(rater, return_inverse=True)[1]
        who = sparse.csr_array((np.ones(len(rater)), (places, np.arange(len(rater)))))
        gradients = who @ gradients
    return PlainSandwich(covariance=inverse @ (gradients.T @ gradients).toarray() @ inverse)
