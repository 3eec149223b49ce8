"""Scores of a set of clouds from the distances between clouds: MMD, COV and 1-NNA."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from genbench import Score

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["set_scores"]


def set_scores(
    real_real: NDArray[np.float64],
    real_fake: NDArray[np.float64],
    fake_fake: NDArray[np.float64],
    distance: str,
) -> dict[str, Score]:
    """Return MMD, COV and 1-NNA of fakes by the distances between n real and m fake clouds.

        mmd = mean over real clouds of the distance to the nearest fake
        cov = share of real clouds that are nearest to some fake
        nna = mean of two shares: of real, and of fake clouds whose nearest other cloud is of their side

    real_real, real_fake, fake_fake  (n, n), (n, m) and (m, m) float64
    distance  ends the names: "cd" gives mmd-cd, cov-cd and nna-cd

    The extra of mmd has `from_fakes`, the mean distance of a fake to the nearest real cloud; that of nna the
    two shares. m fakes cover at most m clouds, so the extra of cov has a warning if m < n. With n = m, nna is
    the accuracy of the papers; with other n and m it still expects 0.5 for equal laws.

    Ties: of several clouds at one distance, the nearest is a real one. PointFlow's code leaves ties to
    torch.topk, which takes the first one, a real cloud, of 64 clouds or more (torch 2.13 on a CPU), and fakes
    of fewer. So nna is blind to a collapse onto one cloud of `real`: each fake has a real cloud at distance
    0, as near as the other fakes, its share is 0, and nna is nearly 0.5. cov is then 1 / n.

    Source: Achlioptas et al. 2018 (arXiv:1707.02392) for mmd and cov; Lopez-Paz and Oquab 2017
    (arXiv:1610.06545) for nna; Yang et al. 2019 (arXiv:1906.12320), sec. 5.1.
    """
    of_real, of_fake = real_fake.min(axis=1), real_fake.min(axis=0)
    covered = len(np.unique(real_fake.argmin(axis=0))) / len(real_fake)
    is_own_real = _nearest_other(real_real) <= of_real
    is_own_fake = _nearest_other(fake_fake) < of_fake
    shares = float(is_own_real.mean()), float(is_own_fake.mean())
    return {
        f"mmd-{distance}": Score(float(of_real.mean()), extra={"from_fakes": float(of_fake.mean())}),
        f"cov-{distance}": Score(covered, extra=_cap(*real_fake.shape)),
        f"nna-{distance}": Score(sum(shares) / 2, extra={"real": shares[0], "fake": shares[1]}),
    }


def _cap(n: int, m: int) -> dict[str, str]:
    """Return a warning if the coverage of n real clouds by m fakes is capped."""
    if m >= n:
        return {}
    most = f"{m} fakes and {n} real clouds: at most {m / n:.4g} can be covered"
    return {"warning": f"{most}; draw as many fakes as real clouds"}


def _nearest_other(distances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the distance of each cloud of a side to the nearest other one, infinite for a single cloud."""
    others = np.where(np.eye(len(distances), dtype=bool), np.inf, distances)
    return np.asarray(others.min(axis=1))
