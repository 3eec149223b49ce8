"""The extractors of torch-fidelity beside Inception: their names, and weights that are missing or bad."""

from __future__ import annotations

import os

import genbench_image
import pytest
import torch
from genbench_image.files.weights import CLIP_WEIGHTS, DINOV2_WEIGHTS
from genbench_image.pretrained import published
from torch_fidelity.registry import FEATURE_EXTRACTORS_REGISTRY

from genbench import DataError


def make(name, weights):
    return getattr(published, name.replace("-", "_"))(weights=weights, device="cpu", log=print)


def test_all_that_torch_fidelity_registers_are_offered_under_its_names():
    names = {spec.name for spec in genbench_image.genbench_extractors()}
    assert set(FEATURE_EXTRACTORS_REGISTRY) <= names
    assert {"vgg16", *CLIP_WEIGHTS, *DINOV2_WEIGHTS} == set(FEATURE_EXTRACTORS_REGISTRY) - {
        "inception-v3-compat"
    }


@pytest.mark.parametrize("name", ["vgg16", "clip-rn50", "dinov2-vit-s-14"])
def test_missing_and_unreadable_weights_are_one_line(name, tmp_path):
    with pytest.raises(DataError, match=f"{name} has no weights; .* genbench fetch {name}$"):
        make(name, None)
    (tmp_path / "w.pt").write_bytes(b"broken")
    torch.save({"a": torch.zeros(1)}, tmp_path / "other.pt")
    for file in ("w.pt", "other.pt", "gone.pt"):
        with pytest.raises(DataError, match=file) as caught:
            make(name, tmp_path / file)
        assert "\n" not in str(caught.value)


class _Malicious:
    def __reduce__(self):
        return (os.mkdir, ("ran",))


@pytest.mark.parametrize("name", ["vgg16", "clip-rn50", "dinov2-vit-s-14"])
def test_what_a_file_says_is_not_run(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.save({"classifier.0.weight": _Malicious()}, tmp_path / "bad.pt")
    with pytest.raises(DataError, match=r"bad\.pt"):
        make(name, tmp_path / "bad.pt")
    assert not (tmp_path / "ran").exists()
