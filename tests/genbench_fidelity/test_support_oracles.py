"""Every reference value on copying, repeats and support; data/README.md says where they come from."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from genbench_fidelity.diversity.birthday import collision_probability, half_batch
from genbench_fidelity.diversity.ndb import are_different, jensen_shannon, ndb, z_scores
from genbench_fidelity.memorisation.copying_test import copying_test, over_cells
from genbench_fidelity.memorisation.fld import fld
from scipy.stats import norm

RECORDS = json.loads((Path(__file__).parent / "data" / "support_records.json").read_text())

# What dgm-eval's three cells were made of: the nearest of these in the first two columns.
CENTRES = np.array([(-0.7, -0.7), (0.7, 0.7), (0.7, -0.7)])


def records(metric, case="", *, with_tolerance=True):
    found = [
        r
        for r in RECORDS
        if r["metric"] == metric and case in r["case"] and (r.get("tol") is not None) == with_tolerance
    ]
    assert found, metric
    return pytest.mark.parametrize("record", found, ids=lambda r: f"{r['case']}-{r['source']}")


def sides(record, arrays):
    """Return real, fake and train."""
    made = arrays["mem_gen_" + record["case"].partition("/")[0]]
    return arrays["mem_test"], made, arrays["mem_train"]


def cell(rows):
    return np.square(rows[:, None, :2] - CENTRES).sum(axis=2).argmin(axis=1)


# ndb and jsd


def counts(record):
    params = record["params"]
    return [np.rint(params[f"n{side}"] * np.array(params[f"p{side}"])) for side in (1, 2)]


@records("ndb")
def test_the_bins_that_differ_equal_the_reference(record):
    value, different = record["value"], are_different(*counts(record), alpha=0.05)
    assert different.sum() == value["ndb"]
    assert different.tolist() == value.get("different", different.tolist())
    assert jensen_shannon(*counts(record)) == pytest.approx(value["jsd_nats"], abs=record["tol"], rel=0)
    if "z" in value:
        z = z_scores(*counts(record))
        assert z == pytest.approx(value["z"], abs=record["tol"], rel=0)
        assert 2 * norm.sf(np.abs(z)) == pytest.approx(value["p"], abs=record["tol"], rel=0)


@records("ndb", "props_1000_500")
def test_ndb_of_clear_clusters_equals_the_reference(record, rng):
    places = 100.0 * np.eye(3)
    train, fake = (np.repeat(places, count.astype(int), axis=0) for count in counts(record))
    found = ndb(train, fake, bins=3, rng=rng)
    assert found["ndb"].value == record["value"]["ndb"]
    assert found["jsd"].value == pytest.approx(record["value"]["jsd_nats"], abs=record["tol"], rel=0)


def test_an_unpooled_standard_error_would_not_match():
    (record,) = [r for r in RECORDS if r["case"] == "props_1000_500" and "z" in r["value"]]
    n, m = record["params"]["n1"], record["params"]["n2"]
    p, q = (np.array(record["params"][name]) for name in ("p1", "p2"))
    unpooled = (p - q) / np.sqrt(p * (1 - p) / n + q * (1 - q) / m)
    assert abs(unpooled[0] - record["value"]["z"][0]) > 0.01


# birthday


@records("birthday_collision_prob")
def test_the_probability_of_a_collision_is_its_closed_form(record):
    found = collision_probability(record["params"]["s"], record["params"]["N"])
    assert found == pytest.approx(record["value"], abs=record["tol"], rel=0)


@records("birthday_support_estimate", with_tolerance=False)
def test_the_square_of_the_half_batch_is_the_paper_s_rule_to_one_sample(record):
    batch = half_batch(record["value"]["mle"])
    assert abs(batch - record["params"]["s"]) <= 1
    assert batch**2 == pytest.approx(record["value"]["arora_rule"], rel=0.01)


# c-t


@records("c_t_zu")
def test_one_cell_equals_the_reference(record, arrays, rng):
    found = copying_test(*sides(record, arrays), cells=1, rng=rng).value
    assert found == pytest.approx(record["value"], abs=record["tol"], rel=0)


@records("c_t", "3fixedcells")
def test_given_cells_equal_the_reference(record, arrays):
    real, fake, train = sides(record, arrays)
    found = over_cells(real, fake, train, (cell(real), cell(fake), cell(train)), min_fakes=20)
    assert found.value == pytest.approx(record["value"], abs=record["tol"], rel=0)


@records("c_t", "kmeans3")
def test_cells_of_k_means_are_near_the_reference_whose_seed_is_another(record, arrays, rng):
    found = copying_test(*sides(record, arrays), rng=rng).value
    assert found == pytest.approx(record["value"], abs=record["tol"], rel=0)


@records("c_t", "underfit/3fixedcells")
def test_neighbours_from_other_cells_would_not_match(record, arrays):
    real, fake, train = sides(record, arrays)
    everywhere = np.concatenate([train] * 3)
    cells = np.repeat(np.arange(3), len(train))
    found = over_cells(real, fake, everywhere, (cell(real), cell(fake), cells), min_fakes=20)
    assert abs(found.value - record["value"]) > 1e-3


# fld


@records("fld")
def test_fld_equals_the_reference_whose_halves_are_others(record, arrays, rng):
    found = fld(*sides(record, arrays), rng=rng)
    name = {"test": "fld", "gap": "fld-gap"}[record["case"].partition("/")[2]]
    assert found[name].value == pytest.approx(record["value"], abs=record["tol"], rel=0)


@records("fld", "exact", with_tolerance=False)
def test_exact_copies_score_beyond_the_reference_s_rounding(record, arrays, rng):
    found = fld(*sides(record, arrays), rng=rng)
    name = {"test": "fld", "gap": "fld-gap"}[record["case"].partition("/")[2]]
    assert np.sign(found[name].value) == np.sign(record["value"])
    assert abs(found[name].value) > 1e6 * abs(record["value"])
