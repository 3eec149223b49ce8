"""Privacy of synthetic rows: distances to training rows, exact matches, and a membership-inference attack."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from annotated_types import Ge, Le

from genbench import Score, Undefined, log_parts, no_log
from genbench_table.columns.identifiers import caution_of_identifiers, join
from genbench_table.columns.values import columns_of
from genbench_table.numeric.areas import area
from genbench_table.numeric.shares import is_above
from genbench_table.privacy.closest import closest
from genbench_table.privacy.mixed_rows import capped_distance
from genbench_table.privacy.tabsyn_dcr import closer_share, even_share

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Log, Samples

__all__ = ["privacy"]

_SIDES = _FAKE, _TRAIN, _REAL = range(3)
_CLOSEST = 2  # rows of train, for the ratio of their distances
_MANY = 0.1  # share of fakes that equal a training row
_ALARM = 0.1  # share of unseen rows that an attacker may take for members


def privacy(
    fake: Samples,
    train: Samples,
    real: Samples,
    *,
    quantile: Annotated[float, Ge(0), Le(1)] = 0.05,
    ranges: Literal["pooled", "reference"] = "pooled",
    log: Log = no_log,
) -> dict[str, Score]:
    """Return how much `fake` tells about single rows of `train`; `real` is unseen in training.

        dcr             the `quantile` over fakes of d(g, closest training row), in [0, 1]; neither is better
        dcr-share       the share of fakes closer to train than to real, in [0, 1]; 0.5 is best
        nndr            the `quantile` of d(g, closest) / d(g, second closest), in [0, 1]; neither is better
        exact-matches   the share of fakes that equal a training row, in [0, 1]; lower is better
        membership-auc  the area under the ROC curve of an attack, in [0, 1]; 0.5 is best

    fake, train, real  rows of one space, at least 2 of train
    quantile           0.05, as CTAB-GAN quotes both; 0.5 is the median
    ranges             of numbers: those of train and real together, or of the table in which the closest row
                       is looked for, as in sdmetrics

    d is the mean over columns of |x - y| / range for numbers and dates, at most 1, and of 0 or 1 for
    categories. Gaps are equal to each other and differ from values by 1.

    With ranges = "reference", fakes are closer to the side with the wider range, which one outlier decides,
    and a larger side is wider: the share is not 0.5 for fresh rows. With "pooled", train and real are equal
    in all but their rows.

    In `dcr-share` a tie counts as a half, since rows of few categories often tie. Where train and real differ
    in size, the odds of the share are divided by the odds train / real that chance gives. Copies score 1,
    fresh rows 0.5, but so does noise.

    The attack calls a row a training row if it is close to a fake: its score is -d(row, closest fake). The
    area is that of train against real. `low` and `high` are DeLong's interval of 95 %, given the fakes. The
    extra holds `true_positives`, the share of training rows that are found where at most 10 % of the
    unseen rows are called members. A ratio of 0 / 0 counts as 1: such a fake tells of no single row.

    The extra of dcr and nndr holds their `median`, and `expected`: the same number of the real rows. That of
    exact-matches holds `expected`, and a `warning` where at least a tenth of the fakes equal a training row,
    and fewer real rows do. That of dcr-share holds `overfitting_protection`, min(1, 2 - 2 share), and the
    share of `ties`. All hold a `warning` where train has columns that may be identifiers, or keys that the
    fakes have new values of: with new ones, copies match nothing.

    Raises Undefined if train has fewer than 2 rows. Takes time for about 4 n^2 pairs of
    rows, and memory for 65,536.

    Source: sdmetrics 0.32, DCROverfittingProtection, for the distance and the share; Zhao et al. 2021
    (arXiv:2102.08369) for the quantiles; Chen et al. 2020 (arXiv:1909.03935), the full black-box attack, for
    the attack.
    """
    if len(train) < _CLOSEST:
        raise Undefined(f"privacy needs at least {_CLOSEST} samples; train has {len(train)}")
    columns = columns_of(fake, train, real)
    passes = ((_FAKE, _TRAIN), (_REAL, _TRAIN), (_FAKE, _REAL), (_TRAIN, _FAKE), (_REAL, _FAKE))
    sizes = [len(side) for side in (fake, train, real)]
    logs = dict(zip(passes, log_parts(log, *[sizes[x] * sizes[y] for x, y in passes]), strict=True))

    def distances(rows: int, reference: int, k: int = 1) -> NDArray[np.float64]:
        scale = (_TRAIN, _REAL) if ranges == "pooled" else ()
        return closest(capped_distance(columns, rows, reference, scale), k, log=logs[rows, reference])

    near, usual = distances(_FAKE, _TRAIN, _CLOSEST), distances(_REAL, _TRAIN, _CLOSEST)
    to_real = distances(_FAKE, _REAL)[:, 0]
    members, others = distances(_TRAIN, _FAKE)[:, 0], distances(_REAL, _FAKE)[:, 0]
    found = {
        "dcr": _quantile(near[:, 0], usual[:, 0], quantile),
        "dcr-share": _share(near[:, 0], to_real, len(train), len(real)),
        "nndr": _quantile(_ratio(near), _ratio(usual), quantile),
        "exact-matches": _matches(near[:, 0] == 0, usual[:, 0] == 0),
        "membership-auc": _attack(members, others),
    }
    caution = caution_of_identifiers(columns, _TRAIN, _FAKE)
    return {name: _add_warning(score, caution) for name, score in found.items()}


def _add_warning(score: Score, caution: dict[str, str]) -> Score:
    own = {name: text for name, text in score.extra.items() if name == "warning"}
    return replace(score, extra={**score.extra, **join(own, caution)})


def _matches(fakes: NDArray[np.bool_], reals: NDArray[np.bool_]) -> Score:
    """Return the share of fakes that equal a training row, with a warning if fewer real rows do."""
    share, expected = float(fakes.mean()), float(reals.mean())
    extra: dict[str, Any] = {"expected": expected}
    if share >= _MANY and is_above(share, expected, len(fakes), len(reals)):
        extra["warning"] = (
            f"{share:.0%} of the fakes equal a training row, and {expected:.0%} of the real rows do"
        )
    return Score(share, extra=extra)


def _quantile(found: NDArray[Any], usual: NDArray[Any], share: float) -> Score:
    extra = {"median": float(np.median(found)), "expected": float(np.quantile(usual, share))}
    return Score(float(np.quantile(found, share)), extra=extra)


def _ratio(near: NDArray[np.float64]) -> NDArray[np.float64]:
    first, second = near.T
    ratio: NDArray[np.float64] = np.divide(first, second, out=np.ones(len(near)), where=second > 0)
    return ratio


def _share(to_train: NDArray[Any], to_real: NDArray[Any], train: int, real: int) -> Score:
    value = even_share(closer_share(to_train, to_real, tie=0.5), train, real)
    extra = {"overfitting_protection": min(1.0, 2 - 2 * value), "ties": float((to_train == to_real).mean())}
    return Score(value, extra=extra)


def _attack(members: NDArray[Any], others: NDArray[Any]) -> Score:
    found = area(-members, -others)
    limit = np.sort(others)[int(_ALARM * len(others))]  # below it is at most this share of them
    return Score(found.value, *found.interval, extra={"true_positives": float((members < limit).mean())})
