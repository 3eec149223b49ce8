"""How images come to a network's side: held against torch-fidelity, clean-fid and closed forms."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from genbench_image.torch_utils.resizing import RESIZES, bilinear, pil_bicubic, tf1_bilinear
from torch_fidelity.interpolate_compat_tensorflow import interpolate_bilinear_2d_like_tensorflow1x

SIDES = [
    (1, 1),
    (8, 8),
    (28, 28),
    (32, 32),
    (96, 64),
    (299, 299),
    (298, 301),
    (300, 40),
    (40, 300),
    (640, 333),
]


@pytest.fixture(scope="module")
def golden():
    with np.load(Path(__file__).parents[1] / "data" / "resize.npz") as arrays:
        return dict(arrays)


@pytest.mark.parametrize("sides", SIDES, ids=lambda sides: f"{sides[0]}x{sides[1]}")
def test_tf1_has_the_bits_of_torch_fidelity(sides):
    images = _images(2, 3, *sides)
    theirs = interpolate_bilinear_2d_like_tensorflow1x(images, size=(299, 299), align_corners=False)
    assert torch.equal(tf1_bilinear(images, 299), theirs)


@pytest.mark.parametrize("side", [14, 224])
def test_tf1_has_the_bits_of_torch_fidelity_at_other_sides(side):
    images = _images(1, 1, 60, 30)
    theirs = interpolate_bilinear_2d_like_tensorflow1x(images, size=(side, side), align_corners=False)
    assert torch.equal(tf1_bilinear(images, side), theirs)


def test_tf1_starts_at_the_first_pixel_and_repeats_the_last():
    ramp = torch.tensor([[0.0, 1.0]])[None, None]
    assert tf1_bilinear(ramp, 4)[0, 0, 0].tolist() == [0, 0.5, 1, 1]
    assert tf1_bilinear(ramp.transpose(2, 3), 4)[0, 0, :, 0].tolist() == [0, 0.5, 1, 1]


def test_bilinear_is_shifted_by_half_a_pixel():
    ramp = torch.tensor([[0.0, 1.0]])[None, None]
    assert bilinear(ramp, 4)[0, 0, 0].tolist() == [0, 0.25, 0.75, 1]


def test_pil_bicubic_is_what_clean_fid_makes(golden):
    np.testing.assert_allclose(_resized(golden, pil_bicubic), golden["PIL_False_bicubic"], rtol=0, atol=1e-4)


def test_bilinear_is_what_pytorch_fid_makes(golden):
    ours = _resized(golden, bilinear)
    np.testing.assert_allclose(ours, golden["PyTorch_False_bilinear"], rtol=0, atol=1e-4)


@pytest.mark.parametrize("rule", RESIZES)
@pytest.mark.parametrize("wrong", ["PIL_True_bilinear", "PyTorch_True_bilinear"])
def test_rules_that_round_are_others(golden, rule, wrong):
    assert np.abs(_resized(golden, RESIZES[rule]) - golden[wrong]).max() > 0.1


def test_the_rules_part_by_many_grey_levels(golden):
    found = [_resized(golden, rule) for rule in RESIZES.values()]
    for i, one in enumerate(found):
        assert all(np.abs(one - other).max() > 10 for other in found[:i])


@pytest.mark.parametrize("rule", RESIZES.values(), ids=RESIZES)
def test_every_rule_leaves_a_plain_image_plain_and_its_argument_alone(rule):
    images = torch.full((2, 3, 17, 40), 77.0)
    np.testing.assert_allclose(rule(images, 29).numpy(), np.full((2, 3, 29, 29), 77.0), rtol=1e-6)
    assert torch.equal(images, torch.full((2, 3, 17, 40), 77.0))


@pytest.mark.parametrize("rule", RESIZES.values(), ids=RESIZES)
def test_every_rule_leaves_an_image_of_the_right_side_as_it_is(rule):
    images = _images(1, 3, 29, 29)
    np.testing.assert_allclose(rule(images, 29).numpy(), images.numpy(), rtol=0, atol=1e-4)


def test_bicubic_overshoot_is_cut():
    edge = torch.zeros(1, 1, 8, 8)
    edge[..., 4:] = 255
    found = pil_bicubic(edge, 29)
    assert (found.min(), found.max()) == (0, 255)


@pytest.mark.parametrize("rule", RESIZES.values(), ids=RESIZES)
def test_no_images_give_none(rule):
    assert rule(torch.zeros(0, 3, 8, 8), 29).shape == (0, 3, 29, 29)


def _images(*shape):
    return torch.from_numpy(np.random.default_rng(0).integers(0, 256, shape).astype(np.float32))


def _resized(golden, rule):
    image = torch.from_numpy(golden["small"]).permute(2, 0, 1)[None].float()
    return rule(image, 29)[0].permute(1, 2, 0).numpy()
