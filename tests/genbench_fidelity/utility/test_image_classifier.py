"""The classifier of images that `cas` trains."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from genbench_fidelity.utility.image_classifier import fit


def halves(n=40, side=6):
    """Return dark and light images by turns, labelled 30 and 70."""
    images = np.full((n, side, side, 1), 60, np.uint8)
    images[::2] = 200
    return images, np.where(np.arange(n) % 2, 30, 70)


def fitted(seed=0, **options):
    settings = {"steps": 20, "batch": 16, "rate": 1e-3} | options
    return fit(*halves(), **settings, rng=np.random.default_rng(seed), device="cpu")


def test_it_predicts_the_labels_that_it_was_given(rng):
    images, labels = halves()
    assert np.array_equal(fitted(steps=40).predict(images), labels)


def test_no_image_has_no_label():
    found = fitted(steps=1).predict(np.zeros((0, 6, 6, 1), np.uint8))
    assert (found.shape, found.dtype) == ((0,), np.int64)


def test_weights_come_from_the_stream_alone():
    state = torch.get_rng_state()
    first, again, other = (
        torch.cat([weights.flatten() for weights in fitted(seed).network.parameters()]) for seed in (0, 0, 1)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(torch.get_rng_state(), state)


def test_weights_start_with_he_s_spread_and_biases_at_zero():
    """The rate of the only step is so small that nothing moves."""
    images = np.zeros((4, 64, 64, 3), np.uint8)
    found = fit(
        images, np.arange(4) % 2, steps=1, batch=2, rate=1e-12, rng=np.random.default_rng(0), device="cpu"
    )
    convolutions = [layer for layer in found.network if isinstance(layer, torch.nn.Conv2d)]
    assert len(convolutions) == 4
    for layer in convolutions:
        fan_in = layer.weight[0].numel()
        assert layer.weight.std().item() == pytest.approx((2 / fan_in) ** 0.5, rel=0.1)
        assert layer.bias.abs().max().item() < 1e-9


@pytest.mark.parametrize("shape", [(3, 20, 3), (40, 17, 1), (1, 1, 1)])
def test_images_of_any_shape_can_be_learned(shape, rng):
    images = np.full((40, *shape), 60, np.uint8)
    images[::2] = 200
    labels = np.arange(40) % 2
    found = fit(images, labels, steps=40, batch=16, rate=1e-3, rng=rng, device="cpu").predict(images)
    assert np.array_equal(found, labels)
