"""Every stored value of another program, or of an independent computation, against ours."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest
from genbench_molecule.sequences.edit_diversity import mean_distance
from genbench_molecule.sequences.kmer_divergence import kmer_divergence
from genbench_molecule.sequences.lengths import length_distance
from genbench_molecule.sequences.nearest_sequence import _alignment_score, nearest
from genbench_molecule.sequences.property_distances import Proteins, gc_content

RECORDS = json.loads((Path(__file__).parent / "data" / "oracles.json").read_text(encoding="utf-8"))
PROPERTIES = {"instability_index": "instability", "gravy": "hydropathy"}
FIRST = 10  # sequences of which the stored values are


def kmers(case, real, fake, *, output):
    _, k, *canonical = case.split("/")
    return kmer_divergence(real, fake, k=int(k[2:]), canonical=bool(canonical))[output].value


def protein_property(case, fake):
    return getattr(Proteins.of(fake.data[:FIRST]), PROPERTIES.get(case, case.replace("molecular_", "")))


def blosum62(_, fake, real):
    pairs = list(zip(fake.data, real.data, strict=False))[:FIRST]
    score = _alignment_score()
    return [score(one, other) for one, other in pairs]


#: Metric to a function of the record's case and its samples.
OURS = {
    "kmer_jsd": partial(kmers, output="kmer-jsd"),
    "kmer_kl_laplace": partial(kmers, output="kmer-kl"),
    "kmer_cosine": partial(kmers, output="kmer-cosine"),
    "length_wasserstein": lambda _, real, fake: length_distance(real, fake)["length-wasserstein"],
    "length_ks": lambda _, real, fake: length_distance(real, fake)["length-ks"],
    "gc": lambda _, fake: gc_content(fake.data[:FIRST]),
    "protein_property": protein_property,
    "max_identity": lambda _, fake, real: nearest(fake.data[:FIRST], real.data)[0],
    "blosum62": blosum62,
    "levenshtein_diversity": lambda _, fake: mean_distance(fake.data),
}


#: Metrics of the table that need a package of the extra.
MARKS = dict.fromkeys(("protein_property", "blosum62"), pytest.mark.extras("Bio")) | dict.fromkeys(
    ("max_identity", "levenshtein_diversity"), pytest.mark.extras("rapidfuzz")
)


@pytest.mark.filterwarnings("ignore")  # of Biopython, where it is imported from its sources
@pytest.mark.parametrize(
    "record",
    [
        pytest.param(
            each, id=f"{each['metric']} {each['case']} {each['kind']}", marks=MARKS.get(each["metric"], ())
        )
        for each in RECORDS
    ],
)
def test_a_stored_value_is_ours(record, stored):
    assert record["tol"] is not None
    found = OURS[record["metric"]](record["case"], *(stored[name] for name in record["inputs"]))
    assert found == pytest.approx(record["value"], abs=record["tol"], rel=record["tol"])


def test_all_values_are_here():
    assert len(RECORDS) == 54
