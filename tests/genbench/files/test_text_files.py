"""How files become texts: one rule for each kind of file, and what is refused."""

from __future__ import annotations

import csv
import json
import os
import re

import pytest

from genbench import DataError
from genbench.files import text_files
from genbench.files.text_files import list_fields, read_texts

ODD = (
    "=cmd('/bin/sh')", "<script>alert(1)</script>", "مرحبا \u202eright to left", "  spaces  ",
    "\ta\u00a0b\u2028c\x85d\x0ce", "e\u0301 and \u00e9", "\x1b[31mred", "lone\rreturn",
)  # fmt: skip


@pytest.fixture
def read(tmp_path):
    """Return the function that reads what a file of a name and content holds."""

    def reader(name, content, **options):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return read_texts(path, **options)

    return reader


def csv_of(*rows):
    return "".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\r\n" for row in rows)


def test_lines_end_with_a_line_feed_or_a_return_before_it(read):
    assert read("a.txt", "one\ntwo\r\nthree") == ("one", "two", "three")


@pytest.mark.parametrize("blank", ["", " ", "\t ", "\u00a0", "\x0c"])
def test_blank_lines_are_no_texts(read, blank):
    assert read("a.txt", f"{blank}\none\n{blank}\r\n{blank}\ntwo\n{blank}") == ("one", "two")


@pytest.mark.parametrize("blank", ["", " ", "\t ", "\u00a0", "\x0c"])
def test_blank_lines_before_the_last_full_one_can_be_kept_as_empty_texts(read, blank):
    content = f"{blank}\none \n{blank}\r\n{blank}\ntwo\n{blank}\n{blank}"
    assert read("a.txt", content, keeps_blank=True) == ("", "one ", "", "", "two")
    assert read("a.txt", f"{blank}\n{blank}", keeps_blank=True) == ()


def test_paragraphs_keep_their_lines_and_are_parted_by_blank_ones(read):
    text = "\n\nfirst,\r\n  indented \n \t\r\n\nsecond\n"
    assert read("a.txt", text, unit="paragraphs") == ("first,\n  indented ", "second")


def test_odd_texts_are_kept_as_they_stand(read):
    assert read("a.txt", "\n".join(ODD)) == ODD
    assert read("a.jsonl", "\n".join(map(json.dumps, ODD))) == ODD
    assert read("a.csv", csv_of(["text"], *([text] for text in ODD))) == ODD


def test_json_lines_are_strings_or_objects_and_may_be_empty_or_hold_what_is_escaped(read):
    lines = '"plain"\n{"text": "in an object", "id": 3}\r\n"a\u2028b"\n""\n"  "\n"\\u0000\\ud83d\\ude00\\n"'
    assert read("a.NDJSON", lines) == ("plain", "in an object", "a\u2028b", "", "  ", "\0😀\n")
    assert read("a.jsonl", '{"text": "no", "answer": "yes"}', field="answer") == ("yes",)


def test_a_column_may_hold_quotes_commas_and_line_breaks(read):
    content = csv_of(["id", "text"], ["1", 'say "a, b"'], ["2", "two\r\nlines"], ["3", "\n\n"])
    assert read("a.csv", content) == ('say "a, b"', "two\r\nlines", "\n\n")
    assert read("a.csv", content, field="id") == ("1", "2", "3")


def test_blank_lines_between_rows_are_no_rows(read):
    assert read("a.csv", "text\n\na\n\r\n b \n") == ("a", " b ")


@pytest.mark.parametrize("name", ["a.txt", "a.jsonl", "a.csv"])
def test_the_mark_that_windows_programs_begin_a_file_with_is_no_part_of_it(read, name):
    content = {"a.txt": "one", "a.jsonl": '"one"', "a.csv": "text\none"}[name]
    assert read(name, b"\xef\xbb\xbf" + content.encode()) == ("one",)


@pytest.mark.parametrize("name", ["a.txt", "a.jsonl", "a.csv"])
def test_an_empty_file_holds_no_texts(read, name):
    assert read(name, b"") == ()
    assert read(name, b"text\n" if name == "a.csv" else b"") == ()


@pytest.mark.parametrize(
    ("name", "wrapped"), [("a.txt", "{}"), ("a.jsonl", '"{}"'), ("a.csv", 'text\n"{}"\n')]
)
def test_a_text_of_a_million_characters_is_read(read, name, wrapped):
    before = csv.field_size_limit()
    long = "a é\u4e2d" * 250_000
    assert read(name, wrapped.format(long)) == (long,)
    assert csv.field_size_limit() == before


