from __future__ import annotations

import importlib
import sys
import textwrap

import pytest

METADATA = "Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"


class Site:
    """A folder on sys.path into which fake distributions are installed."""

    def __init__(self, folder):
        self.folder = folder

    def add(self, name, code, *, version="1.0", plugin=None, suffix="dist-info", folder=None):
        """Install a distribution whose one module is its plugin; return the module's name."""
        folder = folder or self.folder
        module = name.replace("-", "_")
        info = folder / f"{module}-{version}.{suffix}"
        info.mkdir(parents=True)
        metadata = "METADATA" if suffix == "dist-info" else "PKG-INFO"
        (info / metadata).write_text(METADATA.format(name=name, version=version))
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
