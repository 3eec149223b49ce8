"""The specs of metrics of columns, and odd tables through all of them."""

from __future__ import annotations

import importlib
import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from genbench_table.marginals import SPECS

from genbench import Samples, Undefined
from genbench.catalog.catalog import load_catalog
from genbench.checks.battery.faults import read_faults
from genbench.contract.signature import fill_options, read_contract
from genbench.core.scores import as_scores
from genbench.trial.computation import check_ranges

ALL = pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
EMPTY = pd.Series([None] * 4, dtype=object)
ODD = {
    "one row": pd.DataFrame({"x": [1.0], "c": ["a"]}),
    "all missing": pd.DataFrame({"x": [np.nan] * 4, "c": EMPTY}),
    "half missing": pd.DataFrame({"x": [1.0, np.nan] * 2, "c": pd.Series(["a", None] * 2, dtype=object)}),
    "constant": pd.DataFrame({"x": [0.1] * 4, "c": ["a"] * 4}),
    "infinite": pd.DataFrame({"x": [np.inf, -np.inf, 1.0, np.nan], "c": ["=cmd()", "", "\ufeff", "a\0b"]}),
    "huge": pd.DataFrame({"x": [1e308, -1e308, 1.0, 1e-308], "c": ["a", "b", "c", "d"]}),
}


def run(spec, real, fake):
    """Return the scores of a metric, within their ranges, as a run would."""
    module, _, name = spec.make.partition(":")
    outputs = {output.name: output for output in spec.scores}
    tables = (Samples.of("table", frame.astype({"c": object})) for frame in (real, fake))
    found = as_scores(getattr(importlib.import_module(module), name)(*tables), tuple(outputs))
    return check_ranges(found, outputs)


@ALL
def test_a_metric_takes_two_tables_and_has_no_options(spec):
    contract = read_contract(spec)
    assert (contract.inputs, contract.given) == (("real", "fake"), ())
    assert fill_options(contract, {}, where="suite", folder=Path()) == {}
    assert spec.modalities == ("table",)


@ALL
def test_odd_tables_have_values_within_the_range(spec):
    for real, fake in itertools.product(ODD, ODD):
        if real == "all missing" and spec.name != "missing-similarity":
            with pytest.raises(Undefined, match=f"{spec.name} needs"):
                run(spec, ODD[real], ODD[fake])
        else:
            run(spec, ODD[real], ODD[fake])


def test_what_a_report_has():
    assert [spec.name for spec in SPECS if spec.report] == ["shapes", "table-validity", "missing-similarity"]


@ALL
def test_it_declares_what_known_faults_do(spec):
    faults = set(read_faults(load_catalog(only=["genbench"])))
    for output in spec.scores:
        assert set(output.expects) <= faults
        assert {"shuffled-columns", "train-copies", "near-copies", "smaller-n"} <= set(output.expects)


def test_listing_the_metrics_loads_no_numpy(modules_loaded_by):
    loaded = modules_loaded_by("import genbench_table; genbench_table.genbench_metrics()")
    assert not loaded & {"numpy", "pandas", "scipy", "sklearn", "torch"}


def test_reading_every_signature_loads_nothing_heavier_than_numpy(modules_loaded_by):
    modules = sorted({spec.make.partition(":")[0] for spec in SPECS})
    loaded = modules_loaded_by(f"import {', '.join(modules)}")
    assert not loaded & {"pandas", "scipy", "sklearn", "torch"}
