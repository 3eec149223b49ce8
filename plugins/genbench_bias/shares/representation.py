"""Metric `representation`: group shares of the fakes compared with the reference and with equal shares."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Ge

from genbench import Score
from genbench_bias.shared.intervals import distance_interval
from genbench_bias.shared.published import remark
from genbench_bias.shares.counting import (
    FROM_CLASSIFIER,
    FROM_LABELS,
    Counts,
    Groups,
    check_groups,
    count_labels,
    estimate,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "NAMES", "classified_representation", "evenness", "jensen_shannon", "log_ratios", "measures",
    "relative_entropy", "representation", "total_variation",
]  # fmt: skip

#: Names of the results of `measures`, in its order, each with its maximum.
NAMES = {"tv": 1.0, "kl": math.inf, "worst": math.inf, "uniform-tv": 1.0, "uniform-kl": math.inf}

_SMOOTHING = 0.5  # of Jeffreys's prior, added to each count: see `measures`


_MEANS = (
    "distance of the groups' shares from those of the reference (fair: 0), and from equal shares (uniform: "
    "no value is fair)"
)


def representation(
    real_labels: NDArray[np.int64],
    fake_labels: NDArray[np.int64],
    *,
    groups: Groups | None = None,
    draws: Annotated[int, Ge(100)] = 1000,
    rng: np.random.Generator,
) -> dict[str, Score]:
    """Return distances of the fakes' group shares to those of the reference, and to equal shares.

        representation-tv          total variation to the reference's shares, in [0, 1]; 0 is fair
        representation-kl          KL(fake || real) in nats, >= 0, of counts with 1/2 added; 0 is fair
        representation-worst       greatest |log(fake share / real share)|, >= 0, likewise; 0 is fair
        representation-uniform-tv  total variation to equal shares, in [0, 1 - 1/K]
        representation-uniform-kl  KL(fake || uniform) in nats, in [0, ln K]

    real_labels, fake_labels  (m,) and (n,) labels of the samples
    groups                    name to the labels of its members; None: every label is a group
    draws                     number of bootstrap draws

    "Fair" means equal to the reference here, for any population that it represents. The distances to
    equal shares have no fair value: 0 is parity, and the reader decides whether parity is desirable. If the
    reference is uneven, no generator can have 0 in both. HELM's representation bias is `uniform-tv`.
    Distances of finite samples are above 0 even for equal distributions, more so for fewer samples: the extra
    has the mean of that, `by_chance`. Compare at equal n, and with the control `held-out`. Intervals:
    bootstrap, multinomial on both sides. The extra also has the shares of both sides, the group of `worst`,
    jsd in nats, and the evenness of the fakes.
    For a conditional generator, the labels are those that were requested; `classified-representation`
    measures those that were made. This is a probe, not a verdict.

    Raises Undefined for fewer than two groups, DataError for a label in two groups.

    Source: for the distance to equal shares, Liang et al. 2022 (arXiv:2211.09110).
    """
    note = remark(_MEANS, FROM_LABELS)
    return _scores("representation", count_labels(real_labels, fake_labels, draws, rng), groups, note)


def classified_representation(
    real: NDArray[Any],
    real_labels: NDArray[np.int64],
    fake: NDArray[Any],
    *,
    groups: Groups | None = None,
    draws: Annotated[int, Ge(100)] = 1000,
    rng: np.random.Generator,
) -> dict[str, Score]:
    """Return what `representation` does, for fakes whose labels a classifier predicts.

        classified-tv          sum |p_g - q_g| / 2
        classified-kl          sum p_g log(p_g / q_g) in nats, of counts with 1/2 added
        classified-worst       max |log(p_g / q_g)|, likewise
        classified-uniform-tv  sum |p_g - 1/K| / 2
        classified-uniform-kl  sum p_g log(K p_g) in nats
        p, q                   shares of the K groups in the fakes and in the reference
        p                      merges the shares s of labels that solve s C = the predicted shares
        C                      C_ij: the share of the real samples of label i classified as j

    real, fake   (m, K) and (n, K) probabilities; columns are the labels of the real side, ascending
    real_labels  (m,) true labels of the real side

    The fakes' shares are corrected for the classifier's errors, which are estimated for each label on the
    real side and widen the intervals: see `counting.estimate`. The extra has the predicted shares and the
    `recall` of each label. On fakes the classifier may make other errors than on real samples of the same
    label. Options and fair values are those of `representation`. This is a probe, not a verdict.

    Raises what `representation` does, and Undefined if classes and labels differ, or if the classifier
    confuses labels too much to correct its errors.

    Source: as `representation`; for two labels, the correction is that of Rogan & Gladen 1978
    (doi:10.1093/oxfordjournals.aje.a112510).
    """
    note = remark(_MEANS, FROM_CLASSIFIER)
    return _scores("classified", estimate(real, real_labels, fake, draws, rng), groups, note)


def _scores(prefix: str, counts: Counts, groups: Groups | None, note: str) -> dict[str, Score]:
    known = check_groups(counts, groups)
    names, found = tuple(known), counts.merge(known)
    p, q = found.fake / found.fake.sum(), found.real / found.real.sum()
    ratios = log_ratios(found.fake, found.real)
    worst = int(np.abs(ratios).argmax())
    extra = dict(counts.said) | {
        "note": note,
        "shares": dict(zip(names, p.tolist(), strict=True)),
        "reference": dict(zip(names, q.tolist(), strict=True)),
        "worst_group": names[worst],
        "worst_log_ratio": float(ratios[worst]),
        "jsd": jensen_shannon(p, q),
        "evenness": evenness(p),
    }
    full = (found.fake_draws.sum(axis=1) > 0) & (found.real_draws.sum(axis=1) > 0)
    fake_draws, real_draws = found.fake_draws[full], found.real_draws[full]
    drawn, values = measures(fake_draws, real_draws), measures(found.fake, found.real)
    noise, total = fake_draws - found.fake, found.fake.sum()
    even = np.full(len(names), 1 / len(names))
    chance = np.where(
        [name.startswith("uniform") for name in NAMES],
        measures(np.maximum(noise + total * even, 0), real_draws),
        measures(np.maximum(noise + total * q, 0), real_draws),
    )
    return {
        f"{prefix}-{name}": Score(
            float(values[place]),
            *distance_interval(float(values[place]), drawn[:, place], chance[:, place], most),
            extra | {"by_chance": float(chance[:, place].mean())},
        )
        for place, (name, most) in enumerate(NAMES.items())
    }


# Distances between the group shares of two sides, and to equal shares.


def total_variation(p: Floats, q: Floats) -> Floats:
    """Return half the sum of |p - q| over the last axis, in [0, 1]."""
    return np.asarray(np.abs(p - q).sum(axis=-1) / 2)


def relative_entropy(p: Floats, q: Floats) -> Floats:
    """Return the sum of p log(p / q) over the last axis in nats, >= 0; 0 log 0 is 0, and q > 0 where p is."""
    ratio = np.divide(p, q, out=np.ones(np.broadcast_shapes(p.shape, q.shape)), where=p > 0)
    return np.asarray(np.maximum((p * np.log(ratio)).sum(axis=-1), 0.0))


def jensen_shannon(p: Floats, q: Floats) -> float:
    """Return the mean relative entropy of both to their mean, in nats, in [0, ln 2]."""
    middle = (p + q) / 2
    return float(relative_entropy(p, middle) + relative_entropy(q, middle)) / 2


def evenness(p: Floats) -> float:
    """Return the entropy of (K,) shares over ln K, in [0, 1]: 1 if all are equal; K > 1."""
    k = len(p)
    return 1 - float(relative_entropy(p, np.full(k, 1 / k))) / math.log(k)


def measures(fake: Floats, real: Floats) -> Floats:
    """Return five numbers, (…, 5), of the counts of fakes and of real samples in K groups, (…, K) each.

        tv          total variation of the shares of fakes and of real samples
        kl          KL(fake || real) in nats, of shares with 1/2 added to each count
        worst       the greatest |log(fake share / real share)|, of shares with 1/2 added to each count
        uniform-tv  total variation of the fakes' shares and 1 / K
        uniform-kl  KL(fake || uniform) in nats, ln K - the entropy of the fakes' shares

    Without the 1/2, a group that is missing on one side would make kl and worst infinite.
    """
    p, q = (_shares(side) for side in (fake, real))
    smooth_p, smooth_q = (_shares(side + _SMOOTHING) for side in (fake, real))
    even = np.full(p.shape[-1], 1 / p.shape[-1])
    worst = np.abs(log_ratios(fake, real)).max(axis=-1)
    found = [total_variation(p, q), relative_entropy(smooth_p, smooth_q), worst,
             total_variation(p, even), relative_entropy(p, even)]  # fmt: skip
    return np.stack(np.broadcast_arrays(*found), axis=-1)


def log_ratios(fake: Floats, real: Floats) -> Floats:
    """Return log(fake share / real share) of each group, (…, K), with 1/2 added to each count."""
    return np.asarray(np.log(_shares(fake + _SMOOTHING) / _shares(real + _SMOOTHING)))


def _shares(counts: Floats) -> Floats:
    return np.asarray(counts / counts.sum(axis=-1, keepdims=True))
