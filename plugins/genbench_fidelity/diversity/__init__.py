"""Diversity of the fakes."""

from __future__ import annotations

import math
from functools import partial

from genbench import MetricSpec, Output, better, falls, rises, unchanged, worse

__all__ = ["SPECS"]

_BIAS = "it is biased upwards at small n: compare at equal n"
_COPIES = ("train-copies", "near-copies")
_AS_DIVERSE = "copies are as diverse as what they copy"
_COPIES_FALL = dict.fromkeys(_COPIES, falls | unchanged.because(_AS_DIVERSE))
_WIDE = unchanged.because("samples stay in their bins, which are wide")
_BINS = {
    "noise": _WIDE,
    "blur": (_WIDE, worse, worse),
    "duplicates": worse,
    **dict.fromkeys(_COPIES, (unchanged | better).because("the bins are those of the training samples")),
}

_DIFFERENCE = partial(Output, direction="lower")
_METRIC = partial(MetricSpec, takes="features")

SPECS = (
    _METRIC(
        name="vendi",
        aspect="diversity",
        make="genbench_fidelity.diversity.vendi:vendi",
        summary="effective number of different samples",
        source="Friedman & Dieng 2023, arXiv:2210.02410",
        range=(1.0, None),
        report=True,
        expects={
            "noise": falls | (rises | unchanged).because("noise counts as diversity"),
            "blur": falls,
            "dropped-modes": falls,
            "collapse": (unchanged | falls, falls, falls),
            "duplicates": unchanged | falls,
            "label-shift": falls,
            **_COPIES_FALL,
            "smaller-n": unchanged | falls,  # it cannot exceed n, nor come near it: compare at equal n
        },
    ),
    _METRIC(
        name="ndb",
        aspect="diversity",
        make="genbench_fidelity.diversity.ndb:ndb",
        summary="bins of the training data that fakes fill differently",
        source="Richardson & Weiss 2018, arXiv:1805.12462",
        outputs=(
            _DIFFERENCE(
                name="ndb", summary="number of significantly different bins", range=(0.0, None), expects=_BINS
            ),
            _DIFFERENCE(
                name="jsd",
                summary="Jensen-Shannon divergence of the bins' shares, nats",
                best=0.0,
                range=(0.0, math.log(2)),
                expects=_BINS | {"smaller-n": worse.because(_BIAS)},
            ),
        ),
        min_n=2,
    ),
    _METRIC(
        name="birthday",
        aspect="diversity",
        make="genbench_fidelity.diversity.birthday:birthday",
        summary="size of the fakes' support, by the birthday paradox",
        source="Arora & Zhang 2018, arXiv:1706.08224",
        range=(4.0, None),
        min_n=2,
        expects={
            "noise": rises.because("noise never repeats itself, so its support seems unlimited"),
            **dict.fromkeys(("blur", "dropped-modes", "collapse", "duplicates", "label-shift"), falls),
            **dict.fromkeys(
                _COPIES, unchanged.because("copies repeat each other as seldom as what they copy")
            ),
            "smaller-n": unchanged,
        },
    ),
    MetricSpec(
        name="ms-ssim-diversity",
        aspect="diversity",
        make="genbench_fidelity.diversity.ms_ssim:ms_ssim_diversity",
        summary="mean structural similarity (SSIM) of pairs of fakes",
        source="Odena et al. 2017, arXiv:1610.09585",
        modalities=("image",),
        range=(0.0, 1.0),
        min_n=2,
        expects={
            "noise": falls.because("noise makes images unlike each other"),
            "blur": rises,
            **dict.fromkeys(("dropped-modes", "collapse"), unchanged | rises),
            **dict.fromkeys(("duplicates", "smaller-n"), unchanged),
            "label-shift": rises,
            **dict.fromkeys(_COPIES, unchanged.because(_AS_DIVERSE)),
        },
    ),
    _METRIC(
        name="lpips-diversity",
        aspect="diversity",
        make="genbench_fidelity.diversity.lpips_diversity:lpips_diversity",
        summary="mean perceptual distance (LPIPS) of pairs of fakes",
        source="Zhang et al. 2018, arXiv:1801.03924",
        extractor="lpips",
        range=(0.0, None),
        min_n=2,
        expects={
            "noise": falls | (rises | unchanged).because("noise makes samples unlike each other"),
            "blur": falls,
            **dict.fromkeys(("dropped-modes", "collapse"), unchanged | falls),
            **dict.fromkeys(("duplicates", "smaller-n"), unchanged),
            "label-shift": falls,
            **_COPIES_FALL,
        },
    ),
    _METRIC(
        name="path-length",
        make="genbench_fidelity.diversity.path_length:path_length",
        summary="squared change of samples per small step of the latents",
        source="Karras et al. 2019, arXiv:1812.04948",
        extractor="lpips",
        direction="lower",
        range=(0.0, None),
        known_failures={"aspect": "equal samples have the shortest path, so it may not vote"},
    ),
)
