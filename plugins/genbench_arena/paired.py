"""Models of paired comparisons, fitted by maximum likelihood: Bradley-Terry, Davidson, Rao-Kupper.

All three see a vote through the gap d between two strengths, on the scale of natural logarithms:

    Bradley-Terry   P(first) = S(d); a tie is half a win of both
    Davidson        P(first) : P(second) : P(tie) = e^(d/2) : e^(-d/2) : e^t
    Rao-Kupper      P(first) = S(d - t), P(second) = S(-d - t), a tie is the rest; t > 0

with S(x) = 1 / (1 + e^-x). Covariates z of a vote, such as a difference in length, add z·g to d, so that
strengths are those at equal covariates. All three likelihoods are log-concave.

Sources: Bradley and Terry, Biometrika 39 (1952); Davidson, JASA 65 (1970); Rao and Kupper, JASA 62 (1967).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from scipy import sparse

    Floats = NDArray[np.float64]

__all__ = ["MODELS", "Comparisons", "Fit", "Slopes", "fit", "has_finite_ties"]

_MOST_STEPS = 200  # Newton's method takes about ten; more mean that there is no maximum
_MOST_HALVINGS = 60  # of one step
_ROUNDING = 1e-14  # of a log-likelihood
_CLOSE = 1e-12  # the gain in log-likelihood that Newton's method expects of its last step
_SINGULAR = 1e-10  # of the largest eigenvalue: the gauge, and t where a model has none
_FIRST_TIE = 0.5  # where the search for t begins


@dataclass(frozen=True, kw_only=True)
class Comparisons:
    """Votes between pairs of participants.

    count          number of participants
    first, second  (m,) int64: the participants of each vote, 0 … count - 1
    outcome        (m,) float64: 1 the first was chosen, 0 the second, 0.5 neither
    covariates     (m, q) float64: differences between the first and the second sample; q may be 0
    """

    count: int
    first: NDArray[np.int64]
    second: NDArray[np.int64]
    outcome: Floats
    covariates: Floats

    def wins(self) -> Floats:
        """Return (count, count) float64: how often the row was chosen over the column, ties as half."""
        pairs = self.first * self.count + self.second
        size = (self.count, self.count)
        won, lost = (np.bincount(pairs, by, self.count**2) for by in (self.outcome, 1 - self.outcome))
        return np.asarray(won.reshape(size) + lost.reshape(size).T, dtype=np.float64)

    def design(self) -> sparse.csr_array:
        """Return (m, count + q): rows x with x·θ = d, of strengths and coefficients."""
        from scipy import sparse

        rows = np.arange(len(self.first))
        one = np.ones(len(rows))
        where = (np.concatenate([rows, rows]), np.concatenate([self.first, self.second]))
        strengths = sparse.csr_array((np.concatenate([one, -one]), where), shape=(len(rows), self.count))
        return sparse.csr_array(sparse.hstack([strengths, sparse.csr_array(self.covariates)]))


@dataclass(frozen=True, kw_only=True)
class Slopes:
    """The log-likelihood of votes, its derivatives by d and t, and its second ones, negated; (m,) each."""

    value: Floats
    gap: Floats
    tie: Floats
    gap_gap: Floats
    gap_tie: Floats
    tie_tie: Floats

    def part(self, chosen: NDArray[np.intp]) -> Slopes:
        """Return the slopes of some votes."""
        return Slopes(**{name: getattr(self, name)[chosen] for name in self.__dataclass_fields__})

    def with_outer_products(self) -> Slopes:
        """Return slopes whose `information` is the sum of the outer products of the votes' gradients."""
        return replace(self, gap_gap=self.gap**2, gap_tie=self.gap * self.tie, tie_tie=self.tie**2)

    def gradient(self, design: sparse.csr_array) -> Floats:
        """Return (p,) float64: the derivatives of their sum by strengths, coefficients and t."""
        return np.append(design.T @ self.gap, self.tie.sum())

    def information(self, design: sparse.csr_array) -> Floats:
        """Return (p, p) float64: the negated second derivatives of their sum."""
        top = (design.T @ (design.multiply(self.gap_gap[:, None]))).toarray()
        side = (design.T @ self.gap_tie)[:, None]
        return np.block([[top, side], [side.T, self.tie_tie.sum()]])


@dataclass(frozen=True, kw_only=True)
class Fit:
    """Parameters at the maximum of the likelihood.

    count        number of participants
    theta        (p,) float64: strengths (natural logarithms, sum 0), coefficients of the covariates, t
    penalty      (p,) float64: what the ridge adds to the diagonal of the information
    slopes       those of the votes there
    """

    count: int
    theta: Floats
    penalty: Floats
    slopes: Slopes

    @property
    def strengths(self) -> Floats:
        """Return (count,) float64, natural logarithms with the sum 0."""
        return self.theta[: self.count]

    @property
    def tie(self) -> float:
        """Return t, of a model that has it, for votes with ties."""
        return float(self.theta[-1])


def _bradley_terry(outcome: Floats, gap: Floats, _: float) -> Slopes:
    from scipy.special import expit, log_expit

    won, none = expit(gap), np.zeros_like(gap)
    value = outcome * log_expit(gap) + (1 - outcome) * log_expit(-gap)
    return Slopes(
        value=value, gap=outcome - won, tie=none, gap_gap=won * (1 - won), gap_tie=none, tie_tie=none
    )


