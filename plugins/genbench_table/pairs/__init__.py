"""Metrics of the dependence of pairs of columns."""

from __future__ import annotations

from genbench import MetricSpec

__all__ = ["SPECS"]

SPECS = (
    MetricSpec(
        name="pair-trends",
        make="genbench_table.pairs.trends:pair_trends",
        summary="similarity of the correlations and contingency tables of all pairs of columns",
        source="Column Pair Trends of SDMetrics before 2026",
        modalities=("table",),
        direction="higher",
        best=1.0,
        range=(0.0, 1.0),
        report=True,
    ),
    MetricSpec(
        name="pair-trends-strong",
        make="genbench_table.pairs.trends:pair_trends_strong",
        summary="pair-trends of the pairs that depend on each other in the real table",
        source="Column Pair Trends of SDMetrics since 2026",
        modalities=("table",),
        direction="higher",
        best=1.0,
        range=(0.0, 1.0),
        report=True,
    ),
)
