"""Mean and covariance of features, for metrics that need no more of the real side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench.core.arrays import freeze, isolate
from genbench.core.errors import Invalid

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Moments"]

_BLOCK_ROWS = 4096  # centred at a time, since a centred copy of all features may not fit into memory
# Rounding to float32 leaves differences of 1e-7 of the largest entry, and eigenvalues below zero by up to
# 6e-8 times the root of the number of columns, of the largest one: 5e-6 for 8,192 columns.
_SYMMETRY, _NEGATIVE = 1e-6, 1e-5
_LARGEST = 1e150  # so that products stay inside float64


@dataclass(frozen=True, eq=False)
class Moments:
    """Mean and covariance (divisor n - 1) of features, in float64.

    mean        (d,)
    covariance  (d, d), symmetric
    n           number of the samples, or None where it is not known
    """

    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]
    n: int | None = None

    @classmethod
    def of(cls, features: NDArray[Any]) -> Moments:
        """Return the moments of features (n, d), in float64; raise Invalid for fewer than two rows."""
        n, d = features.shape
        if n < 2:  # noqa: PLR2004 - the divisor is n - 1
            raise Invalid(f"a covariance needs at least 2 samples, got {n}")
        mean = np.asarray(np.mean(features, axis=0, dtype=np.float64))
        total = np.zeros((d, d))
        for start in range(0, n, _BLOCK_ROWS):
            rows = features[start : start + _BLOCK_ROWS] - mean
            total += rows.T @ rows
        return cls(mean, total / (n - 1), n)

    def private(self) -> Moments:
        """Return the moments in read-only arrays for one component, which cannot change the original."""
        return Moments(isolate(self.mean), isolate(self.covariance), self.n)

    def checked(self) -> Moments:
        """Return the moments as read-only arrays, with a covariance that is symmetric to the last digit.

        Raises Invalid unless the shapes fit, all values are finite, and the covariance is symmetric and has
        no negative eigenvalues, up to the rounding of float32.
        """
        mean, covariance = self.mean, self.covariance
        d = mean.size
        if mean.ndim != 1 or d == 0 or covariance.shape != (d, d):
            raise Invalid(
                f"expected a mean of shape (d,) and a covariance of shape (d, d), got {mean.shape} and "
                f"{covariance.shape}"
            )
        # _LARGEST keeps products of entries inside float64
        if not all((np.abs(array) <= _LARGEST).all() for array in (mean, covariance)):
            raise Invalid(
                f"expected finite numbers of at most {_LARGEST:g}, got larger ones, infinity or NaN"
            )
        # _SYMMETRY and _NEGATIVE allow what rounding to float32 does to a covariance
        gap, largest = float(np.abs(covariance - covariance.T).max()), float(np.abs(covariance).max())
        if gap > _SYMMETRY * largest:
            raise Invalid(f"expected a symmetric covariance, got entries that differ by {gap:.3g}")
        symmetric = (covariance + covariance.T) / 2
        values = np.linalg.eigvalsh(symmetric)  # ascending
        if values[0] < -_NEGATIVE * abs(values[-1]):
            raise Invalid(f"expected a covariance without negative eigenvalues, got {values[0]:.3g}")
        return Moments(freeze(mean), freeze(symmetric), self.n)
