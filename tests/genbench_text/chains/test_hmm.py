"""Hidden Markov models: their law against the sum over all paths, and how they are fitted."""

from __future__ import annotations

import importlib
import json
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from genbench_text.chains.baum_welch import expected, maximised, symbol_table, untrained
from genbench_text.chains.hidden_markov import HiddenMarkov, Packed
from genbench_text.chains.hmm import hmm

from genbench import Samples, Space

RECORDS = json.loads((Path(__file__).parents[1] / "data" / "likelihoods" / "records.json").read_text())
UNKNOWN = 4


def stream(*key):
    return np.random.default_rng(key)


def quiet(step, total, **values):
    """Take a report."""


@pytest.fixture(scope="module")
def model():
    """Return a model of 3 states, 3 symbols and the end, which follows a symbol with about 0.2."""
    rng = stream(4)
    ends = np.array([[0.1], [0.2], [0.3]])
    emits = np.concatenate([(1 - ends) * rng.dirichlet(np.ones(3), 3), ends], axis=1)
    return HiddenMarkov(rng.dirichlet(np.ones(3)), rng.dirichlet(np.ones(3), 3), emits)


def rows_of(model, n, seed):
    """Return n texts of a model: rows of symbols, each with the end."""
    rng, rows = stream(seed), [[] for _ in range(n)]
    state, active = model.begin([np.zeros(0, np.int64)] * n, rng), np.arange(n)
    while len(active):
        numbers, state = model.advance(state, rng)
        for row, number in zip(active, numbers, strict=True):
            rows[row].append(number)
        goes_on = numbers != model.emits.shape[1] - 1
        active, state = active[goes_on], state[goes_on]
    return [np.array(row, np.int64) for row in rows]


def over_all_paths(model, row):
    total = 0.0
    for path in product(range(len(model.start)), repeat=len(row)):
        steps = [model.start[path[0]], *(model.moves[pair] for pair in pairwise(path))]
        emits = [1.0 if x == UNKNOWN else model.emits[z, x] for z, x in zip(path, row, strict=True)]
        total += np.prod(steps) * np.prod(emits)
    return np.log(total)


@pytest.mark.parametrize("row", [[3], [0, 3], [2, 1, 0, 3], [1, 1, 2, 0, 1], [0, UNKNOWN, 1, 3]], ids=str)
def test_the_likelihood_is_the_sum_over_all_paths(model, row):
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
    rng = stream(seed)
    found = untrained(rng.dirichlet(np.ones(7)), 5, rng)
    theirs = peer.CategoricalHMM(n_components=5)
    theirs.startprob_, theirs.transmat_, theirs.emissionprob_ = found.start, found.moves, found.emits
    rows = [rng.integers(7, size=rng.integers(1, 60)) for _ in range(20)]
    expected_nats = [theirs.score(row[:, None]) for row in rows]
    assert found.nats(rows, np.zeros(20, np.int64)) == pytest.approx(expected_nats, abs=1e-9)


def test_one_state_holds_the_shares_of_the_symbols():
    train = Samples(("aab", "b", ""), Space(kind="text"))
    sampler = hmm(train, states=1, iterations=1, smoothing=0.5, rng=stream(1), log=quiet)
    assert sampler.law.emits == pytest.approx(np.array([[2.5, 2.5, 3.5]]) / 8.5)


@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_no_iteration_lowers_what_is_maximised(model, smoothing):
    rows = rows_of(model, 300, 7)
    packed = Packed.of(rows)
    table = symbol_table(packed, 4)
    fitted, goals = untrained(np.full(4, 0.25), 4, stream(2)), []
    for _ in range(30):
        found = expected(fitted, packed, table)
        logs = sum(np.log(part).sum() for part in (fitted.start, fitted.moves, fitted.emits)) * smoothing
        goals.append(found.nats + (logs if smoothing else 0))
        fitted = maximised(found, smoothing)
    assert (np.diff(goals) > -1e-9).all()
    assert goals[-1] > goals[0] + 40


def test_expected_counts_are_those_over_all_paths(model):
    row = np.array([1, 0, 3])
    packed = Packed.of([row])
    found = expected(model, packed, symbol_table(packed, 4))
    start, moves, emits = np.zeros(3), np.zeros((3, 3)), np.zeros((3, 4))
    for path in product(range(3), repeat=3):
        weight = model.start[path[0]] * model.moves[path[0], path[1]] * model.moves[path[1], path[2]]
        weight *= np.prod(model.emits[list(path), row]) / np.exp(over_all_paths(model, row))
        start[path[0]] += weight
        np.add.at(moves, (path[:-1], path[1:]), weight)
        np.add.at(emits, (path, row), weight)
    assert found.nats == pytest.approx(over_all_paths(model, row))
    assert found.start == pytest.approx(start)
    assert found.moves == pytest.approx(moves)
    assert found.emits == pytest.approx(emits)


def test_a_model_fitted_to_a_source_comes_near_it_and_not_above(model):
    names = "abc"
    train, test = (
        ["".join(names[s] for s in row[:-1]) for row in rows_of(model, n, seed)]
        for n, seed in ((4000, 11), (2000, 12))
    )
    sampler = hmm(
        Samples(tuple(train), Space(kind="text")), states=3, iterations=150, rng=stream(1), log=quiet
    )
    zeros = np.zeros(len(test), np.int64)
    truth = model.nats([np.array([*map(names.index, text), 3]) for text in test], zeros)
    gaps = truth - sampler.log_likelihood(test)
    error = gaps.std(ddof=1) / len(test) ** 0.5
    assert -3 * error < gaps.mean() < 0.02


def test_the_loss_of_each_iteration_is_told_and_falls():
    told = []
    train = Samples(("abab", "ba", "aab", "bbb") * 5, Space(kind="text"))
    hmm(
        train, states=2, iterations=5, rng=stream(1), log=lambda *args, **values: told.append((*args, values))
    )
    assert [entry[:2] for entry in told] == [(step, 5) for step in range(1, 6)]
    losses = [entry[2]["loss"] for entry in told]
    assert losses == sorted(losses, reverse=True)


def test_more_states_describe_real_sentences_better(sentences):
    known, new = sentences[0:600:2], sentences[1:600:2]
    train = Samples(known, Space(kind="text", longest=150))
    nats = [
        hmm(train, states=states, iterations=15, rng=stream(1), log=quiet).log_likelihood(new).sum()
        for states in (1, 4, 16)
    ]
    assert nats == sorted(nats)


@pytest.mark.parametrize("unit", ["characters", "words"])
def test_another_stream_fits_another_model(unit):
    train = Samples(("the cat ran", "a dog sat"), Space(kind="text"))
    first, again, other = (
        hmm(train, unit=unit, iterations=3, rng=stream(seed), log=quiet) for seed in (1, 1, 2)
    )
    assert np.array_equal(first.law.moves, again.law.moves)
    assert not np.array_equal(first.law.moves, other.law.moves)
