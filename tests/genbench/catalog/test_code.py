"""The code in a component's key."""

from __future__ import annotations

import importlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from genbench import GeneratorSpec
from genbench.catalog.catalog import load_catalog
from genbench.catalog.code import find_make_module, read_code
from genbench.catalog.loader import Component, Owner
from genbench.contract.hookspecs import PROJECT
from genbench.core.errors import FileChangedError


def component(make, distribution="nobody", module="nowhere"):
    return Component(GeneratorSpec(name="any", make=make), Owner(distribution, "1", module, module))


def hash_of(module, distribution="nobody"):
    """Return the hash of a module's code as it is now."""
    return read_code(component(f"{module}:make", distribution)).sha256


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Return a package on sys.path that must never be imported, and its hash as a function."""
    home = tmp_path / "hashed_package"
    (home / "inner").mkdir(parents=True)
    for name in ("__init__.py", "inner/__init__.py", "inner/deep.py", "weights.bin"):
        (home / name).write_text("raise RuntimeError('imported')\n")
    monkeypatch.syspath_prepend(tmp_path)

    return home, lambda module="hashed_package": hash_of(module)


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

    return site, lambda module="hashed_impl": hash_of(module, "hashed-plugin")


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
)  # fmt: skip
def test_other_installed_files_do_not_count(installed, name):
    site, found = installed
    before = found()
    with (site / name).open("a") as file:
        file.write("\n")
    assert found() == before


def test_a_module_counts_alone_if_its_distribution_does_not_list_its_files(installed):
    site, found = installed
    (site / "hashed_plugin-1.0.dist-info" / "RECORD").unlink()
    before = found()
    (site / "hashed_level.py").write_text("x = 1\n")
    assert found() == before


def test_what_a_plugin_imports_counts_if_its_distribution_is_installed_for_editing(package, tmp_path):
    (tmp_path / "hashed_hooks.py").write_text("import hashed_helper\n")
    (tmp_path / "hashed_helper.py").write_text("from hashed_package import inner\n")
    edited = component("hashed_hooks:make", "hashed-edited", "hashed_hooks")
    before = read_code(edited)
    assert set(before.files.values()) > {tmp_path / "hashed_helper.py", package[0] / "__init__.py"}
    (tmp_path / "hashed_helper.py").write_text("LEVEL = 1\n")
    assert read_code(edited).sha256 != before.sha256


def test_the_packages_of_genbench_do_not_count_for_one_another():
    for name in ("genbench_controls", "genbench"):
        home = Path(importlib.util.find_spec(name).origin).parent
        files = read_code(component(f"{name}.any:make", PROJECT, name)).files
        assert files
        assert all(file.is_relative_to(home) for file in files.values())


def test_an_edit_of_one_bundled_package_is_an_edit_of_no_other():
    packages = set()
    for found in load_catalog(only=[PROJECT]).components:
        (own,) = {name.partition("/")[0] for name in read_code(found).files}
        assert own == find_make_module(found).partition(".")[0]
        packages.add(own)
    assert len(packages) > 5


def test_nothing_is_imported(package):
    _, found = package
    found("hashed_package.inner.deep")
    assert not [name for name in sys.modules if name.startswith("hashed_package")]


def changed_file(code):
    """Return the name of the file for which code counts as changed, None if it does not."""
    try:
        code.check()
    except FileChangedError as error:
        return str(error).partition(" ")[0]
    return None


def test_a_file_that_changes_after_its_hash_is_named(package):
    home, _ = package
    code = read_code(component("hashed_package:make"))
    deep = home / "inner" / "deep.py"
    text = deep.read_text()
    assert changed_file(code) is None
    deep.write_text("LEVEL = 1\n")
    assert changed_file(code) == "deep.py"
    deep.unlink()
    assert changed_file(code) == "deep.py"
    with pytest.raises(FileChangedError, match="deep"):
        code.renew()
    deep.write_text(text)
    assert changed_file(code) == "deep.py"  # other code may have run meanwhile
    assert changed_file(code.renew()) is None  # nothing has run yet


def test_a_file_that_is_renamed_or_linked_is_as_it_was(package):
    home, _ = package
    code = read_code(component("hashed_package:make"))
    deep = home / "inner" / "deep.py"
    deep.rename(home.parent / "kept.py")
    (home.parent / "kept.py").rename(deep)
    os.link(deep, home.parent / "linked.py")
    deep.chmod(0o600)
    assert changed_file(code) is None
    times = deep.stat()
    deep.write_text("LEVEL = 1\n")
    os.utime(deep, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert changed_file(code) == "deep.py"


def test_an_imported_module_counts_as_any_other(package):
    home, _ = package
    for name in ("__init__.py", "inner/__init__.py"):
        (home / name).write_text("")
    importlib.import_module("hashed_package.inner")
    code = read_code(component("hashed_package:make"))
    (home / "inner" / "__init__.py").write_text("LEVEL = 1\n")
    assert changed_file(code) == "__init__.py"
    for name in [name for name in sys.modules if name.startswith("hashed_package")]:
        del sys.modules[name]


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
    before = hash_of("hashed_module")
    (tmp_path / "neighbour.py").write_text("y = 1\n")
    assert hash_of("hashed_module") == before
    (tmp_path / "hashed_module.py").write_text("x = 2\n")
    assert hash_of("hashed_module") != before


def test_modules_without_files_have_no_code():
    for name in ("sys", "builtins", "no_such_module"):
        assert read_code(component(f"{name}:make")).files == {}


def test_the_code_of_a_plugin_file_is_the_file_and_what_it_imports_from_beside_it(local_plugin, site):
    file, helper = local_plugin
    found = load_catalog([file], only=[]).find("metric", "of-helper")
    assert set(read_code(found).files.values()) == {file, helper}
    (site.folder / "its_numbers.py").write_text("")
    helper.write_text("import its_numbers\n")
    assert set(read_code(found).files.values()) == {file, helper, site.folder / "its_numbers.py"}


def test_the_packages_of_hooks_and_of_make_both_count(package, installed):
    names = set(read_code(component("hashed_package.inner.deep:make", "hashed-plugin", "hashed_impl")).files)
    assert {"hashed_impl.py", "hashed_other/__init__.py", "hashed_package/inner/deep.py"} <= names


def test_a_function_of_an_interactive_session_has_code():
    code = """
from genbench.catalog.code import hash_package
print(hash_package("__main__"))
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert len(found.stdout.strip()) == 64
