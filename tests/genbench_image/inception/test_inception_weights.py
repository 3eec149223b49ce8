"""The reader of the Inception network's weights."""

from __future__ import annotations

import os

import pytest
import torch
from genbench_image.inception.inception_extraction import read_inception
from genbench_image.inception.inception_network import InceptionV3

from genbench import DataError


def test_weights_may_lack_the_counters_of_training(inception_weights, tmp_path):
    state = torch.load(inception_weights, weights_only=True)
    kept = {name: tensor for name, tensor in state.items() if not name.endswith("num_batches_tracked")}
    assert len(kept) < len(state)
    torch.save(kept, tmp_path / "w.pth")
    assert isinstance(read_inception(tmp_path / "w.pth"), InceptionV3)


def test_files_that_are_no_weights_of_this_network_are_refused(inception_weights, tmp_path, make):
    state = torch.load(inception_weights, weights_only=True)
    cases = {
        "broken.pth": (b"broken", "holds no weights of inception-v3-compat: it is no PyTorch file; "),
        "other.pth": ({"a": torch.zeros(1)}, "does not hold the Inception network"),
        "less.pth": ({**state, "fc.weight": state["fc.weight"][:1000]}, r"1 tensors .* 'fc\.weight' among"),
        "list.pth": ([torch.zeros(1)], "holds other things than tensors"),
        "half.pth": (
            {**state, "fc.weight": state["fc.weight"].half()},
            r"'fc\.weight' is float16; expected fl",
        ),
        "int.pth": ({name: tensor.int() for name, tensor in state.items()}, "is int32; expected float32"),
    }
    for name, (content, message) in cases.items():
        path = tmp_path / name
        path.write_bytes(content) if isinstance(content, bytes) else torch.save(content, path)
        with pytest.raises(DataError, match=message) as caught:
            make(path)
        assert str(tmp_path) not in str(caught.value)
        assert "\n" not in str(caught.value)
    with pytest.raises(DataError, match=r"gone\.pth holds no weights of inception-v3-compat: No such file"):
        make(tmp_path / "gone.pth")


class _Malicious:
    def __reduce__(self):
        return (os.mkdir, ("ran",))


def test_what_a_file_says_is_not_run(tmp_path, monkeypatch, make):
    monkeypatch.chdir(tmp_path)
    torch.save({"fc.weight": _Malicious()}, tmp_path / "bad.pth")
    with pytest.raises(DataError, match=r"bad\.pth holds no weights .*: .* are not unpickled"):
        make(tmp_path / "bad.pth")
    assert not (tmp_path / "ran").exists()
