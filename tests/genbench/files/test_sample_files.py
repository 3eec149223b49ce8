from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from genbench.core.arrays import Ragged
from genbench.core.errors import DataError
from genbench.core.samples import Samples, content_hash
from genbench.files.sample_files import (
    holds_samples,
    list_sample_folders,
    read_array,
    read_samples,
    write_samples,
)

RNG = np.random.Generator(np.random.PCG64(11))

STRINGS = (
    "", " ", "plain", "nul \0 inside", "two\nlines\r\nand\rmore", "\u2028\u2029\x85\x0b\x1c",
    "\u202eright to left \u05e9\u05dc\u05d5\u05dd", "=cmd()|' /C calc'!A0", '"quoted", with comma', "\\u0041",
    "e\u0301 \u00e9 \U0001f600", "\ufeffmark", "null", "NaN", "1e5",
)  # fmt: skip

TABLE = pd.DataFrame({
    "float": [0.1, -0.0, np.nan, 1e-310],
    "single": np.array([0.1, 2.0, np.nan, -1.5], dtype=np.float32),
    "int": [-(2**63), 0, 1, 2**63 - 1],
    "small": np.array([1, 2, 3, 4], dtype=np.int8),
    "bool": [True, False, True, True],
    "text": ["a\nb", "=cmd()", "", "\u05e9"],
    "some text": ["x", None, "NaN", "y"],
    "mixed": pd.Series([1, "one", None, 2.5], dtype=object),
    "whole": pd.Series([1, None, 3, 4], dtype=object),
    "class": pd.Series(["u", "v", "u", "u"], dtype="category"),
})  # fmt: skip

SPACES = {
    "image": Samples.of("image", RNG.integers(0, 256, (5, 4, 3, 2)).astype(np.uint8), [0, 1, 2, 1, 0]),
    "image in another order": Samples.of("image", np.zeros((1, 3, 4, 5), np.uint8).T),
    "audio": Samples.of("audio", [RNG.normal(size=(n, 2)).astype(np.float32) for n in (9, 0, 4)], rate=8000),
    "points": Samples.of("points", Ragged.of(RNG.normal(size=(3, 7, 3)).astype(np.float32)), [4, 5, 6]),
    "vector": Samples.of("vector", RNG.normal(size=(6, 2)), np.arange(6)),
    "single vector": Samples.of("vector", np.array([[1e-45, -0.0, 3e38]], dtype=np.float32)),
    "no vector": Samples.of("vector", np.zeros((0, 3))),
    "text": Samples.of("text", STRINGS),
    "labelled text": Samples.of("text", ("a", "b"), [1, 0]),
    "no text": Samples.of("text", ()),
    "sequence": Samples.of("sequence", ("ACGT", "", "TT")),
    "table": Samples.of("table", TABLE, [0, 0, 1, 1]),
}  # fmt: skip


def test_folders_of_samples_are_found(tmp_path):
    assert list_sample_folders(tmp_path) == []
    for name, samples in (("b", SPACES["table"]), ("a", SPACES["vector"])):
        write_samples(tmp_path / name, samples)
    assert list_sample_folders(tmp_path) == [tmp_path / "a", tmp_path / "b"]
    named = [path for path in tmp_path.rglob("*") if holds_samples(path)]
    assert {path.relative_to(tmp_path).as_posix() for path in named} == {
        "a", "a/data.npy", "b", "b/data.jsonl",
    }  # fmt: skip
    assert not holds_samples(tmp_path)


@pytest.mark.parametrize("samples", SPACES.values(), ids=SPACES)
def test_samples_of_every_kind_are_read_as_they_were_written(tmp_path, samples):
    write_samples(tmp_path / "x", samples)
    read = read_samples(tmp_path / "x")
    assert read.space == samples.space
    assert content_hash(read) == content_hash(samples)
    if samples.labels is None:
        assert read.labels is None
    else:
        assert read.labels.dtype == np.int64
        assert read.labels.tolist() == samples.labels.tolist()
    if isinstance(samples.data, np.ndarray):
        assert read.data.dtype == samples.data.dtype
        assert read.data.tobytes() == samples.data.tobytes()
    elif isinstance(samples.data, tuple):
        assert read.data == samples.data
    elif isinstance(samples.data, Ragged):
        assert read.data.values.dtype == samples.data.values.dtype
        assert read.data.offsets.tolist() == samples.data.offsets.tolist()
    else:
        pd.testing.assert_frame_equal(read.data, samples.data, check_categorical=False)


def test_arrays_cannot_be_written_to(tmp_path):
    write_samples(tmp_path, SPACES["image"])
    read = read_samples(tmp_path)
    for array in (read.data, read.labels):
        assert type(array) is np.ndarray
        assert not array.flags.writeable
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_ragged_arrays_are_mapped_and_cannot_be_written_to(tmp_path):
    write_samples(tmp_path, SPACES["audio"])
    read = read_samples(tmp_path)
    for array in (read.data.values, read.data.offsets, read.data[0]):
        assert not array.flags.writeable


@pytest.mark.parametrize("offsets", [np.array([0, 99, 9, 13]), np.array([0.0, 13.0]), np.array([[0, 13]])])
def test_offsets_that_do_not_fit_are_refused(offsets, tmp_path):
    write_samples(tmp_path, SPACES["audio"])
    np.save(tmp_path / "offsets.npy", offsets)
    with pytest.raises(DataError, match=r"^offsets\.npy and data\.npy do not fit: "):
        read_samples(tmp_path)


def test_nothing_is_unpickled(tmp_path):
    np.save(tmp_path / "evil.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(DataError, match=r"^evil\.npy cannot be read: .* Python objects, which are never"):
        read_array(tmp_path / "evil.npy")


@pytest.mark.parametrize("change", [lambda content: content + b"x", lambda content: content[:-1]])
def test_a_file_that_is_longer_or_shorter_than_its_array_is_refused(change, tmp_path):
    path = tmp_path / "data.npy"
    np.save(path, np.zeros((3, 2)))
    assert read_array(path).shape == (3, 2)
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(DataError, match=r"^data\.npy cannot be read: "):
        read_array(path)


def test_strings_stand_one_a_line_in_ascii(tmp_path):
    write_samples(tmp_path, SPACES["text"])
    lines = (tmp_path / "data.jsonl").read_bytes().decode("ascii").split("\n")
    assert lines.pop() == ""
    assert tuple(map(json.loads, lines)) == STRINGS


def test_a_missing_cell_is_null(tmp_path):
    write_samples(tmp_path, Samples.of("table", pd.DataFrame({"x": [1.5, np.nan], "y": [None, "a"]})))
    assert (tmp_path / "data.jsonl").read_text() == '[1.5, null]\n[null, "a"]\n'
