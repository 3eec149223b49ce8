"""The network ChemNet."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from genbench_molecule.chemnet.characters import one_hot
from genbench_molecule.chemnet.network import ChemNet, read_chemnet
from torch.nn import functional

from genbench import DataError

needs_weights = pytest.mark.extras("fcd")


def slowly(network, x):
    """Return the network's vectors of rows (n, 35, p) by its definition: all positions of all rows."""
    for convolution in network.convolutions:
        length = x.shape[2]
        zeros = (-(-length // 2) - 1) * 2 + 4 - length
        x = functional.selu(convolution(functional.pad(x, (zeros // 2, zeros - zeros // 2))))
    states = network.first(x.transpose(1, 2).flip(1))[0].flip(1)
    return network.second(states)[0][:, -1]


@pytest.mark.parametrize("positions", [30, 31, 32, 33, 34, 37, 60, 349, 350, 351])
def test_the_padding_is_computed_once_and_counts_for_every_row(positions):
    torch.manual_seed(0)
    texts = ["CCO", "c1ccccc1Cl", "C" * 29]
    rows = torch.from_numpy(one_hot(texts, positions)) * 35  # large numbers, to which the padding matters
    with torch.inference_mode():
        network = ChemNet().double()
        expected = slowly(network, rows.double())
        for width in {30, (30 + positions) // 2, positions}:
            found = network(rows[:, :, :width].double(), positions)
            assert found.numpy() == pytest.approx(expected.numpy(), abs=1e-12)
        bare = slowly(network, rows[:, :, :30].double())
    assert positions < 37 or not np.allclose(bare, expected, atol=1e-3)  # the padding matters


def test_the_shortest_rows_have_a_vector():
    with torch.inference_mode():
        assert ChemNet()(torch.from_numpy(one_hot([""], 1)), 1).shape == (1, 512)


@needs_weights
def test_the_weights_are_read_and_their_package_is_not_imported():
    network = read_chemnet()
    assert sum(each.numel() for each in network.parameters()) == 1_406_336  # as many as the file holds
    assert not network.training
    assert "fcd" not in sys.modules


@pytest.mark.parametrize(
    "content",
    [[], {}, [("Conv1d", ({"weight": torch.zeros(1)}, {}, {}))] * 4, [("Conv1d", 1)], np.float64(1).item()],
    ids=["no layers", "a dict", "other tensors", "no tensors", "a number"],
)
def test_other_files_are_refused_in_one_line(content, tmp_path):
    torch.save(content, tmp_path / "a.pt")
    with pytest.raises(DataError, match=r"^a\.pt does not hold ChemNet \(\w+\); expected the file of fcd==1"):
        read_chemnet(tmp_path / "a.pt")


def test_a_pickle_is_not_executed(tmp_path):
    class Planted:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "mark",))

    torch.save(Planted(), tmp_path / "a.pt")
    with pytest.raises(DataError):
        read_chemnet(tmp_path / "a.pt")
    assert not (tmp_path / "mark").exists()
