"""One number of a metric: what it is called, and how it is read."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from genbench.contract.expectations import read_expects
from genbench.core.errors import PluginError
from genbench.core.names import check_name

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["COLUMNS", "DIRECTIONS", "Output"]

DIRECTIONS = ("lower", "higher", "target", "none")

#: Columns of a leaderboard that every board has; no metric can bear their names.
COLUMNS = ("dataset", "generator", "plugin", "seeds", "n", "rank")


@dataclass(frozen=True, kw_only=True)
class Output:
    """One number of a metric that yields several: each is addressed as a metric of its own.

    direction  "lower" or "higher" is better, "target": nearest to `best` is, "none": not ranked
    best       the ideal value, or None
    range      the least and the greatest value it can take, None where there is no bound
    expects    what planted faults do to it, known failures included: {"noise": "+", "blur": "0!: why"}
    """

    name: str
    direction: str
    summary: str = ""
    best: float | None = None
    range: tuple[float | None, float | None] = (None, None)
    expects: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        check_name(self.name, "metric output")
        if self.name in COLUMNS:
            raise PluginError(f"metric output {self.name!r} bears the name of a column; choose another name")
        if self.direction not in DIRECTIONS:
            expected = ", ".join(DIRECTIONS)
            raise PluginError(
                f"metric output {self.name!r}: direction {self.direction!r}; expected {expected}"
            )
        if self.best is not None and not math.isfinite(self.best):
            raise PluginError(f"metric output {self.name!r}: best is {self.best}; expected a finite number")
        if self.direction == "target" and self.best is None:
            raise PluginError(f"metric output {self.name!r}: direction 'target' needs best")
        try:
            read_expects(self.expects, self.direction)
        except ValueError as error:
            raise PluginError(f"metric output {self.name!r}: {error}") from error
