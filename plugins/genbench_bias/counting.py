"""How many samples each group has: counted, or estimated by a classifier whose errors are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench.core.errors import DataError, Invalid, Undefined

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Labels = NDArray[np.int64]

__all__ = ["FROM_CLASSIFIER", "FROM_LABELS", "Counts", "Groups", "check_groups", "classified", "labelled"]

#: Groups as an option says them: name to the labels of its members.
Groups = dict[str, tuple[int, ...]]

#: What is to be known of numbers from counts, by where the labels of the fakes came from.
FROM_LABELS = "Labels came with the fakes: of a generator that is told them, they say what was asked for"
FROM_CLASSIFIER = "Labels are a classifier's, its errors taken out as if it erred on fakes as on real samples"

_LARGEST_CONDITION = 100.0  # of a confusion matrix: beyond, its inverse makes 1 % of noise in shares 100 %
_SUM_TOLERANCE = 1e-3


@dataclass(frozen=True, kw_only=True, eq=False)
class Counts:
    """Counts of both sides by label, with bootstrap draws of them.

    labels      the K labels, ascending
    fake, real  (K,) counts; those of the fakes are no whole numbers where a classifier's errors are taken out
    fake_draws, real_draws  (B, K)
    said        what is to be known of how they came
    """

    labels: tuple[int, ...]
    fake: Floats
    real: Floats
    fake_draws: Floats
    real_draws: Floats
    said: Mapping[str, Any]

    def merged(self, groups: Groups) -> Counts:
        """Return the counts of groups, which are numbered in their order; labels of none are left out."""
        pick = np.array([[float(label in part) for part in groups.values()] for label in self.labels])
        return Counts(
            labels=tuple(range(len(groups))),
            fake=self.fake @ pick,
            real=self.real @ pick,
            fake_draws=self.fake_draws @ pick,
            real_draws=self.real_draws @ pick,
            said=self.said,
        )


def labelled(real: Labels, fake: Labels, draws: int, rng: np.random.Generator) -> Counts:
    """Return the counts of labels that come with the samples; draws are multinomial, of each side."""
    labels = np.union1d(real, fake)
    of_real, of_fake = (np.array([(side == label).sum() for label in labels], float) for side in (real, fake))
    return Counts(
        labels=tuple(labels.tolist()),
        fake=of_fake,
        real=of_real,
        fake_draws=_resampled(of_fake, draws, rng),
        real_draws=_resampled(of_real, draws, rng),
        said={},
    )


def classified(
    real: NDArray[Any], real_labels: Labels, fake: NDArray[Any], draws: int, rng: np.random.Generator
) -> Counts:
    """Return the counts of fakes by what a classifier says, its errors taken out, and those of real labels.

        predicted shares = true shares @ C,    C_ij = share of the real samples of label i classified as j

    real, fake  (m, K) and (n, K) probabilities, whose columns are the labels of the real side, ascending

    The true shares are solved for and projected onto the shares that there can be (>= 0, sum 1). A draw has
    its own predictions, its own C, a multinomial in each row, and its own real labels; so the classifier's
    error on each label, known from so many real samples of it, widens the interval. That it errs on fakes as
    on real samples of the same label is an assumption.

    Raises Invalid for rows that are no probabilities, Undefined where there are other columns than labels on
    the real side, or where the classifier confuses labels too much for C to be inverted.
    """
    labels, index = np.unique(real_labels, return_inverse=True)
    predicted, guessed = (_predicted(side, name) for side, name in ((real, "real"), (fake, "fake")))
    k = real.shape[1]
    if k != len(labels):
        raise Undefined(
            f"the classifier has {k} classes and the reference {len(labels)} labels; its error on each label "
            f"is known only where they are the same"
        )
    table = np.zeros((k, k))
    np.add.at(table, (index, predicted), 1)
    totals = table.sum(axis=1)
    confusion = table / totals[:, None]
    condition = float(np.linalg.cond(confusion))
    if not condition <= _LARGEST_CONDITION:
        raise Undefined(
            f"the classifier confuses labels too much for its errors to be taken out: the condition of its "
            f"confusion matrix is {condition:.3g}, over {_LARGEST_CONDITION:g}"
        )
    n, counts = len(fake), np.bincount(guessed, minlength=k).astype(float)
    drawn = _resampled(counts, draws, rng) / n
    names = [str(label) for label in labels.tolist()]
    return Counts(
        labels=tuple(labels.tolist()),
        fake=n * _corrected(counts / n, confusion),
        real=totals,
        fake_draws=n * _corrected(drawn, _noisy(confusion, totals, draws, rng)),
        real_draws=_resampled(totals, draws, rng),
        said={
            "predicted": dict(zip(names, (counts / n).tolist(), strict=True)),
            "recall": dict(zip(names, np.diag(confusion).tolist(), strict=True)),
        },
    )


def check_groups(counts: Counts, groups: Groups | None) -> Groups:
    """Return the groups, which are the labels if None.

    Raises DataError for a label in two groups, and Undefined for fewer than two groups, or where none of the
    samples of a side is in any.
    """
    groups = {str(label): (label,) for label in counts.labels} if groups is None else groups
    members = [label for part in groups.values() for label in part]
    if len(set(members)) < len(members):
        twice = next(label for label in members if members.count(label) > 1)
        raise DataError(f"groups: label {twice} stands in them twice; expected each label in one group")
    if len(groups) < 2:  # noqa: PLR2004 - one group has nothing to be compared with
        raise Undefined(f"there is {len(groups)} group, and nothing to compare it with; expected at least 2")
    found = counts.merged(groups)
    for name, side in (("fakes", found.fake), ("real samples", found.real)):
        if not side.sum() > 0:
            raise Undefined(
                f"none of the {name} is in a group; labels are {', '.join(map(str, counts.labels))}"
            )
    return groups


def _resampled(counts: Floats, draws: int, rng: np.random.Generator) -> Floats:
    return rng.multinomial(round(counts.sum()), counts / counts.sum(), draws).astype(np.float64)


def _noisy(confusion: Floats, totals: Floats, draws: int, rng: np.random.Generator) -> Floats:
    """Return (B, K, K) confusion matrices of other samples, as many of each label."""
    rows = [_resampled(row * total, draws, rng) / total for row, total in zip(confusion, totals, strict=True)]
    return np.stack(rows, axis=1)


def _predicted(side: NDArray[Any], name: str) -> NDArray[np.intp]:
    rows = np.asarray(side, dtype=np.float64)
    sums = rows.sum(axis=1) if rows.ndim == 2 else np.zeros(1)  # noqa: PLR2004 - rows and columns
    if not (np.abs(sums - 1) <= _SUM_TOLERANCE).all() or not (rows >= 0).all():
        raise Invalid(f"expected probabilities for {name}, rows that are >= 0 and sum to 1, got {rows.shape}")
    return np.asarray(rows.argmax(axis=1))


def _corrected(predicted: Floats, confusion: Floats) -> Floats:
    """Return the true shares (…, K) of predicted ones, given confusion (…, K, K)."""
    return _projected((predicted[..., None, :] @ np.linalg.pinv(confusion))[..., 0, :])


def _projected(rows: Floats) -> Floats:
    """Return the shares that lie nearest to each of (…, K) rows.

    Source: Duchi et al. 2008, Efficient projections onto the l1-ball, algorithm 1.
    """
    falling = -np.sort(-rows, axis=-1)
    places = np.arange(1, rows.shape[-1] + 1)
    levels = (falling.cumsum(axis=-1) - 1) / places
    last = (falling > levels).sum(axis=-1, keepdims=True) - 1
    return np.asarray(np.maximum(rows - np.take_along_axis(levels, last, axis=-1), 0.0))
