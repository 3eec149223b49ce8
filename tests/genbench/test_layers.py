"""Imports go one way: a module of genbench imports only those before it in this list.

All imports count, those inside functions and those that only type checkers see included.
"""

from __future__ import annotations

import ast
import importlib
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import genbench

ORDER = (
    "errors", "temporary", "inert",
    "reading",
    "texts", "canonical", "names", "limits", "spaces", "samples", "guarding", "scores", "splits",
    "seeds", "expects", "protocols", "outputs", "specs", "values", "classes", "contents", "assets",
    "annotations", "contract", "hookspecs", "loading", "discovery", "catalog", "describe", "samplefiles",
    "environment",
    "variables", "entries", "suite", "parts", "resolve", "redaction",
    "reasons", "losses", "watching", "devices", "lacking",
    "keys", "calling", "opening", "foreign",
    "sealed", "keyed", "drafts", "store", "keeping", "stock",
    "fetching", "records", "data", "plan", "extraction",
    "featuring", "results", "history", "drawing", "portions", "workbench", "scoring", "processes",
    "outputlog",
    "preparing",
    "trial", "forked", "serving", "forkserver", "supervision", "workplace", "executor", "machines", "packets",
    "sites", "elsewhere", "placing", "sending", "ready", "engine",
    "provenance", "progress", "dividing", "running", "ranking", "leaderboard", "layout", "findings", "frames",
    "differences", "markdown", "tables", "report", "merging", "compare", "given", "sides", "pair", "asking",
    "measuring", "explaining",
    "inspecting", "rescoring", "verdicts", "claims", "recomputing", "verifying", "needs", "doctor",
    "api", "checks", "cli",
)  # fmt: skip

#: What plugins may import: the names of the package itself, and the public names of these modules.
PUBLIC = {
    "canonical", "classes", "errors", "opening",
    "reading", "samples", "scores", "seeds", "spaces", "specs", "splits",
    "texts",
}  # fmt: skip

ROOT = Path(genbench.__file__).parent
MODULES = sorted(path.relative_to(ROOT) for path in ROOT.rglob("*.py") if path.name != "__init__.py")
PLUGINS = {
    point.value: Path(importlib.import_module(point.value).__file__).parent
    for point in entry_points(group="genbench")
    if point.dist.name == "genbench"
}
PLUGIN_FILES = [(name, path) for name, folder in PLUGINS.items() for path in sorted(folder.rglob("*.py"))]


def layer(path):
    return path.parts[0].removesuffix(".py")


def imports(path):
    """Return (module, name or None) of all that a file imports."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(alias.name, None) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            found += [(node.module, alias.name) for alias in node.names]
    return found


def used_layers(path):
    """Return the modules of genbench that a file uses, be it through the names of the package."""
    used = set()
    for module, name in imports(path):
        if module == "genbench" and name and name != "__version__":
            used.add(genbench._HOME.get(name, name))
        elif module.startswith("genbench."):
            used.add(module.split(".")[1])
    return used


def test_every_module_has_its_place_in_the_order():
    assert {layer(path) for path in MODULES} <= set(ORDER)
    assert len(set(ORDER)) == len(ORDER)


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_a_module_imports_only_what_is_below_it(path):
    place = ORDER.index(layer(path))
    inside = {layer(path)} & {"checks", "cli"}
    assert used_layers(ROOT / path) <= {*ORDER[:place], *inside}


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_genbench_imports_no_plugin_by_name(path):
    assert not [module for module, _ in imports(ROOT / path) if module.startswith("genbench_")]


def test_importing_genbench_imports_none_of_its_modules():
    tree = ast.parse((ROOT / "__init__.py").read_text(encoding="utf-8"))
    at_top = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert not [node for node in at_top if (getattr(node, "module", None) or "").startswith("genbench")]


@pytest.mark.parametrize(("plugin", "path"), PLUGIN_FILES, ids=lambda value: getattr(value, "name", value))
def test_a_plugin_imports_public_names_only_and_no_other_plugin(plugin, path):
    allowed = {"genbench", *(f"genbench.{name}" for name in PUBLIC)}
    for module, name in imports(path):
        if module.split(".")[0] == plugin or not module.startswith("genbench"):
            continue
        assert module in allowed, f"{path.name} imports {module}"
        assert name in importlib.import_module(module).__all__, f"{path.name} imports {name} of {module}"


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_a_module_of_genbench_stays_under_250_lines(path):
    assert len((ROOT / path).read_text(encoding="utf-8").splitlines()) < 250
