"""Work of computations on rows, in multiplications of a matrix product, for `genbench.Steps`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genbench import Moments
from genbench_fidelity.numeric.arrays import BLOCK

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["block_count", "covariance", "eigenvalues", "pairs"]

# Time of an eigenvalue problem over that of a product of equal size: 5 to 18 for 512 to 2,048 on two cores.
_EIGEN = 10

# Time of a pair in a search beside that of its product.
_SEARCH = 1000


def block_count(n: int, m: int, *, upper_only: bool = False) -> int:
    """Return the number of blocks of n by m pairs of rows; `upper_only`: those on and above the diagonal."""
    rows, cols = -(-n // BLOCK), -(-m // BLOCK)
    return rows * (rows + 1) // 2 if upper_only else rows * cols


def pairs(x: NDArray[Any], y: NDArray[Any]) -> int:
    """Return the work of a search among all pairs of rows of x (n, d) and y (m, d); half if x is y."""
    d = int(x.shape[1])
    return block_count(len(x), len(y), upper_only=x is y) * BLOCK**2 * (d + _SEARCH)


def covariance(x: NDArray[Any] | Moments) -> int:
    """Return the work of the (d, d) products of x (n, d); none if they are known."""
    if isinstance(x, Moments):
        return 0
    n, d = x.shape
    return int(n * d**2)


def eigenvalues(d: int) -> int:
    """Return the work of the eigenvalues of a (d, d) matrix."""
    return _EIGEN * d**3
