"""What is said of files that are no weights: in words of our own, on one line."""

from __future__ import annotations

import pickle

import pytest
import torch
from genbench_image.weight_files import read_state

from genbench import DataError


def written(path, content, **options):
    torch.save(content, path, **options)
    return path.read_bytes()


def scripted(path):
    torch.jit.save(torch.jit.trace(torch.nn.Linear(2, 2), torch.zeros(1, 2)), path)
    return path.read_bytes()


WRONG = {
    "a table": (lambda path: b"a,b\n1,2\n", "it is no PyTorch file"),
    "an image": (lambda path: b"\x89PNG\r\n\x1a\n" + bytes(100), "it is no PyTorch file"),
    "a pickle": (lambda path: pickle.dumps({"a": 1}), "it is no PyTorch file"),
    "nothing": (lambda path: b"", "it is empty"),
    "half of an archive": (lambda path: written(path, {"a": torch.zeros(99)})[:-300], "it is damaged, or a"),
    "half of a pickle": (
        lambda path: written(path, {"a": torch.zeros(99)}, _use_new_zipfile_serialization=False)[:-20],
        "it is damaged, or a",
    ),
    "a module": (lambda path: written(path, torch.nn.Linear(2, 2)), "which are not unpickled"),
    "a list": (lambda path: written(path, [torch.zeros(2)]), "it holds other things than tensors; name an"),
    "a program": (scripted, "a PyTorch file of another kind"),
}


@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")
@pytest.mark.parametrize("kind", WRONG)
def test_files_that_are_no_weights_are_refused_in_words_of_our_own(kind, tmp_path):
    make, reason = WRONG[kind]
    path = tmp_path / "a.csv"
    path.write_bytes(make(tmp_path / "made"))
    with pytest.raises(DataError, match=r"^a\.csv holds no weights of a-net: ") as refused:
        read_state(path, "a-net")
    assert reason in str(refused.value)
    for torchs in ("weights_only", "Re-running", "miniz", "\n", "\x1b", str(tmp_path)):
        assert torchs not in str(refused.value)


@pytest.mark.parametrize("archive", [True, False])
def test_tensors_of_either_format_are_read(archive, tmp_path):
    written(tmp_path / "w.pth", {"a": torch.arange(3)}, _use_new_zipfile_serialization=archive)
    assert read_state(tmp_path / "w.pth", "a-net")["a"].tolist() == [0, 1, 2]


def test_a_folder_and_a_missing_file_are_named(tmp_path):
    with pytest.raises(DataError, match="holds no weights of a-net: Is a directory"):
        read_state(tmp_path, "a-net")
    with pytest.raises(DataError, match=r"gone\.pth holds no weights of a-net: No such file"):
        read_state(tmp_path / "gone.pth", "a-net")
