"""Images, and what our extractor and torch-fidelity's make of them with the same random weights."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from genbench_image.inception.inception import inception_v3_compat
from sklearn.datasets import load_digits
from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3

from genbench import Samples


@pytest.fixture(scope="session")
def images():
    """Digits at 32 x 32 in three tints, and coloured noise."""
    digits = (load_digits().images[500:506] * (255 / 16)).repeat(4, axis=1).repeat(4, axis=2)
    tints = np.array([[1, 0.5, 0.2], [0.3, 1, 1]]).repeat(3, axis=0)[:, None, None]
    noise = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3))
    return Samples.of("image", np.concatenate([digits[..., None] * tints, noise]).astype(np.uint8))


@pytest.fixture(scope="session")
def theirs(inception_weights, images):
    """What torch-fidelity's extractor makes of them."""
    names = ["2048", "logits_unbiased"]
    network = FeatureExtractorInceptionV3("inception-v3-compat", names, str(inception_weights))
    with torch.no_grad():
        found = network(torch.from_numpy(np.array(images.data.transpose(0, 3, 1, 2), order="C")))
    return dict(zip(("features", "logits"), (part.numpy() for part in found), strict=True))


@pytest.fixture(scope="session")
def make():
    """Return a function that makes the extractor on this CPU."""

    def made(weights, **options):
        return inception_v3_compat(weights=weights, device="cpu", log=lambda *_: None, **options)

    return made


@pytest.fixture(scope="session")
def apart():
    """Return the distance of two arrays, as a share of the second's length."""
    return lambda ours, theirs: np.linalg.norm(ours - theirs) / np.linalg.norm(theirs)


@pytest.fixture(scope="session")
def extractor(make, inception_weights):
    return make(inception_weights)


@pytest.fixture(scope="session")
def ours(extractor, images):
    return extractor(images)
