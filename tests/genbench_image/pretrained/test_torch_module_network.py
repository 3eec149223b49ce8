"""Networks of one's own: how they are loaded, and which output is taken."""

from __future__ import annotations

import importlib
import os

import numpy as np
import pytest
import torch
from genbench_image.pretrained.torch_module import torch_module
from safetensors.torch import save_file

from genbench import DataError, Invalid, Samples, SuiteError

IMAGES = Samples.of("image", np.random.default_rng(0).integers(0, 256, (10, 6, 6, 3), dtype=np.uint8))

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


def make(file, **options):
    return torch_module(file=file, device="cpu", log=lambda *_: None, **options)


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
def test_a_file_without_an_exported_program_is_refused(content, reason, exported, script, tmp_path, capfd):
    file = tmp_path / "bad.pt2"
    file.write_bytes(exported.read_bytes()[:-90] if content is None else content)
    message = rf"^bad\.pt2 is not a program of torch\.export: {reason}.*older one$"
    with pytest.raises(DataError, match=message):
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
    message = r"net\.safetensors is not a TorchScript file: .*set the option module too"
    with pytest.raises(DataError, match=message):
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
