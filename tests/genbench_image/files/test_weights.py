"""The table of published weights says what torch-fidelity downloads."""

from __future__ import annotations

import torchvision
from genbench_image.files.weights import CLIP_WEIGHTS, DINOV2_WEIGHTS, INCEPTION_WEIGHTS, VGG16_WEIGHTS
from torch_fidelity.feature_extractor_clip import MODEL_URLS
from torch_fidelity.feature_extractor_dinov2 import MODEL_METADATA
from torch_fidelity.feature_extractor_inceptionv3 import URL_INCEPTION_V3


def test_addresses_are_those_that_torch_fidelity_downloads_from():
    assert INCEPTION_WEIGHTS.url == URL_INCEPTION_V3
    assert {name: asset.url for name, asset in CLIP_WEIGHTS.items()} == MODEL_URLS
    assert VGG16_WEIGHTS.url == torchvision.models.VGG16_Weights.IMAGENET1K_V1.url
    for name, asset in DINOV2_WEIGHTS.items():
        assert asset.file_name == f"{MODEL_METADATA[name]}_pretrain.pth"


def test_checksums_begin_as_the_files_names_say_and_are_whole():
    assert "6726825d" in INCEPTION_WEIGHTS.file_name
    assert INCEPTION_WEIGHTS.sha256.startswith("6726825d")
    assert VGG16_WEIGHTS.sha256.startswith(VGG16_WEIGHTS.file_name.removesuffix(".pth").split("-")[1])
    assets = (INCEPTION_WEIGHTS, VGG16_WEIGHTS, *CLIP_WEIGHTS.values(), *DINOV2_WEIGHTS.values())
    assert {len(asset.sha256) for asset in assets} == {64}
