"""Structural differences of JSON values."""

from __future__ import annotations

import pytest

from genbench.core.differences import describe_differences, find_differences


def test_leaves_that_differ_have_both_values_at_their_path():
    value = {"n": 1, "options": {"k": 3, "rates": [1, 2]}}
    other = {"n": 1, "options": {"rates": [1, 3]}, "seed": None}
    assert find_differences(value, value) == {}
    assert find_differences(value, other) == {
        "options.k": (3, None), "options.rates": ([1, 2], [1, 3]), "seed": (None, None),
    }  # fmt: skip
    assert find_differences({}, {"n": 1}) == {"n": (None, 1)}
    assert describe_differences(value, other)["seed"] == ("not set", "null")


def test_lists_of_tables_are_compared_by_position():
    value, other = ({"votes": [{"sha256": "a" * 64}, {"sha256": digit * 64}]} for digit in "bc")
    assert describe_differences(value, other) == {"votes[1].sha256": ("bbbbbbbb", "cccccccc")}


def test_hashes_that_begin_alike_are_shown_whole():
    value, other = ("a" * 63 + digit for digit in "bc")
    assert describe_differences({"data": value}, {"data": other}) == {"data": (value, other)}


def test_types_of_numbers_count():
    assert find_differences({"k": 1}, {"k": True}) == {"k": (1, True)}
    assert find_differences({"k": 1}, {"k": 1.0}) == {"k": (1, 1.0)}


def test_an_empty_table_differs_from_none_beside_other_differences():
    assert find_differences({"a": {}, "n": 1}, {"n": 2}) == {"a": ({}, None), "n": (1, 2)}
    assert find_differences({"a": [{"b": 1}, {}]}, {"a": [{"b": 1}]}) == {"a[1]": ({}, None)}
    assert find_differences({"a": {}}, {"a": None}) == {"a": ({}, None)}
    assert describe_differences({"a": {}}, {}) == {"a": ("{}", "not set")}
    assert describe_differences({"a": {}}, {"a": {"b": 1}}) == {"a.b": ("not set", "1")}


def test_a_number_differs_from_a_hash_of_its_digits():
    assert find_differences({"a": int("1" * 64)}, {"a": "1" * 64}) == {"a": (int("1" * 64), "1" * 64)}


@pytest.mark.parametrize(
    ("forged", "honest"),
    [
        ({"a.b": 1}, {"a": {"b": 1}}),
        ({"a": {"b": 9}, "a.b": 1}, {"a": {"b": 1}}),
        ({"": {"a": 1}}, {"a": 1}),
        ({"": 1, "a": 2}, {"a": 2}),
        ({"a[0]": {"b": 1}}, {"a": [{"b": 1}]}),
        ({'"a.b"': 1}, {"a.b": 1}),
        ({"a": {"": {"b": 1}}}, {"a": {"b": 1}}),
    ],
)
def test_no_key_takes_the_place_of_another(forged, honest):
    found = find_differences(forged, honest)
    assert found
    assert all(pair[0] != pair[1] for pair in found.values())
    if "a" in honest and honest["a"] == {"b": 1}:
        assert ("a.b" in found) == (forged.get("a") != {"b": 1})
