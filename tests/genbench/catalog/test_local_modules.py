"""Modules beside a plugin file: which count as its code, and what an import of their names gives."""

from __future__ import annotations

import importlib
import sys

import pytest

from genbench import PluginError
from genbench.catalog.catalog import load_files
from genbench.catalog.local_modules import read_local_modules, read_sources


def hash_of(file):
    return read_local_modules(file).sha256(file.read_bytes())


def metric_of(file):
    catalog = load_files([file])
    assert catalog.broken == ()
    return catalog.find("metric", "of-helper").spec.make


def test_editing_a_module_that_the_file_imports_changes_the_hash_and_other_files_do_not(local_plugin):
    file, helper = local_plugin
    before = hash_of(file)
    (file.parent / "neighbour.py").write_text("x = 1\n")
    (file.parent / "its_helper.txt").write_text("x")
    assert hash_of(file) == before
    helper.write_text(helper.read_text() + "# more\n")
    assert hash_of(file) != before


def test_a_module_that_a_module_imports_counts_too(local_plugin):
    file, helper = local_plugin
    helper.write_text("def value(real):\n    import its_helpers_helper\n")
    before = hash_of(file)
    (file.parent / "its_helpers_helper.py").write_text("x = 1\n")
    assert hash_of(file) != before


def test_a_file_anywhere_in_a_package_that_is_imported_counts(local_plugin):
    file, helper = local_plugin
    helper.unlink()
    package = file.parent / helper.stem
    (package / "deep").mkdir(parents=True)
    (package / "__init__.py").write_text("from its_helper.deep.numbers import value\n")
    (package / "deep" / "numbers.py").write_text("def value(real): return 4.5\n")
    before = hash_of(file)
    assert metric_of(file)(None) == 4.5
    (package / "deep" / "unused.py").write_text("")
    assert hash_of(file) != before


def test_modules_of_python_and_genbench_do_not_count(local_plugin):
    file, _ = local_plugin
    file.write_text("import json\nimport genbench\n")
    before = hash_of(file)
    for name in ("json.py", "genbench.py"):
        (file.parent / name).write_text("")
    assert read_local_modules(file).files == {}
    assert hash_of(file) == before


def test_a_file_in_a_package_may_import_it_by_its_full_name(tmp_path, local_plugin):
    file, helper = local_plugin
    package = tmp_path / "whole_package"
    (package / "inner").mkdir(parents=True)
    for name in ("__init__.py", "inner/__init__.py"):
        (package / name).write_text("")
    moved = package / "inner" / file.name
    moved.write_text(file.read_text().replace("from its_helper", "from whole_package.its_helper"))
    helper.rename(package / helper.name)
    assert metric_of(moved)(None) == 1.5
    assert set(read_local_modules(moved).files) == {
        "whole_package", "whole_package.inner", "whole_package.inner.of_helper", "whole_package.its_helper",
    }  # fmt: skip


def test_a_folder_without_init_is_imported_as_a_namespace(local_plugin):
    file, helper = local_plugin
    (file.parent / "of_models").mkdir()
    helper.rename(file.parent / "of_models" / helper.name)
    file.write_text(file.read_text().replace("from its_helper", "from of_models.its_helper"))
    assert metric_of(file)(None) == 1.5
    assert list(read_local_modules(file).files) == ["of_models.its_helper"]


def test_a_module_can_be_imported_only_if_it_counts(local_plugin):
    file, _ = local_plugin
    (file.parent / "its_neighbour.py").write_text("")
    metric_of(file)
    assert importlib.import_module("its_helper").value(None) == 1.5
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("its_neighbour")


def test_the_code_that_runs_is_that_which_was_hashed_after_an_edit(local_plugin):
    file, helper = local_plugin
    assert metric_of(file)(None) == 1.5
    helper.write_text("def value(real): return 2.25\n")
    assert metric_of(file)(None) == 2.25


def test_a_module_that_the_session_imported_is_imported_again_for_the_plugin(local_plugin, monkeypatch):
    file, helper = local_plugin
    monkeypatch.syspath_prepend(file.parent)
    assert importlib.import_module("its_helper").value(None) == 1.5
    helper.write_text("def value(real): return 2.25\n")
    assert metric_of(file)(None) == 2.25


