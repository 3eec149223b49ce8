"""Generators that fail in every way that a process can, and an executor of a process pool; for --plugin."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from genbench import Data, DatasetSpec, ExecutorSpec, GeneratorSpec, MetricSpec, Samples, hookimpl

N, D = 90, 2
FOREVER = 1000


def cloud():
    x = np.random.Generator(np.random.PCG64(7)).normal(size=(N, D))
    return Data(Samples.of("vector", x), labels=np.arange(N) % 3)


class Sampler:
    def __init__(self, train):
        self.space = train.space

    def sample(self, n, *, rng):
        return Samples(rng.normal(size=(n, D)), self.space)


class UnpicklableError(Exception):
    def __init__(self):
        super().__init__("it holds a function")
        self.function = lambda: None

    def __reduce__(self):
        raise TypeError("not to be sent")


def good(train):
    return Sampler(train)


def raises(train):
    raise ValueError("no luck")


def unpicklable(train):
    raise UnpicklableError


def exits(train):
    sys.exit(4)


def vanishes(train):
    os._exit(3)


def segfaults(train):
    os.kill(os.getpid(), signal.SIGSEGV)


def killed(train):
    os.kill(os.getpid(), signal.SIGKILL)


def hangs(train):
    time.sleep(FOREVER)


def stubborn(train):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        time.sleep(FOREVER)


def grows(train):
    kept = []
    while True:
        kept.append(np.ones(2_000_000))
        time.sleep(0.002)


def leaves(train):
    subprocess.Popen([sys.executable, "-c", f"import time; time.sleep({FOREVER})"], start_new_session=True)
    return Sampler(train)


def floods(train):
    piece = b"a line of output\n" * 60_000
    for _ in range(1_000):
        os.write(1, piece)
    return Sampler(train)


def gap(real, fake):
    return abs(float(real.data.mean()) - float(fake.data.mean()))


def pool(jobs):
    """Return a process pool, which knows nothing of genbench."""
    return ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn"))


@hookimpl
def genbench_datasets():
    return [DatasetSpec(name="cloud", make=cloud, modalities=("vector",))]


@hookimpl
def genbench_generators():
    makes = (
        good, raises, unpicklable, exits, vanishes, segfaults, killed, hangs, stubborn, grows, leaves, floods
    )  # fmt: skip
    return [GeneratorSpec(name=make.__name__, make=make, modalities=("vector",), chunk=20) for make in makes]


@hookimpl
def genbench_metrics():
    return [MetricSpec(name="gap", make=gap, direction="lower", modalities=("vector",))]


@hookimpl
def genbench_executors():
    return [ExecutorSpec(name="pool", make=pool, summary="a pool of processes")]
