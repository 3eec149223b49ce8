"""A small world for the battery: images of two kinds, an extractor, and metrics that see or do not see."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import genbench_modalities
import numpy as np
import pytest
from toys import make_plugin

from genbench import (
    Data,
    DatasetSpec,
    ExtractorSpec,
    MetricSpec,
    Output,
    Samples,
    Undefined,
    anything,
    better,
    rises,
    unchanged,
    worse,
)
from genbench.catalog.catalog import catalog_of
from genbench.checks.battery.card import Card, CardRow, Floor, LeftOut
from genbench.checks.battery.setup import open_data
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


def compares(fakes):
    raise AssertionError("the battery has one set of fakes")


def needs_sampler(sampler):
    return 0.0


def writes(fake):
    """Return a number, and spoil the fakes for all that come after."""
    fake.data[0] = 0
    return 0.0


EXPECTED = {"blur": unchanged | better | worse} | dict.fromkeys(
    ("smaller-n", "train-copies", "near-copies", "collapse", "dropped-modes"), anything
)
NOISY = {"noise": rises.because("noise is spread, too"), "smaller-n": unchanged}
SPREADS = Output(name="spread", direction="none", expects=NOISY), Output(name="count", direction="none")
PLUGIN = make_plugin(
    DatasetSpec(name="marks", make=marks, modalities=("image",)),
    DatasetSpec(name="words", make=words, modalities=("text",)),
    DatasetSpec(name="train-only", make=marks, modalities=("image",), parts={"train": 1.0}),
    ExtractorSpec(name="rows", make=rows, outputs={"features": "row means"}, modalities=("image",)),
    MetricSpec(
        name="mean-gap", make=mean_gap, takes="features", direction="lower", best=0.0, expects=EXPECTED
    ),
    MetricSpec(name="upside-down", make=upside_down, takes="features", direction="lower"),
    MetricSpec(name="spread-ratio", make=spread_ratio, takes="features", direction="target", best=1.0),
    MetricSpec(name="first-row", make=first_row, direction="none"),
    MetricSpec(name="spread-and-count", make=spread, outputs=SPREADS),
    MetricSpec(name="two-labels", make=two_labels, direction="higher", expects={"smaller-n": anything}),
    MetricSpec(name="how-many", make=how_many),
    MetricSpec(name="third", make=third, direction="higher"),
    MetricSpec(name="needs-sampler", make=needs_sampler),
    MetricSpec(name="compares", make=compares, scope="board"),
    MetricSpec(name="writes", make=writes),
)


@pytest.fixture(scope="session")
def catalog():
    return catalog_of({"genbench": genbench_modalities, "stranger": PLUGIN})


@pytest.fixture(scope="session")
def group(catalog):
    """Return the function that makes a metric's computation, with the extractor where it takes features."""

    def make(name, extractor=None):
        chosen = extractor and SuiteEntry(use=extractor, name=None, options={}, where="x")
        entry = MetricEntry(use=name, name=None, options={}, where="m", extractor=chosen)
        return make_group(entry, Path.cwd(), catalog)

    return make


@pytest.fixture(scope="session")
def data(catalog, modalities, tmp_path_factory):
    """Return the function that opens a dataset."""
    patch = pytest.MonkeyPatch()
    patch.setenv("GENBENCH_STORE", str(tmp_path_factory.mktemp("store")))

    def make(name="marks"):
        entry = SuiteEntry(use=name, name=None, options={}, where="d")
        return open_data(make_part(catalog, DatasetSpec, entry, Path.cwd()), modalities)

    yield make
    patch.undo()


EFFECTS = {"train-copies": "punished", "smaller-n": "fewer", "row-order": "unchanged", "duplicates": "any"}


def _row(fault, level, sign, expected, verdict, effect, reason=""):
    known = effect is not None
    return CardRow(fault=fault, level=level, sign=sign, expected=expected, verdict=verdict, reason=reason,
               value=11.0 + effect if known else None, change=effect, effect=effect,
               fault_effect=EFFECTS.get(fault, "worse"))  # fmt: skip


def _expected(rows):
    by_level = {}
    for row in rows:
        by_level.setdefault(row.fault, {})[row.level] = row.expected
    return by_level


_NEAR = "copies of <real> data are near"
_ROWS = (
    _row("noise", "0.1 of range", "0", worse, "unseen", 0.02),
    _row("noise", "0.2", "+", worse, "right", 88.0),
    _row("noise", "0.4", "+", worse, "right", 9e9),
    _row("blur", "0.4 px", "-", worse, "wrong", -10.0),
    _row("blur", "1 px", "+", worse, "right", 1.0),
    _row("collapse", "to 50", "-", worse, "faint", -1.0),
    replace(_row("collapse", "to 10", "+", anything, "unjudged", 2.0), effect=None),
    _row("train-copies", "100 %", "-", worse | better.because(_NEAR), "known", -11.0, _NEAR),
    _row("smaller-n", "n/4", None, unchanged, "no value", None, "too few"),
    _row("row-order", "shuffled", "~", unchanged, "wrong", 0.1),
)


@pytest.fixture(scope="session")
def card_row():
    """Return the function that makes a row of a card."""
    return _row


@pytest.fixture(scope="session")
def card_rows():
    """Return rows of every verdict but a failure."""
    return _ROWS


@pytest.fixture(scope="session")
def card():
    """Return the function that makes a card, of `card_rows` unless others are given."""

    def make(**fields):
        known = {
            "metric": "gap[rows]",
            "component": "mine:gap",
            "version": "2",
            "options": {"k": 3},
            "direction": "lower",
            "best": None,
            "dataset": "marks",
            "modality": "image",
            "extractor": "rows",
            "n": 60,
            "floor": Floor((10.0, 11.0, 12.0), 11.0, 1.0),
            "rows": _ROWS,
            "left_out": (LeftOut("collapse", "to 200", "n is 60"),),
        }
        made = known | fields
        made.setdefault("expected", _expected(made["rows"]))
        return Card(**made)

    return make
