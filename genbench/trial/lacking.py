"""A sampler as metrics get it: what it lacks is a reason to skip the metric, not an error of the metric."""

from __future__ import annotations

from typing import Any

from genbench.core.errors import Undefined

__all__ = ["GivenSampler", "LackingError"]


class LackingError(Undefined, AttributeError):
    """A sampler has no such method; `hasattr` sees an AttributeError, a record the reason."""


class GivenSampler:
    """Whatever a fitted sampler has, under its own names; what it has not raises LackingError."""

    def __init__(self, sampler: Any, name: str) -> None:
        self._sampler = sampler
        self._name = name

    def __getattr__(self, name: str) -> Any:
        """Return the sampler's own attribute."""
        try:
            return getattr(self._sampler, name)
        except AttributeError as error:
            raise LackingError(f"the sampler of {self._name} gives no {name}") from error
