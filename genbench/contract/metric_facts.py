"""Facts of a metric by which a board ranks its numbers without its plugin."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["MetricFacts"]


@dataclass(frozen=True, kw_only=True)
class MetricFacts:
    """The facts of a metric that its plan, its records and its board carry on, whole.

    A new fact is a field here, with a default that old plans and records have: `specs.MetricSpec.facts` sets
    it, `results.cells` reads it, and what uses it on a board reads it.

    direction        "lower", "higher", "target" or "none"
    best             the ideal value, or None
    range            the least and the greatest possible value, None for no bound
    any_valid_share  whether boards rank it at any share of samples with features
    unseen_controls  roles of controls whose flaws the metric may not see, so that boards do not warn of them
    """

    direction: str = "none"
    best: float | None = None
    range: tuple[float | None, float | None] = (None, None)
    any_valid_share: bool = False
    unseen_controls: tuple[str, ...] = ()

    @property
    def is_ranked(self) -> bool:
        """Whether the metric says which of two values is better."""
        return self.direction != "none"

    @property
    def target(self) -> float | None:
        """The value that is best to be near to, None for a metric of another direction."""
        return self.best if self.direction == "target" else None

    def to_json(self) -> dict[str, Any]:
        """Return the facts as JSON; those that came later only where they differ from their defaults."""
        first = {"direction": self.direction, "best": self.best}
        return first | {name: value for name, value in asdict(self).items() if value != _DEFAULTS[name]}


_DEFAULTS = asdict(MetricFacts())
