"""Files that lie about what they hold, lead elsewhere or change: each is refused before it does harm."""

from __future__ import annotations

import io
import json
import os
import resource
import struct
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from genbench_image.datasets.idx import read_idx
from genbench_image.datasets.image_folder import image_folder
from genbench_image.datasets.npz import npz
from genbench_image.files.weight_files import read_state
from PIL import Image

import genbench.files.read
from genbench.catalog.catalog import load_catalog
from genbench.catalog.modalities import find_modality, list_modalities
from genbench.core.errors import DataError, Invalid
from genbench.core.samples import Samples
from genbench.files.read import content_sha256
from genbench.files.sample_files import read_samples, write_samples
from genbench.files.text_files import read_texts

TERABYTES = 8 * 2**40


def npy(shape, dtype="|u1", content=b""):
    """Return an npy file whose header claims this shape and type, and what follows it."""
    text = repr({"descr": dtype, "fortran_order": False, "shape": shape}).encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + content


def saved(array):
    file = io.BytesIO()
    np.save(file, array, allow_pickle=False)
    return file.getvalue()


@pytest.fixture
def little_memory():
    """Let this process take half a GiB more than it has, so that what would allocate a claim fails."""
    if sys.platform != "linux":  # which alone says how much that is
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    now = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + 2**29, hard))
    yield
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


IMAGES = Samples.of("image", np.zeros((4, 8, 8, 1), np.uint8), [0, 1, 0, 1])
VECTORS = Samples.of("vector", np.zeros((4, 3)))
TEXTS = Samples.of("text", ("a", "b"))


def table():
    import pandas as pd

    return Samples.of("table", pd.DataFrame({"x": [1.5, 2.5], "y": ["a", "b"]}))


def space(**fields):
    return lambda content: json.dumps(json.loads(content) | fields).encode()


def lies(samples, file, changes):
    """Return changes of a file of kept samples, each with the samples and the file."""
    return {name: (samples, file, *change) for name, change in changes.items()}


#: Kept samples that were tampered with: of what kind, which file, what it becomes, and what is said.
LIES = {
    **lies(IMAGES, "data.npy", {
        "an array of terabytes": (lambda _: npy((TERABYTES, 8, 8, 1)), "data.npy"),
        "more dimensions than there are": (lambda _: npy((1,) * 70), "data.npy"),
        "a negative side": (lambda _: npy((-4, 8, 8, 1)), "data.npy"),
        "less than claimed": (lambda content: content[:-1], "data.npy"),
        "more than claimed": (lambda content: content + b"\0", "data.npy cannot"),
        "another shape": (lambda _: saved(np.zeros((4, 9, 8, 1), np.uint8)), "image 8x8x1 samples"),
        "one number": (lambda _: saved(np.uint8(1)), "data.npy"),
    }),
    **lies(VECTORS, "data.npy", {
        "texts for numbers": (lambda _: saved(np.full((4, 3), "x" * 99)), "data.npy holds <U99"),
    }),
    **lies(IMAGES, "space.json", {
        "a space of another shape": (space(shape=[9, 9, 1]), "image 9x9x1"),
        "a space of another kind": (space(kind="vector", shape=[3]), "vector 3"),
        "a space without axes": (space(kind="text", shape=[]), "expected text samples"),
        "a space without a modality": (lambda _: b"{}", "it describes no space"),
        "a space of a great size": (lambda _: b" " * (2**20 + 1), "at most 1,048,576 are read"),
        "deep JSON": (lambda _: b"[" * 5000, "it describes no space"),
    }),
    **lies(IMAGES, "labels.npy", {
        "fewer labels": (lambda _: saved(np.zeros(3, np.int64)), "expected int64 of shape"),
        "labels of another type": (lambda _: saved(np.zeros(4)), "labels.npy holds float64"),
        "labels of terabytes": (lambda _: npy((TERABYTES,), "<i8"), "labels.npy cannot"),
    }),
    **lies(TEXTS, "data.jsonl", {
        "numbers for texts": (lambda _: b"1\n2\n", "line 1 holds int"),
        "lists for texts": (lambda _: b'["a"]\n"b"\n', "line 1 holds list"),
        "deep lines": (lambda _: b"[" * 5000, "it is no JSON Lines"),
        "half a line": (lambda content: content[:-3], "it is no JSON Lines"),
        "what is no ASCII": (lambda _: '"é"\n'.encode(), "it is no JSON Lines"),
    }),
    **lies(table(), "data.jsonl", {
        "rows of other lengths": (lambda _: b"[1]\n", "line 1 is no row of 2 cells; make it again"),
        "rows that are none": (lambda _: b"{}\n", "line 1 is no row of 2 cells; make it again"),
        "cells of another type": (lambda _: b'["x", "a"]\n', "no such table"),
    }),
    **lies(table(), "space.json", {
        "a type that does not exist": (space(columns=[["x", "soul"], ["y", "str"]]), "no such"),
        "a type of a gigabyte": (space(columns=[["x", "S1000000000"], ["y", "U9"]]), "no such"),
        "columns that are none": (space(columns=[1, 2]), "it describes no space"),
    }),
}  # fmt: skip


