"""The plugin of pytest: fixtures for tests of plugins; only a test that uses one imports more of genbench."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from genbench import Run, Samples

__all__ = ["genbench_splits", "genbench_store", "run_suite", "toy_generators"]


@pytest.fixture
def genbench_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder that is the store of genbench during the test."""
    folder = tmp_path / "genbench-store"
    monkeypatch.setenv("GENBENCH_STORE", str(folder))
    return folder


@pytest.fixture
def genbench_splits() -> Callable[..., dict[str, Samples]]:
    """Return the function `(modality, n=60, seed=0)` that makes small splits: `train`, `test` and `held_out`.

    modality  any that is installed and has an `example`, such as "image", "text" or "distribution:name"
    n         number of samples of the three splits together
    """

    def make(modality: str, n: int = 60, seed: int = 0) -> dict[str, Samples]:
        """Return an example of the modality, divided into three splits of equal size."""
        from genbench.catalog.catalog import load_catalog
        from genbench.catalog.modalities import find_modality, list_modalities
        from genbench.core import seeds
        from genbench.core.samples import Data
        from genbench.core.splits import SPLITS, split

        installed_modality = find_modality(list_modalities(load_catalog()), modality)
        samples = installed_modality.example(n, seeds.stream(seed, "testing", modality))
        return split(Data(samples), dict.fromkeys(SPLITS, 1.0))

    return make


@pytest.fixture
def toy_generators() -> Path:
    """Return a plugin file with generators of any kind of data.

    toy-resampled  draws from the training samples with replacement
    toy-collapsed  draws one training sample again and again
    toy-broken     fails when it draws
    """
    from pathlib import Path

    return Path(__file__).with_name("toys.py")


@pytest.fixture
def run_suite(tmp_path: Path, genbench_store: Path, toy_generators: Path) -> Callable[..., Run]:  # noqa: ARG001 - the run uses the store
    """Return the function `(suite, *, plugins=(), **options)` that runs a suite and returns its Run.

    suite    the tables of a suite file, such as {"dataset": [{"use": "digits"}]}; it is named "test", has the
             seed 0 and n = 20 unless it has others, or `n_valid`
    plugins  plugin files to load beside the toy generators
    options  further ones of `genbench.run`

    Results and store are in the test's folder.
    """

    def make(suite: Mapping[str, Any], *, plugins: Sequence[str | Path] = (), **options: Any) -> Run:
        """Write the suite to a file of the test's folder, run it, and return the Run."""
        from genbench import run

        file = tmp_path / "suite.toml"
        n = {} if "n_valid" in suite else {"n": 20}
        file.write_text(_toml({"name": "test", "seeds": [0], **n, **suite}), encoding="utf-8")
        arguments = {"output": tmp_path / "results", "jobs": 1, **options}
        return run(file, plugins=[toy_generators, *plugins], **arguments)

    return make


def _toml(tables: Mapping[str, Any]) -> str:
    """Return the tables of a suite as TOML."""
    return "".join(f"{key} = {_to_toml(value)}\n" for key, value in tables.items())


def _to_toml(value: Any) -> str:
    """Return a value as TOML on one line; texts, numbers and booleans have the same form in JSON."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_to_toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_to_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
