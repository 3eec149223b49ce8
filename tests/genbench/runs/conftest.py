from __future__ import annotations

import pytest


@pytest.fixture
def shared_store(tmp_path_factory, monkeypatch, warm_server):
    """Let tests share a store and a fork server: what one made, another finds."""
    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path_factory.getbasetemp() / "store"))


@pytest.fixture(scope="session")
def suite(suite_text):
    """Return the function that writes a suite on the faulty plugin's data and returns its path."""

    def write(
        folder,
        *,
        name="faults",
        generators=("good",),
        metrics=("centre-gap", "spread"),
        extra="",
        seeds=(0, 1),
        n=30,
    ):
        entries = {"datasets": ("cloud",), "generators": generators, "metrics": metrics}
        path = folder / f"{name}.toml"
        path.write_text(suite_text(**entries, name=name, seeds=seeds, n=n, extra=extra))
        return path

    return write
