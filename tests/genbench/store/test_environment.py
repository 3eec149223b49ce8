from __future__ import annotations

import importlib
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from genbench.store.environment import (
    code_files,
    code_hash,
    code_written,
    forget_hashes,
    libraries,
    machine,
    offline_variables,
    thread_variables,
)


def hash_of(module):
    """Return the hash of a module's code as it is now."""
    forget_hashes()
    return code_hash(module)


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Return a package on sys.path that must never be imported, and its hash as a function."""
    home = tmp_path / "hashed_package"
    (home / "inner").mkdir(parents=True)
    for name in ("__init__.py", "inner/__init__.py", "inner/deep.py", "weights.bin"):
        (home / name).write_text("raise RuntimeError('imported')\n")
    monkeypatch.syspath_prepend(tmp_path)

    yield home, lambda module="hashed_package": hash_of(module)
    forget_hashes()


@pytest.mark.parametrize("name", ["__init__.py", "inner/deep.py", "weights.bin", "inner/new.py"])
def test_a_change_of_any_file_of_the_package_changes_its_hash(package, name):
    home, found = package
    before = found()
    with (home / name).open("a") as file:
        file.write("# more\n")
    assert found() != before


def test_a_change_in_a_linked_folder_changes_the_hash(package, tmp_path):
    home, found = package
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "net.py").write_text("LEVEL = 1\n")
    hashes = {found()}
    (home / "inner" / "nets").symlink_to(tmp_path / "shared")
    (tmp_path / "shared" / "back").symlink_to(home)
    hashes.add(found())
    (tmp_path / "shared" / "net.py").write_text("LEVEL = 2\n")
    hashes.add(found())
    assert len(hashes) == 3


def test_renaming_or_removing_a_file_changes_the_hash(package):
    home, found = package
    hashes = {found()}
    (home / "inner" / "deep.py").rename(home / "inner" / "deeper.py")
    hashes.add(found())
    (home / "inner" / "deeper.py").unlink()
    hashes.add(found())
    assert len(hashes) == 3


def test_the_whole_package_counts_for_each_of_its_modules(package):
    _, found = package
    assert found("hashed_package.inner.deep") == found()


def test_a_module_that_the_package_imports_and_that_has_no_version_counts_too(package):
    home, found = package
    (home / "inner" / "deep.py").write_text("import its_numbers\n")
    before = found()
    (home.parent / "its_numbers.py").write_text("LEVEL = 1\n")
    first = found()
    (home.parent / "its_numbers.py").write_text("LEVEL = 2\n")
    assert len({before, first, found()}) == 3


SHIPPED = (
    "hashed_impl.py", "hashed_level.py", "hashed_other/__init__.py", "hashed_other/hashed_level.py",
    "hashed_ns/part.py",
)  # fmt: skip


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Return a folder with an installed plugin of several modules, and the hash of one as a function."""
    site = tmp_path / "site-packages"
    info = site / "hashed_plugin-1.0.dist-info"
    for folder in (site / "hashed_other", site / "hashed_ns", info, site / "__pycache__"):
        folder.mkdir(parents=True)
    listed = [*SHIPPED, f"{info.name}/METADATA", "../script", "__pycache__/hashed_impl.pyc", "hashed_gone.py"]
    for name in (*listed[:-1], "hashed_neighbour.py"):
        (site / name).write_text(f"raise RuntimeError('{name}')\n")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: hashed-plugin\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[genbench]\nhashed = hashed_impl\n")
    (info / "RECORD").write_text("".join(f"{name},,\n" for name in listed))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.syspath_prepend(site)

    yield site, lambda module="hashed_impl": hash_of(module)
    forget_hashes()


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("module", ["hashed_impl", "hashed_other.deep"])
def test_all_modules_of_an_installed_plugin_count_as_its_code(installed, name, module):
    site, found = installed
    before = found(module)
    (site / name).write_text("x = 1\n")
    assert found(module) != before


@pytest.mark.parametrize(
    "name",
    [
        "hashed_neighbour.py",
        "../script",
        "__pycache__/hashed_impl.pyc",
        "hashed_plugin-1.0.dist-info/METADATA",
    ],
)
def test_other_installed_files_do_not_count(installed, name):
    site, found = installed
    before = found()
    with (site / name).open("a") as file:
        file.write("\n")
    assert found() == before


def test_what_the_other_modules_of_an_installed_plugin_import_counts_if_it_has_no_version(installed):
    site, found = installed
    for source in ("hashed_level.py", "hashed_other/hashed_level.py", "hashed_ns/part.py"):
        (site / source).write_text("import its_numbers\n")
        (site.parent / "its_numbers.py").write_text("LEVEL = 1\n")
        before = found()
        (site.parent / "its_numbers.py").write_text("LEVEL = 2\n")
        assert found() != before
        (site / source).write_text("")


@pytest.mark.parametrize("name", ["RECORD", "entry_points.txt"])
def test_a_module_counts_alone_if_pip_did_not_install_it_with_a_plugin(installed, name):
    site, found = installed
    (site / "hashed_plugin-1.0.dist-info" / name).unlink()
    before = found()
    (site / "hashed_level.py").write_text("x = 1\n")
    assert found() == before


