"""The vision transformer of DINOv2, held against torch's own layers and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from genbench_image.pretrained import published
from genbench_image.pretrained.dinov2 import DinoV2, read_dinov2
from torch.nn import functional

from genbench import DataError, Samples

WIDTH, GRID, HIDDEN = 128, 3, 160


def drawn(*, gated=False, depth=2, grid=GRID):
    """Return random parameters of a small network."""
    rng = np.random.default_rng(0)
    with torch.device("meta"):
        shapes = DinoV2(WIDTH, depth, HIDDEN, grid, gated=gated).state_dict()
    state = {
        name: torch.from_numpy(rng.normal(0, 0.2, value.shape).astype(np.float32))
        for name, value in shapes.items()
    }
    return {**state, "mask_token": torch.zeros(1, WIDTH)}


def saved(state, tmp_path):
    torch.save(state, tmp_path / "dinov2.pth")
    return tmp_path / "dinov2.pth"


def tokens_before(state, images):
    """Return class token and patches with their places, at the file's own grid."""
    patches = functional.conv2d(
        images, state["patch_embed.proj.weight"], state["patch_embed.proj.bias"], stride=14
    )
    row = patches.flatten(2).transpose(1, 2)
    return torch.cat([state["cls_token"].expand(len(images), 1, -1), row], 1) + state["pos_embed"]


def test_it_computes_what_torchs_own_transformer_layers_do(tmp_path):
    state = drawn()
    images = torch.from_numpy(np.random.default_rng(1).normal(size=(2, 3, 42, 42)).astype(np.float32))
    x = tokens_before(state, images)
    for number in range(2):
        x = _torchs_layer({k.removeprefix(f"blocks.{number}."): v for k, v in state.items()})(x)
    expected = functional.layer_norm(x, (WIDTH,), state["norm.weight"], state["norm.bias"], 1e-6)[:, 0]
    with torch.no_grad():
        found = read_dinov2(saved(state, tmp_path)).eval()(images)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)


def _torchs_layer(state):
    """Return torch's layer of the same parameters; the scales of the branches go into their last matrices."""
    layer = torch.nn.TransformerEncoderLayer(
        WIDTH, WIDTH // 64, HIDDEN, activation="gelu", layer_norm_eps=1e-6, batch_first=True, norm_first=True
    ).eval()
    one, two = state["ls1.gamma"], state["ls2.gamma"]
    layer.load_state_dict({
        "self_attn.in_proj_weight": state["attn.qkv.weight"],
        "self_attn.in_proj_bias": state["attn.qkv.bias"],
        "self_attn.out_proj.weight": one[:, None] * state["attn.proj.weight"],
        "self_attn.out_proj.bias": one * state["attn.proj.bias"],
        "linear1.weight": state["mlp.fc1.weight"],
        "linear1.bias": state["mlp.fc1.bias"],
        "linear2.weight": two[:, None] * state["mlp.fc2.weight"],
        "linear2.bias": two * state["mlp.fc2.bias"],
        **{f"{name}.{part}": state[f"{name}.{part}"]
           for name in ("norm1", "norm2") for part in ("weight", "bias")},
    })  # fmt: skip
    return layer.requires_grad_(requires_grad=False)


def test_the_largest_size_has_gated_mlps(tmp_path):
    state = drawn(gated=True, depth=1)
    state["blocks.0.ls1.gamma"].zero_()
    images = torch.ones(1, 3, 42, 42)
    x = tokens_before(state, images)[:, 0]
    get = lambda name: state[f"blocks.0.{name}"]  # noqa: E731 - shorter than the names it stands for
    inner = functional.layer_norm(x, (WIDTH,), get("norm2.weight"), get("norm2.bias"), 1e-6)
    gate, value = (inner @ get("mlp.w12.weight").T + get("mlp.w12.bias")).split(HIDDEN, dim=1)
    grown = (gate * torch.sigmoid(gate) * value) @ get("mlp.w3.weight").T + get("mlp.w3.bias")
    x = x + get("ls2.gamma") * grown
    expected = functional.layer_norm(x, (WIDTH,), state["norm.weight"], state["norm.bias"], 1e-6)
    with torch.no_grad():
        found = read_dinov2(saved(state, tmp_path)).eval()(images)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)


def test_places_are_interpolated_to_other_grids(tmp_path):
    state = drawn(depth=1, grid=37)
    ramp = torch.arange(37.0)
    state["pos_embed"][0, 1:] = ramp.repeat_interleave(37)[:, None]
    network = read_dinov2(saved(state, tmp_path))
    places = network._places(16, 16)[0, 1:].detach().reshape(16, 16, WIDTH)
    torch.testing.assert_close(places[:, 0], places[:, 15])  # the ramp runs down the rows
    centres = (torch.arange(16) + 0.5) * 37 / 16.1 - 0.5  # 16.1: the published code's own nudge
    torch.testing.assert_close(places[2:14, 0, 0], centres[2:14], rtol=0, atol=0.06)  # as near as cubics come
    assert torch.equal(network._places(37, 37), network.pos_embed)


def test_as_an_extractor_it_takes_images_of_any_size(tmp_path):
    extractor = published.dinov2_vit_b_14(weights=saved(drawn(), tmp_path), device="cpu", log=lambda *_: None)
    images = np.random.default_rng(0).integers(0, 256, (2, 9, 20, 1), dtype=np.uint8)
    found = extractor(Samples.of("image", images))["features"]
    assert (found.shape, found.dtype.name) == ((2, WIDTH), "float32")


@pytest.mark.parametrize(
    "wrong", ["register_tokens", "blocks.0.ls1.gamma", "blocks.999999999.ls1.gamma", "blocks.x"]
)
def test_files_of_other_networks_are_refused(wrong, tmp_path):
    state = drawn()
    if state.pop(wrong, None) is None:
        state[wrong] = torch.zeros(1, 4, WIDTH)
    with pytest.raises(DataError, match=r"dinov2\.pth does not hold a DINOv2 network without registers"):
        read_dinov2(saved(state, tmp_path))
