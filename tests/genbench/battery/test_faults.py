"""Which faults a kind of space has, and what they do to the sides."""

from __future__ import annotations

import numpy as np
import pytest

from genbench import Samples
from genbench.battery.faults import FAULTS, KINDS, faults_on
from genbench.core.spaces import KINDS as SPACES

TRAIN = Samples.of("text", [f"train{i} is a text of ten words in all {i}" for i in range(300)])
FAKE = Samples.of("text", [f"fake{i} is a text of ten words in all {i}" for i in range(300)])
SIDES = {"real": FAKE, "fake": FAKE, "train": TRAIN}


def planted(name, sides, seed=0):
    """Return the sides under a fault at its harshest level."""
    fault = [one for one in faults_on(sides["fake"].space.kind) if one.name == name][-1]
    return fault.plant(sides, np.random.default_rng(seed))


@pytest.mark.parametrize("kind", SPACES)
def test_a_kind_of_space_has_its_own_faults_and_those_of_all(kind):
    names = list(dict.fromkeys(fault.name for fault in faults_on(kind)))
    assert names == [name for name in FAULTS if kind in KINDS.get(name, SPACES)]


def test_every_level_of_a_fault_is_there_mildest_first():
    for kind in SPACES:
        for name in {fault.name for fault in faults_on(kind)}:
            found = [fault for fault in faults_on(kind) if fault.name == name]
            assert tuple(fault.level for fault in found) == FAULTS[name]
            assert [fault.number for fault in found] == list(range(len(found)))


@pytest.mark.parametrize("name", [fault for fault, kinds in KINDS.items() if kinds == ("text",)])
def test_damage_to_words_changes_fakes_alone_and_not_how_many(name):
    found = planted(name, SIDES)
    assert found["real"] is FAKE
    assert found["train"] is TRAIN
    assert len(found["fake"]) == len(FAKE)
    assert found["fake"].data != FAKE.data
    assert found["fake"].data == planted(name, SIDES)["fake"].data


def test_near_copies_of_texts_have_a_tenth_of_their_words_replaced():
    found = [text.split() for text in planted("near-copies", SIDES)["fake"].data]
    train = {text.split()[-1]: text.split() for text in TRAIN.data}
    known = [(words, train[words[-1]]) for words in found if words[-1] in train]
    assert len(known) > 200
    changed = np.mean([one != other for pair in known for one, other in zip(*pair, strict=True)])
    assert 0.05 < changed < 0.15
    assert sum("fake" in word for words in found for word in words) == 0


def test_near_copies_of_images_have_a_little_noise():
    images = {name: Samples.of("image", np.full((50, 4, 4, 1), value, np.uint8))
              for name, value in (("fake", 50), ("train", 150))}  # fmt: skip
    found = planted("near-copies", images)["fake"].data.astype(float)
    assert found.mean() == pytest.approx(150, abs=1)
    assert found.std() == pytest.approx(0.02 * 255, rel=0.1)
