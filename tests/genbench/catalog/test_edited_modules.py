"""Modules of plugin files that are edited in one session."""

from __future__ import annotations

import importlib
import os
import sys
import time

import psutil
import pytest
from toys import plugin_text

from genbench.catalog import local_modules
from genbench.catalog.catalog import load_catalog


@pytest.fixture
def lab(local_plugin, tmp_path, monkeypatch):
    """Return a plugin file, the module beside it, and a folder on sys.path for what that module imports."""
    file, helper = local_plugin
    (tmp_path / "lab").mkdir()
    monkeypatch.syspath_prepend(tmp_path / "lab")
    monkeypatch.setattr(local_modules._state, "noted", {})
    yield file, helper, tmp_path / "lab"
    for name in [name for name in sys.modules if name.startswith(("its_level", "its_space"))]:
        del sys.modules[name]


def module_of(lab, name, text):
    """Write a module of the lab, and let the module beside the plugin file import it."""
    _, helper, folder = lab
    path = (folder / name.replace(".", "/")).with_suffix(".py")
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    package, _, module = name.rpartition(".")
    statement = f"from {package} import {module}" if package else f"from {module} import LEVEL"
    helper.write_text(f"{statement}\ndef value(real): return {f'{module}.LEVEL' if package else 'LEVEL'}\n")
    importlib.invalidate_caches()
    return path


def value_of(lab):
    catalog = load_catalog([lab[0]], only=[])
    return catalog.find("metric", "of-helper").spec.make(None)


@pytest.mark.parametrize("name", ["its_level", "its_space.its_level"])
def test_a_module_on_the_path_that_was_edited_is_imported_again_with_those_that_import_it(lab, name):
    path = module_of(lab, name, "LEVEL = 1\n")
    assert value_of(lab) == 1
    path.write_text("LEVEL = 2.25\n")
    assert value_of(lab) == 2.25
    path.write_text("LEVEL = 30\n")
    assert value_of(lab) == 30


def test_an_edit_of_equal_size_and_time_is_seen(lab, monkeypatch):
    """Python's cache of compiled modules takes such a file for unchanged."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    path = module_of(lab, "its_level", "LEVEL = 1\n")
    os.utime(path, (10**9, 10**9))
    assert value_of(lab) == 1
    path.write_text("LEVEL = 2\n")
    os.utime(path, (10**9, 10**9))
    assert value_of(lab) == 2


def test_a_module_that_is_not_edited_stays_imported(lab):
    module_of(lab, "its_level", "LEVEL = 1\n")
    value_of(lab)
    before = sys.modules["its_level"]
    value_of(lab)
    assert sys.modules["its_level"] is before


def test_a_module_that_the_session_imported_and_edited_is_imported_again(lab):
    path = module_of(lab, "its_level", "LEVEL = 1\n")
    assert importlib.import_module("its_level").LEVEL == 1
    path.write_text("LEVEL = 2.25\n")
    assert value_of(lab) == 2.25


def test_an_older_file_in_the_place_of_a_module_that_the_session_imported_is_an_edit(lab, tmp_path):
    path = module_of(lab, "its_level", "LEVEL = 1\n")
    assert importlib.import_module("its_level").LEVEL == 1
    (tmp_path / "older.py").write_text("LEVEL = 2.25\n")
    os.utime(tmp_path / "older.py", (10**9, 10**9))
    (tmp_path / "older.py").replace(path)
    assert value_of(lab) == 2.25


def test_a_module_that_the_session_imported_and_that_is_older_stays_imported(lab, monkeypatch):
    module_of(lab, "its_level", "LEVEL = 1\n")
    monkeypatch.setattr(psutil.Process, "create_time", lambda _: time.time() + 1)
    before = importlib.import_module("its_level")
    value_of(lab)
    assert sys.modules["its_level"] is before


def test_a_module_that_was_deleted_is_forgotten(lab):
    path = module_of(lab, "its_level", "LEVEL = 1\n")
    value_of(lab)
    path.unlink()
    lab[1].write_text("def value(real): return 7\n")
    assert value_of(lab) == 7
    assert "its_level" not in sys.modules


@pytest.mark.parametrize("place", ["", "site-packages"])
def test_an_installed_plugin_that_was_edited_is_imported_again(site, place, monkeypatch):
    folder = site.folder / place
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setattr(local_modules._state, "noted", {})
    code = plugin_text("""
        def metric(real): return 1

        MetricSpec(name="installed", make=metric)
    """)
    path = folder / f"{site.add('its-installed', code, folder=folder)}.py"

    def value():
        return load_catalog(only=["its-installed"]).find("metric", "installed").spec.make(None)

    assert value() == 1
    path.write_text(path.read_text().replace("return 1", "return 2.25"))
    assert value() == 2.25
