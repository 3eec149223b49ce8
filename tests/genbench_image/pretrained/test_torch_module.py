"""The extractor `torch-module`: one's own networks, from torch.export, TorchScript and safetensors."""

from __future__ import annotations

import importlib
import os
import warnings

import numpy as np
import pytest
import torch
from genbench_image.pretrained.torch_module import torch_module
from genbench_image.torch_utils.resizing import tf1_bilinear
from safetensors.torch import save_file

from genbench import DataError, Invalid, Samples, SuiteError, Undefined

IMAGES = Samples.of("image", np.random.default_rng(0).integers(0, 256, (10, 6, 6, 3), dtype=np.uint8))
GREY = Samples.of("image", IMAGES.data[..., :1])

SOURCE = """
import torch

class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(3, 4, 3)
        self.drop = torch.nn.Dropout(0.9)

    def forward(self, x):
        maps = self.drop(self.conv(x))
        return {"maps": maps, "means": maps.mean((2, 3)), "number": 3}

class Pair(torch.nn.Module):
    def forward(self, x):
        return x.mean((2, 3)), x.amax((2, 3))

class Waves(torch.nn.Module):
    def forward(self, x):
        return torch.fft.fft(x)

class Nothing(torch.nn.Module):
    def forward(self, x):
        return x[:, :0]

class Short(torch.nn.Module):
    def forward(self, x):
        return x[:1]

def nothing():
    return 3
"""


