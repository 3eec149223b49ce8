"""Bounds of a number that a suite requires, such as ">= 0.9"."""

from __future__ import annotations

import math
import operator
import re
from typing import Any, NamedTuple

__all__ = ["Bound"]

_SIGNS = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}
_BOUND = re.compile(r"(>=|<=|>|<) ?(-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)")


class Bound(NamedTuple):
    """A bound: its sign, such as ">=", and its number."""

    sign: str
    number: float

    @classmethod
    def parse(cls, text: Any) -> Bound:
        """Return the bound in a text such as ">= 0.9"; raise ValueError for any other value."""
        match = _BOUND.fullmatch(text) if isinstance(text, str) else None
        if match is None or not math.isfinite(float(match[2])):
            raise ValueError(f"expected a bound such as '>= 0.9', got {text!r:.80}")
        return cls(match[1], float(match[2]))

    def holds(self, value: float) -> bool:
        """Return whether a value is within the bound."""
        return bool(_SIGNS[self.sign](value, self.number))
