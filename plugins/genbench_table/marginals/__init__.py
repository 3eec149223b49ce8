"""Metrics of single columns.

Each `expects` says what planted faults do to the number, as seen on tables of numbers, dates, truth values
and categories with gaps. A fault that is not named is judged by the number's direction.
"""

from __future__ import annotations

from typing import Any

from genbench import MetricSpec, Output, better, unchanged, worse

__all__ = ["SPECS"]

_ALONE = "it looks at each column by itself"
_LAW = "copies of training rows follow the law of the columns"
_SIZE = "samples of one law differ more at smaller n: compare at equal n"
_LITTLE = "a little is within the difference of two real tables"
_NUMBERS = "it sees numbers and dates only"
_CATEGORIES = "it sees categories and truth values only"
_GAPS = "it sees only how many values are missing"
_VALID = "the remaining values are valid"
_INSIDE = "values stay within the range of their column"
_MODES = "labels may change the columns of interest little"

_MAYBE = worse | unchanged.because(_LITTLE)
_ANY_MODES = worse | unchanged.because(_MODES)

#: What most of them have in common.
_COLUMNS: dict[str, Any] = {
    "shuffled-columns": unchanged.because(_ALONE),
    "dropped-modes": _ANY_MODES,
    "label-shift": _ANY_MODES,
    "train-copies": worse | (unchanged | better).because(_LAW),
    "near-copies": worse | (unchanged | better).because(_LAW),
    "collapse": (_MAYBE, _MAYBE, worse),
    "smaller-n": unchanged | worse.because(_SIZE),
}
_ON_CATEGORIES = ("dropped-categories", "merged-categories", "misspelled-categories")
_NO_CATEGORIES = dict.fromkeys(_ON_CATEGORIES, unchanged.because(_NUMBERS))
_NO_NUMBERS = dict.fromkeys(("noise", "rounded", "shifted-dates"), unchanged.because(_CATEGORIES))

_STAYS_VALID = worse | (unchanged | better).because(_VALID)
#: The share of valid values knows no shares, and a sample without rare values has fewer that are invalid.
_VALIDITY: dict[str, Any] = _COLUMNS | dict.fromkeys(
    ("dropped-modes", "collapse", "label-shift", "train-copies", "near-copies", "imputed-gaps"), _STAYS_VALID
)
_NUMBERS_VALID: dict[str, Any] = {
    "noise": worse | unchanged.because(_INSIDE),
    "rounded": worse | (unchanged | better).because(_INSIDE),
    "shifted-dates": worse | (unchanged | better).because(_INSIDE),
}
_WITHOUT_RARE = dict.fromkeys(
    ("dropped-categories", "merged-categories"), worse | (unchanged | better).because(_VALID)
)


def _share(name: str, summary: str, expects: dict[str, Any]) -> Output:
    """Return a number that is a share of which more is better."""
    return Output(name=name, direction="higher", summary=summary, best=1.0, range=(0.0, 1.0), expects=expects)


def _statistic(name: str, what: str, expects: dict[str, Any]) -> Output:
    summary = f"similarity of the {what} of each column, as a share of its range"
    return _share(f"{name}-similarity", summary, _COLUMNS | _NO_CATEGORIES | expects)


