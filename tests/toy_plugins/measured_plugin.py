"""A plugin of metrics with and without a value, and an extractor."""

import numpy as np

from genbench import ExtractorSpec, MetricSpec, Samples, hookimpl


def gap(real, fake, *, rng, device, log):
    log(1, 1, anything=1)
    return abs(float(real.data.mean() - fake.data.mean()))


def draws(fake, *, rng):
    return float(rng.normal())


def fails(fake):
    raise RuntimeError("at /home/ada/x.py <0x7f0000000000>")


def infinite(fake):
    return float("inf")


def wide(fake):
    return 7.0


def needs_sampler(sampler):
    return 0.0


def of_labels(fake_labels):
    return float(fake_labels.mean())


def of_extract(extract):
    return float(extract(Samples.of("vector", np.ones((2, 3)))).sum())


def random(*, width: int = 2, rng, device, log):
    log(1, 1)
    weights = rng.normal(size=(3, width))
    return lambda samples: {"features": samples.data @ weights}


def mean(fake):
    return float(fake.mean())


@hookimpl
def genbench_extractors():
    return [ExtractorSpec(name="random", make=random, outputs={"features": "projections"})]


@hookimpl
def genbench_metrics():
    plain = (gap, draws, fails, infinite, needs_sampler, of_labels)
    return [
        *(MetricSpec(name=make.__name__.replace("_", "-"), make=make) for make in plain),
        MetricSpec(name="wide", make=wide, range=(0.0, 1.0), min_n=55),
        MetricSpec(name="of-extract", make=of_extract, takes="features"),
        MetricSpec(name="mean", make=mean, takes="features"),
    ]
