from __future__ import annotations

import csv
import gzip

import pandas as pd
import pytest
from genbench_table.datasets import delimited
from genbench_table.datasets.delimited import DelimitedRows, open_delimited
from hypothesis import example, given
from hypothesis import strategies as st

from genbench import DataError


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_inferred(frame, delimiter):
    content = f'a{delimiter}b\n1{delimiter}"x, y; z"\n2{delimiter}w\n'
    assert frame("t.csv", content).to_dict("list") == {"a": [1, 2], "b": ["x, y; z", "w"]}


def test_a_delimiter_can_be_stated(frame):
    assert list(frame("t.csv", "a,b\nx,2\n", delimiter=";").columns) == ["a,b"]
    assert frame("t.csv", "a:b\n1:2\n", delimiter=":").to_dict("list") == {"a": [1], "b": [2]}
    with pytest.raises(DataError, match=r"^the option delimiter is ';;'; expected one character"):
        frame("t.csv", "a;b\n", delimiter=";;")


@pytest.mark.parametrize("sign", ["~", "^", ":", "¦", "#", "&"])
def test_a_sign_that_parts_the_only_column_evenly_is_refused_with_the_option(frame, sign):
    content = f'age{sign}income\n31{sign}2.5\n4{sign}"3{sign}"\n'
    with pytest.raises(DataError) as caught:
        frame("t.csv", content)
    assert str(caught.value) == (
        f"t.csv has one column by the delimiters ',', ';', '\\t', '|', and equally many {sign!r} in each of "
        f'its first rows; set the option delimiter = "{sign}", or delimiter = "," if it has one column; for '
        f"fakes alone, genbench score has --reader 'table-file fake.delimiter=\"{sign}\"', and the generator "
        f'samples of a suite reader_options = {{ delimiter = "{sign}" }}'
    )
    assert frame("t.csv", content, delimiter=sign).shape == (2, 2)
    assert frame("t.csv", content.replace('"', ""), delimiter=",").shape == (2, 1)


def test_a_sign_between_names_in_quotes_is_refused_too(frame):
    with pytest.raises(DataError, match=r"^t\.csv has one column by .* many '~' in each of its first rows;"):
        frame("t.csv", '"a"~"b"\n"1"~"2"\n')


@pytest.mark.parametrize(
    "content",
    [
        "a~b\n",  # no row to compare with
        "a~b\n1\n",
        "a\n1~2\n3~4\n",
        'name\n"x: 1"\n',
        '"a: b"\n"x: 1"\n',
        *(f"a{sign}b\n1{sign}2\n" for sign in " _-./'é\u0301"),
    ],
)
def test_a_column_whose_cells_hold_signs_stays_one_column(content):
    rows = open_delimited(content.encode(), "t.csv", encoding="utf-8", delimiter=None, missing=[""])
    assert len(rows.names) == 1


@pytest.mark.parametrize(
    "content",
    [
        "'age','city'\n31,Oslo\n",
        "'city'\nOslo\n",
        "a,b\n1,'2020-01-02'\n2,\n3, '2021-03-04' \n",
        "a,b\n1,'x'\n2,NA\n3,''\n",
        "'a','b'\n'1','x, y'\n",
        "'a';'b'\n'1';'2'\n",
    ],
)  # fmt: skip
def test_a_file_with_single_quotes_is_refused(frame, content):
    with pytest.raises(DataError) as caught:
        frame("t.csv", content)
    assert str(caught.value) == (
        "t.csv uses ' as its quote; expected \"; write it again with double quotes, such as pandas' to_csv"
    )


@pytest.mark.parametrize(
    "content",
    [
        "'a',b\n1,2\n3,4\n",
        "a,b\n1,'x'\n2,y\n",
        "a,b\n1,'x'\n2,\n",
        "a,b\n1,'tis\n2,'twas\n",
        "a,b\n1,'\n2,'\n",
        "a,b\n1,\"'x'\"\n2,\"'y'\"\n",
        "\"'a'\",\"'b'\"\n1,2\n3,4\n",
    ],
)  # fmt: skip
def test_single_quotes_in_some_cells_or_within_double_quotes_are_kept(frame, content):
    assert frame("t.csv", content).shape == (2, 2)


