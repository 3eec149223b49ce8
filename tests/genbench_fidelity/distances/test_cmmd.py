"""CMMD: references, closed forms, bias, and what it sees."""

from __future__ import annotations

import json
from pathlib import Path

import genbench_fidelity.numeric.arrays
import numpy as np
import pytest
from genbench_fidelity.distances.cmmd import cmmd

from genbench.core.errors import Undefined

RECORDS = json.loads((Path(__file__).parents[1] / "data" / "distance_records.json").read_text())


def plain(x, y, sigma):
    """Return the biased estimate, written out."""
    pairs = ((x, x), (y, y), (x, y))
    xx, yy, xy = (
        np.exp(-np.square(a[:, None] - b[None]).sum(axis=2) / (2 * sigma**2)).mean() for a, b in pairs
    )
    return 1000 * (xx + yy - 2 * xy)


@pytest.mark.parametrize(
    "record", [r for r in RECORDS if r["metric"] == "cmmd"], ids=lambda r: f"{r['case']}-{r['kind']}"
)
def test_it_equals_the_reference(record, arrays):
    name = record["case"].partition("/")[0]
    sides = record.get("inputs", [f"{name}_real", f"{name}_fake"])
    found = cmmd(*(arrays[side] for side in sides), normalise="raw" not in record["case"])
    assert found == pytest.approx(record["value"], abs=record["tol"], rel=0)


@pytest.mark.parametrize("rows", [16, 1024])
@pytest.mark.parametrize("offset", [0, 1e4])
def test_it_is_the_formula_at_unequal_n_any_offset_and_any_block_size(rows, offset, rng, monkeypatch):
    monkeypatch.setattr(genbench_fidelity.numeric.arrays, "BLOCK", rows)
    x, y = rng.standard_normal((70, 5)), 1.3 * rng.standard_normal((45, 5)) + 0.3
    found = cmmd(x + offset, y + offset, sigma=2.0, normalise=False)
    assert found == pytest.approx(plain(x, y, 2.0), rel=1e-8)


def test_lengths_of_rows_change_nothing_unless_they_are_to_count(rng):
    real, fake = rng.standard_normal((2, 60, 6))
    stretched = fake * rng.uniform(0.1, 10, (60, 1))
    assert cmmd(real, stretched) == pytest.approx(cmmd(real, fake), rel=1e-9)
    assert cmmd(real, stretched, normalise=False) > 2 * cmmd(real, fake, normalise=False)


def test_a_set_against_itself_scores_zero(rng):
    real = rng.standard_normal((80, 6)).astype(np.float32)
    assert cmmd(real, real[::-1]) == pytest.approx(0, abs=1e-10)
    assert cmmd(real, real) >= 0


def test_two_sets_of_one_law_score_its_stated_bias(rng):
    values = [cmmd(*rng.standard_normal((2, 50, 3)), sigma=1.0, normalise=False) for _ in range(200)]
    expected = 1000 * (1 / 50 + 1 / 50) * (1 - 3**-1.5)  # E k of two standard normal rows is (1 + 2/1)^(-d/2)
    assert np.mean(values) == pytest.approx(expected, rel=0.05)


def test_unit_rows_score_ten_times_the_squared_distance_of_their_means_and_less_than_forty(rng):
    real = rng.standard_normal((300, 8)) + 1
    fake = rng.standard_normal((300, 8))
    means = [(side / np.linalg.norm(side, axis=1, keepdims=True)).mean(axis=0) for side in (real, fake)]
    assert cmmd(real, fake) == pytest.approx(10 * np.square(means[0] - means[1]).sum(), rel=0.02)
    pole = np.eye(8)[np.zeros(50, int)]
    assert 39 < cmmd(pole, -pole) < 40


def test_with_a_bandwidth_of_a_root_of_a_half_it_is_synthcitys_discrepancy_times_1000():
    folder = Path(__file__).parents[2] / "genbench_table" / "oracles"
    records = json.loads((folder / "oracles.json").read_text(encoding="utf-8"))
    (record,) = (record for record in records if record["metric"] == "synthcity_mmd_rbf")
    with np.load(folder / "inputs_encoded.npz") as arrays:
        found = cmmd(arrays["real"], arrays["syn"], sigma=0.5**0.5, normalise=False)
    assert found / 1000 == pytest.approx(record["value"]["joint"], abs=record["tol"])


def test_a_shift_and_a_collapse_raise_it(rng):
    real, fake = rng.standard_normal((2, 200, 6)) + 1
    clean = cmmd(real, fake)
    assert cmmd(real, fake + 1) > 3 * clean
    assert cmmd(real, fake[np.zeros(200, int)]) > 10 * clean


def test_a_zero_row_cannot_be_normalised_but_can_be_scored(rng):
    real, fake = rng.standard_normal((2, 9, 3))
    fake[4] = 0
    with pytest.raises(Undefined, match="1 rows of features are zero"):
        cmmd(real, fake)
    assert cmmd(real, fake, normalise=False) > 0


@pytest.mark.parametrize("m", [0, 1])
def test_fewer_than_two_samples_have_no_cmmd(m, rng):
    with pytest.raises(Undefined, match=f"at least 2 samples; fake has {m}"):
        cmmd(rng.standard_normal((9, 3)), np.ones((m, 3)))


@pytest.mark.parametrize("sigma", [1e-200, 1e200])
def test_no_bandwidth_overflows(sigma, rng):
    value = cmmd(rng.standard_normal((20, 3)), rng.standard_normal((30, 3)), sigma=sigma)
    assert 0 <= value <= 1000 * (1 / 20 + 1 / 30)
