"""The files that a block of code opens to read, and those that texts name."""

from __future__ import annotations

import importlib
import io
import json
import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from genbench.catalog import file_recorder
from genbench.catalog.file_recorder import listen, named_files, unversioned_files
from genbench.catalog.import_recorder import recorded_imports


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """Return a folder of old files, outside the folder for temporary files."""
    folder = tmp_path / "far"
    folder.mkdir()
    np.save(folder / "weights.npy", np.zeros(3))
    (folder / "words.txt").write_text("a b c")
    (folder / "far_reader.py").write_text("from pathlib import Path\nPath(__file__).read_text()\n")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.syspath_prepend(folder)
    time.sleep(0.03)  # a file of less than a hundredth of a second counts as the block's own
    yield folder
    sys.modules.pop("far_reader", None)


def opened(block, counted=(), given=()):
    listen()
    start_ns = time.time_ns()
    with recorded_imports() as imports:
        block()
    return unversioned_files(imports.opened, start_ns, lambda: counted, given)


READS = {
    "open": lambda place: open(place / "words.txt").close(),  # noqa: PTH123 - one of the ways
    "bytes": lambda place: open(os.fsencode(place / "words.txt")).close(),  # noqa: PTH123 - as above
    "FileIO": lambda place: io.FileIO(str(place / "words.txt")).close(),
    "os.open": lambda place: os.close(os.open(place / "words.txt", os.O_RDONLY)),
    "mapped": lambda place: np.memmap(place / "words.txt"),
    "to change": lambda place: (place / "words.txt").open("r+b").close(),
    "pathlib": lambda place: (place / "words.txt").read_text(),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_each_way_to_open_a_file_is_recorded_each_time(read, place):
    assert opened(lambda: read(place)) == opened(lambda: read(place)) == ["words.txt"]


def test_files_are_named_once_and_sorted(place, monkeypatch):
    def block():
        np.load(place / "weights.npy", mmap_mode="r")
        monkeypatch.chdir(place)
        Path("words.txt").read_text()
        np.fromfile("weights.npy")

    assert opened(block) == ["weights.npy", "words.txt"]


def test_an_open_that_failed_is_none(place):
    def block():
        with pytest.raises(FileNotFoundError):
            (place / "missing.txt").read_text()

    assert opened(block) == []


def test_known_files_are_left_out(place):
    def block():
        (place / "words.txt").read_text()

    (place.parent / "link").symlink_to(place)
    (place.parent / "folder").mkdir()
    (place.parent / "folder" / "words.txt").symlink_to(place / "words.txt")
    assert opened(block, counted=[place.parent / "link" / "words.txt"]) == []
    assert opened(block, given=[place / "words.txt"]) == opened(block, given=[place]) == []
    assert opened(block, given=[place.parent / "link"]) == []
    assert opened(block, given=[place / "weights.npy"]) == ["words.txt"]
    linked = place.parent / "folder"
    assert opened((linked / "words.txt").read_text, given=[linked]) == []


def test_what_the_block_writes_is_left_out(place):
    def block():
        (place / "own.json").write_text("{}")
        json.loads((place / "own.json").read_text())
        with (place / "words.txt").open("a+") as file:
            file.write("d")

    assert opened(block) == []


def test_temporary_files_are_left_out_unless_known_files_are_there(place, monkeypatch):
    def block():
        (place / "words.txt").read_text()

    monkeypatch.setattr(tempfile, "tempdir", str(place))
    assert opened(block) == []
    assert opened(block, counted=[place / "far_reader.py"]) == ["words.txt"]
    assert opened(block, given=[place / "weights.npy"]) == ["words.txt"]


def test_files_of_python_the_system_and_distributions_are_left_out(place, monkeypatch):
    def block():
        Path(os.__file__).read_text()
        Path(np.__file__).read_text()
        Path("/etc/passwd").read_text()
        Path("/proc/self/maps").read_text()
        (place / "site-packages" / "data.txt").read_text()
        (place / "mine.egg-info" / "data.txt").read_text()

    for folder in ("site-packages", "mine.egg-info"):
        (place / folder).mkdir()
        (place / folder / "data.txt").write_text("")
    time.sleep(0.03)
    assert opened(block) == []


def test_a_file_of_the_user_below_the_prefix_of_python_is_none_of_python(place, monkeypatch):
    for name in ("lib", "src"):
        (place / name).mkdir()
        (place / name / f"{name}.txt").write_text("")
    time.sleep(0.03)
    monkeypatch.setattr(sys, "prefix", str(place))
    file_recorder._places.cache_clear()
    assert opened(lambda: [(place / name / f"{name}.txt").read_text() for name in ("lib", "src")]) == [
        "src.txt"
    ]
    file_recorder._places.cache_clear()


def test_what_an_import_opens_is_left_out(place):
    assert opened((place / "far_reader.py").read_text) == ["far_reader.py"]

    assert opened(lambda: importlib.import_module("far_reader")) == []


def test_inner_blocks_have_their_own_records(place):
    def inner():
        assert opened((place / "words.txt").read_text) == ["words.txt"]

    assert opened(inner) == []
    (place / "words.txt").read_text()


def test_threads_that_the_block_starts_are_recorded(place):
    def block():
        with ThreadPoolExecutor(1) as pool:
            pool.submit((place / "words.txt").read_text).result()

    assert opened(block) == ["words.txt"]
    with ThreadPoolExecutor(1) as pool:
        pool.submit(len, "").result()
        assert opened(lambda: pool.submit((place / "words.txt").read_text).result()) == []


NAMING = {
    "beside the code": "load('model.bin')",
    "in a folder": "load('deep/model.bin')",
    "without a suffix": "load('deep/model')",
    "in parts": "load(Path(__file__).parent / 'deep' / 'model.bin')",
    "by constants": "FOLDER, NAME = 'deep', 'model.bin'",
    "after a computed folder": "load(f'{Path(__file__).parent}/deep/model.bin')",
    "around": "load('./deep/../model.bin')",
    "from above": "load(Path(__file__).with_name('deep') / '..' / 'model.bin')",
    "absolute": "load({absolute!r})",
    "at home": "load('~/model.bin')",
    "in a text option": "def make(*, weights: str = 'model.bin'): ...",
    "beside a path": "def make(weights: Path | None = None, *, other: str = 'model.bin'): ...",
}


@pytest.fixture
def names(place, monkeypatch):
    """Return a function that gives the files that source and texts name; the folder has other files too."""
    (place / "deep").mkdir()
    for name in ("model.bin", "model", "deep/model.bin", "deep/model"):
        (place / name).write_text("1")
    monkeypatch.setenv("HOME", str(place))

    def named(source, texts=(), file=place / "code.py"):
        file.write_text(source)
        return sorted({path.resolve().name for path in named_files([file, place / "model"], texts)})

    return named


@pytest.mark.parametrize("source", NAMING.values(), ids=NAMING)
def test_a_file_that_a_text_of_the_code_names_is_found(names, source, place):
    expected = "model" if source == NAMING["without a suffix"] else "model.bin"
    assert names(source.replace("{absolute!r}", repr(str(place / "model.bin")))) == [expected]


@pytest.mark.parametrize(
    "source",
    [
        "load('model')",  # any word may be the name of a file
        "load('missing.bin')",
        "load('deep')",
        "'' + '.' + '/' + '\\0' + 'x' * 5000",
        "def make(*, weights: Path = Path('model.bin')): ...",
        "def make(*, weights: Annotated[Path, 'of a model'] = 'model.bin'): ...",
        "class Sampler:\n    weights: Path = Path('model.bin')",
        "load('model.bin'",  # no source
    ],
)
def test_other_texts_name_no_file(names, source):
    assert names(source) == []


def test_a_text_may_name_a_file_of_the_working_folder(names, place, monkeypatch):
    away = place.parent / "code.py"
    assert names("load('model.bin')", (), away) == names("", ["model.bin"], away) == []
    monkeypatch.chdir(place)
    assert names("load('model.bin')", (), away) == names("", ["model.bin"], away) == ["model.bin"]
    monkeypatch.chdir(place.parent)
    assert names("", [place.name, "model.bin"], away) == ["model.bin"]


def test_the_code_of_an_installed_distribution_names_no_file(names, place):
    (place / "site-packages").mkdir()
    assert names("load('../model.bin')", (), place / "site-packages" / "code.py") == []
