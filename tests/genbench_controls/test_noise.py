"""The control `noise`."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from genbench_controls.noise import noise
from numpy.random import default_rng

from genbench import Samples, Undefined

TRAIN = {
    "image": Samples.of("image", np.full((3, 8, 8, 3), 7, np.uint8)),
    "vector": Samples.of("vector", np.array([[0, -100], [1, 100]], np.float32)),
    "text": Samples.of("text", ["aab", "", "éccdd"]),
    "sequence": Samples.of("sequence", ["ACGT"]),
    "molecule": Samples.of("molecule", ["CC", "CO"], notation="smiles"),
    "table": Samples.of("table", pd.DataFrame({"a": [1, 2], "b": ["x", None]})),
    "audio": Samples.of("audio", [np.zeros((n, 2), np.float32) for n in (3, 5)], rate=8000),
    "points": Samples.of("points", [np.ones((n, 3), np.float32) for n in (2, 4)]),
    "video": Samples.of("video", [np.zeros((n, 2, 2, 3), np.uint8) for n in (1, 2)]),
}


def test_every_bundled_modality_has_noise(modalities):
    assert set(TRAIN) == {modality.reference for modality in modalities}


@pytest.mark.parametrize("name", TRAIN)
def test_noise_is_in_the_space_of_train(name, modality):
    train = modality(name).admit(TRAIN[name])
    drawn = noise(train, modality(name)).sample(50, rng=default_rng(0))
    assert len(modality(name).admit(drawn, train.space, 50)) == 50


def test_labels_come_from_train_or_not_at_all(modality):
    images = np.zeros((4, 2, 2, 1), np.uint8)
    labelled = noise(Samples.of("image", images, [3, 3, 3, 9]), modality("image"))
    labels = labelled.sample(400, rng=default_rng(0)).labels
    assert set(labels) == {3, 9}
    assert 0.65 < np.mean(labels == 3) < 0.85
    unlabelled = noise(Samples.of("image", images), modality("image"))
    assert unlabelled.sample(4, rng=default_rng(0)).labels is None


def test_the_draw_is_the_generators(modality):
    sampler = noise(Samples.of("image", np.zeros((1, 4, 4, 1), np.uint8)), modality("image"))
    one, same, other = (sampler.sample(5, rng=default_rng(seed)).data for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


def test_empty_data_have_no_noise(modality):
    with pytest.raises(Undefined, match="train, which is empty"):
        noise(Samples.of("image", np.zeros((0, 2, 2, 1), np.uint8)), modality("image"))
