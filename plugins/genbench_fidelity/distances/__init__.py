"""Distances between the distributions of real and fake features."""

from __future__ import annotations

from functools import partial

from genbench import MetricSpec, better, unchanged, worse

__all__ = ["SPECS"]

_LAW = "it compares distributions, and copies of training samples follow the distribution"
_BIAS = "it is biased upwards at small n: compare at equal n"
_DISTANCE = {
    **dict.fromkeys(("train-copies", "near-copies"), (unchanged | better).because(_LAW)),
    "duplicates": unchanged | worse,
}
_BIASED = _DISTANCE | {"smaller-n": worse.because(_BIAS)}

_METRIC = partial(MetricSpec, takes="features", extractor="inception-v3-compat", direction="lower", best=0.0)

SPECS = (
    _METRIC(
        name="fid",
        aspect="fidelity",
        make="genbench_fidelity.distances.fid:score_fid",
        summary="Fréchet distance between the features' Gaussians; FCD with the extractor chemnet",
        source="Heusel et al. 2017, arXiv:1706.08500",
        range=(0.0, None),
        min_n=2,
        report=True,
        real_moments=True,
        expects=_BIASED,
    ),
    _METRIC(
        name="fid-infinity",
        aspect="fidelity",
        make="genbench_fidelity.distances.fid_infinity:fid_infinity",
        summary="Fréchet distance extrapolated to infinitely many fakes",
        source="Chong & Forsyth 2020, arXiv:1911.07023",
        min_n=100,
        real_moments=True,
        expects=_DISTANCE,
    ),
    _METRIC(
        name="kid",
        aspect="fidelity",
        make="genbench_fidelity.distances.kid:kid",
        summary="unbiased squared maximum mean discrepancy (MMD) of the features, cubic kernel",
        source="Bińkowski et al. 2018, arXiv:1801.01401",
        min_n=2,
        report="genbench_fidelity.distances.kid:report_options",
        version="2",
        expects=_DISTANCE,
    ),
    _METRIC(
        name="cmmd",
        aspect="fidelity",
        make="genbench_fidelity.distances.cmmd:cmmd",
        summary="squared maximum mean discrepancy of CLIP's embeddings, Gaussian kernel, times 1000",
        source="Jayasumana et al. 2024, arXiv:2401.09603",
        extractor="clip-vit-l-14-336px",
        range=(0.0, 2000.0),
        min_n=2,
        expects=_BIASED,
    ),
)
