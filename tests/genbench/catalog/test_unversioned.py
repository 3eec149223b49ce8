"""Modules that no version stands for."""

from __future__ import annotations

import sys

import pytest

from genbench.catalog.local_modules import read_local_modules
from genbench.catalog.unversioned import home_of_unversioned, unversioned_modules


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
    assert {name: home_of_unversioned(name) for name in names} == dict.fromkeys(names)
    assert {home_of_unversioned(name) for name in ("its_model", "its_numbers", "its_plugin")} == {lab}


def test_a_package_reaches_unversioned_modules_but_not_its_own(lab):
    found = unversioned_modules(lab / "its_plugin" / "__init__.py", "its_plugin")
    assert list(found) == ["its_model", "its_model.levels", "its_numbers"]
    assert found["its_numbers"] == lab / "its_numbers.py"
    assert not {"its_model", "its_numbers", "its_plugin"} & set(sys.modules)


def test_a_plugin_file_counts_what_it_imports_from_elsewhere(lab, tmp_path):
    file = tmp_path / "adapter.py"
    file.write_text("import its_model\n")
    found = read_local_modules(file)
    assert found.paths == {}
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
