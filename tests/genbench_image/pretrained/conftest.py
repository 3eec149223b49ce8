"""Weights drawn with numpy, images, and networks as one would write them oneself."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
from genbench_image.pretrained.perceptual import ALEXNET

DATA = Path(__file__).parents[2] / "genbench_fidelity" / "data"


@pytest.fixture(scope="session")
def images():
    with np.load(DATA / "images.npz") as stored:
        return stored["imgs"]


def _drawn(backbone):
    """Return a backbone and heads drawn with numpy, as those of the records were."""
    rng = np.random.default_rng(20180111)
    weights, heads = {}, {}
    for conv in backbone:
        scale = np.float32(np.sqrt(2 / np.prod(conv.shape[1:])))
        weights[f"features.{conv.place}.weight"] = rng.standard_normal(conv.shape, dtype=np.float32) * scale
        bias = rng.standard_normal(conv.shape[0], dtype=np.float32) * np.float32(0.1)
        weights[f"features.{conv.place}.bias"] = bias
    for number, conv in enumerate(conv for conv in backbone if conv.is_seen):
        heads[f"lin{number}.model.1.weight"] = rng.random((1, conv.shape[0], 1, 1), dtype=np.float32)
    return [{name: torch.from_numpy(array) for name, array in each.items()} for each in (weights, heads)]


@pytest.fixture(scope="session")
def drawn():
    """Return the function that draws weights."""
    return _drawn


@pytest.fixture(scope="session")
def files(tmp_path_factory):
    """Return the paths of AlexNet's and of its heads' weights, drawn with numpy."""
    folder = tmp_path_factory.mktemp("weights")
    for name, weights in zip(("backbone.pth", "heads.pth"), _drawn(ALEXNET), strict=True):
        torch.save(weights, folder / name)
    return {"backbone": folder / "backbone.pth", "heads": folder / "heads.pth"}


@pytest.fixture
def script(tmp_path):
    """A TorchScript file of a network that gives its input back, with the path to it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that TorchScript is deprecated
        torch.jit.script(torch.nn.Flatten()).save(tmp_path / "flat.pt")
    return tmp_path / "flat.pt"


@pytest.fixture
def exported(tmp_path):
    """A file of torch.export of the same network, with the path to it."""
    automatic = torch.export.Dim.AUTO
    shapes = ({0: automatic, 2: automatic, 3: automatic},)
    program = torch.export.export(torch.nn.Flatten(), (torch.zeros(2, 3, 6, 6),), dynamic_shapes=shapes)
    torch.export.save(program, tmp_path / "flat.pt2")
    return tmp_path / "flat.pt2"
