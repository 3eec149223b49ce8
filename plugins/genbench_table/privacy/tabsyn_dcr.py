"""Distance to the closest record (DCR) as TabSyn computes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Score, log_parts, no_log
from genbench_table.columns.identifiers import caution_of_identifiers
from genbench_table.columns.values import columns_of
from genbench_table.privacy.closest import closest
from genbench_table.privacy.mixed_rows import summed_distance

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Log, Samples

__all__ = ["closer_share", "even_share", "tabsyn_dcr"]

_FAKE, _TRAIN, _REAL = range(3)


def tabsyn_dcr(fake: Samples, train: Samples, real: Samples, *, log: Log = no_log) -> dict[str, Score]:
    """Return distances of `fake` to the closest rows of `train`, as TabSyn defines them.

        tabsyn-dcr        the mean over fakes of d(g, closest training row), >= 0; neither is better
        tabsyn-dcr-share  the share of fakes with d(g, train) < d(g, real), in [0, 1]; 0.5 is best

    fake, train, real  rows of one space, at least one each; real is unseen in training

    d is the sum over columns of |x - y| / range of train for numbers and dates, and of 0 or 2 for categories,
    as one-hot rows differ by 2. A gap in a number is at the mean of train, one in a category is one more
    category. In TabSyn, a column that is constant in train divides by 0; here it keeps its unit.

    A tie counts as closer to real, as in TabSyn's code; the extra holds the share of `ties`. Where train and
    real differ in size, the odds of the share are divided by the odds train / real that chance gives. The
    extra of tabsyn-dcr holds `to_real`, the mean distance to real. Both hold a `warning` where train has
    columns that may be identifiers, or keys that the fakes have new values of.

    Source: Zhang et al. 2024 (arXiv:2310.09656) and eval/eval_dcr.py of its code.
    """
    columns = columns_of(fake, train, real)
    first, second = log_parts(log, len(train), len(real))
    to_train = closest(summed_distance(columns, _FAKE, _TRAIN, _TRAIN), log=first)[:, 0]
    to_real = closest(summed_distance(columns, _FAKE, _REAL, _TRAIN), log=second)[:, 0]
    share = even_share(closer_share(to_train, to_real, tie=0.0), len(train), len(real))
    caution = caution_of_identifiers(columns, _TRAIN, _FAKE)
    return {
        "tabsyn-dcr": Score(float(to_train.mean()), extra={"to_real": float(to_real.mean())} | caution),
        "tabsyn-dcr-share": Score(share, extra={"ties": float(np.mean(to_train == to_real))} | caution),
    }


# Share of fakes that are closer to training rows than to unseen ones.


def closer_share(to_train: NDArray[Any], to_unseen: NDArray[Any], *, tie: float) -> float:
    """Return the share of (n,) distances to train that are smaller than those to unseen rows, in [0, 1].

    tie  what an equal pair counts, in [0, 1]
    """
    return float((to_train < to_unseen).mean() + tie * (to_train == to_unseen).mean())


def even_share(share: float, train: int, unseen: int) -> float:
    """Return the share as it would be with as many training as unseen rows: 0.5 where there is no copying.

    Fresh rows are closer to one of `train` rows than to all of `unseen` rows with the probability
    train / (train + unseen). The odds of `share`, divided by the odds of that, are odds again.
    """
    weighted = share * unseen
    return weighted / (weighted + (1 - share) * train)