def test_the_packages_of_genbench_do_not_count_for_one_another():
    for package in ("genbench_controls", "genbench"):
        home = Path(importlib.util.find_spec(package).origin).parent
        assert all(file.is_relative_to(home) for file in code_files(package))


def test_nothing_is_imported(package):
    _, found = package
    found("hashed_package.inner.deep")
    assert not [name for name in sys.modules if name.startswith("hashed_package")]


def test_a_file_that_changes_after_its_hash_is_named(package):
    home, found = package
    found()
    deep = home / "inner" / "deep.py"
    text = deep.read_text()
    assert code_written("hashed_package") is None
    deep.write_text("LEVEL = 1\n")
    assert code_written("hashed_package") == deep
    deep.unlink()
    assert code_written("hashed_package") == deep
    deep.write_text(text)
    assert code_written("hashed_package") == deep  # other code may have run meanwhile
    found()
    assert code_written("hashed_package") is None


def test_a_file_that_is_renamed_or_linked_is_as_it_was(package):
    home, found = package
    found()
    deep = home / "inner" / "deep.py"
    deep.rename(home.parent / "kept.py")
    (home.parent / "kept.py").rename(deep)
    os.link(deep, home.parent / "linked.py")
    deep.chmod(0o600)
    assert code_written("hashed_package") is None
    times = deep.stat()
    deep.write_text("LEVEL = 1\n")
    os.utime(deep, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert code_written("hashed_package") == deep


def test_a_file_whose_module_was_imported_before_the_hash_does_not_count(package):
    home, found = package
    for name in ("__init__.py", "inner/__init__.py"):
        (home / name).write_text("")
    importlib.import_module("hashed_package.inner")
    found()
    (home / "inner" / "__init__.py").write_text("LEVEL = 1\n")
    assert code_written("hashed_package") is None
    (home / "inner" / "deep.py").write_text("LEVEL = 1\n")
    assert code_written("hashed_package") == home / "inner" / "deep.py"
    for name in [name for name in sys.modules if name.startswith("hashed_package")]:
        del sys.modules[name]


class OfCffi:
    """Like `_cffi_backend.Lib`, which packages such as cryptography put into sys.modules."""

    __slots__ = ()

    @property
    def __class__(self):
        return ModuleType


@pytest.mark.parametrize("value", [OfCffi(), None, 1])
def test_what_is_no_module_in_sys_modules_does_not_matter(package, monkeypatch, value):
    _, found = package
    before = found()
    monkeypatch.setitem(sys.modules, "library_of_cffi", value)
    assert found() == before


def test_compiled_files_and_times_do_not_count(package):
    home, found = package
    before = found()
    (home / "__pycache__").mkdir()
    (home / "__pycache__" / "x.pyc").write_bytes(b"x")
    os.utime(home / "__init__.py", (0, 0))
    assert found() == before


def test_a_copy_elsewhere_has_the_same_hash(package, tmp_path, monkeypatch):
    home, found = package
    before = found()
    (tmp_path / "elsewhere").mkdir()
    home.rename(tmp_path / "elsewhere" / home.name)
    monkeypatch.syspath_prepend(tmp_path / "elsewhere")
    assert found() == before


def test_a_module_of_one_file_counts_alone(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "hashed_module.py").write_text("x = 1\n")
    forget_hashes()
    before = code_hash("hashed_module")
    (tmp_path / "neighbour.py").write_text("y = 1\n")
    forget_hashes()
    assert code_hash("hashed_module") == before
    (tmp_path / "hashed_module.py").write_text("x = 2\n")
    forget_hashes()
    assert code_hash("hashed_module") != before


def test_modules_without_files_hash_as_their_names():
    names = ("sys", "builtins", "no_such_module")
    assert len({code_hash(name) for name in names}) == 3


def test_a_function_of_an_interactive_session_has_a_hash():
    code = "from genbench.store.environment import code_hash; print(code_hash('__main__'))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert len(found.stdout.strip()) == 64


def test_versions_are_those_that_are_installed():
    found = libraries()
    assert found["numpy"] == np.__version__
    assert found["python"] == ".".join(map(str, sys.version_info[:3]))
    assert {"genbench", "torch", "scipy", "scikit-learn", "pandas"} <= set(found)
    assert all(found.values())


def test_the_machine_is_described_without_its_name_or_paths():
    found = machine(2, "cuda:1")
    assert (found["threads"], found["device"]) == (2, "cuda:1")
    assert found["cpu"]
    assert os.uname().nodename not in json.dumps(found)
    assert os.path.expanduser("~") not in json.dumps(found)  # noqa: PTH111 - the string is what is looked for


def test_thread_variables_reach_every_library_that_counts_threads():
    found = thread_variables(3)
    assert {found[f"{name}_NUM_THREADS"] for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR")} == {"3"}
    assert found["PYTHONHASHSEED"] == "0"


def test_offline_variables_tell_every_library_that_downloads():
    assert set(offline_variables().values()) == {"1"}
    assert {"GENBENCH_OFFLINE", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"} <= set(offline_variables())
