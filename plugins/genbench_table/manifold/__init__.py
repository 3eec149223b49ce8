"""Fidelity and coverage of rows by balls around centres and neighbours."""

from __future__ import annotations

from functools import partial
from typing import Any

from genbench import MetricSpec, Output, better, unchanged, worse

__all__ = ["SPECS"]

_REAL = "copies of real rows are real"
_LEFT = "the remaining rows are as real as before"
_BIAS = "fewer fakes are less like the real rows by chance: compare at equal n"
_SMALL = worse | unchanged.because("it moves few rows, and by little")
_NEIGHBOURS: dict[str, Any] = {
    **dict.fromkeys(("shuffled-columns", "merged-categories", "shifted-dates"), (_SMALL, worse, worse)),
    "rounded": (_SMALL, _SMALL, worse),
    "imputed-gaps": _SMALL,
    "duplicates": worse | unchanged,
    **dict.fromkeys(("train-copies", "near-copies"), (unchanged | better).because(_REAL)),
}
_PRECISION = _NEIGHBOURS | {
    **dict.fromkeys(("dropped-modes", "collapse"), (worse | unchanged.because(_LEFT), worse, worse)),
    "smaller-n": unchanged | worse.because(_BIAS),
}
_RECALL = _NEIGHBOURS | {
    "misspelled-categories": (_SMALL, worse, worse),
    "smaller-n": unchanged | worse.because("fewer fakes reach fewer real rows: compare at equal n"),
}

_SHARE = partial(Output, direction="higher", best=1.0, range=(0.0, 1.0))

SPECS = (
    MetricSpec(
        name="alpha-precision",
        aspect="fidelity",
        make="genbench_table.manifold.alpha_precision:alpha_precision",
        summary="shares of fakes in balls around the centre of real rows, and of real rows near a fake",
        source="Alaa et al. 2022, arXiv:2102.08921",
        modalities=("table",),
        takes="features",
        extractor="table-encoder",
        outputs=(
            _SHARE(
                name="alpha-precision",
                summary="how well the distances of fakes to the centre follow those of real rows",
                expects=_PRECISION,
            ),
            _SHARE(
                name="beta-recall",
                aspect="diversity",
                summary="share of real rows whose closest fake is closer than their closest real row",
                expects=_RECALL,
            ),
        ),
        min_n=2,
        report=True,
    ),
)
