"""What the plugin says of its metrics."""

from __future__ import annotations

import math
from pathlib import Path

import genbench_fidelity
import pytest

from genbench.contract.signature import fill_options, read_contract
from genbench.core.errors import SuiteError

#: The metrics that draw.
DRAWING = {
    "fid-infinity",
    "ms-ssim-diversity",
    "lpips-diversity",
    "cas",
    "tstr",
    "worst-kid",
    "worst-coverage",
    "classified-worst-kid",
    "classified-worst-coverage",
    "path-length",
    "ndb",
    "c-t",
    "fld",
}

#: Those that compute on the device of the run.
ON_DEVICE = {"cas"}
LOGGING = {
    "authenticity", "birthday", "c-t", "cas", "cmmd", "density-coverage", "duplicates", "fid", "fid-infinity",
    "fld", "kid", "ndb", "near-duplicates", "prdc", "precision-recall", "train-duplicates", "tstr", "vendi",
}  # fmt: skip

SPECS = {spec.name: spec for spec in genbench_fidelity.genbench_metrics()}


@pytest.mark.parametrize(
    ("name", "inputs", "options"),
    [
        ("fid", ("real", "fake"), {}),
        (
            "kid",
            ("real", "fake"),
            {"estimator": "subsets", "subsets": 100, "subset_size": 1000, "first": "real"},
        ),
        ("inception-score", ("fake",), {"splits": 10, "shuffle": True}),
        (
            "fid-infinity",
            ("real", "fake"),
            {"points": 15, "smallest": None, "subsets": "random", "halves": None},
        ),
        ("cmmd", ("real", "fake"), {"sigma": 10.0, "normalise": True}),
        ("precision-recall", ("real", "fake"), {"k": 3}),
        ("prdc", ("real", "fake"), {"k": 5}),
        ("density-coverage", ("real", "fake"), {"k": 5}),
        ("vendi", ("fake",), {"q": 1.0}),
        ("ms-ssim-diversity", ("fake",), {"pairs": 1000, "within": "all", "scales": 5, "window": 11}),
        ("lpips-diversity", ("fake",), {"pairs": 1000}),
        ("cas", ("real", "real_labels", "fake", "fake_labels"), {"steps": 500, "batch": 64, "rate": 2e-3}),
        (
            "tstr",
            ("real", "real_labels", "fake", "fake_labels", "train", "train_labels"),
            {"c": 1.0, "iterations": 1000},
        ),
        ("worst-kid", ("real", "real_labels", "fake", "fake_labels"), {"per_group": None, "draws": 10}),
        (
            "worst-coverage",
            ("real", "real_labels", "fake", "fake_labels"),
            {"k": 5, "per_group": None, "draws": 10},
        ),
        (
            "classified-worst-kid",
            ("real", "real_labels", "fake"),
            {"per_group": None, "draws": 10, "imputations": 39},
        ),
        (
            "classified-worst-coverage",
            ("real", "real_labels", "fake"),
            {"k": 5, "per_group": None, "draws": 10, "imputations": 39},
        ),
        (
            "path-length",
            ("sampler", "extract"),
            {"eps": 0.05, "pairs": 2000, "interpolation": "lerp", "trim": 1.0},
        ),
        ("modes", ("real", "fake"), {"min_count": 1}),
        ("reverse-kl", ("real", "fake"), {}),
        ("authenticity", ("train", "fake"), {}),
        ("c-t", ("real", "fake", "train"), {"cells": 3, "dimensions": 64, "min_fakes": 20}),
        ("fld", ("real", "fake", "train"), {"gaussians": 10_000}),
        ("duplicates", ("fake",), {}),
        ("train-duplicates", ("train", "fake"), {}),
        ("near-duplicates", ("real", "fake", "train"), {"alpha": 0.05, "threshold": None}),
        ("ndb", ("train", "fake"), {"bins": 100, "alpha": 0.05}),
        ("birthday", ("real", "fake"), {"alpha": 0.05, "threshold": None}),
    ],
)
def test_a_metric_asks_for_its_inputs_and_has_its_defaults(name, inputs, options):
    contract = read_contract(SPECS[name])
    assert contract.inputs == inputs
    given = {"rng": name in DRAWING, "device": name in ON_DEVICE, "log": name in LOGGING}
    assert contract.given == tuple(kind for kind, is_given in given.items() if is_given)
    assert fill_options(contract, {}, where="suite", folder=Path()) == options


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("kid", {"estimator": "biased"}),
        ("kid", {"subsets": 0}),
        ("kid", {"subset_size": 1}),
        ("inception-score", {"splits": 0}),
        ("precision-recall", {"k": 0}),
        ("density-coverage", {"k": 2.5}),
        ("fid-infinity", {"points": 2}),
        ("fid-infinity", {"subsets": "all"}),
        ("cmmd", {"sigma": 0}),
        ("prdc", {"k": 0}),
        ("vendi", {"q": 0}),
        ("ms-ssim-diversity", {"window": 4}),
        ("ms-ssim-diversity", {"scales": 6}),
        ("lpips-diversity", {"pairs": 0}),
        ("cas", {"steps": 0}),
        ("tstr", {"c": 0}),
        ("worst-kid", {"per_group": 1}),
        ("worst-coverage", {"k": 0}),
        ("classified-worst-kid", {"imputations": 38}),
        ("path-length", {"eps": 0}),
        ("path-length", {"trim": 50}),
        ("vendi", {"q": "all"}),
        ("modes", {"min_count": 0}),
        ("c-t", {"cells": 0}),
        ("c-t", {"dimensions": 0}),
        ("c-t", {"min_fakes": -1}),
        ("fld", {"gaussians": 0}),
        ("near-duplicates", {"alpha": 0}),
        ("near-duplicates", {"threshold": -1}),
        ("ndb", {"bins": 1}),
        ("ndb", {"alpha": 1}),
        ("birthday", {"alpha": 1}),
        ("birthday", {"threshold": "near"}),
    ],
)
def test_an_option_outside_its_bounds_is_refused(name, options):
    with pytest.raises(SuiteError, match=next(iter(options))):
        fill_options(read_contract(SPECS[name]), options, where="suite", folder=Path())


