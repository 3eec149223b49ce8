from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import pytest
from genbench_table.datasets import parquet
from genbench_table.datasets.table_file import schema_of, table_file

from genbench import Absent, DataError

needs_pyarrow = pytest.mark.extras("pyarrow")


@pytest.fixture
def saved(tmp_path):
    """Return a function that writes a frame as Parquet and gives its path."""

    def save(encoding=None, **columns):
        options = {"use_dictionary": False, "column_encoding": encoding} if encoding else {}
        pd.DataFrame(columns).to_parquet(tmp_path / "t.parquet", **options)
        return tmp_path / "t.parquet"

    return save


@needs_pyarrow
def test_columns_have_the_kinds_of_their_types(saved):
    path = saved(
        i=pd.array([1, None], dtype="Int64"), f=[1.5, None], b=[True, False], s=["NA", None],
        d=pd.to_datetime(["2024-05-31T12:00:00+02:00", None], utc=True), c=pd.Categorical(["u", "v"]),
        n=[None, None], u=pd.array([1, 2], dtype="uint8"),
    )  # fmt: skip
    found = table_file(path=path).samples.data
    assert {name: str(dtype) for name, dtype in found.dtypes.items()} == {
        "i": "Int64", "f": "float64", "b": "boolean", "s": "object", "d": "datetime64[ns]", "c": "object",
        "n": "object", "u": "Int64",
    }  # fmt: skip
    assert found.iloc[0, [0, 1, 3, 5]].tolist() == [1, 1.5, "NA", "u"]
    assert found["d"][0] == pd.Timestamp("2024-05-31T10:00")
    assert found.iloc[1].isna().tolist() == [True, True, False, True, True, False, True, False]


@needs_pyarrow
def test_an_ordered_categorical_has_its_levels_in_their_order(saved, tmp_path, written):
    column = pd.Categorical(["low", "high", None], categories=["low", "middle", "high"], ordered=True)
    path = saved(a=column, b=[1, 2, 3])
    found = table_file(path=path).samples
    assert found.space.get("ordered") == (("a", ("low", "middle", "high")),)
    assert found.data["a"].tolist() == ["low", "high", None]
    assert 'a = ["low", "middle", "high"]' in schema_of(path).to_toml()
    stated = table_file(path=path, schema=written("s.toml", '[columns]\na = "category"\n')).samples
    assert stated.space.get("ordered") is None


@needs_pyarrow
@pytest.mark.parametrize("size", [1, 2, 100])
def test_the_levels_are_those_of_every_group_of_rows(tmp_path, size):
    column = pd.Categorical(["high", "low", None], categories=["low", "middle", "high"], ordered=True)
    pd.DataFrame({"a": column}).to_parquet(tmp_path / "t.parquet", row_group_size=size)
    found = table_file(path=tmp_path / "t.parquet").samples
    assert found.space.get("ordered") == (("a", ("low", "middle", "high")),)


@needs_pyarrow
def test_an_order_whose_levels_are_not_in_the_file_is_refused(tmp_path, written):
    column = pd.Categorical(["high", "low"], categories=["low", "middle", "high"], ordered=True)
    pd.DataFrame({"a": column}).to_parquet(tmp_path / "t.parquet", use_dictionary=False)
    reason = r"'a' has an order, and the file does not hold its levels; .* a schema$"
    with pytest.raises(DataError, match=reason):
        table_file(path=tmp_path / "t.parquet")
    schema = written("s.toml", '[columns]\na = ["low", "middle", "high"]\n')
    found = table_file(path=tmp_path / "t.parquet", schema=schema).samples
    assert found.space.get("ordered") == (("a", ("low", "middle", "high")),)


@needs_pyarrow
def test_ordered_numbers_are_numbers_and_an_order_without_levels_is_none(saved):
    path = saved(
        a=pd.Categorical([2, 1], categories=[2, 1], ordered=True),
        b=pd.Categorical([None, None], categories=pd.Index([], dtype=object), ordered=True),
        c=[1, 2],
    )
    found = table_file(path=path).samples
    assert found.data["a"].tolist() == [2, 1]
    assert found.space.get("ordered") is None


