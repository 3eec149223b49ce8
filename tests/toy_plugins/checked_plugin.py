"""A plugin with a component of each kind that `genbench verify` has to compute again."""

import os
from pathlib import Path

import numpy as np

from genbench import Data, DatasetSpec, ExtractorSpec, GeneratorSpec, MetricSpec, Samples, Score, hookimpl

N, D = 60, 2
FACTOR = 1.0


def cloud():
    x = np.random.Generator(np.random.PCG64(7)).normal(size=(N, D))
    return Data(Samples.of("vector", x), labels=np.arange(N) % 3)


def listed(*, path: Path):
    return Data(Samples.of("vector", np.loadtxt(path)))


def bent(*, scale: float = 2.0):
    return lambda samples: {"features": np.tanh(scale * samples.data).astype(np.float32)}


class Sampler:
    def __init__(self, mean):
        self.mean = mean

    def sample(self, n, *, rng):
        return Samples.of("vector", self.mean + rng.normal(size=(n, D)))

    def save(self, folder):
        np.save(folder / "mean.npy", self.mean)


def load(folder):
    return Sampler(np.load(folder / "mean.npy"))


def shifted(train, *, drift: float = 0.0, rng, log):
    log(1, 1, loss=0.25)
    return Sampler(train.data.mean(axis=0) + rng.normal() + drift)


class Restless:
    def sample(self, n, *, rng):
        own = np.random.Generator(np.random.PCG64(int.from_bytes(os.urandom(8), "big")))
        return Samples.of("vector", own.normal(size=(n, D)))


def restless(train):
    return Restless()


def gap(real, fake):
    return FACTOR * abs(float(real.mean()) - float(fake.mean()))


def spread(fake, *, rng):
    value = float(fake.data.std())
    return Score(value, value - 0.1, value + 0.1, {"draw": float(rng.normal())})


def asks(sampler):
    return float(sampler.mean[0])


def learnt(history):
    return history[-1]["loss"]


def fails(fake):
    raise RuntimeError("no luck")


def level(fake):
    return 0.0


def classes(fake_labels):
    return float(len(set(fake_labels)))


@hookimpl
def genbench_datasets():
    return [DatasetSpec(name=make.__name__, make=make, modalities=("vector",)) for make in (cloud, listed)]


@hookimpl
def genbench_extractors():
    return [ExtractorSpec(name="bent", make=bent, outputs={"features": "bent values"})]


@hookimpl
def genbench_generators():
    return [
        GeneratorSpec(name="shifted", make=shifted, load=load, chunk=20),
        GeneratorSpec(name="restless", make=restless),
        GeneratorSpec(name="costly", make=shifted, priced=True),
    ]


@hookimpl
def genbench_metrics():
    return [
        MetricSpec(name="gap", make=gap, takes="features", extractor="bent", direction="lower"),
        MetricSpec(name="level", make=level, direction="lower", best=0.0, range=(0.0, None)),
        *(MetricSpec(name=make.__name__, make=make) for make in (spread, asks, learnt, fails, classes)),
    ]
