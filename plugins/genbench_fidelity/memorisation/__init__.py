"""Memorisation: fakes compared with the training samples."""

from __future__ import annotations

from genbench import MetricSpec, Output, anything, better, falls, rises, unchanged, worse

__all__ = ["SPECS"]

_BIAS = "it is biased upwards at small n: compare at equal n"
_MIDDLE = "a little blur moves samples to where the data are dense"
_REPEATS = "it sees exact duplicates only"
_GAP = worse  # the battery fills the gap with duplicates

SPECS = (
    MetricSpec(
        name="authenticity",
        make="genbench_fidelity.memorisation.authenticity:authenticity",
        summary="percentage of fakes that are not near-copies of training samples: about 50 for unseen data",
        source="Alaa et al. 2022, arXiv:2102.08921",
        takes="features",
        range=(0.0, 100.0),
        min_n=2,
        report=True,
        expects={
            "noise": rises.because("noise is far from everything, so it counts as authentic"),
            "blur": (rises | unchanged | falls.because(_MIDDLE), rises, rises),
            "dropped-modes": unchanged,
            "collapse": (unchanged, anything, anything),
            "duplicates": unchanged,
            "label-shift": unchanged,
            "train-copies": falls,
            "near-copies": falls,
            "smaller-n": unchanged,
        },
    ),
    MetricSpec(
        name="c-t",
        make="genbench_fidelity.memorisation.copying_test:copying_test",
        summary="whether fakes are nearer to training samples than unseen ones are: far below 0 for copies",
        source="Meehan et al. 2020, arXiv:2004.05675",
        takes="features",
        report=True,
        expects={
            "noise": rises,
            "blur": (rises | unchanged | falls.because(_MIDDLE), rises, rises),
            "dropped-modes": unchanged
            | rises
            | falls.because("cells do not compensate every shift of labels"),
            "duplicates": unchanged,
            "label-shift": unchanged | rises | falls.because("cells do not compensate every shift of labels"),
            "train-copies": falls,
            "near-copies": falls,
            "smaller-n": unchanged,
        },
    ),
    MetricSpec(
        name="fld",
        make="genbench_fidelity.memorisation.fld:fld",
        summary="how unlikely unseen samples are under Gaussians at the fakes",
        source="Jiralerspong et al. 2023, arXiv:2302.04440",
        takes="features",
        outputs=(
            Output(
                name="fld",
                direction="lower",
                summary="negative log-likelihood of unseen samples, minus that under real samples",
                expects={
                    "blur": (
                        unchanged.because("a little blur is within the width of its Gaussians"),
                        worse,
                        worse,
                    ),
                    "duplicates": worse,
                    "smaller-n": worse.because(_BIAS),
                },
            ),
            Output(
                name="fld-gap",
                direction="none",
                summary="negative log-likelihood of training samples, minus that of unseen ones",
                expects={
                    "noise": rises,
                    "blur": (unchanged | rises, rises, rises),
                    "train-copies": falls,
                    "near-copies": falls,
                    "smaller-n": unchanged | rises.because(_BIAS),
                },
            ),
        ),
        min_n=2,
    ),
    MetricSpec(
        name="duplicates",
        make="genbench_fidelity.memorisation.duplicates:duplicates",
        summary="share of fakes that duplicate another",
        source="Polykovskiy et al. 2018, arXiv:1811.12823",
        direction="lower",
        best=0.0,
        range=(0.0, 1.0),
        min_n=2,
        expects={
            "noise": (unchanged | better).because(_REPEATS),
            "blur": unchanged.because(_REPEATS),
            "dropped-modes": _GAP,
            "duplicates": worse,
            "label-shift": _GAP,
            "train-copies": unchanged.because(
                "copies of different samples are different: see train-duplicates"
            ),
            "near-copies": unchanged.because(_REPEATS),
            "smaller-n": unchanged | better,
        },
    ),
    MetricSpec(
        name="train-duplicates",
        make="genbench_fidelity.memorisation.duplicates:train_duplicates",
        summary="share of fakes that duplicate a training sample",
        source="Polykovskiy et al. 2018, arXiv:1811.12823",
        direction="lower",
        best=0.0,
        range=(0.0, 1.0),
        min_n=2,
        report=True,
        expects={
            "noise": (unchanged | better).because(_REPEATS),
            "blur": (unchanged | better).because(_REPEATS),
            "dropped-modes": (unchanged | better).because(_REPEATS),
            "collapse": (unchanged | better).because(_REPEATS),
            "label-shift": (unchanged | better).because(_REPEATS),
            "near-copies": (unchanged | better).because("a little noise hides a copy: see near-duplicates"),
            "smaller-n": anything,
        },
    ),
    MetricSpec(
        name="near-duplicates",
        make="genbench_fidelity.memorisation.near_duplicates:near_duplicates",
        summary="share of fakes as close to a training sample as few unseen samples are",
        source="after Meehan et al. 2020, arXiv:2004.05675",
        takes="features",
        range=(0.0, 1.0),
        min_n=2,
        report=True,
        expects={
            "noise": falls | unchanged,
            "blur": (falls | unchanged | rises.because(_MIDDLE), falls | unchanged, falls | unchanged),
            "dropped-modes": unchanged,
            "collapse": (unchanged, anything, anything),
            "duplicates": unchanged,
            "label-shift": unchanged,
            "train-copies": rises,
            "near-copies": rises,
            "smaller-n": unchanged,
        },
    ),
)