@needs_pyarrow
def test_an_index_without_a_name_is_refused(tmp_path):
    frame = pd.DataFrame({"a": [1, 2]}, index=["x", "y"])
    frame.to_parquet(tmp_path / "t.parquet")
    reason = r"a column has no name, as the index of a pandas frame; .*index=False"
    with pytest.raises(DataError, match=reason):
        table_file(path=tmp_path / "t.parquet")
    ignored = table_file(path=tmp_path / "t.parquet", ignore=("__index_level_0__",))
    assert list(ignored.samples.data.columns) == ["a"]


@needs_pyarrow
def test_nan_is_a_gap(tmp_path):
    import pyarrow as pa
    from pyarrow import parquet

    parquet.write_table(pa.table({"f": pa.array([float("nan"), 1.0])}), tmp_path / "t.parquet")
    assert table_file(path=tmp_path / "t.parquet").samples.data["f"].isna().tolist() == [True, False]


@needs_pyarrow
def test_a_schema_wins_over_the_types(saved, written):
    path = saved(i=[1, 2], f=[1.0, 2.0])
    schema = written("s.toml", '[columns]\ni = ["1", "2"]\nf = "integer"\n')
    samples = table_file(path=path, schema=schema).samples
    assert samples.data.to_dict("list") == {"i": ["1", "2"], "f": [1, 2]}
    assert samples.space.get("ordered") == (("i", ("1", "2")),)


@needs_pyarrow
@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (
            {"a": [[1], [2]]},
            r"^t\.parquet: column 'a' is list<.*; expected numbers, truth values, dates or texts$",
        ),
        ({"a": [1.0, float("inf")]}, r"^t\.parquet, row 2: column 'a' holds inf; expected a finite number"),
        (
            {"a": [1, 2**63]},
            r"^t\.parquet, row 2: column 'a' holds 9223372036854775808; expected an integer of 64",
        ),
        ({"a": []}, r"^t\.parquet has names of columns and no rows"),
    ],
)
def test_what_is_no_table_is_refused_in_one_line(saved, columns, message):
    with pytest.raises(DataError, match=message):
        table_file(path=saved(**columns))


@needs_pyarrow
@pytest.mark.parametrize("content", [b"", b"PAR1", b"a,b\n1,2\n", b"PAR1" * 100])
def test_what_is_no_parquet_is_refused_in_one_line(written, content):
    with pytest.raises(DataError, match=r"^t\.parquet is no Parquet: ") as caught:
        table_file(path=written("t.parquet", content))
    assert "\n" not in str(caught.value)


@needs_pyarrow
@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (
            {"a": np.zeros(2**20), "b": np.zeros(2**20)},
            r"claims 2,097,152 values, which take over 131,072 bytes of memory",
        ),
        ({"a": ["x" * 10_000] * 10_000}, r"texts of 100,000,000 bytes in all, the most in column 'a'"),
        (
            {"a": ["x" * 1_000] * 100, "b": ["y" * 1_000] * 100},  # each is below the limit
            r"texts of 200,000 bytes in all, the most in column 'a'; expected at most 131,072",
        ),
        (
            {"a": ["x" * 10_000] * 10_000, "encoding": "DELTA_BYTE_ARRAY"},
            r"texts of over 131,072 bytes, the last in column 'a'; expected at most 131,072$",
        ),
    ],
)
def test_a_small_file_of_a_great_table_is_refused_before_it_is_read(saved, columns, message, monkeypatch):
    path = saved(**columns)
    assert path.stat().st_size < 2**15
    monkeypatch.setattr(parquet, "_FREE_BYTES", 2**17)
    monkeypatch.setattr(parquet, "_RATIO", 0)
    with pytest.raises(DataError, match=message):
        table_file(path=path)


@needs_pyarrow
def test_too_little_memory_is_called_that(saved, monkeypatch):
    def fail(*_, **__):
        raise MemoryError("malloc of size 1 failed")

    path = saved(a=[1])
    monkeypatch.setattr("pyarrow.parquet.ParquetFile", fail)
    with pytest.raises(DataError, match=r"^t\.parquet takes more memory than there is; split it$"):
        table_file(path=path)


def test_without_pyarrow_the_command_that_installs_it_is_named(written, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    reason = r"^t\.parquet: Parquet needs pyarrow; pip install 'genbench\[parquet\]'$"
    with pytest.raises(Absent, match=reason):
        table_file(path=written("t.parquet", b"PAR1"))
