from __future__ import annotations

import pytest

from genbench import FaultSpec, PluginError
from genbench.contract.faults import EFFECTS, PENALISED

GOOD = {"name": "tear", "make": len, "levels": {"10 %": 0.1}, "effect": "worse"}


def test_every_effect_is_explained():
    assert all(EFFECTS.values())
    assert set(PENALISED) < set(EFFECTS)


@pytest.mark.parametrize("effect", EFFECTS)
def test_a_fault_has_levels_and_an_effect(effect):
    assert FaultSpec(**GOOD | {"effect": effect}).levels == {"10 %": 0.1}


@pytest.mark.parametrize(
    "levels", [{}, {"": 1}, {"10 %": "0.1"}, {"10 %": True}, {"10 %": float("nan")}, {1: 1}, ("10 %", 0.1)]
)
def test_levels_are_texts_with_numbers(levels):
    with pytest.raises(PluginError, match=r"fault 'tear': levels .* are not texts with a finite number each"):
        FaultSpec(**GOOD | {"levels": levels})


def test_a_fault_may_be_that_of_a_control_of_a_known_role():
    assert FaultSpec(**GOOD).control is None
    assert FaultSpec(**GOOD, control="floor").control == "floor"
    with pytest.raises(PluginError, match="fault 'tear': control is 'bottom'; write control="):
        FaultSpec(**GOOD, control="bottom")


def test_an_unknown_effect_is_refused_with_those_that_are_known():
    with pytest.raises(PluginError, match="effect is 'bad'; expected one of worse, punished, unchanged, any"):
        FaultSpec(**GOOD | {"effect": "bad"})
