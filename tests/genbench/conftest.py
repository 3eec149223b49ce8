from __future__ import annotations

import importlib
import sys
import textwrap
from pathlib import Path

import pytest

from genbench.catalog.catalog import load_catalog
from genbench.catalog.local_modules import _Finder
from genbench.results.records import Plan
from genbench.store.keys import Settings
from genbench.store.store import Store
from genbench.suite.file import parse_suite
from genbench.suite.resolve import resolve_suite
from genbench.trial.datasets import find_prepared, prepare
from genbench.trial.plan import plan_trials

CHECKED = Path(__file__).parents[1] / "toy_plugins" / "checked_plugin.py"
METADATA = "Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"


class Site:
    """A folder on sys.path into which fake distributions are installed."""

    def __init__(self, folder):
        self.folder = folder

    def add(self, name, code, *, version="1.0", plugin=None, suffix="dist-info", folder=None, requires=()):
        """Install a distribution whose one module is its plugin; return the module's name."""
        folder = folder or self.folder
        module = name.replace("-", "_")
        info = folder / f"{module}-{version}.{suffix}"
        info.mkdir(parents=True)
        metadata = "METADATA" if suffix == "dist-info" else "PKG-INFO"
        needed = "".join(f"Requires-Dist: {requirement}\n" for requirement in requires)
        (info / metadata).write_text(METADATA.format(name=name, version=version) + needed)
        (info / "entry_points.txt").write_text(f"[genbench]\n{plugin or name} = {module}\n")
        (folder / f"{module}.py").write_text(textwrap.dedent(code))
        importlib.invalidate_caches()
        return module


@pytest.fixture
def site(tmp_path, monkeypatch):
    """Return an empty site on sys.path; the modules imported from it are forgotten afterwards."""
    folder = tmp_path / "site"
    folder.mkdir()
    before = set(sys.modules)
    monkeypatch.syspath_prepend(folder)
    yield Site(folder)
    for name in set(sys.modules) - before:
        file = getattr(sys.modules[name], "__file__", None)
        if file and file.startswith(str(tmp_path)):
            del sys.modules[name]


LOCAL = """
    from genbench import MetricSpec, hookimpl
    from {helper} import value

    @hookimpl
    def genbench_metrics():
        return [MetricSpec(name="of-helper", make=metric)]

    def metric(real):
        return value(real)
"""


@pytest.fixture
def local_plugin(site, tmp_path, monkeypatch):
    """Return a plugin file that imports a module beside it, and the module; both are forgotten afterwards."""
    finders = [finder for finder in sys.meta_path if not isinstance(finder, _Finder)]
    monkeypatch.setattr(sys, "meta_path", finders)
    file, helper = tmp_path / "of_helper.py", tmp_path / "its_helper.py"
    file.write_text(textwrap.dedent(LOCAL.format(helper=helper.stem)))
    helper.write_text("def value(real): return 1.5\n")
    yield file, helper
    sys.modules.pop(helper.stem, None)  # it may be of a copy in another folder, which `site` does not know


@pytest.fixture(scope="session")
def trials_of(modalities):
    """Return a function that plans the trials of a suite's text and prepares its datasets in a store."""

    def plan(text, catalog, store):
        suite = parse_suite(text, file="s.toml", folder=Path())
        resolved = resolve_suite(suite, catalog)
        for part in resolved.datasets:
            prepare(part, store, modalities)
        datasets = [find_prepared(part, store, modalities) for part in resolved.datasets]
        return plan_trials(suite, resolved, datasets, Settings(threads=1, device="cpu"))

    return plan


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


@pytest.fixture
def trial(suite_text, trials_of, store):
    """Return a function that makes a trial of the checked plugin, on the dataset cloud."""

    def make(generator="shifted", *, metrics=("gap", "spread"), n=30, seed=0):
        text = suite_text(
            datasets=["cloud"], generators=[generator], metrics=metrics, seeds=[seed], n=n,
            extra="n_real = 20\ncontrols = false",
        )  # fmt: skip
        (found,) = trials_of(text, load_catalog([CHECKED], only=[]), store)
        return found

    return make


@pytest.fixture(scope="session")
def joined():
    """Return a function that gives the plans and records of runs as those of one."""

    def join(*runs):
        cells = tuple(cell for plan, _ in runs for cell in plan.cells)
        records = {key: record for _, found in runs for key, record in found.items()}
        return Plan(cells=cells, traces=(), provenance={}), records

    return join
