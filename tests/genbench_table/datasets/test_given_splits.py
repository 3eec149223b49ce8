from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from genbench_table.datasets.table_file import Table, given_splits

from genbench import DataError, Samples, split

THIRDS = {"train": 1, "test": 1, "held_out": 1}


def table(file, values, groups=None):
    return Table(file, Samples.of("table", pd.DataFrame({"x": np.array(values)})), groups)


def parts(tables, group=None):
    found = split(given_splits(tables, group), THIRDS)
    return {name: sorted(samples.data["x"]) for name, samples in found.items()}


def test_the_tables_are_the_splits():
    tables = {"train": table("a", [1, 2, 3]), "test": table("b", [4, 5]), "held_out": table("c", [6])}
    assert parts(tables) == {"train": [1, 2, 3], "test": [4, 5], "held_out": [6]}


def test_half_of_test_is_held_out_with_equal_rows_on_one_side():
    found = parts({"train": table("a", [1, 2]), "test": table("b", [3, 3, 4, 4, 5, 5, 6, 6])})
    assert found["train"] == [1, 2]
    assert sorted(found["test"] + found["held_out"]) == [3, 3, 4, 4, 5, 5, 6, 6]
    assert len(found["test"]) == len(found["held_out"]) == 4
    assert not set(found["test"]) & set(found["held_out"])


def test_no_group_is_halved():
    values = list(range(2, 42))
    tables = {
        "train": table("a", [0, 1], ["p", "q"]),
        "test": table("b", values, [str(v // 4) for v in values]),
    }
    found = parts(tables, "patient")
    groups = [{value // 4 for value in found[name]} for name in ("test", "held_out")]
    assert not groups[0] & groups[1]
    assert all(groups)


def test_a_group_in_two_files_is_named():
    tables = {"train": table("a.csv", [1, 2], ["p", "q"]), "test": table("b.csv", [3, 4], ["r", "q"])}
    message = (
        r"^rows of patient 'q' are in two files, a\.csv of train and b\.csv of test; expected all rows of"
    )
    with pytest.raises(DataError, match=message):
        given_splits(tables, "patient")


@pytest.mark.parametrize(
    ("test", "group", "message"),
    [
        (
            table("b.csv", [3, 3]),
            None,
            r"^b\.csv has too few different rows to hold out half of them; give the",
        ),
        (table("b.csv", [3, 4], ["r", "r"]), "patient", r"^b\.csv has too few different rows or groups to"),
    ],
)
def test_rows_that_cannot_be_halved_are_refused(test, group, message):
    with pytest.raises(DataError, match=message):
        given_splits({"train": table("a.csv", [1], None if group is None else ["p"]), "test": test}, group)
