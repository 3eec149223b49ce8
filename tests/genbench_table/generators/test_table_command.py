from __future__ import annotations

import sys

import numpy as np
import pytest
from genbench_table.generators.table_command import TableCommand

from genbench import Invalid, SuiteError, digests
from genbench.catalog.catalog import load_catalog
from genbench.catalog.modalities import find_modality, list_modalities

TABLE = find_modality(list_modalities(load_catalog(only=["genbench"])), "table")

#: Draws rows of the training table by the given seed.
BOOTSTRAP = """
import json, random, sys
head, *rows = map(json.loads, sys.stdin)
random.seed(head["seed"])
print("\\n".join(json.dumps(random.choice(rows)) for _ in range(head["n"])))
"""


@pytest.fixture
def program(tmp_path):
    """Return a function that makes the generator of a Python program."""

    def make(train, code, **options):
        file = tmp_path / "program.py"
        file.write_text(code)
        return TableCommand(train, TABLE, run=(sys.executable, "{file}"), file=file, **options)

    return make


@pytest.mark.parametrize("table", ["people", "odd"])
def test_rows_come_back_with_their_types_and_gaps(program, table, request):
    train = request.getfixturevalue(table)
    drawn = program(train, BOOTSTRAP).sample(40, rng=np.random.default_rng(0))
    assert drawn.space == train.space
    assert drawn.data.dtypes.equals(train.data.dtypes)
    assert set(digests(drawn)) <= set(digests(train))


def test_the_seed_follows_the_stream(program, people):
    model = program(people, BOOTSTRAP)
    first, second, other = (model.sample(9, rng=np.random.default_rng(seed)).data for seed in (0, 0, 1))
    assert first.equals(second)
    assert not first.equals(other)


def test_the_program_is_told_the_columns_the_target_and_its_options(program, odd):
    code = """
import json, sys
head, first, *_ = map(json.loads, sys.stdin)
kinds = {each["name"]: each["kind"] for each in head["columns"]}
assert kinds["count"] == "integer" and kinds["flag"] == "boolean" and kinds["size"] == "category", kinds
assert head["ordered"] == {"size": ["S", "M", "L"]} and head["target"] == "flag", head
assert head["options"] == {"epochs": 3}
print(json.dumps(first))
"""
    made = program(odd, code, options={"epochs": 3}).sample(1, rng=np.random.default_rng(0))
    assert digests(made) == digests(odd)[:1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("del row['age']", r"line 1 of .* has no column 'age'; expected age, income"),
        ("row['more'] = 1", r"line 1 of .* has the column 'more'; expected age"),
        ("row['age'] = 'old'", r"the column 'age' holds 'old' in row 1; expected integers"),
        ("row['since'] = 3", r"the column 'since' holds 3 in row 1; expected dates"),
    ],
)
def test_a_row_that_is_none_of_the_table_is_refused(program, people, change, message):
    code = f"import json, sys\n_, row, *_ = map(json.loads, sys.stdin)\n{change}\nprint(json.dumps(row))"
    with pytest.raises(Invalid, match=message):
        program(people, code).sample(1, rng=np.random.default_rng(0))


def test_a_file_and_its_place_need_each_other(people, tmp_path):
    with pytest.raises(SuiteError, match=r"need each other"):
        TableCommand(people, TABLE, run=(sys.executable, "{file}"))
    with pytest.raises(SuiteError, match=r"need each other"):
        TableCommand(people, TABLE, run=(sys.executable,), file=tmp_path)
