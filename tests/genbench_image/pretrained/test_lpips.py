"""The extractor `lpips`: squared distances of its features against the package of its authors."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from genbench_image.pretrained.lpips import lpips
from genbench_image.pretrained.perceptual import ALEXNET, VGG16
from safetensors.torch import save_file

from genbench import Samples

HEADS = Path(__file__).parents[1] / "data" / "lpips" / "alex.pth"
DATA = Path(__file__).parents[2] / "genbench_fidelity" / "data"
RECORDS = {r["case"]: r for r in json.loads((DATA / "pairs.json").read_text()) if r["metric"] == "lpips"}


def fresh(backbone, seed):
    """Return torch's own first weights at a seed: those of a new torchvision network."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        layers = {c.place: torch.nn.Conv2d(c.shape[1], c.shape[0], c.shape[2]) for c in backbone}
    return {
        f"features.{place}.{kind}": getattr(layer, kind).detach()
        for place, layer in layers.items()
        for kind in ("weight", "bias")
    }


def distances(features, pairs):
    x = features.astype(np.float64)
    return [np.square(x[i] - x[j]).sum() for i, j in pairs]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "backbone", "count"), [("alex", ALEXNET, 4), ("vgg", VGG16, 2)])
def test_squared_distances_are_those_of_the_package(name, backbone, count, drawn, images, tmp_path):
    for file, weights in zip(("backbone", "heads"), drawn(backbone), strict=True):
        save_file(weights, tmp_path / f"{file}.safetensors")
    extractor = lpips(
        backbone=tmp_path / "backbone.safetensors", heads=tmp_path / "heads.safetensors", device="cpu"
    )
    features = extractor(Samples.of("image", images[:count]))["features"]
    assert features.dtype == np.float32
    record = RECORDS[f"{name}/numpy-weights"]
    pairs = list(itertools.combinations(range(4), 2))
    expected = [v for v, (_, j) in zip(record["value"], pairs, strict=True) if j < count]
    found = distances(features, [pair for pair in pairs if pair[1] < count])
    assert found == pytest.approx(expected, abs=record["tol"], rel=0)


def test_the_package_s_own_heads_are_read_and_give_its_values(images, tmp_path):
    record = RECORDS["alex/random-backbone-seed0"]
    torch.save(fresh(ALEXNET, 0), tmp_path / "alexnet.pth")
    extractor = lpips(backbone=tmp_path / "alexnet.pth", heads=HEADS, device="cpu")
    features = extractor(Samples.of("image", images))["features"]
    found = distances(features, [(0, other) for other in range(4)])
    assert found == pytest.approx(record["value"], abs=record["tol"], rel=0)
