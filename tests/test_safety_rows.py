"""Odd samples and odd answers through a whole run: each costs its own cells, with a status and a reason."""

from __future__ import annotations

import pytest

import genbench

PLUGIN = """
import numpy as np
from genbench import Data, DatasetSpec, ExtractorSpec, GeneratorSpec, MetricSpec, Samples, Space, hookimpl

def shades():
    x = np.random.Generator(np.random.PCG64(3)).integers(0, 256, (120, 4, 4, 1)).astype(np.uint8)
    return Data(Samples.of("image", x))

class Sampler:
    def __init__(self, space, make): self.space, self.make = space, make
    def sample(self, n, *, rng):
        made = self.make(n, rng)
        return made if isinstance(made, (Samples, list, type(None))) else Samples(made, self.space)

def pixels(n, rng): return rng.integers(0, 256, (n, 4, 4, 1)).astype(np.uint8)

SPACE = Space("image", (4, 4, 1), low=0, high=255)

MAKES = {
    "too-many": lambda n, rng: pixels(n + 1, rng),
    "too-few": lambda n, rng: pixels(n - 1, rng),
    "nothing": lambda n, rng: None,
    "in-a-list": lambda n, rng: list(pixels(n, rng)),
    "doubles": lambda n, rng: pixels(n, rng).astype(float),
    "integers": lambda n, rng: pixels(n, rng).astype(np.int64),
    "objects": lambda n, rng: pixels(n, rng).astype(object),
    "flat": lambda n, rng: pixels(n, rng).reshape(n, 16),
    "another-size": lambda n, rng: np.zeros((n, 5, 4, 1), np.uint8),
    "vectors": lambda n, rng: Samples.of("vector", rng.normal(size=(n, 3))),
    "out-of-range": lambda n, rng: Samples(pixels(n, rng).astype(np.float32) / 127.5 - 1, SPACE),
    "constant": lambda n, rng: np.full((n, 4, 4, 1), 7, np.uint8),
    "fine": pixels,
}

def too_many(train): return Sampler(train.space, MAKES["too-many"])
def too_few(train): return Sampler(train.space, MAKES["too-few"])
def nothing(train): return Sampler(train.space, MAKES["nothing"])
def in_a_list(train): return Sampler(train.space, MAKES["in-a-list"])
def doubles(train): return Sampler(train.space, MAKES["doubles"])
def integers(train): return Sampler(train.space, MAKES["integers"])
def objects(train): return Sampler(train.space, MAKES["objects"])
def flat(train): return Sampler(train.space, MAKES["flat"])
def another_size(train): return Sampler(train.space, MAKES["another-size"])
def vectors(train): return Sampler(train.space, MAKES["vectors"])
def out_of_range(train): return Sampler(train.space, MAKES["out-of-range"])
def constant(train): return Sampler(train.space, MAKES["constant"])
def fine(train): return Sampler(train.space, MAKES["fine"])

def gap(real, fake): return abs(float(real.data.mean()) - float(fake.data.mean()))

def answer_nan(fake): return float("nan")
def answer_infinity(fake): return np.float32("-inf")
def answer_complex(fake): return 1 + 1e-7j
def answer_bool(fake): return True
def answer_text(fake): return "0.5"
def answer_none(fake): return None
def answer_array(fake): return np.zeros(2)
def answer_unknown(fake): return {"another": 1.0}
def answer_scalar(fake): return np.float32(0.5)
def answer_tensor(fake):
    import torch
    return torch.tensor(0.5)
def answer_below(fake): return -2e-13
def answer_outside(fake): return -0.5

def spoilt():
    return lambda samples: {"features": np.where(np.arange(len(samples))[:, None] == 3, np.nan, 1.0)}
def thin():
    return lambda samples: {"features": samples.data.reshape(len(samples), -1).repeat(40, 1).astype("f4")}

@hookimpl
def genbench_datasets(): return [DatasetSpec(name="shades", make=shades, modalities=("image",))]

@hookimpl
def genbench_extractors():
    outputs = {"features": "numbers"}
    return [ExtractorSpec(name=name, make=make, outputs=outputs, modalities=("image",))
            for name, make in (("spoilt", spoilt), ("thin", thin))]

@hookimpl
def genbench_generators():
    makes = {name: globals()[name.replace("-", "_")] for name in MAKES}
    return [GeneratorSpec(name=name, make=make, modalities=("image",)) for name, make in makes.items()]

@hookimpl
def genbench_metrics():
    makes = {name: make for name, make in globals().items() if name.startswith("answer_")}
    common = {"modalities": ("image",), "range": (0.0, None)}
    made = [MetricSpec(name=name.replace("_", "-"), make=make, **common) for name, make in makes.items()]
    return [MetricSpec(name="gap", make=gap, modalities=("image",)), *made]
"""

