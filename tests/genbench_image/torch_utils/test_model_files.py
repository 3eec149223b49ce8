"""A fitted network comes back from its folder with all that it was built from, or is refused."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from genbench_image.torch_utils.learning import Classes
from genbench_image.torch_utils.model_files import read, write

from genbench import DataError, Space

SPACE = Space("image", (2, 2, 1))
CLASSES = Classes.of(np.array([1, 1, 4, 1]), conditional=True)


def build(space, classes, options):
    return torch.nn.Linear(int(np.prod(space.shape)), options["width"] * len(classes))


@pytest.fixture
def folder(tmp_path):
    network, options = build(SPACE, CLASSES, {"width": 3}), {"width": 3}
    write(tmp_path, "a-net", network, space=SPACE, classes=CLASSES, options=options)
    return tmp_path


def test_a_network_is_read_as_it_was_written(folder):
    first, space, classes, options = read(folder, "a-net", build, "cpu")
    second = read(folder, "a-net", build, "cpu")[0]
    assert (space, options, classes.values.tolist()) == (SPACE, {"width": 3}, [1, 4])
    assert classes.frequencies.tolist() == [0.75, 0.25]
    assert first.weight.shape == (6, 4)
    assert torch.equal(first.weight, second.weight)
    assert not first.training


def test_files_are_safetensors_and_json(folder):
    assert sorted(path.name for path in folder.iterdir()) == ["model.json", "model.safetensors"]


def test_another_models_files_are_refused(folder):
    with pytest.raises(DataError, match=r"model\.json describes the model 'a-net'; expected 'b-net'"):
        read(folder, "b-net", build, "cpu")


@pytest.mark.parametrize("name", ["model.json", "model.safetensors"])
@pytest.mark.parametrize("content", [None, b"", b"[]", b"\x80"])
def test_missing_and_damaged_files_are_refused_without_their_folder(folder, name, content):
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(content)
    with pytest.raises(DataError, match=r"^the saved model 'a-net' cannot be read: .*; fit it") as caught:
        read(folder, "a-net", build, "cpu")
    assert str(folder) not in str(caught.value)
