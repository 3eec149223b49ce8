"""Metrics of single columns.

Each `expects` says what planted faults do to the number, as seen on tables of numbers, dates, truth values
and categories with gaps. A fault that is not named is judged by the number's direction.
"""

from __future__ import annotations

from functools import partial
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
_SPELT = "most categories keep a cell with the right spelling"
_VALID = "the remaining values are valid"
_INSIDE = "values stay within the range of their column"
_MODES = "labels may change the columns of interest little"

_MAYBE = worse | unchanged.because(_LITTLE)
_SEEN = (_MAYBE, worse, worse)
_ON_NUMBERS = ("noise", "rounded", "shifted-dates")

#: What most of them have in common.
_COLUMNS: dict[str, Any] = {
    "shuffled-columns": unchanged.because(_ALONE),
    **dict.fromkeys(("dropped-modes", "label-shift"), worse | unchanged.because(_MODES)),
    **dict.fromkeys(("train-copies", "near-copies"), worse | (unchanged | better).because(_LAW)),
    "collapse": (_MAYBE, _MAYBE, worse),
    "smaller-n": unchanged | worse.because(_SIZE),
}
_ON_CATEGORIES = ("dropped-categories", "merged-categories", "misspelled-categories")
_NO_CATEGORIES = dict.fromkeys(_ON_CATEGORIES, unchanged.because(_NUMBERS))
_NO_NUMBERS = dict.fromkeys(_ON_NUMBERS, unchanged.because(_CATEGORIES))

_STAYS_VALID = worse | (unchanged | better).because(_VALID)
#: The share of valid values knows no shares, and a sample without rare values has fewer that are invalid.
_VALIDITY: dict[str, Any] = _COLUMNS | dict.fromkeys(
    ("dropped-modes", "collapse", "label-shift", "train-copies", "near-copies", "imputed-gaps"), _STAYS_VALID
)
_NUMBERS_VALID: dict[str, Any] = {
    "noise": worse | unchanged.because(_INSIDE),
    **dict.fromkeys(("rounded", "shifted-dates"), worse | (unchanged | better).because(_INSIDE)),
}
_WITHOUT_RARE = dict.fromkeys(("dropped-categories", "merged-categories"), _STAYS_VALID)
#: Of the mean and of the median.
_MOVED = {**dict.fromkeys(("noise", "rounded"), _MAYBE), "shifted-dates": _SEEN}

_METRIC = partial(MetricSpec, modalities=("table",))
_SIMILARITY = partial(
    MetricSpec, modalities=("table",), direction="higher", best=1.0, range=(0.0, 1.0), report=True
)


def _share(name: str, summary: str, expects: dict[str, Any], aspect: str = "") -> Output:
    """Return a number that is a share of which more is better."""
    return Output(
        name=name, direction="higher", summary=summary, best=1.0, range=(0.0, 1.0), expects=expects,
        aspect=aspect,
    )  # fmt: skip


def _statistic(name: str, what: str, expects: dict[str, Any]) -> Output:
    summary = f"similarity of the {what} of each column, as a share of its range"
    return _share(f"{name}-similarity", summary, _COLUMNS | _NO_CATEGORIES | expects)


SPECS = (
    _SIMILARITY(
        name="shapes",
        aspect="fidelity",
        make="genbench_table.marginals.shapes:shapes",
        summary="similarity of the distribution of each column, mean over columns",
        source="Column Shapes of SDMetrics; Zhang et al. 2024, arXiv:2310.09656",
        expects=_COLUMNS
        | dict.fromkeys((*_ON_NUMBERS, "misspelled-categories"), _SEEN)
        | {"imputed-gaps": _MAYBE},
    ),
    _SIMILARITY(
        name="table-validity",
        aspect="validity",
        make="genbench_table.marginals.table_validity:table_validity",
        summary="share of values within the real range, or of a real category, mean over columns",
        source="Data Validity of SDMetrics, https://docs.sdv.dev/sdmetrics",
        expects=_VALIDITY | _NUMBERS_VALID | _WITHOUT_RARE,
    ),
    _METRIC(
        name="ranges",
        aspect="diversity",
        make="genbench_table.marginals.ranges:ranges",
        summary="ranges of numbers and dates: how much is covered, and what is outside",
        source="RangeCoverage and BoundaryAdherence of SDMetrics, https://docs.sdv.dev/sdmetrics",
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
                aspect="validity",
            ),
        ),
    ),
    _METRIC(
        name="categories",
        aspect="diversity",
        make="genbench_table.marginals.categories:categories",
        summary="categories: which real ones appear, and which values are unknown",
        source="CategoryCoverage and CategoryAdherence of SDMetrics, https://docs.sdv.dev/sdmetrics",
        outputs=(
            _share(
                "category-coverage",
                "share of the real categories that a fake has",
                _COLUMNS
                | _NO_NUMBERS
                | {
                    "collapse": _MAYBE,
                    "misspelled-categories": worse | unchanged.because(_SPELT),
                    "imputed-gaps": unchanged.because("the most frequent category is a real one"),
                },
            ),
            _share(
                "category-adherence",
                "share of fake values whose category is a real one",
                _VALIDITY | _NO_NUMBERS | _WITHOUT_RARE,
                aspect="validity",
            ),
        ),
    ),
    _SIMILARITY(
        name="missing-similarity",
        aspect="fidelity",
        make="genbench_table.marginals.missing_similarity:missing_similarity",
        summary="similarity of the share of missing values, mean over columns",
        source="MissingValueSimilarity of SDMetrics, https://docs.sdv.dev/sdmetrics",
        expects=_COLUMNS
        | dict.fromkeys((*_ON_NUMBERS, *_ON_CATEGORIES), unchanged.because(_GAPS))
        | {"collapse": _MAYBE, "imputed-gaps": _SEEN},
    ),
    _METRIC(
        name="statistic-similarity",
        aspect="fidelity",
        make="genbench_table.marginals.statistic_similarity:statistic_similarity",
        summary="similarity of the mean, the median and the standard deviation of each number",
        source="StatisticSimilarity of SDMetrics, https://docs.sdv.dev/sdmetrics",
        outputs=(
            _statistic(
                "mean",
                "mean",
                {**_MOVED, "imputed-gaps": unchanged.because("the mean of a column keeps its mean")},
            ),
            _statistic(
                "median",
                "median",
                {
                    **_MOVED,
                    "imputed-gaps": worse | (unchanged | better).because("the mean is near the median"),
                },
            ),
            _statistic(
                "std",
                "standard deviation",
                {
                    "noise": _SEEN,
                    "rounded": _MAYBE,
                    "shifted-dates": unchanged.because("a shift keeps the spread"),
                    "imputed-gaps": worse | (unchanged | better).because(_LITTLE),
                },
            ),
        ),
    ),
)
