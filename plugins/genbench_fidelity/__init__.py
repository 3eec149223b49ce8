"""Metrics on samples and their features: fidelity, coverage, diversity, memorisation."""

from __future__ import annotations

from genbench import MetricSpec, hookimpl


@hookimpl
def genbench_metrics() -> list[MetricSpec]:
    """Return the fidelity metrics."""
    return []
