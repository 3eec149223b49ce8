"""Components of plugin files that tests write, and the results of their checks."""

from __future__ import annotations

import contextlib
import os
import textwrap

import pytest

from genbench.checks.conformance import fresh
from genbench.checks.conformance.all_checks import CHECKS
from genbench.checks.conformance.run import run_checks
from genbench.checks.conformance.subject import Case, open_subject
from genbench.jobs.isolation.client import ForkServer, change_hash_seed

#: The variable with the plugins of modalities and controls, which are quick to load.
FEW_PLUGINS = {"GENBENCH_PLUGINS": "modalities,controls"}


@pytest.fixture
def results_of_checks():
    """Return the function that runs all checks of a subject: their results by name."""

    def results(subject):
        return {result.check: result for result in run_checks(subject, CHECKS[subject.case.kind])}

    return results


@pytest.fixture(scope="module")
def _few_plugins_server():
    """Start the fork server of all fresh processes of a module, which takes a second."""
    environment = change_hash_seed({**os.environ, **FEW_PLUGINS})
    with ForkServer(environment, preload=["genbench.checks.conformance.all_checks", "pydantic"]) as server:
        yield server


@pytest.fixture
def written(_few_plugins_server, monkeypatch, tmp_path):
    """Return the function that writes a plugin file and gives a component of it as a subject.

    Only the plugins of modalities and controls are installed beside it, which is quick.
    """
    monkeypatch.setattr(fresh, "ForkServer", lambda _: contextlib.nullcontext(_few_plugins_server))
    for name, value in FEW_PLUGINS.items():
        monkeypatch.setenv(name, value)

    def subject(code, kind, name, modality=None, **options):
        file = tmp_path / "bad.py"
        file.write_text(textwrap.dedent(code))
        file.with_name("old.py").write_text("")
        return open_subject(
            Case(
                kind=kind,
                reference=f"bad:{name}",
                modality=modality,
                options=options,
                files=(file,),
                folder=tmp_path,
            )
        )

    return subject


@pytest.fixture
def checked(written, results_of_checks):
    """Return the function that writes a plugin file and runs all checks of one component: results by name."""

    def check(code, kind, name, modality=None, **options):
        return results_of_checks(written(code, kind, name, modality, **options))

    return check


@pytest.fixture(scope="session")
def failing():
    """Return a function to the names of the checks that failed."""
    return lambda results: {name for name, result in results.items() if result.outcome == "failed"}


@pytest.fixture(scope="session")
def changed():
    """Return a function that replaces a piece of a text, which has to occur in it once."""

    def change(text, old, new):
        assert text.count(old) == 1, old
        return text.replace(old, new)

    return change
