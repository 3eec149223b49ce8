"""Metrics of the dependence of pairs of columns.

Each `expects` says what planted faults do to the number, as seen on tables of numbers, dates, truth values
and categories with gaps. A fault that is not named is judged by the number's direction.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from genbench import MetricSpec, better, unchanged, worse

__all__ = ["SPECS"]

_MAYBE = worse | unchanged.because("a little is within the difference of two real tables")
_COPIES = worse | (unchanged | better).because("copies of training rows depend as real rows do")
_DATES = "a shift keeps correlations, and few pairs have a date"
_TEXTS = "no strong pair may have texts"
_FEW = worse | unchanged.because("the shuffled columns may depend on others little")

_PAIRS: dict[str, Any] = {
    **dict.fromkeys(
        ("noise", "collapse", "misspelled-categories", "rounded", "shifted-dates"), (_MAYBE, worse, worse)
    ),
    "shuffled-columns": (_FEW, _FEW, worse),
    "label-shift": worse | unchanged.because("labels may change the dependence little"),
    **dict.fromkeys(("train-copies", "near-copies"), _COPIES),
    "imputed-gaps": _MAYBE,
    "smaller-n": worse.because("contingency tables of fewer rows differ more: compare at equal n"),
}

_TRENDS = partial(
    MetricSpec, modalities=("table",), direction="higher", best=1.0, range=(0.0, 1.0), report=True
)

SPECS = (
    _TRENDS(
        name="pair-trends",
        aspect="dependence",
        make="genbench_table.pairs.trends:pair_trends",
        summary="similarity of the correlations and contingency tables of all pairs of columns",
        source="Column Pair Trends of SDMetrics before 2026; Zhang et al. 2024, arXiv:2310.09656",
        expects=_PAIRS,
    ),
    _TRENDS(
        name="pair-trends-strong",
        aspect="dependence",
        make="genbench_table.pairs.trends:pair_trends_strong",
        summary="pair-trends of the pairs that depend on each other in the real table",
        source="Column Pair Trends of SDMetrics since 2026, https://docs.sdv.dev/sdmetrics",
        expects=_PAIRS
        | {
            "shifted-dates": worse | unchanged.because(_DATES),
            "misspelled-categories": (_MAYBE, _MAYBE, worse | unchanged.because(_TEXTS)),
        },
    ),
)
