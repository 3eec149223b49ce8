from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genbench.core.canonical_json import canonical, digest, is_nested_deeper

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_keys_are_sorted_and_there_are_no_spaces():
    assert canonical({"b": [1, 2.5, None], "a": {"y": True, "x": "z"}}) == (
        '{"a":{"x":"z","y":true},"b":[1,2.5,null]}'
    )


def test_text_is_ascii():
    assert canonical("Fréchet ∞") == '"Fr\\u00e9chet \\u221e"'


def test_the_digest_is_the_sha256_of_the_text():
    assert digest({"a": 1}) == hashlib.sha256(b'{"a":1}').hexdigest()


@given(st.dictionaries(st.text(), VALUES, max_size=5))
def test_the_order_of_keys_changes_nothing(value):
    assert canonical(dict(reversed(value.items()))) == canonical(value)


@given(VALUES)
def test_the_text_reads_back_as_the_value(value):
    assert json.loads(canonical(value)) == value


def test_tuples_are_lists():
    assert canonical((1, 2)) == canonical([1, 2])


def test_a_whole_float_is_not_an_int():
    assert canonical(1.0) != canonical(1)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [-float("inf")]])
def test_what_is_not_finite_is_refused(value):
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical(value)


@pytest.mark.parametrize("value", [{1, 2}, b"bytes", object()])
def test_what_json_cannot_hold_is_refused(value):
    with pytest.raises(TypeError, match="not JSON serializable"):
        canonical(value)


def test_nesting_is_counted_in_tables_and_lists():
    assert not is_nested_deeper(3, 0)
    assert not is_nested_deeper({"a": [[1]]}, 3)
    assert is_nested_deeper({"a": [[1]]}, 2)
    assert is_nested_deeper({"b": 1, "a": [{}]}, 2)
