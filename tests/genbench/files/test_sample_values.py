"""Samples as JSON-like values."""

from __future__ import annotations

import base64
import json

import numpy as np
import pandas as pd
import pytest

from genbench.core.arrays import Ragged
from genbench.core.errors import DataError
from genbench.core.samples import Samples, content_hash
from genbench.files.sample_values import samples_of, values_of

RNG = np.random.Generator(np.random.PCG64(3))
TABLE = pd.DataFrame(
    {"x": [0.1, np.nan], "n": np.array([1, 2], np.int8), "s": ["a", None], "b": [True, False]}
)
SIZED = [["x", "S1000000000"], ["n", "U9"], ["s", "V8"], ["b", "bool"]]
SAMPLES = {
    "image": Samples.of("image", RNG.integers(0, 256, (3, 4, 2, 1)).astype(np.uint8), [1, 0, 1]),
    "image in another order": Samples.of("image", np.arange(24, dtype=np.uint8).reshape(1, 2, 3, 4).T),
    "big-endian": Samples.of("vector", np.arange(6.0).reshape(3, 2).astype(">f8")),
    "no vector": Samples.of("vector", np.zeros((0, 3), np.float32)),
    "sounds": Samples.of("audio", [RNG.normal(size=(n, 1)).astype(np.float32) for n in (3, 0, 2)], rate=8000),
    "some of several sounds": Samples.of(
        "audio", Ragged.of(RNG.normal(size=(4, 5, 1)).astype(np.float32)), rate=8000
    ).take(slice(1, 3)),
    "texts": Samples.of("text", ("", "é\0\n\u2028", '"'), [0, 0, 1], classes=("a", "b")),
    "table": Samples.of("table", TABLE, [4, -5]),
    "no text": Samples.of("text", (), np.zeros(0, np.int64)),
}


@pytest.mark.parametrize("samples", SAMPLES.values(), ids=SAMPLES)
def test_samples_are_the_same_after_a_way_through_json(samples):
    values = values_of(samples)
    found = samples_of(json.loads(json.dumps(values, allow_nan=False)))
    assert content_hash(found) == content_hash(samples)
    assert values_of(found) == values


def changed(samples, **fields):
    return values_of(samples) | fields


IMAGE, TEXTS, FRAME = SAMPLES["image"], SAMPLES["texts"], SAMPLES["table"]
ARRAY = values_of(IMAGE)["array"]
BAD = {
    "no data": {"space": values_of(IMAGE)["space"]},
    "no space": changed(IMAGE, space=None),
    "another shape": changed(IMAGE, array=ARRAY | {"shape": [3, 4, 3, 1]}),
    "a shape of terabytes": changed(IMAGE, array=ARRAY | {"shape": [2**40, 2**40]}),
    "a negative shape": changed(IMAGE, array=ARRAY | {"shape": [-1, -24]}),
    "a shape of floats": changed(IMAGE, array=ARRAY | {"shape": [3.0, 8.0]}),
    "objects": changed(IMAGE, array=ARRAY | {"dtype": "object"}),
    "characters": changed(IMAGE, array=ARRAY | {"dtype": "S1000000000"}),
    "complex numbers": changed(IMAGE, array=ARRAY | {"dtype": "complex64", "shape": [3]}),
    "single characters": changed(IMAGE, array=ARRAY | {"dtype": "S1"}),
    "no base64": changed(IMAGE, array=ARRAY | {"base64": "!" * 32}),
    "other bytes": changed(IMAGE, array=ARRAY | {"base64": base64.b64encode(bytes(23)).decode()}),
    "labels of other number": changed(IMAGE, labels=[1]),
    "labels that are texts": changed(IMAGE, labels=["1", "2", "3"]),
    "labels that are fractions": changed(IMAGE, labels=[0.5, 1, 2]),
    "labels beyond 64 bits": changed(IMAGE, labels=[2**70, 1, 2]),
    "offsets that go back": changed(SAMPLES["sounds"], offsets=[0, 3, 2, 5]),
    "offsets beyond the end": changed(SAMPLES["sounds"], offsets=[0, 3, 3, 6]),
    "numbers for texts": changed(TEXTS, strings=[1, 2, 3]),
    "rows that are tables": changed(FRAME, rows=[{"x": 1}, {"x": 2}]),
    "rows of other lengths": changed(FRAME, rows=[[1], [2]]),
    "a short row": changed(FRAME, rows=[[0.5, 1, "a", True], [0.5]]),
    "cells of another type": changed(FRAME, rows=[["x", 1, "a", True], ["y", 2, "b", False]]),
    "columns of a gigabyte": changed(FRAME, space={"kind": "table", "columns": SIZED}),
}  # fmt: skip


@pytest.mark.parametrize("values", BAD.values(), ids=BAD)
def test_values_that_lie_are_refused(values):
    with pytest.raises(DataError, match="it holds no samples"):
        samples_of(values)
