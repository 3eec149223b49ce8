"""What the specs of the faults of tables say."""

from __future__ import annotations

import importlib

import pytest
from genbench_table.faults import SPECS

BY_NAME = {spec.name: spec for spec in SPECS}


@pytest.mark.parametrize("name", BY_NAME)
def test_each_spec_names_a_function_with_a_docstring_and_damages_tables(name):
    module, _, attribute = BY_NAME[name].make.partition(":")
    assert getattr(importlib.import_module(module), attribute).__doc__
    assert BY_NAME[name].summary
    assert BY_NAME[name].modalities == ("table",)
    assert BY_NAME[name].effect == "worse"


def test_listing_the_faults_loads_no_numpy(modules_loaded_by):
    loaded = modules_loaded_by("import genbench_table; genbench_table.genbench_faults()")
    assert not loaded & {"numpy", "pandas", "scipy", "sklearn", "torch"}
