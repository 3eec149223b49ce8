"""Networks that read texts: at once, in blocks, symbol by symbol or beside others, all is the same."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from genbench_text.neural import network_law
from genbench_text.neural.decoder import Decoder
from genbench_text.neural.network_law import NetworkLaw
from genbench_text.neural.recurrent import Recurrent
from genbench_text.tokens.choosing import Choice
from numpy.random import default_rng

from genbench import Invalid

OUTCOMES, CONTEXT, LAYERS = 5, 4, 2
END = OUTCOMES - 1
NETWORKS = {
    "transformer": lambda: Decoder(OUTCOMES, width=12, layers=LAYERS, heads=3, context=CONTEXT),
    "lstm": lambda: Recurrent(OUTCOMES, width=6, hidden=9, layers=LAYERS),
}

each_network = pytest.mark.parametrize("network", NETWORKS, indirect=True)


@pytest.fixture
def network(request):
    """A network with random weights, which are large, so that all it sees shows."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        made = NETWORKS[request.param]()
        for weights in made.parameters():
            torch.nn.init.normal_(weights, std=0.5)
    return made.eval()


def law_of(network, **choice):
    return NetworkLaw(network, OUTCOMES, Choice(**choice), {}, "cpu")


@torch.no_grad()
def logits(network, numbers):
    """Return the logits after each symbol of one row, read alone in one go."""
    return network(torch.tensor([numbers]), network.blank(1))[0][0].numpy()


@each_network
@torch.no_grad()
@pytest.mark.parametrize("sizes", [[1] * 11, [5, 6], [1, 9, 1], [2, 1, 4, 4], [10, 1]], ids=str)
def test_blocks_of_any_size_give_the_logits_of_one(network, sizes):
    numbers = default_rng(1).integers(0, OUTCOMES + 1, (3, 11))
    whole, _ = network(torch.from_numpy(numbers), network.blank(3))
    memory, found = network.blank(3), []
    for block in np.split(numbers, np.cumsum(sizes)[:-1], axis=1):
        part, memory = network(torch.from_numpy(block), memory)
        found.append(part)
    torch.testing.assert_close(torch.cat(found, 1), whole, atol=1e-5, rtol=1e-5)


@each_network
def test_what_comes_later_plays_no_part(network):
    first, other = [0, 3, 1, 2, 2, 0, 1], [0, 3, 1, 2, 5, 1, 1]
    before, after = logits(network, first), logits(network, other)
    assert before[:4] == pytest.approx(after[:4], abs=1e-5)
    assert np.abs(before[4] - after[4]).max() > 1e-3


@each_network
def test_a_likelihood_is_that_of_the_logits(network):
    row = np.array([2, 0, OUTCOMES, 1, 3, END])
    law = logits(network, [END, *row[:-1]]).astype(np.float64)
    steps = (law - np.log(np.exp(law).sum(axis=1, keepdims=True)))[np.arange(6), np.minimum(row, END)]
    steps[2] = 0  # what is not known costs nothing here
    found = law_of(network).nats([row, row], np.array([0, 4]))
    assert found == pytest.approx([steps.sum(), steps[4:].sum()], abs=1e-5)


@each_network
def test_likelihoods_do_not_depend_on_blocks_and_batches(network, monkeypatch):
    rows = [default_rng((3, n)).integers(0, OUTCOMES + 1, n) for n in (0, 31, 1, 12, 30, 7)]
    before = np.array([0, 3, 1, 0, 29, 2])
    whole = law_of(network).nats(rows, before)
    monkeypatch.setattr(network_law, "_BLOCK", 5)
    monkeypatch.setattr(network_law, "_BATCH", 13)
    assert law_of(network).nats(rows, before) == pytest.approx(whole, abs=1e-4)


@each_network
@torch.no_grad()
def test_rows_of_unequal_lengths_go_on_as_each_would_alone(network, monkeypatch):
    monkeypatch.setattr(network_law, "_BLOCK", 4)
    rows = [default_rng((4, n)).integers(0, OUTCOMES, n) for n in (3, 0, 9, 1, 3, 6)]
    law, rng = law_of(network), default_rng(1)
    state, drawn = law.begin(rows, rng), []
    for _ in range(7):
        numbers, state = law.advance(state, rng)
        drawn.append(numbers)
    asked, _ = network(torch.from_numpy(state.last[:, None]), state.memory)
    for row, follows, found in zip(rows, np.transpose(drawn), asked[:, 0], strict=True):
        assert found.numpy() == pytest.approx(logits(network, [END, *row, *follows])[-1], abs=1e-5)


@each_network
@torch.no_grad()
def test_rows_that_are_chosen_stay_themselves_whether_others_are_forgotten_or_not(network):
    law, rng = law_of(network), default_rng(1)
    _, state = law.advance(law.begin([np.array([n % 4, 1]) for n in range(8)], rng), rng)
    most, few = state[np.arange(8) != 2], state[np.array([1, 6])]
    assert len(most.memory) == 8
    assert len(few.memory) == 2
    assert few.last.tolist() == state.last[[1, 6]].tolist()
    again = most[np.isin(np.arange(7), [1, 5])]
    for part in (few, again):
        asked, _ = network(torch.from_numpy(part.last[:, None]), part.memory)
        alone = [logits(network, [END, n, 1, part.last[at]])[-1] for at, n in enumerate((1, 2))]
        assert asked[:, 0].numpy() == pytest.approx(np.array(alone), abs=1e-5)


@each_network
def test_draws_follow_temperature_and_top_k(network):
    row = np.array([1, 3])
    law = logits(network, [END, *row])[-1].astype(np.float64)
    best = np.argsort(-law)
    greedy = law_of(network, temperature=0.0)
    assert set(greedy.advance(greedy.begin([row] * 9, default_rng(1)), default_rng(1))[0].tolist()) == {
        best[0]
    }
    narrow = law_of(network, temperature=2.0, top_k=2)
    drawn, _ = narrow.advance(narrow.begin([row] * 4000, default_rng(1)), default_rng(1))
    share = 1 / (1 + np.exp((law[best[1]] - law[best[0]]) / 2))
    assert set(drawn.tolist()) == set(best[:2].tolist())
    assert (drawn == best[0]).mean() == pytest.approx(share, abs=0.03)


@each_network
def test_a_network_that_gives_nan_is_refused(network):
    with torch.no_grad():
        network.symbols.weight[0] = float("nan")
    law = law_of(network)
    with pytest.raises(Invalid, match="nan as the log probability of text 0"):
        law.nats([np.array([1]), np.array([0, 1])], np.zeros(2, np.int64))
    with pytest.raises(Invalid, match="logits that are nan or inf"):
        law.advance(law.begin([np.array([1])], default_rng(1)), default_rng(1))
