"""Memorisation: fakes compared with the training samples."""

from __future__ import annotations

from functools import partial

from genbench import MetricSpec, Output, anything, better, falls, rises, unchanged, worse

__all__ = ["SPECS"]

_BIAS = "it is biased upwards at small n: compare at equal n"
_MIDDLE = "a little blur moves samples to where the data are dense"
_REPEATS = "it sees exact duplicates only"
_WIDTH = "a little blur is within the width of its Gaussians"
_DIFFERENT = "copies of different samples are different: see train-duplicates"
_CELLS = "cells do not compensate every shift of labels"
_GAP = worse  # the battery fills the gap with duplicates
_DAMAGE = ("noise", "blur", "dropped-modes", "collapse", "label-shift")
_COPIES = ("train-copies", "near-copies")

#: Of a number that depends on the training samples alone, not on how many fakes there are of each kind.
_ALONE = dict.fromkeys(("dropped-modes", "duplicates", "label-shift", "smaller-n"), unchanged) | {
    "collapse": (unchanged, anything, anything)
}
_BLUR_FROM_TRAIN = (rises | unchanged | falls.because(_MIDDLE), rises, rises)

_METRIC = partial(MetricSpec, takes="features")
_DUPLICATES = partial(
    MetricSpec,
    source="Polykovskiy et al. 2018, arXiv:1811.12823",
    direction="lower",
    best=0.0,
    range=(0.0, 1.0),
    min_n=2,
)

SPECS = (
    _METRIC(
        name="authenticity",
        aspect="memorisation",
        make="genbench_fidelity.memorisation.authenticity:authenticity",
        summary="percentage of fakes that are not near-copies of training samples: about 50 for unseen data",
        source="Alaa et al. 2022, arXiv:2102.08921",
        range=(0.0, 100.0),
        min_n=2,
        expects=_ALONE
        | dict.fromkeys(_COPIES, falls)
        | {
            "noise": rises.because("noise is far from everything, so it counts as authentic"),
            "blur": _BLUR_FROM_TRAIN,
        },
    ),
    _METRIC(
        name="c-t",
        aspect="memorisation",
        make="genbench_fidelity.memorisation.copying_test:copying_test",
        summary="whether fakes are nearer to training samples than unseen ones are: far below 0 for copies",
        source="Meehan et al. 2020, arXiv:2004.05675",
        report=True,
        expects={
            "noise": rises,
            "blur": _BLUR_FROM_TRAIN,
            **dict.fromkeys(("dropped-modes", "label-shift"), unchanged | rises | falls.because(_CELLS)),
            **dict.fromkeys(("duplicates", "smaller-n"), unchanged),
            **dict.fromkeys(_COPIES, falls),
        },
    ),
    _METRIC(
        name="fld",
        aspect="fidelity",
        make="genbench_fidelity.memorisation.fld:fld",
        summary="how unlikely unseen samples are under Gaussians at the fakes",
        source="Jiralerspong et al. 2023, arXiv:2302.04440",
        trains_model=True,
        outputs=(
            Output(
                name="fld",
                direction="lower",
                summary="negative log-likelihood of unseen samples, minus that under real samples",
                expects={
                    "blur": (unchanged.because(_WIDTH), worse, worse),
                    "duplicates": worse,
                    "smaller-n": worse.because(_BIAS),
                },
            ),
            Output(
                name="fld-gap",
                aspect="memorisation",
                direction="none",
                summary="negative log-likelihood of training samples, minus that of unseen ones",
                expects={
                    "noise": rises,
                    "blur": (unchanged | rises, rises, rises),
                    **dict.fromkeys(_COPIES, falls),
                    "smaller-n": unchanged | rises.because(_BIAS),
                },
            ),
        ),
        min_n=2,
    ),
    _DUPLICATES(
        name="duplicates",
        aspect="diversity",
        make="genbench_fidelity.memorisation.duplicates:duplicates",
        summary="share of fakes that duplicate another",
        expects={
            "noise": (unchanged | better).because(_REPEATS),
            "blur": unchanged.because(_REPEATS),
            "dropped-modes": _GAP,
            "duplicates": worse,
            "label-shift": _GAP,
            "train-copies": unchanged.because(_DIFFERENT),
            "near-copies": unchanged.because(_REPEATS),
            "smaller-n": unchanged | better,
        },
    ),
    _DUPLICATES(
        name="train-duplicates",
        aspect="memorisation",
        make="genbench_fidelity.memorisation.duplicates:train_duplicates",
        summary="share of fakes that duplicate a training sample",
        report=True,
        expects={
            **dict.fromkeys(_DAMAGE, (unchanged | better).because(_REPEATS)),
            "near-copies": (unchanged | better).because("a little noise hides a copy: see near-duplicates"),
            "smaller-n": anything,
        },
    ),
    _METRIC(
        name="near-duplicates",
        aspect="memorisation",
        make="genbench_fidelity.memorisation.near_duplicates:near_duplicates",
        summary="share of fakes as close to a training sample as few unseen samples are",
        source="after Meehan et al. 2020, arXiv:2004.05675",
        range=(0.0, 1.0),
        min_n=2,
        report=True,
        expects=_ALONE
        | dict.fromkeys(_COPIES, rises)
        | {
            "noise": falls | unchanged,
            "blur": (falls | unchanged | rises.because(_MIDDLE), falls | unchanged, falls | unchanged),
        },
    ),
)
