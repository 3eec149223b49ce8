from __future__ import annotations

import json
import os
import sys

import numpy as np

from genbench.store.environment import (
    describe_machine,
    offline_variables,
    read_library_versions,
    thread_variables,
)


def test_versions_are_those_that_are_installed():
    found = read_library_versions()
    assert found["numpy"] == np.__version__
    assert found["python"] == ".".join(map(str, sys.version_info[:3]))
    assert {"genbench", "torch", "scipy", "scikit-learn", "pandas"} <= set(found)
    assert all(found.values())


def test_the_machine_is_described_without_its_name_or_paths():
    found = describe_machine(2, "cuda:1")
    assert (found["threads"], found["device"]) == (2, "cuda:1")
    assert found["cpu"]
    assert os.uname().nodename not in json.dumps(found)
    assert os.path.expanduser("~") not in json.dumps(found)  # noqa: PTH111 - the string is what is looked for


def test_thread_variables_reach_every_library_that_counts_threads():
    found = thread_variables(3)
    assert {found[f"{name}_NUM_THREADS"] for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR")} == {"3"}
    assert found["PYTHONHASHSEED"] == "0"


def test_offline_variables_tell_every_library_that_downloads():
    assert set(offline_variables().values()) == {"1"}
    assert {"GENBENCH_OFFLINE", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"} <= set(offline_variables())