def _davidson(outcome: Floats, gap: Floats, tie: float) -> Slopes:
    """Return the slopes of a multinomial logit: the exponents of the three outcomes are linear in d and t."""
    exponents = np.stack([gap / 2, -gap / 2, np.full_like(gap, tie)])
    largest = exponents.max(axis=0)
    weights = np.exp(exponents - largest)
    total = weights.sum(axis=0)
    won, lost, tied = weights / total
    is_tie = ~np.isin(outcome, (0, 1))
    mean = (won - lost) / 2
    return Slopes(
        value=np.where(is_tie, tie, (outcome - 0.5) * gap) - largest - np.log(total),
        gap=outcome - 0.5 - mean,
        tie=is_tie - tied,
        gap_gap=(won + lost) / 4 - mean**2,
        gap_tie=-mean * tied,
        tie_tie=tied * (1 - tied),
    )


def _rao_kupper(outcome: Floats, gap: Floats, tie: float) -> Slopes:
    """Return the slopes of cumulative logits.

    log P(tie) = log S(d + t) + log S(t - d) + log(1 - e^(-2t))
    """
    if tie <= 0:  # outside of the model
        return Slopes(**dict.fromkeys(Slopes.__dataclass_fields__, np.full_like(gap, -np.inf)))
    won, lost = outcome == 1, outcome == 0
    is_tie = ~(won | lost)
    from scipy.special import expit, log_expit

    first, second = expit(gap - tie), expit(-gap - tie)
    by_first, by_second = (won - first) * ~lost, (lost - second) * ~won
    curve_first, curve_second = first * (1 - first) * ~lost, second * (1 - second) * ~won
    odds = 1 / np.expm1(2 * tie)
    return Slopes(
        value=np.select(
            [won, lost],
            [log_expit(gap - tie), log_expit(-gap - tie)],
            log_expit(gap + tie) + log_expit(tie - gap) + np.log(-np.expm1(-2 * tie)),
        ),
        gap=by_first - by_second,
        tie=2 * odds * is_tie - by_first - by_second,
        gap_gap=curve_first + curve_second,
        gap_tie=curve_second - curve_first,
        tie_tie=curve_first + curve_second + 4 * odds * (1 + odds) * is_tie,
    )


#: Names of models to the slopes of their likelihoods, and whether they have the parameter t.
MODELS: dict[str, tuple[Callable[[Floats, Floats, float], Slopes], bool]] = {
    "bradley-terry": (_bradley_terry, False),
    "davidson": (_davidson, True),
    "rao-kupper": (_rao_kupper, True),
}


def has_finite_ties(votes: Comparisons) -> bool:
    """Return whether a model of ties has a finite maximum, for votes whose graph of wins is connected.

    It has one without ties. With them, it has none if strengths exist with a gap of at least 1 for each win
    and of at most 1 for each tie: their multiples, with t, raise the likelihood forever. These are
    constraints of differences, which have a solution unless their graph has a negative cycle.
    """
    from scipy.sparse.csgraph import NegativeCycleError, bellman_ford

    is_tie = ~np.isin(votes.outcome, (0, 1))
    if not is_tie.any():
        return True
    longest = np.full((votes.count, votes.count), np.inf)
    for first, second in ((votes.first, votes.second), (votes.second, votes.first)):
        longest[first[is_tie], second[is_tie]] = 1.0
    for outcome, winner, loser in ((1, votes.first, votes.second), (0, votes.second, votes.first)):
        is_won = votes.outcome == outcome
        longest[winner[is_won], loser[is_won]] = -1.0
    try:
        bellman_ford(longest)
    except NegativeCycleError:
        return True
    return False


def fit(votes: Comparisons, model: str = "bradley-terry", ridge: float = 0.0) -> Fit:
    """Return the maximum of the likelihood less a penalty.

    ridge  the penalty is ridge / 2 times the squares of the strengths, in powers of ten, and of the
           coefficients; FastChat takes 0.5 with style control

    It is finite with a ridge, or if the graph of wins is strongly connected and, for a model of ties,
    `has_finite_ties` says so; the caller checks both. Without ties, the best t is the one that gives them no
    chance, where all models are that of Bradley and Terry.

    Raises ArithmeticError if the search does not get there.
    """
    has_tie = MODELS[model][1] and bool(np.any(~np.isin(votes.outcome, (0, 1))))
    likelihood = MODELS[model if has_tie else "bradley-terry"][0]
    design = votes.design()
    free = design.shape[1]
    penalty = np.full(free + 1, ridge)
    penalty[: votes.count] /= np.log(10) ** 2
    penalty[-1] = 0.0
    theta = np.append(np.zeros(free), _FIRST_TIE if has_tie else 0.0)

    def penalise(point: Floats) -> tuple[float, Slopes]:
        slopes = likelihood(votes.outcome, design @ point[:-1], float(point[-1]))
        return float(slopes.value.sum() - (penalty * point**2).sum() / 2), slopes

    height, slopes = penalise(theta)
    for _ in range(_MOST_STEPS):
        gradient = slopes.gradient(design) - penalty * theta
        inverse = np.linalg.pinv(
            slopes.information(design) + np.diag(penalty), rcond=_SINGULAR, hermitian=True
        )
        step = inverse @ gradient
        gain = gradient @ step
        higher, after = penalise(theta + step)
        for _ in range(_MOST_HALVINGS):
            if higher >= height - _ROUNDING * abs(height):
                break
            step = step / 2
            higher, after = penalise(theta + step)
        theta, height, slopes = theta + step, higher, after
        if gain <= _CLOSE:
            return Fit(count=votes.count, theta=theta, penalty=penalty, slopes=slopes)
    raise ArithmeticError(f"the likelihood of {model} has no maximum that {_MOST_STEPS} steps reach")
