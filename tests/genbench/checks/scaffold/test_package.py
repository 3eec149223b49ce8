"""New packages: each kind is a sound plugin, passes its own test, and is formatted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
import venv

import pytest
from toys import plugin_text

from genbench.catalog.catalog import load_catalog, load_files
from genbench.catalog.modalities import find_modality, list_modalities
from genbench.checks.conformance.all_checks import CHECKS
from genbench.checks.conformance.run import run_checks
from genbench.checks.conformance.subject import Case, open_subject
from genbench.checks.scaffold.package import (
    KINDS,
    KINDS_OF_MODALITY,
    make_package_names,
    render_package,
    write_package,
)
from genbench.core.errors import PluginError, ResultsError

PATHS = {".github/workflows/test.yml", ".gitignore", "LICENSE", "README.md", "pyproject.toml"}


def rendered(kind, name="edge-gap", **options):
    names = make_package_names(kind, name)
    return names, render_package(kind, names, **options)


@pytest.mark.parametrize("kind", KINDS)
def test_a_package_has_all_files_and_its_module_is_a_sound_plugin(kind, tmp_path):
    names, files = rendered(kind)
    tests = {"tests/test_checks.py", "tests/test_genbench_edge_gap.py"}
    assert set(files) == PATHS | tests | {"genbench_edge_gap.py"}
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


#: A modality of each container, and one whose arrays have more axes.
MODALITIES = ("image", "vector", "text", "table", "audio", "video")
#: Checks in a process of its own, which take seconds; the packages of all kinds pass them in another test.
SLOW = {"fresh-process", "global-state", "quiet", "import-time", "import-changes"}


@pytest.mark.parametrize("name", MODALITIES)
@pytest.mark.parametrize("kind", KINDS_OF_MODALITY)
def test_a_component_for_a_modality_passes_the_checks_on_it(kind, name, tmp_path):
    modality = find_modality(list_modalities(load_catalog()), name)
    names, files = rendered(kind, modality=modality)
    file = write_package(tmp_path, names, files) / "genbench_edge_gap.py"
    case = Case(kind=kind, reference="genbench-edge-gap:edge-gap", modality=name, files=(file,))
    subject = open_subject(case, load_catalog((file,)))
    results = list(run_checks(subject, [check for check in CHECKS[kind] if check.name not in SLOW]))
    assert [(result.check, result.seen) for result in results if result.outcome == "failed"] == []
    assert ("works", "passed") in [(result.check, result.outcome) for result in results]


@pytest.mark.slow
def test_the_tests_of_packages_for_modalities_pass(tmp_path):
    known, tests, paths = list_modalities(load_catalog()), [], []
    for kind in KINDS_OF_MODALITY:
        for name in MODALITIES:
            made = rendered(kind, f"{kind}-{name}", modality=find_modality(known, name))
            paths.append(str(write_package(tmp_path, *made)))
            tests.append(f"{paths[-1]}/tests/test_{made[0].module}.py")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    found = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout


SENSES = plugin_text("""
class smell:
    def example(self, n, *, rng):
        return Data(Samples.of("smell", ["rose"] * n))

class taste:
    pass

*(ModalitySpec(name=make.__name__, make=make, container="strings") for make in (smell, taste))
""")


@pytest.fixture
def senses(tmp_path):
    """Return the function that gives a modality of a plugin file by name."""
    (tmp_path / "senses.py").write_text(SENSES)
    known = list_modalities(load_catalog((tmp_path / "senses.py",)))
    return lambda name: find_modality(known, name)


def test_a_package_for_a_modality_of_another_distribution_requires_it(senses):
    _, files = rendered("metric", modality=senses("smell"))
    project = tomllib.loads(files["pyproject.toml"])["project"]
    assert project["dependencies"][1:] == ["numpy", "senses"]
    assert 'modalities=("senses:smell",)' in files["genbench_edge_gap.py"]


def test_a_modality_without_an_example_is_refused(senses):
    with pytest.raises(PluginError, match="senses:taste has no `example`"):
        rendered("metric", modality=senses("taste"))


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


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Install a new package of each kind beside what is installed here; return their folders and a function.

    The function runs a program of that environment in the folder of a package, and returns what it did.
    """
    base = tmp_path_factory.mktemp("new")
    folders = [write_package(base, *rendered(kind, f"new-{kind}")) for kind in KINDS]
    home = base / "environment"
    venv.create(home, with_pip=False)
    (site,) = home.glob("lib/python*/site-packages")
    here = [path for path in sys.path if path.endswith("site-packages")]
    (site / "here.pth").write_text("".join(f"import site; site.addsitedir({path!r})\n" for path in here))
    environment = {
        **os.environ,
        "PATH": f"{home / 'bin'}:{os.environ['PATH']}",
        "GENBENCH_STORE": str(base / "store"),
    }

    def done(*command, folder=base):
        return subprocess.run(
            [home / "bin" / "python", *command], cwd=folder, env=environment, capture_output=True, text=True,
            check=False, timeout=300,
        )  # fmt: skip

    pip = done("-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", *map(str, folders))
    assert pip.returncode == 0, pip.stderr
    return folders, done


MAIN = ("-c", "from genbench.cli.main import main; main()")


@pytest.mark.full
@pytest.mark.day(of=3)
def test_new_packages_install_and_pass_their_tests_and_checks(installed):
    folders, done = installed
    for folder in folders:
        tests = done("-m", "pytest", "-q", "-p", "no:cacheprovider", folder=folder)
        assert tests.returncode == 0, tests.stdout
        assert "test_named_checks" not in tests.stdout
    checks = done(*MAIN, "check", "-q", *(folder.name for folder in folders))
    assert checks.returncode == 0, checks.stdout + checks.stderr
    kinds = {line.split()[0] for line in checks.stdout.splitlines() if ": " in line and line[0] != " "}
    assert kinds >= set(KINDS)
    listed = json.loads(done(*MAIN, "plugins", "--format", "json").stdout)["components"]
    assert {c["state"] for c in listed if c["distribution"].startswith("genbench-new-")} == {"ok"}


@pytest.mark.full
def test_new_components_run_together(installed):
    folders, done = installed
    base = folders[0].parent
    (base / "new.toml").write_text(SUITE)
    (base / "waves.toml").write_text(WAVES)
    found = done(
        *MAIN, "run", "new.toml", "--executor", "new-executor", "--listener", "new-listener", "--jobs", "2"
    )
    assert found.returncode == 0, found.stderr + found.stdout
    lines = (base / "results/new/new-listener.log").read_text().splitlines()
    assert sorted(line.split()[0] for line in lines) == ["held-out", "new-generator", "noise", "train-copies"]
    assert done(*MAIN, "run", "waves.toml").returncode == 0
    metric = ["battery", "new-metric", "--data", "new-dataset", "--extractor", "new-extractor"]
    assert "new-fault" in done(*MAIN, *metric, "--repeats", "2", "--n", "100").stdout
