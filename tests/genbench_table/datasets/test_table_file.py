from __future__ import annotations

import pandas as pd
import pytest
from genbench_table.datasets.schema import read_schema
from genbench_table.datasets.table_file import schema_of, table_file

import genbench
from genbench import DataError, open_samples, split
from genbench.core.samples import content_hash

PEOPLE = """\
id,patient,age,city,since,member,code,note
1,p1,31,Oslo,2020-01-05,true,007,
2,p1,,Rome,2021-03-01,false,012,
3,p2,45,None,,true,1,
"""
SCHEMA = """\
target = "age"
group = "patient"
ignore = ["id"]

[columns]
patient = "category"
age = "number"
city = ["None", "Oslo", "Rome"]
"""


def test_kinds_are_inferred_and_a_category_none_is_no_gap(frame):
    found = frame("t.csv", PEOPLE)
    assert {name: str(dtype) for name, dtype in found.dtypes.items()} == {
        "id": "Int64", "patient": "object", "age": "Int64", "city": "object", "since": "datetime64[ns]",
        "member": "boolean", "code": "object", "note": "object",
    }  # fmt: skip
    assert found["city"].tolist() == ["Oslo", "Rome", "None"]
    assert found["code"].tolist() == ["007", "012", "1"]
    assert found["age"].isna().tolist() == [False, True, False]


def test_a_schema_wins_and_names_target_group_and_ignored_columns(read, written):
    data = read("t.csv", PEOPLE, schema=written("s.toml", SCHEMA))
    assert list(data.samples.data.columns) == ["age", "city", "since", "member", "code", "note"]
    assert data.samples.space.get("target") == "age"
    assert data.samples.space.get("ordered") == (("city", ("None", "Oslo", "Rome")),)
    assert str(data.samples.data["age"].dtype) == "float64"
    assert data.groups == ["p1", "p1", "p2"]
    assert data.samples.labels is None


def test_options_win_over_the_schema(read, written):
    options = {"target": "city", "group": "code", "ignore": ("patient", "note")}
    data = read("t.csv", PEOPLE, schema=written("s.toml", SCHEMA), **options)
    assert list(data.samples.data.columns) == ["age", "city", "since", "member"]
    assert (data.samples.space.get("target"), data.groups) == ("city", ["007", "012", "1"])


def test_the_inferred_schema_reads_the_same_table(written, tmp_path):
    path = written("t.csv", PEOPLE)
    text = schema_of(path).to_toml()
    assert 'note = "category"  # no value in any row' in text
    again = table_file(path=path, schema=written("s.toml", text)).samples
    assert content_hash(again) == content_hash(table_file(path=path).samples)
    assert read_schema(tmp_path / "s.toml").columns == schema_of(path).columns