@pytest.mark.parametrize(
    ("name", "content", "line", "message"),
    [
        ("a.txt", b"fine\n\xffx", 2, "is not UTF-8: invalid start byte at byte 0; save the file as UTF-8$"),
        ("a.csv", b"text\nab\xe9\n", 2, "is not UTF-8: invalid continuation byte at byte 2"),
        ("a.jsonl", b"\xff\xfea\0", 1, "is not UTF-8"),
        ("a.txt", b"\xed\xa0\x80", 1, "is not UTF-8"),
        ("a.txt", b"fine\na\0b", 2, "holds a NUL, as UTF-16 and binary files do; expected UTF-8$"),
        ("a.csv", b"text\na\0b", 2, "holds a NUL"),
        ("a.jsonl", b'"a\0b"', 1, "holds a NUL"),
        ("a.jsonl", b'"a"\n"x\\ud800y"', 2, r"holds '\\ud800' alone, half of a surrogate pair"),
        ("a.jsonl", b'"a"\n\n"b"', 2, "is not JSON"),
        ("a.jsonl", b'"a"\n{', 2, "is not JSON: .*; expected a string or an object a line$"),
        ("a.jsonl", b'"a"\n' + b"[" * 100_000, 2, "is not JSON"),
        ("a.jsonl", b'"a"\n\xef\xbb\xbf"a"', 2, "is not JSON"),
        ("a.jsonl", b'{"b": 1, "a": 2}', 1, r"has no field 'text', it has \['a', 'b'\]; set `field` to one"),
        ("a.jsonl", b'{"text": 3}', 1, "holds int; expected a string, or an object with 'text'$"),
        ("a.jsonl", b"null", 1, "holds NoneType; expected a string"),
        ("a.jsonl", b"NaN", 1, "holds float; expected a string"),
        ("a.csv", b"\nid,body\n1,a\n", 2, r"has no column 'text', it has \['id', 'body'\]; set `field`"),
        ("a.csv", b"text,text\n", 1, "names column 'text' twice; expected different names$"),
        ("a.csv", b'id,text\n1,"a\nb"\n2\n', 4, "has 1 cells; expected 2, as in the first row$"),
        ("a.csv", b"id,text\n1,\n", 2, "has nothing in column 'text': an empty text and a missing one look"),
        (
            "a.csv",
            b'text\n"a\nb\n',
            2,
            "is not CSV: unexpected end of data; expected cells in closed quotes$",
        ),
        ("a.csv", b'text\n"a"b\n', 2, "is not CSV: ',' expected after '\"'; expected cells"),
    ],
)
def test_what_is_no_text_is_refused_in_one_line_with_its_place(read, name, content, line, message):
    with pytest.raises(DataError, match=rf"^{re.escape(name)}, line {line} {message}") as caught:
        read(name, content)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 250


def test_other_endings_are_refused(read):
    reason = r"^a\.md is no file of texts; expected one that ends in \.csv, \.jsonl"
    with pytest.raises(DataError, match=reason):
        read("a.md", b"a")


def test_keys_of_an_object_do_not_fill_the_message(read):
    line = "{" + ", ".join(f'"{"k" * 5000}{i}": 1' for i in range(100)) + "}"
    with pytest.raises(DataError, match=r"has no field 'text'") as caught:
        read("a.jsonl", line)
    assert len(str(caught.value)) < 400


def test_only_files_of_plain_text_have_paragraphs(read):
    with pytest.raises(DataError, match=r"^a\.csv has no paragraphs, which only \.txt files have; leave"):
        read("a.csv", "text\na\n", unit="paragraphs")


def test_a_file_above_the_limit_is_refused(read, monkeypatch):
    monkeypatch.setattr(text_files, "MOST_FILE_BYTES", 4)
    assert read("a.txt", "four") == ("four",)
    with pytest.raises(DataError, match=r"^a\.txt .* has 5 bytes, and at most 4 are read; split it$"):
        read("a.txt", "fives")


def test_what_is_no_file_is_refused_without_its_folder(tmp_path):
    with pytest.raises(DataError, match=r"^a\.txt cannot be read: No such file or directory$"):
        read_texts(tmp_path / "a.txt")
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(DataError, match=r"^a\.txt cannot be read: Is a directory; expected a file of texts$"):
        read_texts(tmp_path / "a.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(DataError, match=r"^pipe\.txt .* it is no regular file; expected a file of texts$"):
        read_texts(tmp_path / "pipe.txt")


def test_a_name_is_shown_with_what_a_terminal_would_obey_as_escapes(tmp_path):
    with pytest.raises(DataError, match=r"^a\\x1b\[2J\\n\.txt cannot be read"):
        read_texts(tmp_path / "a\x1b[2J\n.txt")


def test_a_file_of_another_name_is_read_by_the_rules_of_an_ending(read):
    assert read("a.lines", "one\n\ntwo\n", ending=".txt") == ("one", "two")
    assert read("a.rows", "text\none\n", ending=".csv") == ("one",)
    with pytest.raises(DataError, match=r"^a\.lines is no file of texts"):
        read("a.lines", "one\n")


@pytest.mark.parametrize(
    ("name", "content", "fields"),
    [
        ("a.csv", '\ufeffid,"a, b"\r\n1,2\r\n', ("id", "a, b")),
        ("a.CSV", "", ()),
        ("a.csv", '"', ("",)),
        ("a.jsonl", '{"id": 1, "dna": "A"}\n{}\n', ("id", "dna")),
        ("a.ndjson", '"one"\n', ()),
        ("a.jsonl", "{", ()),
        ("a.txt", "id,dna\n", ()),
    ],
)
def test_the_fields_of_a_file_are_its_columns_or_keys(name, content, fields, tmp_path):
    (tmp_path / name).write_text(content)
    assert list_fields(tmp_path / name) == fields
    assert list_fields(tmp_path / "none.csv") == ()
