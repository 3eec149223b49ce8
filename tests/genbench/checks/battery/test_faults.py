"""Which faults a modality has, what they do to the sides, and the faults of a stranger."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from toys import make_catalog

import genbench
from genbench import DatasetSpec, Samples, Undefined, unchanged
from genbench.catalog.catalog import load_catalog
from genbench.catalog.modalities import find_modality, list_modalities
from genbench.checks.battery.battery import run_battery
from genbench.checks.battery.faults import INVARIANCES, read_faults
from genbench.checks.battery.setup import open_data
from genbench.suite.components import make_part
from genbench.suite.file import MetricEntry, SuiteEntry
from genbench.suite.resolve import make_group

MODALITIES = ("audio", "image", "points", "table", "text", "vector")
TORN = Path(__file__).parents[3] / "toy_plugins" / "torn_plugin.py"
OWN = list(INVARIANCES)

TRAIN = Samples.of("text", [f"train{i} is a text of ten words in all {i}" for i in range(300)])
FAKE = Samples.of("text", [f"fake{i} is a text of ten words in all {i}" for i in range(300)])
SIDES = {"real": FAKE, "fake": FAKE, "train": TRAIN}


@pytest.fixture
def planted(faults, modality):
    """Return the function that gives the sides under a fault at its harshest level."""

    def plant(name, sides, seed=0):
        kind = sides["fake"].space.modality
        return faults(kind)[name][-1].plant(sides, modality(kind), np.random.default_rng(seed), "cpu")

    return plant


@pytest.mark.parametrize("kind", MODALITIES)
def test_a_modality_has_its_own_faults_and_those_of_all_in_the_order_of_the_plugins(kind, faults):
    specs = [component.spec for component in load_catalog(only=["genbench"]).components]
    names = [s.name for s in specs if s.kind == "fault" and (not s.modalities or kind in s.modalities)]
    assert list(faults(kind)) == [*names, *OWN]


def test_every_level_of_a_fault_is_there_mildest_first(faults):
    for levels in (levels for kind in MODALITIES for levels in faults(kind).values()):
        assert [fault.number for fault in levels] == list(range(len(levels)))
        assert len({fault.level for fault in levels}) == len(levels)
    assert [fault.level for fault in faults("text")["truncation"]] == ["to 75 %", "to 50 %", "to 25 %"]


def test_the_level_of_the_batch_size_names_the_samples_in_a_batch(faults):
    (fault,) = faults("image")["batch-size"]
    assert fault.level == f"{fault.batch} a batch"


def test_damage_to_words_changes_fakes_alone_and_not_how_many(planted, faults):
    for name in set(faults("text")) - set(faults("image")):
        found = planted(name, SIDES)
        assert found["real"] is FAKE
        assert found["train"] is TRAIN
        assert len(found["fake"]) == len(FAKE)
        assert found["fake"].data != FAKE.data
        assert found["fake"].data == planted(name, SIDES)["fake"].data


def test_near_copies_of_texts_have_a_tenth_of_their_words_replaced(planted):
    found = [text.split() for text in planted("near-copies", SIDES)["fake"].data]
    train = {text.split()[-1]: text.split() for text in TRAIN.data}
    known = [(words, train[words[-1]]) for words in found if words[-1] in train]
    assert len(known) > 200
    changed = np.mean([one != other for pair in known for one, other in zip(*pair, strict=True)])
    assert 0.05 < changed < 0.15
    assert sum("fake" in word for words in found for word in words) == 0


def test_near_copies_of_images_have_a_little_noise(planted):
    images = {name: Samples.of("image", np.full((50, 4, 4, 1), value, np.uint8))
              for name, value in (("fake", 50), ("train", 150))}  # fmt: skip
    found = planted("near-copies", images)["fake"].data.astype(float)
    assert found.mean() == pytest.approx(150, abs=1)
    assert found.std() == pytest.approx(0.02 * 255, rel=0.1)


def test_copies_need_a_train_split(planted):
    with pytest.raises(Undefined, match="the dataset has no train split"):
        planted("train-copies", {"fake": FAKE})


@pytest.fixture(scope="module")
def torn_cards(tmp_path_factory):
    """Return a function that gives the card of a toy metric on ragged samples."""

    def card(metric):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("GENBENCH_STORE", str(tmp_path_factory.mktemp("store")))
            return card_of(load_catalog([TORN], only=["modalities"]), "tapes", metric, n=60)

    return card


def card_of(catalog, dataset, metric, n=15):
    """Return the card of a metric that takes samples."""
    entry = SuiteEntry(use=dataset, name=None, options={}, where="d")
    data = open_data(make_part(catalog, DatasetSpec, entry, Path.cwd()), list_modalities(catalog))
    entry = MetricEntry(use=metric, name=None, options={}, where="m", extractor=None)
    (card,) = run_battery([make_group(entry, Path.cwd(), catalog)], data, catalog, n=n, seed_count=3)
    return card


def rows(card, fault):
    return [row for row in card.rows if row.fault == fault]


def test_a_stranger_s_metric_is_judged_by_a_stranger_s_fault(torn_cards):
    card = torn_cards("length-gap")
    assert card.dataset == "tapes"
    mild, harsh = rows(card, "torn-plugin:torn")
    assert (mild.level, harsh.level) == ("to 80 %", "to 20 %")
    assert (harsh.sign, harsh.verdict, harsh.fault_effect) == ("+", "right", "worse")
    assert harsh.effect > 10
    (still,) = rows(card, "torn-plugin:reversed")
    assert (still.sign, still.expected, still.verdict) == ("0", unchanged, "right")
    assert card.is_sound
    assert {row.fault for row in card.rows} >= {"collapse", "duplicates", "train-copies", *OWN[:2]}


def test_a_fault_that_cannot_be_planted_is_left_out_with_the_reason(torn_cards):
    left_out = {one.fault: one.reason for one in torn_cards("length-gap").left_out}
    assert left_out["torn-plugin:impossible"] == "these tapes are glued"
    assert left_out["torn-plugin:fails"] == "torn-plugin:fails: KeyError: 'tape'"
    assert left_out["torn-plugin:too-few"].startswith("torn-plugin:too-few: asked for 60 samples, got 3;")
    assert left_out["torn-plugin:needy"].startswith("fault 'needy' of torn-plugin needs 'no_such_module'")
    assert "'fake' is no input of a fault" in left_out["torn-plugin:unknown-input"]
    assert left_out["near-copies"] == "modality 'tape' of torn-plugin has no perturb"
    assert left_out["dropped-modes"] == "the dataset has no labels; expected a label for each sample"
    assert "torn-plugin:of-images" not in left_out


def test_an_unknown_fault_in_expects_is_a_warning_that_names_the_plugin(torn_cards):
    card = torn_cards("mean-length")
    who = "metric 'mean-length' of torn-plugin: output 'mean-length': expects names the fault"
    assert [warning.partition(", which")[0] for warning in card.unknown_faults] == [
        f"{who} 'tron'",
        f"{who} 'other:noise'",
    ]
    assert [row.verdict for row in rows(card, "torn-plugin:torn")] == ["right", "right"]


def test_a_metric_that_does_not_see_a_stranger_s_fault_is_blind(torn_cards):
    card = torn_cards("always-one")
    assert card.is_blind
    assert [row.verdict for row in rows(card, "torn-plugin:torn")] == ["unseen", "unseen"]


def test_a_modality_without_a_fault_has_the_invariances_alone_and_no_blind_metric(tmp_path, monkeypatch):
    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path))
    catalog = make_catalog(
        genbench.ModalitySpec(name="smell", container="strings"),
        DatasetSpec(name="smells", make=smells, modalities=("smell",)),
        genbench.MetricSpec(name="one", make=one, direction="lower"),
        name="nose",
    )
    assert list(read_faults(catalog, find_modality(list_modalities(catalog), "smell"))) == OWN
    card = card_of(catalog, "smells", "one")
    assert {row.fault for row in card.rows} == {"smaller-n", "row-order"}
    assert not card.has_damage
    assert not card.is_blind


def smells():
    return genbench.Data(Samples.of("smell", [f"smell {number}" for number in range(60)]))


def one(fake):
    return 1.0


def test_faults_of_other_distributions_have_qualified_names():
    known = read_faults(load_catalog([TORN], only=["modalities"]))
    assert {"noise", "torn-plugin:torn", "torn-plugin:of-images"} <= set(known)
    assert list(known)[-3:] == OWN
