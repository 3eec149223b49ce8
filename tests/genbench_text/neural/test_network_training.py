"""How networks are trained on texts: pieces, batches, dropout, reports."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from genbench_text.neural.lstm import lstm
from genbench_text.neural.network_training import _batches, _Dropout, _sides, build_network, pieces
from genbench_text.neural.transformer import transformer
from numpy.random import default_rng

from genbench import Invalid, Samples, Space

WORDY = ("the cat ran", "the dog ran", "a cat sat", "the cat sat", "a dog") * 4
SMALL = {
    "lstm": {"width": 8, "hidden": 16, "steps": 60, "batch_tokens": 60, "learning_rate": 0.02},
    "transformer": {"width": 16, "heads": 2, "steps": 60, "batch_tokens": 60},
}
FITS = {"lstm": lstm, "transformer": transformer}

each_model = pytest.mark.parametrize("model", FITS)


def quiet(step, total, **values):
    """Take a report."""


def fit(model, *, items=WORDY, longest=None, seed=1, log=quiet, **options):
    train = Samples(items, Space("text", longest=longest))
    return FITS[model](train, **(SMALL[model] | options), rng=default_rng(seed), log=log)


@each_model
@pytest.mark.parametrize("unit", ["characters", "words"])
def test_training_texts_get_likelier(model, unit):
    told = []
    sampler = fit(model, unit=unit, log=lambda *args, **values: told.append((*args, values["loss"])))
    assert told[0][2] > told[-1][2] + 0.5
    assert told[-1][:2] == (60, 60)
    start = fit(model, unit=unit, steps=1)
    assert sampler.log_likelihood(WORDY[:5]).mean() > start.log_likelihood(WORDY[:5]).mean() + 2


@each_model
def test_another_stream_trains_another_network_and_torch_s_own_is_left_alone(model):
    torch.manual_seed(5)
    before = torch.get_rng_state()
    first, again, other = (fit(model, seed=seed, steps=5, dropout=0.2) for seed in (1, 1, 2))
    assert torch.equal(torch.get_rng_state(), before)
    nats = [sampler.log_likelihood(WORDY).tolist() for sampler in (first, again, other)]
    assert nats[0] == nats[1]
    assert nats[0] != nats[2]


@each_model
def test_a_greedy_draw_that_never_ends_is_cut(model):
    sampler = fit(model, items=("ab" * 9,) * 8, temperature=0.0, steps=120)
    found = sampler.complete(["ab"], rng=default_rng(1))[0]
    assert len(found) <= 4 * 18
    assert sampler.sample(2, rng=default_rng(1)).data == sampler.sample(2, rng=default_rng(2)).data


@each_model
def test_a_training_that_diverges_is_refused(model):
    with pytest.raises(Invalid, match=r"the losses at step .* of 60 are {'loss': nan}; lower learning_rate"):
        fit(model, learning_rate=1e30)


def test_a_text_is_cut_into_pieces_that_follow_on_each_other():
    found = pieces([np.arange(7), np.arange(3), np.zeros(0, np.int64)], 9, 3)
    assert [piece.tolist() for piece in found] == [[9, 0, 1, 2], [2, 3, 4, 5], [5, 6], [9, 0, 1, 2]]


def test_in_each_round_every_piece_comes_once_and_batches_are_full():
    parts = [np.full(n + 1, n) for n in default_rng(1).integers(1, 40, 200)]
    batches, round_ = _batches(parts, 64, default_rng(2)), []
    while sum(map(len, round_)) < len(parts):
        round_.append(next(batches))
    assert sorted(len(piece) for batch in round_ for piece in batch) == sorted(map(len, parts))
    filled = [len(batch) * max(len(piece) - 1 for piece in batch) for batch in round_]
    assert max(filled) <= 64
    assert np.mean(filled) > 45


def test_a_piece_longer_than_a_batch_makes_one_alone():
    batches = _batches([np.zeros(100), np.zeros(3), np.zeros(3)], 10, default_rng(1))
    assert sorted(len(next(batches)) for _ in range(2)) == [1, 2]


def test_shorter_pieces_have_no_target_where_they_are_filled():
    seen, follows = _sides([np.array([4, 1, 2, 4]), np.array([4, 3])], 5, 0.0, default_rng(1))
    assert seen.tolist() == [[4, 1, 2], [4, 4, 4]]
    assert follows.tolist() == [[1, 2, 4], [3, -100, -100]]


def test_some_symbols_are_made_unknown_but_never_the_first_of_a_piece():
    seen, follows = _sides([np.zeros(101, np.int64)] * 50, 5, 0.1, default_rng(1))
    assert (seen[:, 0] == 0).all()
    assert (seen == 5).mean() == pytest.approx(0.1, abs=0.02)
    assert (follows == 0).all()


def test_dropout_leaves_the_mean_and_drops_the_same_numbers_at_each_place():
    drop = _Dropout(0.25, default_rng(1))
    found = drop(torch.ones(400, 3, 10))
    assert found.mean().item() == pytest.approx(1, abs=0.03)
    assert (found[:, 0] == found[:, 2]).all()
    assert found.unique().tolist() == pytest.approx([0, 4 / 3])
    whole = torch.ones(2, 3, 4)
    assert _Dropout(0.0, default_rng(1))(whole) is whole


def test_the_same_stream_starts_the_same_weights():
    first, again = (build_network(lambda: torch.nn.Linear(3, 3), default_rng(1), "cpu") for _ in range(2))
    assert torch.equal(first.weight, again.weight)
