"""A plugin whose training differs each time, as on another kind of CPU; loaded with --plugin.

The features of its fitted extractors are the number of the fit, so a gap of 0 means that both sides have the
features of one fit. Extractors append their name to the files `fits` and `extractions` beside the plugin.
"""

import os
from pathlib import Path

import numpy as np

from genbench import Data, DatasetSpec, ExtractorSpec, GeneratorSpec, MetricSpec, Samples, hookimpl

N = 90
OUTPUTS = {"features": "numbers"}


def cloud():
    return Data(Samples.of("vector", np.random.Generator(np.random.PCG64(7)).normal(size=(N, 2))))


class Sampler:
    def __init__(self, train, place):
        self.space, self.place = train.space, place

    def sample(self, n, *, rng):
        return Samples(rng.normal(size=(n, 2)) + self.place, self.space)


def steady(train, *, place: float = 0.5):
    return Sampler(train, place)


def fickle(train):
    return Sampler(train, _another())


class Constant:
    def __init__(self, name, number):
        self.name, self.number = name, number

    def __call__(self, samples):
        _note("extractions", self.name)
        return {"features": np.full((len(samples), 1), self.number, np.float32)}

    def save(self, folder):
        np.save(folder / "number.npy", self.number)


def looks():
    def extract(samples):
        _note("extractions", "looks")
        return {"features": samples.data.astype(np.float32)}

    return extract


def learnt(train):
    _note("fits", "learnt")
    return Constant("learnt", np.float32(_another()))


def unsaved(train):
    _note("fits", "unsaved")
    return Constant("unsaved", np.float32(_another()))


def exact(train):
    _note("fits", "exact")
    return Constant("exact", np.float32(train.data.mean()))


def load_learnt(folder):
    return Constant("learnt", np.load(folder / "number.npy"))


def load_exact(folder):
    return Constant("exact", np.load(folder / "number.npy"))


def gap(real, fake):
    return abs(float(real.mean()) - float(fake.mean()))


def ratio(real, fake):
    return abs(float(fake.mean() / real.mean()))


def centre(real, sampler):
    return float(sampler.sample(4, rng=np.random.default_rng(0)).data.mean())


def _another():
    return int.from_bytes(os.urandom(4), "little") / 2**32 + 1


def _note(kind, name):
    with Path(__file__).with_name(kind).open("a") as file:
        file.write(name + "\n")


@hookimpl
def genbench_datasets():
    return [DatasetSpec(name="cloud", make=cloud, modalities=("vector",))]


@hookimpl
def genbench_generators():
    return [GeneratorSpec(name=make.__name__, make=make, modalities=("vector",)) for make in (steady, fickle)]


@hookimpl
def genbench_extractors():
    made = ((looks, None), (learnt, load_learnt), (unsaved, None), (exact, load_exact))
    return [
        ExtractorSpec(name=make.__name__, make=make, load=load, outputs=OUTPUTS, modalities=("vector",))
        for make, load in made
    ]


@hookimpl
def genbench_metrics():
    return [
        MetricSpec(name=make.__name__, make=make, takes="features", extractor="looks", direction="lower")
        for make in (gap, ratio)
    ] + [MetricSpec(name="centre", make=centre, takes="samples", direction="lower")]