SPECS = (
    MetricSpec(
        name="shapes",
        make="genbench_table.marginals.shapes:shapes",
        summary="similarity of the distribution of each column, mean over columns",
        source="Column Shapes of SDMetrics; Zhang et al. 2024, arXiv:2310.09656",
        modalities=("table",),
        direction="higher",
        best=1.0,
        range=(0.0, 1.0),
        report=True,
        expects=_COLUMNS
        | {
            "noise": (_MAYBE, worse, worse),
            "misspelled-categories": (_MAYBE, worse, worse),
            "rounded": (_MAYBE, worse, worse),
            "shifted-dates": (_MAYBE, worse, worse),
            "imputed-gaps": _MAYBE,
        },
    ),
    MetricSpec(
        name="table-validity",
        make="genbench_table.marginals.table_validity:table_validity",
        summary="share of values within the real range, or of a real category, mean over columns",
        source="Data Validity of SDMetrics, https://docs.sdv.dev/sdmetrics",
        modalities=("table",),
        direction="higher",
        best=1.0,
        range=(0.0, 1.0),
        report=True,
        expects=_VALIDITY | _NUMBERS_VALID | _WITHOUT_RARE,
    ),
    MetricSpec(
        name="ranges",
        make="genbench_table.marginals.ranges:ranges",
        summary="ranges of numbers and dates: how much is covered, and what is outside",
        source="RangeCoverage and BoundaryAdherence of SDMetrics, https://docs.sdv.dev/sdmetrics",
        modalities=("table",),
        outputs=(
            _share(
                "range-coverage",
                "share of the real range between the extremes of the fakes",
                _COLUMNS
                | _NO_CATEGORIES
                | {
                    "noise": worse | (unchanged | better).because("noise widens the range of the fakes"),
                    "rounded": worse | (unchanged | better).because("rounding keeps the extremes"),
                    "shifted-dates": _MAYBE,
                    "imputed-gaps": unchanged.because(_INSIDE),
                    "smaller-n": unchanged | worse.because("the range grows with n: compare at equal n"),
                },
            ),
            _share(
                "boundary-adherence",
                "share of fake values within the real range",
                _VALIDITY | _NUMBERS_VALID | _NO_CATEGORIES,
            ),
        ),
    ),
    MetricSpec(
        name="categories",
        make="genbench_table.marginals.categories:categories",
        summary="categories: which real ones appear, and which values are unknown",
        source="CategoryCoverage and CategoryAdherence of SDMetrics, https://docs.sdv.dev/sdmetrics",
        modalities=("table",),
        outputs=(
            _share(
                "category-coverage",
                "share of the real categories that a fake has",
                _COLUMNS
                | _NO_NUMBERS
                | {
                    "collapse": _MAYBE,
                    "misspelled-categories": worse
                    | unchanged.because("most categories keep a cell with the right spelling"),
                    "imputed-gaps": unchanged.because("the most frequent category is a real one"),
                },
            ),
            _share(
                "category-adherence",
                "share of fake values whose category is a real one",
                _VALIDITY | _NO_NUMBERS | _WITHOUT_RARE,
            ),
        ),
    ),
    MetricSpec(
        name="missing-similarity",
        make="genbench_table.marginals.missing_similarity:missing_similarity",
        summary="similarity of the share of missing values, mean over columns",
        source="MissingValueSimilarity of SDMetrics, https://docs.sdv.dev/sdmetrics",
        modalities=("table",),
        direction="higher",
        best=1.0,
        range=(0.0, 1.0),
        report=True,
        expects=_COLUMNS
        | dict.fromkeys(("noise", "rounded", "shifted-dates", *_ON_CATEGORIES), unchanged.because(_GAPS))
        | {"collapse": _MAYBE, "imputed-gaps": (_MAYBE, worse, worse)},
    ),
    MetricSpec(
        name="statistic-similarity",
        make="genbench_table.marginals.statistic_similarity:statistic_similarity",
        summary="similarity of the mean, the median and the standard deviation of each number",
        source="StatisticSimilarity of SDMetrics, https://docs.sdv.dev/sdmetrics",
        modalities=("table",),
        outputs=(
            _statistic(
                "mean",
                "mean",
                {
                    "noise": _MAYBE,
                    "rounded": _MAYBE,
                    "shifted-dates": (_MAYBE, worse, worse),
                    "imputed-gaps": unchanged.because("the mean of a column keeps its mean"),
                },
            ),
            _statistic(
                "median",
                "median",
                {
                    "noise": _MAYBE,
                    "rounded": _MAYBE,
                    "shifted-dates": (_MAYBE, worse, worse),
                    "imputed-gaps": worse | (unchanged | better).because("the mean is near the median"),
                },
            ),
            _statistic(
                "std",
                "standard deviation",
                {
                    "noise": (_MAYBE, worse, worse),
                    "rounded": _MAYBE,
                    "shifted-dates": unchanged.because("a shift keeps the spread"),
                    "imputed-gaps": worse | (unchanged | better).because(_LITTLE),
                },
            ),
        ),
    ),
)
