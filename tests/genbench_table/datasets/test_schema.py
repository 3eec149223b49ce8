from __future__ import annotations

import pytest
from genbench_table.datasets.schema import Schema, read_schema

from genbench import DataError


def test_a_schema_is_read_as_it_was_written(written):
    schema = Schema(
        {"a": "number", "b c": ("lo", 'h"i'), "d\x7f\\é": "date", "": "category"},
        target="a", group="b c", ignore=("", "id"),
    )  # fmt: skip
    assert read_schema(written("s.toml", schema.to_toml())) == schema


def test_a_schema_may_name_its_target_or_group_alone(written):
    assert read_schema(written("s.toml", 'target = "x"\n')) == Schema(target="x")
    assert read_schema(written("s.toml", 'group = "g"\n[columns]\na = "date"\n')).group == "g"


def test_a_column_without_values_is_marked():
    text = Schema({"a": "category"}, empty=("a",)).to_toml()
    assert text == '[columns]\na = "category"  # no value in any row\n'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[columns", r"^s\.toml cannot be read as a schema: .*; expected TOML$"),
        (b"\xff", r"^s\.toml cannot be read as a schema: "),
        (b"colums = 1", r"^s\.toml: a schema has no 'colums'; expected columns, target, group, ignore$"),
        (b"columns = 1", r"^s\.toml: columns is no table; expected lines such as"),
        (
            b'[columns]\na = "float"',
            r"^s\.toml: column 'a' is 'float'; expected a kind \(number, integer, date, ",
        ),
        (
            b"[columns]\na = []",
            r"^s\.toml: column 'a' is \[\]; expected a kind .* or a list of levels, ascending$",
        ),
        (b"[columns]\na = [1]", r"^s\.toml: column 'a' is \[1\]"),
        (b'[columns]\na = ["x", "x"]', r"^s\.toml: column 'a' has a level twice"),
        (b"target = 1", r"^s\.toml: target is 1; expected the name of a column$"),
        (b'ignore = "id"', r"^s\.toml: ignore is 'id'; expected a list of names of columns$"),
    ],
)
def test_what_is_no_schema_is_refused_in_one_line(written, content, message):
    with pytest.raises(DataError, match=message) as caught:
        read_schema(written("s.toml", content))
    assert "\n" not in str(caught.value)


def test_a_lost_schema_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"^s\.toml cannot be read as a schema: No such file"):
        read_schema(tmp_path / "s.toml")
