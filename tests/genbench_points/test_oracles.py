"""Reference values of metrics on clouds: PointFlow's and Luo and Hu's code, and independent computations."""

from __future__ import annotations

import functools
import json
from pathlib import Path

import numpy as np
import pytest
from genbench_points.set_metrics.chamfer import chamfer, chamfer_matrix
from genbench_points.set_metrics.emd import emd, emd_matrix
from genbench_points.set_metrics.f_score import f_scores
from genbench_points.set_metrics.voxel_jsd import voxel_jsd

RECORDS = json.loads((Path(__file__).parent / "data" / "oracles.json").read_text(encoding="utf-8"))

#: The options of each of Chamfer's conventions, by the name of its record.
CONVENTIONS = {
    "sum of mean squares": {},
    "mean of mean squares": {"combine": "mean"},
    "sum of mean distances": {"squared": False},
    "half sum of mean distances": {"squared": False, "combine": "mean"},
    "sums not means": {"reduce": "sum"},
    "hausdorff": {"squared": False, "reduce": "max", "combine": "max"},
}


def of_metric(metric, *, with_tolerance=True):
    found = [
        record
        for record in RECORDS
        if record["metric"] == metric and bool(record.get("tol")) == with_tolerance
    ]
    assert found
    return pytest.mark.parametrize("record", found, ids=lambda record: f"{record['case']}, {record['kind']}")


@pytest.fixture(scope="module")
def values_of(given):
    """Return the function that gives all numbers of a case by the names in the records."""

    @functools.cache
    def values(case):
        found = {}
        for name, metric in (("CD", chamfer), ("EMD", emd)):
            scores = metric(given("ref"), given(case), rng=np.random.default_rng(0))
            mmd, cov, nna = (scores[f"{score}-{name.lower()}"] for score in ("mmd", "cov", "nna"))
            found |= {f"lgan_mmd-{name}": mmd.value, f"lgan_mmd_smp-{name}": mmd.extra["from_fakes"]}
            found |= {f"lgan_cov-{name}": cov.value, f"1-NN-{name}-acc": nna.value}
            found |= {f"1-NN-{name}-acc_t": nna.extra["real"], f"1-NN-{name}-acc_f": nna.extra["fake"]}
        return found

    return values


@of_metric("pointcloud_metrics")
def test_set_scores_equal_the_stored_ones(record, values_of):
    assert values_of(record["case"]) == pytest.approx(record["value"], abs=record["tol"])


@pytest.mark.slow
@of_metric("pointcloud_metrics", with_tolerance=False)
def test_copies_of_the_reference_have_the_scores_of_exact_arithmetic(record, values_of):
    assert values_of(record["case"]) == record["value"]


@of_metric("pointcloud_jsd")
def test_the_divergence_of_voxels_equals_the_stored_one(record, given):
    found = voxel_jsd(given("ref"), given(record["case"]))
    assert found.value == pytest.approx(record["value"], abs=record["tol"])


@of_metric("chamfer_variants")
def test_each_convention_of_chamfer_has_its_stored_value(record, given, sides):
    found = chamfer_matrix(*sides(given("samples"), given("ref")), **CONVENTIONS[record["case"]])
    assert found[0, 0] == pytest.approx(record["value"], abs=record["tol"])


@of_metric("f_score")
def test_the_f_score_of_a_pair_equals_the_stored_one(record, given, sides):
    threshold = float(record["case"].removeprefix("threshold="))
    found = f_scores(*sides(given("samples"), given("ref")), threshold)
    assert found[0, 0] == pytest.approx(record["value"], abs=record["tol"])


@of_metric("chamfer")
def test_the_chamfer_distance_of_a_pair_equals_pointflow_s(record, given, sides):
    found = chamfer_matrix(*sides(given("samples"), given("ref")))
    assert found[0, 0] == pytest.approx(record["value"], abs=record["tol"])


@of_metric("emd")
def test_the_earth_mover_s_distance_of_a_pair_equals_pointflow_s(record, given, sides):
    found = emd_matrix(*sides(given("samples"), given("ref")))
    assert found[0, 0] == pytest.approx(record["value"], abs=record["tol"])


@of_metric("mmd_cd_normalised")
def test_mmd_of_normalised_shapes_equals_the_stored_one(record, given, rng):
    normalise = {"shape_unit": "variance", "shape_bbox": "box"}[record["case"]]
    found = chamfer(given("ref"), given("samples"), normalise=normalise, rng=rng)
    numbers = {"mmd": found["mmd-cd"].value, "cov": found["cov-cd"].value}
    assert numbers == pytest.approx(record["value"], abs=record["tol"])


def test_every_stored_value_is_compared():
    tested = {
        "pointcloud_metrics", "pointcloud_jsd", "chamfer_variants", "f_score", "chamfer", "emd",
        "mmd_cd_normalised",
    }  # fmt: skip
    closed_forms = {"1nna", "lgan_cov"}  # those of copies of the reference
    assert {record["metric"] for record in RECORDS} == tested | closed_forms
    assert {record["case"] for record in RECORDS if record["metric"] == "chamfer_variants"} == set(
        CONVENTIONS
    )


def test_the_stored_clouds_are_float32(data):
    with np.load(data / "inputs_clouds.npz") as archive:
        assert {archive[name].dtype for name in archive.files} == {np.dtype(np.float32)}
