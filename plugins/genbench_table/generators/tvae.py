"""Generator `tvae`: a variational autoencoder of rows.

Xu, Skoularidou, Cuesta-Infante and Veeramachaneni, "Modeling tabular data using conditional GAN" (2019,
arXiv:1907.00503), sections 4.2 and 4.5.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Ge, Gt

from genbench import Samples, log_losses, torch_seed
from genbench_table.columns.values import columns_of
from genbench_table.generators.cells import numbers_as, table_of

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    from genbench import Log

__all__ = ["TVAE", "ModeNumbers", "fit_modes"]

_SPREADS = 4.0  # standard deviations from the mean of a mode at which the place is 1
_RARE = 0.005  # modes with a smaller weight are left out


class TVAE:
    """Fits encoder and decoder of rows by ascending the evidence lower bound; draws from the decoder's law.

        ELBO = E_q[log p(row | z)] - KL(q(z | row) || N(0, I))

    Of a column of numbers, the decoder gives the law of the mode, and a normal law of the place in the mode,
    whose spread is a parameter of the column; of categories, the law of the category. Gaps are one more mode
    or category. A category of a row is drawn from its law.

    steps        batches it is trained on
    latent_size  dimensions of z
    width        units of the two hidden layers of each network
    modes        at most, of a column of numbers

    Raises Invalid if the loss becomes NaN or infinite.
    """

    def __init__(  # noqa: PLR0913 - its options are parameters
        self,
        train: Samples,
        *,
        steps: Annotated[int, Ge(1)] = 1500,
        batch_size: Annotated[int, Ge(1)] = 256,
        learning_rate: Annotated[float, Gt(0)] = 2e-3,
        latent_size: Annotated[int, Ge(1)] = 32,
        width: Annotated[int, Ge(1)] = 128,
        modes: Annotated[int, Ge(1)] = 10,
        rng: np.random.Generator,
        device: str = "cpu",
        log: Log,
    ) -> None:
        import torch

        self._train, self._device, self._latent_size = train, device, latent_size
        self._parts = [_part(column.name, column.sides[0], column.is_numeric, modes, rng)
                       for column in columns_of(train)]  # fmt: skip
        rows = torch.from_numpy(np.concatenate([part.encode() for part in self._parts], axis=1)).to(device)
        with torch_seed(rng):
            encoder = _network(rows.shape[1], 2 * latent_size, width).to(device)
            self._decoder = _network(latent_size, rows.shape[1], width).to(device)
        places = sum(part.has_place for part in self._parts)
        self._log_spreads = torch.full((places,), math.log(0.1), device=device, requires_grad=True)
        weights = [*encoder.parameters(), *self._decoder.parameters(), self._log_spreads]
        optimizer = torch.optim.Adam(weights, learning_rate, weight_decay=1e-5)
        for step in range(1, steps + 1):
            batch = rows[torch.from_numpy(rng.integers(len(rows), size=min(batch_size, len(rows))))]
            mean, log_variance = encoder(batch).chunk(2, dim=1)
            noise = torch.from_numpy(rng.standard_normal(tuple(mean.shape), dtype=np.float32)).to(device)
            decoded = self._decoder(mean + (log_variance / 2).exp() * noise)
            misfit = self._misfit(batch, decoded)
            divergence = -0.5 * (1 + log_variance - mean.square() - log_variance.exp()).sum(dim=1).mean()
            optimizer.zero_grad()
            torch.autograd.backward(misfit + divergence)
            optimizer.step()
            log_losses(log, step, steps, misfit=misfit, divergence=divergence)

    def sample(self, n: int, *, rng: np.random.Generator) -> Samples:
        """Return n rows."""
        import torch

        latent = torch.from_numpy(rng.standard_normal((n, self._latent_size), dtype=np.float32))
        with torch.no_grad():
            decoded = self._decoder(latent.to(self._device)).cpu()
            spreads = self._log_spreads.exp().tolist()
        columns: dict[str, Any] = {}
        for part, (logits, place) in zip(self._parts, self._split_columns(decoded), strict=True):
            shares = torch.softmax(logits.double(), dim=1).cumsum(dim=1).numpy()
            codes = (shares < rng.uniform(size=(n, 1))).sum(axis=1).clip(max=shares.shape[1] - 1)
            known = self._train.data[part.name]
            if part.numbers is None:
                columns[part.name] = known.take(part.donors[codes])
                continue
            middle = torch.tanh(place.double()).numpy()
            places = middle + spreads.pop(0) * rng.standard_normal(n)
            columns[part.name] = numbers_as(part.numbers.numbers(codes, places), known)
        return table_of(columns, self._train.space)

    def _split_columns(self, rows: torch.Tensor) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """Return for each column the logits or codes (n, k) and the place (n,), which categories lack."""
        pieces, start = [], 0
        for part in self._parts:
            end = start + part.codes + part.has_place
            pieces.append((rows[:, start : start + part.codes], rows[:, end - 1]))
            start = end
        return pieces

    def _misfit(self, batch: torch.Tensor, decoded: torch.Tensor) -> torch.Tensor:
        """Return -log p(row | z), up to a constant, in nats a row."""
        import torch

        total, number = torch.zeros((), device=batch.device), 0
        pairs = zip(self._parts, self._split_columns(batch), self._split_columns(decoded), strict=True)
        for part, (codes, place), (logits, guess) in pairs:
            total = total - (codes * torch.log_softmax(logits, dim=1)).sum(dim=1).mean()
            if part.has_place:
                log_spread = self._log_spreads[number]
                off = (place - torch.tanh(guess)) / log_spread.exp()
                total = total + (off.square() / 2 + log_spread).mean()
                number += 1
        return total


@dataclass(frozen=True, eq=False)
class _Part:
    """What a column is in an encoded row: one-hot codes, and for numbers the place in the mode.

    codes    number of codes
    known    (rows,) the codes of the training rows
    donors   (codes,) a training row of each code; of no use for numbers
    numbers  its modes; None: categories
    """

    name: str
    codes: int
    known: NDArray[np.int64]
    donors: NDArray[np.intp]
    numbers: ModeNumbers | None

    @property
    def has_place(self) -> bool:
        """Whether a place follows the codes."""
        return self.numbers is not None

    def encode(self) -> NDArray[np.float32]:
        """Return the training rows (rows, codes + has_place)."""
        one_hot = np.equal(self.known[:, None], np.arange(self.codes)).astype(np.float32)
        if self.numbers is None:
            return one_hot
        return np.column_stack([one_hot, self.numbers.places.astype(np.float32)])


def _part(name: str, values: NDArray[Any], is_numeric: bool, modes: int, rng: np.random.Generator) -> _Part:
    if is_numeric and not np.isnan(values).all():
        numbers = fit_modes(values, modes, rng)
        known, codes = numbers.codes, len(numbers.means) + bool(np.isnan(values).any())
        return _Part(name, codes, known, np.zeros(0, np.intp), numbers)
    _, donors, known = np.unique(values, return_index=True, return_inverse=True)
    return _Part(name, len(donors), known.astype(np.int64), donors, None)


def _network(inputs: int, outputs: int, width: int) -> torch.nn.Sequential:
    from torch import nn

    return nn.Sequential(
        nn.Linear(inputs, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, outputs)
    )


# Mode-specific normalisation of a column: which mode of a mixture a number is of, and where in it.
#
# Xu, Skoularidou, Cuesta-Infante and Veeramachaneni, "Modeling tabular data using conditional GAN" (2019,
# arXiv:1907.00503), section 4.2.


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
