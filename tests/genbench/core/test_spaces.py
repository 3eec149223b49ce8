from __future__ import annotations

import json

import pytest

from genbench import Space

SPACES = [
    Space("image", (8, 8, 1), low=0, high=255),
    Space("audio", (2,), rate=16000),
    Space("points", (3,)),
    Space("vector", (2,), low=0.0),
    Space("text", longest=80),
    Space("sequence"),
    Space("table", columns=(("age", "int64"), ("name", "object"))),
]


@pytest.mark.parametrize("space", SPACES, ids=str)
def test_a_space_survives_json(space):
    assert Space.from_json(json.loads(json.dumps(space.to_json()))) == space


def test_absent_fields_are_left_out_of_json_and_zero_is_not_absent():
    assert Space("vector", (2,), low=0.0).to_json() == {"kind": "vector", "shape": (2,), "low": 0.0}


def test_a_space_reads_as_its_kind_and_sides():
    assert [str(space) for space in SPACES[:1] + SPACES[4:5]] == ["image 8x8x1", "text"]


@pytest.mark.parametrize("columns", [(1, 2), (("a",),), (("a", 1),)])
def test_columns_that_are_no_pairs_of_texts_are_refused(columns):
    with pytest.raises(ValueError, match="are not pairs of a name and a pandas dtype"):
        Space("table", columns=columns)


@pytest.mark.parametrize("longest", [0, -1, 2.0, "9"])
def test_a_greatest_length_is_a_positive_number(longest):
    with pytest.raises(ValueError, match="expected a positive number of characters"):
        Space("text", longest=longest)


def test_spaces_are_compared_by_their_values_and_have_a_hash():
    assert {Space("audio", (2,), rate=5), Space("audio", [2], rate=5)} == {Space("audio", (2,), rate=5)}
    assert Space("audio", (2,), rate=5) != Space("audio", (2,), rate=6)
