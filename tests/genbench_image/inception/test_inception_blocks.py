"""The building blocks of the Inception network, on maps whose results are plain."""

from __future__ import annotations

import pytest
import torch
from genbench_image.inception.inception_network import EPSILON, Block, Conv, Unit
from torch import nn

ONE = Conv("one", 1)


def filled(module, value=1.0):
    """Return a module all of whose parameters are one value, in evaluation mode."""
    for parameter in module.parameters():
        nn.init.constant_(parameter, value)
    return module.eval()


@torch.no_grad()
def test_a_unit_is_a_normalised_convolution_without_what_is_negative():
    unit = filled(Unit(1, ONE, folded=False))
    unit.bn.running_mean.fill_(2.0)
    unit.bn.running_var.fill_(4.0)
    maps = torch.tensor([-8.0, 2.0, 6.0]).reshape(1, 1, 1, 3)
    found = unit(maps).flatten().tolist()
    assert found == pytest.approx([0, 1, 4 / (4 + EPSILON) ** 0.5 + 1])


@torch.no_grad()
def test_a_folded_unit_has_a_bias_and_no_normalisation():
    unit = filled(Unit(1, ONE, folded=True), 3.0)
    assert unit(torch.tensor([[[[-2.0, 1.0]]]])).flatten().tolist() == [0, 6]
    assert [name for name, _ in unit.named_parameters()] == ["conv.weight", "conv.bias"]


@torch.no_grad()
@pytest.mark.parametrize(
    ("conv", "size"),
    [
        (Conv("a", 2, (3, 3)), (9, 7)),
        (Conv("a", 2, (1, 7)), (9, 7)),
        (Conv("a", 2, (3, 3), padded=False), (7, 5)),
        (Conv("a", 2, (3, 3), stride=2, padded=False), (4, 3)),
    ],
)
def test_padding_keeps_the_size_of_the_maps(conv, size):
    assert Unit(1, conv, folded=True)(torch.zeros(1, 1, 9, 7)).shape == (1, 2, *size)


@torch.no_grad()
def test_paths_stand_in_their_order_with_the_ends_of_a_fork_side_by_side_and_the_pooled_one_last():
    paths = ((Conv("p", 1),), (Conv("q", 1), (Conv("left", 1), Conv("right", 2))))
    block = Block(1, paths, pool="max", pooled=(Conv("pooled", 1),), folded=True)
    factors = {"p": 2.0, "q": 1.0, "left": 3.0, "right": 5.0, "pooled": 7.0}
    for name, factor in factors.items():
        nn.init.constant_(block.get_submodule(name).conv.weight, factor)
        nn.init.zeros_(block.get_submodule(name).conv.bias)
    assert block(torch.ones(1, 1, 4, 4))[0, :, 0, 0].tolist() == [2, 3, 5, 5, 7]


@torch.no_grad()
@pytest.mark.parametrize(
    ("pool", "expected"),
    [
        ("average", [[2, 2.5, 3], [3.5, 4, 4.5], [5, 5.5, 6]]),  # without the zeros around
        ("max", [[4, 5, 5], [7, 8, 8], [7, 8, 8]]),
        ("max-halving", [[8]]),
    ],
)
def test_pooling_is_that_of_its_name(pool, expected):
    maps = torch.arange(9.0).reshape(1, 1, 3, 3)
    assert Block(1, (), pool=pool, folded=True)(maps)[0, 0].tolist() == expected
