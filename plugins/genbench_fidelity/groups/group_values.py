"""Kernel distance and coverage of each label, at the same number of samples for all labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Undefined
from genbench_fidelity.distances.kid import kid
from genbench_fidelity.manifolds.density_coverage import density_coverage

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Labels = NDArray[np.int64]

__all__ = ["by_label", "check_groups", "cover_rows", "distance", "group_size"]


def distance(real: NDArray[Any], fake: NDArray[Any]) -> float:
    """Return the kernel distance of all rows of both sides, at least 2 each."""
    return kid(real, fake, estimator="full").value


def cover_rows(real: NDArray[Any], fake: NDArray[Any], *, k: int) -> float:
    """Return the coverage of the real rows, more than k, by any number of fakes; 0 without fakes."""
    if len(fake) == 0:
        return 0.0
    twice = np.repeat(fake, 2, axis=0) if len(fake) == 1 else fake  # a fake covers no more when it is doubled
    return density_coverage(real, twice, k=k)["coverage"]


def group_size(n: int, m: int, labels: Labels, per_group: int | None, *, least: int, metric: str) -> int:
    """Return the number of rows in a group on each side; raise Undefined if it is below `least`."""
    size = min(n, m) // (2 * len(np.unique(labels))) if per_group is None else per_group
    if size < least:
        raise Undefined(
            f"{metric} needs at least {least} samples a label, and per_group is {size}: raise n or per_group"
        )
    return size


def check_groups(labels: Labels, side: Labels, size: int, metric: str, name: str) -> None:
    """Raise Undefined, naming the smallest group, unless `side` has `size` rows of each of `labels`."""
    count, label = min((int((side == label).sum()), int(label)) for label in np.unique(labels))
    if count < size:
        raise Undefined(
            f"{metric} needs {size} samples of each label on each side, and {name} has {count} of label "
            f"{label}: lower per_group, or raise n"
        )


def by_label(
    measure: Callable[..., float],
    real: tuple[NDArray[Any], Labels],
    fake: tuple[NDArray[Any], Labels],
    size: int,
    draws: int,
    rng: np.random.Generator,
) -> dict[str, float]:
    """Return the mean over draws of `measure` on `size` rows a side, or on all rows if there are fewer.

    real, fake  rows and their labels; groups are the labels of the real side, ascending
    """
    groups = {
        str(label): tuple(rows[labels == label] for rows, labels in (real, fake))
        for label in np.unique(real[1])
    }
    return {
        label: float(np.mean([measure(*(_some(side, size, rng) for side in sides)) for _ in range(draws)]))
        for label, sides in groups.items()
    }


def _some(side: NDArray[Any], size: int, rng: np.random.Generator) -> NDArray[Any]:
    return side[rng.choice(len(side), size, replace=False)] if size < len(side) else side
