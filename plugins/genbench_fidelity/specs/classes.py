"""Metrics on a classifier's probabilities."""

from __future__ import annotations

from genbench import MetricSpec
from genbench_fidelity.specs.expected import EXPECTED

__all__ = ["CLASSES"]

_INCEPTION = "inception-v3-compat"

CLASSES = (
    MetricSpec(
        name="inception-score",
        make="genbench_fidelity.classes.inception_score:inception_score",
        summary="sureness of a classifier on each sample and evenness over classes",
        source="Salimans et al. 2016, arXiv:1606.03498",
        takes="probabilities",
        extractor=_INCEPTION,
        direction="higher",
        range=(1.0, None),
        min_n=2,
        expects=EXPECTED["inception-score"],
    ),
    MetricSpec(
        name="modes",
        make="genbench_fidelity.classes.modes:modes",
        summary="classes with fakes",
        source="Metz et al. 2017, arXiv:1611.02163",
        takes="probabilities",
        direction="higher",
        range=(0.0, None),
        expects=EXPECTED["modes"],
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
        expects=EXPECTED["reverse-kl"],
    ),
)
