"""Classification accuracy score: what is learned from fakes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from genbench_fidelity.utility.cas import cas
from sklearn.datasets import load_digits

from genbench import Invalid, Samples, Undefined


@pytest.fixture(scope="module")
def digits():
    """Return two thirds of the digits: images and labels to learn from, and others to be tested on."""
    images, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(3).permutation(len(labels))
    pixels = np.round(images.reshape(-1, 8, 8, 1) * 255 / 16).astype(np.uint8)
    return [
        (Samples.of("image", pixels[rows]), labels[rows].astype(np.int64))
        for rows in np.split(order[:1198], 2)
    ]


def score(fake, real, steps=120, seed=0, **options):
    return cas(*real, *fake, steps=steps, **options, rng=np.random.default_rng(seed))


def test_real_digits_teach_digits(digits):
    found = score(*digits, steps=300)
    assert found.value > 0.95
    assert found.extra["by_class"].keys() == set("0123456789")


def test_noise_on_fakes_and_wrong_labels_cost_accuracy(digits):
    (images, labels), real = digits
    noise = np.random.default_rng(0).integers(-200, 200, images.data.shape)
    noisy = np.clip(images.data + noise, 0, 255).astype(np.uint8)
    clean, noisily, wrong = (
        score(fake, real).value
        for fake in ((images, labels), (Samples.of("image", noisy), labels), (images, (labels + 1) % 10))
    )
    assert wrong < 0.05
    assert 0.3 < noisily < clean - 0.05


def test_a_dropped_label_is_never_right(digits):
    (images, labels), real = digits
    kept = np.flatnonzero(labels != 4)
    by_class = score((images.take(kept), labels[kept]), real).extra["by_class"]
    assert by_class["4"] == 0
    assert np.mean([value for label, value in by_class.items() if label != "4"]) > 0.85


def test_fakes_of_one_label_score_its_share(digits):
    (images, labels), real = digits
    kept = np.flatnonzero(labels == 7)
    found = score((images.take(kept), labels[kept]), real, steps=3)
    assert found.value == pytest.approx((real[1] == 7).mean())


def test_stored_images_which_cannot_be_written_to_give_no_warning(digits):
    stored = [(Samples.of("image", samples.data.copy()), labels.copy()) for samples, labels in digits]
    for samples, labels in stored:
        samples.data.flags.writeable = labels.flags.writeable = False
    assert score(*stored, steps=5).value >= 0


def test_labels_may_be_any_integers(digits):
    (images, labels), (others, truth) = digits
    found = score((images, 100 * labels - 300), (others, 100 * truth - 300), steps=60)
    assert found.value == score(*digits, steps=60).value


def test_the_same_stream_gives_the_same_value_and_leaves_torch_s_alone(digits):
    state = torch.get_rng_state()
    first, again, other = (score(*digits, steps=30, seed=seed) for seed in (0, 0, 1))
    assert first == again != other
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize(("side", "name"), [(0, "fake"), (1, "real")])
def test_an_empty_side_gives_no_value(side, name, digits):
    sides = list(digits)
    images, labels = sides[side]
    sides[side] = images.take(slice(0, 0)), labels[:0]
    with pytest.raises(Undefined, match=f"{name} has 0"):
        score(*sides)


def test_a_training_that_diverges_is_refused(digits):
    with pytest.raises(Invalid, match="lower rate"):
        score(*digits, steps=20, rate=1e30)
