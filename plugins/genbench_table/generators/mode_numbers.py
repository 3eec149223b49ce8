"""Mode-specific normalisation of a column: which mode of a mixture a number is of, and where in it.

Xu, Skoularidou, Cuesta-Infante and Veeramachaneni, "Modeling tabular data using conditional GAN" (2019,
arXiv:1907.00503), section 4.2.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ModeNumbers", "fit_modes"]

_SPREADS = 4.0  # standard deviations from the mean of a mode at which the place is 1
_RARE = 0.005  # modes with a smaller weight are left out


@dataclass(frozen=True, eq=False)
class ModeNumbers:
    """The modes of a column's numbers.

    means, spreads  (k,) of the modes, spreads > 0
    codes           (rows,) the mode of each training number, k for a gap
    places          (rows,) its place in the mode, in [-1, 1]; 0 for a gap
    low, high       the least and the greatest number
    """

    means: NDArray[np.float64]
    spreads: NDArray[np.float64]
    codes: NDArray[np.int64]
    places: NDArray[np.float64]
    low: float
    high: float

    def numbers(self, codes: NDArray[np.int64], places: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the numbers (n,) at places in modes, NaN for the code of a gap, within the known range."""
        means, spreads = np.append(self.means, np.nan), np.append(self.spreads, 1.0)
        numbers: NDArray[np.float64] = means[codes] + _SPREADS * spreads[codes] * places.clip(-1, 1)
        return numbers.clip(self.low, self.high)


def fit_modes(values: NDArray[np.float64], modes: int, rng: np.random.Generator) -> ModeNumbers:
    """Return the modes of (rows,) numbers with NaN for gaps, at least one of them no gap.

    A variational Bayesian mixture of `modes` normals decides how many there are. The mode of a number is
    drawn from its posterior law.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import BayesianGaussianMixture

    missing = np.isnan(values)
    present = values[~missing]
    low, high = float(present.min()), float(present.max())
    middle, span = float(present.mean()), float(present.std()) or 1.0
    scaled = ((present - middle) / span)[:, None]
    mixture = BayesianGaussianMixture(
        n_components=min(modes, len(np.unique(present))), weight_concentration_prior=1e-3,
        weight_concentration_prior_type="dirichlet_process", random_state=int(rng.integers(2**31)),
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # any mixture is a valid code
        mixture.fit(scaled)
    kept = mixture.weights_ > _RARE
    posterior = mixture.predict_proba(scaled)[:, kept]
    posterior /= posterior.sum(axis=1, keepdims=True)
    drawn = (posterior.cumsum(axis=1) < rng.uniform(size=(len(present), 1))).sum(axis=1)
    drawn = drawn.clip(max=int(kept.sum()) - 1)
    means = mixture.means_[kept, 0] * span + middle
    spreads = np.sqrt(mixture.covariances_[kept, 0, 0]) * span
    codes, places = np.full(len(values), len(means), np.int64), np.zeros(len(values))
    codes[~missing] = drawn
    places[~missing] = ((present - means[drawn]) / (_SPREADS * spreads[drawn])).clip(-1, 1)
    return ModeNumbers(means, spreads, codes, places, low, high)
