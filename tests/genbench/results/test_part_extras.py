from __future__ import annotations

import math

import pytest

from genbench.results.extras import read_dependence, read_parts

PAIRS = {"names": ["x", "y"], "real": [[1.0, 0.5], [0.5, None]], "fake": [[1, -1], [-1, 1]]}


def test_parts_and_their_dependence_are_read():
    assert read_parts({"parts": {"x": 1, "y": 0.5}}) == {"x": 1.0, "y": 0.5}
    found = read_dependence({"pairs": PAIRS | {"values": [[1, 2], [3, 4]]}})
    assert (found.names, found.real) == (("x", "y"), ((1.0, 0.5), (0.5, None)))
    assert found.fake == ((1.0, -1.0), (-1.0, 1.0))


@pytest.mark.parametrize("value", [None, "high", True, math.nan, math.inf, [1.0]])
def test_a_value_of_another_form_is_left_out(value):
    assert read_parts({"parts": {"x": value, "y": 0.5}}) == {"y": 0.5}


@pytest.mark.parametrize("extra", [{}, {"parts": [1.0]}, {"parts": "x"}, {"parts": None}])
def test_other_forms_have_no_parts(extra):
    assert read_parts(extra) == {}


@pytest.mark.parametrize(
    "change",
    [
        {"names": ["x"]},
        {"names": "xy"},
        {"names": ["x", "y", "z"]},
        {"real": [[1.0, 0.5]]},
        {"real": [[1.0], [0.5]]},
        {"fake": [[1, 2], [0, 1]]},
        {"fake": None},
        {"names": ["x"] * 101, "real": [[0] * 101] * 101, "fake": [[0] * 101] * 101},
    ],
)
def test_other_forms_have_no_dependence(change):
    assert read_dependence({"pairs": PAIRS | change}) is None
    assert read_dependence({"pairs": [PAIRS]}) is None


def test_a_forged_record_has_a_bounded_number_of_parts():
    assert len(read_parts({"parts": {str(number): 1.0 for number in range(5000)}})) == 1000
