"""A plugin whose components do what they should leave alone; loaded with --plugin."""

# ruff: noqa: NPY002, S311, PTH109 - that is what must be noticed

import os
import random

import numpy as np
import torch

from genbench import Data, DatasetSpec, ExtractorSpec, GeneratorSpec, MetricSpec, Samples, hookimpl

N, D = 90, 2


def cloud():
    return Data(Samples.of("vector", np.random.standard_normal((N, D))), labels=np.arange(N) % 3)


class Calm:
    """Draws from its own rng alone, one row after the other."""

    def __init__(self, train):
        self.space = train.space
        self.calls = 0

    def sample(self, n, *, rng):
        return Samples(rng.normal(size=(n, D)), self.space)


class Restless(Calm):
    """Draws from the streams that belong to everybody, and leaves things lying about."""

    def sample(self, n, *, rng):
        x = np.random.standard_normal((n, D)) + random.random() + torch.rand(n, D).double().numpy()
        os.environ["RESTLESS"] = str(random.random())
        os.chdir(os.sep)
        np.seterr(all="raise")
        torch.set_num_threads(2)
        return Samples(x, self.space)


class ByColumn(Calm):
    """Draws from its own rng, one column after the other: of fewer rows, others come."""

    def sample(self, n, *, rng):
        return Samples(np.stack([rng.normal(size=n) for _ in range(D)], axis=1), self.space)


class Counting(Calm):
    """Gives something else each time."""

    def sample(self, n, *, rng):
        self.calls += 1
        return Samples(rng.normal(size=(n, D)) + self.calls, self.space)


class Fickle(Calm):
    """Learns something else each time, and then draws the same."""

    def __init__(self, train):
        super().__init__(train)
        self.place = int.from_bytes(os.urandom(4), "little") / 2**32

    def sample(self, n, *, rng):
        return Samples(rng.normal(size=(n, D)) + self.place, self.space)


class Whole(Calm):
    """Draws no fewer than thirty."""

    def sample(self, n, *, rng):
        if n < 30:
            raise ValueError(f"{n} are too few")
        return super().sample(n, rng=rng)


def restless(train):
    sampler = Restless(train)
    sampler.shift = random.random()
    return sampler


def looks(train):
    shift = np.random.standard_normal(D)
    return lambda samples: {"features": (samples.data + shift + torch.rand(D).numpy()).astype(np.float32)}


def gap(real, fake):
    return abs(float(real.data.mean()) - float(fake.data.mean()))


def seen_gap(real, fake):
    return abs(float(real.mean()) - float(fake.mean()))


def jitter(fake):
    return float(fake.data.mean()) + float(np.random.standard_normal())


def tidy(fake):
    """Return 0 if what another component left lying about has been put back."""
    left = "RESTLESS" in os.environ, os.getcwd() == os.sep, torch.get_num_threads() > 1
    return float(sum(left) + (np.geterr()["divide"] == "raise"))


@hookimpl
def genbench_datasets():
    return [DatasetSpec(name="cloud", make=cloud, modalities=("vector",))]


@hookimpl
def genbench_extractors():
    return [ExtractorSpec(name="looks", make=looks, outputs={"features": "shifted"}, modalities=("vector",))]


def _generator(make, **more):
    return GeneratorSpec(
        name=make.__name__.lower(), make=make, modalities=("vector",), **{"chunk": 13} | more
    )


@hookimpl
def genbench_generators():
    chunked = [_generator(make) for make in (Calm, restless, ByColumn, Counting, Fickle)]
    return [*chunked, _generator(Whole, chunk=None)]


@hookimpl
def genbench_metrics():
    return [
        *(MetricSpec(name=make.__name__, make=make, direction="lower") for make in (gap, jitter, tidy)),
        MetricSpec(name="seen-gap", make=seen_gap, takes="features", extractor="looks", direction="lower"),
    ]
