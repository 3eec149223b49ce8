"""The kinds, inputs and options of the controls."""

from __future__ import annotations

import genbench_controls

from genbench.contract.signature import read_contract

SPECS = {spec.name: spec for spec in genbench_controls.genbench_generators()}


def test_three_controls_bound_the_board_and_finished_outputs_compete():
    assert {name: spec.control for name, spec in SPECS.items()} == {
        "held-out": "ceiling", "train-copies": "exploit", "noise": "floor", "samples": None,
    }  # fmt: skip


def test_what_is_drawn_without_replacement_is_drawn_at_once():
    assert {name for name, spec in SPECS.items() if spec.chunk is None} == {
        "held-out", "train-copies", "samples",
    }  # fmt: skip


def test_each_asks_for_the_part_of_the_data_that_it_needs():
    asked = {name: read_contract(spec) for name, spec in SPECS.items()}
    assert {name: contract.inputs for name, contract in asked.items()} == {
        "held-out": ("held_out",), "train-copies": ("train",), "noise": ("train", "modality"),
        "samples": ("train", "modality", "open_outputs"),
    }  # fmt: skip
    options = {name: [option.name for option in contract.options] for name, contract in asked.items()}
    finished = ["path", "field", "reader_options"]
    assert options == {"held-out": [], "train-copies": [], "noise": [], "samples": finished}
