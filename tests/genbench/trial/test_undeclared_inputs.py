"""Files that a block of code opens, and programs that it starts."""

from __future__ import annotations

import importlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from genbench import Program
from genbench.trial import undeclared_inputs
from genbench.trial.undeclared_inputs import is_undeclared, record_inputs


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """Return a folder of old files, outside the folder for temporary files."""
    folder = tmp_path / "far"
    folder.mkdir()
    np.save(folder / "weights.npy", np.zeros(3))
    (folder / "words.txt").write_text("a b c")
    (folder / "far_reader.py").write_text("from pathlib import Path\nPath(__file__).read_text()\n")
    monkeypatch.syspath_prepend(folder)
    time.sleep(0.03)  # a file of less than a hundredth of a second counts as the block's own
    yield folder
    sys.modules.pop("far_reader", None)


def text_of(block, known=(), *, is_thorough=False):
    with record_inputs(known, is_thorough=is_thorough) as inputs:
        block()
    return inputs.to_text()


def opened(block, known=()):
    text = text_of(block, known).replace(" and ", ", ").removeprefix("opened ")
    return text.split(", ") if text else []


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
    assert opened(block, known=[place.parent / "link" / "words.txt"]) == []
    assert opened(block, known=[place / "words.txt"]) == opened(block, known=[place]) == []
    assert opened(block, known=[place.parent / "link"]) == []
    assert opened(block, known=[place / "weights.npy"]) == ["words.txt"]
    linked = place.parent / "folder"
    assert opened((linked / "words.txt").read_text, known=[linked]) == []


def test_what_the_block_writes_is_left_out(place):
    def block():
        (place / "own.json").write_text("{}")
        json.loads((place / "own.json").read_text())
        with (place / "words.txt").open("a+") as file:
            file.write("d")

    assert opened(block) == []


def test_files_in_the_scratch_folder_of_a_job_are_left_out(place, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    assert opened((place / "words.txt").read_text) == ["words.txt"]  # a folder that other processes share
    monkeypatch.chdir(place)  # as in a job
    assert opened((place / "words.txt").read_text) == []


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
    undeclared_inputs._find_installed_folders.cache_clear()
    assert opened(lambda: [(place / name / f"{name}.txt").read_text() for name in ("lib", "src")]) == [
        "src.txt"
    ]
    undeclared_inputs._find_installed_folders.cache_clear()


def test_what_an_import_opens_is_left_out(place):
    assert opened((place / "far_reader.py").read_text) == ["far_reader.py"]

    assert opened(lambda: importlib.import_module("far_reader")) == []


def test_inner_blocks_have_their_own_records(place):
    def inner():
        assert opened((place / "words.txt").read_text) == ["words.txt"]

    assert opened(inner) == []
    (place / "words.txt").read_text()


def test_what_other_threads_open_is_left_out(place):
    with ThreadPoolExecutor(1) as pool:
        assert opened(lambda: pool.submit((place / "words.txt").read_text).result()) == []


STARTS = {
    "by name": lambda: subprocess.run(["true"], check=True),
    "by path": lambda: subprocess.run([shutil.which("true")], check=True),
    "by a shell": lambda: subprocess.run("true", shell=True, check=True),  # noqa: S602 - one of the ways
    "os.system": lambda: os.system("true"),  # noqa: S605 - as above
    "os.posix_spawn": lambda: os.waitpid(os.posix_spawn(shutil.which("true"), ["true"], {}), 0),
}


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_each_way_to_start_a_program_is_recorded_each_time(start):
    assert text_of(start) == text_of(start) == "started true"


@pytest.mark.parametrize(
    "way", ["itself", "in its folder", "by a shell", "shell=True", "by Python", "by its name"]
)
def test_a_program_is_declared_by_its_path_however_it_is_started(place, way):
    program = place / "say.py"
    program.write_text(f"#!{sys.executable}\n")
    program.chmod(0o755)
    words, options = {
        "itself": ([program], {}),
        "in its folder": (["./say.py"], {"cwd": place}),
        "by a shell": (["/bin/sh", "-c", f"{program} 1"], {}),
        "shell=True": (f"{program} 1", {"shell": True}),
        "by Python": ([sys.executable, str(program), __file__], {}),
        "by its name": (["python3", str(program)], {"env": {"PATH": os.environ["PATH"]}}),
    }[way]
    assert text_of(lambda: subprocess.run(words, check=True, **options)) == "started say.py"
    assert text_of(lambda: subprocess.run(words, check=True, **options), [program]) == ""
    assert text_of(lambda: subprocess.run(words, check=True, **options), [place]) == ""


def test_the_option_c_of_another_program_than_a_shell_names_no_program():
    for code in ("import json", "import json\n" * 1_000):  # longer than the name of any file
        assert text_of(lambda code=code: subprocess.run([sys.executable, "-c", code], check=True)) == (
            f"started {Path(sys.executable).name}"
        )


def test_what_an_installed_library_or_genbench_starts_belongs_to_its_version(place):
    library = place / "site-packages" / "far_library.py"
    library.parent.mkdir()
    library.write_text("import subprocess\ndef start(): subprocess.run(['true'])\n")
    names = {"__file__": str(library)}
    exec(compile(library.read_text(), str(library), "exec"), names)  # noqa: S102 - a library of that path
    assert text_of(names["start"]) == ""
    assert text_of(names["start"], [library]) == "started true"  # the code of the component itself
    assert text_of(lambda: Program.of([shutil.which("true")], [], 9.0).run(b"")) == ""


def test_files_and_programs_have_one_text_whose_notice_says_what_to_write(place):
    def block():
        (place / "words.txt").read_text()
        (place / "weights.npy").read_bytes()
        subprocess.run(["true"], check=True)

    with record_inputs(()) as inputs:
        block()
    assert inputs.to_notice() == (
        "opened weights.npy and words.txt and started true, whose content is in no key, so other content "
        "keeps old results: name each file and program with an option of the type Path"
    )
    assert is_undeclared(inputs.to_notice())
    assert not is_undeclared("changed environment variables A")


def test_a_thorough_record_has_folders_that_are_listed_and_what_the_bodies_of_modules_open(place):
    assert text_of(lambda: os.listdir(place)) == ""  # noqa: PTH208 - one of the ways
    for listing in (os.listdir, lambda folder: os.scandir(folder).close(), Path.iterdir):
        assert text_of(lambda ways=listing: list(ways(place) or ()), is_thorough=True) == "listed far"
    (place / "far_reader.py").write_text(
        "from pathlib import Path\nPath(__file__).with_name('words.txt').read_text()\n"
    )
    time.sleep(0.03)
    text = text_of(lambda: importlib.import_module("far_reader"), is_thorough=True)
    assert text == "opened far_reader.py and words.txt"
