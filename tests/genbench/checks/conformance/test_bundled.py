"""Bundled components pass the checks of their kind, on a modality of each container that they serve."""

from __future__ import annotations

import pytest

from genbench.catalog.catalog import load_catalog
from genbench.checks.conformance.all_checks import CHECKS
from genbench.checks.conformance.checks import judge_results
from genbench.checks.conformance.run import run_checks
from genbench.checks.conformance.subject import open_subject
from genbench.checks.conformance.targets import CheckOrder, plan_cases

CATALOG = load_catalog(only=["genbench"])

#: Options that make a training quick, by the name of the generator.
QUICK = {
    "ddpm": {"steps": 4, "timesteps": 4},
    "gan": {"steps": 4},
    "lstm": {"steps": 4},
    "point-vae": {"steps": 4},
    "transformer": {"steps": 4},
    "tvae": {"steps": 4},
    "vae": {"steps": 4},
    "wgan-gp": {"steps": 4},
}


#: Packages whose files a dataset reads, by its name.
PACKAGES = {
    "diamonds": ("plotnine",), "moses": ("moses",), "penguins": ("plotnine",), "peptides": ("modlamp",),
}  # fmt: skip


def results_of(component, **more):
    """Return the results of a component on a modality of each container, its known failures as `expected`."""
    options = QUICK.get(component.name, {}) if component.kind == "generator" else {}
    cases = plan_cases(CATALOG, component, CheckOrder(targets=(), **more), options)
    found = [result for case in cases for result in run_checks(open_subject(case), CHECKS[component.kind])]
    return judge_results(found, component.spec.known_failures)


def failures(results):
    return [(result.modality, result.check, result.seen) for result in results if result.outcome == "failed"]


def of_kinds(*kinds):
    found = [component for kind in kinds for component in CATALOG.of_kind(kind)]
    return pytest.mark.parametrize("component", [_with_packages(component) for component in found])


def _with_packages(component):
    """Return a component as a parameter, with a mark of the packages that it needs."""
    packages = [*component.spec.needs, *PACKAGES.get(component.name, ())]
    marks = [pytest.mark.extras(*packages)] if packages else []
    return pytest.param(component, marks=marks, id=f"{component.kind} {component.name}")


@pytest.mark.full
@pytest.mark.day(of=3)
@of_kinds("modality", "dataset")
def test_a_modality_or_a_dataset_fails_no_check(component):
    assert not failures(results_of(component))


@pytest.mark.full
@pytest.mark.day(of=3)
@of_kinds("fault")
def test_a_fault_fails_no_check(component):
    results = results_of(component)
    assert not failures(results)
    assert "passed" in {result.outcome for result in results if result.check == "works"}


@pytest.mark.full
@pytest.mark.day(of=3)
@pytest.mark.filterwarnings("ignore")  # of libraries
@of_kinds("generator", "listener", "executor")
def test_a_generator_a_listener_or_an_executor_fails_no_check(component, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_DISABLE_TELEMETRY", raising=False)  # the listener is known to set it
    assert not failures(results_of(component))
