"""The checks of each kind of component."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genbench.conformance.kinds import extractors, generators, metrics

if TYPE_CHECKING:
    from genbench.conformance.checks import Check

__all__ = ["CHECKS"]

#: Kind of component to its checks, in the order in which they run.
CHECKS: dict[str, tuple[Check, ...]] = {
    "extractor": extractors.CHECKS,
    "generator": generators.CHECKS,
    "metric": metrics.CHECKS,
}
