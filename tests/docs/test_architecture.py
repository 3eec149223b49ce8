"""The page on the architecture, compared with the tree."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

import genbench

PACKAGE = Path(genbench.__file__).parent


@pytest.fixture(scope="module")
def page(root):
    return (root / "docs/architecture.md").read_text(encoding="utf-8")


def test_all_packages_have_a_paragraph_in_the_order_of_their_layers(section, table, root):
    rows = table(section("docs/architecture.md", "## Packages"))
    listed = [row[0].strip("`") for row in rows]
    assert set(listed) == {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    layers = (root / "tests/genbench/test_layers.py").read_text(encoding="utf-8")
    order = re.findall(r'"(\w+)"', layers.partition("ORDER = (")[2].partition(")")[0])
    assert listed == order


def test_all_plugins_are_listed(section, table, root):
    rows = table(section("docs/architecture.md", "## Plugins"))
    assert {row[0].strip("`") for row in rows} == {
        path.parent.name for path in (root / "plugins").glob("*/__init__.py")
    }


def test_every_name_on_the_page_is_in_the_tree(page):
    names = set(re.findall(r"`(genbench(?:\.\w+){3,4})`", page))
    assert len(names) > 20
    for name in names:
        module, _, attribute = name.rpartition(".")
        assert hasattr(importlib.import_module(module), attribute), name
    modules = set(re.findall(r"`([a-z]+\.(?!py`)[a-z_]+)`", page)) - {
        "genbench.run", "genbench.score", "genbench.testing", "genbench.verify",
    }  # fmt: skip
    for name in modules:
        importlib.import_module(f"genbench.{name}")
