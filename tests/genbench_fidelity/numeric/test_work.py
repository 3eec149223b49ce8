"""Work of computations on rows, and how metrics tell theirs."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_fidelity.distances.cmmd import cmmd
from genbench_fidelity.distances.fid import fid
from genbench_fidelity.distances.fid_infinity import fid_infinity
from genbench_fidelity.distances.kid import kid
from genbench_fidelity.diversity.birthday import birthday
from genbench_fidelity.diversity.ndb import ndb
from genbench_fidelity.diversity.vendi import vendi
from genbench_fidelity.manifolds.density_coverage import density_coverage
from genbench_fidelity.manifolds.prdc import prdc
from genbench_fidelity.manifolds.precision_recall import precision_recall
from genbench_fidelity.memorisation.authenticity import authenticity
from genbench_fidelity.memorisation.copying_test import copying_test
from genbench_fidelity.memorisation.fld import fld
from genbench_fidelity.memorisation.near_duplicates import near_duplicates
from genbench_fidelity.numeric import arrays, clusters, work
from genbench_fidelity.utility import tstr as tstr_module
from genbench_fidelity.utility.tstr import tstr

from genbench import Moments


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    monkeypatch.setattr(arrays, "BLOCK", 10)
    monkeypatch.setattr(work, "BLOCK", 10)
    monkeypatch.setattr(clusters, "_LONG", 0)
    monkeypatch.setattr(tstr_module, "_LONG", 0)


def test_blocks_cover_all_pairs_or_those_from_the_diagonal_on():
    assert work.block_count(25, 11) == 3 * 2
    assert work.block_count(25, 25, upper_only=True) == 3 * 4 / 2


def test_pairs_within_one_array_cost_half():
    x = np.zeros((100, 3))
    assert 0.5 < work.pairs(x, x) / work.pairs(x, x.copy()) < 0.6


def test_moments_need_no_covariance():
    x = np.random.default_rng(0).standard_normal((30, 4))
    assert work.covariance(x) == 30 * 16
    assert work.covariance(Moments(x.mean(0), np.cov(x.T), 30)) == 0


METRICS = {
    "precision-recall": lambda a, b, c, **kw: precision_recall(a, b, **kw),
    "prdc": lambda a, b, c, **kw: prdc(a, b, **kw),
    "density-coverage": lambda a, b, c, **kw: density_coverage(a, b, **kw),
    "kid-full": lambda a, b, c, **kw: kid(a, b, estimator="full", **kw),
    "kid-subsets": lambda a, b, c, **kw: kid(a, b, subsets=4, subset_size=15, **kw),
    "kid-many-subsets": lambda a, b, c, **kw: kid(a, b, subsets=400, subset_size=100, **kw),
    "near-duplicates": near_duplicates,
    "authenticity": lambda a, b, c, **kw: authenticity(c, b, **kw),
    "fid": lambda a, b, c, **kw: fid(a, b, **kw),
    "fid-infinity": lambda a, b, c, **kw: fid_infinity(a, b, rng=np.random.default_rng(0), **kw),
    "fid-infinity-halves": lambda a, b, c, **kw: fid_infinity(
        a, b, points=3, halves=2, rng=np.random.default_rng(0), **kw
    ),
    "cmmd": lambda a, b, c, **kw: cmmd(a, b, **kw),
    "vendi": lambda a, b, c, **kw: vendi(b, **kw),
    "birthday": lambda a, b, c, **kw: birthday(a, b, threshold=1.0, **kw),
    "ndb": lambda a, b, c, **kw: ndb(c, b, bins=5, rng=np.random.default_rng(0), **kw),
    "c-t": lambda a, b, c, **kw: copying_test(
        a, b, c, dimensions=2, min_fakes=2, rng=np.random.default_rng(0), **kw
    ),
    "tstr": lambda a, b, c, **kw: tstr(
        a, a[:, 0] > 0, b, b[:, 0] > 0, c, c[:, 0] > 0, rng=np.random.default_rng(0), **kw
    ),
    "fld": lambda a, b, c, **kw: fld(a, b, c, rng=np.random.default_rng(0), **kw),
}


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_tells_rising_steps_from_0_to_the_last(name):
    rng, told = np.random.default_rng(0), []
    sides = [rng.standard_normal((n, 3)) for n in (125, 160, 140)]
    METRICS[name](*sides, log=lambda *step: told.append(step))
    done = [step for step, _ in told]
    assert {total for _, total in told} == {1000}
    assert (done[0], done[-1]) == (0, 1000)
    assert done == sorted(set(done))
    assert len(done) > 2


def test_one_long_start_of_k_means_is_rehearsed_without_changing_the_centres(monkeypatch):
    x = np.random.default_rng(0).standard_normal((400, 3))
    told = []
    found = clusters.centres(
        x, 4, starts=1, rng=np.random.default_rng(1), log=lambda *step: told.append(step[0])
    )
    assert told == [0, 58, 1000]
    monkeypatch.setattr(clusters, "_LONG", 10**9)
    assert np.array_equal(clusters.centres(x, 4, starts=1, rng=np.random.default_rng(1)), found)
