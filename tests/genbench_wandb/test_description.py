"""The spec of the listener, which is read without W&B, and the names that it gives."""

from __future__ import annotations

import genbench_wandb
from genbench_wandb.tracking import wandb_name

from genbench.catalog.catalog import catalog_of
from genbench.catalog.describe import describe


def test_the_listener_has_two_options_with_defaults_and_says_what_it_needs():
    catalog = catalog_of({"genbench": genbench_wandb})
    (component,) = catalog.of_kind("listener")
    said = describe(catalog, component)
    assert said["needs"] == {"wandb": "genbench[wandb]"}
    assert said["inputs"] == ["folder", "suite"]
    options = {option["name"]: option["default"] for option in said["options"]}
    assert options == {"project": "genbench", "entity": None}


def test_names_have_letters_digits_and_underscores():
    assert wandb_name("fid[digits-classifier]") == "fid__digits_classifier"
