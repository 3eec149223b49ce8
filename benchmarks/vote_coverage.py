"""Coverage of the intervals of `preference` on arenas of known truth: the table in its documentation.

    python benchmarks/vote_coverage.py [ARENAS]

Each rater has a taste: strengths that differ from the usual ones by normal numbers of the deviation TASTE. A
rater votes on random pairs. The truth is what infinitely many such raters would give, so it is the maximum of
the likelihood at the expected shares of wins. Arenas in which some generator has no finite rating, or no
interval, are drawn again and counted.
"""

from __future__ import annotations

import sys
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from genbench_arena.clustered import Sandwich, sandwich
from genbench_arena.paired import Comparisons, Fit, fit
from scipy.sparse.csgraph import connected_components
from scipy.special import expit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MODELS, RATERS = (3, 6, 12), (3, 10, 25)
VOTES = 24  # of a rater, on average
TASTE = 0.5  # natural logarithms: 87 points of Elo
SPREAD = 1.0  # the strengths go from -1 to 1: 347 points of Elo between the first and the last
SIZES = {"equal": 0.0, "unequal": 1.2}  # deviation of the logarithm of a rater's number of votes
FEWEST = 3  # votes of a rater


def main() -> None:
    """Print the table."""
    arenas = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    heads = ["models", "raters", "votes of a rater", "coverage", "of the models", "width, Elo", "drawn again"]
    print("| " + " | ".join(heads) + " |\n| " + " | ".join("---" for _ in heads) + " |")
    for count in MODELS:
        for raters in RATERS:
            for sizes in SIZES:
                cells = row(count, raters, sizes, arenas)
                print(f"| {count} | {raters} | {sizes} | " + " | ".join(cells) + " |", flush=True)


def row(count: int, raters: int, sizes: str, arenas: int) -> list[str]:
    """Return the coverage over all intervals, the extremes over the models, and the mean width."""
    rng = np.random.default_rng([count, raters, len(sizes)])
    strengths = np.linspace(-SPREAD, SPREAD, count)
    truth = expected_strengths(strengths)
    covered, widths, again = [], [], 0
    while len(covered) < arenas:
        votes, who = arena(rng, strengths, numbers(rng, raters, SIZES[sizes]))
        if connected_components(votes.wins() > 0, connection="strong")[0] > 1:
            again += 1
            continue
        found = fit(votes)
        half = half_widths(found, sandwich(votes, found, who))
        if np.isinf(half).any():  # one rater alone tells of a model
            again += 1
            continue
        covered.append(np.abs(found.strengths - truth) <= half)
        widths.append(2 * half.mean() * 400 / np.log(10))
    by_model = np.mean(covered, axis=0)
    return [
        f"{by_model.mean():.1%}",
        f"{by_model.min():.1%} to {by_model.max():.1%}",
        f"{np.mean(widths):.0f}",
        str(again),
    ]


def half_widths(found: Fit, spread: Sandwich) -> Floats:
    """Return (count,) those of the intervals of all strengths."""
    return np.array([spread.half_width(row) for row in np.eye(found.count, len(found.theta))])


def numbers(rng: np.random.Generator, raters: int, deviation: float) -> NDArray[np.int64]:
    """Return (raters,) numbers of votes, VOTES on average."""
    weights = rng.lognormal(0, deviation, raters)
    return np.maximum(FEWEST, weights / weights.sum() * raters * VOTES).astype(np.int64)


def arena(
    rng: np.random.Generator, strengths: Floats, sizes: NDArray[np.int64]
) -> tuple[Comparisons, NDArray[np.int64]]:
    """Return votes on random pairs, and who cast each."""
    count, raters = len(strengths), len(sizes)
    who = np.repeat(np.arange(raters), sizes)
    first = rng.integers(count, size=len(who))
    second = (first + rng.integers(1, count, size=len(who))) % count
    own = strengths + TASTE * rng.normal(size=(raters, count))
    won = rng.random(len(who)) < expit(own[who, first] - own[who, second])
    return comparisons(count, first, second, won.astype(np.float64)), who


def expected_strengths(strengths: Floats) -> Floats:
    """Return (count,) what raters of all tastes together give, by Gauss-Hermite quadrature over tastes."""
    points, weights = np.polynomial.hermite_e.hermegauss(40)
    first, second = np.array(list(combinations(range(len(strengths)), 2))).T
    gaps = (strengths[first] - strengths[second])[:, None] + np.sqrt(2) * TASTE * points
    shares = expit(gaps) @ weights / weights.sum()
    return fit(comparisons(len(strengths), first, second, shares)).strengths


def comparisons(
    count: int, first: NDArray[np.int64], second: NDArray[np.int64], outcome: Floats
) -> Comparisons:
    """Return votes without covariates."""
    return Comparisons(
        count=count, first=first, second=second, outcome=outcome, covariates=np.zeros((len(first), 0))
    )


if __name__ == "__main__":
    main()
