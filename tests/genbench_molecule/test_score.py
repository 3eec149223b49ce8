"""`genbench score` on two FASTA files, in one line."""

from __future__ import annotations

import gzip
import re

import pytest
from click.testing import CliRunner

from genbench.cli.main import main

pytestmark = [
    pytest.mark.extras("Bio", "rapidfuzz"),
    pytest.mark.filterwarnings("ignore"),  # of Biopython, where it is imported from its sources
]


@pytest.fixture
def files(tmp_path, stored):
    """Return the paths of FASTA files by the names of the stored sequences; real ones are packed."""
    paths = {}
    for name, samples in stored.items():
        text = "".join(f">{number}\n{sequence}\n" for number, sequence in enumerate(samples.data))
        packed = name.endswith("real")
        paths[name] = tmp_path / (f"{name}.fasta.gz" if packed else f"{name}.fasta")
        paths[name].write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    return {name: str(path) for name, path in paths.items()}


def rows(*arguments):
    """Return the values by metric, a status where there is none, and the whole output."""
    done = CliRunner().invoke(main, ["score", *arguments, "-q", "--threads", "1"], env={"COLUMNS": "160"})
    assert done.exit_code == 0, done.output
    cells = [line.split() for line in done.output.splitlines() if re.search(r" [0-9a-f]{8}\s*$", line)]
    return {row[0]: row[2] if row[1] in "↓↑" else row[1] for row in cells}, done.output


@pytest.mark.slow
def test_two_files_of_dna_have_a_report(files, fresh_store):
    found, _ = rows("--fake", files["dna_gen"], "--real", files["dna_real"])
    assert found["kmer-jsd"] == "0.07784"
    assert found["length-wasserstein"] == "2.267"
    assert {"fid[char-ngrams]", "precision[char-ngrams]", "gc-distance", "edit-diversity"} <= set(found)
    assert not [name for name in found if name.startswith("peptide-")]  # properties of another alphabet
    assert "nearest-identity" not in found  # it needs train


@pytest.mark.slow
def test_two_files_of_proteins_have_a_report_that_finds_copies(files, fresh_store):
    real = files["pep_real"]
    found, _ = rows("--fake", real, "--real", files["pep_gen"], "--train", real)
    assert found["copied-sequences"] == found["nearest-identity"] == "1.000"
    assert found["edit-diversity"] not in ("skipped", "0")
    assert "gc-distance" not in found