#: Row of the fault table, generator, and what is said of its samples.
GENERATORS = {
    "too-many": (6, "asked for 20 samples, got 21"),
    "too-few": (5, "asked for 20 samples, got 19"),
    "nothing": (2, "expected a genbench.Samples, got NoneType"),
    "in-a-list": (2, "expected a genbench.Samples, got list"),
    "doubles": (3, "expected uint8 for image samples, got float64"),
    "integers": (3, "expected uint8 for image samples, got int64"),
    "objects": (3, "expected uint8 for image samples, got object"),
    "flat": (2, "expected samples of shape (20, 4, 4, 1), got (20, 16)"),
    "another-size": (2, "expected samples of shape (20, 4, 4, 1), got (20, 5, 4, 1)"),
    "vectors": (2, "expected image samples, got vector samples"),
    "out-of-range": (4, "expected uint8 for image samples, got float32"),
}

#: Row of the fault table, metric, and what is said of its answer.
ANSWERS = {
    "answer-nan": (13, "expected a finite number, got nan"),
    "answer-infinity": (14, "expected a finite number, got -inf"),
    "answer-complex": (15, "complex"),
    "answer-bool": (16, "bool"),
    "answer-text": (16, "str"),
    "answer-none": (16, "None"),
    "answer-array": (16, "ndarray"),
    "answer-unknown": (16, "another"),
    "answer-outside": (17, "-0.5"),
}

SUITE = """
name = "rows"
seeds = [0]
n = 20
n_real = "all"
controls = false
dataset = [{use = "shades"}]
"""
OTHERS = '[[metric]]\nuse = "fid"\nextractor = "spoilt"\n[[metric]]\nuse = "fid"\nextractor = "thin"\n'


@pytest.fixture(scope="module")
def scores(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rows")
    (folder / "plugin.py").write_text(PLUGIN)
    generators = "".join(f'[[generator]]\nuse = "{name}"\n' for name in [*GENERATORS, "constant", "fine"])
    metrics = ["gap", "answer-scalar", "answer-tensor", "answer-below", *ANSWERS]
    written = "".join(f'[[metric]]\nuse = "{name}"\n' for name in metrics)
    (folder / "rows.toml").write_text(SUITE + generators + written + OTHERS)
    run = genbench.run(folder / "rows.toml", output=folder / "out", plugins=[folder / "plugin.py"], jobs=1)
    return run.scores()


def of(scores, generator, metric=None):
    found = scores[scores["generator"] == generator]
    return found if metric is None else found[found["metric"] == metric].iloc[0]


@pytest.mark.parametrize("generator", GENERATORS)
def test_samples_that_are_none_are_invalid_and_reach_no_metric(scores, generator):
    found = of(scores, generator)
    _, reason = GENERATORS[generator]
    assert set(found["status"]) == {"invalid"}
    assert all(reason in text for text in found["reason"])
    assert found["value"].isna().all()


@pytest.mark.parametrize("metric", ANSWERS)
def test_an_answer_that_is_no_number_in_range_is_invalid(scores, metric):
    _, reason = ANSWERS[metric]
    cell = of(scores, "fine", metric)
    assert cell["status"] == "invalid"
    assert reason in cell["reason"]


@pytest.mark.parametrize(("metric", "value"), [("answer-scalar", 0.5), ("answer-tensor", 0.5)])
def test_scalars_of_libraries_are_numbers(scores, metric, value):
    assert of(scores, "fine", metric)["value"] == value


def test_rounding_below_the_range_is_its_bound(scores):
    assert of(scores, "fine", "answer-below")["value"] == 0


def test_samples_that_are_all_alike_are_scored(scores):
    assert of(scores, "constant", "gap")["status"] == "ok"
    assert of(scores, "constant", "fid[thin]")["status"] == "ok"


def test_features_that_are_no_numbers_are_invalid(scores):
    cell = of(scores, "fine", "fid[spoilt]")
    assert cell["status"] == "invalid"
    assert "output 'features' holds values that are not finite" in cell["reason"]


def test_more_dimensions_than_samples_have_a_distance(scores):
    assert of(scores, "fine", "fid[thin]")["status"] == "ok"  # 640 dimensions, 20 samples
    assert 0 <= of(scores, "fine", "fid[thin]")["value"] < float("inf")
