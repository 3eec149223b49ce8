from __future__ import annotations

import datetime as dt
import hashlib
import itertools

import numpy as np
import pandas as pd
import pytest

from genbench.core.canonical_json import canonical
from genbench.core.containers import find_container
from genbench.core.frames import plain_row
from genbench.core.rows import _number_exactly, identify_rows, number_rows, serialize_rows
from genbench.core.samples import Samples, digests, unify_numbers

DAY, NOON = dt.date(2026, 1, 2), pd.Timestamp("2026-01-02 12:00")
#: Cells of each kind of column that a frame may have, the awkward ones first.
CELLS = {
    "float64": [np.nan, -0.0, 0.0, 1.0, 0.1, 1e-300, 1e300, 1e16, 123456789.125, 2.0**53],
    "float32": [np.nan, -0.0, 0.0, 0.1, 1.5],
    "float16": [np.nan, -0.0, 0.1],
    "int64": [0, -1, 1, 2**63 - 1, -(2**63)],
    "uint64": [0, 1, 2**64 - 1],
    "int8": [0, -1, 1],
    "bool": [True, False],
    "Int64": [0, 1, None, 2**62],
    "Float64": [None, -0.0, 0.0, 0.5],
    "boolean": [True, False, None],
    "str": ["", "a", None, "null", "é", "日本", "\U0001f600", '"\\\n\x00', "1", "2026-01-02"],
    "string[python]": ["", "a", None, "é", "NaN"],
    "object": [None, np.nan, pd.NA, pd.NaT, 1, 1.0, True, "1", 0.0, -0.0, 0, False, np.float32(0.1),
               np.int8(1), np.str_("a"), "a", DAY, NOON, "2026-01-02", "\ud800", "'\\ud800'", 2**70],
    "category": ["b", "a", None, "é"],
    "datetime64[ns]": [NOON, pd.NaT, pd.Timestamp(1)],
    "datetime64[s]": [NOON, pd.NaT],
    "datetime64[ns, UTC]": [NOON, pd.NaT],
    "timedelta64[ns]": [pd.Timedelta(1), pd.NaT, pd.Timedelta(days=2)],
}  # fmt: skip


def draw_column(kind, n, rng):
    cells = CELLS[kind]
    return pd.Series([cells[i] for i in rng.integers(len(cells), size=n)], dtype=object).astype(kind)


def draw_frame(n, rng, kinds=tuple(CELLS)):
    return pd.concat([draw_column(kind, n, rng) for kind in kinds], axis=1, keys=range(len(kinds)))


def write_rows(frame):
    """Return the bytes of each row as the rule defines them: one row after the other."""
    return [canonical(plain_row(row)).encode() for row in frame.itertuples(index=False, name=None)]


def test_rows_have_the_bytes_of_their_cells_as_json_in_any_column(monkeypatch):
    rng = np.random.default_rng(0)
    monkeypatch.setattr("genbench.core.rows._BLOCK", 7)  # so that few rows are several blocks
    for kind in CELLS:
        frame = draw_frame(40, rng, (kind, "int64"))
        assert list(serialize_rows(frame)) == write_rows(frame), kind
    frame = draw_frame(30, rng)
    frame.columns = ["same"] * len(CELLS)  # columns are told by their position
    frame.index = rng.permutation(30)
    assert list(serialize_rows(frame)) == write_rows(frame)
    assert digests(Samples.of("table", frame)) == [hashlib.sha256(row).digest() for row in write_rows(frame)]
    assert list(serialize_rows(frame[:0])) == []


@pytest.mark.parametrize(
    "categories", [[1.5, -0.0, 2.0], [1, 2, 3], [True, False], [1, "1", 1.5], [NOON, pd.Timestamp(1)]]
)
def test_categories_of_any_type_have_the_bytes_of_their_values(categories):
    codes = [0, 1, -1, 0, 1, len(categories) - 1]
    frame = pd.DataFrame({"x": pd.Categorical.from_codes(codes, categories)})
    assert list(serialize_rows(frame)) == write_rows(frame)
    unified = find_container(frame).unify_numbers(frame)
    assert b"[-0.0]" not in list(serialize_rows(unified))


@pytest.mark.parametrize(
    ("cells", "error"), [([1.0, np.inf], ValueError), ([1.0, 1j], TypeError), ([b"x", "a"], TypeError)]
)
def test_cells_without_json_are_errors_as_they_are_by_rows(cells, error):
    frame = pd.DataFrame({"x": cells})
    for write in (write_rows, lambda frame: list(serialize_rows(frame))):
        with pytest.raises(error):
            write(frame)


def find_equal(rows):
    """Return the number of the first equal row of each row, by which equal rows of two lists are equal."""
    first = {}
    return [first.setdefault(row, number) for number, row in enumerate(rows)]


def test_rows_of_several_frames_have_one_number_if_their_json_is_equal():
    rng = np.random.default_rng(1)
    kinds = [(kind, kind) for kind in CELLS]
    kinds += [(one, other) for one, other in itertools.permutations(("float64", "float32", "int64", "int8",
              "uint64", "bool", "str", "object", "category", "datetime64[ns]", "datetime64[s]",
              "datetime64[ns, UTC]"), 2)]  # fmt: skip
    for one, other in kinds:
        frames = [draw_frame(25, rng, (kind, "bool")) for kind in (one, other)]
        numbers = np.concatenate(number_rows(frames)).tolist()
        assert find_equal(numbers) == find_equal([row for each in frames for row in write_rows(each)])
        unified = [unify_numbers(Samples.of("table", each)).data for each in frames]
        numbers = np.concatenate(number_rows(unified)).tolist()
        assert find_equal(numbers) == find_equal([row for each in unified for row in write_rows(each)])


def test_rows_of_one_hash_are_compared_cell_by_cell():
    factor, step, mask = 0xBF58476D1CE4E5B9, 0x9E3779B97F4A7C15, 2**64 - 1

    def mix(value):
        mixed = (value * factor + step) & mask
        return mixed ^ (mixed >> 32)

    # the second cell cancels what the first one adds to the hash, so all three rows have one hash
    first = [1, 2, 1]
    second = [0, mix(1) ^ mix(2), 0]
    frame = pd.DataFrame({"a": np.array(first, np.uint64), "b": np.array(second, np.uint64)})
    (numbers,) = number_rows([frame])
    assert numbers[0] == numbers[2] != numbers[1]
    columns = [frame[name].to_numpy().view(np.int64) for name in frame]
    assert find_equal(_number_exactly(columns).tolist()) == [0, 1, 0]


def test_an_identity_changes_with_any_cell_with_their_order_and_not_with_their_storage():
    rng = np.random.default_rng(2)
    frame = draw_frame(40, rng)
    before = identify_rows(frame)
    assert before == identify_rows(frame.copy()) == identify_rows(frame.set_index(frame.index[::-1]))
    assert before != identify_rows(frame.iloc[::-1]) != identify_rows(frame[:39])
    for number, kind in enumerate(CELLS):
        texts = write_rows(frame[[number]])
        other = next(i for i, text in enumerate(texts) if text != texts[0])
        order = [other, *range(1, 40)]
        changed = frame.copy()
        changed.isetitem(number, frame.iloc[order, number].reset_index(drop=True))
        assert identify_rows(changed) != before, kind
    texts = pd.DataFrame({"x": ["a", None, "b", "a"]}, dtype="str")
    assert identify_rows(texts) == identify_rows(texts.astype("string[python]")) != before