#: What only the modality can tell: which file, what it becomes, and what is said.
MISFITS = {
    "another type": ("data.npy", lambda _: saved(np.zeros((4, 8, 8, 1))), "expected uint8 .* got float64"),
    "an unknown modality": ("space.json", space(kind="soul"), "no installed plugin declares .* 'soul'"),
    "another modality": ("space.json", space(kind="text"), "expected a tuple of str, got ndarray"),
    "a parameter that no modality declares": ("space.json", space(more=1), "have no parameter 'more'"),
    "values out of bounds": ("space.json", space(low=3), "expected values in"),
}


@pytest.mark.parametrize("name", MISFITS)
def test_kept_samples_that_their_modality_does_not_know_are_refused(name, tmp_path):
    file, change, message = MISFITS[name]
    write_samples(tmp_path, IMAGES)
    path = tmp_path / file
    path.write_bytes(change(path.read_bytes()))
    read = read_samples(tmp_path)
    with pytest.raises((DataError, Invalid), match=message):
        find_modality(list_modalities(load_catalog()), read.space.modality).admit(read)


@pytest.mark.parametrize("name", LIES)
def test_kept_samples_that_lie_are_refused_in_one_line(name, tmp_path, little_memory):
    samples, file, change, message = LIES[name]
    write_samples(tmp_path, samples)
    path = tmp_path / file
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(DataError, match=message) as caught:
        read_samples(tmp_path)
    assert "\n" not in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.parametrize("file", ["space.json", "data.npy", "labels.npy"])
@pytest.mark.parametrize("other", ["a pipe", "a device", "a folder"])
def test_kept_samples_are_read_from_regular_files_alone(file, other, tmp_path):
    write_samples(tmp_path, IMAGES)
    (tmp_path / file).unlink()
    if other == "a pipe":
        os.mkfifo(tmp_path / file)
    elif other == "a device":
        (tmp_path / file).symlink_to("/dev/zero")
    else:
        (tmp_path / file).mkdir()
    with pytest.raises(DataError, match=rf"^{file} cannot be read: (it is no regular file|Is a directory)"):
        read_samples(tmp_path)


def _small(folder):
    np.savez(folder / "small.npz", images=np.zeros((4, 8, 8, 1), np.uint8))
    return folder / "small.npz"


def _archive(path, members, packed=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", packed) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def test_members_of_an_archive_that_lead_outside_write_nothing(tmp_path):
    inside = tmp_path / "folder"
    inside.mkdir()
    absolute = f"{tmp_path}/absolute.npy"
    evil = {"../outside.npy": b"x", absolute: b"x", "..\\outside.npy": b"x"}
    _archive(inside / "a.npz", {"images.npy": saved(np.zeros((4, 8, 8, 1), np.uint8)), **evil})
    before = sorted(path.name for path in tmp_path.rglob("*"))
    assert len(npz(path=inside / "a.npz").samples) == 4
    _archive(inside / "b.npz", evil)
    with pytest.raises(DataError, match=r"b\.npz holds .* expected one of images"):
        npz(path=inside / "b.npz")
    assert sorted(path.name for path in tmp_path.rglob("*")) == sorted([*before, "b.npz"])


@pytest.mark.slow
def test_what_a_small_archive_may_unpack_to_is_limited(tmp_path, little_memory):
    rows = 2**24  # 1 GiB of zeros, which deflate packs to a thousandth
    path = tmp_path / "bomb.npz"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("images.npy", "w") as member,
    ):
        member.write(npy((rows, 8, 8, 1)))
        for _ in range(64):
            member.write(bytes(2**24))
    assert path.stat().st_size < 2**21
    reason = r"claims to decompress \d+ bytes to 1024 MiB; above 256 MiB the maximum ratio is 100"
    with pytest.raises(DataError, match=reason):
        npz(path=path)


@pytest.mark.slow
def test_what_a_small_packed_idx_file_may_unpack_to_is_limited(tmp_path, little_memory):
    import gzip

    path = tmp_path / "train-images-idx3-ubyte.gz"
    with gzip.open(path, "wb") as file:
        file.write(bytes((0, 0, 8, 3)) + struct.pack(">3I", 2**14, 2**8, 2**8))
        for _ in range(64):
            file.write(bytes(2**24))
    reason = r"claims to decompress \d+ bytes to 1024 MiB; .*; unpack it with gunzip$"
    with pytest.raises(DataError, match=reason):
        read_idx(path, 3)


def _safetensors(header, content=b""):
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + content


