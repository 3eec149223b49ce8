"""What the plugin says of its components."""

from __future__ import annotations

from pathlib import Path

import genbench_points
import pytest

from genbench.catalog.catalog import load_catalog
from genbench.contract.signature import fill_options, read_contract
from genbench.core.errors import SuiteError

SPECS = {spec.name: spec for spec in genbench_points.genbench_metrics()}
NORMAL = {"protocol": "pointflow", "normalise": None}


@pytest.mark.parametrize(
    ("name", "options", "given"),
    [
        (
            "chamfer",
            {**NORMAL, "squared": True, "reduce": "mean", "combine": "sum", "points": None},
            ("rng", "log"),
        ),
        ("emd", {**NORMAL, "points": None}, ("rng", "log")),
        ("voxel-jsd", {**NORMAL, "resolution": 28, "side": None, "in_sphere": True}, ("log",)),
        ("f-score", {"threshold": 0.05, **NORMAL, "points": None}, ("rng", "log")),
    ],
)
def test_a_metric_compares_real_with_fake_clouds_and_has_its_defaults(name, options, given):
    contract = read_contract(SPECS[name])
    assert (contract.inputs, contract.given) == (("real", "fake"), given)
    assert fill_options(contract, {}, where="suite", folder=Path()) == options


def test_the_metric_of_the_law_asks_for_it():
    contract = read_contract(SPECS["shape-law"])
    assert (contract.inputs, contract.given) == (("fake", "truth"), ())
    assert fill_options(contract, {}, where="suite", folder=Path()) == {"tolerance": 0.03, "bins": 10}


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("chamfer", {"protocol": "pvd"}),
        ("chamfer", {"normalise": "unit"}),
        ("chamfer", {"reduce": "median"}),
        ("emd", {"points": 0}),
        ("voxel-jsd", {"resolution": 1}),
        ("voxel-jsd", {"side": 0}),
        ("f-score", {"threshold": 0}),
        ("shape-law", {"tolerance": 0}),
        ("shape-law", {"bins": 0}),
    ],
)
def test_an_option_outside_its_bounds_is_refused(name, options):
    with pytest.raises(SuiteError, match=next(iter(options))):
        fill_options(read_contract(SPECS[name]), options, where="suite", folder=Path())


def test_directions_and_ranges_are_those_of_the_papers():
    outputs = {
        output.name: (output.direction, output.best, output.range)
        for spec in SPECS.values()
        for output in spec.scores
    }
    unit, above = (0.0, 1.0), (0.0, None)
    assert outputs == {
        "mmd-cd": ("lower", 0.0, above),
        "cov-cd": ("higher", None, unit),
        "nna-cd": ("target", 0.5, unit),
        "mmd-emd": ("lower", 0.0, above),
        "cov-emd": ("higher", None, unit),
        "nna-emd": ("target", 0.5, unit),
        "voxel-jsd": ("lower", 0.0, unit),
        "f-score": ("higher", 1.0, unit),
        "shape-misfit": ("lower", 0.0, above),
        "shape-shares": ("lower", 0.0, unit),
        "shape-coverage": ("higher", 1.0, unit),
        "shape-sizes": ("lower", 0.0, (0.0, 0.5)),
    }


def test_a_clouds_default_data_are_those_of_the_world():
    (modality,) = [one for one in load_catalog(only=["genbench"]).of_kind("modality") if one.name == "points"]
    assert modality.spec.default_dataset == "shapes-world"


def test_saying_what_there_is_loads_no_numpy(modules_loaded_by):
    hooks = "datasets", "faults", "generators", "metrics"
    called = "; ".join(f"genbench_points.genbench_{kind}()" for kind in hooks)
    loaded = modules_loaded_by(f"import genbench_points; {called}")
    assert not loaded & {"numpy", "scipy", "torch", "pandas", "trimesh"}


def test_reading_every_signature_loads_nothing_heavier_than_numpy(modules_loaded_by):
    hooks = "datasets", "faults", "generators", "metrics"
    specs = ", ".join(f"*genbench_points.genbench_{kind}()" for kind in hooks)
    loaded = modules_loaded_by(
        f"import genbench_points, importlib; "
        f"[importlib.import_module(s.make.split(':')[0]) for s in ({specs})]"
    )
    assert "numpy" in loaded
    assert not loaded & {"scipy", "torch", "pandas", "trimesh"}