def test_a_module_of_the_same_name_in_another_folder_takes_its_place_in_the_next_load(local_plugin):
    file, _ = local_plugin
    metric_of(file)
    (file.parent / "elsewhere").mkdir()
    other = file.parent / "elsewhere" / file.name
    other.write_text(file.read_text())
    (other.parent / "its_helper.py").write_text("def value(real): return 9.75\n")
    assert metric_of(other)(None) == 9.75
    assert metric_of(file)(None) == 1.5


def test_two_plugin_files_of_a_folder_share_a_module(local_plugin):
    file, _ = local_plugin
    second = file.with_name("second.py")
    second.write_text(file.read_text().replace("of-helper", "second").replace("metric(real)", "other(real)")
                      .replace("make=metric", "make=other"))  # fmt: skip
    values = [component.spec.make.__globals__["value"] for component in load_files([file, second]).components]
    assert values[0] is values[1] is sys.modules["its_helper"].value


def test_a_name_that_means_an_installed_module_is_refused(local_plugin, site):
    file, helper = local_plugin
    (site.folder / helper.name).write_text("def value(real): return 3.0\n")
    (broken,) = load_files([file]).broken
    assert broken.reason == (
        f"it imports 'its_helper', which is at {site.folder / helper.name} and not the its_helper.py beside "
        "it; rename the one beside it"
    )
    assert "genbench_plugin_of_helper" not in sys.modules
    with pytest.raises(PluginError):
        read_local_modules(file).check_precedence()


def test_the_sources_are_those_of_the_file_and_its_modules(local_plugin):
    file, helper = local_plugin
    assert read_sources(file) == {file: file.read_bytes(), helper: helper.read_bytes()}


@pytest.fixture
def with_libs(local_plugin, monkeypatch):
    """Return a plugin file that puts the folder libs/ on sys.path, and its module in that folder."""
    file, helper = local_plugin
    monkeypatch.setattr(sys, "path", list(sys.path))
    (file.parent / "libs").mkdir()
    moved = helper.rename(file.parent / "libs" / helper.name)
    extend = "import sys; from pathlib import Path\nsys.path.insert(0, str(Path(__file__).parent / 'libs'))"
    file.write_text(f"{extend}\n{file.read_text()}")
    return file, moved


def owner_of(name, *files, forget=True):
    """Return the owner of a metric in plugin files as in a new process, or in one that loads more plugins."""
    path = list(sys.path)
    owner = load_files(files).find("metric", name).owner
    if forget:
        sys.path[:] = path
        sys.modules.pop("its_helper", None)
    return owner


def test_modules_in_a_folder_that_the_file_puts_on_the_path_count(with_libs):
    file, helper = with_libs
    before = owner_of("of-helper", file, forget=False)
    assert owner_of("of-helper", file) == before  # as when a run is verified in the same process
    assert before.version == f"0+{before.file_hash[:8]}"
    helper.write_text("def value(real): return 2.25\n")
    assert owner_of("of-helper", file).file_hash != before.file_hash


def test_a_module_in_such_a_folder_counts_if_only_a_function_imports_it(with_libs):
    file, helper = with_libs
    file.write_text(file.read_text().replace("from its_helper import value", "def late(): import its_helper"))
    before = owner_of("of-helper", file)
    helper.write_text("def value(real): return 2.25\n")
    assert owner_of("of-helper", file) != before


def test_the_hash_does_not_depend_on_the_order_of_the_files(with_libs):
    """The second file imports from the folder that the first one puts on the path."""
    file, _ = with_libs
    second = file.with_name("second.py")
    second.write_text(
        "from genbench import MetricSpec, hookimpl\ndef late(): import its_helper\n"
        "@hookimpl\ndef genbench_metrics(): return [MetricSpec(name='late', make=late)]\n"
    )
    assert owner_of("late", second, file) == owner_of("late", file, second) != owner_of("late", second)


def test_the_seconds_and_the_reason_of_a_plugin_have_the_owner_of_its_components(with_libs):
    file, _ = with_libs
    broken = file.with_name("broken.py")
    broken.write_text(file.read_text().replace("make=metric", "mak=metric"))
    catalog = load_files([file, broken])
    assert list(catalog.load_s) == [catalog.components[0].owner, catalog.broken[0].owner]
