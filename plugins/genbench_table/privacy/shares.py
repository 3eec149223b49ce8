"""Share of fakes that are closer to training rows than to unseen ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["closer_share", "even_share"]


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
