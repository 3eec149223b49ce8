"""A generator from which much is drawn, and which says in a folder which processes drew; for --plugin."""

import os
from pathlib import Path
from typing import Annotated

import numpy as np
import psutil

from genbench import Data, DatasetSpec, GeneratorSpec, MetricSpec, Samples, Unsigned, hookimpl


def cloud():
    x = np.random.Generator(np.random.PCG64(7)).normal(size=(90, 2))
    return Data(Samples.of("vector", x), labels=np.arange(90) % 3)


class Sampler:
    def __init__(self, space, mean, diary):
        self.space, self.mean, self.diary = space, mean, diary

    def sample(self, n, *, rng):
        process = psutil.Process()
        (Path(self.diary) / f"{process.pid}-{process.parent().ppid()}").touch()
        return Samples(rng.normal(size=(n, 2)) + self.mean, self.space)

    def save(self, folder):
        np.save(folder / "mean.npy", self.mean)
        (folder / "diary.txt").write_text(self.diary)


def large(train, *, diary: Annotated[str, Unsigned], breaks: bool = False, log):
    (Path(diary) / f"fit-{os.getpid()}").touch()
    if breaks:
        raise ValueError("no luck")
    log(1, 1, loss=0.5)
    return Sampler(train.space, train.data.mean(axis=0), diary)


def load(folder):
    mean = np.load(folder / "mean.npy")
    space = Samples.of("vector", np.zeros((1, 2))).space
    return Sampler(space, mean, (folder / "diary.txt").read_text())


def gap(fake):
    return float(fake.data.mean())


@hookimpl
def genbench_datasets():
    return [DatasetSpec(name="cloud", make=cloud, modalities=("vector",))]


@hookimpl
def genbench_generators():
    return [GeneratorSpec(name="large", make=large, load=load, modalities=("vector",), chunk=3)]


@hookimpl
def genbench_metrics():
    return [MetricSpec(name="gap", make=gap, direction="lower", modalities=("vector",))]
