"""DOMIAS: a membership attack by the ratio of the densities of fakes and of unseen rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from annotated_types import Ge, Gt, Lt

from genbench import Score, Undefined, log_parts, no_log
from genbench_table.columns.values import columns_of
from genbench_table.numeric.areas import area
from genbench_table.privacy.closest import closest
from genbench_table.privacy.mixed_rows import capped_distance
from genbench_table.privacy.risks import caution_of_attack

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Log, Samples

__all__ = ["domias", "true_positives"]

_FAKE, _REFERENCE, _MEMBERS, _OTHERS = range(4)
_FEWEST = 4  # rows of real: two of reference and two that are attacked
_REPEATS = 1000  # of the bootstrap, whose 2.5 % quantile is then the 25th least


def domias(
    fake: Samples,
    train: Samples,
    real: Samples,
    *,
    attacks: Annotated[int, Ge(2)] = 2000,
    neighbours: Annotated[int, Ge(1)] = 10,
    false_positives: Annotated[float, Gt(0), Lt(1)] = 0.01,
    rng: np.random.Generator,
    log: Log = no_log,
) -> dict[str, Score]:
    """Return how well an attacker who has `fake` and other real rows tells training rows from unseen ones.

        domias-auc  the area under the ROC curve of the attack, in [0, 1]; 0.5 is best
        domias-tpr  the share of training rows found where at most `false_positives` of the unseen rows are
                    called training rows, in [0, 1]; lower is better

    fake, train, real  rows of one space; real is unseen in training
    attacks     rows of train that are attacked, at most, drawn at random
    neighbours  place of the reference row whose distance measures the density of real rows

    One half of real, drawn at random, is the attacker's reference, and the other half is attacked. The score
    of a row x is the ratio of two densities, of fakes and of reference rows, by nearest neighbours:

        d(x, reference row number `neighbours`) / d(x, closest fake), 0 / 0 being 1

    A row is called a training row if fakes are closer to it than its region of the data explains. One fake
    may give a training row away, and the usual density needs several rows. The distance is that of `privacy`,
    with ranges of all real rows.

    The interval of the area is DeLong's, that of the share a percentile bootstrap of the attacked rows, both
    of 95 % given the fakes and the reference. The extra holds the number of `members` and of `others`, and a
    `warning`, see `caution_of_attack`.

    Raises Undefined if real has fewer than 4 rows.

    Source: van Breugel et al. 2023 (arXiv:2302.12580); Carlini et al. 2022 (arXiv:2112.03570) for the
    share at few false positives.
    """
    if len(real) < _FEWEST:
        raise Undefined(f"domias needs at least {_FEWEST} samples of real; it has {len(real)}")
    places = rng.permutation(len(real))
    half = len(real) // 2
    members = train.take(rng.permutation(len(train))[:attacks])
    columns = columns_of(fake, real.take(places[:half]), members, real.take(places[half:]))

    def score_rows(side: int, log: Log) -> NDArray[np.float64]:
        scale = (_REFERENCE, _MEMBERS, _OTHERS)
        logs = log_parts(log, len(fake), half)
        k = min(neighbours, half)
        to_fake = closest(capped_distance(columns, side, _FAKE, scale), log=logs[0])[:, 0]
        to_real = closest(capped_distance(columns, side, _REFERENCE, scale), k, log=logs[1])[:, -1]
        ratio: NDArray[np.float64] = np.where(to_real > 0, np.inf, 1.0)
        return np.divide(to_real, to_fake, out=ratio, where=to_fake > 0)

    first, second = log_parts(log, len(members), len(real) - half)
    inside, outside = score_rows(_MEMBERS, first), score_rows(_OTHERS, second)
    found = area(inside, outside)
    share = true_positives(inside[None], outside[None], false_positives)[0]
    members_drawn, others_drawn = (
        side[rng.integers(len(side), size=(_REPEATS, len(side)))] for side in (inside, outside)
    )
    shares = true_positives(members_drawn, others_drawn, false_positives)
    low, high = np.quantile(shares, (0.025, 0.975))
    sizes = {"members": len(inside), "others": len(outside)}
    extra = {**sizes, **caution_of_attack(columns, _MEMBERS, _FAKE)}
    return {
        "domias-auc": Score(found.value, *found.interval, extra=extra),
        "domias-tpr": Score(float(share), float(low), float(high), extra=extra),
    }


def true_positives(
    members: NDArray[np.float64], others: NDArray[np.float64], false_positives: float
) -> NDArray[np.float64]:
    """Return (r,) the shares of members above a threshold that at most a share of the others exceeds.

    members, others  (r, n) and (r, m) scores of r attacks
    """
    above = int(false_positives * others.shape[1])
    threshold = -np.partition(-others, above, axis=1)[:, above]
    share: NDArray[np.float64] = (members > threshold[:, None]).mean(axis=1)
    return share
