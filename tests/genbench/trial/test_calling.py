from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from genbench import GeneratorSpec
from genbench.catalog.catalog import Component, Owner
from genbench.contract.signature import fill_options, read_contract
from genbench.suite.components import Part
from genbench.trial.calling import call, compute_state_hash, gather, restore


def part_of(make, **options):
    component = Component(
        GeneratorSpec(name="cloud", make=make, control="ceiling"), Owner("maker", "1", "maker", "cloud")
    )
    contract = read_contract(component.spec)
    filled = fill_options(contract, options, where="test", folder=Path())
    return Part(
        name="cloud",
        component=component,
        contract=contract,
        options=filled,
        canonical={},
        signature_options={},
    )


def everything(train, held_out, *, steps: int = 3, rng, device, log):
    return {"train": train, "held_out": held_out, "steps": steps, "rng": rng, "device": device, "log": log}


def test_a_component_gets_what_it_asks_for_by_name():
    given = {"rng": "r", "device": "cpu", "log": "l"}
    found = call(part_of(everything, steps=5), {"train": 1, "held_out": 2}, given)
    assert found == {"train": 1, "held_out": 2, "steps": 5} | given


def test_what_it_does_not_ask_for_is_left_out():
    def plain(train):
        return train

    assert call(part_of(plain), {"train": 7}, {"rng": "r", "device": "cpu", "log": "l"}) == 7


def test_given_things_may_stand_before_the_star_too():
    def fit(train, rng):
        return (train, rng)

    assert call(part_of(fit), {"train": 7}, {"rng": "r"}) == (7, "r")


def test_only_the_inputs_that_are_asked_for_are_made():
    def plain(train):
        return train

    def refuse():
        raise AssertionError("this input was not asked for")

    assert gather(part_of(plain), {"train": lambda: 7, "held_out": refuse}) == {"train": 7}


def test_a_class_is_called_like_a_function():
    class Sampler:
        def __init__(self, train, *, steps: int = 3):
            self.found = (train, steps)

    assert call(part_of(Sampler), {"train": 1}, {}).found == (1, 3)


def test_restoring_gives_the_device_only_to_who_asks_for_it(tmp_path):
    def plain(folder):
        return folder

    def placed(folder, *, device):
        return folder, device

    assert restore(plain, tmp_path, "cuda") == tmp_path
    assert restore(placed, tmp_path, "cuda") == (tmp_path, "cuda")
    assert restore("pathlib:Path", tmp_path, "cpu") == tmp_path


def test_an_input_that_is_not_provided_is_a_bug():
    with pytest.raises(KeyError):
        gather(part_of(everything), {"train": lambda: 1})


CHANGES = {
    "an attribute": lambda held: setattr(held, "mode", "eval"),
    "a number": lambda held: held.weights.__setitem__(3, 0.5),
    "a stream": lambda held: held.rng.random(),
    "the mode of a network": lambda held: held.network.eval(),
    "a weight of a network": lambda held: held.network[0].weight.data.add_(1),
}


@pytest.fixture
def held():
    """Return an object that holds what samplers do."""
    network = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.Dropout())
    return SimpleNamespace(weights=np.zeros(10), rng=np.random.default_rng(0), network=network)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_hash_tells_what_an_object_holds(held, change):
    before = compute_state_hash(held)
    assert compute_state_hash(held) == before != ""
    change(held)
    assert compute_state_hash(held) not in (before, "")


def test_an_object_that_cannot_be_written_has_no_hash(held):
    held.lock = lambda: None
    assert compute_state_hash(held) == ""
