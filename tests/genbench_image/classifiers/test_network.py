"""The classifiers' network: its outputs, what it takes, and its weights."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from genbench_image.classifiers.digits_classifier import SHAPE, WEIGHTS
from genbench_image.classifiers.network import channels_last, from_weights
from genbench_image.torch_utils.tensors import to_tensor
from safetensors.numpy import load_file, save_file

from genbench import DataError, Samples, Undefined


def test_features_and_probabilities_are_what_the_spec_says(parts, shipped):
    answer = shipped(parts["test"])
    assert {name: (array.shape, array.dtype.name) for name, array in answer.items()} == {
        "features": ((599, 64), "float32"), "probabilities": ((599, 10), "float32"),
    }  # fmt: skip
    np.testing.assert_allclose(answer["probabilities"].sum(axis=1), 1, atol=1e-6)
    assert np.linalg.matrix_rank(np.cov(answer["features"].T.astype(float))) == 64


def test_an_answer_does_not_depend_on_the_company(parts, shipped):
    whole = shipped(parts["test"])
    for chosen in (slice(0, 1), slice(5, 105), slice(100, 229), slice(598, 599)):
        part = shipped(parts["test"].take(chosen))
        for name, array in part.items():
            np.testing.assert_allclose(array, whole[name][chosen], rtol=0, atol=1e-6)


def test_no_images_give_no_rows(shipped):
    answer = shipped(Samples.of("image", np.zeros((0, *SHAPE), np.uint8)))
    assert answer["features"].shape == (0, 64)


@pytest.mark.parametrize("shape", [(8, 8, 3), (28, 28, 1), (8, 9, 1)])
def test_images_of_another_shape_are_refused_with_both(shipped, shape):
    sides = "x".join(map(str, shape))
    with pytest.raises(Undefined, match=f"takes images of 8x8x1, got image {sides}"):
        shipped(Samples.of("image", np.zeros((2, *shape), np.uint8)))


def test_other_samples_than_images_are_refused(shipped):
    with pytest.raises(Undefined, match="takes images of 8x8x1, got text"):
        shipped(Samples.of("text", ["a"]))


def test_samples_without_labels_have_no_accuracy(shipped):
    with pytest.raises(Undefined, match="accuracy needs labels"):
        shipped.accuracy(Samples.of("image", np.zeros((2, *SHAPE), np.uint8)))


def test_the_numbers_that_go_in_are_those_of_the_generators():
    samples = Samples.of("image", np.arange(256, dtype=np.uint8).repeat(6).reshape(16, 8, 4, 3))
    assert torch.equal(channels_last(samples.data, "cpu"), to_tensor(samples, "cpu"))


def test_weights_of_another_network_are_refused(tmp_path):
    tensors = load_file(WEIGHTS)
    tensors.pop("0.weight")
    save_file(tensors, tmp_path / "w.safetensors")
    with pytest.raises(DataError, match=r"w\.safetensors is not a file of this classifier"):
        from_weights(tmp_path / "w.safetensors", SHAPE, range(10))