def test_rows_of_a_group_are_in_one_split(read):
    rows = "".join(f"g{number // 5},{number}\n" for number in range(90))
    splits = split(read("t.csv", f"g,x\n{rows}", group="g"), {"train": 1, "test": 1, "held_out": 1})
    groups = [{value // 5 for value in samples.data["x"]} for samples in splits.values()]
    assert sum(map(len, groups)) == 18
    assert all(groups)


def test_formats_of_one_table_give_one_space(read):
    csv = read("t.csv", "a,b\n1,x\n,y\n").samples
    tsv = read("t.tsv", "a\tb\n1\tx\n\ty\n").samples
    lines = read("t.jsonl", '{"a": 1, "b": "x"}\n{"a": null, "b": "y"}\n').samples
    assert content_hash(csv) == content_hash(tsv) == content_hash(lines)


def test_gaps_are_the_texts_of_the_option(frame):
    assert frame("t.csv", "a,b\n1, NA \n2,x\n")["b"].tolist() == [None, "x"]
    content = "a,b\n1,NA\n-9,None\n"
    assert frame("t.csv", content)["b"].tolist() == [None, "None"]
    found = frame("t.csv", content, missing=("-9", "None"))
    assert found["a"].isna().tolist() == [False, True]
    assert found["b"].tolist() == ["NA", None]


@pytest.mark.parametrize("content", ["a\n1\n", "a,b\n1,x\n", "a,b\n1,x\n1,x\n"])
def test_one_row_and_constant_columns_are_fine(frame, content):
    assert frame("t.csv", content)["a"].nunique() == 1


def test_kinds_of_columns_that_a_schema_leaves_out_are_inferred(read, written):
    data = read("t.csv", PEOPLE, schema=written("s.toml", 'target = "age"\ngroup = "patient"\n'))
    assert (data.samples.space.get("target"), data.groups) == ("age", ["p1", "p1", "p2"])
    assert str(data.samples.data["age"].dtype) == "Int64"


@pytest.mark.parametrize("schema", [SCHEMA, 'group = "patient"\nignore = ["id"]\n'])
def test_generated_rows_may_lack_the_group_and_ignored_columns(frame, written, schema):
    path, rows = written("s.toml", schema), "age,city\n1,Rome\n"
    assert list(frame("t.csv", rows, schema=path, generated=True).columns) == ["age", "city"]
    with pytest.raises(DataError, match=r"^t\.csv has no column 'patient'; expected one of 'age', 'city'$"):
        frame("t.csv", rows, schema=path)


def test_generated_rows_are_scored_by_the_schema_of_real_rows(written, fresh_store):
    schema = written("s.toml", 'target = "rate"\ngroup = "patient"\n')
    real = written("real.csv", REAL.replace("age,", "patient,age,").replace("\n", "\np1,")[:-3])
    reader = {"use": "table-file", "schema": str(schema)}
    (found,) = genbench.score(
        fake=written("made.csv", MADE), real=real, reader=reader, metrics=["shapes"]
    ).values()
    assert (found.status, found.n, found.n_real) == ("ok", 4, 4)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"target": "agee"},
            r"^t\.csv has no column 'agee' \(did you mean 'age'\?\); expected one of 'id', 'patient', ",
        ),
        ({"group": "patients"}, r"^t\.csv has no column 'patients'"),
        (
            {"ignore": ("Pa tient",)},
            r"^t\.csv has no column 'Pa tient', which is in ignore; did you mean 'patient'\?$",
        ),
        (
            {"target": "age", "ignore": ("age",)},
            r"^t\.csv: the target 'age' is ignored; take it out of ignore$",
        ),
        (
            {"target": "age", "group": "age"},
            r"^t\.csv: 'age' is the target and the group; expected two columns$",
        ),
        ({"group": "since"}, r"^t\.csv: row 3 has no value in the group 'since'; expected one in each row$"),
        (
            {"group": "id", "ignore": ("patient", "age", "city", "since", "member", "code", "note")},
            r"^t\.csv has no column that is neither ignored nor the group; expected one$",
        ),
    ],
)
def test_columns_that_do_not_fit_are_refused(read, options, message):
    with pytest.raises(DataError, match=message):
        read("t.csv", PEOPLE, **options)


def test_an_ignored_column_is_another_one_by_its_signs_and_in_rows_of_a_generator(read, written):
    assert list(read("t.csv", "C,age\n1,2\n", ignore=("C#",)).samples.data) == ["C", "age"]
    with pytest.raises(DataError, match=r"'X 1', which is in ignore; did you mean 'x_1'\?$"):
        read("t.csv", "x_1,age\n1,2\n", ignore=("X 1",))
    made = read("t.csv", "x_1,age\n1,2\n", ignore=("X 1",), generated=True)
    assert list(made.samples.data) == ["x_1", "age"]
    data = read("t.csv", "x_1,x1\n1,2\n", ignore=("x_1",), test=written("test.csv", "x1\n3\n4\n"))
    assert list(data.samples.data) == ["x1"]


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        (
            '[columns]\nage = "date"',
            r"^t\.csv, line 2: column 'age' holds '31'; expected a date such as 2024-05-31",
        ),
        (
            '[columns]\ncity = ["Oslo"]',
            r"^t\.csv, line 3: column 'city' holds 'Rome'; expected one of 'Oslo', as its",
        ),
        ('[columns]\nlost = "date"', r"^t\.csv has no column 'lost'; expected one of "),
    ],
)
def test_cells_that_differ_from_the_schema_are_refused(read, written, schema, message):
    with pytest.raises(DataError, match=message):
        read("t.csv", PEOPLE, schema=written("s.toml", schema))


def test_other_files_are_refused(tmp_path, written):
    with pytest.raises(DataError, match=r"^t\.xlsx is no file of a table; expected one that ends in \.csv, "):
        table_file(path=written("t.xlsx", b"PK"))
    with pytest.raises(DataError, match=r"^t\.csv cannot be read: No such file"):
        table_file(path=tmp_path / "t.csv")


def test_a_file_of_a_suffix_of_texts_is_a_table_where_the_modality_says_so(written):
    path = written("t.csv", "text,stars\nfine,5\nbad,1\n")
    assert open_samples(path, "table").data["stars"].tolist() == [5, 1]
    assert open_samples(path, "text").data == ("fine", "bad")
    reason = r"name one of them as the reader, or state the modality: table or text$"
    with pytest.raises(DataError, match=reason):
        open_samples(path)


REAL = "age,city,rate\n31,Oslo,1.5\n45,Rome,2.5\n27,Oslo,3\n60,Lima,4\n"
MADE = "city,rate,age\nOslo,1.4,30\nRome,2,\nLima,3,44\nOslo,4.5,61\n"


