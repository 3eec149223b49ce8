"""Group counts of samples, from labels or from a classifier with correction of its errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import DataError, Invalid, Undefined

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Labels = NDArray[np.int64]

__all__ = ["FROM_CLASSIFIER", "FROM_LABELS", "Counts", "Groups", "check_groups", "count_labels", "estimate"]

#: Groups as an option: name to the labels of its members.
Groups = dict[str, tuple[int, ...]]

#: Notes on numbers from counts, by the source of the fakes' labels.
FROM_LABELS = "The generator gave the labels; a conditional generator may not have made what its labels say"
FROM_CLASSIFIER = "A classifier assigns the labels; shares are corrected for its error rates on real samples"

_LARGEST_CONDITION = 100.0  # of a confusion matrix: above it, the inverse turns 1 % of noise into 100 %
_SUM_TOLERANCE = 1e-3  # probabilities of half precision have three digits


@dataclass(frozen=True, kw_only=True, eq=False)
class Counts:
    """Counts of both sides by label, with bootstrap draws.

    labels      the K labels, ascending
    fake, real  (K,) counts; those of the fakes are not integers after correction of a classifier's errors
    fake_draws, real_draws  (B, K)
    said        extra on the origin of the counts
    """

    labels: tuple[int, ...]
    fake: Floats
    real: Floats
    fake_draws: Floats
    real_draws: Floats
    said: Mapping[str, Any]

    def merge(self, groups: Groups) -> Counts:
        """Return the counts of groups, numbered in their order; labels without a group are omitted."""
        pick = np.array([[float(label in part) for part in groups.values()] for label in self.labels])
        return Counts(
            labels=tuple(range(len(groups))),
            fake=self.fake @ pick,
            real=self.real @ pick,
            fake_draws=self.fake_draws @ pick,
            real_draws=self.real_draws @ pick,
            said=self.said,
        )


def count_labels(real: Labels, fake: Labels, draws: int, rng: np.random.Generator) -> Counts:
    """Return the counts of the samples' labels; bootstrap draws are multinomial on each side."""
    labels = np.union1d(real, fake)
    of_real, of_fake = (np.array([(side == label).sum() for label in labels], float) for side in (real, fake))
    return Counts(
        labels=tuple(labels.tolist()),
        fake=of_fake,
        real=of_real,
        fake_draws=_resample(of_fake, draws, rng),
        real_draws=_resample(of_real, draws, rng),
        said={},
    )


def estimate(
    real: NDArray[Any], real_labels: Labels, fake: NDArray[Any], draws: int, rng: np.random.Generator
) -> Counts:
    """Return counts of the fakes by a classifier, corrected for its errors, and counts of real labels.

        predicted shares = true shares @ C,    C_ij = share of the real samples of label i classified as j

    real, fake  (m, K) and (n, K) probabilities, whose columns are the labels of the real side, ascending

    The equation is solved for the true shares, which are projected onto the simplex (>= 0, sum 1). Each draw
    has its own predictions, its own C, a multinomial in each row, and its own real labels. So the uncertainty
    of the classifier's error on each label widens the interval. The correction assumes that the classifier
    makes the same errors on fakes as on real samples of the same label.

    Raises Invalid for rows that are not probabilities, Undefined if the columns differ from the labels of the
    real side, or if the classifier confuses labels too much to invert C.
    """
    labels, index = np.unique(real_labels, return_inverse=True)
    predicted, guessed = (_predict_labels(side, name) for side, name in ((real, "real"), (fake, "fake")))
    k = real.shape[1]
    if k != len(labels):
        raise Undefined(
            f"the classifier has {k} classes and the reference {len(labels)} labels; estimating its error on "
            f"each label needs equal ones"
        )
    table = np.zeros((k, k))
    np.add.at(table, (index, predicted), 1)
    totals = table.sum(axis=1)
    confusion = table / totals[:, None]
    condition = float(np.linalg.cond(confusion))
    if not condition <= _LARGEST_CONDITION:
        raise Undefined(
            f"the classifier confuses labels too much to correct its errors: the condition number of its "
            f"confusion matrix is {condition:.3g}, above {_LARGEST_CONDITION:g}; choose a better classifier"
        )
    n, counts = len(fake), np.bincount(guessed, minlength=k).astype(float)
    drawn = _resample(counts, draws, rng) / n
    names = [str(label) for label in labels.tolist()]
    return Counts(
        labels=tuple(labels.tolist()),
        fake=n * _correct_shares(counts / n, confusion),
        real=totals,
        fake_draws=n * _correct_shares(drawn, _noisy(confusion, totals, draws, rng)),
        real_draws=_resample(totals, draws, rng),
        said={
            "predicted": dict(zip(names, (counts / n).tolist(), strict=True)),
            "recall": dict(zip(names, np.diag(confusion).tolist(), strict=True)),
        },
    )


