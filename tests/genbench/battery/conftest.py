"""A small world for the battery: images of two kinds, an extractor, and metrics that see or do not see."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from genbench import Data, DatasetSpec, ExtractorSpec, MetricSpec, Output, Samples, Undefined, hookimpl
from genbench.battery.setup import open_data
from genbench.catalog.catalog import catalog_of
from genbench.suite.components import make_part
from genbench.suite.file import MetricEntry, SuiteEntry
from genbench.suite.resolve import make_group

N = 240


def marks():
    """Return images of 6x6 pixels with a bright row or column, by label, and noise of their own."""
    rng = np.random.default_rng(1)
    labels = np.arange(N) % 6
    images = rng.normal(60, 12, (N, 6, 6, 1))
    for image, label in zip(images, labels, strict=True):
        image[label % 3 if label < 3 else slice(None), slice(None) if label < 3 else label % 3] += 120
    return Data(Samples.of("image", images.clip(0, 255).astype(np.uint8)), labels)


def words():
    return Data(Samples.of("text", tuple(f"word {i}" for i in range(60))))


def rows():
    """Return an extractor: the mean of each row of pixels."""
    return lambda samples: {"features": samples.data.mean(axis=(2, 3)).astype(np.float32)}


def mean_gap(real, fake):
    """Return how far the mean features are apart: what honest metrics do."""
    return float(np.abs(real.mean(axis=0) - fake.mean(axis=0)).sum())


def upside_down(real, fake):
    """Return a number that falls the worse the fakes are, and calls that good."""
    return -mean_gap(real, fake)


def spread_ratio(real, fake):
    """Return a ratio in single precision, whose last digits hang on the order of rows."""
    return fake.std(axis=0).sum() / real.std(axis=0).sum()


def first_row(real, fake):
    """Return what depends on the order of rows alone."""
    return float(abs(real.data[0].astype(float) - fake.data[0]).mean())


def spread(fake):
    """Return the spread of the pixels, and how many samples there are."""
    return {"spread": float(fake.data.std()), "count": len(fake)}


def two_labels(fake, fake_labels):
    """Return a number that is undefined unless there are at least five labels."""
    if len(np.unique(fake_labels)) < 5:
        raise Undefined("fewer than five labels")
    return float(len(np.unique(fake_labels)))


def how_many(fake):
    return len(fake)


def third(real, fake, held_out):
    return float(len(held_out) == len(real) == len(fake))


def needs_sampler(sampler):
    return 0.0


def writes(fake):
    """Return a number, and spoil the fakes for all that come after."""
    fake.data[0] = 0
    return 0.0


class Plugin:
    """All of them, as a stranger's plugin."""

    @hookimpl
    def genbench_datasets(self):
        return [
            DatasetSpec(name="marks", make=marks, spaces=("image",)),
            DatasetSpec(name="words", make=words, spaces=("text",)),
            DatasetSpec(name="train-only", make=marks, spaces=("image",), parts={"train": 1.0}),
        ]

    @hookimpl
    def genbench_extractors(self):
        return [ExtractorSpec(name="rows", make=rows, outputs={"features": "row means"}, spaces=("image",))]

    @hookimpl
    def genbench_metrics(self):
        return [
            MetricSpec(name="mean-gap", make=mean_gap, takes="features", direction="lower", best=0.0,
                       expects={"blur": "0/-/+", "smaller-n": "?", "train-copies": "?", "near-copies": "?",
                                "collapse": "?", "dropped-modes": "?"}),
            MetricSpec(name="upside-down", make=upside_down, takes="features", direction="lower"),
            MetricSpec(name="spread-ratio", make=spread_ratio, takes="features", direction="target",
                       best=1.0),
            MetricSpec(name="first-row", make=first_row, direction="none"),
            MetricSpec(name="spread-and-count", make=spread, outputs=(
                Output(name="spread", direction="none",
                       expects={"noise": "+!: noise is spread, too", "smaller-n": "0"}),
                Output(name="count", direction="none"),
            )),
            MetricSpec(name="two-labels", make=two_labels, direction="higher", expects={"smaller-n": "?"}),
            MetricSpec(name="how-many", make=how_many),
            MetricSpec(name="third", make=third, direction="higher"),
            MetricSpec(name="needs-sampler", make=needs_sampler),
            MetricSpec(name="writes", make=writes),
        ]  # fmt: skip


@pytest.fixture(scope="session")
def catalog():
    return catalog_of({"stranger": Plugin()})


@pytest.fixture(scope="session")
def group(catalog):
    """Return the function that makes a metric's computation, with the extractor where it takes features."""

    def make(name, extractor=None):
        chosen = extractor and SuiteEntry(use=extractor, name=None, options={}, where="x")
        entry = MetricEntry(use=name, name=None, options={}, where="m", extractor=chosen)
        return make_group(entry, Path.cwd(), catalog)

    return make


@pytest.fixture(scope="session")
def data(catalog, tmp_path_factory):
    """Return the function that opens a dataset."""
    patch = pytest.MonkeyPatch()
    patch.setenv("GENBENCH_STORE", str(tmp_path_factory.mktemp("store")))

    def make(name="marks"):
        entry = SuiteEntry(use=name, name=None, options={}, where="d")
        return open_data(make_part(catalog, DatasetSpec, entry, Path.cwd()))

    yield make
    patch.undo()
