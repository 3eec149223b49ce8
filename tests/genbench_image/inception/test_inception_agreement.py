"""The same folders through genbench and through torch-fidelity, with the same random weights."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch_fidelity
from genbench_fidelity.classes.inception_score import inception_score
from genbench_fidelity.distances.fid import fid
from genbench_fidelity.distances.kid import kid
from genbench_fidelity.manifolds.precision_recall import precision_recall
from genbench_image.inception.inception import inception_v3_compat
from PIL import Image
from sklearn.datasets import load_digits
from torch_fidelity.metric_prc import prc_features_to_metric

from genbench import open_samples

pytestmark = [pytest.mark.full, pytest.mark.day(0, of=3)]  # all share a fixture

SIZES = {"digits": 40, "garments": 40, "colours": 20}
SUBSETS, SUBSET = 10, 15


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Three folders of PNG files: 8 x 8 and 28 x 28 grey, 32 x 32 colour."""
    rng = np.random.default_rng(0)
    digits = (load_digits().images[: SIZES["digits"]] * (255 / 16)).astype(np.uint8)
    garments = np.stack([_garment(rng) for _ in range(SIZES["garments"])])
    tints = rng.random((SIZES["colours"], 1, 1, 3))
    colours = (digits[: SIZES["colours"]].repeat(4, axis=1).repeat(4, axis=2)[..., None] * tints).astype(
        np.uint8
    )
    paths = {}
    for name, images in {"digits": digits, "garments": garments, "colours": colours}.items():
        paths[name] = tmp_path_factory.mktemp(name)
        for number, image in enumerate(images):
            Image.fromarray(image).save(paths[name] / f"{number:04}.png")
    return paths


def _garment(rng):
    """Return a bright shape with edges and a texture, 28 x 28: as rough as pictures of clothes are."""
    rows, columns = np.mgrid[:28, :28]
    width = rng.uniform(4, 12) + rng.uniform(-0.2, 0.2) * rows
    inside = (abs(columns - 13.5) < width) & (abs(rows - 13.5) < rng.uniform(8, 14))
    texture = 150 + 60 * np.sin(rows * rng.uniform(0.2, 2)) + rng.normal(0, 20, (28, 28))
    return np.where(inside, texture, 0).clip(0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def ours(folders, inception_weights):
    """What our extractor makes of each folder."""
    extractor = inception_v3_compat(weights=inception_weights, device="cpu", log=lambda *_: None)
    return {name: extractor(open_samples(path, "image")) for name, path in folders.items()}


@pytest.fixture(scope="module", params=["garments", "colours"])
def pair(request, folders, inception_weights, tmp_path_factory):
    """Name of the fakes, and what torch-fidelity says of them against the digits."""
    found = torch_fidelity.calculate_metrics(
        input1=str(folders[request.param]),
        input2=str(folders["digits"]),
        feature_extractor="inception-v3-compat",
        feature_extractor_weights_path=str(inception_weights),
        isc=True,
        fid=True,
        kid=True,
        prc=True,
        kid_subsets=SUBSETS,
        kid_subset_size=SUBSET,
        batch_size=8,
        cuda=False,
        cache_root=str(tmp_path_factory.getbasetemp() / "torch-fidelity"),
        input2_cache_name="digits",
        save_cpu_ram=True,
        verbose=False,
    )
    return request.param, found


def test_all_scores_agree_from_folder_to_number(pair, ours):
    name, theirs = pair
    real, fake = ours["digits"], ours[name]
    assert fid(real["features"], fake["features"]) == pytest.approx(
        theirs["frechet_inception_distance"], rel=1e-5
    )
    score = inception_score(fake["probabilities"])
    assert score.value == pytest.approx(theirs["inception_score_mean"], rel=1e-5)
    distance = kid(real["features"], fake["features"], subsets=SUBSETS, subset_size=SUBSET, first="fake")
    assert distance.value == pytest.approx(theirs["kernel_inception_distance_mean"], rel=1e-5)
    shares = precision_recall(real["features"], fake["features"])
    assert abs(shares["precision"] - theirs["precision"]) <= 2 / SIZES[name]
    assert abs(shares["recall"] - theirs["recall"]) <= 2 / SIZES["digits"]


@pytest.mark.parametrize("name", ["garments", "colours"])
def test_precision_and_recall_are_equal_on_the_same_features(name, ours):
    real, fake = (ours[side]["features"] for side in ("digits", name))
    theirs = prc_features_to_metric(
        torch.from_numpy(fake), torch.from_numpy(real), prc_neighborhood=3, save_cpu_ram=False, verbose=False
    )
    shares = precision_recall(real, fake)
    assert shares["precision"] == pytest.approx(theirs["precision"], abs=1e-6)
    assert shares["recall"] == pytest.approx(theirs["recall"], abs=1e-6)
