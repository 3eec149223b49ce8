"""The network of `lstm`, against the equations of its cells."""

from __future__ import annotations

import pytest
import torch
from genbench_text.neural.recurrent import Recurrent, Remembered

OUTCOMES, WIDTH, HIDDEN = 5, 6, 9


def made(layers):
    """Return a network with random weights, which are large, so that all it sees shows."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        network = Recurrent(OUTCOMES, width=WIDTH, hidden=HIDDEN, layers=layers)
        for weights in network.parameters():
            torch.nn.init.normal_(weights, std=0.5)
    return network.eval()


def cell(network, layer, seen, shown, kept):
    """Return what a cell shows and keeps after a symbol: Hochreiter and Schmidhuber, with forget gates."""
    weights = {kind: getattr(network.cells, f"{kind}_l{layer}") for kind in ("weight_ih", "weight_hh")}
    bias = getattr(network.cells, f"bias_ih_l{layer}") + getattr(network.cells, f"bias_hh_l{layer}")
    takes, keeps, new, shows = (weights["weight_ih"] @ seen + weights["weight_hh"] @ shown + bias).chunk(4)
    kept = torch.sigmoid(keeps) * kept + torch.sigmoid(takes) * torch.tanh(new)
    return torch.sigmoid(shows) * torch.tanh(kept), kept


@torch.no_grad()
@pytest.mark.parametrize("layers", [1, 2])
def test_logits_are_those_of_the_equations(layers):
    network, row = made(layers), [0, 3, OUTCOMES, 1, 4]
    found, memory = network(torch.tensor([row]), network.blank(1))
    states = [(torch.zeros(HIDDEN), torch.zeros(HIDDEN))] * layers
    for place, number in enumerate(row):
        hidden = network.symbols.weight[number]
        for layer in range(layers):
            states[layer] = cell(network, layer, hidden, *states[layer])
            hidden = states[layer][0]
        logits = network.symbols.weight[:-1] @ (network.narrow.weight @ hidden) + network.shares
        torch.testing.assert_close(found[0, place], logits, atol=1e-5, rtol=1e-5)
    for layer, (shown, kept) in enumerate(states):
        torch.testing.assert_close(memory.shown[0, layer], shown, atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(memory.kept[0, layer], kept, atol=1e-5, rtol=1e-5)


@torch.no_grad()
def test_it_forgets_nothing_at_once():
    network = made(2)
    rest = [2, 0, 4, 1, 3, 3, 0, 2, 1, 4, 0, 0, 3, 2, 1, 4]
    one, other = network(torch.tensor([[0, *rest], [1, *rest]]), network.blank(2))[0]
    assert (one - other).abs().amax(dim=1).min() > 0


def test_forget_gates_begin_open():
    network = Recurrent(OUTCOMES, width=WIDTH, hidden=HIDDEN, layers=2)
    for layer in range(2):
        assert (getattr(network.cells, f"bias_ih_l{layer}")[HIDDEN : 2 * HIDDEN] == 1).all()


@torch.no_grad()
def test_rows_are_joined_and_taken_apart_again():
    network = made(2)
    parts = [network(torch.tensor([row]), network.blank(1))[1] for row in ([1], [2, 0, 3])]
    together = Remembered.join(parts)
    assert len(together) == 2
    for row, part in enumerate(parts):
        assert torch.equal(together[row : row + 1].shown, part.shown)
        assert torch.equal(together[row : row + 1].kept, part.kept)
