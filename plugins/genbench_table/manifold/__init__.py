"""Fidelity and coverage of rows by balls around centres and neighbours."""

from __future__ import annotations

from genbench import MetricSpec, Output, better, unchanged

__all__ = ["SPECS"]

_REAL = "copies of real rows are real"
_LEFT = "the remaining rows are as real as before"
_SAME = (unchanged | better).because(_REAL)

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
                expects={"train-copies": _SAME, "near-copies": _SAME},
            ),
            Output(
                name="beta-recall",
                direction="higher",
                summary="share of real rows whose closest fake is closer than their closest real row",
                best=1.0,
                range=(0.0, 1.0),
                expects={"train-copies": _SAME, "near-copies": _SAME},
            ),
        ),
        min_n=2,
        report=True,
    ),
)
