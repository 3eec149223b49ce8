"""Coverage of rank ranges and of intervals on boards of known truth; prints the tables of docs/ranks.md.

    python benchmarks/rank_coverage.py [BOARDS]

A range covers if it holds every rank that the true means allow: of three tied generators each has the ranks
1 to 3. Coverage is the share of rows whose range covers, which is what a 95 % range promises.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from genbench.board.inference.rank_ranges import holm, rank_ranges
from genbench.board.inference.welch import Spreads, find_p_values, fit_usual_spread
from genbench.board.ranking import interval, mean_win_rates

if TYPE_CHECKING:
    from collections.abc import Callable

Array = np.ndarray[Any, np.dtype[np.float64]]

#: Standardised noise of a run, by name: mean 0 and standard deviation 1.
NOISE: dict[str, Callable[[np.random.Generator, tuple[int, ...]], Array]] = {
    "normal": lambda rng, shape: rng.normal(size=shape),
    "t, 4 degrees": lambda rng, shape: rng.standard_t(4, size=shape) / np.sqrt(2),
    "lognormal": lambda rng, shape: (rng.lognormal(0, 0.7, size=shape) - np.exp(0.245)) / 0.99,
}
#: How the logarithms of the generators' standard deviations spread.
UNEQUAL = {"equal": 0.0, "unequal": 0.7}
LEVELS = (0.0, 0.0, 1.0, 2.0, 4.0, 8.0)  # of the true means: two in six are tied at the top
SEEDS, GENERATORS, METRICS = (3, 5, 10), (2, 4, 20), (2, 5, 11)


def main() -> None:
    """Print all tables."""
    boards = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    print("## Ranks in one metric\n")
    print_table(
        ["noise", "spreads", "generators", "seeds", *(f"{m}: ties, mixed, width" for m in METHODS)],
        (
            [noise, spread, str(g), str(k), *metric_row(noise, spread, g, k, boards)]
            for noise, spread in (("normal", "equal"), *((name, "unequal") for name in NOISE))
            for g in GENERATORS
            for k in SEEDS
        ),
    )
    print("\n## Overall ranks\n")
    print_table(
        ["metrics", "generators", "seeds", "ties", "mixed", "width"],
        (
            [str(m), str(g), str(k), *overall_row(m, g, k, max(boards // 2, 1))]
            for m in METRICS
            for g in GENERATORS
            for k in SEEDS
        ),
    )
    print("\n## Intervals\n")
    print_table(
        ["values", "seeds", "t", "width", "t within bounds", "width"],
        (
            [name, str(k), *interval_row(draw, mean, k, 20 * boards)]
            for name, (draw, mean) in BOUNDED.items()
            for k in (2, *SEEDS)
        ),
    )


def welch(runs: Array) -> Spreads:
    """Return each row's own spread."""
    rows, k = runs.shape
    return Spreads(runs.mean(axis=1), runs.var(axis=1, ddof=1), np.full(rows, k - 1.0), k)


def moderated(runs: Array) -> Spreads:
    """Return spreads by empirical Bayes, which raises the small ones and lowers the large ones."""
    rows, k = runs.shape
    own = runs.var(axis=1, ddof=1)
    if rows < 4:
        return welch(runs)
    weight, usual = fit_usual_spread(own, k - 1)
    variances = (weight * usual + (k - 1) * own) / (weight + k - 1)
    return Spreads(runs.mean(axis=1), variances, np.full(rows, min(weight + k - 1, rows * (k - 1))), k)


def ranges_by(spreads: Callable[[Array], Spreads]) -> Callable[[Array], Array]:
    """Return a function that gives the ranges (rows, 2) of runs (rows, k) with these spreads."""

    def ranges(runs: Array) -> Array:
        p = find_p_values(spreads(runs))
        np.fill_diagonal(p, np.inf)
        significant, means = holm(p, 0.05), runs.mean(axis=1)
        low = 1 + (significant & (means[None, :] < means[:, None])).sum(axis=1)
        return np.stack([low, len(means) - (significant & (means[None, :] > means[:, None])).sum(axis=1)], 1)

    return ranges


def ours(runs: Array) -> Array:
    """Return the ranges of genbench."""
    named = dict(enumerate(runs.tolist()))
    found = rank_ranges(
        {str(i): float(np.mean(own)) for i, own in named.items()}, {str(i): own for i, own in named.items()}
    )
    return np.array([found[str(i)] for i in named])


METHODS = {"Welch": ranges_by(welch), "moderated": ranges_by(moderated), "genbench": ours}


