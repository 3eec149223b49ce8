"""Components of the plugin files in this folder."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest

from genbench.catalog.catalog import load_catalog
from genbench.checks.conformance import fresh
from genbench.checks.conformance.all_checks import CHECKS
from genbench.checks.conformance.checks import judge_results
from genbench.checks.conformance.run import run_checks
from genbench.checks.conformance.subject import Case, open_subject
from genbench.jobs.isolation.client import ForkServer, change_hash_seed

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def catalogs():
    """Return the function that gives a catalog with the components of one plugin file of this folder."""
    known = {}

    def catalog(file):
        if file not in known:
            known[file] = load_catalog((HERE / file,))
        return known[file]

    return catalog


@pytest.fixture
def subject_of(catalogs):
    """Return the function that gives a component of a plugin file of this folder as a subject."""

    def subject(kind, file, name, modality=None, **options):
        reference = f"{Path(file).stem.replace('_', '-')}:{name}"
        case = Case(kind=kind, reference=reference, modality=modality, options=options, files=(HERE / file,))
        return open_subject(case, catalogs(file))

    return subject


@pytest.fixture(scope="module")
def _bundled():
    """Return the components of genbench, and start the fork server of all fresh processes of a module.

    The server loads pandas and scikit-learn once for all processes.
    """
    server = ForkServer(change_hash_seed(os.environ), preload=("pandas", "sklearn.ensemble"))
    with pytest.MonkeyPatch.context() as patch, server:
        patch.setattr(fresh, "ForkServer", lambda _: contextlib.nullcontext(server))
        yield load_catalog(only=["genbench"])


@pytest.fixture
def failures_of_bundled(_bundled):
    """Return the function that checks all bundled components of a kind.

    Each is checked on the first modality of some that it works on, with the options under its name. The
    function gives a line for each failure that is not declared, and the names of those whose work succeeded.
    """

    def failures(kind, modalities, options):
        lines, passed = [], []
        for component in _bundled.of_kind(kind):
            modality = next((name for name in modalities if component.serves((name,))), None)
            if modality is None:
                continue
            own = options.get(component.name, {})
            case = Case(kind=kind, reference=component.reference, modality=modality, options=own)
            found = list(run_checks(open_subject(case, _bundled), CHECKS[kind]))
            passed += [component.name for one in found if (one.check, one.outcome) == ("works", "passed")]
            lines += [
                f"{one.component} on {modality}: {one.check}: {one.seen}"
                for one in judge_results(found, component.spec.known_failures)
                if one.outcome == "failed"
            ]
        return lines, passed

    return failures
