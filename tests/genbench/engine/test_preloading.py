"""What a fork server imports before a job: torch where a component may import it."""

from __future__ import annotations

import importlib.util
from functools import partial
from types import SimpleNamespace

import pytest

from genbench.engine import preloading
from genbench.engine.preloading import modules_for


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
)
def test_torch_is_imported_for_what_may_import_it(module, source):
    light = module("light_one", "import numpy as np\nfrom genbench import Score")
    assert modules_for([part(light), part(module("heavy_one", source))]) == ("torch",)


def test_torch_is_imported_for_what_imports_it_through_its_own_package(module):
    module("its_package/__init__", "")
    module("its_package/nets", "import torch")
    assert modules_for([part(module("its_package/gan", "from its_package.nets import net"))]) == ("torch",)


def test_what_does_without_torch_does_not_wait_for_it(module):
    light = module(
        "light_two", "import json\nimport numpy as np\nfrom scipy import stats\nfrom genbench import Score"
    )
    assert modules_for([part(light)]) == ()
    assert modules_for([]) == ()


@pytest.mark.slow
def test_the_libraries_that_are_said_to_do_without_torch_do(modules_loaded_by):
    installed = [name for name in preloading._LIBRARIES if importlib.util.find_spec(name)]
    assert {"genbench", "numpy", "pandas", "sklearn"} <= set(installed)
    deeper = "scipy.stats", "sklearn.ensemble", "sklearn.mixture"
    assert "torch" not in modules_loaded_by(f"import {', '.join([*installed, *deeper])}")


@pytest.mark.extras("pyarrow", "rdkit", "selfies", "trimesh")
def test_the_extras_that_are_said_to_do_without_torch_do(modules_loaded_by):
    names = "pyarrow", "rdkit", "selfies", "trimesh"
    assert set(names) <= set(preloading._LIBRARIES)
    loaded = modules_loaded_by(f"import {', '.join(names)}, pyarrow.parquet, rdkit.Chem")
    assert set(names) <= loaded
    assert "torch" not in loaded


def test_code_without_source_may_import_anything(module):
    assert modules_for([part(partial(print))]) == ("torch",)
    assert modules_for([part("no_such_module:make")]) == ("torch",)


def test_a_function_stands_for_its_module():
    assert modules_for([part(test_a_function_stands_for_its_module)]) == (
        "torch",
    )  # this file imports pytest
