"""The network of `transformer`: how far it sees, and what it remembers of rows."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from genbench_text.neural.decoder import Cache, Decoder

OUTCOMES, CONTEXT, MIXED = 5, 4, 3  # of the symbols before it, three are mixed into each


def made(layers):
    """Return a network with random weights, which are large, so that all it sees shows."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        network = Decoder(OUTCOMES, width=12, layers=layers, heads=3, context=CONTEXT)
        for weights in network.parameters():
            torch.nn.init.normal_(weights, std=0.5)
    return network.eval()


@torch.no_grad()
@pytest.mark.parametrize("layers", [1, 2, 3])
def test_each_layer_sees_its_context_and_nothing_before(layers):
    network = made(layers).double()
    rest = [2, 0, 4, 1, 3, 3, 0, 2, 1, 4, 0, 0, 3, 2, 1, 4]
    rows = torch.tensor([[0, *rest], [1, *rest]])
    one, other = network(rows, network.blank(2))[0]
    moved = (one - other).abs().amax(dim=1)
    furthest = layers * (CONTEXT - 1) + MIXED
    assert moved[: furthest + 1].min() > 1e-6
    assert moved[furthest + 1 :].max() < 1e-12


@torch.no_grad()
def test_no_more_is_remembered_than_is_seen():
    network = made(2)
    _, memory = network(torch.zeros(3, 9, dtype=torch.long), network.blank(3))
    assert len(memory) == 3
    assert memory.places == CONTEXT - 1
    assert memory.recent.shape == (3, MIXED, 12)
    assert memory.read.tolist() == [9, 9, 9]


@torch.no_grad()
def test_keys_of_many_places_are_told_apart():
    network = Decoder(OUTCOMES, width=12, layers=1, heads=3, context=CONTEXT)
    near, far = network.blank(1), network.blank(1)
    far = replace(far, read=far.read + 1_000_000)
    numbers = torch.tensor([[0, 1, 2, 3, 0, 1]])
    torch.testing.assert_close(network(numbers, far)[0], network(numbers, near)[0], atol=1e-4, rtol=1e-4)


@torch.no_grad()
def test_rows_of_which_more_and_less_was_read_are_joined_and_taken_apart_again():
    network = made(2)
    _, short = network(torch.tensor([[1]]), network.blank(1))
    _, long = network(torch.tensor([[2, 0, 3, 3, 1], [4, 4, 0, 1, 2]]), network.blank(2))
    together = Cache.join([short, long])
    assert together.read.tolist() == [1, 5, 5]
    asked = torch.tensor([[0], [1], [2]])
    found, _ = network(asked, together)
    for row, memory in enumerate((short, long[:1], long[1:])):
        alone, _ = network(asked[row : row + 1], memory)
        apart, _ = network(asked[row : row + 1], together[row : row + 1])
        torch.testing.assert_close(found[row], alone[0], atol=1e-5, rtol=0)
        torch.testing.assert_close(apart, alone, atol=1e-5, rtol=0)
