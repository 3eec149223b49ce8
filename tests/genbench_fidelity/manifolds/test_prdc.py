"""The four numbers of the package prdc, in one pass."""

from __future__ import annotations

import json
from pathlib import Path

import genbench_fidelity.numeric.arrays
import numpy as np
import pytest
from genbench_fidelity.manifolds.density_coverage import density_coverage
from genbench_fidelity.manifolds.prdc import prdc
from genbench_fidelity.manifolds.precision_recall import precision_recall
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as stn

from genbench.core.errors import Undefined

RECORDS = json.loads((Path(__file__).parents[1] / "data" / "records.json").read_text())

GRIDS = stn.arrays(np.float64, (9, 2), elements=st.integers(-2, 2).map(float))


@pytest.mark.parametrize(
    "record", [r for r in RECORDS if r["metric"] == "prdc"], ids=lambda r: f"{r['case']}-{r['source']}"
)
def test_it_equals_the_package(record, arrays):
    k = int(record["case"].split("/k")[1].split("/")[0])
    found = prdc(*(arrays[side] for side in record["inputs"]), k=k)
    expected = {f"prdc-{name}": value for name, value in record["value"].items()}
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=1e-12, rel=0)


@settings(max_examples=60)
@given(GRIDS, GRIDS, st.integers(1, 8))
def test_all_four_are_their_definition_written_out(real, fake, k):
    radius = [np.sort(np.square(x[:, None] - x[None]).sum(axis=2), axis=1)[:, k] for x in (real, fake)]
    squares = np.square(real[:, None] - fake[None]).sum(axis=2)
    in_real, in_fake = squares < radius[0][:, None], squares < radius[1]
    assert prdc(real, fake, k=k) == {
        "prdc-precision": in_real.any(axis=0).mean(),
        "prdc-recall": in_fake.any(axis=1).mean(),
        "prdc-density": pytest.approx(in_real.sum() / (k * 9), rel=1e-12),
        "prdc-coverage": in_real.any(axis=1).mean(),
    }


@pytest.mark.parametrize("rows", [16, 1024])
def test_apart_from_ties_they_are_the_numbers_of_the_two_metrics(rows, rng, monkeypatch):
    monkeypatch.setattr(genbench_fidelity.numeric.arrays, "BLOCK", rows)
    real, fake = rng.standard_normal((120, 6)), 0.8 * rng.standard_normal((90, 6)) + 0.3
    apart = precision_recall(real, fake, k=4) | density_coverage(real, fake, k=4)
    assert prdc(real, fake, k=4) == {f"prdc-{name}": value for name, value in apart.items()}


def test_fakes_that_repeat_one_another_have_balls_that_hold_nothing(rng):
    real = rng.standard_normal((60, 3))
    fake = real[np.repeat(np.arange(6), 10)]
    found = prdc(real, fake)
    assert (found["prdc-precision"], found["prdc-recall"]) == (1, 0)
    assert precision_recall(real, fake)["recall"] == 0.1


@pytest.mark.parametrize(("n", "m"), [(5, 20), (20, 5)])
def test_it_is_undefined_without_more_samples_than_k_on_both_sides(n, m, rng):
    with pytest.raises(Undefined, match="prdc with k = 5 needs at least 6 samples"):
        prdc(rng.standard_normal((n, 2)), rng.standard_normal((m, 2)))
