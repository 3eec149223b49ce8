"""Metrics of features on molecules, through the host."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_molecule.faults.molecular import rewritten

from genbench import Samples, score

pytestmark = pytest.mark.extras("rdkit", "fcd", "moses")

FEATURES = ("fid", "kid", "precision", "recall", "authenticity", "c-t")


@pytest.fixture(scope="module")
def split(sets):
    """Return the reference sets, the test as two halves."""
    half = sets["test"].take(slice(0, 150)), sets["test"].take(slice(150, 300))
    return {"train": sets["train"], "real": half[0], "held_out": half[1], "made": sets["gen"]}


@pytest.fixture(scope="module")
def scored(split):
    """Return the scores of unseen molecules, and of copies of the training molecules in other strings."""
    copies = rewritten(split["train"].take(slice(0, 150)), 1.0, np.random.default_rng(0))
    metrics = {name: {} for name in (*FEATURES, "near-duplicates", "novelty", "train-duplicates")}
    metrics["kid"] = {"estimator": "full"}

    def values(fake):
        found = score(fake=fake, real=split["real"], train=split["train"], metrics=metrics)
        return {name.partition("[")[0]: each for name, each in found.items()}

    return values(split["held_out"]), values(copies)


def test_all_have_values_on_chemnet(scored):
    for found in scored:
        assert {each.status for each in found.values()} == {"ok"}


def test_copies_in_other_strings_are_found_by_molecule_and_missed_by_string(scored):
    unseen, copies = scored
    assert copies["train-duplicates"].value < 0.05
    assert copies["novelty"].value == 0
    assert unseen["novelty"].value > 0.95
    assert copies["authenticity"].value < 5
    assert unseen["authenticity"].value > 30
    assert copies["near-duplicates"].value == 1
    assert unseen["near-duplicates"].value < 0.2
    assert copies["c-t"].value < unseen["c-t"].value - 5


def test_invalid_molecules_have_no_features_and_the_record_says_so(split):
    found = score(fake=split["made"], real=split["real"], metrics="fid", extractor="chemnet")
    (measured,) = found.values()
    assert measured.status == "ok"
    assert str(measured.valid["fake"]) == "221 of 240"


@pytest.mark.slow
def test_a_report_has_the_metrics_of_both_extractors(split):
    found = score(fake=split["held_out"], real=split["real"], train=split["train"])
    assert {"fid[chemnet]", "snn", "validity", "uniqueness", "novelty", "filters", "intdiv"} <= set(found)
    assert {each.status for name, each in found.items() if not name.startswith("kid")} == {"ok"}


@pytest.mark.slow
def test_a_report_on_another_extractor_keeps_that_of_the_metrics_it_does_not_suit(split):
    found = score(fake=split["held_out"], real=split["real"], extractor="chemnet")
    assert {found["snn"].status, found["fid[chemnet]"].status} == {"ok"}


@pytest.mark.extras("selfies")
def test_molecules_in_two_notations_are_the_same_to_the_extractor(split):
    from genbench_molecule.chemistry.molecules import to_selfies

    texts = [to_selfies()(text) for text in split["held_out"].data[:20]]
    other = Samples.of("molecule", texts, notation="selfies")
    plain = split["held_out"].take(slice(0, 20))
    values = [
        score(fake=fake, real=fake, metrics="internal-diversity")["intdiv"].value for fake in (plain, other)
    ]
    assert values[0] == pytest.approx(values[1], abs=1e-9)