@pytest.mark.parametrize("q", [0.5, 2.0, "inf"])
def test_a_suite_can_ask_for_any_order_of_vendi(q):
    options = fill_options(read_contract(SPECS["vendi"]), {"q": q}, where="suite", folder=Path())
    assert options == {"q": q}


def test_directions_ranges_and_extractors_are_the_literature_s():
    both = ("features", "probabilities")
    outputs = {
        output.name: (output.direction, output.best, output.range, spec.takes, spec.extractor)
        for spec in SPECS.values()
        for output in spec.scores
    }
    assert outputs == {
        "fid": ("lower", 0.0, (0.0, None), "features", "inception-v3-compat"),
        "fid-infinity": ("lower", 0.0, (None, None), "features", "inception-v3-compat"),
        "cmmd": ("lower", 0.0, (0.0, 2000.0), "features", "clip-vit-l-14-336px"),
        "prdc-precision": ("higher", None, (0.0, 1.0), "features", "vgg16"),
        "prdc-recall": ("higher", None, (0.0, 1.0), "features", "vgg16"),
        "prdc-density": ("higher", None, (0.0, None), "features", "vgg16"),
        "prdc-coverage": ("higher", None, (0.0, 1.0), "features", "vgg16"),
        "kid": ("lower", 0.0, (None, None), "features", "inception-v3-compat"),
        "inception-score": ("higher", None, (1.0, None), "probabilities", "inception-v3-compat"),
        "precision": ("higher", None, (0.0, 1.0), "features", "vgg16"),
        "recall": ("higher", None, (0.0, 1.0), "features", "vgg16"),
        "density": ("higher", None, (0.0, None), "features", "vgg16"),
        "coverage": ("higher", None, (0.0, 1.0), "features", "vgg16"),
        "vendi": ("none", None, (1.0, None), "features", None),
        "ms-ssim-diversity": ("none", None, (0.0, 1.0), "samples", None),
        "lpips-diversity": ("none", None, (0.0, None), "features", "lpips"),
        "cas": ("higher", None, (0.0, 1.0), "samples", None),
        "tstr": ("higher", None, (0.0, 1.0), "features", None),
        "tstr-gap": ("lower", None, (-1.0, 1.0), "features", None),
        "worst-kid": ("lower", 0.0, (None, None), "features", None),
        "kid-gap": ("lower", 0.0, (0.0, None), "features", None),
        "worst-coverage": ("higher", None, (0.0, 1.0), "features", None),
        "coverage-gap": ("lower", 0.0, (0.0, 1.0), "features", None),
        "classified-worst-kid": ("lower", 0.0, (None, None), both, None),
        "classified-kid-gap": ("lower", 0.0, (0.0, None), both, None),
        "classified-worst-coverage": ("higher", None, (0.0, 1.0), both, None),
        "classified-coverage-gap": ("lower", 0.0, (0.0, 1.0), both, None),
        "path-length": ("lower", None, (0.0, None), "features", "lpips"),
        "modes": ("higher", None, (0.0, None), "probabilities", None),
        "reverse-kl": ("lower", 0.0, (0.0, None), "probabilities", None),
        "authenticity": ("none", None, (0.0, 100.0), "features", None),
        "c-t": ("none", None, (None, None), "features", None),
        "fld": ("lower", None, (None, None), "features", None),
        "fld-gap": ("none", None, (None, None), "features", None),
        "duplicates": ("lower", 0.0, (0.0, 1.0), "samples", None),
        "train-duplicates": ("lower", 0.0, (0.0, 1.0), "samples", None),
        "near-duplicates": ("none", None, (0.0, 1.0), "features", None),
        "ndb": ("lower", None, (0.0, None), "features", None),
        "jsd": ("lower", 0.0, (0.0, math.log(2)), "features", None),
        "birthday": ("none", None, (4.0, None), "features", None),
    }


def test_saying_what_there_is_loads_no_numpy(modules_loaded_by):
    loaded = modules_loaded_by("import genbench_fidelity; genbench_fidelity.genbench_metrics()")
    assert not loaded & {"numpy", "scipy", "torch", "pandas", "sklearn"}


def test_reading_every_signature_loads_nothing_heavier_than_numpy(modules_loaded_by):
    statement = (
        "import genbench_fidelity, importlib; "
        "[importlib.import_module(s.make.split(':')[0]) for s in genbench_fidelity.genbench_metrics()]"
    )
    loaded = modules_loaded_by(statement)
    assert "numpy" in loaded
    assert not loaded & {"scipy", "torch", "pandas", "sklearn"}
