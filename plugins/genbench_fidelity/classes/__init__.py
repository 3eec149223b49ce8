"""Metrics on a classifier's probabilities."""

from __future__ import annotations

from genbench import MetricSpec, better, mixed, unchanged, worse

__all__ = ["SPECS"]

_INCEPTION = "inception-v3-compat"
_BIAS = "it is biased upwards at small n: compare at equal n"
_CLASSES = "it sees classes, not samples"

SPECS = (
    MetricSpec(
        name="inception-score",
        make="genbench_fidelity.classes.inception_score:inception_score",
        summary="confidence of a classifier on each sample and evenness over classes",
        source="Salimans et al. 2016, arXiv:1606.03498",
        takes="probabilities",
        extractor=_INCEPTION,
        direction="higher",
        range=(1.0, None),
        min_n=2,
        expects={
            "collapse": (unchanged.because(_CLASSES), worse, worse),
            "duplicates": unchanged | worse,
            "train-copies": (unchanged | better).because("it does not use real samples"),
            "near-copies": (unchanged | better).because("it does not use real samples"),
            "smaller-n": worse.because("it falls with n / splits: compare at equal n"),
            "row-order": (mixed | better | worse).because("its splits are runs of rows"),
        },
    ),
    MetricSpec(
        name="modes",
        make="genbench_fidelity.classes.modes:modes",
        summary="number of classes among the fakes",
        source="Metz et al. 2017, arXiv:1611.02163",
        takes="probabilities",
        direction="higher",
        range=(0.0, None),
        expects={
            "noise": unchanged.because(_CLASSES),
            "blur": unchanged.because(_CLASSES),
            "dropped-modes": unchanged.because("errors of the classifier keep dropped classes"),
            "collapse": unchanged.because(_CLASSES),
            "duplicates": unchanged,
            "label-shift": unchanged.because("one sample of a class is enough"),
            "train-copies": unchanged.because(_CLASSES),
            "near-copies": unchanged.because(_CLASSES),
            "smaller-n": unchanged | worse,
        },
    ),
    MetricSpec(
        name="reverse-kl",
        make="genbench_fidelity.classes.reverse_kl:reverse_kl",
        summary="KL(fake || real) over classes, nats",
        source="Metz et al. 2017, arXiv:1611.02163",
        takes="probabilities",
        direction="lower",
        best=0.0,
        range=(0.0, None),
        min_n=2,
        expects={
            "noise": (unchanged | better).because(_CLASSES),
            "blur": (unchanged | better).because(_CLASSES),
            "duplicates": unchanged | worse,
            "train-copies": (unchanged | better).because(_CLASSES),
            "near-copies": (unchanged | better).because(_CLASSES),
            "smaller-n": worse.because(_BIAS),
        },
    ),
)
