"""Cards of metrics."""

from __future__ import annotations

from dataclasses import replace

import pytest
from toys import make_catalog

from genbench import MetricSpec, Output, unchanged, worse
from genbench.board.leaderboard import build_board
from genbench.board.view import view_board
from genbench.catalog.catalog import load_catalog
from genbench.report.page.metrics import (
    FormulaLine,
    _find_formula,
    _read_formula_lines,
    list_cards,
    read_modalities,
)


def distance(real, fake):
    """Return the distance of `fake` from `real`.

        |mean(real) - mean(fake)|
          for all x

    Not a formula:

        x = y
    """
    return 0.0


def outputs_of(real, fake):
    """Return two numbers."""
    return {}


EXPECTED = {
    "smaller-n": worse.because("it is biased"),
    "noise": worse,
    "blur": (unchanged.because("a little is no harm"), worse),
}
OUTPUTS = (
    Output(name="left", direction="higher", summary="the first"),
    Output(name="right", direction="none", summary="the second"),
)
CATALOG = make_catalog(
    MetricSpec(name="gap", make=distance, summary="distance of the means", source="Doe 1999",
               direction="lower", best=0.0, range=(0.0, None), expects=EXPECTED),
    MetricSpec(name="pair", make=outputs_of, source="Roe 2000", outputs=OUTPUTS),
    name="mine",
)  # fmt: skip


@pytest.fixture(scope="module")
def cards(results_of):
    table = {"vae": {"gap": [1.0], "left[pixels]": [1.0], "unknown": [1.0]}}
    results = results_of(table, signature={"options": {"k": 3}})
    cells = [
        type(cell)(**(vars(cell) | {
            "signature": dict(cell.signature) | {"metric": f"mine:{cell.metric.partition('[')[0]}"},
            "facts": replace(cell.facts, range=(0.0, None)),
        }))
        for cell in results.plan.cells
    ]  # fmt: skip
    records = {cell.key: type(record)(**(vars(record) | {"cell": cell}))
               for cell, record in zip(cells, results.records.values(), strict=True)}  # fmt: skip
    plan = type(results.plan)(cells=tuple(cells), traces=(), provenance={})
    found = list_cards(view_board(build_board(plan, records)), CATALOG, {})
    return {card.metric: card for card in found}


def test_a_card_has_what_the_spec_says(cards):
    card = cards["gap"]
    assert (card.summary, card.source, card.better, card.values) == (
        "distance of the means", "Doe 1999", "lower is better", "[0, ∞)",
    )  # fmt: skip
    assert card.missing == ""


def test_the_formula_is_the_first_indented_part_of_the_docstring(cards):
    first, second = cards["gap"].formula
    assert (first, second.text) == (FormulaLine("|mean(real) - mean(fake)|"), "  for all x")
    assert cards["left[pixels]"].formula == ()


def lines_of(formula):
    return [(line.name, line.text, *line.remarks) for line in _read_formula_lines(formula)]


def test_a_remark_on_a_symbol_has_a_line_of_its_own():
    assert lines_of("|m - k|^2,    S with divisor n - 1") == [("", "|m - k|^2,", "S with divisor n - 1")]
    assert lines_of("exp( H(w) ),    w of K / n,  K the cosines") == [
        ("", "exp( H(w) ),", "w of K / n,", "K the cosines")
    ]
    assert lines_of("mean over x != x'  +  mean over y") == [("", "mean over x != x'  +  mean over y")]


def test_a_colon_and_a_space_end_a_name():
    assert lines_of("precision: the share of fakes\nrecall:    the share of reals\nmax a: b") == [
        ("precision:", "the share of fakes"), ("recall:", "the share of reals"), ("", "max a: b"),
    ]  # fmt: skip


def test_a_name_is_apart_from_what_it_means_on_all_its_lines():
    assert lines_of("gap:     max\n         - min\n\nP, Q  shares of rows\nc  words;    r  others") == [
        ("gap:", "max - min"), ("P, Q", "shares of rows"), ("c", "words;", "r  others"),
    ]  # fmt: skip


def test_a_drawn_formula_keeps_its_lines():
    fraction = ["    a + b", "x = -----", "      c"]
    assert lines_of("\n".join(fraction)) == [("", line) for line in fraction]


def test_the_kinds_of_data_are_those_that_runs_recorded():
    image, text = ({"space": {"kind": kind}} for kind in ("image", "text"))
    assert read_modalities({"datasets": {"a": image, "b": {}}}) == {"a": {"image"}}
    merged = {"one": {"datasets": {"a": image}}, "two": {"datasets": {"a": text}}}
    assert read_modalities({"merged": merged}) == {"a": {"image", "text"}}


def test_an_output_has_its_own_summary_and_the_source_of_its_metric(cards):
    card = cards["left[pixels]"]
    assert (card.summary, card.source, card.component) == ("the first", "Roe 2000", "mine:left")


def test_a_metric_without_its_plugin_has_what_the_run_recorded(cards):
    card = cards["unknown"]
    assert "not installed" in card.missing
    assert card.faults is None
    assert card.summary == ""
    assert card.source == ""
    assert card.better == "lower is better"
    assert card.component == "mine:unknown"


def test_a_signature_is_shown_in_full(cards):
    (signature,) = cards["gap"].signatures
    fields = dict(signature.fields)
    assert (fields["options.k"], fields["metric"], fields["extractor"]) == ("3", '"mine:gap"', "null")
    assert len(signature.short) == 8


def test_formulas_are_read_without_importing_the_code(modules_loaded_by):
    code = (
        "from genbench.catalog.catalog import load_catalog\n"
        "from genbench.report.page.metrics import _find_formula\n"
        "spec = load_catalog(only=['fidelity']).find('metric', 'vendi').spec\n"
        "assert 'exp' in _find_formula(spec)"
    )
    assert "genbench_fidelity.diversity.vendi" not in modules_loaded_by(code)


def test_most_bundled_metrics_have_a_formula():
    specs = [component.spec for component in load_catalog(only=["genbench"]).of_kind("metric")]
    without = {spec.name for spec in specs if not _find_formula(spec)}
    assert without == {"cas", "modes"}
