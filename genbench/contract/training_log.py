"""The log of a training: its losses, at a hundred of its steps."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, SupportsFloat

from genbench.core.errors import Invalid

if TYPE_CHECKING:
    from genbench.contract.steps import Log

__all__ = ["log_losses"]

_TIMES = 100


def log_losses(log: Log, step: int, total: int, **losses: SupportsFloat) -> None:
    """Give the losses of a training to `log` about a hundred times in `total` steps, and after the last.

    log     as a generator gets it: `log(step, total, **values)`
    step    1 to total
    losses  numbers, or tensors of one number, which are read only where they are logged

    Raises Invalid if one of them is not finite.
    """
    if step != total and step % max(1, total // _TIMES):
        return
    values = {name: loss.item() if hasattr(loss, "item") else float(loss) for name, loss in losses.items()}
    if not all(map(math.isfinite, values.values())):
        raise Invalid(f"training diverged: the losses at step {step} of {total} are {values}; lower "
                      f"learning_rate")  # fmt: skip
    log(step, total, **values)
