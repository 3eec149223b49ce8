from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from genbench import Invalid, Ragged, Space
from genbench.core.containers import CONTAINERS, find_container

DATA = {
    "array": np.arange(12, dtype=np.uint8).reshape(3, 2, 2),
    "ragged": Ragged.of([np.zeros((n, 2), np.float32) + n for n in (2, 0, 3)]),
    "strings": ("a", "é", ""),
    "frame": pd.DataFrame({"x": [1.0, np.nan, 3.0], "y": ["a", None, "c"]}),
}
SPACES = {
    "array": Space("x", (2, 2), low=0, high=255),
    "ragged": Space("x", (2,), low=0.0, high=3.0),
    "strings": Space("x", longest=1),
    "frame": Space("x", columns=(("x", "float64"), ("y", str(DATA["frame"]["y"].dtype)))),
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_data_show_their_container_and_pass_its_checks(name):
    container = find_container(DATA[name])
    assert container is CONTAINERS[name]
    container.check(DATA[name], SPACES[name])
    assert container.shape(DATA[name]) == SPACES[name].shape


@pytest.mark.parametrize("name", CONTAINERS)
def test_taking_and_joining_move_whole_items(name):
    container, data = CONTAINERS[name], DATA[name]
    items = list(container.serialize_items(data))
    assert len(set(items)) == len(items) == len(data)
    taken = container.take(data, np.array([2, 0, 2]))
    assert list(container.serialize_items(taken)) == [items[2], items[0], items[2]]
    joined = container.concat([container.take(data, slice(1, None)), container.take(data, slice(0, 1))])
    assert list(container.serialize_items(joined)) == [items[1], items[2], items[0]]


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_copy_shares_no_memory_with_the_original(name):
    container, data = CONTAINERS[name], DATA[name]
    copied = container.copy(data)
    assert list(container.serialize_items(copied)) == list(container.serialize_items(data))
    values = container.values(data)
    assert values is None or not np.shares_memory(values, container.values(copied))
    if name == "frame":
        copied.loc[0, "x"] = 9.0
        assert data.loc[0, "x"] == 1.0


@pytest.mark.parametrize("name", CONTAINERS)
def test_unified_zeros_change_no_other_item(name):
    container, data = CONTAINERS[name], DATA[name]
    before = list(container.serialize_items(data))
    assert list(container.serialize_items(container.unify_numbers(data))) == before
    assert list(container.serialize_items(container.unify_numbers(container.take(data, slice(0, 0))))) == []


@pytest.mark.parametrize("dtype", ["float64", "Float64", object])
def test_unified_numbers_of_a_frame_have_single_precision_gaps_and_finite_values(dtype):
    frame, container = pd.DataFrame({"x": pd.Series([0.1, None, 1e300], dtype=dtype)}), CONTAINERS["frame"]
    single = [str(float(np.float32(number))) for number in (0.1, np.finfo(np.float32).max)]
    items = [item.decode() for item in container.serialize_items(container.unify_numbers(frame))]
    assert items == [f"[{single[0]}]", "[null]", f"[{single[1]}]"]


def test_whole_numbers_beside_missing_values_stay_whole_numbers():
    frame, container = pd.DataFrame({"x": pd.Series([0, None, 2], dtype=object)}), CONTAINERS["frame"]
    assert list(container.serialize_items(container.unify_numbers(frame))) == [b"[0]", b"[null]", b"[2]"]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_unified_zeros_are_positive_and_the_data_keep_theirs(dtype):
    values = np.array([[-0.0, 1.0], [0.0, -1.0]], dtype)
    for name, data in (("array", values), ("ragged", Ragged.of([values])), ("frame", pd.DataFrame(values))):
        container = CONTAINERS[name]
        before = list(container.serialize_items(data))
        unified = container.unify_numbers(data)
        assert not np.signbit(np.asarray(getattr(unified, "values", unified))[0, 0])
        assert np.asarray(getattr(unified, "values", unified)).dtype != np.float64
        assert list(container.serialize_items(data)) == before != list(container.serialize_items(unified))


def test_unsigned_integers_have_the_bounds_of_their_dtype_and_others_none():
    assert CONTAINERS["array"].parameters(DATA["array"]) == {"low": 0, "high": 255}
    assert CONTAINERS["ragged"].parameters(DATA["ragged"]) == {}
    assert CONTAINERS["ragged"].parameters(Ragged.of([np.zeros(2, np.uint16)])) == {"low": 0, "high": 65535}


@pytest.mark.parametrize(
    ("name", "space", "message"),
    [
        ("array", Space("x", (2, 3)), r"expected samples of shape \(3, 2, 3\), got \(3, 2, 2\)"),
        ("array", Space("x", (2, 2), low=0, high=9), r"values in \[0, 9\], got .* \[0, 11\]"),
        ("ragged", Space("x", (3,)), r"of the shape \(3,\) after their first axis, got \(2,\)"),
        (
            "array",
            Space("x", (2, 2, 1)),
            r"got \(3, 2, 2\); add the missing last axis with x\[\.\.\., None\]",
        ),
        ("ragged", Space("x", (2, 1)), r"got \(2,\); add the missing last axis with x\[\.\.\., None\]"),
        ("ragged", Space("x", (2,), low=2.5), r"expected values in \[2.5, None\]"),
        ("frame", Space("x", columns=(("x", "int64"),)), "the column 'x' is float64; expected int64"),
    ],
)
def test_data_outside_the_space_are_refused(name, space, message):
    with pytest.raises(Invalid, match=message):
        CONTAINERS[name].check(DATA[name], space)


def test_a_text_that_is_longer_than_the_space_allows_is_refused():
    with pytest.raises(Invalid, match="sample 1 has 3 characters; the space allows 1"):
        CONTAINERS["strings"].check(("a", "bcd"), SPACES["strings"])


def test_the_sample_of_a_value_that_is_not_finite_is_named():
    values = np.zeros((5, 1), np.float32)
    values[3] = np.nan
    with pytest.raises(
        Invalid, match="1 values are not finite, the first in sample 2; expected finite numbers"
    ):
        CONTAINERS["ragged"].check(Ragged(values, np.array([0, 2, 3, 5])), Space("x", (1,)))
    with pytest.raises(
        Invalid, match="1 values are not finite, the first in sample 3; expected finite numbers"
    ):
        CONTAINERS["array"].check(values, Space("x", (1,)))


def test_ragged_arrays_with_offsets_that_do_not_fit_are_refused():
    with pytest.raises(Invalid, match=r"Ragged\.of\(arrays\) makes them"):
        CONTAINERS["ragged"].check(Ragged(np.zeros((2, 1)), np.array([0, 1])), Space("x", (1,)))


def test_a_column_with_infinity_is_refused():
    frame = pd.DataFrame({"a": [np.inf]})
    reason = r"column 'a' holds infinity in row \d; expected finite numbers and gaps"
    with pytest.raises(Invalid, match=reason):
        CONTAINERS["frame"].check(frame, Space("x", columns=(("a", "float64"),)))
