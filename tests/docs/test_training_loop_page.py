"""The callbacks of docs/training_loop.md, with classes that have the hooks of Lightning and Transformers.

Neither library is installed where these tests run, so the page's blocks import small classes in their place.
"""

from __future__ import annotations

import runpy
import shutil
import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from genbench import Reference


@pytest.fixture
def scores(blocks, monkeypatch, tmp_path):
    """Return a function to the class `Scores` in a file of the page, whose imports it makes."""

    def load(name, module, base):
        for end in range(1, len(parts := module.split(".")) + 1):
            monkeypatch.setitem(sys.modules, ".".join(parts[:end]), ModuleType(".".join(parts[:end])))
        setattr(sys.modules[module], base, type(base, (), {}))
        (block,) = (each for each in blocks("docs/training_loop.md") if each.argument == name)
        (tmp_path / name).write_text(block.text)
        return runpy.run_path(str(tmp_path / name))["Scores"]

    return load


@pytest.fixture
def reference():
    return Reference(np.random.default_rng(0).normal(size=(40, 2)))


def drawn(n=30):
    return np.random.default_rng(1).normal(size=(n, 2))


def test_the_callback_of_lightning_logs_the_values_of_metrics_that_have_one(scores, reference):
    callback = scores("lightning_scores.py", "lightning.pytorch.callbacks", "Callback")(
        reference, ["fid", "kid"], 30
    )
    logged = []
    module = SimpleNamespace(sample=drawn, log_dict=lambda values, **how: logged.append((values, how)))
    for is_first in (True, False):
        callback.on_train_epoch_end(SimpleNamespace(is_global_zero=is_first), module)
    value = reference.score(drawn(), metrics="fid")["fid[given]"].value
    assert logged == [({"fid[given]": value}, {"rank_zero_only": True})]


def test_the_callback_of_transformers_adds_a_row_to_the_history(scores, reference):
    callback = scores("transformers_scores.py", "transformers", "TrainerCallback")(
        reference, ["fid", "kid"], lambda model: model()
    )
    state = SimpleNamespace(is_world_process_zero=True, log_history=[], epoch=2.0, global_step=60)
    callback.on_epoch_end(None, state, None, model=drawn, optimizer=None)
    state.is_world_process_zero = False
    callback.on_epoch_end(None, state, None, model=drawn, optimizer=None)
    value = reference.score(drawn(), metrics="fid")["fid[given]"].value
    assert state.log_history == [{"epoch": 2.0, "step": 60, "fid[given]": value}]


@pytest.mark.extras("altair")
def test_the_curve_is_drawn_from_its_csv(blocks, monkeypatch, root, tmp_path):
    (block,) = (each for each in blocks("docs/training_loop.md") if each.argument == "plot_curve.py")
    monkeypatch.chdir(tmp_path)
    shutil.copy(root / "docs/pictures/curve.csv", tmp_path)
    exec(block.text, {})  # noqa: S102 - the code of the page
    picture = (tmp_path / "curve.svg").read_text()
    assert all(name in picture for name in ("fid[digits-classifier]", "precision[digits-classifier]"))
