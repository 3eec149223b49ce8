"""Structural differences of JSON values."""

from __future__ import annotations

from genbench.core.differences import differences, differing_texts


def test_leaves_that_differ_have_both_values_at_their_path():
    value = {"n": 1, "options": {"k": 3, "rates": [1, 2]}}
    other = {"n": 1, "options": {"rates": [1, 3]}, "seed": None}
    assert differences(value, value) == {}
    assert differences(value, other) == {
        "options.k": (3, None), "options.rates": ([1, 2], [1, 3]), "seed": (None, None),
    }  # fmt: skip
    assert differences({}, {"n": 1}) == {"n": (None, 1)}
    assert differing_texts(value, other)["seed"] == ("not set", "null")


def test_lists_of_tables_are_compared_by_position():
    value, other = ({"votes": [{"sha256": "a" * 64}, {"sha256": digit * 64}]} for digit in "bc")
    assert differing_texts(value, other) == {"votes[1].sha256": ("bbbbbbbb", "cccccccc")}


def test_hashes_that_begin_alike_are_shown_whole():
    value, other = ("a" * 63 + digit for digit in "bc")
    assert differing_texts({"data": value}, {"data": other}) == {"data": (value, other)}


def test_types_of_numbers_count():
    assert differences({"k": 1}, {"k": True}) == {"k": (1, True)}
    assert differences({"k": 1}, {"k": 1.0}) == {"k": (1, 1.0)}


def test_unequal_values_with_equal_leaves_differ_as_a_whole():
    assert differences({"a": {}}, {}) == {"": ({"a": {}}, {})}
    value, other = {"a.b": 1}, {"a": {"b": 1}}
    assert differences(value, other) == {"": (value, other)}
    assert differing_texts(value, other) == {"": ('{"a.b": 1}', '{"a": {"b": 1}}')}
