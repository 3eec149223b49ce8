"""Tables in the terminal: no cell is shortened at any width."""

from __future__ import annotations

import io

import pytest
from rich.console import Console, Group
from rich.text import Text

from genbench.board.fitted_table import fit_metrics, open_table

CELLS = {
    "metric": ["fid[some-classifier]", "precision-of-the-best"],
    "value": ["12.345 [10.123, 14.567]", "0.9876"],
    "verdict": ["significantly worse than the limit", "ok"],
    "signature": ["0123abcd", "4567cdef"],
}


def table(cells=CELLS, **options):
    made = open_table(*((name, "left") for name in cells), **options)
    for row in zip(*cells.values(), strict=True):
        made.add_row(*map(Text, row))
    return made


def lines(renderable, width):
    file = io.StringIO()
    Console(file=file, width=width).print(renderable)
    return file.getvalue().splitlines()


def fitted(width):
    return lines(table(wrapped=["metric", "value", "verdict"], optional=["signature"]), width)


@pytest.mark.parametrize("width", [120, 100, 90, 80, 70, 60, 50, 42])
def test_no_line_is_too_long_or_ends_with_blanks_and_all_values_are_whole(width):
    shown = fitted(width)
    assert max(map(len, shown)) <= width
    assert all(line == line.rstrip() for line in shown)
    text = "\n".join(shown)
    assert all(number in text for number in ("12.345", "[10.123, 14.567]", "0.9876"))
    assert "…" not in text


def test_columns_stand_nearer_then_optional_ones_go_then_texts_are_wrapped_then_rows_are_paragraphs():
    assert fitted(97)[0] == (
        "metric                  value                     verdict                              signature"
    )
    assert fitted(94)[0] == (
        "metric                 value                    verdict                             signature"
    )
    assert fitted(92)[0] == "metric                 value                    verdict"
    assert fitted(82)[2:] == [
        "fid[some-classifier]   12.345 [10.123, 14.567]  significantly worse than the limit",
        "precision-of-the-best  0.9876                   ok",
    ]
    assert fitted(60)[2:6] == [
        "fid[some-classifier]   12.345            significantly",
        "                       [10.123, 14.567]  worse than the",
        "                                         limit",
        "precision-of-the-best  0.9876            ok",
    ]
    assert fitted(46)[2:] == [
        "fid[some-      12.345            significantly",
        "classifier]    [10.123, 14.567]  worse than",
        "                                 the limit",
        "precision-of-  0.9876            ok",
        "the-best",
    ]
    assert fitted(38) == [
        "fid[some-classifier]",
        "  value      12.345 [10.123, 14.567]",
        "  verdict    significantly worse than",
        "             the limit",
        "  signature  0123abcd",
        "precision-of-the-best",
        "  value      0.9876",
        "  verdict    ok",
        "  signature  4567cdef",
    ]


def test_a_paragraph_has_a_line_for_each_line_of_a_cell_and_none_for_empty_ones():
    cells = {"metric": ["fid", "kid"], "real": ["0.1–0.2 of real\nbeyond real", ""]}
    assert lines(table(cells), 20) == [
        "fid",
        "  real  0.1–0.2 of",
        "        real",
        "        beyond real",
        "kid",
    ]


def shown_metrics(ids, width):
    def make(name_metric):
        return table({"metric": [name_metric(each) for each in ids], "value": ["1.000"] * len(ids)})

    return [
        " ".join(line.split()) for line in lines(Group(*fit_metrics(Console(width=width), ids, make)), width)
    ]


def test_the_extractor_is_said_once_where_whole_ids_do_not_fit():
    both = ["fid[digits-classifier]", "kid[digits-classifier]"]
    assert shown_metrics(both, 40)[2] == "fid[digits-classifier] 1.000"
    assert shown_metrics(both, 34)[2] == "fid[digits-classifier] 1.000"
    narrow = shown_metrics(both, 28)
    assert " ".join(narrow[:2]) == "on digits-classifier: all metrics"
    assert narrow[-2:] == ["fid 1.000", "kid 1.000"]
    mixed = shown_metrics([*both, "shapes"], 28)
    assert " ".join(mixed[:2]) == "on digits-classifier: fid and kid"
    assert mixed[-3:] == ["fid 1.000", "kid 1.000", "shapes 1.000"]


def test_several_extractors_stay_in_the_names():
    ids = ["fid[digits-classifier]", "fid[inception]"]
    assert shown_metrics(ids, 24) == [ids[0], "value 1.000", ids[1], "value 1.000"]


def test_columns_with_equal_cells_go_to_a_line_above_before_texts_are_wrapped():
    cells = {"metric": ["fid", "kid"], "n": ["599", "599"], "seeds": ["12", "3"], "sd": ["2.6", "2.8"]}
    made = table(cells, shared=["n", "seeds"])
    assert lines(made, 23)[0] == "metric  n    seeds  sd"
    assert lines(made, 20)[:2] == ["n: 599", "metric  seeds  sd"]
    assert lines(made, 14)[:2] == ["fid", "  n      599"]


def test_names_stay_whole_where_texts_need_further_lines_anyway():
    cells = {"name": ["  density", "  worst-coverage-gap"], "summary": ["fakes in a neighbourhood", "a gap"]}
    assert lines(table(cells, wrapped=["name", "summary"]), 38) == [
        "name                  summary",
        "───────────────────────────────────",
        "  density             fakes in a",
        "                      neighbourhood",
        "  worst-coverage-gap  a gap",
    ]
    assert lines(table(cells, wrapped=["name", "summary"]), 30)[2:] == [
        "  density       fakes in a",
        "                neighbourhood",
        "  worst-        a gap",
        "  coverage-gap",
    ]


def test_heads_are_wrapped_above_numbers_and_an_arrow_stays_beside_its_name():
    cells = {"metric": ["alpha-precision ↑"], "within tolerance": ["3"], "path": ["abcdefghij" * 3]}
    assert [line for line in lines(table(cells, wrapped=["metric", "path"]), 45) if "─" not in line] == [
        "             within",
        "metric       tolerance  path",
        "alpha-       3          abcdefghijabcdefghija",
        "precision ↑             bcdefghij",
    ]
