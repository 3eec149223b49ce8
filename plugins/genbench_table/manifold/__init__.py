"""Fidelity and coverage of rows by balls around centres and neighbours."""

from __future__ import annotations

from genbench import MetricSpec, Output, better, unchanged, worse

__all__ = ["SPECS"]

_REAL = "copies of real rows are real"
_LEFT = "the remaining rows are as real as before"
_BIAS = "fewer fakes are less like the real rows by chance: compare at equal n"
_SAME = (unchanged | better).because(_REAL)
_SMALL = worse | unchanged.because("it moves few rows, and by little")
_PRECISION = {
    "shuffled-columns": (_SMALL, worse, worse),
    "dropped-modes": (worse | unchanged.because(_LEFT), worse, worse),
    "collapse": (worse | unchanged.because(_LEFT), worse, worse),
    "rounded": (_SMALL, _SMALL, worse),
    "merged-categories": (_SMALL, worse, worse),
    "shifted-dates": (_SMALL, worse, worse),
    "imputed-gaps": _SMALL,
    "duplicates": worse | unchanged,
    "train-copies": _SAME,
    "near-copies": _SAME,
    "smaller-n": unchanged | worse.because(_BIAS),
}
_RECALL = {
    "shuffled-columns": (_SMALL, worse, worse),
    "rounded": (_SMALL, _SMALL, worse),
    "merged-categories": (_SMALL, worse, worse),
    "misspelled-categories": (_SMALL, worse, worse),
    "shifted-dates": (_SMALL, worse, worse),
    "imputed-gaps": _SMALL,
    "duplicates": worse | unchanged,
    "train-copies": _SAME,
    "near-copies": _SAME,
    "smaller-n": unchanged | worse.because("fewer fakes reach fewer real rows: compare at equal n"),
}

SPECS = (
    MetricSpec(
        name="alpha-precision",
        make="genbench_table.manifold.alpha_precision:alpha_precision",
        summary="shares of fakes in balls around the centre of real rows, and of real rows near a fake",
        source="Alaa et al. 2022, arXiv:2102.08921",
        modalities=("table",),
        takes="features",
        extractor="table-encoder",
        outputs=(
            Output(
                name="alpha-precision",
                direction="higher",
                summary="how well the distances of fakes to the centre follow those of real rows",
                best=1.0,
                range=(0.0, 1.0),
                expects=_PRECISION,
            ),
            Output(
                name="beta-recall",
                direction="higher",
                summary="share of real rows whose closest fake is closer than their closest real row",
                best=1.0,
                range=(0.0, 1.0),
                expects=_RECALL,
            ),
        ),
        min_n=2,
        report=True,
    ),
)
