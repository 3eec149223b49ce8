"""torch-fidelity's other extractors, with random weights in their files' formats."""

from __future__ import annotations

import os
import warnings

import genbench_image
import numpy as np
import pytest
import torch
import torchvision
from genbench_image import published
from genbench_image.weights import CLIP_WEIGHTS, DINOV2_WEIGHTS, INCEPTION_WEIGHTS, VGG16_WEIGHTS
from torch_fidelity.feature_extractor_clip import MODEL_URLS, FeatureExtractorCLIP, VisionTransformer
from torch_fidelity.feature_extractor_dinov2 import MODEL_METADATA
from torch_fidelity.feature_extractor_inceptionv3 import URL_INCEPTION_V3
from torch_fidelity.feature_extractor_vgg16 import FeatureExtractorVGG16
from torch_fidelity.registry import FEATURE_EXTRACTORS_REGISTRY

from genbench import DataError, Samples, Undefined

IMAGES = Samples.of("image", np.random.default_rng(0).integers(0, 256, (3, 30, 20, 3), dtype=np.uint8))


@pytest.fixture(scope="module")
def vgg16_weights(tmp_path_factory):
    """VGG-16's parameters as windows of a few random numbers, so that the file stays small."""
    rng = np.random.default_rng(0)
    with torch.device("meta"):
        shapes = {name: value.shape for name, value in torchvision.models.vgg16().state_dict().items()}
    state = {}
    for name, shape in shapes.items():
        rows, columns = shape[0], shape[1:].numel()
        spread = (2 / columns) ** 0.5 if len(shape) > 1 else 0.1
        drawn = torch.from_numpy(rng.standard_normal(rows + columns, np.float32) * spread)
        windows = drawn.as_strided((rows, columns), (1, 1))
        state[name] = windows[:, 0].clone() if len(shape) == 1 else _kernels(windows, shape)
    path = tmp_path_factory.mktemp("vgg16") / "vgg16.pth"
    torch.save(state, path)
    return path


def _kernels(windows, shape):
    return windows if len(shape) == 2 else windows.reshape(shape)


@pytest.fixture(scope="module")
def clip_weights(tmp_path_factory):
    """A tiny CLIP in OpenAI's format: a TorchScript file of which only the tensors count."""
    path = tmp_path_factory.mktemp("clip") / "tiny.pt"
    with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of tracing, which is how OpenAI's files were made
        torch.manual_seed(0)
        torch.jit.trace(_TinyClip(), torch.zeros(1, 3, 32, 32)).save(path)
    return path


class _TinyClip(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.visual = VisionTransformer(32, 16, 64, 2, 1, 24)
        self.text_projection = torch.nn.Parameter(torch.zeros(8, 24))

    def forward(self, images):
        return self.visual(images) @ self.text_projection.T


def make(name, weights, log=lambda *_: None):
    return getattr(published, name.replace("-", "_"))(weights=weights, device="cpu", log=log)


def theirs(network):
    with torch.no_grad():
        (found,) = network(torch.from_numpy(np.array(IMAGES.data.transpose(0, 3, 1, 2), order="C")))
    return found.numpy()


def test_all_that_torch_fidelity_registers_are_offered_under_its_names():
    names = {spec.name for spec in genbench_image.genbench_extractors()}
    assert set(FEATURE_EXTRACTORS_REGISTRY) <= names
    assert {"vgg16", *CLIP_WEIGHTS, *DINOV2_WEIGHTS} == set(FEATURE_EXTRACTORS_REGISTRY) - {
        "inception-v3-compat"
    }


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


def test_vgg16_gives_the_layer_of_torch_fidelitys_precision_and_recall(vgg16_weights):
    layer = FeatureExtractorVGG16.get_default_feature_layer_for_metric("prc")
    expected = theirs(FeatureExtractorVGG16("vgg16", [layer], str(vgg16_weights)))
    found = make("vgg16", vgg16_weights)(IMAGES)
    assert list(found) == ["features"]
    assert (found["features"].shape, found["features"].dtype.name) == ((3, 4096), "float32")
    assert found["features"].min() == 0
    np.testing.assert_allclose(found["features"], expected, rtol=1e-4, atol=1e-4 * expected.std())


def test_clip_gives_torch_fidelitys_embeddings(clip_weights):
    expected = theirs(FeatureExtractorCLIP("clip-vit-b-32", ["clip"], str(clip_weights)))
    told = []
    found = make("clip-vit-b-32", clip_weights, log=lambda *step: told.append(step))(IMAGES)["features"]
    assert (found.shape, found.dtype.name) == ((3, 24), "float32")
    assert found.std(axis=0).min() > 0
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    assert told == [(3, 3)]


def test_grey_images_count_three_times_and_others_are_refused(clip_weights):
    extractor = make("clip-vit-l-14", clip_weights)
    grey = Samples.of("image", IMAGES.data[..., :1])
    same = Samples.of("image", grey.data.repeat(3, axis=3))
    np.testing.assert_array_equal(extractor(grey)["features"], extractor(same)["features"])
    with pytest.raises(Undefined, match="clip-vit-l-14 takes images of 1 or 3 channels"):
        extractor(Samples.of("image", np.zeros((1, 8, 8, 4), np.uint8)))
    assert extractor(grey.take(slice(0, 0)))["features"].shape == (0, 24)


@pytest.mark.parametrize("name", ["vgg16", "clip-rn50", "dinov2-vit-s-14"])
def test_missing_and_unreadable_weights_are_one_line(name, tmp_path):
    with pytest.raises(DataError, match=f"{name} has no weights; .* genbench fetch {name}$"):
        make(name, None)
    (tmp_path / "w.pt").write_bytes(b"broken")
    torch.save({"a": torch.zeros(1)}, tmp_path / "other.pt")
    for file in ("w.pt", "other.pt", "gone.pt"):
        with pytest.raises(DataError, match=file) as caught:
            make(name, tmp_path / file)
        assert "\n" not in str(caught.value)


class _Malicious:
    def __reduce__(self):
        return (os.mkdir, ("ran",))


@pytest.mark.parametrize("name", ["vgg16", "clip-rn50", "dinov2-vit-s-14"])
def test_what_a_file_says_is_not_run(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.save({"classifier.0.weight": _Malicious()}, tmp_path / "bad.pt")
    with pytest.raises(DataError, match=r"bad\.pt"):
        make(name, tmp_path / "bad.pt")
    assert not (tmp_path / "ran").exists()
