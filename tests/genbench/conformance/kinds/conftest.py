"""Components of the plugin files in this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from genbench.catalog.catalog import load_catalog
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
