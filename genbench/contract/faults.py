"""Faults: known defects that a battery plants in real data, each declared by a plugin."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from genbench.contract.specs import CONTROL_LINE, CONTROLS, Spec, check_fields

__all__ = ["EFFECTS", "PENALISED", "FaultSpec"]

#: Effects of a fault on samples, and what is expected of a metric.
EFFECTS: dict[str, str] = {
    "worse": "moves the samples away from the law of the real ones: a ranked metric should get worse",
    "punished": "imitates good samples, as copies do: a ranked metric should get worse",
    "unchanged": "changes nothing that counts: no metric should change",
    "any": "is neither good nor bad in itself: nothing is expected",
}

#: The effects under which a ranked metric should get worse.
PENALISED = ("worse", "punished")


@check_fields
@dataclass(frozen=True, kw_only=True)
class FaultSpec(Spec):
    """A fault: `make(real, train, level, *, rng)` returns damaged Samples, as many as `real`.

    `make` has those of these parameters that it needs. It raises Undefined if the fault cannot be planted in
    the samples.

    levels  its levels, mildest first: the text that a card shows, with the number that `make` receives as
            `level`, such as {"25 %": 0.25, "50 %": 0.5}
    effect  "worse", "punished", "unchanged" or "any", as in EFFECTS
    control  the role of the control that has this fault to the full, such as "floor" for noise, or None. If a
             metric's `expects` states that it may miss the fault, it may miss this control too
    """

    kind: ClassVar[str] = "fault"

    levels: Mapping[str, float] = field(hash=False)
    effect: str
    control: str | None = None

    def __post_init__(self) -> None:
        """Raise PluginError for a field of the fault's spec that is invalid."""
        super().__post_init__()
        self._require(
            isinstance(self.levels, Mapping)
            and bool(self.levels)  # at least one level
            and all(isinstance(text, str) and text.strip() for text in self.levels)
            and all(_is_finite_number(number) for number in self.levels.values()),
            f"levels {self.levels!r} are not texts with a finite number each, such as {{'50 %': 0.5}}",
        )
        self._require(
            self.effect in EFFECTS, f"effect is {self.effect!r}; expected one of {', '.join(EFFECTS)}"
        )
        self._require(
            self.control is None or self.control in CONTROLS,
            f"control is {self.control!r}; write {CONTROL_LINE}, or leave it out",
        )


def _is_finite_number(value: Any) -> bool:
    """Return whether a value is a finite number; a bool, which Python counts as an int, is none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
