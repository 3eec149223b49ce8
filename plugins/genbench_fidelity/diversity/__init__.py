"""Diversity of the fakes."""

from __future__ import annotations

import math

from genbench import MetricSpec, Output

__all__ = ["SPECS"]

_BIAS = "it is biased upwards at small n: compare at equal n"
_BINS = {
    "noise": "0!: samples stay in their bins, which are wide",
    "blur": "0! + +: samples stay in their bins, which are wide",
    "duplicates": "+",
    "train-copies": "0!/-!: the bins are those of the training samples",
    "near-copies": "0!/-!: the bins are those of the training samples",
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
            "noise": "+!/0!/-: noise counts as diversity",
            "blur": "-",
            "dropped-modes": "-",
            "collapse": "0/- - -",
            "duplicates": "0/-",
            "label-shift": "-",
            "train-copies": "0!/-: copies are as diverse as what they copy",
            "near-copies": "0!/-: copies are as diverse as what they copy",
            "smaller-n": "0/-: it cannot exceed n, nor come near it: compare at equal n",
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
                expects=_BINS | {"smaller-n": f"+!: {_BIAS}"},
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
            "noise": "+!: noise never repeats itself, so its support seems unlimited",
            "blur": "-",
            "dropped-modes": "-",
            "collapse": "-",
            "duplicates": "-",
            "label-shift": "-",
            "train-copies": "0!: copies repeat each other as seldom as what they copy",
            "near-copies": "0!: copies repeat each other as seldom as what they copy",
            "smaller-n": "0",
        },
    ),
    MetricSpec(
        name="ms-ssim-diversity",
        make="genbench_fidelity.diversity.ms_ssim:ms_ssim_diversity",
        summary="mean structural similarity of pairs of fakes",
        source="Odena et al. 2017, arXiv:1610.09585",
        spaces=("image",),
        range=(0.0, 1.0),
        min_n=2,
        expects={
            "noise": "-!: noise makes images unlike each other",
            "blur": "+",
            "dropped-modes": "0/+",
            "collapse": "0/+",
            "duplicates": "0",
            "label-shift": "+",
            "train-copies": "0!: copies are as diverse as what they copy",
            "near-copies": "0!: copies are as diverse as what they copy",
            "smaller-n": "0",
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
            "noise": "+!/0!/-: noise makes samples unlike each other",
            "blur": "-",
            "dropped-modes": "0/-",
            "collapse": "0/-",
            "duplicates": "0",
            "label-shift": "-",
            "train-copies": "0!/-: copies are as diverse as what they copy",
            "near-copies": "0!/-: copies are as diverse as what they copy",
            "smaller-n": "0",
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
