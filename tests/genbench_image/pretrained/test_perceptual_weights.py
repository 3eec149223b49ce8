"""The readers of a perceptual network's weights."""

from __future__ import annotations

import pytest
import torch
from genbench_image.pretrained.lpips import lpips
from genbench_image.pretrained.perceptual import ALEXNET, read_backbone

from genbench import DataError


def broken(files, tmp_path, **changes):
    for name, change in changes.items():
        path = tmp_path / f"{name}.pth"
        weights = torch.load(files[name], weights_only=True)
        change(weights)
        torch.save(weights, path)
        files = files | {name: path}
    return files


@pytest.mark.parametrize(
    ("name", "change", "reason"),
    [
        ("backbone", lambda w: w.pop("features.3.weight"), r"\[0, 6, 8, 10\] of neither AlexNet nor VGG-16"),
        ("backbone", lambda w: w.pop("features.3.bias"), "of neither AlexNet nor VGG-16"),
        ("heads", lambda w: w.pop("lin4.model.1.weight"), "this backbone needs"),
        ("heads", lambda w: w["lin0.model.1.weight"].neg_(), "negative"),
        ("heads", lambda w: w.update(lin0=3), "heads.pth holds no weights of lpips"),
    ],
)
def test_other_weights_are_refused(name, change, reason, files, tmp_path):
    with pytest.raises(DataError, match=reason):
        lpips(**broken(files, tmp_path, **{name: change}), device="cpu")


def test_a_number_of_thousands_of_digits_is_no_layers(files, tmp_path):
    longer = broken(
        files, tmp_path, backbone=lambda w: w.update({f"features.{'9' * 5000}.weight": torch.ones(1)})
    )
    assert len(read_backbone(longer["backbone"])[0]) == len(ALEXNET)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("backbone.pth", "holds no weights of lpips: it is no PyTorch file; fetch it again or name another"),
        (
            "backbone.safetensors",
            "holds no weights of lpips: it is no safetensors file, or a damaged one; fetch it",
        ),
    ],
)
def test_a_file_that_holds_no_weights_is_refused(name, message, files, tmp_path):
    (tmp_path / name).write_bytes(b"not weights")
    with pytest.raises(DataError, match=f"{name} {message}") as refused:
        lpips(backbone=tmp_path / name, heads=files["heads"], device="cpu")
    assert "\n" not in str(refused.value)
