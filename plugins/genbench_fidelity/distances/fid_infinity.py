"""Fréchet distance extrapolated to infinitely many fakes (FID-infinity)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from annotated_types import Ge

from genbench import Moments, Score, Steps, Undefined, log_parts, no_log
from genbench_fidelity.distances.gaussians import Gaussian, caution_of_rank, check, frechet_distance
from genbench_fidelity.numeric.arrays import require
from genbench_fidelity.numeric.work import covariance, eigenvalues

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from genbench import Log

__all__ = ["fid_infinity"]

# The paper's smallest subset; where there are fewer than ten times as many fakes, a tenth of them.
_SMALLEST = 5000

_TOO_FEW = 100  # subsets are as small as a tenth of the fakes; fewer than ten tell no covariance


def fid_infinity(
    real: NDArray[Any] | Moments,
    fake: NDArray[Any],
    *,
    points: Annotated[int, Ge(3)] = 15,
    smallest: Annotated[int, Ge(2)] | None = None,
    subsets: Literal["random", "prefixes"] = "random",
    halves: Annotated[int, Ge(2)] | None = None,
    rng: np.random.Generator,
    log: Log = no_log,
) -> Score:
    """Return the Fréchet distance that infinitely many fakes would have (FID-infinity); lower is better.

        FID_N = a + b / N, fitted by least squares over subsets of N fakes;    the value is a

    real, fake  (n, d) and (m, d) features, float32 or float64; computed in float64. `real` may be the moments
                of features
    points      number of sizes N, spread evenly from `smallest` to m
    smallest    the smallest N; by default 5,000, or a tenth of m if that is less
    subsets     "random": `rng` draws each subset without replacement; "prefixes": the first N fakes, without
                randomness
    halves      number of random halves of the fakes, drawn without replacement, that give the interval; each
                costs about half as much as the value, so none by default

    The expected value is 0 for equal distributions, and values below 0 occur. Two parts of FID's bias remain:
    that of the n real rows, which are not subsampled, and what is not linear in 1 / N, which is large where N
    is not far above d. The value is noisier than FID at the same m. Copies of the real data score best. The
    extra holds `slope` b and `r_squared` of the fit. b differs between generators, so FID can rank them
    wrongly.

    The interval is the 95 % t-interval, value +- t s, with s the standard deviation of the values over the
    halves. For halves drawn without replacement, s is the standard error with all rows. The interval covers
    the sampling of the fakes only. It does not use the standard error of the fit, whose points share rows.

    Raises Undefined for fewer than 100 fakes or 2 real rows, or too few fakes for `points` different sizes
    from `smallest` on, and Invalid for features that are not finite.

    Source: Chong & Forsyth 2020 (arXiv:1911.07023), sec. 4; 15 points from 5,000 on as there.
    """
    real, fake = check(real, fake)
    require(_TOO_FEW, "fid-infinity", fake=fake)
    least = min(_SMALLEST, len(fake) // 10) if smallest is None else smallest
    sizes = _sizes(least, len(fake), points)
    of_half = _sizes(max(2, least // 2), len(fake) // 2, points) if halves else []
    works = [_work(sizes, fake), *[_work(of_half, fake)] * (halves or 0)]
    first, second, *others = log_parts(log, covariance(real), *works)
    gaussian = Gaussian.of(real, log=first)
    value, slope, r_squared = _fit(gaussian, fake, sizes, subsets, rng, second)
    extra = {"slope": slope, "r_squared": r_squared, **caution_of_rank(real, fake)}
    if halves is None:
        return Score(value, extra=extra)
    draws = (fake[_draw_rows(len(fake), len(fake) // 2, rng)] for _ in range(halves))
    margin = _margin(
        [
            _fit(gaussian, rows, of_half, subsets, rng, part)[0]
            for rows, part in zip(draws, others, strict=True)
        ]
    )
    return Score(value, value - margin, value + margin, extra)


def _sizes(least: int, most: int, points: int) -> list[int]:
    sizes = np.linspace(least, most, points).astype(int).tolist()
    if least >= most or len(set(sizes)) < points:
        raise Undefined(
            f"fid-infinity needs {points} different sizes of subsets from {least} to the number of fakes, "
            f"{most}: sample more, or lower points or smallest"
        )
    return list(sizes)


def _work(sizes: Sequence[int], fake: NDArray[Any]) -> int:
    """Return the work of the distances of subsets of these sizes."""
    return sum(covariance(fake[:n]) + eigenvalues(min(n, fake.shape[1])) for n in sizes)


def _fit(
    real: Gaussian, fake: NDArray[Any], sizes: Sequence[int], subsets: str, rng: np.random.Generator, log: Log
) -> tuple[float, float, float]:
    """Return intercept, slope and R^2 of the Fréchet distance over 1 / N."""
    inverse = 1 / np.array(sizes, dtype=np.float64)
    steps, found = Steps(log, _work(sizes, fake)), []
    for n in sizes:
        found.append(frechet_distance(real, Gaussian.of(_subset(fake, n, subsets, rng))))
        steps.add(_work([n], fake))
    values = np.array(found)
    x, y = inverse - inverse.mean(), values - values.mean()
    slope = float(x @ y / (x @ x))
    spread = float(y @ y)
    r_squared = 1 - float(np.square(y - slope * x).sum()) / spread if spread else 1.0
    return float(values.mean() - slope * inverse.mean()), slope, r_squared


def _subset(fake: NDArray[Any], n: int, subsets: str, rng: np.random.Generator) -> NDArray[Any]:
    return fake[:n] if subsets == "prefixes" else fake[_draw_rows(len(fake), n, rng)]


def _draw_rows(m: int, n: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return n of m rows, ascending, so that a file is read in order."""
    return np.sort(rng.choice(m, n, replace=False))


def _margin(values: list[float]) -> float:
    from scipy.stats import t

    return float(t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1))
