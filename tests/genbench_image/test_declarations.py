"""The inputs and options of the datasets and extractors."""

from __future__ import annotations

import genbench_image

from genbench.contract.signature import read_contract

SPECS = [*genbench_image.genbench_datasets(), *genbench_image.genbench_extractors()]
REGISTERED = [
    "vgg16", *(f"clip-{size}" for size in ("rn50", "rn101", "rn50x4", "rn50x16", "rn50x64")),
    *(f"clip-vit-{size}" for size in ("b-32", "b-16", "l-14", "l-14-336px")),
    *(f"dinov2-vit-{size}-14" for size in "sblg"),
]  # fmt: skip


def test_options_and_inputs_are_those_that_the_documentation_names():
    contracts = {spec.name: read_contract(spec) for spec in SPECS}
    assert {name: [option.name for option in contract.options] for name, contract in contracts.items()} == {
        "digits": [],
        "image-folder": ["path", "mode", "held_out", "ignore", "recursive"],
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
    assert contracts["classifier"].host_parameters == ("rng", "device", "log")
