"""Files in the forms that others publish, and files that are not."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_bias.shared.files import fields, read_csv, read_json, read_json_lines, read_text, some

from genbench.core.errors import DataError


@pytest.mark.parametrize("read", [read_text, read_csv, read_json_lines, read_json])
def test_every_reader_refuses_hostile_files_and_names_them(read, hostile):
    file, message = hostile
    with pytest.raises(DataError, match=f"hostile.csv.*{message}"):
        read(file)


def test_a_mark_of_windows_programs_is_no_part_of_a_text(write):
    assert read_text(write("a.txt", b"\xef\xbb\xbfcaf\xc3\xa9")) == "caf\xe9"


def test_rows_of_csv_have_their_last_line_even_where_cells_hold_line_feeds(write):
    file = write("a.csv", 'x,y\n1,"two\nlines"\n3,4\n')
    assert read_csv(file) == [
        ("a.csv, line 3", {"x": "1", "y": "two\nlines"}),
        ("a.csv, line 4", {"x": "3", "y": "4"}),
    ]


def test_blank_lines_of_json_lines_count_and_hold_no_row(write):
    assert read_json_lines(write("a.jsonl", '{"x": 1}\n\n{"x": 2}\n')) == [
        ("a.jsonl, line 1", {"x": 1}),
        ("a.jsonl, line 3", {"x": 2}),
    ]


@pytest.mark.parametrize(("text", "message"), [("[1]", "a JSON object, got list"), ("{", "invalid JSON")])
def test_what_is_no_json_object_is_refused(text, message, write):
    with pytest.raises(DataError, match=f"a.json: .*{message}"):
        read_json(write("a.json", text))


def test_a_file_of_a_head_alone_has_no_rows(write):
    with pytest.raises(DataError, match=r"a\.csv has no rows"):
        read_csv(write("a.csv", "x,y\n"))


def test_fields_are_stripped_and_in_the_order_asked_for():
    assert fields({"x": " a ", "y": "b", "z": 3}, ("y", "x"), "line 1") == ("b", "a")


@pytest.mark.parametrize(
    ("value", "message"),
    [(None, "is None"), (" ", "is ' '"), (7, "is 7; expected a non-empty string"), ("\ud800", "as UTF-8")],
)
def test_a_field_that_is_no_text_is_refused_with_its_place(value, message):
    with pytest.raises(DataError, match=f"line 3: field 'x' .*{message}"):
        fields({"x": value}, ("x",), "line 3")


def test_a_field_that_is_missing_is_refused_with_those_that_are_known():
    with pytest.raises(DataError, match="line 3: no field 'x'; it has y, z"):
        fields({"y": "1", "z": "2"}, ("x",), "line 3")


def test_some_rows_are_drawn_once_each_in_their_order(rng):
    drawn = some(range(100), 30, rng)
    assert len(drawn) == len(set(drawn)) == 30
    assert drawn == sorted(drawn)
    assert drawn != some(range(100), 30, np.random.default_rng(12))


@pytest.mark.parametrize("count", [None, 3, 9])
def test_all_rows_are_taken_where_no_fewer_are_asked_for(count):
    assert some(range(3), count, None) == [0, 1, 2]
