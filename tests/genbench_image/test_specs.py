"""What the plugin says of its datasets and extractors."""

from __future__ import annotations

import importlib
from importlib import resources

import genbench_image
import pytest

from genbench.contract.signature import read_contract

SPECS = [*genbench_image.genbench_datasets(), *genbench_image.genbench_extractors()]
REGISTERED = [
    "vgg16", *(f"clip-{size}" for size in ("rn50", "rn101", "rn50x4", "rn50x16", "rn50x64")),
    *(f"clip-vit-{size}" for size in ("b-32", "b-16", "l-14", "l-14-336px")),
    *(f"dinov2-vit-{size}-14" for size in "sblg"),
]  # fmt: skip
NAMED = pytest.mark.parametrize("spec", SPECS, ids=[spec.name for spec in SPECS])


@NAMED
def test_each_spec_names_a_function_with_a_docstring_and_says_what_it_is(spec):
    assert _function(spec.make).__doc__
    assert spec.summary
    assert spec.modalities


def test_options_and_inputs_are_those_that_the_documentation_names():
    contracts = {spec.name: read_contract(spec) for spec in SPECS}
    assert {name: [option.name for option in contract.options] for name, contract in contracts.items()} == {
        "digits": [],
        "image-folder": ["path", "mode", "held_out"],
        "idx": ["path", "held_out"],
        "npz": ["path"],
        "pixels": [],
        "classifier": ["steps", "batch", "lr", "dropout"],
        "digits-classifier": [],
        "lpips": ["backbone", "heads", "size"],
        "torch-module": ["file", "module", "channels", "side", "resize", "mean", "std", "output"],
        "inception-v3-compat": ["weights", "resize", "scaling", "dtype", "backend"],
        **{name: ["weights"] for name in REGISTERED},
    }
    assert contracts["classifier"].inputs == ("train", "train_labels")
    assert contracts["classifier"].given == ("rng", "device", "log")


def test_weights_that_are_named_are_shipped():
    for spec in genbench_image.genbench_extractors():
        if spec.canonical is not None:
            package, name = spec.canonical.split(":")
            assert (resources.files(package) / name).is_file()


def test_listing_loads_no_numpy_and_reading_signatures_no_torch(modules_loaded_by):
    listing = "import genbench_image as g\nspecs = [*g.genbench_datasets(), *g.genbench_extractors()]\n"
    assert "numpy" not in modules_loaded_by(listing)
    reading = "import importlib\nfor spec in specs: importlib.import_module(spec.make.split(':')[0])"
    assert not modules_loaded_by(listing + reading) & {"torch", "sklearn", "pandas", "scipy"}


def _function(make):
    module, attribute = make.split(":")
    return getattr(importlib.import_module(module), attribute)
