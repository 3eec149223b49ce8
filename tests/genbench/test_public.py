"""The public names: one list, which completion shows and the documentation explains by use."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import pytest

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


def test_completion_shows_the_public_names():
    assert dir(genbench) == sorted([*genbench.__all__, "__version__"])


def test_no_public_name_is_that_of_a_package_which_would_replace_it():
    assert not set(genbench.__all__) & {path.name for path in ROOT.iterdir()}


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'genbench' has no attribute 'frechet'"):
        _ = genbench.frechet


def test_the_page_lists_every_public_name_once_by_use():
    text = PAGE.read_text(encoding="utf-8")
    runs, _, plugins = text.partition("## For people who write plugins")
    listed = [re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE) for part in (runs, plugins)]
    assert sorted(listed[0] + listed[1]) == sorted(genbench.__all__)
    assert {"run", "score", "verify"} <= set(listed[0])
    assert {"hookimpl", "MetricSpec"} <= set(listed[1])
