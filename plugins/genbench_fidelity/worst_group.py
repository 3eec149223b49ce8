"""The worst group: kernel distance and coverage label by label, at equal numbers of samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Ge

from genbench.errors import Undefined
from genbench.scores import Score
from genbench_fidelity.arrays import features, require
from genbench_fidelity.density_coverage import density_coverage
from genbench_fidelity.kid import kid

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["worst_group"]


def worst_group(
    real: NDArray[Any],
    real_labels: NDArray[np.int64],
    fake: NDArray[Any],
    fake_labels: NDArray[np.int64],
    *,
    k: Annotated[int, Ge(1)] = 5,
    per_group: Annotated[int, Ge(2)] | None = None,
    rng: np.random.Generator,
) -> dict[str, Score]:
    """Return `worst-kid` (lower is better) and `worst-coverage` (in [0, 1], higher is better).

        worst-kid:       the greatest over labels of KID(real of the label, fakes of the label)
        worst-coverage:  the least over labels of their coverage

    real, fake  (n, d) and (m, d) features, float32 or float64, with (n,) and (m,) labels
    k           which neighbour sets the radius of coverage
    per_group   rows of each label on each side, drawn without replacement; None: half of an even share,
                min(n, m) // (2 x number of labels)

    Groups are the labels of the real side. Every group has the same number of rows on both sides, the same
    for all generators, since coverage moves with either; KID is the unbiased estimate from all of them. The
    worst of many noisy groups is worse than any group is: compare at equal n, and against the control
    `held-out`. Coverage at equal laws is about 1 - 2^-k in each group. The extra of each number has the value
    of every group (`by_label`), the worst `label`, and `per_group`.

    Raises Undefined where a label has fewer rows than `per_group` on either side (a generator that never
    makes a label has no worst group, and the reason names the label), where `per_group` is not above k, and
    Invalid for features that are not finite.

    Source: KID of Bińkowski et al. 2018 (arXiv:1801.01401) and coverage of Naeem et al. 2020
    (arXiv:2002.09797); the worst group as in Sagawa et al. 2020 (arXiv:1911.08731).
    """
    real, fake = features(real=real, fake=fake)
    require(1, "worst-group", real=real, fake=fake)
    labels = np.unique(real_labels)
    size = min(len(real), len(fake)) // (2 * len(labels)) if per_group is None else per_group
    if size <= k:
        raise Undefined(
            f"worst-group with k = {k} needs more than {k} samples a label, and per_group is {size}: "
            f"raise n, raise per_group, or lower k"
        )
    sides = {"real": real_labels, "fake": fake_labels}
    _check_groups(labels, sides, size)
    drawn = {
        label: [
            array[np.sort(rng.choice(np.flatnonzero(side == label), size, replace=False))]
            for array, side in ((real, real_labels), (fake, fake_labels))
        ]
        for label in labels
    }
    distances = {str(label): kid(*pair, estimator="full").value for label, pair in drawn.items()}
    covered = {str(label): density_coverage(*pair, k=k)["coverage"] for label, pair in drawn.items()}
    return {
        "worst-kid": _worst(max, distances, size),
        "worst-coverage": _worst(min, covered, size),
    }


def _check_groups(labels: NDArray[np.int64], sides: dict[str, NDArray[np.int64]], size: int) -> None:
    """Raise Undefined, naming the smallest group, unless each has `size` rows on each side."""
    counts = [
        (int((given == label).sum()), side, int(label)) for side, given in sides.items() for label in labels
    ]
    count, side, label = min(counts)
    if count < size:
        raise Undefined(
            f"worst-group needs {size} samples of each label on each side, and {side} has {count} of label "
            f"{label}: lower per_group, or raise n"
        )


def _worst(choose: Callable[..., str], values: dict[str, float], size: int) -> Score:
    label = choose(values, key=values.__getitem__)
    return Score(values[label], extra={"by_label": values, "label": label, "per_group": size})
