"""The dataset `moses`."""

from __future__ import annotations

import gzip
import hashlib
import sys

import pytest
from genbench_molecule.datasets import moses as module
from genbench_molecule.datasets.moses import moses

from genbench import DataError, PackageFile

SETS = {"train": "train", "test": "test", "scaffold": "test_scaffolds"}


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Return a package of small sets in place of molsets."""
    folder = tmp_path / "small_sets"
    folder.mkdir()
    (folder / "__init__.py").write_text("raise RuntimeError('imported')")
    files = {}
    for name, known in SETS.items():
        lines = [f"C{name[0]}{number}" for number in range(40)]
        content = gzip.compress("\n".join(["SMILES", *lines, ""]).encode(), mtime=0)
        (folder / f"{known}.csv.gz").write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        files[name] = PackageFile(
            package="small_sets", file=f"{known}.csv.gz", release="small==1", sha256=digest
        )
    monkeypatch.setattr(module, "FILES", files)
    monkeypatch.syspath_prepend(tmp_path)


@pytest.mark.usefixtures("package")
def test_the_smallest_digests_are_chosen_and_the_splits_are_disjoint():
    found = moses(n=10, n_test=5)
    every = sorted(
        (f"Ct{number}" for number in range(40)), key=lambda text: hashlib.sha256(text.encode()).digest()
    )
    assert list(found.samples.data[:10]) == every[:10]
    sizes = {name: len(index) for name, index in found.splits.items()}
    assert sizes == {"train": 10, "test": 5, "held_out": 5}
    assert sorted(index for part in found.splits.values() for index in part.tolist()) == list(range(20))
    assert moses(n=4, n_test=1).samples.data[:4] == tuple(every[:4])


@pytest.mark.usefixtures("package")
def test_the_test_may_be_that_of_scaffolds():
    found = moses(n=2, n_test=2, test="scaffold")
    assert {text[:2] for text in found.samples.data[2:]} == {"Cs"}


@pytest.mark.usefixtures("package")
def test_more_than_there_are_is_refused():
    with pytest.raises(DataError, match=r"^moses: train\.csv\.gz has 40 molecules, expected 41; lower n"):
        moses(n=41)


def test_a_missing_package_is_named(monkeypatch):
    file = PackageFile(
        package="no_such_package", file="train.csv.gz", release="molsets==0.3.1", sha256="0" * 64
    )
    monkeypatch.setattr(module, "FILES", {"train": file})
    with pytest.raises(DataError, match=r"^moses: .* run `pip install --no-deps molsets==0\.3\.1`"):
        moses(n=1)


@pytest.mark.slow
@pytest.mark.extras("moses")
def test_the_molecules_are_those_of_molsets_which_is_not_imported():
    found = moses(n=3, n_test=1)
    assert len(found.samples) == 5
    assert len(set(found.samples.data)) == 5
    assert "moses" not in sys.modules
