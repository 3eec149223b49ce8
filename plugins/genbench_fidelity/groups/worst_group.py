"""Worst-group metrics: kernel distance and coverage of the worst label, and the gap to the best."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Ge

from genbench import Score
from genbench_fidelity.groups.group_values import by_label, check_groups, cover_rows, distance, group_size
from genbench_fidelity.numeric.arrays import features, require

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Samples

__all__ = ["report_options", "worst_coverage", "worst_kid"]

_NEIGHBOURS = 5  # as in Naeem et al. 2020


def worst_kid(
    real: NDArray[Any],
    real_labels: NDArray[np.int64],
    fake: NDArray[Any],
    fake_labels: NDArray[np.int64],
    *,
    per_group: Annotated[int, Ge(2)] | None = None,
    draws: Annotated[int, Ge(1)] = 10,
    rng: np.random.Generator,
) -> dict[str, Score]:
    """Return the kernel distance of the label where it is largest, and its difference from the smallest.

        worst-kid  max over labels of KID(real samples of the label, fakes of the label); lower is better
        kid-gap    the same max - min over labels, >= 0; lower is better

    real, fake  (n, d) and (m, d) features, float32 or float64, with (n,) and (m,) labels
    per_group   rows of each label on each side, drawn without replacement; None: half of an even share,
                min(n, m) // (2 x number of labels)
    draws       number of draws over which the value of each label is averaged

    Groups are the labels of the real side. KID is the unbiased estimate from all rows of a group, so it can
    be below 0. The largest of many noisy numbers is biased upwards, and the gap even more: compare at equal
    n, and with the control `held-out`. A gap of 0 is fair, and does not mean that the samples are good. The
    extra holds the value of each group (`by_label`), the worst `label`, the `best` label, and `per_group`.

    Raises Undefined, naming the label, where one has fewer rows than `per_group` on either side, and where
    `per_group` is below 2; Invalid for features that are not finite.

    Source: Bińkowski et al. 2018 (arXiv:1801.01401); the worst group as in Sagawa et al. 2020
    (arXiv:1911.08731).
    """
    real, fake = features(real=real, fake=fake)
    require(1, "worst-kid", real=real, fake=fake)
    size = group_size(len(real), len(fake), real_labels, per_group, least=2, metric="worst-kid")
    check_groups(real_labels, real_labels, size, "worst-kid", "real")
    check_groups(real_labels, fake_labels, size, "worst-kid", "fake")
    values = by_label(distance, (real, real_labels), (fake, fake_labels), size, draws, rng)
    worst, best = max(values, key=values.__getitem__), min(values, key=values.__getitem__)
    return _scores("kid", worst, best, values, size)


def worst_coverage(
    real: NDArray[Any],
    real_labels: NDArray[np.int64],
    fake: NDArray[Any],
    fake_labels: NDArray[np.int64],
    *,
    k: Annotated[int, Ge(1)] = _NEIGHBOURS,
    per_group: Annotated[int, Ge(2)] | None = None,
    draws: Annotated[int, Ge(1)] = 10,
    rng: np.random.Generator,
) -> dict[str, Score]:
    """Return the coverage of the label where it is smallest, and its difference from the largest, in [0, 1].

        worst-coverage  min over labels of coverage(real samples of the label, fakes of it); higher is better
        coverage-gap    max over labels - the same min; lower is better

    real, fake  (n, d) and (m, d) features, float32 or float64, with (n,) and (m,) labels
    k           which neighbour sets the radius of a real ball
    per_group   rows of each label on each side, drawn without replacement; None: half of an even share,
                min(n, m) // (2 x number of labels)
    draws       number of draws over which the value of each label is averaged

    Groups are the labels of the real side. Where the fakes have fewer rows of a label, all of them count, and
    a label without fakes has coverage 0: the metric is meant to find generators that make too few of a label.
    For equal distributions each group scores about 1 - 2^-k. The smallest of many noisy numbers is biased
    downwards, and the gap upwards: compare at equal n, and with the control `held-out`. A gap of 0 is fair,
    and does not mean that the samples are good. The extra holds the value of each group (`by_label`), the
    worst `label`, the `best` label, and `per_group`.

    Raises Undefined, naming the label, where one has fewer rows than `per_group` on the real side, and where
    `per_group` is not above k; Invalid for features that are not finite.

    Source: Naeem et al. 2020 (arXiv:2002.09797), eq. 4; the worst group as in Sagawa et al. 2020
    (arXiv:1911.08731).
    """
    real, fake = features(real=real, fake=fake)
    require(1, "worst-coverage", real=real, fake=fake)
    size = group_size(len(real), len(fake), real_labels, per_group, least=k + 1, metric="worst-coverage")
    check_groups(real_labels, real_labels, size, "worst-coverage", "real")
    measure = functools.partial(cover_rows, k=k)
    values = by_label(measure, (real, real_labels), (fake, fake_labels), size, draws, rng)
    worst, best = min(values, key=values.__getitem__), max(values, key=values.__getitem__)
    return _scores("coverage", worst, best, values, size)


def report_options(fake: Samples, n: int) -> dict[str, Any] | None:
    """Return the options of a report, none; None without labels, and for fewer samples than groups need."""
    if fake.labels is None:
        return None
    return {} if n // (2 * len(np.unique(fake.labels))) > _NEIGHBOURS else None


def _scores(name: str, worst: str, best: str, values: dict[str, float], size: int) -> dict[str, Score]:
    extra = {"by_label": values, "label": worst, "best": best, "per_group": size}
    gap = abs(values[worst] - values[best])
    return {f"worst-{name}": Score(values[worst], extra=extra), f"{name}-gap": Score(gap, extra=extra)}
