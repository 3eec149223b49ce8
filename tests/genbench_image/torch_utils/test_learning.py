"""What trainings share: classes, and an average of weights."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from genbench_image.torch_utils.learning import Classes, average_into
from torch import nn

from genbench import Undefined


def test_an_average_forgets_its_start_and_then_moves_slowly():
    average, network = nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        average.weight.fill_(0.0)
        network.weight.fill_(1.0)
    average_into(average, network, decay=0.9, step=8)
    assert average.weight.item() == pytest.approx(1 - 9 / 18)
    average_into(average, network, decay=0.9, step=10_000)
    assert average.weight.item() == pytest.approx(1 - 0.5 * 0.9)


def test_classes_are_the_labels_with_their_shares_if_they_are_asked_for():
    labels = np.array([7, 2, 7, 7])
    known = Classes.of(labels, conditional=True)
    assert (known.values.tolist(), known.frequencies.tolist(), len(known)) == ([2, 7], [0.25, 0.75], 2)
    assert len(Classes.of(labels, conditional=False)) == 0
    assert Classes.of(None, conditional=False).draw(3, np.random.default_rng(0)) is None
    with pytest.raises(Undefined, match="needs a dataset with labels"):
        Classes.of(None, conditional=True)


def test_classes_are_drawn_in_their_shares():
    drawn = Classes.of(np.array([7, 2, 7, 7]), conditional=True).draw(4000, np.random.default_rng(0))
    assert set(drawn) == {2, 7}
    assert np.mean(drawn == 7) == pytest.approx(0.75, abs=4 * np.sqrt(0.75 * 0.25 / 4000))  # 4 SE
