"""Features of the Inception network: preparation, batches, and the steps of an image."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from genbench_image.inception.inception import inception_v3_compat
from genbench_image.inception.inception_extraction import SCALINGS
from genbench_image.torch_utils.resizing import RESIZES

from genbench import Samples, Undefined


def test_outputs_are_what_the_spec_says(ours):
    assert {name: (array.shape, array.dtype.name) for name, array in ours.items()} == {
        "features": ((10, 2048), "float32"),
        "logits": ((10, 1008), "float32"),
        "probabilities": ((10, 1008), "float32"),
    }


def test_probabilities_are_the_softmax_of_the_unbiased_logits(ours):
    logits = ours["logits"].astype(np.float64)
    expected = np.exp(logits - logits.max(axis=1, keepdims=True))
    expected /= expected.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(ours["probabilities"], expected, rtol=1e-6)


def test_the_bias_of_the_last_layer_is_left_out(inception_weights, ours):
    state = torch.load(inception_weights, weights_only=True)
    assert np.abs(state["fc.bias"].numpy()).max() > 1
    np.testing.assert_allclose(
        ours["logits"], ours["features"] @ state["fc.weight"].numpy().T, rtol=1e-4, atol=1e-5
    )


def test_an_answer_does_not_depend_on_the_company(extractor, images, ours, apart):
    alone = extractor(images.take(slice(2, 5)))
    for name, array in alone.items():
        assert apart(array, ours[name][2:5]) < 2e-5


def test_grey_images_count_three_times(extractor):
    grey = np.random.default_rng(0).integers(0, 256, (1, 9, 12, 1), dtype=np.uint8)
    found = extractor(Samples.of("image", grey))["features"]
    same = extractor(Samples.of("image", grey.repeat(3, axis=3)))["features"]
    np.testing.assert_allclose(found, same, rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    "samples",
    [Samples.of("image", np.zeros((2, 8, 8, 4), np.uint8)), Samples.of("text", ["a"])],
    ids=["four channels", "text"],
)
def test_what_is_no_image_of_one_or_three_channels_is_refused(extractor, samples):
    with pytest.raises(Undefined, match="takes images of 1 or 3 channels, got"):
        extractor(samples)


def test_no_images_give_no_rows(extractor):
    found = extractor(Samples.of("image", np.zeros((0, 8, 8, 3), np.uint8)))
    assert {name: array.shape for name, array in found.items()} == {
        "features": (0, 2048), "logits": (0, 1008), "probabilities": (0, 1008),
    }  # fmt: skip


def test_read_only_images_are_taken_and_left_alone(extractor, images):
    locked = images.data[:1].copy()
    locked.flags.writeable = False
    before = locked.copy()
    extractor(Samples.of("image", locked))
    np.testing.assert_array_equal(locked, before)


@pytest.mark.slow
def test_progress_is_told_after_each_batch(inception_weights, images):
    told = []
    extractor = inception_v3_compat(
        weights=inception_weights, device="cpu", log=lambda step, total: told.append((step, total))
    )
    extractor(images)
    assert told == [(8, 10), (10, 10)]


def test_steps_show_the_way_of_an_image(inception_weights, images, ours, make):
    few = images.take(slice(0, 2))
    steps = make(inception_weights).steps(few)
    assert list(steps) == ["resized", "scaled", "features"]
    assert {name: (array.shape, array.dtype.name) for name, array in steps.items()} == {
        "resized": ((2, 299, 299, 3), "float32"),
        "scaled": ((2, 299, 299, 3), "float32"),
        "features": ((2, 2048), "float32"),
    }
    np.testing.assert_array_equal(steps["resized"][:, 0, 0], few.data[:, 0, 0])
    np.testing.assert_array_equal(steps["scaled"], (steps["resized"] - 128) / 128)
    np.testing.assert_allclose(steps["features"], ours["features"][:2], rtol=0, atol=1e-5)


@pytest.mark.parametrize("resize", RESIZES)
@pytest.mark.parametrize("scaling", SCALINGS)
def test_each_rule_of_resizing_and_scaling_is_that_of_its_name(
    inception_weights, images, ours, resize, scaling, make, apart
):
    few = images.take(slice(0, 1))
    steps = make(inception_weights, resize=resize, scaling=scaling).steps(few)
    pixels = torch.from_numpy(few.data).permute(0, 3, 1, 2).float()
    expected = RESIZES[resize](pixels, 299).permute(0, 2, 3, 1).numpy()
    np.testing.assert_allclose(steps["resized"], expected, rtol=0, atol=1e-4)
    ranges = {"tf": (expected - 128) / 128, "unit": expected / 127.5 - 1}
    np.testing.assert_allclose(steps["scaled"], ranges[scaling], rtol=0, atol=1e-5)
    differs = apart(steps["features"], ours["features"][:1]) > 1e-4
    assert differs == ((resize, scaling) != ("tf1", "tf"))


@pytest.mark.slow
def test_bfloat16_is_near_and_not_the_same(inception_weights, images, ours, make, apart):
    found = make(inception_weights, dtype="bfloat16")(images)
    assert found["features"].dtype == np.float32
    assert 1e-4 < apart(found["features"], ours["features"]) < 0.1
