"""Metrics on a classifier's probabilities."""

from __future__ import annotations

from functools import partial

from genbench import MetricSpec, better, mixed, unchanged, worse

__all__ = ["SPECS"]

_BIAS = "it is biased upwards at small n: compare at equal n"
_COPIES = ("train-copies", "near-copies")
_CLASSES = "it sees classes, not samples"

_METRIC = partial(MetricSpec, takes="probabilities")

SPECS = (
    _METRIC(
        name="inception-score",
        aspect="fidelity",
        make="genbench_fidelity.classes.inception_score:inception_score",
        summary="confidence of a classifier on each sample and evenness over classes",
        source="Salimans et al. 2016, arXiv:1606.03498",
        extractor="inception-v3-compat",
        direction="higher",
        range=(1.0, None),
        min_n=2,
        expects={
            "collapse": (unchanged.because(_CLASSES), worse, worse),
            "duplicates": unchanged | worse,
            **dict.fromkeys(_COPIES, (unchanged | better).because("it does not use real samples")),
            "smaller-n": worse.because("it falls with n / splits: compare at equal n"),
            "row-order": (mixed | better | worse).because("its splits are runs of rows"),
        },
    ),
    _METRIC(
        name="modes",
        aspect="diversity",
        make="genbench_fidelity.classes.modes:modes",
        summary="number of classes among the fakes",
        source="Metz et al. 2017, arXiv:1611.02163",
        direction="higher",
        range=(0.0, None),
        expects={
            **dict.fromkeys(("noise", "blur", "collapse", *_COPIES), unchanged.because(_CLASSES)),
            "dropped-modes": unchanged.because("errors of the classifier keep dropped classes"),
            "duplicates": unchanged,
            "label-shift": unchanged.because("one sample of a class is enough"),
            "smaller-n": unchanged | worse,
        },
    ),
    _METRIC(
        name="reverse-kl",
        aspect="diversity",
        make="genbench_fidelity.classes.reverse_kl:reverse_kl",
        summary="KL(fake || real) over classes, nats",
        source="Metz et al. 2017, arXiv:1611.02163",
        direction="lower",
        best=0.0,
        range=(0.0, None),
        min_n=2,
        expects={
            **dict.fromkeys(("noise", "blur", *_COPIES), (unchanged | better).because(_CLASSES)),
            "duplicates": unchanged | worse,
            "smaller-n": worse.because(_BIAS),
        },
    ),
)
