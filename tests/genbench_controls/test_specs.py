"""What the plugin says it holds."""

from __future__ import annotations

import importlib

import genbench_controls
import pytest

from genbench.contract.signature import read_contract

SPECS = {spec.name: spec for spec in genbench_controls.genbench_generators()}


def test_three_controls_bound_the_board_and_finished_outputs_compete():
    assert {name: spec.control for name, spec in SPECS.items()} == {
        "held-out": "ceiling", "train-copies": "exploit", "noise": "floor", "samples": None,
    }  # fmt: skip


def test_what_is_drawn_without_replacement_is_drawn_at_once():
    assert {name for name, spec in SPECS.items() if spec.chunk is None} == {
        "held-out",
        "train-copies",
        "samples",
    }


@pytest.mark.parametrize("name", SPECS)
def test_each_spec_names_a_function_with_a_docstring_and_says_what_it_is(name):
    module, attribute = SPECS[name].make.split(":")
    assert getattr(importlib.import_module(module), attribute).__doc__
    assert SPECS[name].summary


def test_each_asks_for_the_part_of_the_data_that_it_needs():
    asked = {name: read_contract(spec) for name, spec in SPECS.items()}
    assert {name: contract.inputs for name, contract in asked.items()} == {
        "held-out": ("held_out",), "train-copies": ("train",), "noise": ("train", "modality"),
        "samples": ("train", "modality", "open_outputs"),
    }  # fmt: skip
    options = {name: [option.name for option in contract.options] for name, contract in asked.items()}
    finished = ["path", "field", "reader_options"]
    assert options == {"held-out": [], "train-copies": [], "noise": [], "samples": finished}


def test_listing_and_reading_signatures_loads_nothing_heavy(modules_loaded_by):
    listing = "import genbench_controls; genbench_controls.genbench_generators()\n"
    assert "numpy" not in modules_loaded_by(listing)
    reading = "import genbench_controls.real, genbench_controls.noise, genbench_controls.finished"
    assert not modules_loaded_by(listing + reading) & {"torch", "sklearn", "pandas", "PIL"}
