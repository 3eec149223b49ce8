"""Modules that no version stands for."""

from __future__ import annotations

import sys
from importlib.util import spec_from_file_location
from pathlib import Path

import pytest

import genbench
from genbench.catalog.imports import find_modules, find_unversioned_paths, is_unversioned
from genbench.catalog.local_modules import read_local_modules


@pytest.fixture
def lab(tmp_path, monkeypatch):
    """Return a folder on sys.path with a package that imports a module, and a plugin package beside it."""
    for name, text in (
        ("its_model/__init__.py", "from its_model import levels\n"),
        ("its_model/levels.py", "import its_numbers\n"),
        ("its_numbers.py", "LEVEL = 1\n"),
        ("its_plugin/__init__.py", "import numpy, json, genbench\nimport its_plugin.inner\n"),
        ("its_plugin/inner.py", "def make(): from its_model import levels\n"),
    ):
        (tmp_path / "lab" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "lab" / name).write_text(text)
    monkeypatch.syspath_prepend(tmp_path / "lab")
    return tmp_path / "lab"


def test_what_python_genbench_and_installed_distributions_bring_has_a_version(lab):
    names = ("json", "numpy", "genbench", "genbench_image", "pytest", "missing_module", "builtins", "_thread")
    assert {name: find_unversioned_paths(name) for name in names} == dict.fromkeys(names, ())
    names = ("its_model", "its_numbers", "its_plugin")
    assert [find_unversioned_paths(name) for name in names] == [
        (lab / "its_model",), (lab / "its_numbers.py",), (lab / "its_plugin",),
    ]  # fmt: skip


def test_only_the_packages_of_a_checkout_of_genbench_are_its_own():
    root = Path(genbench.__file__).resolve().parents[1]
    assert not is_unversioned(root / "genbench" / "core" / "names.py")
    assert not is_unversioned(root / "plugins" / "genbench_image" / "plugin.py")
    is_checkout = (root / "pyproject.toml").is_file()
    assert is_unversioned(root / "helper.py") == is_unversioned(root / "mine" / "helper.py") == is_checkout


def test_a_plugin_file_counts_what_it_imports_from_elsewhere(lab, tmp_path):
    file = tmp_path / "adapter.py"
    file.write_text("import its_model\n")
    found = read_local_modules(file)
    assert found.top_level_paths == {}
    assert list(found.hashes) == ["its_model", "its_model.levels", "its_numbers"]
    before = found.sha256(file.read_bytes())
    (lab / "its_numbers.py").write_text("LEVEL = 2\n")
    assert read_local_modules(file).sha256(file.read_bytes()) != before


def test_a_project_beside_the_file_does_not_hide_its_package(lab, tmp_path):
    """A checkout `its_model/` that holds `its_model/its_model/__init__.py`, installed for editing."""
    (tmp_path / "its_model" / "docs").mkdir(parents=True)
    file = tmp_path / "adapter.py"
    file.write_text("import its_model\n")
    assert "its_model.levels" in read_local_modules(file).hashes


class Editable:
    """Finds modules whose paths do not end in their names, as in some projects installed for editing."""

    def __init__(self, places):
        self.places = places

    def find_spec(self, fullname, path=None, target=None):
        place = self.places.get(fullname)
        if place is None or place.is_file():
            return None if place is None else spec_from_file_location(fullname, place)
        return spec_from_file_location(
            fullname, place / "__init__.py", submodule_search_locations=[str(place)]
        )


@pytest.fixture
def src(tmp_path, monkeypatch):
    """Return the folder `src/` that is the package its_project, whose module `far` is elsewhere."""
    src = tmp_path / "project" / "src"
    src.mkdir(parents=True)
    (src / "__init__.py").write_text("import its_project.far\n")
    (src / "levels.py").write_text("import its_numbers\n")
    (src.parent / "other.py").write_text("")
    places = {"its_project": src, "its_project.far": src.parent / "other.py"}
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Editable(places)])
    return src


def test_a_package_whose_folder_has_another_name_counts(lab, src, tmp_path):
    file = tmp_path / "adapter.py"
    file.write_text("import its_project\n")
    hashes = read_local_modules(file).hashes
    assert list(hashes) == ["its_numbers", "its_project", "its_project.far", "its_project.levels"]
    (src / "levels.py").write_text("LEVEL = 2\n")
    assert read_local_modules(file).hashes["its_project.levels"] != hashes["its_project.levels"]


@pytest.fixture
def two_folders(lab, tmp_path, monkeypatch):
    """Return two folders of one namespace; the first is that of an installed distribution."""
    folders = [tmp_path / name / "its_space" for name in ("site-packages", "mine")]
    for folder, name in zip(folders, ("versioned", "mine"), strict=True):
        (folder / "inner").mkdir(parents=True)
        (folder / "inner" / f"{name}.py").write_text("import its_numbers\n")
    for folder in reversed(folders):
        monkeypatch.syspath_prepend(folder.parent)
    return folders


def test_each_folder_of_a_namespace_counts_for_itself(lab, two_folders, tmp_path):
    file = tmp_path / "adapter.py"
    file.write_text("import its_space.inner.versioned\n")
    assert read_local_modules(file).hashes == {}
    file.write_text("import its_space.inner.mine\n")
    assert list(read_local_modules(file).hashes) == ["its_numbers", "its_space.inner.mine"]
    assert "its_space" not in sys.modules


def test_a_folder_beside_the_file_does_not_hide_a_namespace_elsewhere(lab, two_folders, tmp_path):
    (tmp_path / "its_space").mkdir()
    test_each_folder_of_a_namespace_counts_for_itself(lab, two_folders, tmp_path)


def test_a_linked_folder_of_a_package_counts(lab, tmp_path):
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "net.py").write_text("LEVEL = 1\n")
    (lab / "its_model" / "nets").symlink_to(tmp_path / "shared")
    found = dict(find_modules("its_model", find_unversioned_paths))
    assert found["its_model.nets.net"] == lab / "its_model" / "nets" / "net.py"


def test_a_package_has_the_modules_in_its_folder_and_imports_nothing(lab):
    assert list(dict(find_modules("its_plugin", find_unversioned_paths))) == [
        "its_plugin",
        "its_plugin.inner",
    ]
    assert dict(find_modules("its_numbers", find_unversioned_paths)) == {
        "its_numbers": lab / "its_numbers.py"
    }
    assert dict(find_modules("numpy", find_unversioned_paths)) == {}
    assert not {"its_model", "its_numbers", "its_plugin"} & set(sys.modules)
