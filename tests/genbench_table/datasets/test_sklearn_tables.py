from __future__ import annotations

import gzip
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from genbench_table.datasets import sklearn_tables
from genbench_table.datasets.sklearn_tables import table_sklearn

from genbench import DataError

FILES = Path(find_spec("sklearn").origin).parent / "datasets" / "data"


@pytest.mark.parametrize(
    ("table", "target"), [("wine", "cultivar"), ("breast-cancer", "diagnosis"), ("diabetes", "progression")]
)
def test_tables_are_those_that_scikit_learn_loads(table, target):
    from sklearn import datasets

    options = {"scaled": False} if table == "diabetes" else {}
    known = getattr(datasets, f"load_{table.replace('-', '_')}")(**options)
    samples = table_sklearn(table=table).samples
    frame = samples.data
    assert samples.space.get("target") == target == frame.columns[-1]
    np.testing.assert_array_equal(frame.iloc[:, :-1].astype(float), known.data)
    names = known.target if table == "diabetes" else known.target_names[known.target]
    assert frame[target].tolist() == names.tolist()
    assert not frame.isna().any().any()


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Return a folder in place of scikit-learn's data."""
    monkeypatch.setattr(
        sklearn_tables,
        "find_spec",
        lambda _: ModuleSpec("sklearn", None, origin=str(tmp_path / "sklearn" / "x.py")),
    )
    folder = tmp_path / "sklearn" / "datasets" / "data"
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"178,13\n1,2\n", r"^scikit-learn's wine has 1 rows; expected 178; reinstall it$"),
        (
            (FILES / "wine_data.csv").read_bytes().replace(b"14.23", b"x"),
            r"^scikit-learn's wine, line 2: column 'alcohol'",
        ),
        (b"\xff", r"^wine_data\.csv of scikit-learn cannot be read"),
    ],
)
def test_a_damaged_file_is_named(files, content, message):
    (files / "wine_data.csv").write_bytes(content)
    with pytest.raises(DataError, match=message):
        table_sklearn()


def test_a_lost_or_torn_file_is_named(files):
    with pytest.raises(DataError, match=r"^wine_data\.csv of scikit-learn cannot be read: No such file"):
        table_sklearn()
    (files / "diabetes_data_raw.csv.gz").write_bytes(gzip.compress(b"1 2")[:-4])
    with pytest.raises(DataError, match=r"^diabetes_data_raw\.csv\.gz of scikit-learn cannot be read"):
        table_sklearn(table="diabetes")


def test_without_scikit_learn_the_command_that_installs_it_is_named(monkeypatch):
    monkeypatch.setattr(sklearn_tables, "find_spec", lambda _: None)
    with pytest.raises(DataError, match=r"pip install scikit-learn$"):
        table_sklearn()
