"""Components of the plugin files in this folder, and the results of their checks."""

from __future__ import annotations

from pathlib import Path

import pytest

from genbench.catalog.catalog import load_catalog
from genbench.conformance.all_checks import CHECKS
from genbench.conformance.run import run_check
from genbench.conformance.subject import Case, open_subject

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


@pytest.fixture
def results_of_checks():
    """Return the function that runs all checks of a subject: their results by name."""

    def results(subject):
        found = [run_check(subject, check) for check in CHECKS[subject.case.kind]]
        return {result.check: result for result in found}

    return results
