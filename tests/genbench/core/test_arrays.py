from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genbench import Invalid, Ragged
from genbench.core.arrays import check_unmasked, find_not_finite, freeze, isolate

LENGTHS = st.lists(st.integers(0, 5), min_size=1, max_size=6)


def test_values_that_are_not_finite_are_counted_over_all_blocks(monkeypatch):
    array = np.zeros((10, 3))
    array[4, 1], array[9, 0], array[9, 2] = np.nan, np.inf, -np.inf
    for block in (1, 7, 1000):
        monkeypatch.setattr("genbench.core.arrays._BLOCK_VALUES", block)
        assert find_not_finite(array) == (3, 4)
        assert find_not_finite(array[4:]) == (3, 0)
    assert find_not_finite(np.zeros((0, 3))) == (0, -1)


def test_an_array_in_a_file_that_is_mapped_read_only_needs_no_copy(tmp_path):
    np.save(tmp_path / "x.npy", np.arange(6.0).reshape(3, 2))
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    assert np.shares_memory(isolate(mapped[1:]), mapped)
    for own in (np.load(tmp_path / "x.npy", mmap_mode="r+"), np.load(tmp_path / "x.npy"), freeze(np.ones(3))):
        assert not np.shares_memory(isolate(own), own)
        assert not isolate(own).flags.writeable


def test_a_masked_array_is_refused_alone_and_in_a_ragged_array():
    masked = np.ma.masked_greater(np.array([[1.0], [1e20]]), 9.0)
    check_unmasked(masked.filled(0.0))
    for refused in (lambda: check_unmasked(masked), lambda: Ragged.of([masked, masked])):
        with pytest.raises(Invalid, match="without a mask"):
            refused()


def test_a_locked_array_is_a_view_that_cannot_be_written():
    own = np.zeros(3)
    view = freeze(own)
    with pytest.raises(ValueError, match="read-only"):
        view[0] = 1
    own[0] = 2.0
    assert view[0] == 2.0


def arrays(lengths):
    starts = np.cumsum([0, *lengths])
    return [
        np.arange(start, start + n, dtype=np.float32)[:, None]
        for start, n in zip(starts, lengths, strict=False)
    ]


@given(LENGTHS)
def test_each_array_is_what_it_was(lengths):
    ragged = Ragged.of(arrays(lengths))
    ragged.check()
    assert ragged.lengths.tolist() == lengths
    assert [array.tolist() for array in ragged] == [array.tolist() for array in arrays(lengths)]
    assert ragged[-1].tolist() == arrays(lengths)[-1].tolist()


@given(LENGTHS, st.data())
def test_an_index_array_selects_in_its_order(lengths, data):
    index = np.array(data.draw(st.lists(st.integers(0, len(lengths) - 1), max_size=9)), np.intp)
    taken = Ragged.of(arrays(lengths))[index]
    taken.check()
    assert [array.tolist() for array in taken] == [arrays(lengths)[i].tolist() for i in index]


def test_a_slice_selects_as_of_a_list():
    ragged, every = Ragged.of(arrays([2, 0, 3, 1])), arrays([2, 0, 3, 1])
    for chosen in (slice(None), slice(1, 3), slice(None, None, -1), slice(9, 12)):
        assert [array.tolist() for array in ragged[chosen]] == [array.tolist() for array in every[chosen]]


def test_one_array_is_a_view():
    ragged = Ragged.of(arrays([2, 3]))
    assert np.shares_memory(ragged[1], ragged.values)


def test_a_ragged_survives_pickling():
    ragged = pickle.loads(pickle.dumps(Ragged.of(arrays([2, 0]))))  # noqa: S301 - made in this test
    assert [len(array) for array in ragged] == [2, 0]


@pytest.mark.parametrize(
    "wrong",
    [[], [np.zeros((2, 3)), np.zeros((2, 4))], [np.zeros(2), np.zeros(2, np.float32)], [np.float64(1.0)]],
)
def test_arrays_that_differ_in_more_than_their_first_axis_are_refused(wrong):
    with pytest.raises(Invalid, match="one dtype that differ in their first axis alone"):
        Ragged.of(wrong)


@pytest.mark.parametrize(
    "offsets",
    [
        np.array([0, 2], np.int32),
        np.array([0, 1, 3]),
        np.array([1, 2]),
        np.array([0, 2, 1, 2]),
        np.array([], np.int64),
        np.array([[0, 2]]),
    ],
)
def test_offsets_that_do_not_divide_the_values_are_refused(offsets):
    with pytest.raises(Invalid, match="rise from 0 to the number of values, 2"):
        Ragged(np.zeros((2, 1)), offsets).check()


def test_arrays_that_are_no_ragged_are_refused_with_what_they_are():
    clips = [np.zeros((2, 4, 5), np.uint8), np.zeros((3, 4, 6), np.uint8), np.zeros((4, 4, 5), np.uint8)]
    with pytest.raises(Invalid, match=r"alone, got uint8 \(t, 4, 5\), uint8 \(t, 4, 6\)$"):
        Ragged.of(clips)
