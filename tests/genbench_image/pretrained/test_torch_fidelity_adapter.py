"""torch-fidelity's other extractors, with random weights in their files' formats."""

from __future__ import annotations

import dataclasses
import warnings

import numpy as np
import pytest
import torch
import torchvision
from genbench_image.files.weights import CLIP_WEIGHTS
from genbench_image.pretrained.torch_fidelity_adapter import load
from safetensors.torch import save_file
from torch_fidelity.feature_extractor_clip import FeatureExtractorCLIP, VisionTransformer
from torch_fidelity.feature_extractor_vgg16 import FeatureExtractorVGG16

from genbench import DataError, Samples, Undefined
from genbench.files.read import content_sha256

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
def clip_program(tmp_path_factory):
    """A tiny CLIP in OpenAI's format, a TorchScript file."""
    path = tmp_path_factory.mktemp("clip") / "tiny.pt"
    with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of tracing, which is how OpenAI's files were made
        torch.manual_seed(0)
        torch.jit.trace(_TinyClip(), torch.zeros(1, 3, 32, 32)).save(path)
    return path


@pytest.fixture(scope="module")
def clip_weights(clip_program):
    """The tensors of it alone."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that TorchScript is deprecated
        torch.save(dict(torch.jit.load(clip_program).state_dict()), clip_program.with_suffix(".pth"))
    return clip_program.with_suffix(".pth")


class _TinyClip(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.visual = VisionTransformer(32, 16, 64, 2, 1, 24)
        self.text_projection = torch.nn.Parameter(torch.zeros(8, 24))

    def forward(self, images):
        return self.visual(images) @ self.text_projection.T


def make(name, weights, log=lambda *_: None):
    return load(name, weights, device="cpu", log=log)


def theirs(network):
    with torch.no_grad():
        (found,) = network(torch.from_numpy(np.array(IMAGES.data.transpose(0, 3, 1, 2), order="C")))
    return found.numpy()


@pytest.mark.slow
def test_vgg16_gives_the_layer_of_torch_fidelitys_precision_and_recall(vgg16_weights):
    layer = FeatureExtractorVGG16.get_default_feature_layer_for_metric("prc")
    expected = theirs(FeatureExtractorVGG16("vgg16", [layer], str(vgg16_weights)))
    found = make("vgg16", vgg16_weights)(IMAGES)
    assert list(found) == ["features"]
    assert (found["features"].shape, found["features"].dtype.name) == ((3, 4096), "float32")
    assert found["features"].min() == 0
    np.testing.assert_allclose(found["features"], expected, rtol=1e-4, atol=1e-4 * expected.std())


def declare(monkeypatch, name, path, **changes):
    """Let a file be the published one of a CLIP."""
    facts = {"sha256": content_sha256(path), "size_bytes": path.stat().st_size, **changes}
    monkeypatch.setitem(CLIP_WEIGHTS, name, dataclasses.replace(CLIP_WEIGHTS[name], **facts))


@pytest.mark.parametrize("kind", ["published", "tensors", "safetensors"])
def test_clip_gives_torch_fidelitys_embeddings(kind, clip_program, clip_weights, tmp_path, monkeypatch):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch-fidelity's, that TorchScript is deprecated
        expected = theirs(FeatureExtractorCLIP("clip-vit-b-32", ["clip"], str(clip_program)))
    declare(monkeypatch, "clip-vit-b-32", clip_program)
    save_file(torch.load(clip_weights, weights_only=True), tmp_path / "tiny.safetensors")
    files = {"published": clip_program, "tensors": clip_weights, "safetensors": tmp_path / "tiny.safetensors"}
    told = []
    found = make("clip-vit-b-32", files[kind], log=lambda *step: told.append(step))(IMAGES)["features"]
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


def test_a_clip_of_another_form_is_refused_before_it_takes_memory(clip_weights, tmp_path):
    state = torch.load(clip_weights, weights_only=True)
    state["visual.conv1.weight"] = torch.zeros(1).expand(50_000, 3, 16, 16)  # its layers would take 100 GB
    torch.save(state, tmp_path / "wide.pth")
    with pytest.raises(DataError, match=r"wide\.pth holds no weights of clip-vit-b-32: its tensors belong"):
        make("clip-vit-b-32", tmp_path / "wide.pth")


class _Writing(torch.nn.Module):
    """A network that writes files as it is loaded, which TorchScript lets it do."""

    @torch.jit.export
    def __getstate__(self) -> tuple[torch.Tensor, bool]:
        return torch.zeros(1), self.training

    @torch.jit.export
    def __setstate__(self, state: tuple[torch.Tensor, bool]) -> None:
        torch.save(state[0], "ran")
        self.training = state[1]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x


@pytest.fixture
def hostile(tmp_path, monkeypatch):
    """A TorchScript file that makes the file `ran` when it is loaded."""
    monkeypatch.chdir(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.script(_Writing()).save(tmp_path / "RN50.pt")
        torch.jit.load(tmp_path / "RN50.pt")
    (tmp_path / "ran").unlink()  # it would run
    return tmp_path / "RN50.pt"


@pytest.mark.parametrize("size_bytes", [None, 1], ids=["size of the published", "another size"])
def test_no_program_but_the_published_one_is_run(size_bytes, hostile, monkeypatch):
    size = size_bytes or hostile.stat().st_size
    declare(monkeypatch, "clip-rn50", hostile, sha256="0" * 64, size_bytes=size)
    reason = r"^RN50\.pt is a TorchScript file, .* program, but not .* does not run"
    with pytest.raises(DataError, match=reason):
        make("clip-rn50", hostile)
    assert not hostile.with_name("ran").exists()


@pytest.mark.parametrize("name", ["vgg16", "dinov2-vit-s-14"])
def test_programs_hold_no_weights_of_what_is_published_as_tensors(name, hostile):
    with pytest.raises(DataError, match=r"RN50\.pt holds no weights .*: it is a TorchScript file, a program"):
        make(name, hostile)
    assert not hostile.with_name("ran").exists()
