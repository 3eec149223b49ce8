"""The network ChemNet."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from genbench_molecule.chemnet.characters import one_hot
from genbench_molecule.chemnet.network import ChemNet, read_chemnet

from genbench import DataError

needs_weights = pytest.mark.extras("fcd")


@pytest.mark.parametrize("positions", [4, 349, 350, 351])
def test_any_length_gives_the_last_state(positions):
    with torch.inference_mode():
        found = ChemNet()(torch.from_numpy(one_hot(["CCO"], positions)))
    assert found.shape == (1, 512)


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
