"""The checks of each kind of component."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genbench.checks.conformance.kinds import (
    datasets,
    executors,
    extractors,
    faults,
    generators,
    listeners,
    metrics,
    modalities,
)

if TYPE_CHECKING:
    from genbench.checks.conformance.checks import Check

__all__ = ["CHECKS"]

#: Kind of component to its checks, in the order in which they run.
CHECKS: dict[str, tuple[Check, ...]] = {
    "dataset": datasets.CHECKS,
    "executor": executors.CHECKS,
    "extractor": extractors.CHECKS,
    "fault": faults.CHECKS,
    "generator": generators.CHECKS,
    "listener": listeners.CHECKS,
    "metric": metrics.CHECKS,
    "modality": modalities.CHECKS,
}
