"""Metrics of columns on unusual tables."""

from __future__ import annotations

import importlib
import itertools

import numpy as np
import pandas as pd
import pytest
from genbench_table.marginals import SPECS

from genbench import Samples, Undefined
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
def test_odd_tables_have_values_within_the_range(spec):
    for real, fake in itertools.product(ODD, ODD):
        if real == "all missing" and spec.name != "missing-similarity":
            with pytest.raises(Undefined, match=f"{spec.name} needs"):
                run(spec, ODD[real], ODD[fake])
        else:
            run(spec, ODD[real], ODD[fake])