def test_quotes_may_hold_delimiters_quotes_and_line_ends(frame):
    assert frame("t.csv", 'a,b\n"x,\r\n""y""",1\r\n\r\nz,2\n').to_dict("list") == {
        "a": ['x,\r\n"y"', "z"],
        "b": [1, 2],
    }


def test_a_mark_of_the_byte_order_is_no_part_of_a_name(frame):
    assert list(frame("t.csv", b"\xef\xbb\xbfa,b\n1,2\n").columns) == ["a", "b"]
    assert list(frame("t.csv", "a,b\n1,2\n".encode("utf-16"), encoding="utf-16").columns) == ["a", "b"]


def test_other_encodings_are_stated(frame):
    assert frame("t.csv", "a,b\né,1\n".encode("latin-1"), encoding="latin-1")["a"].tolist() == ["é"]


def test_the_limit_of_a_cell_is_restored(frame):
    before = csv.field_size_limit()
    assert len(frame("t.csv", f"a,b\n{'x' * 200_000},1\n")["a"][0]) == 200_000
    assert csv.field_size_limit() == before


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"^t\.csv is empty; expected the names of columns in the first row, and rows below$"),
        (b"a,b\n", r"^t\.csv has names of columns and no rows; expected at least one row$"),
        (
            b"a,b,a\n1,2,3\n",
            r"^t\.csv: two columns are named 'a'; expected different names in the first row$",
        ),
        (
            b",".join(b"%d" % number for number in range(100_001)) + b"\n",
            r"^t\.csv has 100,001 columns; expected at most 100,000$",
        ),
        (b"1,2\n3,4\n", r"^t\.csv: the first row holds numbers; expected the names of columns; add a row"),
        (b",b\n0,1\n", r"^t\.csv: a column has no name, as the index of a pandas frame; write the file with"),
        (
            b"a,b\n1,2\n3\n",
            r"^t\.csv, line 3 has 1 cells; expected 2, as in the first row, with the delimiter ','$",
        ),
        (b'a,b\n"1\n1",2\n3,4,5\n', r"^t\.csv, line 4 has 3 cells; expected 2"),
        (
            b'a,b\n1,"2\n',
            r"^t\.csv, in or after line 1: this is no CSV: unexpected end of data; expected cells as in",
        ),
        (b'a,b\n1,"2"3\n', r"^t\.csv, in or after line 1: this is no CSV: "),
        (
            b"a,b\n1,2\n\xff,3\n",
            r"^t\.csv, line 3 is not utf-8: .* = \"latin-1\", or save the file as UTF-8; .* fake\.encoding=",
        ),
        (
            b"a,b\n1,2\0\n",
            r"^t\.csv, line 2 holds a NUL, as UTF-16 and binary files do; .*encoding = \"utf-16\", or save",
        ),
        (
            "a,b\n1,2\n".encode("utf-16"),
            r"^t\.csv is utf-16, by its byte order mark; .* encoding = \"utf-16\", or save ",
        ),
        (
            "a,b\n1,2\n".encode("utf-32"),
            r"^t\.csv is utf-32, by its byte order mark; .* encoding = \"utf-32\", or save ",
        ),
        (gzip.compress(b"a,b\n1,2\n", mtime=0), r"^t\.csv is a gzip; unpack it$"),
        (b"PK\x03\x04" + bytes(30), r"^t\.csv is a zip archive, as \.xlsx files are; save the table as CSV$"),
        (b"PAR1" + bytes(30), r"^t\.csv is a Parquet file; give it the ending \.parquet$"),
    ],
)
def test_what_is_no_table_is_refused_in_one_line(frame, content, message):
    with pytest.raises(DataError, match=message):
        frame("t.csv", content)


def test_a_stated_encoding_wins_over_the_byte_order_mark(frame):
    assert frame("t.csv", "a,b\n1,2\n".encode("utf-16"), encoding="utf-16").to_dict("list") == {
        "a": [1], "b": [2]
    }  # fmt: skip


