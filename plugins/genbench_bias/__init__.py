"""Bias probes: metrics of what a generator says and shows about groups of people."""

from __future__ import annotations

from genbench import MetricSpec, hookimpl
from genbench_bias import embeddings, likelihood, prompted, shares


@hookimpl
def genbench_metrics() -> list[MetricSpec]:
    """Return the bias probes."""
    return [spec for family in (likelihood, embeddings, prompted, shares) for spec in family.SPECS]