def check_groups(counts: Counts, groups: Groups | None) -> Groups:
    """Return the groups; None: each label is a group.

    Raises DataError for a label in two groups, and Undefined for fewer than two groups, or if no sample of a
    side is in a group.
    """
    groups = {str(label): (label,) for label in counts.labels} if groups is None else groups
    members = [label for part in groups.values() for label in part]
    if len(set(members)) < len(members):
        twice = next(label for label in members if members.count(label) > 1)
        raise DataError(f"groups: label {twice} is in two groups; expected each label in one group")
    if len(groups) < 2:  # noqa: PLR2004 - one group has nothing to be compared with
        raise Undefined(f"expected at least 2 groups to compare, got {len(groups)}")
    found = counts.merge(groups)
    for name, side in (("fakes", found.fake), ("real samples", found.real)):
        if not side.sum() > 0:
            raise Undefined(
                f"none of the {name} is in a group; labels are {', '.join(map(str, counts.labels))}"
            )
    return groups


def _resample(counts: Floats, draws: int, rng: np.random.Generator) -> Floats:
    return rng.multinomial(round(counts.sum()), counts / counts.sum(), draws).astype(np.float64)


def _noisy(confusion: Floats, totals: Floats, draws: int, rng: np.random.Generator) -> Floats:
    """Return (B, K, K) bootstrap confusion matrices, with the same number of samples of each label."""
    rows = [_resample(row * total, draws, rng) / total for row, total in zip(confusion, totals, strict=True)]
    return np.stack(rows, axis=1)


def _predict_labels(side: NDArray[Any], name: str) -> NDArray[np.intp]:
    rows = np.asarray(side, dtype=np.float64)
    sums = rows.sum(axis=1) if rows.ndim == 2 else np.zeros(1)  # noqa: PLR2004 - rows and columns
    if not (np.abs(sums - 1) <= _SUM_TOLERANCE).all() or not (rows >= 0).all():
        raise Invalid(f"expected probabilities for {name}, rows that are >= 0 and sum to 1, got {rows.shape}")
    return np.asarray(rows.argmax(axis=1))


def _correct_shares(predicted: Floats, confusion: Floats) -> Floats:
    """Return the true shares (…, K) of predicted ones, given confusion (…, K, K)."""
    return _project_rows((predicted[..., None, :] @ np.linalg.pinv(confusion))[..., 0, :])


def _project_rows(rows: Floats) -> Floats:
    """Return the projection of each of (…, K) rows onto the simplex.

    Source: Duchi et al. 2008, Efficient projections onto the l1-ball, algorithm 1.
    """
    falling = -np.sort(-rows, axis=-1)
    places = np.arange(1, rows.shape[-1] + 1)
    levels = (falling.cumsum(axis=-1) - 1) / places
    last = (falling > levels).sum(axis=-1, keepdims=True) - 1
    return np.asarray(np.maximum(rows - np.take_along_axis(levels, last, axis=-1), 0.0))
