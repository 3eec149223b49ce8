"""The law of hidden Markov models, against the sum over all paths and hmmlearn."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import numpy as np
import pytest
from genbench_text.chains.hmm import HiddenMarkov, init_model
from numpy.random import default_rng

RECORDS = json.loads((Path(__file__).parents[1] / "data" / "likelihoods" / "records.json").read_text())
UNKNOWN = 4


@pytest.mark.parametrize("row", [[3], [0, 3], [2, 1, 0, 3], [1, 1, 2, 0, 1], [0, UNKNOWN, 1, 3]], ids=str)
def test_the_likelihood_is_the_sum_over_all_paths(model, row, over_all_paths):
    rows = [np.array(row), np.array([0, 1]), np.zeros(0, np.int64)]
    found = model.nats(rows, np.zeros(3, np.int64))
    assert found == pytest.approx([over_all_paths(model, row), over_all_paths(model, [0, 1]), 0], abs=1e-12)


def test_a_prefix_takes_its_own_likelihood_off(model):
    rows = [np.array([0, 1, 2, 0]), np.array([0, 1])]
    whole, prefix = model.nats(rows, np.zeros(2, np.int64))
    assert model.nats(rows, np.array([2, 2])) == pytest.approx([whole - prefix, 0])


def test_what_no_state_gives_is_impossible(model):
    emits = model.emits * [0, 1, 1, 1]
    closed = HiddenMarkov(model.start, model.moves, emits / emits.sum(axis=1, keepdims=True))
    found = closed.nats([np.array([1, 0, 2]), np.array([1, 2])], np.zeros(2, np.int64))
    assert found[0] == -np.inf
    assert np.isfinite(found[1])


def test_the_likelihood_of_a_sequence_is_hmmlearn_s():
    (record,) = (record for record in RECORDS if record["metric"] == "hmm_loglik")
    start, moves, emits = (np.array(record["params"][name]) for name in ("start", "trans", "emit"))
    row = np.array(record["value"]["seq"])
    found = HiddenMarkov(start, moves, emits).nats([row], np.zeros(1, np.int64))[0]
    assert found == pytest.approx(record["value"]["logprob"], abs=record["tol"])
    assert np.exp(-found / len(row)) == pytest.approx(record["value"]["ppl"], abs=record["tol"])


@pytest.mark.extras("hmmlearn")
@pytest.mark.filterwarnings("ignore")  # theirs
@pytest.mark.parametrize("seed", range(5))
def test_likelihoods_of_many_sequences_are_hmmlearn_s(seed):
    peer = importlib.import_module("hmmlearn.hmm")
    rng = default_rng(seed)
    found = init_model(rng.dirichlet(np.ones(7)), 5, rng)
    theirs = peer.CategoricalHMM(n_components=5)
    theirs.startprob_, theirs.transmat_, theirs.emissionprob_ = found.start, found.moves, found.emits
    rows = [rng.integers(7, size=rng.integers(1, 60)) for _ in range(20)]
    expected_nats = [theirs.score(row[:, None]) for row in rows]
    assert found.nats(rows, np.zeros(20, np.int64)) == pytest.approx(expected_nats, abs=1e-9)
