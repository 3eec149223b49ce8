"""What commands load and cost: `genbench --help` and `genbench plugins` must not wait for heavy libraries."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PUBLISHED = Path(__file__).parents[2] / "results" / "published" / "quickstart"
HEAVY = ("numpy", "pandas", "scipy", "sklearn", "torch", "pydantic", "distributed", "vl_convert")

PROBE = f"""
import sys
from genbench.cli.main import main

sys.argv[0] = "genbench"
try:
    main()
finally:
    loaded = [name for name in {HEAVY!r} + ("pluggy", "genbench.catalog.loader") if name in sys.modules]
    print("LOADED", *loaded, file=sys.stderr)
"""


def loaded_by(*arguments):
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments], capture_output=True, text=True, check=True
    )
    return set(done.stderr.rpartition("LOADED")[2].split())


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_load_no_heavy_library_and_look_for_no_plugin(option):
    assert loaded_by(option) == set()


def test_the_list_of_plugins_loads_no_heavy_library():
    assert loaded_by("plugins") == {"pluggy", "genbench.catalog.loader"}
    assert loaded_by("plugins", "--format", "json") == {"pluggy", "genbench.catalog.loader"}


@pytest.mark.slow
def test_a_page_loads_no_library_that_only_training_needs(tmp_path):
    found = loaded_by("page", str(PUBLISHED), "-o", str(tmp_path / "page.html"))
    assert found - {"pluggy", "genbench.catalog.loader"} == {
        "numpy", "pandas", "scipy", "pydantic", "vl_convert",
    }  # fmt: skip


@pytest.mark.parametrize(
    "statement", ["import genbench", "import genbench.catalog.catalog as c; c.load_catalog()"]
)
def test_importing_genbench_or_loading_its_catalog_loads_no_heavy_library(modules_loaded_by, statement):
    assert not modules_loaded_by(statement) & set(HEAVY)


def test_help_takes_under_150_ms_of_cpu():
    """The least of several runs, in CPU time of the child, so that a busy machine does not fail it."""
    code = """
import json, resource, subprocess, sys

def cpu_ms():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (used.ru_utime + used.ru_stime)

costs = []
for _ in range(5):
    before = cpu_ms()
    command = [sys.executable, "-c", "from genbench.cli.main import main; main()", "--help"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    costs.append(cpu_ms() - before)
print(json.dumps(costs))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert min(json.loads(done.stdout)) < 150
