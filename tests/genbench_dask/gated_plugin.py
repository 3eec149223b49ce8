"""Components that say where they run and wait at a gate, so that a test can step in; loaded with --plugin."""

import os
import time
from pathlib import Path
from typing import Annotated

import numpy as np
import psutil

from genbench import Data, DatasetSpec, GeneratorSpec, MetricSpec, Samples, Unsigned, hookimpl

N, D = 90, 2


def cloud(*, salt: int = 0):
    x = np.random.Generator(np.random.PCG64(7 + salt)).normal(size=(N, D))
    return Data(Samples.of("vector", x), labels=np.arange(N) % 3)


def diary():
    """Return data that are not the same on two machines, of which each has its own store."""
    return cloud(salt=len(os.environ["GENBENCH_STORE"]))


class Sampler:
    def __init__(self, train):
        self.space = train.space
        self.mean = train.data.mean(axis=0)

    def sample(self, n, *, rng):
        return Samples(rng.normal(size=(n, D)) + self.mean, self.space)


def good(train, *, shift: float = 0.0, log):
    print("a line of good")
    log(1, 1, loss=0.5)
    sampler = Sampler(train)
    sampler.mean = sampler.mean + shift
    return sampler


def gated(train, *, gate: Annotated[str, Unsigned]):
    """Say in the folder `gate` that a process began, and go on when a file `open` is there."""
    folder = Path(gate)
    (folder / f"{os.getpid()}.began").touch()
    while not (folder / "open").exists():
        time.sleep(0.02)
    return Sampler(train)


def murderous(train, *, victim: str):
    """Kill the worker that this runs under."""
    for process in psutil.Process().parents():
        if victim in " ".join(process.cmdline()):
            process.kill()
            time.sleep(60)
    return Sampler(train)


def reads(train, *, path: Path):
    sampler = Sampler(train)
    sampler.mean = sampler.mean + float(path.read_text())
    return sampler


def centre_gap(real, fake):
    return abs(float(real.data.mean()) - float(fake.data.mean()))


@hookimpl
def genbench_datasets():
    return [DatasetSpec(name=make.__name__, make=make, modalities=("vector",)) for make in (cloud, diary)]


@hookimpl
def genbench_generators():
    makes = (good, gated, murderous, reads)
    return [GeneratorSpec(name=make.__name__, make=make, modalities=("vector",), chunk=20) for make in makes]


@hookimpl
def genbench_metrics():
    return [MetricSpec(name="centre-gap", make=centre_gap, direction="lower", modalities=("vector",))]
