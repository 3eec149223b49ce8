"""Other rating systems, for boards that are compared with those of others.

They order the same votes otherwise and say nothing of their uncertainty; genbench ranks by none of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench_arena.paired import Comparisons

    Floats = NDArray[np.float64]

__all__ = ["average_win_rate", "counting", "eigenvector", "elo", "pagerank"]

# Below 1e-15, float64 shows no further change; the steps end a limit that is approached too slowly.
_STEPS, _CLOSE = 10_000, 1e-15


def counting(wins: Floats) -> Floats:
    """Return (k,) float64: the number of wins, ties as half, of `wins` (k, k), rows over columns."""
    return np.asarray(wins.sum(axis=1))


def average_win_rate(wins: Floats) -> Floats:
    """Return (k,) float64 in [0, 1]: the share of wins against a rival, averaged over those that were met.

    It is NaN without any.
    """
    met = wins + wins.T
    shares = np.divide(wins, met, out=np.zeros_like(wins), where=met > 0)
    rivals = (met > 0).sum(axis=1)
    mean = np.divide(shares.sum(axis=1), rivals, out=np.full(len(wins), np.nan), where=rivals > 0)
    return np.asarray(mean)


def eigenvector(wins: Floats) -> Floats:
    """Return (k,) float64 >= 0 of length 1: the leading eigenvector of the transposed table of wins."""
    return _fixed_point(wins.T, 0.0)


def pagerank(wins: Floats, damping: float = 0.85) -> Floats:
    """Return (k,) float64 with the sum 1: PageRank, in which losers link to winners (Page et al. 1999)."""
    lost = wins.sum(axis=0)
    links = np.divide(wins, lost, out=np.full_like(wins, 1 / len(wins)), where=lost > 0)
    found = _fixed_point(damping * links, (1 - damping) / len(wins))
    return np.asarray(found / found.sum())


def elo(votes: Comparisons, *, k: float = 4.0, start: float = 1000.0) -> Floats:
    """Return (count,) float64: online Elo ratings after all votes; another order gives others.

    k      how far one vote moves a rating, at most
    start  the rating of all before the first vote
    """
    ratings = [start] * votes.count
    for first, second, outcome in zip(
        votes.first.tolist(), votes.second.tolist(), votes.outcome.tolist(), strict=True
    ):
        gained = k * (outcome - 1 / (1 + 10 ** ((ratings[second] - ratings[first]) / 400)))
        ratings[first] += gained
        ratings[second] -= gained
    return np.array(ratings)


def _fixed_point(matrix: Floats, constant: float) -> Floats:
    """Return the limit of x <- matrix x + constant * sum(x), scaled to length 1, from equal numbers on."""
    found = np.full(len(matrix), len(matrix) ** -0.5)
    for _ in range(_STEPS):
        moved = matrix @ found + constant * found.sum()
        moved /= np.linalg.norm(moved)
        if np.abs(moved - found).max() < _CLOSE:
            break
        found = moved
    return np.asarray(found)
