"""Tests of whether a classifier tells fake rows from real ones."""

from __future__ import annotations

from functools import partial

from genbench import MetricSpec, better, unchanged, worse

__all__ = ["SPECS"]

_LAW = "it compares laws of rows, and copies of training rows follow the law"
_SHIFTED = worse | unchanged.because("a linear classifier sees means that shift, and this shifts them little")
_COLUMNS = "columns keep their values, and a linear classifier sees one column at a time"

_SAME_LAW = dict.fromkeys(("train-copies", "near-copies"), (unchanged | better).because(_LAW)) | {
    "duplicates": worse | unchanged
}
_METRIC = partial(MetricSpec, modalities=("table",), min_n=10)

SPECS = (
    _METRIC(
        name="c2st",
        aspect="fidelity",
        make="genbench_table.detection.c2st:c2st",
        summary="area under the ROC curve of boosted trees that tell fake rows from real ones",
        source="Lopez-Paz & Oquab 2017, arXiv:1610.06545",
        direction="lower",
        best=0.5,
        range=(0.5, 1.0),
        report=True,
        trains_model=True,
        expects={
            **_SAME_LAW,
            "smaller-n": unchanged | better.because("fewer rows teach the trees less: compare at equal n"),
        },
    ),
    _METRIC(
        name="logistic-detection",
        aspect="fidelity",
        make="genbench_table.detection.logistic_detection:logistic_detection",
        summary="1 for fake rows that a logistic regression cannot tell from real ones; blind to dependence",
        source="sdmetrics 0.32, LogisticDetection; Lopez-Paz & Oquab 2017, arXiv:1610.06545",
        direction="higher",
        best=1.0,
        range=(0.0, 1.0),
        trains_model=True,
        expects={
            **_SAME_LAW,
            **dict.fromkeys(("noise", "imputed-gaps"), _SHIFTED),
            "shuffled-columns": (unchanged | better).because(_COLUMNS),
            "rounded": (_SHIFTED, _SHIFTED, worse),
            "shifted-dates": (_SHIFTED, worse, worse),
        },
    ),
)
