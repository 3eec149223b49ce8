"""Generator `point-gaussian`: each cloud is a Gaussian, with moments like those of training clouds.

Arsigny, Fillard, Pennec & Ayache, "Log-Euclidean metrics for fast and simple calculus on diffusion tensors"
(2006, doi:10.1002/mrm.20965): the logarithms of covariance matrices form a vector space.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from annotated_types import Gt

from genbench import Ragged, Samples

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Space

__all__ = ["GaussianClouds", "point_gaussian"]


def point_gaussian(train: Samples, *, floor: Annotated[float, Gt(0)] = 1e-3) -> GaussianClouds:
    """Return the law of clouds that are Gaussians, fitted to the moments of the training clouds.

    The mean of each cloud and the logarithm of its covariance matrix, d + d (d + 1) / 2 numbers, follow one
    Gaussian law, with the sample mean and covariance of these numbers over `train`. The number of points is
    that of a training cloud, drawn at random. A baseline: it knows where clouds are, how large and how long,
    and has no surface.

    floor  least standard deviation of a cloud in any direction, as a share of that of all points, so that the
           logarithm exists for flat clouds and those of few points
    """
    dimensions = train.data.values.shape[1]
    least = floor * float(train.data.values.std(dtype=np.float64)) or floor
    clouds = [cloud.astype(np.float64) for cloud in train.data if len(cloud)]
    moments = np.array([_moments(cloud, least) for cloud in clouds])
    spread = np.cov(moments.T) if len(moments) > 1 else np.zeros((moments.shape[1], moments.shape[1]))
    return GaussianClouds(
        moments.mean(axis=0), spread, train.data.lengths[train.data.lengths > 0], dimensions, train.space
    )


@dataclass(frozen=True, eq=False)
class GaussianClouds:
    """The fitted law.

    centre      (k,) float64, the mean of clouds' numbers: d of the mean, then those of the logarithm
    spread      (k, k) float64, the covariance of these numbers
    lengths     (m,) int64, the numbers of points of the training clouds
    dimensions  d
    space       of the samples
    """

    centre: NDArray[np.float64]
    spread: NDArray[np.float64]
    lengths: NDArray[np.int64]
    dimensions: int
    space: Space

    def sample(self, n: int, *, rng: np.random.Generator) -> Samples:
        """Return `n` clouds."""
        numbers = rng.multivariate_normal(self.centre, self.spread, size=n, method="eigh")
        lengths = rng.choice(self.lengths, size=n)
        offsets = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
        points = np.empty((int(offsets[-1]), self.dimensions), np.float32)
        for row, start, end in zip(numbers, offsets[:-1], offsets[1:], strict=True):
            points[start:end] = self._cloud(row, int(end - start), rng)
        return Samples(Ragged(points, offsets), self.space)

    def _cloud(self, row: NDArray[np.float64], length: int, rng: np.random.Generator) -> NDArray[np.float64]:
        logarithm = np.zeros((self.dimensions, self.dimensions))
        logarithm[np.triu_indices(self.dimensions)] = row[self.dimensions :]
        logarithm = logarithm + np.triu(logarithm, 1).T
        values, vectors = np.linalg.eigh(logarithm)
        half = (vectors * np.exp(values / 2)) @ vectors.T  # the square root of the covariance
        return np.asarray(row[: self.dimensions] + rng.standard_normal((length, self.dimensions)) @ half)


def _moments(cloud: NDArray[np.float64], least: float) -> NDArray[np.float64]:
    """Return the mean of a cloud, and the upper triangle of the logarithm of its covariance."""
    centred = cloud - cloud.mean(axis=0)
    values, vectors = np.linalg.eigh(centred.T @ centred / len(cloud))
    logarithm = (vectors * np.log(values.clip(min=least**2))) @ vectors.T
    return np.concatenate([cloud.mean(axis=0), logarithm[np.triu_indices(len(logarithm))]])
