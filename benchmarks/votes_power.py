"""How often intervals are apart at the number of votes that `genbench power` names; prints a table.

    python benchmarks/votes_power.py [ARENAS]

Each pilot is an arena of raters of unequal taste; the numbers of votes that ten pilots name are averaged.
Then ARENAS new arenas of as many votes are drawn, with as many votes of each rater as in the pilot, and the
share is printed in which the intervals of two models, whose true ratings are 30 points apart, are apart.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from genbench_arena.clustered import sandwich
from genbench_arena.paired import Comparisons, fit

from genbench.board.inference.sample_size import find_votes

POINTS = 400 / np.log(10)
DIFFERENCE = 30.0
SCENARIOS = (
    (2, 25, 40, 60.0),
    (3, 10, 60, 0.0),
    (3, 25, 24, 100.0),
    (6, 12, 50, 60.0),
    (6, 25, 100, 60.0),
    (12, 25, 100, 60.0),
)

Array = np.ndarray[Any, np.dtype[np.float64]]


def main() -> None:
    """Print the table."""
    arenas = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    rng = np.random.default_rng(0)
    print(
        "| models | raters | votes of each | taste, points | votes named | apart, of " + f"{arenas} arenas |"
    )
    print("| --- | --- | --- | --- | --- | --- |")
    for models, raters, each, taste in SCENARIOS:
        true = strengths(models)
        true[0] += DIFFERENCE / marginal(true, taste, rng) - DIFFERENCE
        named = round(float(np.mean([need(*arena(true, raters, each, taste, rng)) for _ in range(10)])))
        crowd = max(2, round(named / each))
        apart = np.mean([is_apart(*arena(true, crowd, each, taste, rng)) for _ in range(arenas)])
        print(f"| {models} | {raters} | {each} | {taste:g} | {named:,} | {apart:.0%} |", flush=True)


def strengths(models: int) -> Array:
    """Return true ratings, the first of which is better than the second by DIFFERENCE."""
    return np.concatenate([[DIFFERENCE, 0.0], np.linspace(-100, 100, models - 2)])


def marginal(true: Array, taste: float, rng: np.random.Generator) -> float:
    """Return the factor by which a rating over all raters has smaller differences than that of each rater."""
    gap = np.linspace(-1, 1, 3) * DIFFERENCE / POINTS
    own = gap[:, None] + np.sqrt(2) * taste / POINTS * np.sort(rng.normal(size=200_000))
    chance = (1 / (1 + np.exp(-own))).mean(axis=1)
    logit = np.log(chance / (1 - chance))
    return float((logit[2] - logit[0]) / (gap[2] - gap[0]))


def arena(
    true: Array, raters: int, each: int, taste: float, rng: np.random.Generator
) -> tuple[Comparisons, np.ndarray[Any, np.dtype[np.int64]]]:
    """Return the votes of raters, whose strengths differ from the true ones by `taste`, and who cast them."""
    models = len(true)
    who = np.repeat(np.arange(raters), each)
    first = rng.integers(models, size=len(who))
    second = (first + rng.integers(1, models, size=len(who))) % models
    own = (true + taste * rng.normal(size=(raters, models))) / POINTS
    gap = own[who, first] - own[who, second]
    outcome = (rng.random(len(who)) < 1 / (1 + np.exp(-gap))).astype(float)
    votes = Comparisons(
        count=models, first=first, second=second, outcome=outcome, covariates=np.zeros((len(who), 0))
    )
    return votes, who


def need(votes: Comparisons, who: np.ndarray[Any, np.dtype[np.int64]]) -> int:
    """Return the number of votes that a pilot names, as `genbench power` does for all of its models."""
    fitted = fit(votes, "bradley-terry")
    spread = sandwich(votes, fitted, who)
    axes = np.eye(votes.count, len(fitted.theta))
    errors = [POINTS * spread.error(axis) for axis in axes]
    pairs = [(i, j) for i in range(votes.count) for j in range(i)]
    differences = [POINTS * spread.error(axes[i] - axes[j]) for i, j in pairs]
    found = find_votes(
        len(who), difference=DIFFERENCE, error=float(np.sqrt(np.mean(np.square(errors)))),
        of_difference=float(np.sqrt(np.mean(np.square(differences)))),
        freedom=float(np.mean([spread.freedom(axis) for axis in axes])),
    )  # fmt: skip
    if found is None:
        raise ValueError("too few votes")
    return found


def is_apart(votes: Comparisons, who: np.ndarray[Any, np.dtype[np.int64]]) -> bool:
    """Return whether the interval of the first model is above that of the second one."""
    found = fit(votes, "bradley-terry")
    spread = sandwich(votes, found, who)
    axes = np.eye(votes.count, len(found.theta))
    widths = sum(spread.half_width(axis) for axis in axes[:2])
    return bool(found.strengths[0] - found.strengths[1] > widths)


if __name__ == "__main__":
    main()
