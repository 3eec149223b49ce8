"""What a fork server imports before a job: torch where a component may import it."""

from __future__ import annotations

import importlib.util
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
from toys import plugin_text

import genbench
from genbench.jobs.engine import runner
from genbench.jobs.engine.runner import choose_preload

CLOUD = Path(__file__).parents[3] / "toy_plugins" / "faulty_plugin.py"

#: A generator whose samples say whether torch was imported before it, and a metric that reads them.
LOOKING = plugin_text("""
import sys

class Looking:
    def __init__(self, train):
        self.space = train.space

    def sample(self, n, *, rng):
        import numpy as np

        return Samples(np.full((n, 2), float("torch" in sys.modules)), self.space)

def looking(train):
    return Looking(train)

def mean(fake):
    return float(fake.data.mean())

GeneratorSpec(name="looking", make=looking, modalities=("vector",))
MetricSpec(name="mean", make=mean, direction="none", modalities=("vector",))
""")

LOADING = plugin_text("""
from genbench_plugin_looking import Looking

def loading(train):
    import torch

    return Looking(train)

GeneratorSpec(name="loading", make=loading, modalities=("vector",))
""")


def part(make):
    return SimpleNamespace(spec=SimpleNamespace(make=make))


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Return a function that makes a module with some source importable, and returns a `make` in it."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(name, source):
        path = tmp_path / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(source)
        return f"{name.replace('/', '.')}:make"

    return write


@pytest.mark.parametrize(
    "source",
    [
        "import torch",
        "def make():\n    import torch.nn",
        "from torch import nn",
        "import transformers",
        "import a_library_that_nobody_knows",
    ],
)  # fmt: skip
def test_torch_is_imported_for_what_may_import_it(module, source):
    light = module("light_one", "import numpy as np\nfrom genbench import Score")
    assert choose_preload([part(light), part(module("heavy_one", source))]) == ("torch",)


def test_torch_is_imported_for_what_imports_it_through_its_own_package(module):
    module("its_package/__init__", "")
    module("its_package/nets", "import torch")
    assert choose_preload([part(module("its_package/gan", "from its_package.nets import net"))]) == ("torch",)


def test_what_does_without_torch_does_not_wait_for_it(module):
    light = module(
        "light_two", "import json\nimport numpy as np\nfrom scipy import stats\nfrom genbench import Score"
    )
    assert choose_preload([part(light)]) == ()
    assert choose_preload([]) == ()


@pytest.mark.slow
def test_the_libraries_that_are_said_to_do_without_torch_do(modules_loaded_by):
    installed = [name for name in runner._LIBRARIES if importlib.util.find_spec(name)]
    assert {"genbench", "numpy", "pandas", "sklearn"} <= set(installed)
    deeper = "scipy.stats", "sklearn.ensemble", "sklearn.mixture"
    assert "torch" not in modules_loaded_by(f"import {', '.join([*installed, *deeper])}")


@pytest.mark.extras("pyarrow", "rdkit", "selfies", "trimesh")
def test_the_extras_that_are_said_to_do_without_torch_do(modules_loaded_by):
    names = "pyarrow", "rdkit", "selfies", "trimesh"
    assert set(names) <= set(runner._LIBRARIES)
    loaded = modules_loaded_by(f"import {', '.join(names)}, pyarrow.parquet, rdkit.Chem")
    assert set(names) <= loaded
    assert "torch" not in loaded


def test_code_without_source_may_import_anything(module):
    assert choose_preload([part(partial(print))]) == ("torch",)
    assert choose_preload([part("no_such_module:make")]) == ("torch",)


def test_a_function_stands_for_its_module():
    assert choose_preload([part(test_a_function_stands_for_its_module)]) == (
        "torch",
    )  # this file imports pytest


@pytest.mark.slow
@pytest.mark.parametrize("order", [("loading", "looking"), ("looking", "loading")])
def test_a_trial_finds_torch_imported_for_its_own_components_in_any_order(tmp_path, fresh_store, order):
    plugins = [tmp_path / "looking.py", tmp_path / "loading.py", CLOUD]
    for plugin, source in zip(plugins, (LOOKING, LOADING), strict=False):
        plugin.write_text(source)
    suite = tmp_path / "look.toml"
    entries = "".join(f'[[generator]]\nuse = "{name}"\n' for name in order)
    suite.write_text(
        'name = "look"\nseeds = [0, 1]\nn = 30\ncontrols = false\n[[dataset]]\nuse = "cloud"\n'
        f'{entries}[[metric]]\nuse = "mean"\n'
    )
    scores = genbench.run(suite, output=tmp_path / "out", plugins=plugins, jobs=1).scores()
    seen = scores.set_index(["generator", "seed"])["value"].to_dict()
    assert seen == {("looking", 0): 0, ("looking", 1): 0, ("loading", 0): 1, ("loading", 1): 1}
