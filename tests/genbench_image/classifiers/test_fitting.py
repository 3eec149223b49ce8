"""The training of classifiers on labelled images."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from genbench_image.classifiers.digits_classifier import digits_classifier

from genbench import Samples


@pytest.mark.slow
def test_any_labelled_images_can_be_learnt(parts, fit):
    fitted = fit(parts["train"], steps=800, seed=1)
    assert fitted.accuracy(parts["test"]) >= 0.96


@pytest.mark.parametrize("shape", [(8, 8, 1), (28, 28, 1), (64, 64, 3), (9, 17, 3), (1, 1, 1)])
def test_any_size_and_channels_are_taken_and_any_labels_kept(shape, fit):
    images = np.zeros((40, *shape), np.uint8)
    images[1::2] = 255
    labels = np.tile([-3, 7], 20)
    samples = Samples.of("image", images, labels)
    fitted = fit(samples, steps=30)
    assert fitted.accuracy(samples) == 1
    assert fitted.classes.tolist() == [-3, 7]
    assert fitted(samples)["features"].shape == (40, 64)


def test_one_generator_gives_one_network_and_another_gives_another(parts, fit, bits):
    one, same, other = (fit(parts["train"], seed=seed) for seed in (0, 0, 1))
    assert bits(one.net) == bits(same.net)
    assert bits(one.net) != bits(other.net)


def test_torchs_own_generator_is_neither_read_nor_moved(parts, fit, bits):
    torch.manual_seed(5)
    before = torch.get_rng_state()
    one = fit(parts["train"])
    digits_classifier()
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(6)
    assert bits(fit(parts["train"]).net) == bits(one.net)


def test_training_changes_no_sample(parts, fit):
    before = parts["train"].data.copy()
    fit(parts["train"])
    np.testing.assert_array_equal(parts["train"].data, before)


def test_progress_is_told_every_fifty_steps_and_at_the_end(parts, fit):
    told = []
    fit(parts["train"], steps=120, log=lambda *a, **k: told.append((a, k)))
    assert [where for where, _ in told] == [(50, 120), (100, 120), (120, 120)]
    assert all(values.keys() == {"loss"} and np.isfinite(values["loss"]) for _, values in told)