TENSORS = {
    "a header of exabytes": struct.pack("<Q", 2**62) + b"{}",
    "a tensor of terabytes": _safetensors(
        {"a": {"dtype": "F32", "shape": [2**41], "data_offsets": [0, 2**43]}}
    ),
    "a shape beyond its bytes": _safetensors(
        {"a": {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 4]}}, bytes(4)
    ),
    "offsets that overlap": _safetensors(
        {name: {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]} for name in "ab"}, bytes(4)
    ),
    "offsets backwards": _safetensors(
        {"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 0]}}, bytes(4)
    ),
    "a shape that overflows": _safetensors(
        {"a": {"dtype": "F32", "shape": [2**33, 2**33], "data_offsets": [0, 4]}}, bytes(4)
    ),
    "deep JSON": struct.pack("<Q", 5000) + b"[" * 5000,
}


@pytest.mark.parametrize("name", TENSORS)
def test_safetensors_that_lie_are_refused_in_one_line(name, tmp_path, little_memory):
    path = tmp_path / "a.safetensors"
    path.write_bytes(TENSORS[name])
    reason = r"a\.safetensors holds no weights of a-net: it is no safetensors"
    with pytest.raises(DataError, match=reason) as caught:
        read_state(path, "a-net")
    assert "\n" not in str(caught.value)


def test_a_tensor_that_repeats_one_number_takes_no_memory(tmp_path, little_memory):
    path = tmp_path / "a.pth"
    torch.save({"a": torch.zeros(1).expand(2**40)}, path)
    with pytest.raises(DataError, match=r"its tensors claim 4096\.0 GiB"):
        read_state(path, "a-net")


@pytest.fixture
def images(tmp_path):
    folder = tmp_path / "images"
    folder.mkdir()
    for number in range(3):
        Image.new("L", (8, 8), number).save(folder / f"{number}.png")
    return folder


def _changing(monkeypatch, path):
    """Let a file change just after it has been opened."""
    real = os.fstat

    def fstat(handle):
        found = real(handle)
        if found.st_ino == path.stat().st_ino:
            os.utime(path, ns=(0, found.st_mtime_ns + 1))
        return found

    monkeypatch.setattr(genbench.files.read.os, "fstat", fstat)


def test_an_image_that_changes_while_it_is_read_is_named(images, monkeypatch):
    _changing(monkeypatch, images / "1.png")
    with pytest.raises(DataError, match=r"^1\.png cannot be read: it changed while it was read; replace it"):
        image_folder(path=images)


def test_a_file_of_texts_that_changes_while_it_is_read_is_named(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_text("one\ntwo\n")
    _changing(monkeypatch, path)
    with pytest.raises(DataError, match=r"^a\.txt cannot be read: it changed while it was read$"):
        read_texts(path)


def test_an_archive_that_changes_while_it_is_read_is_named(tmp_path, monkeypatch):
    path = _small(tmp_path)
    real = zipfile.ZipFile.infolist

    def infolist(self):
        os.utime(path, ns=(0, 0))
        return real(self)

    monkeypatch.setattr(zipfile.ZipFile, "infolist", infolist)
    with pytest.raises(DataError, match=r"^small\.npz cannot be read: it changed while it was read"):
        npz(path=path)


LINKS = {
    "a file outside": lambda folder: (folder / "link.png").symlink_to(folder.parent / "private.png"),
    "a folder outside": lambda folder: (folder / "link").symlink_to(folder.parent),
    "a loop": lambda folder: (folder / "loop").symlink_to(folder),
    "itself": lambda folder: (folder / "self.png").symlink_to("self.png"),
    "a file inside": lambda folder: (folder / "link.png").symlink_to("1.png"),
    "a device": lambda folder: (folder / "zero.png").symlink_to("/dev/zero"),
    "a pipe": lambda folder: os.mkfifo(folder / "pipe.png"),
}


@pytest.mark.parametrize("kind", LINKS)
def test_links_and_pipes_in_folders_are_refused_and_never_opened(kind, images):
    (images.parent / "private.png").write_bytes((images / "1.png").read_bytes())
    LINKS[kind](images)
    for read in (lambda: image_folder(path=images), lambda: content_sha256(images)):
        with pytest.raises(DataError, match=r"is a symbolic link|is not a regular file|is no regular file"):
            read()


@pytest.mark.skipif(sys.platform == "darwin", reason="its file systems take no such names")
def test_names_that_are_no_text_have_an_order_and_can_be_shown(images):
    (images / "1.png").rename(images / "e\u0301.png")
    (images / "2.png").rename(images / "\u00e9x.png")
    os.rename(os.fsencode(images) + b"/0.png", os.fsencode(images) + b"/caf\xe9.png")  # noqa: PTH104 - bytes
    data = image_folder(path=images).samples.data
    assert data[:, 0, 0, 0].tolist() == [0, 1, 2]  # by bytes of the NFC form
    assert len(content_sha256(images)) == 64
    bad = os.fsencode(images) + b"/bad\xff.png"
    with open(bad, "wb") as file:  # noqa: PTH123 - bytes
        file.write(b"no image")
    with pytest.raises(DataError, match=r"^bad\\udcff\.png is no PNG") as caught:
        image_folder(path=images)
    assert str(caught.value).encode()
