"""The environment `extras`: it installs every extra, and every package that a mark `extras` names."""

from __future__ import annotations

import configparser
import re
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def test_the_environment_installs_every_extra():
    tox = configparser.ConfigParser(interpolation=None)
    tox.read(ROOT / "tox.ini", encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(tox["testenv:extras"]["extras"].split()) == set(project["optional-dependencies"])


@pytest.mark.extras
def test_no_test_is_skipped_because_a_package_is_missing():
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")]
    marks = [mark for text in texts for mark in re.findall(r"mark\.extras\(([^)]*)\)", text)]
    packages = {package for mark in marks for package in re.findall(r'"(\w+)"', mark)}
    assert packages
    assert [package for package in sorted(packages) if find_spec(package) is None] == []
