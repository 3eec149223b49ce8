"""Words, of which those without "!" are valid: a stranger's modality for suites with `n_valid`."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Annotated

import numpy as np

from genbench import (
    Data,
    DatasetSpec,
    ExtractorSpec,
    GeneratorSpec,
    MetricSpec,
    ModalitySpec,
    Samples,
    Unsigned,
    hookimpl,
)


class Words:
    def valid(self, samples):
        return np.array(["!" not in word for word in samples.data])

    def noise(self, train):
        return lambda n, rng: tuple("!" for _ in range(n))


def known():
    return Data(Samples.of("word", tuple(f"known {number}" for number in range(240))))


def mutes():
    return Data(Samples.of("mute", tuple(f"mute {number}" for number in range(60))))


class Periodic:
    """Draws random words, of which every `period`-th is valid; 0: none is."""

    def __init__(self, train, *, period: int = 1, dies_once: Annotated[str, Unsigned] = ""):
        self.space, self.period, self.dies_once, self.n = train.space, period, dies_once, 0

    def sample(self, n, *, rng):
        self.n += n
        if self.dies_once and self.n > 30 and not Path(self.dies_once).exists():
            Path(self.dies_once).write_text("died")
            os.kill(os.getpid(), signal.SIGKILL)
        words = [f"w{number}" for number in rng.integers(10**9, size=n)]
        ends = ["" if self.period and not (place + 1) % self.period else "!" for place in range(n)]
        return Samples(tuple(map(str.__add__, words, ends)), self.space)


class Stock:
    """Has finished words, in alphabetical order, and can draw no more."""

    available = 60

    def __init__(self, train):
        self.space = train.space

    def sample(self, n, *, rng):
        assert n <= self.available
        words = [f"s{number:02d}{'!' * (number % 2)}" for number in range(self.available)]
        return Samples(tuple(words[:n]), self.space)


def letters():
    return lambda samples: {"length": np.array([[len(word)] for word in samples.data], np.float32)}


def count(fake):
    return len(fake)


def share(fake):
    return np.mean(["!" not in word for word in fake.data])


def pooled(fakes):
    return {name: len(fake) for name, fake in fakes.items()}


@hookimpl
def genbench_modalities():
    return [
        ModalitySpec(name="word", make=Words, container="strings"),
        ModalitySpec(name="mute", container="strings"),
    ]


@hookimpl
def genbench_datasets():
    return [DatasetSpec(name="known", make=known), DatasetSpec(name="mutes", make=mutes)]


@hookimpl
def genbench_extractors():
    return [ExtractorSpec(name="letters", make=letters, outputs={"length": "letters of a word"})]


@hookimpl
def genbench_generators():
    return [
        GeneratorSpec(name="periodic", make=Periodic, chunk=20),
        GeneratorSpec(name="whole", make=Periodic, chunk=None),
        GeneratorSpec(name="priced", make=Periodic, chunk=20, priced=True),
        GeneratorSpec(name="stock", make=Stock, chunk=None),
    ]


@hookimpl
def genbench_metrics():
    return [
        MetricSpec(name="share", make=share, direction="higher", takes_draws=True),
        MetricSpec(name="drawn", make=count, takes_draws=True),
        MetricSpec(name="count", make=count, direction="higher"),
        MetricSpec(name="lengths", make=count, takes="length", extractor="letters"),
        MetricSpec(name="pooled", make=pooled, scope="board"),
    ]
