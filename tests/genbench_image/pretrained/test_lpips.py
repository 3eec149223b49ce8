"""The extractor `lpips`: squared distances of its features against the package of its authors."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from genbench_image.pretrained.lpips import lpips
from genbench_image.pretrained.perceptual_weights import ALEXNET, VGG16, read_backbone
from safetensors.torch import save_file

from genbench import DataError, Samples, Undefined

DATA = Path(__file__).parents[2] / "genbench_fidelity" / "data"
HEADS = Path(__file__).parents[1] / "data" / "lpips" / "alex.pth"
RECORDS = {r["case"]: r for r in json.loads((DATA / "pairs.json").read_text()) if r["metric"] == "lpips"}


@pytest.fixture(scope="module")
def images():
    with np.load(DATA / "images.npz") as stored:
        return stored["imgs"]


def drawn(backbone):
    """Return a backbone and heads drawn with numpy, as those of the records were."""
    rng = np.random.default_rng(20180111)
    weights, heads = {}, {}
    for conv in backbone:
        scale = np.float32(np.sqrt(2 / np.prod(conv.shape[1:])))
        weights[f"features.{conv.place}.weight"] = rng.standard_normal(conv.shape, dtype=np.float32) * scale
        bias = rng.standard_normal(conv.shape[0], dtype=np.float32) * np.float32(0.1)
        weights[f"features.{conv.place}.bias"] = bias
    for number, conv in enumerate(conv for conv in backbone if conv.is_seen):
        heads[f"lin{number}.model.1.weight"] = rng.random((1, conv.shape[0], 1, 1), dtype=np.float32)
    return [{name: torch.from_numpy(array) for name, array in each.items()} for each in (weights, heads)]


def fresh(backbone, seed):
    """Return torch's own first weights at a seed: those of a new torchvision network."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        layers = {c.place: torch.nn.Conv2d(c.shape[1], c.shape[0], c.shape[2]) for c in backbone}
    return {
        f"features.{place}.{kind}": getattr(layer, kind).detach()
        for place, layer in layers.items()
        for kind in ("weight", "bias")
    }


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Return the paths of AlexNet's and of its heads' weights, drawn with numpy."""
    folder = tmp_path_factory.mktemp("weights")
    for name, weights in zip(("backbone.pth", "heads.pth"), drawn(ALEXNET), strict=True):
        torch.save(weights, folder / name)
    return {"backbone": folder / "backbone.pth", "heads": folder / "heads.pth"}


def distances(features, pairs):
    x = features.astype(np.float64)
    return [np.square(x[i] - x[j]).sum() for i, j in pairs]


@pytest.mark.parametrize(
    ("name", "backbone", "count"),
    [("alex", ALEXNET, 4), ("vgg", VGG16, 2)],
)
def test_squared_distances_are_those_of_the_package(name, backbone, count, images, tmp_path):
    for file, weights in zip(("backbone", "heads"), drawn(backbone), strict=True):
        save_file(weights, tmp_path / f"{file}.safetensors")
    extractor = lpips(
        backbone=tmp_path / "backbone.safetensors", heads=tmp_path / "heads.safetensors", device="cpu"
    )
    features = extractor(Samples.of("image", images[:count]))["features"]
    assert features.dtype == np.float32
    record = RECORDS[f"{name}/numpy-weights"]
    pairs = list(itertools.combinations(range(4), 2))
    expected = [v for v, (_, j) in zip(record["value"], pairs, strict=True) if j < count]
    found = distances(features, [pair for pair in pairs if pair[1] < count])
    assert found == pytest.approx(expected, abs=record["tol"], rel=0)


def test_the_package_s_own_heads_are_read_and_give_its_values(images, tmp_path):
    record = RECORDS["alex/random-backbone-seed0"]
    torch.save(fresh(ALEXNET, 0), tmp_path / "alexnet.pth")
    extractor = lpips(backbone=tmp_path / "alexnet.pth", heads=HEADS, device="cpu")
    features = extractor(Samples.of("image", images))["features"]
    found = distances(features, [(0, other) for other in range(4)])
    assert found == pytest.approx(record["value"], abs=record["tol"], rel=0)


def test_features_of_an_image_do_not_depend_on_its_neighbours(files, images):
    extractor = lpips(**files, device="cpu")
    crops = np.concatenate(
        [images[:, a : a + 40, b : b + 48] for a in range(0, 120, 20) for b in range(0, 120, 24)]
    )
    whole = extractor(Samples.of("image", crops))["features"]
    assert len(whole) == 120
    assert np.array_equal(extractor(Samples.of("image", crops[77:80]))["features"], whole[77:80])


def test_grey_images_are_colour_images_of_three_equal_channels(files, images):
    extractor = lpips(**files, device="cpu")
    grey = images[:, :64, :64, :1]
    one = extractor(Samples.of("image", grey))["features"]
    assert np.array_equal(one, extractor(Samples.of("image", np.repeat(grey, 3, axis=3)))["features"])


def test_images_are_resized_to_the_size_that_is_asked_for(files, images):
    small = lpips(**files, size=64, device="cpu")(Samples.of("image", images))["features"]
    assert small.shape == (4, 31872)
    as_they_are = lpips(**files, device="cpu")(Samples.of("image", images[:, :64, :64]))["features"]
    again = lpips(**files, size=64, device="cpu")(Samples.of("image", images[:, :64, :64]))["features"]
    assert np.array_equal(again, as_they_are)


def test_no_images_have_no_rows(files):
    assert lpips(**files, device="cpu")(Samples.of("image", np.zeros((0, 64, 64, 3), np.uint8)))[
        "features"
    ].shape == (0, 31872)


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        ((8, 8, 3), "8x8 are too small for this backbone; set size"),
        ((64, 64, 4), "images of 1 or 3 channels, got image 64x64x4"),
    ],
)
def test_images_that_the_backbone_cannot_take_have_no_features(shape, reason, files):
    with pytest.raises(Undefined, match=reason):
        lpips(**files, device="cpu")(Samples.of("image", np.zeros((2, *shape), np.uint8)))


def test_other_samples_have_no_features(files):
    with pytest.raises(Undefined, match="lpips takes images of 1 or 3 channels, got text"):
        lpips(**files, device="cpu")(Samples.of("text", ["a"]))


def broken(files, tmp_path, **changes):
    for name, change in changes.items():
        path = tmp_path / f"{name}.pth"
        weights = torch.load(files[name], weights_only=True)
        change(weights)
        torch.save(weights, path)
        files = files | {name: path}
    return files


@pytest.mark.parametrize(
    ("name", "change", "reason"),
    [
        ("backbone", lambda w: w.pop("features.3.weight"), r"\[0, 6, 8, 10\] of neither AlexNet nor VGG-16"),
        ("backbone", lambda w: w.pop("features.3.bias"), "of neither AlexNet nor VGG-16"),
        ("heads", lambda w: w.pop("lin4.model.1.weight"), "this backbone needs"),
        ("heads", lambda w: w["lin0.model.1.weight"].neg_(), "negative"),
        ("heads", lambda w: w.update(lin0=3), "heads.pth holds no weights of lpips"),
    ],
)
def test_other_weights_are_refused(name, change, reason, files, tmp_path):
    with pytest.raises(DataError, match=reason):
        lpips(**broken(files, tmp_path, **{name: change}), device="cpu")


def test_a_number_of_thousands_of_digits_is_no_layers(files, tmp_path):
    longer = broken(
        files, tmp_path, backbone=lambda w: w.update({f"features.{'9' * 5000}.weight": torch.ones(1)})
    )
    assert len(read_backbone(longer["backbone"])[0]) == len(ALEXNET)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("backbone.pth", "holds no weights of lpips: it is no PyTorch file; fetch it again or name another"),
        (
            "backbone.safetensors",
            "holds no weights of lpips: it is no safetensors file, or a damaged one; fetch it",
        ),
    ],
)
def test_a_file_that_holds_no_weights_is_refused(name, message, files, tmp_path):
    (tmp_path / name).write_bytes(b"not weights")
    with pytest.raises(DataError, match=f"{name} {message}") as refused:
        lpips(backbone=tmp_path / name, heads=files["heads"], device="cpu")
    assert "\n" not in str(refused.value)
