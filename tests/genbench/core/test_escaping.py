"""What no terminal, spreadsheet or page obeys."""

from __future__ import annotations

import csv
import io
import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genbench.core.escaping import csv_text, escape_surrogates, json_text, markdown_text, one_line


def test_a_text_is_kept_on_one_line_without_control_characters():
    assert one_line("a\n\tb \x1b[31mred\x00 \udcff é") == "a b \\x1b[31mred\\x00 \\udcff é"


@pytest.mark.parametrize(
    "character",
    ["\x00", "\x07", "\x08", "\x1b", "\x7f", "\x9b", "\xad", "\u061c", "\u180e", "\u200b", "\u200d", "\u200e",
     "\u200f", "\u202a", "\u202e", "\u2060", "\u2066", "\u2069", "\ufeff", "\ufff9", "\ud800", "\ue000",
     "\U000e0041"],
    ids=lambda character: f"U+{ord(character):04X}",
)  # fmt: skip
def test_what_steers_a_terminal_or_hides_is_shown_as_an_escape(character):
    assert one_line(f"a{character}b") == "a" + character.encode("unicode_escape").decode() + "b"
    shown = json_text({"a": character})
    assert json.loads(shown) == {"a": character}
    assert character not in shown


@given(st.text())
def test_nothing_unprintable_is_left_of_any_text(text):
    assert one_line(text).isprintable()
    assert not [c for c in one_line(text) if unicodedata.category(c).startswith(("C", "Z")) and c != " "]


@pytest.mark.parametrize(
    ("text", "cell"),
    [("=cmd()", "'=cmd()"), (" \t=1", "'=1"), ("+1", "'+1"), ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"),
     ("1 = 1", "1 = 1"), ("a\n=1", "a =1")],
)  # fmt: skip
def test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text, cell):
    assert csv_text(text) == cell


@pytest.mark.parametrize(
    "start", "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20", ids=lambda start: f"U+{ord(start):04X}"
)
@pytest.mark.parametrize("before", ["", " ", "\r\n", "\u3000"])
def test_each_start_in_owasps_list_is_disarmed(before, start):
    for text in (
        f"{before}{start}=1+1",
        f'{before}{start}cmd|" /C calc"!A0',
        f"{before}{start}HYPERLINK(1);a",
    ):
        (row,) = csv.reader(io.StringIO(_written(csv_text(text))))
        assert row[0] == csv_text(text)
        assert row[0].startswith("'") or row[0][0].isalnum()


@given(st.text())
def test_no_cell_begins_as_a_formula_does(text):
    assert csv_text(text)[:1] not in (
        "=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20",
    )  # fmt: skip


def _written(cell):
    file = io.StringIO()
    csv.writer(file).writerow([cell, "next"])
    return file.getvalue()


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("<img src=x onerror=alert(1)>", r"\<img src=x onerror=alert(1)>"),
        ("[a](javascript:alert(1))", r"[a]\(javascript:alert(1))"),
        ("[a][b]", r"[a]\[b]"),
        ("![a](http://host/pixel)", r"![a]\(http://host/pixel)"),
        ("&lt;b&gt; &#60;", r"\&lt;b\&gt; \&#60;"),
        ("`code` *b* _i_ ~~gone~~", r"\`code\` \*b\* \_i\_ \~\~gone\~\~"),
        ("a\n\n# head\n| x |", "a # head | x |"),
        ("# head", r"\# head"),
        ("> quote", r"\> quote"),
        ("- item", r"\- item"),
        ("1. item", r"1\. item"),
        ("10) item", r"10\) item"),
        ("[a]: http://host", r"[a]\: http://host"),
        ("a [b]: c", "a [b]: c"),
        ("1.5 - 2 > 1 # 3", "1\\.5 - 2 > 1 # 3"),
        ("C:\\b", r"C:\\b"),
        ("about ~5, a & b", r"about \~5, a \& b"),
    ],
)
def test_nothing_is_taken_for_markdown_or_html(text, written):
    assert markdown_text(text) == written


def test_json_keeps_what_is_printable_as_it_is():
    assert (
        json_text({"é": [1, None, "日本\x1b[2J"]})
        == '{\n  "é": [\n    1,\n    null,\n    "日本\\u001b[2J"\n  ]\n}'
    )


@pytest.mark.parametrize(("text", "expected"), [("é\udcff", "é\\udcff"), ("日本\x1b", "日本\x1b"), ("", "")])
def test_what_utf_8_cannot_hold_is_escaped_and_nothing_else(text, expected):
    assert escape_surrogates(text) == expected