def test_a_message_shows_the_beginning_of_a_huge_cell_and_name(frame):
    for content in (
        f"{'n' * 10**6}\n1\n2.5\nnone\n",
        f"{'a' * 10**6};{'a' * 10**6}\n1;2\n",
        f"a\n1\n{'9' * 10**6}e5\n",
    ):
        with pytest.raises(DataError) as caught:
            frame("t.csv", content, delimiter=";")
        assert len(str(caught.value)) < 400


def test_letters_in_utf8_are_not_read_as_another_encoding(frame):
    with pytest.raises(DataError, match=r"^t\.csv is UTF-8, and the option encoding says cp1252; leave"):
        frame("t.csv", "a,b\né,1\n".encode(), encoding="cp1252")
    assert frame("t.csv", b"a,b\ne,1\n", encoding="cp1252")["a"].tolist() == ["e"]
    assert frame("t.csv", "a,b\né,1\n".encode("utf-16"), encoding="utf-16")["a"].tolist() == ["é"]


@pytest.mark.parametrize("encoding", ["latinx", "hex", "rot13"])
def test_an_unknown_encoding_is_refused(frame, encoding):
    reason = r"^the option encoding is '.*', which Python does not know; expected one"
    with pytest.raises(DataError, match=reason):
        frame("t.csv", b"a,b\n1,2\n", encoding=encoding)


def test_a_large_file_is_read_twice_and_a_small_one_once_with_the_same_rows(frame, monkeypatch):
    content = "a,b\n" + "".join(f"{i}.5,t{i % 7}\n" for i in range(300)) + "x,NA\n"
    read = []
    blocks = DelimitedRows._read_blocks
    monkeypatch.setattr(DelimitedRows, "_read_blocks", lambda rows: read.append(rows.file) or blocks(rows))
    small = frame("t.csv", content)
    assert len(read) == 1
    monkeypatch.setattr(delimited, "_MOST_KEPT", len(content) - 1)
    pd.testing.assert_frame_equal(frame("t.csv", content), small)
    assert len(read) == 3
    assert small.shape == (301, 2)
    assert small["a"].tolist()[-2:] == ["299.5", "x"]


@given(
    st.lists(st.lists(st.sampled_from(["", "1", "é", " a", "\u2028", '"x"', "\r"]), min_size=1, max_size=4)),
    st.sampled_from(["\n", "\r\n", "\r", "\n\n"]),
    st.booleans(),
    st.integers(1, 3),
)
@example([["", "1"], ["1", "é"], ["", ""]], "\r\n", False, 1)
@example([["", "1", "1"], ["1"]], "\n", True, 2)
def test_plain_lines_are_split_as_csv_reads_them(cells, end, is_last_ended, block_rows):
    names = [",".join(f"n{place}" for place in range(len(cells[0]) if cells else 2))]
    content = "\ufeff" + end.join([*names, *map(",".join, cells)]) + end * is_last_ended
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "BLOCK_ROWS", block_rows)
        found = _read_lines(content)
        patch.setattr(DelimitedRows, "_split_plain_lines", lambda _: None)
        assert found == _read_lines(content)


def _read_lines(content):
    """Return the lines and cells of a file of one or more rows, or the message that refuses it."""
    options = {"encoding": "utf-8", "delimiter": ",", "missing": {""}}
    try:
        return list(open_delimited(content.encode(), "a.csv", **options).blocks())
    except DataError as error:
        return str(error)


def test_a_plain_file_is_not_read_row_by_row(monkeypatch):
    content = b"a,b\n" + b"1,x\r\n" * 50
    rows = open_delimited(content, "a.csv", encoding="utf-8", delimiter=",", missing=())
    monkeypatch.setattr(DelimitedRows, "_split_rows", None)
    (block,) = rows.blocks()
    assert (block.lines, block.cells) == (list(range(2, 52)), {"a": ["1"] * 50, "b": ["x"] * 50})
