"""Diversity of the fakes."""

from __future__ import annotations

import math

from genbench import MetricSpec, Output, better, falls, rises, unchanged, worse

__all__ = ["SPECS"]

_BIAS = "it is biased upwards at small n: compare at equal n"
_BINS = {
    "noise": unchanged.because("samples stay in their bins, which are wide"),
    "blur": (unchanged.because("samples stay in their bins, which are wide"), worse, worse),
    "duplicates": worse,
    "train-copies": (unchanged | better).because("the bins are those of the training samples"),
    "near-copies": (unchanged | better).because("the bins are those of the training samples"),
}

SPECS = (
    MetricSpec(
        name="vendi",
        make="genbench_fidelity.diversity.vendi:vendi",
        summary="effective number of different samples",
        source="Friedman & Dieng 2023, arXiv:2210.02410",
        takes="features",
        range=(1.0, None),
        report=True,
        expects={
            "noise": falls | (rises | unchanged).because("noise counts as diversity"),
            "blur": falls,
            "dropped-modes": falls,
            "collapse": (unchanged | falls, falls, falls),
            "duplicates": unchanged | falls,
            "label-shift": falls,
            "train-copies": falls | unchanged.because("copies are as diverse as what they copy"),
            "near-copies": falls | unchanged.because("copies are as diverse as what they copy"),
            "smaller-n": unchanged | falls,  # it cannot exceed n, nor come near it: compare at equal n
        },
    ),
    MetricSpec(
        name="ndb",
        make="genbench_fidelity.diversity.ndb:ndb",
        summary="bins of the training data that fakes fill differently",
        source="Richardson & Weiss 2018, arXiv:1805.12462",
        takes="features",
        outputs=(
            Output(
                name="ndb",
                direction="lower",
                summary="number of significantly different bins",
                range=(0.0, None),
                expects=_BINS,
            ),
            Output(
                name="jsd",
                direction="lower",
                summary="Jensen-Shannon divergence of the bins' shares, nats",
                best=0.0,
                range=(0.0, math.log(2)),
                expects=_BINS | {"smaller-n": worse.because(_BIAS)},
            ),
        ),
        min_n=2,
    ),
    MetricSpec(
        name="birthday",
        make="genbench_fidelity.diversity.birthday:birthday",
        summary="size of the fakes' support, by the birthday paradox",
        source="Arora & Zhang 2018, arXiv:1706.08224",
        takes="features",
        range=(4.0, None),
        min_n=2,
        expects={
            "noise": rises.because("noise never repeats itself, so its support seems unlimited"),
            "blur": falls,
            "dropped-modes": falls,
            "collapse": falls,
            "duplicates": falls,
            "label-shift": falls,
            "train-copies": unchanged.because("copies repeat each other as seldom as what they copy"),
            "near-copies": unchanged.because("copies repeat each other as seldom as what they copy"),
            "smaller-n": unchanged,
        },
    ),
    MetricSpec(
        name="ms-ssim-diversity",
        make="genbench_fidelity.diversity.ms_ssim:ms_ssim_diversity",
        summary="mean structural similarity of pairs of fakes",
        source="Odena et al. 2017, arXiv:1610.09585",
        modalities=("image",),
        range=(0.0, 1.0),
        min_n=2,
        expects={
            "noise": falls.because("noise makes images unlike each other"),
            "blur": rises,
            "dropped-modes": unchanged | rises,
            "collapse": unchanged | rises,
            "duplicates": unchanged,
            "label-shift": rises,
            "train-copies": unchanged.because("copies are as diverse as what they copy"),
            "near-copies": unchanged.because("copies are as diverse as what they copy"),
            "smaller-n": unchanged,
        },
    ),
    MetricSpec(
        name="lpips-diversity",
        make="genbench_fidelity.diversity.lpips_diversity:lpips_diversity",
        summary="mean perceptual distance of pairs of fakes",
        source="Zhang et al. 2018, arXiv:1801.03924",
        takes="features",
        extractor="lpips",
        range=(0.0, None),
        min_n=2,
        expects={
            "noise": falls | (rises | unchanged).because("noise makes samples unlike each other"),
            "blur": falls,
            "dropped-modes": unchanged | falls,
            "collapse": unchanged | falls,
            "duplicates": unchanged,
            "label-shift": falls,
            "train-copies": falls | unchanged.because("copies are as diverse as what they copy"),
            "near-copies": falls | unchanged.because("copies are as diverse as what they copy"),
            "smaller-n": unchanged,
        },
    ),
    MetricSpec(
        name="path-length",
        make="genbench_fidelity.diversity.path_length:path_length",
        summary="squared change of samples per small step of the latents",
        source="Karras et al. 2019, arXiv:1812.04948",
        takes="features",
        extractor="lpips",
        direction="lower",
        range=(0.0, None),
    ),
)
