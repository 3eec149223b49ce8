"""What a generator logs while it is fitted: shown as it comes, and kept."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["History"]


class History(list[dict[str, Any]]):
    """The steps of a training: {"step", "total", and its own values}; what is not finite is None.

    report(**event) is told of each step as it comes.
    """

    def __init__(self, report: Callable[..., None]) -> None:
        super().__init__()
        self._report = report

    def log(self, step: int, total: int, **values: float) -> None:
        """Keep a step and report it; this is the `log` that components are given."""
        plain = {name: float(value) for name, value in values.items()}
        finite = {name: value if math.isfinite(value) else None for name, value in plain.items()}
        self.append({"step": int(step), "total": int(total)} | finite)
        self._report(step=int(step), total=int(total), values=plain)
