"""Cards on a terminal."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from genbench import anything, better, falls, rises, unchanged, worse
from genbench.checks.battery.card import Floor, LeftOut
from genbench.checks.battery.views_terminal import print_card


def printed(shown, width=100):
    file = io.StringIO()
    print_card(Console(file=file, width=width, highlight=False, markup=False), shown)
    return file.getvalue()


def test_few_seeds_and_a_floor_without_a_spread_are_warned_of(card):
    assert "warning: 3 seeds agree by chance one time in 4: ask for 5 or more" in printed(card())
    flat = printed(card(floor=Floor((1.0,) * 5, 1.0, 0.0)))
    assert "warning: real data score the same at every seed" in flat
    assert "warning: " not in printed(card(floor=Floor((10.0, 11.0, 12.0, 11.0, 11.0), 11.0, 0.7)))


def test_a_printed_card_says_floor_verdicts_reasons_and_what_to_do(card):
    text = printed(card(), width=140)
    assert "gap[rows] on marks, n = 60, 3 seeds: lower is better" in text
    assert "real against real: 11.00, from 10.00 to 12.00; floor = 1.0" in text
    lines = [line.split() for line in text.splitlines()]
    assert ["0.2", "99.00", "+88.0", "worse", "worse", "right"] in lines
    assert ["blur", "0.4", "px", "1.000", "-10.0", "better", "worse", "WRONG"] in lines
    assert ["to", "10", "13.00", "no", "floor,", "+2", "worse", "anything", "not", "judged"] in lines
    assert "seen beyond the floor from: noise 0.2, blur 0.4 px, collapse to 10, train-copies 100 %" in text
    assert "known failure: train-copies 100 %: copies of <real> data are near" in text
    assert "no value: smaller-n n/4: too few" in text
    assert "WRONG: blur 0.4 px: mend the metric, or declare what it does:" in text
    assert '    expects={"blur": (better.because("why"), worse)}' in [
        line.rstrip() for line in text.splitlines()
    ]
    assert "left out: collapse to 200: n is 60" in text


def test_the_line_to_declare_is_never_cut_and_keeps_what_was_declared(card, card_row):
    reason = "a reason that is much longer than what is left of the line of a terminal"
    rows = (
        card_row("blur", "0.4 px", "-", worse, "wrong", -10.0),
        card_row("blur", "1 px", "0", worse | unchanged.because(reason), "known", 0.0, reason),
    )
    line = f'    expects={{"blur": (better.because("why"), worse | unchanged.because("{reason}"))}}'
    assert line in printed(card(rows=rows), width=80).splitlines()


def test_the_line_to_declare_has_a_word_for_each_level_those_left_out_too(card, card_row):
    rows = (card_row("collapse", "to 10", "-", worse, "wrong", -10.0),)
    left_out = (LeftOut("collapse", "to 200", "n is 60"), LeftOut("collapse", "to 50", "n is 60"))
    expected = {"collapse": {"to 200": worse, "to 50": unchanged | worse, "to 10": worse}}
    line = '    expects={"collapse": (worse, unchanged | worse, better.because("why"))}'
    shown = printed(card(rows=rows, left_out=left_out, expected=expected))
    assert line in [found.rstrip() for found in shown.splitlines()]


def test_what_is_right_is_shown_and_failures_where_nothing_is(card, card_row):
    rows = (
        card_row("noise", "one", "0", worse | (unchanged | better).because("why"), "known", 0.0, "why"),
        card_row("blur", "one", "-", (rises | falls).because("why"), "known", 0.0, "why"),
    )
    lines = [line.split() for line in printed(card(rows=rows, direction="none"), width=140).splitlines()]
    assert ["noise", "one", "11.00", "0", "unchanged", "worse", "known", "failure"] in lines
    assert ["blur", "one", "11.00", "0", "falls", "rises", "|", "falls", "known", "failure"] in lines


def test_what_is_left_out_for_one_reason_stands_in_one_line(card):
    left_out = (
        LeftOut("loops", "30 %", "no words"),
        LeftOut("collapse", "to 200", "n is 60"),
        LeftOut("loops", "100 %", "no words"),
        LeftOut("truncation", "to 50 %", "no words"),
    )
    lines = [line for line in printed(card(left_out=left_out), width=140).splitlines() if "left out" in line]
    assert [line.rstrip() for line in lines] == [
        "left out: loops 30 %, 100 %; truncation to 50 %: no words",
        "left out: collapse to 200: n is 60",
    ]


COLUMNS = ["fault", "level", "score", "change/floor", "moved", "expected", "verdict"]


@pytest.mark.parametrize("width", [100, 80])
def test_a_card_fits_a_terminal(card, card_row, card_rows, width):
    wide = replace(
        card_row("dropped-modes", "20 % of labels", "-", unchanged | worse, "faint", -1234.5),
        value=-0.00012345,
    )
    lines = printed(card(rows=(*card_rows, wide)), width).splitlines()
    assert max(map(len, lines)) <= width
    assert not [line for line in lines if "…" in line]
    assert COLUMNS in [line.split() for line in lines]


@pytest.mark.parametrize("expected", [worse, unchanged | worse | better.because("why")])
def test_a_long_name_goes_on_in_the_next_line_and_no_column_is_missing(card, card_row, expected):
    name = "a-distribution-of-strangers:shuffled-and-dropped-columns"
    rows = (
        card_row(name, "20 % of columns", "+", expected, "right", 88.0),
        card_row(name, "100 % of columns", "+", expected, "right", 99.0),
    )
    lines = [line.rstrip() for line in printed(card(rows=rows), width=100).splitlines()]
    assert max(map(len, lines)) <= 100
    assert COLUMNS in [line.split() for line in lines]
    parts = [line.split()[0] for line in lines if line.split() and line.split()[0] in name]
    assert len(parts) > 1
    assert "".join(parts) == name


def test_a_narrow_terminal_gets_the_card_without_what_was_expected(card):
    lines = printed(card(), width=60).splitlines()
    assert [name for name in COLUMNS if name != "expected"] in [line.split() for line in lines]


@pytest.mark.parametrize(
    ("direction", "best", "said"),
    [
        ("higher", None, "higher is better"),
        ("none", None, "not ranked"),
        ("target", 0.5, "nearest to 0.5 is best"),
    ],
)
def test_the_head_says_which_way_is_better(card, direction, best, said):
    assert said in printed(card(direction=direction, best=best)).splitlines()[0]


def test_the_floor_of_a_target_is_called_that_of_the_distances_from_it(card):
    shown = card(direction="target", best=0.5)
    said = "floor = 1.0, the standard deviation of their distances from 0.5"
    assert said in printed(shown, width=140)


def test_a_metric_that_saw_nothing_is_called_blind(card, card_row):
    blind = card(rows=(card_row("noise", "one", "0", anything, "right", 0.0),))
    assert "BLIND: no fault moved it" in printed(blind)
    assert "not seen beyond it: noise" in printed(blind)
    assert "BLIND" not in printed(card())
    assert "not seen beyond it" not in printed(card())


def test_a_card_without_damage_says_so_in_place_of_blind(card, card_row):
    text = printed(card(rows=(card_row("smaller-n", "n/2", "0", anything, "right", 0.0),)))
    assert "no fault applies: none of the installed plugins has damage for these samples" in text
    assert "BLIND" not in text
    assert "no fault applies" not in printed(card())


def test_faults_that_no_plugin_declares_are_warned_of(card):
    warning = "metric 'm' of d: no such fault"
    assert f"warning: {warning}" in printed(card(unknown_faults=(warning,)))


def test_a_direction_that_looks_reversed_is_hinted_at(card, card_row):
    better = [card_row(fault, "one", "-", worse, "wrong", -5.0) for fault in ("noise", "blur")]
    assert "hint: the direction looks reversed" in printed(card(rows=tuple(better)))
    assert "hint" not in printed(card())
