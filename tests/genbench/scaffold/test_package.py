"""New packages: each kind is a sound plugin, passes its own test, and is formatted."""

from __future__ import annotations

import subprocess
import sys
import tomllib

import pytest

from genbench.catalog.catalog import load_files
from genbench.core.errors import ResultsError
from genbench.scaffold.names import package_names
from genbench.scaffold.package import KINDS, render_package, write_package

PATHS = {".github/workflows/test.yml", ".gitignore", "LICENSE", "README.md", "pyproject.toml"}


def rendered(kind, name="edge-gap", **options):
    names = package_names(kind, name)
    return names, render_package(kind, names, **options)


@pytest.mark.parametrize("kind", KINDS)
def test_a_package_has_all_files_and_its_module_is_a_sound_plugin(kind, tmp_path):
    names, files = rendered(kind)
    assert set(files) == PATHS | {"genbench_edge_gap.py", "tests/test_genbench_edge_gap.py"}
    folder = write_package(tmp_path, names, files)
    catalog = load_files([folder / "genbench_edge_gap.py"])
    assert catalog.broken == ()
    assert ("edge-gap", kind) in [(component.name, component.kind) for component in catalog.components]
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["genbench"] == {"edge-gap": "genbench_edge_gap"}
    assert project["dependencies"][0].startswith("genbench>=")
    assert ("numpy" in project["dependencies"]) == ("import numpy" in files["genbench_edge_gap.py"])


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_of_python_gives_a_module_that_compiles(kind):
    for name in ("lambda", "np", "hookimpl", "replace", "a1-b"):
        _, files = rendered(kind, name)
        for path, text in files.items():
            if path.endswith(".py"):
                compile(text, path, "exec")


def test_an_author_with_quotes_is_named_in_the_project_and_the_licence():
    _, files = rendered("metric", author='Ada "A" <ada@example.org>')
    authors = tomllib.loads(files["pyproject.toml"])["project"]["authors"]
    assert authors == [{"name": 'Ada "A"', "email": "ada@example.org"}]
    assert 'Ada "A"\n' in files["LICENSE"]


def test_nothing_is_overwritten(tmp_path):
    names, files = rendered("metric")
    write_package(tmp_path, names, files)
    with pytest.raises(ResultsError, match="exists, and is not overwritten"):
        write_package(tmp_path, names, files)


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ResultsError, match="cannot be written"):
        write_package(tmp_path / "file", *rendered("metric"))


def test_a_metric_is_at_most_25_lines_with_its_spec():
    _, files = rendered("metric")
    code = [line for line in files["genbench_edge_gap.py"].splitlines() if line.strip()]
    assert len(code) <= 25


@pytest.mark.slow
def test_the_tests_of_all_eight_packages_pass(tmp_path):
    folders = [write_package(tmp_path, *rendered(kind, f"new-{kind}")) for kind in KINDS]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib"]
    path = ":".join(map(str, folders))
    done = subprocess.run(
        [*command, *map(str, folders)], cwd=tmp_path, env={"PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "11 passed" in done.stdout


SUITE = """
name = "new"
seeds = [0]
n = 60
dataset = [{ use = "new-dataset" }]
generator = [{ use = "new-generator" }]
metric = [{ use = "new-metric", extractor = "new-extractor" }]
"""
WAVES = """
name = "waves"
seeds = [0]
n = 60
dataset = [{ use = "new-modality-waves" }]
generator = [{ use = "held-out" }]
metric = [{ use = "duplicates" }]
"""


@pytest.mark.slow
def test_new_components_run_together(tmp_path):
    files = {}
    for kind in KINDS:
        names, texts = rendered(kind, f"new-{kind}")
        files[kind] = write_package(tmp_path, names, texts) / f"{names.module}.py"
    run = [sys.executable, "-c", "from genbench.cli.main import main; main()"]
    used = [f"--plugin={files[kind]}" for kind in KINDS]

    def done(*arguments):
        return subprocess.run([*run, *arguments, *used], cwd=tmp_path, capture_output=True, text=True,
                              check=False, timeout=120)  # fmt: skip

    (tmp_path / "new.toml").write_text(SUITE)
    (tmp_path / "waves.toml").write_text(WAVES)
    found = done("run", "new.toml", "--executor", "new-executor", "--listener", "new-listener", "--jobs", "2")
    assert found.returncode == 0, found.stderr + found.stdout
    lines = (tmp_path / "results/new/new-listener.log").read_text().splitlines()
    assert sorted(line.split()[0] for line in lines) == ["held-out", "new-generator", "noise", "train-copies"]
    assert done("run", "waves.toml").returncode == 0
    metric = ["check", "--battery", "new-metric", "--dataset", "new-dataset", "--extractor", "new-extractor"]
    assert "new-fault" in done(*metric, "--seeds", "2", "--n", "100").stdout
