"""Metrics of single columns."""

from __future__ import annotations

from genbench import MetricSpec, Output

__all__ = ["SPECS"]


SPECS = (
    MetricSpec(
        name="shapes",
        make="genbench_table.marginals.shapes:shapes",
        summary="similarity of the distribution of each column, mean over columns",
        source="Column Shapes of SDMetrics",
        modalities=("table",),
        direction="higher",
        best=1.0,
        range=(0.0, 1.0),
        report=True,
    ),
    MetricSpec(
        name="table-validity",
        make="genbench_table.marginals.table_validity:table_validity",
        summary="share of values within the real range, or of a real category, mean over columns",
        source="Data Validity of SDMetrics",
        modalities=("table",),
        direction="higher",
        best=1.0,
        range=(0.0, 1.0),
        report=True,
    ),
    MetricSpec(
        name="ranges",
        make="genbench_table.marginals.ranges:ranges",
        summary="ranges of numbers and dates: how much is covered, and what is outside",
        source="RangeCoverage and BoundaryAdherence of SDMetrics",
        modalities=("table",),
        outputs=(
            Output(
                name="range-coverage",
                direction="higher",
                summary="share of the real range between the extremes of the fakes",
                best=1.0,
                range=(0.0, 1.0),
            ),
            Output(
                name="boundary-adherence",
                direction="higher",
                summary="share of fake values within the real range",
                best=1.0,
                range=(0.0, 1.0),
            ),
        ),
    ),
    MetricSpec(
        name="categories",
        make="genbench_table.marginals.categories:categories",
        summary="categories: which real ones appear, and which values are unknown",
        source="CategoryCoverage and CategoryAdherence of SDMetrics",
        modalities=("table",),
        outputs=(
            Output(
                name="category-coverage",
                direction="higher",
                summary="share of the real categories that a fake has",
                best=1.0,
                range=(0.0, 1.0),
            ),
            Output(
                name="category-adherence",
                direction="higher",
                summary="share of fake values whose category is a real one",
                best=1.0,
                range=(0.0, 1.0),
            ),
        ),
    ),
    MetricSpec(
        name="missing-similarity",
        make="genbench_table.marginals.missing_similarity:missing_similarity",
        summary="similarity of the share of missing values, mean over columns",
        source="MissingValueSimilarity of SDMetrics",
        modalities=("table",),
        direction="higher",
        best=1.0,
        range=(0.0, 1.0),
        report=True,
    ),
    MetricSpec(
        name="statistic-similarity",
        make="genbench_table.marginals.statistic_similarity:statistic_similarity",
        summary="similarity of the mean, the median and the standard deviation of each number",
        source="StatisticSimilarity of SDMetrics",
        modalities=("table",),
        outputs=tuple(
            Output(
                name=f"{name}-similarity",
                direction="higher",
                summary=f"similarity of the {what} of each column, as a share of its range",
                best=1.0,
                range=(0.0, 1.0),
            )
            for name, what in (("mean", "mean"), ("median", "median"), ("std", "standard deviation"))
        ),
    ),
)
