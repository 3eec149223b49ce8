"""Multiple imputation of the true labels of fakes, from a classifier and its known errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Undefined
from genbench_fidelity.numeric.arrays import classes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Labels = NDArray[np.int64]

__all__ = ["Imputed", "impute_labels"]

_LARGEST_CONDITION = 100.0  # of a confusion matrix: above it, 1 % noise in predictions is 100 % in shares
_STEPS = 500  # slow where labels are hard to tell apart; the last shares are near the limit then
_SETTLED = 1e-8  # change of a share in a step at convergence
_ROUNDS = 50  # most counts agree after ten; the last are near enough where some cannot agree
_EXACT = 0.01  # of a fake, in a count
_FLOOR = 1e-6  # of a probability: a prediction without any doubt can still be wrong
_OWN = 1e-9  # share of fakes whose predicted label is right, where no real sample is predicted so


@dataclass(frozen=True, kw_only=True, eq=False)
class Imputed:
    """Possible true labels of n fakes.

    labels  (B, n) int64, one row per imputation
    counts  label to the expected number of its fakes
    recall  label to the share of its real samples that the classifier predicts correctly
    purity  label to the expected share of the fakes imputed to it that truly have it
    """

    labels: Labels
    counts: Mapping[int, float]
    recall: Mapping[int, float]
    purity: Mapping[int, float]


def impute_labels(
    real: NDArray[Any], real_labels: Labels, fake: NDArray[Any], draws: int, rng: np.random.Generator
) -> Imputed:
    """Return true labels of fakes, drawn from P(true | predicted, probabilities).

        P(true i | predicted j) = p_i C_ij / sum over i of the same

    real, fake   (m, K) and (n, K) probabilities, whose columns are the labels of the real side, ascending
    real_labels  (m,) true labels

    C_ij is the share of the real samples of label i that the classifier predicts as j. p, the shares of the
    fakes' true labels, are the most likely ones given C and the predictions. Each draw has its own C, with a
    multinomial row per label, and its own multinomial of predictions. The draw decides which of the fakes
    predicted as j are i by their probabilities of i, scaled so that their expected number agrees with
    P(true | predicted). This corrects a classifier that is overconfident or was trained at other shares.

    Raises Invalid for rows that are not probabilities. Raises Undefined where the columns differ from the
    labels of the real side, or where the classifier confuses labels too much to correct its errors.

    Source: Rubin 1987, doi:10.1002/9780470316696: multiple imputation; the shares as Saerens et al. 2002,
    doi:10.1162/089976602753284446.
    """
    real, fake = classes(real=real, fake=fake)
    labels, totals, confusion = _errors(real, real_labels)
    called, k = fake.argmax(axis=1), len(labels)
    shares = np.bincount(called, minlength=k) / len(fake)
    drawn = np.empty((draws, len(fake)), np.int64)
    for row in drawn:
        others = rng.multinomial(totals, confusion) / totals[:, None]
        truth = _true_given_predicted(rng.multinomial(len(fake), shares) / len(fake), others)
        row[:] = labels[_pick_columns(_beliefs(fake, called, truth), rng)]
    expected = _beliefs(fake, called, _true_given_predicted(shares, confusion))
    counts = expected.sum(axis=0)
    purity = np.square(expected).sum(axis=0) / np.maximum(counts, _OWN)
    names = labels.tolist()
    return Imputed(
        labels=drawn,
        counts=dict(zip(names, counts.tolist(), strict=True)),
        recall=dict(zip(names, np.diag(confusion).tolist(), strict=True)),
        purity=dict(zip(names, purity.tolist(), strict=True)),
    )


def _errors(real: Floats, real_labels: Labels) -> tuple[Labels, Labels, Floats]:
    """Return the labels (K,), the number of real samples of each, and the confusion matrix (K, K)."""
    labels, index = np.unique(real_labels, return_inverse=True)
    k = real.shape[1]
    if k != len(labels):
        raise Undefined(
            f"the classifier has {k} classes and the reference {len(labels)} labels; expected the same, so "
            f"that its error on each label is known"
        )
    table = np.zeros((k, k))
    np.add.at(table, (index, real.argmax(axis=1)), 1)
    totals = np.bincount(index, minlength=k)
    confusion = table / totals[:, None]
    condition = float(np.linalg.cond(confusion))
    if not condition <= _LARGEST_CONDITION:
        raise Undefined(
            f"the classifier confuses labels too much to correct its errors: the condition number of its "
            f"confusion matrix is {condition:.3g}, above {_LARGEST_CONDITION:g}; choose a better classifier"
        )
    return labels, totals, confusion


def _true_given_predicted(shares: Floats, confusion: Floats) -> Floats:
    """Return P(true i | predicted j), (K, K), at the most likely true shares given the predicted ones (K,).

    Expectation maximisation finds these and keeps them >= 0.
    """
    k = len(shares)
    true, own = np.full(k, 1 / k), _OWN * np.eye(k)
    for _ in range(_STEPS):
        joint = true[:, None] * confusion + own
        given = joint / joint.sum(axis=0)
        before, true = true, given @ shares
        if np.abs(true - before).max() < _SETTLED:
            break
    return np.asarray(given)


def _beliefs(probabilities: Floats, called: NDArray[np.intp], given: Floats) -> Floats:
    """Return P(true label) of each fake, (n, K), in proportion to its probabilities.

    They are scaled, for each pair of labels, until the expected numbers agree with `given` (K, K),
    P(true | predicted).
    """
    members = np.eye(len(given))[called]
    wanted, scale = given * members.sum(axis=0), np.ones_like(given)
    odds = probabilities + _FLOOR
    for _ in range(_ROUNDS):
        beliefs = odds * scale.T[called]
        beliefs /= beliefs.sum(axis=1, keepdims=True)
        found = beliefs.T @ members
        if np.abs(found - wanted).max() < _EXACT:
            break
        scale *= np.divide(wanted, found, out=np.zeros_like(found), where=found > 0)
    return np.asarray(beliefs)


def _pick_columns(beliefs: Floats, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return one column for each row of beliefs (n, K), drawn with these probabilities."""
    sums = beliefs.cumsum(axis=1)
    below = sums <= rng.random((len(beliefs), 1)) * sums[:, -1:]
    return np.asarray(np.minimum(below.sum(axis=1), beliefs.shape[1] - 1))