@pytest.fixture
def network(tmp_path, monkeypatch):
    """A module `mynet` with networks, and a safetensors file of the parameters of one."""
    (tmp_path / "mynet.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(tmp_path)
    rng = np.random.default_rng(1)
    state = {
        "conv.weight": torch.from_numpy(rng.normal(size=(4, 3, 3, 3)).astype(np.float32)),
        "conv.bias": torch.from_numpy(rng.normal(size=4).astype(np.float32)),
    }
    save_file(state, tmp_path / "net.safetensors")
    save_file({}, tmp_path / "empty.safetensors")
    return state


@pytest.fixture
def script(tmp_path):
    """A TorchScript file of a network that gives its input back, with the path to it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that TorchScript is deprecated
        torch.jit.script(torch.nn.Flatten()).save(tmp_path / "flat.pt")
    return tmp_path / "flat.pt"


@pytest.fixture
def exported(tmp_path):
    """A file of torch.export of the same network, with the path to it."""
    automatic = torch.export.Dim.AUTO
    shapes = ({0: automatic, 2: automatic, 3: automatic},)
    program = torch.export.export(torch.nn.Flatten(), (torch.zeros(2, 3, 6, 6),), dynamic_shapes=shapes)
    torch.export.save(program, tmp_path / "flat.pt2")
    return tmp_path / "flat.pt2"


def make(file, log=lambda *_: None, **options):
    return torch_module(file=file, device="cpu", log=log, **options)


def seen(script, samples=IMAGES, **options):
    """Return what the network is given, (n, channels, side, side)."""
    side = options.get("side") or 6
    found = make(script, **options)(samples)["features"]
    return found.reshape(len(samples), -1, side, side)


@pytest.mark.parametrize("kind", ["script", "exported"])
def test_a_network_is_given_pixels_in_zero_to_one_and_its_answer_is_flattened(kind, request):
    found = make(request.getfixturevalue(kind))(IMAGES)["features"]
    assert (found.shape, found.dtype.name) == ((10, 108), "float32")
    np.testing.assert_allclose(
        found.reshape(10, 3, 6, 6), IMAGES.data.transpose(0, 3, 1, 2) / 255, rtol=0, atol=1e-6
    )


def test_mean_and_std_are_of_all_channels_or_of_each(script):
    plain = seen(script)
    np.testing.assert_allclose(seen(script, mean=(0.5,), std=(0.5,)), 2 * plain - 1, rtol=0, atol=1e-6)
    mean, std = (0.1, 0.2, 0.3), (1.0, 2.0, 4.0)
    each = (plain - np.reshape(mean, (3, 1, 1))) / np.reshape(std, (3, 1, 1))
    np.testing.assert_allclose(seen(script, mean=mean, std=std), each, rtol=0, atol=1e-6)


def test_images_are_resized_by_the_rule_that_is_named(script):
    pixels = torch.from_numpy(IMAGES.data).permute(0, 3, 1, 2).float()
    expected = tf1_bilinear(pixels, 9).numpy() / 255
    np.testing.assert_allclose(seen(script, side=9, resize="tf1"), expected, rtol=0, atol=1e-6)
    assert np.abs(seen(script, side=9) - expected).max() > 0.1


def test_grey_images_are_given_to_three_channels_or_to_one(script):
    one = seen(script, GREY, channels=1)
    assert one.shape == (10, 1, 6, 6)
    np.testing.assert_array_equal(seen(script, GREY), one.repeat(3, axis=1))
    with pytest.raises(Undefined, match="channels = 1 takes grey images, got image 6x6x3"):
        seen(script, IMAGES, channels=1)


def test_an_exported_network_keeps_its_parameters_and_its_outputs(network, tmp_path):
    net = importlib.import_module("mynet").Net().eval()
    net.load_state_dict(network)
    automatic = torch.export.Dim.AUTO
    program = torch.export.export(net, (torch.zeros(2, 3, 6, 6),), dynamic_shapes=({0: automatic},))
    torch.export.save(program, tmp_path / "net.pt2")
    found = make(tmp_path / "net.pt2", output="means")(IMAGES)["features"]
    given = make(tmp_path / "net.safetensors", module="mynet:Net", output="means")(IMAGES)["features"]
    np.testing.assert_allclose(found, given, rtol=1e-5, atol=1e-6)  # other kernels may be chosen


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "it is empty"), (b"none", "it is no PyTorch file"), (None, "it is damaged, or a PyTorch file")],
)
def test_a_file_without_an_exported_program_is_refused_in_one_line(
    content, reason, exported, script, tmp_path, capfd
):
    file = tmp_path / "bad.pt2"
    file.write_bytes(exported.read_bytes()[:-90] if content is None else content)
    with pytest.raises(
        DataError, match=rf"^bad\.pt2 is not a program of torch\.export: {reason}.*older one$"
    ):
        make(file)
    with pytest.raises(DataError, match=r"^flat\.pt2 is not a program of torch\.export: it is damaged, or a"):
        make(script.rename(tmp_path / "flat.pt2"))
    assert capfd.readouterr() == ("", "")


def test_a_module_gets_its_parameters_from_safetensors_and_is_not_in_training(network, tmp_path):
    extractor = make(tmp_path / "net.safetensors", module="mynet:Net", output="means")
    pixels = torch.from_numpy(IMAGES.data).permute(0, 3, 1, 2) / 255
    expected = torch.nn.functional.conv2d(pixels, network["conv.weight"], network["conv.bias"]).mean((2, 3))
    np.testing.assert_allclose(extractor(IMAGES)["features"], expected.numpy(), rtol=1e-4, atol=1e-5)


def test_outputs_of_a_tuple_are_chosen_by_number(network, tmp_path):
    means, most = (
        make(tmp_path / "empty.safetensors", module="mynet:Pair", output=number)(IMAGES)["features"]
        for number in "01"
    )
    assert (most >= means).all()
    np.testing.assert_allclose(most, IMAGES.data.max(axis=(1, 2)) / 255, rtol=1e-6)


@pytest.mark.parametrize(
    ("module", "output", "message"),
    [
        ("Net", None, "returns the outputs maps, means, number, and output is None"),
        ("Net", "mean", "output is 'mean'"),
        ("Net", "number", "output is 'number'; expected the name of a tensor"),
        ("Pair", "2", "returns the outputs 0, 1, and output is '2'"),
        ("Short", "x", "returns one Tensor, and output is 'x'"),
        ("Short", None, "returned 1 rows for 8 images"),
        ("Waves", None, r"returned torch\.complex64 of shape \(8, 3, 6, 6\); expected real numbers"),
        ("Nothing", None, r"returned torch\.float32 of shape \(8, 0, 6, 6\); expected real numbers"),
    ],
)
def test_an_output_that_is_not_there_is_invalid(network, tmp_path, module, output, message):
    file = tmp_path / ("net.safetensors" if module == "Net" else "empty.safetensors")
    extractor = make(file, module=f"mynet:{module}", output=output)
    with pytest.raises(Invalid, match=message):
        extractor(IMAGES)


@pytest.mark.parametrize("module", ["mynet", "mynet:gone", "no_such_module:Net", "mynet:nothing"])
def test_a_module_that_cannot_be_made_is_refused(network, tmp_path, module):
    with pytest.raises(SuiteError, match=f"module '{module}' (cannot be built|returned a int)"):
        make(tmp_path / "net.safetensors", module=module)


def test_files_that_do_not_fit_are_refused(network, script, tmp_path):
    with pytest.raises(
        DataError, match=r"net\.safetensors is not a TorchScript file: .*set the option module too"
    ):
        make(tmp_path / "net.safetensors")
    save_file(
        {"conv.weight": torch.zeros(4, 3, 5, 5), "conv.bias": torch.zeros(4)}, tmp_path / "wide.safetensors"
    )
    for name, reason in {
        "empty.safetensors": "2 tensors are missing, unknown or of another shape, 'conv.bias' among them",
        "wide.safetensors": "1 tensors are missing, unknown or of another shape, 'conv.weight' among them",
        "flat.pt": "it is no safetensors file, or a damaged one",
        "gone.safetensors": "No such file or directory",
        f"{'n' * 300}.safetensors": "File name too long",
    }.items():
        with pytest.raises(DataError) as caught:
            make(tmp_path / name, module="mynet:Net")
        assert str(caught.value) == (
            f"{name} does not hold the parameters of the module: {reason}; expected a safetensors file of "
            f"its state dict"
        )


@pytest.mark.parametrize("module", [None, "mynet:Net"])
def test_a_pipe_is_not_waited_for(module, network, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DataError, match=r"^pipe .*: it is no regular file; "):
        make(tmp_path / "pipe", module=module)


def test_as_many_numbers_as_channels_are_needed(script):
    with pytest.raises(SuiteError, match="mean has 2 numbers; expected one, or one for each of the 3"):
        make(script, mean=(0.1, 0.2))


def test_progress_is_told_and_no_images_give_no_rows(script):
    told = []
    extractor = make(script, log=lambda *step: told.append(step))
    extractor(IMAGES)
    assert told == [(8, 10), (10, 10)]
    assert extractor(IMAGES.take(slice(0, 0)))["features"].shape[0] == 0


def test_other_samples_are_refused(script):
    with pytest.raises(Undefined, match="torch-module takes images of 1 or 3 channels"):
        make(script)(Samples.of("text", ["a"]))
