"""Every reference value at its tolerance; data/README.md says where they come from."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from genbench_molecule.chemistry.molecules import canonical, from_selfies, molecules, parse, to_selfies
from genbench_molecule.chemnet.chemnet import chemnet
from genbench_molecule.descriptors.guacamol_features import guacamol_features
from genbench_molecule.descriptors.identity import molecule_identity
from genbench_molecule.descriptors.moses_filters import moses_filters
from genbench_molecule.descriptors.moses_properties import PROPERTIES, moses_properties, properties_of
from genbench_molecule.descriptors.moses_substructures import fragments_of, moses_substructures, scaffold_of
from genbench_molecule.metrics.filters import filters
from genbench_molecule.metrics.guacamol_kl import guacamol_kl
from genbench_molecule.metrics.identity import novelty, uniqueness
from genbench_molecule.metrics.property_distances import property_distances
from genbench_molecule.metrics.similarity import internal_diversity, snn
from genbench_molecule.metrics.substructures import fragment_similarity, scaffold_similarity
from genbench_molecule.metrics.validity import validity

from genbench.catalog.catalog import load_catalog
from genbench.contract.signature import resolve

pytestmark = pytest.mark.extras("rdkit", "fcd", "selfies", "moses")

DATA = Path(__file__).parent / "data"
RECORDS = [r for r in json.loads((DATA / "oracles.json").read_text("utf-8")) if r.get("tol") is not None]
FLOAT32 = 1e-5  # of MOSES's SNN and diversities
FCD_OF_SCAFFOLDS = 15.97845346377622  # of fcd 1.2.2


@pytest.fixture(scope="module")
def features(sets, log):
    """Return a function from the name of an extractor and a set to its arrays of the valid molecules."""
    made = {
        "chemnet": chemnet(device="cpu", log=log),
        "identity": molecule_identity(log=log),
        "properties": moses_properties(log=log),
        "substructures": moses_substructures(log=log),
        "filters": moses_filters(log=log),
        "guacamol": guacamol_features(log=log),
    }
    known = {}

    def of(extractor, name):
        if (extractor, name) not in known:
            found = made[extractor](sets[name])
            arrays = {output: array[found.valid] for output, array in found.arrays.items()}
            known[extractor, name] = SimpleNamespace(**arrays, all=arrays)
        return known[extractor, name]

    for name in ("gen", "test", "test_scaffolds"):  # seconds, which no single test is to be judged by
        of("chemnet", name)
    return of


@pytest.fixture(scope="module")
def fid():
    component = load_catalog(only=["genbench"]).find("metric", "fid")
    metric = resolve(component.spec.make)

    def value(real, fake):
        found = metric(real, fake)
        return getattr(found, "value", found)

    return value


@pytest.fixture(scope="module")
def made(sets):
    """Return the valid made molecules."""
    return [molecule for molecule in molecules(sets["gen"]) if molecule is not None]


def named(metric, **fields):
    found = [
        record
        for record in RECORDS
        if record["metric"] == metric and all(record.get(key) == value for key, value in fields.items())
    ]
    assert found, metric
    return found


def holds(metric, value, **fields):
    for record in named(metric, **fields):
        assert value == pytest.approx(record["value"], abs=record["tol"], rel=0), record["source"]


def test_all_reference_values_are_asserted():
    assert {record["metric"] for record in RECORDS} == {
        "moses_all", "moses_property", "moses_filters", "moses_fragments", "moses_scaffolds", "snn",
        "intdiv", "intdiv2", "validity", "uniqueness", "novelty_canonical_train", "fcd", "guacamol_kl",
        "guacamol_valid", "guacamol_fcd_score", "selfies_roundtrip", "selfies_len",
    }  # fmt: skip


@pytest.mark.parametrize("name", PROPERTIES)
def test_properties(made, name):
    values = [properties_of(each)[PROPERTIES.index(name)] for each in made[:12]]
    holds("moses_property", values, case=name)


@pytest.mark.parametrize("name", PROPERTIES)
def test_properties_as_features(features, name):
    (record,) = named("moses_property", case=name)
    values = features("properties", "gen").properties[:12, PROPERTIES.index(name)]
    assert values == pytest.approx(np.array(record["value"]), abs=record["tol"], rel=1e-6)


def test_filters_fragments_and_scaffolds(features, made):
    passes = features("filters", "gen").passes[:, 0] == 1
    assert passes.tolist() == named("moses_filters")[0]["value"]
    fragments = Counter(text for molecule in made for text in fragments_of(molecule))
    assert fragments == named("moses_fragments")[0]["value"]
    scaffolds = Counter(filter(None, map(scaffold_of, made)))
    assert scaffolds == named("moses_scaffolds")[0]["value"]


@pytest.mark.slow
def test_moses_whole_set(sets, features, fid):
    (record,) = named("moses_all")
    gen = features("substructures", "gen")
    found = {
        "valid": validity(sets["test"], sets["gen"]).value,
        "unique@50": uniqueness(features("identity", "gen").identity, k=50),
        "unique@200": uniqueness(features("identity", "gen").identity, k=200),
        "Novelty": novelty(features("identity", "train").identity, features("identity", "gen").identity),
        "Filters": filters(features("filters", "gen").passes),
    }
    for name, of in (("Test", "test"), ("TestSF", "test_scaffolds")):
        real = features("substructures", of)
        found[f"Frag/{name}"] = fragment_similarity(real.fragments, gen.fragments)
        found[f"Scaf/{name}"] = scaffold_similarity(real.scaffold, gen.scaffold)
    distances = property_distances(
        features("properties", "test").properties, features("properties", "gen").properties
    )
    found |= dict(zip(("logP", "SA", "QED", "weight"), distances.values(), strict=False))
    rounded = {
        "SNN/Test": snn(features("substructures", "test").fingerprint, gen.fingerprint),
        "SNN/TestSF": snn(features("substructures", "test_scaffolds").fingerprint, gen.fingerprint),
        "IntDiv": internal_diversity(gen.fingerprint)["intdiv"],
        "IntDiv2": internal_diversity(gen.fingerprint)["intdiv2"],
        "FCD/Test": fid(features("chemnet", "test").features, features("chemnet", "gen").features),
    }
    tolerances = dict.fromkeys(rounded, FLOAT32) | {"FCD/Test": 1e-3}
    assert set(found) | set(rounded) | {"FCD/TestSF"} == set(record["value"])
    for name, value in (found | rounded).items():
        expected = record["value"][name]
        assert value == pytest.approx(expected, abs=tolerances.get(name, record["tol"]), rel=1e-6), name


def test_similarities(features):
    gen, test = features("substructures", "gen"), features("substructures", "test")
    holds("snn", snn(test.fingerprint, gen.fingerprint))
    found = internal_diversity(gen.fingerprint)
    holds("intdiv", found["intdiv"])
    holds("intdiv2", found["intdiv2"])


def test_the_root_of_the_mean_over_all_pairs_is_another_number(features):
    every = json.loads((DATA / "oracles.json").read_text("utf-8"))
    (other,) = [record["value"] for record in every if record["metric"] == "intdiv2_global"]
    assert internal_diversity(features("substructures", "gen").fingerprint)["intdiv2"] > other + 1e-3


def test_validity_uniqueness_and_novelty(sets, features):
    holds("validity", validity(sets["test"], sets["gen"]).value)
    holds("guacamol_valid", validity(sets["test"], sets["gen"]).value)
    gen = features("identity", "gen").identity
    holds("uniqueness", uniqueness(gen))
    holds("novelty_canonical_train", novelty(features("identity", "train").identity, gen))


def test_activations_are_those_of_fcd(features):
    with np.load(DATA / "chemnet_activations.npz") as stored:
        for name in ("gen", "test"):
            # exact where torch was built alike; elsewhere its kernels round otherwise
            np.testing.assert_allclose(features("chemnet", name).features, stored[name], rtol=0, atol=2e-5)


def test_the_frechet_distance_is_the_fcd(features, fid):
    gen = features("chemnet", "gen").features
    found = fid(features("chemnet", "test").features, gen)
    holds("fcd", found)
    (record,) = named("fcd", source="fcd==1.2.2")
    assert found == pytest.approx(record["value"], rel=1e-6)
    assert fid(features("chemnet", "test_scaffolds").features, gen) == pytest.approx(
        FCD_OF_SCAFFOLDS, rel=1e-6
    )
    holds("guacamol_fcd_score", np.exp(-0.2 * found))


def test_guacamol_divergences(features):
    (record,) = named("guacamol_kl")
    found = guacamol_kl(features("guacamol", "train").all, features("guacamol", "gen").all)
    assert found.extra == pytest.approx(record["value"]["kl"], abs=record["tol"])
    assert found.value == pytest.approx(record["value"]["score"], abs=record["tol"])


def test_selfies(sets):
    encode, decode = to_selfies(), from_selfies()
    texts = sets["train"].data
    encoded = list(map(encode, texts))
    same = [
        canonical(parse(decode(one))) == canonical(parse(two))
        for one, two in zip(encoded, texts, strict=True)
    ]
    holds("selfies_roundtrip", np.mean(same))
    (record,) = named("selfies_len")
    lengths = [text.count("[") for text in encoded[: len(record["value"])]]
    assert lengths == record["value"]
