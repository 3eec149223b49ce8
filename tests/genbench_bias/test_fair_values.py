"""Groups and outcomes of selection rates, and the fair value of each probe on its pages."""

from __future__ import annotations

import inspect
from pathlib import Path

import genbench_bias
import pytest

from genbench.contract.signature import fill_options, read_contract, resolve
from genbench.core.errors import SuiteError

SPECS = {spec.name: spec for spec in genbench_bias.genbench_metrics()}
ROOT = Path(__file__).parents[2]
BOTH = ("real_labels", "fake_labels")
CLASSIFIED = ("real", "real_labels", "fake")


@pytest.mark.parametrize(
    ("name", "inputs"), [("selection-rate", BOTH), ("classified-selection-rate", CLASSIFIED)]
)
def test_selection_rates_need_groups_and_an_outcome(name, inputs):
    contract = read_contract(SPECS[name])
    assert contract.inputs == inputs
    given = {"groups": {"women": [0, 1], "men": [2, 3]}, "selected": [0, 2]}
    found = fill_options(contract, given, where="suite", folder=Path())
    assert found["groups"] == {"women": (0, 1), "men": (2, 3)}
    with pytest.raises(SuiteError, match="needs the option 'groups'"):
        fill_options(contract, {}, where="suite", folder=Path())


@pytest.mark.parametrize("name", SPECS)
def test_every_probe_says_on_each_of_its_places_that_it_is_no_verdict_and_what_is_fair(name):
    page = (ROOT / f"docs/metrics/{name}.md").read_text(encoding="utf-8")
    docstring = " ".join(inspect.getdoc(resolve(SPECS[name].make)).split())
    assert "no verdict" in SPECS[name].summary
    assert "no verdict" in page
    assert "fair" in page
    assert "fair" in docstring
    assert "not a verdict" in docstring
    assert all("fair" in output.summary for output in SPECS[name].scores if output.direction == "target")
