"""A plugin whose components fail in every way that a run must survive; loaded with --plugin."""

import os
import signal
import sys

import numpy as np

from genbench import Data, DatasetSpec, GeneratorSpec, MetricSpec, Output, Samples, Score, hookimpl

N, D = 90, 2


def cloud():
    x = np.random.Generator(np.random.PCG64(7)).normal(size=(N, D))
    return Data(Samples.of("vector", x), labels=np.arange(N) % 3)


class Sampler:
    """Samples whose place is the mean of train; `spoil` changes a chunk before it is given."""

    def __init__(self, train, spoil=None):
        self.space = train.space
        self.mean = train.data.mean(axis=0)
        self.spoil = spoil

    def sample(self, n, *, rng):
        x = rng.normal(size=(n, D)) + self.mean
        return self.spoil(x) if self.spoil else Samples(x, self.space)


def good(train, *, shift: float = 0.0, rng, log):
    log(1, 2, loss=1.0)
    log(2, 2, loss=0.5)
    sampler = Sampler(train)
    sampler.mean = sampler.mean + shift + 0.0 * rng.normal()
    sampler.parameters = D
    return sampler


def nan(train):
    def spoil(x):
        x[3, 1] = np.nan
        return Samples(x, train.space)

    return Sampler(train, spoil)


def wrong_shape(train):
    return Sampler(train, lambda x: Samples.of("vector", x[:, :1]))


def too_few(train):
    return Sampler(train, lambda x: Samples(x[:-1], train.space))


def no_samples(train):
    return Sampler(train, lambda x: x)


def raises(train):
    raise ValueError(f"no luck at /home/somebody/secret/data.bin with <object at {id(train):#018x}>")


def exits(train):
    sys.exit(4)


def vanishes(train):
    os._exit(0)


def killed(train):
    os.kill(os.getpid(), signal.SIGKILL)


def prints(train):
    print("a line on standard output")
    os.write(2, b"\xff\xfe binary\n")
    return Sampler(train)


def centre_gap(real, fake):
    return abs(float(real.data.mean()) - float(fake.data.mean()))


def spread(fake, *, scale: float = 1.0, rng):
    value = scale * float(fake.data.std())
    return {
        "spread": Score(value, value - 0.1, value + 0.1, {"draw": float(rng.normal())}),
        "width": 2 * value,
    }


def infinite(fake):
    return float("inf")


def broken(fake):
    raise RuntimeError("this metric fails")


def dies(fake):
    os.kill(os.getpid(), signal.SIGSEGV)


def writes(fake):
    fake.data[0] = 0.0
    return 0.0


@hookimpl
def genbench_datasets():
    return [DatasetSpec(name="cloud", make=cloud, modalities=("vector",))]


@hookimpl
def genbench_generators():
    makes = (good, nan, wrong_shape, too_few, no_samples, raises, exits, vanishes, killed, prints)
    names = {"nan": "gives-nan", "killed": "is-killed"}
    named = {names.get(make.__name__, make.__name__.replace("_", "-")): make for make in makes}
    common = {"modalities": ("vector",), "chunk": 20}
    return [GeneratorSpec(name=name, make=make, **common) for name, make in named.items()]


@hookimpl
def genbench_metrics():
    makes = (centre_gap, infinite, broken, dies, writes)
    outputs = (Output(name="spread", direction="higher"), Output(name="width", direction="none"))
    return [
        *(
            MetricSpec(
                name=make.__name__.replace("_", "-"), make=make, direction="lower", modalities=("vector",)
            )
            for make in makes
        ),
        MetricSpec(name="spreads", make=spread, outputs=outputs),
    ]
