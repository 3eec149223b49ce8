"""The specs of chains and of their oracle: inputs, defaults and bounds."""

from __future__ import annotations

from pathlib import Path

import pytest
from genbench_text.chains import SPECS

from genbench import SuiteError
from genbench.contract.signature import fill_options, read_contract

BY_NAME = {spec.name: spec for spec in SPECS}


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("markov", {"unit": "characters", "order": None}),
        ("hmm", {"unit": "characters", "states": 32, "iterations": 40, "smoothing": 0.01}),
        ("markov-oracle", {"unit": "characters", "order": None}),
    ],
)
def test_a_chain_asks_for_train_and_has_its_defaults(name, options):
    contract = read_contract(BY_NAME[name])
    assert contract.inputs == ("train",)
    assert fill_options(contract, {}, where="suite", folder=Path()) == options
    assert contract.given == (("rng", "log") if name == "hmm" else ())


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("markov", {"order": -1}),
        ("markov", {"unit": "letters"}),
        ("hmm", {"states": 0}),
        ("hmm", {"iterations": 0}),
        ("hmm", {"smoothing": 0}),
        ("markov-oracle", {"order": 1.5}),
    ],
)
def test_an_option_outside_its_bounds_is_refused(name, options):
    with pytest.raises(SuiteError, match=next(iter(options))):
        fill_options(read_contract(BY_NAME[name]), options, where="suite", folder=Path())
