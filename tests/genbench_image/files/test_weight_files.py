"""What is said of files that are no weights: in words of our own, on one line."""

from __future__ import annotations

import os
import pickle
import zipfile

import pytest
import torch
from genbench_image.files.weight_files import read_state
from safetensors.torch import save_file

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
    "a program": (scripted, "it is a TorchScript file, a program, which is not run; name another"),
}


@pytest.mark.filterwarnings("ignore:`torch.jit")
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
    written(tmp_path / "w.pth", {"a": torch.arange(3.0)}, _use_new_zipfile_serialization=archive)
    assert read_state(tmp_path / "w.pth", "a-net")["a"].tolist() == [0, 1, 2]


def test_tensors_of_safetensors_are_read_by_the_ending(tmp_path):
    save_file({"a": torch.arange(3.0)}, tmp_path / "w.safetensors")
    assert read_state(tmp_path / "w.safetensors", "a-net")["a"].tolist() == [0, 1, 2]
    (tmp_path / "w.safetensors").rename(tmp_path / "w.pth")
    with pytest.raises(DataError, match="it is no PyTorch file"):
        read_state(tmp_path / "w.pth", "a-net")


@pytest.mark.parametrize(
    ("tensor", "kind"),
    [
        (torch.zeros(2).half(), "float16"),
        (torch.zeros(2).double(), "float64"),
        (torch.zeros(2).int(), "int32"),
        (torch.zeros(2, dtype=torch.bool), "bool"),
        (torch.zeros(2, 2).to_sparse(), "sparse_coo float32"),
        (torch.zeros(2, device="meta"), "meta float32"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_tensors_of_another_kind_are_named(tensor, kind, tmp_path):
    torch.save({"a": torch.zeros(2), "b": tensor}, tmp_path / "w.pth")
    with pytest.raises(DataError) as refused:
        read_state(tmp_path / "w.pth", "a-net")
    assert str(refused.value) == (
        f"w.pth holds no weights of a-net: its tensor 'b' is {kind}; expected float32; name another"
    )


def test_a_long_name_of_a_tensor_is_cut(tmp_path):
    torch.save({"a" * 10_000: torch.zeros(2).half()}, tmp_path / "w.pth")
    with pytest.raises(DataError, match=f"its tensor '{'a' * 100}' is float16"):
        read_state(tmp_path / "w.pth", "a-net")


def test_counters_may_be_integers_and_more_dtypes_be_allowed(tmp_path):
    torch.save({"a": torch.zeros(2).half(), "steps": torch.tensor(3)}, tmp_path / "w.pth")
    assert read_state(tmp_path / "w.pth", "a-net", ("float16", "float32"))["a"].dtype == torch.float16


def test_a_folder_and_a_missing_file_are_named(tmp_path):
    with pytest.raises(DataError, match="holds no weights of a-net: Is a directory"):
        read_state(tmp_path, "a-net")
    with pytest.raises(DataError, match=r"gone\.pth holds no weights of a-net: No such file"):
        read_state(tmp_path / "gone.pth", "a-net")


def test_what_is_no_regular_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.pth")
    (tmp_path / "loop.pth").symlink_to("loop.pth")
    for name, reason in {
        "pipe.pth": "it is no regular file",
        "loop.pth": "Too many levels of symbolic links",
    }.items():
        with pytest.raises(DataError, match=f"{name} holds no weights of a-net: {reason}; "):
            read_state(tmp_path / name, "a-net")


def test_an_archive_that_would_grow_in_memory_is_not_unpacked(tmp_path):
    torch.save({"a": torch.zeros(100_000)}, tmp_path / "plain.pth")
    with (
        zipfile.ZipFile(tmp_path / "plain.pth") as plain,
        zipfile.ZipFile(tmp_path / "w.pth", "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for entry in plain.infolist():
            packed.writestr(entry.filename, plain.read(entry))
    with pytest.raises(DataError, match=r"its entries are packed, which torch\.save never does; "):
        read_state(tmp_path / "w.pth", "a-net")


def test_a_tensor_that_repeats_one_number_is_held_against_the_limit(tmp_path):
    torch.save({"a": torch.zeros(1).expand(2**17, 2**17)}, tmp_path / "w.pth")
    with pytest.raises(DataError, match=r"its tensors claim 64\.0 GiB; at most 16 GiB are read; "):
        read_state(tmp_path / "w.pth", "a-net")


def test_names_are_shown_without_what_a_terminal_obeys(tmp_path):
    with pytest.raises(DataError, match=r"^a\\x1b\[2J\\nb\.pth holds no weights"):
        read_state(tmp_path / "a\x1b[2J\nb.pth", "a-net")
