"""Values held against the libraries that people use now, on the same features; `tox -e extras` runs these."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
import torch
from genbench_fidelity.distances.fid import fid
from genbench_fidelity.distances.kid import kid
from genbench_fidelity.diversity.vendi import vendi
from genbench_fidelity.manifolds.prdc import prdc
from genbench_fidelity.manifolds.precision_recall import precision_recall

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"

pytestmark = [
    pytest.mark.extras("cleanfid", "prdc", "pytorch_fid", "torchmetrics", "vendi_score"),
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # theirs, of old names in scipy and torch
]


@pytest.fixture(scope="module", params=[(1100, 64), (150, 256)], ids=["n>d", "n<d"])
def sides(request):
    """Two sets of non-negative float32 features, one law a little wider than the other."""
    n, d = request.param
    rng = np.random.default_rng(3)
    mix = rng.standard_normal((d, d)) / d**0.5
    return [np.maximum(rng.standard_normal((n, d)) @ mix * s, 0).astype(np.float32) for s in (1, 1.2)]


@pytest.mark.parametrize(
    ("module", "name"),
    [("pytorch_fid.fid_score", "calculate_frechet_distance"), ("cleanfid.fid", "frechet_distance")],
)
def test_fid_equals_those_who_take_a_matrix_square_root(module, name, sides):
    distance = getattr(import_module(module), name)
    double = [side.astype(np.float64) for side in sides]
    moments = (part for side in double for part in (side.mean(axis=0), np.cov(side, rowvar=False)))
    assert fid(*sides) == pytest.approx(distance(*moments), rel=1e-6)


def test_fid_equals_torchmetrics(sides):
    module = import_module("torchmetrics.image.fid")

    class Same(torch.nn.Module):
        num_features = sides[0].shape[1]

        def forward(self, x):
            return x

    metric = module.FrechetInceptionDistance(feature=Same(), normalize=True).set_dtype(torch.float64)
    for side, real in zip(sides, (True, False), strict=True):
        metric.update(torch.from_numpy(side).double(), real=real)
    assert fid(*sides) == pytest.approx(float(metric.compute()), rel=1e-6)


def test_fid_equals_torch_fidelity(sides):
    module = import_module("torch_fidelity.metric_fid")
    moments = (module.fid_features_to_statistics(torch.from_numpy(side).double()) for side in sides)
    found = module.fid_statistics_to_metric(*moments, verbose=False)["frechet_inception_distance"]
    assert fid(*sides) == pytest.approx(found, rel=1e-6)


@pytest.mark.parametrize("size", [20, 140])
def test_kid_equals_torch_fidelity_on_the_same_subsets(size, sides):
    module = import_module("torch_fidelity.metric_kid")
    double = (torch.from_numpy(side).double() for side in sides)
    theirs = module.kid_features_to_metric(*double, kid_subset_size=size, verbose=False)
    ours = kid(*sides, subset_size=size)
    assert ours.value == pytest.approx(theirs["kernel_inception_distance_mean"], rel=1e-6)
    assert ours.extra["spread"] == pytest.approx(theirs["kernel_inception_distance_std"], rel=1e-5)


def test_kid_of_all_samples_equals_torchmetrics_and_clean_fid(sides):
    double = [side.astype(np.float64) for side in sides]
    theirs = float(import_module("torchmetrics.image.kid").poly_mmd(*map(torch.from_numpy, double)))
    assert kid(*sides, estimator="full").value == pytest.approx(theirs, rel=1e-6)
    whole = import_module("cleanfid.fid").kernel_distance(
        *double, num_subsets=1, max_subset_size=len(double[0])
    )
    assert kid(*sides, estimator="full").value == pytest.approx(whole, rel=1e-6)


def test_the_four_numbers_equal_prdc(sides):
    theirs = import_module("prdc").compute_prdc(*sides, nearest_k=5)
    assert prdc(*sides) == pytest.approx({f"prdc-{name}": value for name, value in theirs.items()}, rel=1e-12)


def test_precision_and_recall_equal_torch_fidelity(sides):
    module = import_module("torch_fidelity.metric_prc")
    real, fake = map(torch.from_numpy, sides)
    theirs = module.prc_features_to_metric(fake, real, verbose=False)
    ours = precision_recall(*sides)
    assert ours == pytest.approx({name: theirs[name] for name in ours}, abs=1e-6)


@pytest.mark.parametrize("q", [0.5, 1, 2])
def test_vendi_equals_the_package(q, sides):
    theirs = import_module("vendi_score.vendi").score_dual(sides[0].astype(np.float64), q=q)
    assert vendi(sides[0], q=float(q)) == pytest.approx(theirs, rel=1e-6)


def test_the_benchmark_prints_a_row_for_each_work_and_peer():
    command = [sys.executable, "-W", "ignore", BENCHMARKS / "compare.py", "--n", "1100", "--d", "32"]
    works = ["fid", "kid", "kid-full", "is", "pr", "prdc", "vendi"]
    done = subprocess.run([*command, "--work", *works], capture_output=True, text=True, check=True)
    rows = [line.split(" | ") for line in done.stdout.splitlines()[2:]]
    assert rows
    assert all(len(row) == 10 for row in rows)
    assert {float(row[-1].rstrip(" |")) < 0.1 for row in rows if row[5] != "-"} == {True}


def test_the_benchmark_of_large_files_reads_them_mapped():
    command = [sys.executable, BENCHMARKS / "large.py", "--n", "1500", "--d", "16"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert [line.split(" | ")[0] for line in done.stdout.splitlines()[2:]] == [
        "| fid", "| kid", "| precision",
    ]  # fmt: skip
