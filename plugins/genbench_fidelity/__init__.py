"""Metrics on features and class probabilities: fidelity, coverage, diversity, memorisation."""

from __future__ import annotations

from genbench import MetricSpec, Output, hookimpl

_INCEPTION = "inception-v3-compat"
_VGG = "vgg16"


@hookimpl
def genbench_metrics() -> list[MetricSpec]:
    """Return the fidelity metrics."""
    return [*_distances(), *_of_samples(), *_manifolds(), *_of_classes()]


def _distances() -> list[MetricSpec]:
    return [
        MetricSpec(
            name="fid",
            make="genbench_fidelity.fid:fid",
            summary="Fréchet distance between the features' Gaussians",
            source="Heusel et al. 2017, arXiv:1706.08500",
            takes="features",
            extractor=_INCEPTION,
            direction="lower",
            best=0.0,
            range=(0.0, None),
            min_n=2,
        ),
        MetricSpec(
            name="kid",
            make="genbench_fidelity.kid:kid",
            summary="unbiased squared maximum mean discrepancy of the features, cubic kernel",
            source="Bińkowski et al. 2018, arXiv:1801.01401",
            takes="features",
            extractor=_INCEPTION,
            direction="lower",
            best=0.0,
            min_n=2,
        ),
    ]


def _of_samples() -> list[MetricSpec]:
    return [
        MetricSpec(
            name="vendi",
            make="genbench_fidelity.vendi:vendi",
            summary="effective number of different samples",
            source="Friedman & Dieng 2023, arXiv:2210.02410",
            takes="features",
            range=(1.0, None),
        ),
        MetricSpec(
            name="authenticity",
            make="genbench_fidelity.authenticity:authenticity",
            summary="percentage of fakes that are no near-copies of training samples",
            source="Alaa et al. 2022, arXiv:2102.08921",
            takes="features",
            range=(0.0, 100.0),
        ),
    ]


def _manifolds() -> list[MetricSpec]:
    return [
        MetricSpec(
            name="precision-recall",
            make="genbench_fidelity.precision_recall:precision_recall",
            summary="shares of the samples on the other side's manifold",
            source="Kynkäänniemi et al. 2019, arXiv:1904.06991",
            takes="features",
            extractor=_VGG,
            outputs=(
                _share("precision", "share of fakes on the real manifold"),
                _share("recall", "share of real samples on the fakes' manifold"),
            ),
            min_n=2,
        ),
        MetricSpec(
            name="density-coverage",
            make="genbench_fidelity.density_coverage:density_coverage",
            summary="how full of fakes the neighbourhoods of the real samples are",
            source="Naeem et al. 2020, arXiv:2002.09797",
            takes="features",
            extractor=_VGG,
            outputs=(
                Output(
                    name="density",
                    direction="higher",
                    summary="fakes in a real neighbourhood, over k",
                    range=(0.0, None),
                ),
                _share("coverage", "share of real neighbourhoods that hold a fake"),
            ),
        ),
    ]


def _of_classes() -> list[MetricSpec]:
    return [
        MetricSpec(
            name="inception-score",
            make="genbench_fidelity.inception_score:inception_score",
            summary="sureness of a classifier on each sample and evenness over classes",
            source="Salimans et al. 2016, arXiv:1606.03498",
            takes="probabilities",
            extractor=_INCEPTION,
            direction="higher",
            range=(1.0, None),
        ),
        MetricSpec(
            name="modes",
            make="genbench_fidelity.modes:modes",
            summary="classes with fakes",
            source="Metz et al. 2017, arXiv:1611.02163",
            takes="probabilities",
            direction="higher",
            range=(0.0, None),
        ),
        MetricSpec(
            name="reverse-kl",
            make="genbench_fidelity.reverse_kl:reverse_kl",
            summary="KL(fake || real) over classes, nats",
            source="Metz et al. 2017, arXiv:1611.02163",
            takes="probabilities",
            direction="lower",
            best=0.0,
            range=(0.0, None),
        ),
    ]


def _share(name: str, summary: str) -> Output:
    return Output(name=name, direction="higher", summary=summary, range=(0.0, 1.0))