def metric_row(noise: str, spread: str, g: int, k: int, boards: int) -> list[str]:
    """Return, for each method, the coverage with all tied, with mixed means, and the mean width then."""
    rng = np.random.default_rng([g, k, len(noise), len(spread)])
    found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in METHODS}
    for _ in range(boards):
        deviations = np.exp(UNEQUAL[spread] * rng.normal(size=(g, 1)))
        errors = deviations * NOISE[noise](rng, (g, k))
        means = rng.choice(LEVELS, g)
        for name, method in METHODS.items():
            tied, mixed = method(errors), method(errors + means[:, None])
            found[name].append((covered(tied, np.zeros(g)), covered(mixed, means), width(mixed)))
    return ["{:.3f}, {:.3f}, {:.1f}".format(*np.mean(values, axis=0)) for values in found.values()]


def overall_row(metrics: int, g: int, k: int, boards: int) -> list[str]:
    """Return the coverage of overall ranks with all tied and with mixed means, and the mean width then.

    The metrics of one run are correlated by 0.5. The truth is the rank by the mean win rate of true means.
    """
    rng = np.random.default_rng([metrics, g, k])
    found = []
    for _ in range(boards):
        common, own = rng.normal(size=(g, k, 1)), rng.normal(size=(g, k, metrics))
        errors = np.exp(0.7 * rng.normal(size=(g, 1, 1))) * (common + own) / np.sqrt(2)
        means = rng.choice(LEVELS, (g, 1)) + rng.normal(size=(g, metrics)) / 2
        truth = -np.mean([stats.rankdata(-column) for column in means.T], axis=0)
        tied, mixed = overall_ranges(errors), overall_ranges(errors + means[:, None, :])
        found.append((covered(tied, np.zeros(g)), covered(mixed, np.round(truth, 9)), width(mixed)))
    return [
        text.format(value)
        for text, value in zip(("{:.3f}", "{:.3f}", "{:.1f}"), np.mean(found, axis=0), strict=True)
    ]


def overall_ranges(values: Array) -> Array:
    """Return the ranges (rows, 2) of overall ranks of values (rows, runs, metrics), all of them losses."""
    names = [str(i) for i in range(len(values))]
    columns = [
        dict(zip(names, map(tuple, column.tolist()), strict=True)) for column in np.moveaxis(values, 2, 0)
    ]
    rates = {name: [-float(rate) for rate in own] for name, own in mean_win_rates(columns).items()}
    found = rank_ranges({name: float(np.mean(own)) for name, own in rates.items()}, rates)
    return np.array([found[name] for name in names])


def covered(ranges: Array, truth: Array) -> float:
    """Return the share of rows whose range holds every rank that the true means allow."""
    least = 1 + (truth[None, :] < truth[:, None]).sum(axis=1)
    greatest = (truth[None, :] <= truth[:, None]).sum(axis=1)
    return float(np.mean((ranges[:, 0] <= least) & (greatest <= ranges[:, 1])))


def width(ranges: Array) -> float:
    """Return the mean number of ranks in a range."""
    return float(np.mean(ranges[:, 1] - ranges[:, 0] + 1))


#: Values in [0, 1], with their mean: shares such as recall, near the middle and near the bound.
BOUNDED: dict[str, tuple[Callable[[np.random.Generator, int], Array], float]] = {
    "beta(70, 30)": (lambda rng, k: rng.beta(70, 30, k), 0.7),
    "beta(7, 3)": (lambda rng, k: rng.beta(7, 3, k), 0.7),
    "beta(98, 2)": (lambda rng, k: rng.beta(98, 2, k), 0.98),
    "600 samples, 99 % hits": (lambda rng, k: rng.binomial(600, 0.99, k) / 600, 0.99),
}


def interval_row(
    draw: Callable[[np.random.Generator, int], Array], mean: float, k: int, boards: int
) -> list[str]:
    """Return the coverage and mean width of the t-interval, without and within the bounds of [0, 1]."""
    rng = np.random.default_rng(k)
    found = []
    for _ in range(boards):
        values = draw(rng, k).tolist()
        for bounds in ((None, None), (0.0, 1.0)):
            _, low, high = interval(values, bounds)
            assert low is not None
            assert high is not None
            found.append((low - 1e-12 <= mean <= high + 1e-12, high - low))
    shares = np.reshape(np.array(found, dtype=float), (boards, 4)).mean(axis=0)
    return [f"{value:.3f}" for value in shares]


def print_table(heads: list[str], rows: Any) -> None:
    """Print Markdown, row by row."""
    print("| " + " | ".join(heads) + " |\n| " + " | ".join("---" for _ in heads) + " |")
    for row in rows:
        print("| " + " | ".join(row) + " |", flush=True)


if __name__ == "__main__":
    main()
