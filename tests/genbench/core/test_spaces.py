from __future__ import annotations

import json

import pytest

from genbench import Space

SPACES = [
    Space(kind="image", shape=(8, 8, 1), low=0, high=255),
    Space(kind="audio", shape=(16000,), rate=16000),
    Space(kind="points", shape=(64, 3)),
    Space(kind="vector", shape=(2,), low=0.0),
    Space(kind="text", longest=80),
    Space(kind="sequence"),
    Space(kind="table", columns=(("age", "int64"), ("name", "object"))),
]


@pytest.mark.parametrize("space", SPACES, ids=str)
def test_a_space_survives_json(space):
    assert Space.from_json(json.loads(json.dumps(space.to_json()))) == space


def test_absent_fields_are_left_out_of_json_and_zero_is_not_absent():
    assert Space(kind="vector", shape=(2,), low=0.0).to_json() == {
        "kind": "vector",
        "shape": (2,),
        "low": 0.0,
    }


def test_a_space_reads_as_its_kind_and_sides():
    assert [str(space) for space in SPACES[:1] + SPACES[4:5]] == ["image 8x8x1", "text"]


def test_an_unknown_kind_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"unknown kind of space 'video'; expected one of audio, image"):
        Space(kind="video")


@pytest.mark.parametrize(
    ("kind", "shape"),
    [
        ("image", (8, 8)),
        ("image", (8, 0, 1)),
        ("audio", ()),
        ("text", (3,)),
        ("points", (3,)),
        ("vector", (1, 2)),
    ],
)
def test_a_shape_that_does_not_fit_the_kind_is_refused(kind, shape):
    with pytest.raises(ValueError, match="does not fit a space of kind"):
        Space(kind=kind, shape=shape)
