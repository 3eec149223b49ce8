"""The folding of the Inception network's normalisation."""

from __future__ import annotations

import numpy as np
import torch
from genbench_image.inception.inception_network import InceptionV3, fold


def test_folding_changes_nothing_but_the_rounding_of_the_weights(inception_weights, apart):
    state = torch.load(inception_weights, weights_only=True)
    with torch.device("meta"):
        eager, folded = InceptionV3().eval(), InceptionV3(folded=True).eval()
    eager.load_state_dict(state, assign=True)
    folded.load_state_dict(fold(state), assign=True)
    x = torch.from_numpy(np.random.default_rng(0).random((1, 384, 8, 8)))
    with torch.no_grad():
        for unit in ("Mixed_7c.branch3x3_2a", "Mixed_7b.branch3x3_2b"):
            before, after = (network.get_submodule(unit).double()(x) for network in (eager, folded))
            assert apart(after.numpy(), before.numpy()) < 1e-7
