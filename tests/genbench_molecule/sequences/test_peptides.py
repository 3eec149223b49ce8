"""The dataset `peptides`, read from the package modlamp."""

from __future__ import annotations

import sys
from collections import Counter

import pytest
from genbench_molecule.sequences.peptides import COLLECTIONS, peptides

from genbench import Absent


@pytest.mark.extras("modlamp")
@pytest.mark.parametrize(
    ("collection", "labels", "longest"),
    [
        ("amp-uniprot", 4642, 174),
        ("amp-transmembrane", 412, 56),
        ("acp-random", 826, 28),
        ("acp-transmembrane", 826, 30),
    ],
)
def test_distinct_peptides_have_labels(collection, labels, longest):
    found = peptides(collection=collection).samples
    assert len(found) == len(set(found.data)) == labels
    assert found.space.get("longest") == max(map(len, found.data)) == longest
    assert found.space.get("alphabet") == "protein"
    assert set(Counter(found.labels.tolist())) == {0, 1}
    assert found.space.classes == COLLECTIONS[collection].classes
    assert set("".join(found.data)) <= set("ACDEFGHIKLMNPQRSTVWY")
    assert "modlamp" not in sys.modules


@pytest.mark.extras("modlamp")
def test_labels_say_which_are_antimicrobial():
    found = peptides().samples
    assert dict(zip(found.data, found.labels.tolist(), strict=True))["GLWSKIKEVGKEAAKAAAKAAGKAALGAVSEAV"] == 1


def test_a_missing_package_is_named_with_its_command(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    reason = r"modlamp is not installed; run `pip install --no-deps modlamp==4\.3\.3`"
    with pytest.raises(Absent, match=reason):
        peptides()
