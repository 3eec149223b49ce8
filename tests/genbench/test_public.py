"""The public names: one list, which completion shows and the documentation explains by use."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest
from toys import plugin_text

import genbench

ROOT = Path(genbench.__file__).parent
PAGE = Path(__file__).parents[2] / "docs" / "api.md"


def test_type_checkers_see_the_names_that_genbench_imports_and_its_version():
    """A stub exports a name only if it is imported as itself."""
    tree = ast.parse((ROOT / "__init__.pyi").read_text(encoding="utf-8"))
    typed = [(alias.asname, node.module) for node in tree.body for alias in node.names]
    named = [(name, importlib.import_module(module)) for name, module in typed]
    assert {name for name, module in named if getattr(genbench, name) is getattr(module, name)} == {
        *genbench.__all__, "__version__",
    }  # fmt: skip
    assert len(typed) == len(dict(typed)) == len(genbench.__all__) + 1


@pytest.mark.parametrize("name", genbench.__all__)
def test_a_public_name_is_public_where_it_is_defined_and_is_documented(name):
    value = getattr(genbench, name)
    home = importlib.import_module(genbench._read_modules()[name])
    assert name in home.__all__
    assert value is getattr(home, name)
    assert value.__doc__ or not callable(value)


def test_completion_shows_the_names_for_people_who_run():
    names = read_page()[0]
    assert dir(genbench) == sorted([*names, "plugin", "__version__"])
    assert len(dir(genbench)) <= 35


def test_authors_of_plugins_find_what_they_need_under_one_module():
    assert set(read_page()[1]) <= set(genbench.plugin.__all__) <= set(genbench.__all__)
    assert dir(genbench.plugin) == sorted(genbench.plugin.__all__)
    for name in genbench.plugin.__all__:
        assert getattr(genbench.plugin, name) is getattr(genbench, name)
    tree = ast.parse((ROOT / "plugin.pyi").read_text(encoding="utf-8"))
    typed = {node.names[0].asname: (node.module, node.names[0].name) for node in tree.body}
    assert typed == {name: ("genbench", name) for name in genbench.plugin.__all__}
    with pytest.raises(AttributeError, match=r"module 'genbench.plugin' has no attribute 'run'"):
        _ = genbench.plugin.run


def test_a_plugin_may_import_from_it_and_needs_no_numpy(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(plugin_text('MetricSpec(name="mine", make="mine:mine")').replace(
        "from genbench import", "from genbench.plugin import"))  # fmt: skip
    code = (
        "import sys; from pathlib import Path; from genbench.catalog.catalog import load_catalog; "
        f"catalog = load_catalog([Path({str(file)!r})], only=[]); "
        "print([each.reference for each in catalog.components], 'numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "['mine:mine'] False\n"


def test_no_public_name_is_that_of_a_package_which_would_replace_it():
    assert not set(genbench.__all__) & {path.name for path in ROOT.iterdir()}


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'genbench' has no attribute 'frechet'"):
        _ = genbench.frechet


def read_page():
    """Return the names that the page lists for people who run, and for people who write plugins."""
    runs, _, plugins = PAGE.read_text(encoding="utf-8").partition("## For people who write plugins")
    return [re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE) for part in (runs, plugins)]


def test_the_page_lists_every_public_name_once_by_use():
    listed = read_page()
    assert sorted(listed[0] + listed[1]) == sorted(genbench.__all__)
    assert {"run", "score", "verify"} <= set(listed[0])
    assert {"hookimpl", "MetricSpec"} <= set(listed[1])
