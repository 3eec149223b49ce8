"""The specs of metrics of pairs of columns."""

from __future__ import annotations

from pathlib import Path

import pytest
from genbench_table.pairs import SPECS

from genbench import SuiteError
from genbench.catalog.catalog import load_catalog
from genbench.checks.battery.faults import read_faults
from genbench.contract.signature import fill_options, read_contract

BY_NAME = {spec.name: spec for spec in SPECS}
OF_ALL = {"binning": "real-range", "correlation": "pearson"}
DEFAULTS = {
    "pair-trends": OF_ALL,
    "pair-trends-strong": OF_ALL | {"min_correlation": 0.5, "min_association": 0.3},
}


@pytest.mark.parametrize("name", DEFAULTS)
def test_a_metric_takes_two_tables_and_has_its_defaults(name):
    contract = read_contract(BY_NAME[name])
    assert contract.inputs == ("real", "fake")
    assert fill_options(contract, {}, where="suite", folder=Path()) == DEFAULTS[name]
    assert BY_NAME[name].report


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("pair-trends", {"binning": "quantiles"}),
        ("pair-trends", {"correlation": "kendall"}),
        ("pair-trends-strong", {"min_correlation": 1.5}),
        ("pair-trends-strong", {"min_association": -0.1}),
    ],
)
def test_an_option_outside_its_bounds_is_refused(name, options):
    with pytest.raises(SuiteError, match=next(iter(options))):
        fill_options(read_contract(BY_NAME[name]), options, where="suite", folder=Path())


@pytest.mark.parametrize("name", DEFAULTS)
def test_it_declares_what_known_faults_do(name):
    assert set(BY_NAME[name].expects) <= set(read_faults(load_catalog(only=["genbench"])))


def test_reading_every_signature_loads_nothing_heavier_than_numpy(modules_loaded_by):
    loaded = modules_loaded_by("import genbench_table.pairs.trends")
    assert not loaded & {"pandas", "scipy", "sklearn", "torch"}
