"""Steps of long work, and losses of a training, told to the `log` that the host gives a component."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Protocol, SupportsFloat, TypeVar

from genbench.core.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

T = TypeVar("T")
__all__ = ["Log", "Steps", "log_losses", "log_parts"]

_TIMES = 100  # a training is logged: enough points for a curve
_THOUSAND = 1000  # the parts of all work that a display counts
_ROUNDING = 1e-9  # of sums of shares, which may end just below a whole part


class Log(Protocol):
    """The `log` that the host gives a component, which calls it after each part of long work."""

    def __call__(self, step: int, total: int, **values: float) -> object:
        """Tell that `step` of `total` steps are done, and, in a training, values such as losses."""


class Steps:
    """The steps of some work, told to `log` as thousandths of all work: `log(370, 1000)`.

    work  of all steps together, > 0, in any unit that grows like their time: rows, blocks, operations

    It tells of 0 at once, so that the first step lets the host say how much time is left.
    """

    def __init__(self, log: Log, work: float) -> None:
        """Tell `log` at once that nothing of the `work`, in any unit, is done."""
        self._log, self._work = log, work
        self._done, self._reported = 0.0, 0
        log(0, _THOUSAND)

    def add(self, work: float = 1) -> None:
        """Note that a step is done, whose `work` is in the unit of the whole."""
        self.reach(self._done + work)

    def over(self, items: Iterable[T], work: float = 1) -> Iterator[T]:
        """Yield the items; note the `work` of each one after the loop has done it, as the next one is due."""
        for item in items:
            yield item
            self.add(work)

    def reach(self, done: float) -> None:
        """Note how much work is `done`, in the unit of all work; tell `log` of each further thousandth."""
        self._done = done
        # _ROUNDING: a sum of floats may end just below a whole thousandth
        part = min(_THOUSAND, int(_THOUSAND * done / self._work + _ROUNDING))
        if part > self._reported:
            self._reported = part
            self._log(part, _THOUSAND)


def log_parts(log: Log, *amounts: float) -> list[Log]:
    """Return one log for each part of some work; each tells `log` how much of the whole work is done.

    amounts  the work of each part, in one unit that grows like their time

    `log` gets thousandths of the whole work, as from `Steps`.
    """
    steps = Steps(log, sum(amounts))

    def make_log(start: float, work: float) -> Log:
        """Return the log of a part that begins at `start` and takes `work`, in the unit of `amounts`."""

        def log(step: int, total: int, **values: float) -> None:
            """Note the work of all parts that is done after `step` of the `total` steps of this part."""
            del values  # such as a loss: it belongs to one part, and `log` gets progress of all parts
            steps.reach(start + work * step / total)

        return log

    starts = itertools.accumulate(amounts[:-1], initial=0.0)
    return [make_log(start, work) for start, work in zip(starts, amounts, strict=True)]


def log_losses(log: Log, step: int, total: int, **losses: SupportsFloat) -> None:
    """Give the losses of a training to `log` about a hundred times in `total` steps, and after the last.

    log     as a generator gets it: `log(step, total, **values)`
    step    1 to total
    losses  numbers, or tensors of one number, which are read only where they are logged

    Raises Invalid if one of them is not finite.
    """
    if step != total and step % max(1, total // _TIMES):
        return  # neither the last step nor one of about a hundred
    values = {name: loss.item() if hasattr(loss, "item") else float(loss) for name, loss in losses.items()}
    if not all(map(math.isfinite, values.values())):
        raise Invalid(f"training diverged: the losses at step {step} of {total} are {values}; lower "
                      f"learning_rate")  # fmt: skip
    log(step, total, **values)
