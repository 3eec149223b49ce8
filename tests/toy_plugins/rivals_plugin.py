"""Comparisons that give known numbers, and others that break their contract, with generators to compare."""

import os
import signal

import numpy as np

from genbench import (
    Data,
    DatasetSpec,
    ExtractorSpec,
    GeneratorSpec,
    MetricSpec,
    Output,
    Samples,
    Score,
    Undefined,
    hookimpl,
)


def cloud():
    x = np.random.Generator(np.random.PCG64(7)).normal(size=(90, 2))
    return Data(Samples.of("vector", x), labels=np.arange(90) % 3)


def halves():
    return lambda samples: {"features": (samples.data / 2).astype(np.float32)}


class Sampler:
    def __init__(self, at):
        self.at = at

    def sample(self, n, *, rng):
        return Samples.of("vector", np.full((n, 2), self.at))


def constant(train, *, at: float = 0.0, rng):
    return Sampler(at + rng.uniform(0, 0.01))


def breaks(train):
    raise RuntimeError("no luck")


def mean_rank(fakes):
    """The number of generators with a mean at most one's own, by a look at all fakes."""
    means = {name: float(samples.data.mean()) for name, samples in fakes.items()}
    return {
        name: Score(float(sum(other <= mean for other in means.values())), mean, mean + 0.5)
        for name, mean in means.items()
    }


def sizes(fakes, real):
    return {name: {"count": len(samples), "among": len(fakes)} for name, samples in fakes.items()}


def half_mean(fakes):
    return {name: float(features.mean()) for name, features in fakes.items()}


def order(fakes):
    return {name: float(place) for place, name in enumerate(fakes)}


def picky(fakes):
    return {name: Undefined("it is too far away") if name == "far" else 1.0 for name in fakes}


def one_short(fakes):
    return dict.fromkeys(list(fakes)[1:], 1.0)


def not_a_number(fakes):
    return dict.fromkeys(fakes, "high")


def contests(fakes):
    """Say of each pair of samples, of which some positions do not exist, that raters disagree."""
    names = list(fakes)
    pairs = [
        {"first": [names[0], number], "second": [names[-1], abs(39 - number)], "counts": [1, 1, 0]}
        for number in (3, 0, 3, 99)
    ]
    return {name: Score(1.0, extra={"pairs": pairs} if name == names[0] else {}) for name in names}


def fails(fakes):
    raise RuntimeError("no luck")


def is_killed(fakes):
    os.kill(os.getpid(), signal.SIGKILL)


def undefined(fakes):
    raise Undefined("nothing can be said")


@hookimpl
def genbench_datasets():
    return [DatasetSpec(name="cloud", make=cloud, modalities=("vector",))]


@hookimpl
def genbench_extractors():
    return [ExtractorSpec(name="halves", make=halves, outputs={"features": "half of each"})]


@hookimpl
def genbench_generators():
    return [GeneratorSpec(name="constant", make=constant), GeneratorSpec(name="breaks", make=breaks)]


@hookimpl
def genbench_metrics():
    outputs = (Output(name="count", direction="none"), Output(name="among", direction="none"))
    plain = (order, picky, contests, one_short, not_a_number, fails, is_killed, undefined)
    return [
        MetricSpec(name="mean-rank", make=mean_rank, scope="board", direction="lower", range=(0, None)),
        MetricSpec(name="sizes", make=sizes, scope="board", outputs=outputs),
        MetricSpec(
            name="half-mean", make=half_mean, scope="board", takes="features", extractor="halves",
            direction="higher",
        ),
        *(MetricSpec(name=make.__name__.replace("_", "-"), make=make, scope="board") for make in plain),
    ]  # fmt: skip
