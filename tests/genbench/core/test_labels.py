from __future__ import annotations

import numpy as np
import pytest

from genbench import DataError, Samples
from genbench.core.samples import class_names, labels_in, number_classes


def labelled(labels, classes=()):
    return Samples.of("vector", np.zeros((len(labels), 2)), labels, classes=classes)


def test_classes_have_their_names_and_plain_labels_their_numbers():
    assert class_names(labelled([2, 0, 2], ("a", "b", "c"))) == {0: "a", 2: "c"}
    assert class_names(labelled([7, 3])) == {3: "3", 7: "7"}
    assert class_names(Samples.of("vector", np.zeros((3, 2)))) == {}


def test_one_name_has_one_number_on_every_side():
    sides = {"real": labelled([0, 1, 2], ("bird", "cat", "dog")), "fake": labelled([0, 1], ("cat", "dog"))}
    numbers = number_classes(sides)
    assert labels_in(sides["real"], numbers).tolist() == [0, 1, 2]
    assert labels_in(sides["fake"], numbers).tolist() == [1, 2]


def test_folders_named_with_numbers_meet_labels_that_are_numbers():
    sides = {"real": labelled([0, 1, 9]), "fake": labelled([0, 1], ("1", "9"))}
    numbers = number_classes(sides)
    assert labels_in(sides["real"], numbers).tolist() == [0, 1, 9]
    assert labels_in(sides["fake"], numbers).tolist() == [1, 9]


def test_names_that_only_look_like_numbers_are_numbered_in_their_order():
    """ "01" is not how the number 1 is written, so these are names, and no labels that are plain numbers."""
    assert number_classes({"real": labelled([0, 1], ("01", "5"))}) == {"01": 0, "5": 1}


def test_sides_without_a_common_class_are_refused_by_the_names():
    sides = {"real": labelled([0, 1]), "fake": labelled([0, 1], ("cat", "dog"))}
    with pytest.raises(DataError, match="real and fake have no class in common: 0, 1 and cat, dog"):
        number_classes(sides)


@pytest.mark.parametrize("other", ["01", "\u0661"])
def test_a_number_that_the_sides_write_in_two_ways_is_refused(other):
    sides = {"real": labelled([0, 1], ("1", "10")), "fake": labelled([0, 1], (other, "10"))}
    with pytest.raises(DataError, match=r"the classes .* and .* are one number in two ways"):
        number_classes(sides)


def test_a_side_without_labels_is_no_hindrance():
    assert number_classes({"real": labelled([4]), "fake": Samples.of("vector", np.zeros((1, 2)))}) == {"4": 4}


def test_an_unknown_class_is_named():
    with pytest.raises(DataError, match="unknown classes emu; expected some of cat, dog"):
        labels_in(labelled([0, 1], ("cat", "emu")), {"cat": 0, "dog": 1})