def test_two_files_are_scored_although_columns_differ_in_order_and_gaps(written, fresh_store):
    real, made = written("real.csv", REAL), written("made.csv", MADE)
    same = written("same.csv", "age,city,rate\n30,Oslo,1.4\n,Rome,2\n44,Lima,3\n61,Oslo,4.5\n")
    found = [
        genbench.score(fake=fake, real=real, train=real, modality="table", metrics=["fid"])
        for fake in (made, same)
    ]
    one, other = (each["fid[table-encoder]"] for each in found)
    assert one.value == other.value
    assert one.n == 4


def test_a_column_that_is_missing_or_of_another_kind_is_one_line(written, fresh_store):
    real = written("real.csv", REAL)
    for content, message in (
        (
            "age,city\n1,Oslo\n",
            r"^fake: the column 'rate' is missing; expected age, city, rate, got 'age', 'city'; to compare",
        ),
        (
            REAL.replace("31", "thirty"),
            r"^fake: the column 'age' holds 'thirty' in row 1; expected integers, as in the real",
        ),
    ):
        with pytest.raises(DataError, match=message):
            genbench.score(
                fake=written("made.csv", content), real=real, modality="table", metrics=["duplicates"]
            )


def test_a_report_needs_no_training_rows(fresh_store, written):
    from genbench.catalog.catalog import load_catalog
    from genbench.catalog.modalities import find_modality, list_modalities
    from genbench.scoring.request import ScoreRequest, report_metrics

    catalog = load_catalog()
    modality = find_modality(list_modalities(catalog), "table")
    request = ScoreRequest(catalog, None, None)
    fake = genbench.Samples.of("table", pd.DataFrame({"age": [1, 2]}))
    rows = {"modality": modality, "fake": fake, "n": 2}
    assert "genbench:fid" not in report_metrics(catalog, request, sides={"fake", "real"}, **rows)
    known = report_metrics(catalog, request, sides={"fake", "real", "train"}, **rows)
    assert "genbench:fid" in known
    assert list(known)[:5] == [
        "genbench:shapes", "genbench:pair-trends", "genbench:pair-trends-strong", "genbench:c2st",
        "genbench:tstr-boosting",
    ]  # fmt: skip


TRAIN = "g,age,city\np,31,Oslo\nq,,Rome\n"
TEST = "city,g,age\nLima,r,40\nRome,s,41\n"


def test_files_of_splits_are_read_by_the_schema_of_the_first(read, written):
    held = written("held.csv", "g,age,city\nt,,Rome\n")
    data = read("t.csv", TRAIN, test=written("test.csv", TEST), held_out=held, group="g", target="age")
    parts = split(data, {"train": 1, "test": 1, "held_out": 1})
    assert {name: part.data["city"].tolist() for name, part in parts.items()} == {
        "train": ["Oslo", "Rome"], "test": ["Lima", "Rome"], "held_out": ["Rome"],
    }  # fmt: skip
    assert {str(part.data["age"].dtype) for part in parts.values()} == {"Int64"}
    assert len({part.space for part in parts.values()}) == 1
    assert data.groups is None


@pytest.mark.parametrize(
    ("test", "options", "message"),
    [
        ("g,age\nr,1\n", {}, r"^test\.csv has no column 'city'; expected one of 'g', 'age'$"),
        (
            "g,age,city,more\nr,1,Rome,2\n",
            {},
            r"^test\.csv has a column 'more', which t\.csv lacks; expected equal columns: add it to ignore$",
        ),
        (
            "g,age,city\nr,1.5,Rome\n",
            {},
            r"^test\.csv, line 2: column 'age' holds '1\.5'; expected an integer",
        ),
        (
            "g,age,city\np,1,Rome\n",
            {"group": "g"},
            r"^rows of g 'p' are in two files, t\.csv of train and test",
        ),
        ("age,city\n1,Rome\n", {"group": "g"}, r"^test\.csv has no column 'g'"),
    ],
)
def test_files_of_splits_that_do_not_fit_are_refused(read, written, test, options, message):
    with pytest.raises(DataError, match=message):
        read("t.csv", TRAIN, test=written("test.csv", test), **options)


def test_ignored_columns_of_files_of_splits_may_differ(read, written):
    test = written("test.csv", "g,age,city,more\nr,1,Rome,2\ns,2,Oslo,3\n")
    data = read("t.csv", TRAIN, test=test, ignore=("more",))
    assert sorted(data.splits) == ["held_out", "test", "train"]


def test_held_out_needs_test(read, written):
    with pytest.raises(DataError, match=r"^the option held_out needs the option test"):
        read("t.csv", TRAIN, held_out=written("held.csv", TEST))
