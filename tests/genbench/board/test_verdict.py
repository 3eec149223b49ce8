"""The sentence above a table: who wins by which aspects, what cannot be told apart, what is suspicious."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from genbench.board.blocks import Block
from genbench.board.csv_tables import leaderboard_frame
from genbench.board.decisions.comparison import Contender, list_contender_warnings
from genbench.board.formats.html_fragment import board_html
from genbench.board.formats.latex import board_latex
from genbench.board.formats.markdown import board_markdown
from genbench.board.formats.plain import board_to_json
from genbench.board.leaderboard import build_board
from genbench.board.rank_rules import EARLIER_RULE
from genbench.board.rows import Standing
from genbench.board.terminal import print_board
from genbench.board.verdict import find_winner, make_verdict
from genbench.board.view import view_board
from genbench.board.warnings import find_wrong_controls
from genbench.results.copies import Copies

ASPECTS = {"fid": "fidelity", "recall": "diversity"}
HIGHER = {"recall": "higher"}


@pytest.fixture(name="verdict_of")
def _verdict_of(run_of):
    """Return a function that makes the sentence of a board from a table, with or without aspects."""

    def make(table, aspects=ASPECTS, **fields):
        board = build_board(*run_of(table, aspects=aspects, directions=HIGHER, **fields))
        (table,) = view_board(board).tables
        return table.verdict

    return make


@pytest.fixture(name="sentence")
def _sentence(run_of):
    """Return a function that makes the sentence of a block whose generators have given ranges of ranks."""

    def make(*ranges, aspects=ASPECTS, seeds=3, first=None):
        """Return the sentence; ranges are (rank, low, high) of a, b, c; `first`: ranges of a by aspect."""
        values = {"fid": [1.0] * seeds, "recall": [0.5] * seeds}
        table = dict.fromkeys("abcdefghij"[: len(ranges)], values)
        (block,) = build_board(*run_of(table, aspects=aspects, directions=HIGHER)).blocks("digits")
        rows = {row.generator: row for row in block.rows}
        ranked = [
            replace(rows[name], rank=rank, rank_low=low, rank_high=high, aspects={})
            for name, (rank, low, high) in zip(rows, ranges, strict=True)
        ]
        ranked[0] = replace(
            ranked[0], aspects={name: Standing(1, *ends) for name, ends in (first or {}).items()}
        )
        return make_verdict(Block(tuple(ranked)), [], EARLIER_RULE)

    return make


def test_a_winner_wins_by_the_aspects_in_which_all_others_are_significantly_worse(sentence):
    ranges = (1, 1, 1), (2, 2, 2), (3, 3, 3)
    assert sentence(*ranges, first={"fidelity": (1, 1), "diversity": (1, 1)}) == (
        "a wins by fidelity and diversity."
    )
    assert sentence(*ranges, first={"fidelity": (1, 2), "diversity": (1, 1)}) == "a wins by diversity."
    assert sentence(*ranges, first={"fidelity": (1, 2)}) == "a wins, by no aspect alone."
    assert sentence(*ranges, aspects=None, first={"": (1, 1)}) == "a wins."


def test_those_directly_behind_the_winner_are_named(sentence):
    verdict = sentence((1, 1, 1), (2, 2, 3), (3, 2, 3), (4, 4, 4), first={"fidelity": (1, 1)})
    assert verdict == "a wins by fidelity; behind it, b and c cannot be told apart."


@pytest.mark.parametrize(
    ("ranges", "end"),
    [
        ([(1, 1, 2), (2, 1, 2), (3, 3, 3)], "a and b cannot be told apart"),
        ([(1, 1, 3), (2, 1, 3), (2, 1, 3)], "no overall rank can be told from another"),
        ([(1, 1, 2), (2, 2, 3), (3, 2, 3)], "a is not significantly better than all others"),
        ([(1, None, None), (2, 1, 3), (3, 3, 3)], "a and b cannot be told apart"),  # no test with a
        ([(1, None, None), (2, None, None)], "no overall rank can be told from another"),
    ],
)
def test_without_a_winner_those_that_may_be_the_first_are_named(sentence, ranges, end):
    assert sentence(*ranges) == f"No winner at 3 seeds: {end}."


def test_five_names_are_listed_and_others_counted(sentence):
    verdict = sentence(*[(1, 1, 8)] * 8, (9, 9, 9))
    assert verdict == "No winner at 3 seeds: a, b, c, d, e and 3 more cannot be told apart."


def test_under_three_seeds_nothing_is_tested(sentence):
    for seeds, text in ((1, "1 seed allows"), (2, "2 seeds allow")):
        assert sentence((1, None, None), (2, None, None), seeds=seeds) == f"No winner: {text} no test."


def test_without_an_overall_rank_no_one_wins(sentence):
    assert sentence((None, None, None), (None, None, None)) == "No winner: there is no overall rank."
    assert sentence((None, None, None), (1, 1, 1)) == "No winner: only b has an overall rank."
    verdict = sentence((1, 1, 1), (None, None, None), (2, 2, 2), first={"fidelity": (1, 1)})
    assert verdict == "a wins by fidelity; b has no overall rank."


def test_without_a_ranked_metric_there_is_no_sentence(run_of):
    run = run_of({name: {"fid": [1.0] * 3} for name in "ab"}, directions={"fid": "none"})
    assert make_verdict(*build_board(*run).blocks("digits"), [], EARLIER_RULE) == ""


def test_merged_runs_of_unequal_rules_have_no_winner(run_of):
    plan, records = run_of({name: {"fid": [value] * 3} for name, value in (("a", 1.0), ("b", 2.0))})
    runs = {"one": {"ranking": {"aspects": [["fid", "fidelity"]], "votes": ["fidelity"], "require": {}}}}
    board = build_board(replace(plan, provenance={"merged": runs | {"two": {}}}), records)
    assert make_verdict(*board.blocks("digits"), [], EARLIER_RULE) == "No winner: there is no overall rank."


def test_one_competitor_has_a_sentence_only_for_what_is_suspicious(sentence, verdict_of):
    assert sentence((1, 1, 1)) == ""
    table = {"a": {"fid": [9.5, 9.5, 9.5]}, "noise": {"fid": [9.0, 9.0, 9.1]}}
    assert verdict_of(table) == "Suspicious: a is worse than noise in fid."


# What is suspicious, on boards with their own ranks.

CLEAR = {
    "a": {"fid": [1.0, 1.1, 1.2], "recall": [0.82, 0.81, 0.8]},
    "b": {"fid": [3.0, 3.1, 3.2], "recall": [0.52, 0.51, 0.5]},
    "held-out": {"fid": [0.1, 0.2, 0.3], "recall": [0.9, 0.91, 0.92]},
    "noise": {"fid": [9.0, 9.1, 9.2], "recall": [0.0, 0.01, 0.02]},
}


def test_a_clear_board_has_a_winner_and_nothing_suspicious(verdict_of):
    assert verdict_of(CLEAR) == "a wins by fidelity and diversity."


def test_a_competitor_better_than_a_ceiling_is_suspicious_unless_the_metric_has_no_vote(verdict_of):
    better = CLEAR | {"a": CLEAR["a"] | {"recall": [0.98, 0.98, 0.99]}}
    assert verdict_of(better) == (
        "a wins by fidelity and diversity; suspicious: a is better than held-out in recall."
    )
    assert verdict_of(better, ASPECTS | {"recall": "bias"}) == "a wins by fidelity."


def test_a_floor_above_a_competitor_is_suspicious(verdict_of):
    verdict = verdict_of(CLEAR | {"b": CLEAR["b"] | {"fid": [9.5, 9.6, 9.7]}})
    assert verdict == "a wins by fidelity and diversity; suspicious: b is worse than noise in fid."


def test_a_floor_is_named_only_where_intervals_show_that_a_competitor_is_worse(verdict_of):
    by_mean = CLEAR | {"b": CLEAR["b"] | {"fid": [5.0, 9.5, 14.0]}}
    assert verdict_of(by_mean) == "a wins by diversity."
    noisy = {"a": {"fid": [1.0]}, "b": {"fid": [9.5]}, "noise": {"fid": [9.0]}}
    assert verdict_of(noisy) == "No winner: 1 seed allows no test."


def test_a_metric_without_a_vote_since_it_tells_no_controls_apart_makes_nothing_suspicious(verdict_of):
    blind = {
        "a": {"recall": [0.98, 0.98, 0.99]},
        "held-out": {"recall": [0.1, 0.2, 0.3]},
        "noise": {"recall": [0.1, 0.2, 0.3]},
    }
    assert (
        verdict_of({name: row | blind.get(name, {}) for name, row in CLEAR.items()}) == "a wins by fidelity."
    )


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    ("values", "is_like"),
    [
        ([0.0, 0.0, 0.0], True),
        ([0.0, 0.1, 0.0], True),
        ([-0.3, -0.2, -0.3], True),
        ([0.2, 0.21, 0.2], True),
        ([0.3, 0.31, 0.3], False),
        ([0.5, 0.49, 0.5], False),
        ([0.9, 0.91, 0.9], False),
        ([0.0, 0.5, 0.0], False),
    ],
)
def test_a_competitor_that_memorises_as_training_samples_is_suspicious(
    verdict_of, run_of, sign, values, is_like
):
    rows = {
        "a": values,
        "b": [0.8, 0.81, 0.8],
        "train-copies": [0.0, 0.01, 0.02],
        "held-out": [0.5, 0.5, 0.51],
    }
    table = {
        name: CLEAR.get(name, CLEAR["held-out"]) | {"near": [sign * x for x in row]}
        for name, row in rows.items()
    }
    said = "suspicious: a is more like train-copies than held-out in near"
    assert (said in verdict_of(table, ASPECTS | {"near": "memorisation"})) == is_like
    assert said not in verdict_of(table, ASPECTS | {"near": "bias"})
    plan, records = run_of(table, aspects=ASPECTS | {"near": "memorisation"}, directions=HIGHER)
    sides = [Contender(label=name, generator=name, plan=plan, records=records) for name in ("a", "b")]
    line = "digits: a: more like train-copies than held-out in near"
    cautions = leaderboard_frame(plan, records).set_index("generator")["caution"]
    assert ("more like train-copies than held-out in near" in cautions["a"]) == is_like
    assert list_contender_warnings(sides) == [line] * is_like


def test_a_control_with_the_same_samples_at_all_seeds_makes_nothing_suspicious(run_of):
    better = CLEAR | {"a": CLEAR["a"] | {"recall": [0.98, 0.98, 0.99]}}
    board = build_board(*run_of(better, aspects=ASPECTS, directions=HIGHER))
    rows = tuple(replace(row, same_samples=row.generator == "held-out") for row in board.rows)
    (note,) = find_wrong_controls(replace(board, rows=rows))
    assert (note.control, note.metric, note.clearly) == ("held-out", "recall", ())
    assert note.text.endswith("held-out (0.9100); seeds that share samples cannot rule out chance")


def test_comparisons_over_all_seeds_name_no_number_of_seeds(run_of):
    (block,) = build_board(*run_of({name: {"fid": [1.0]} for name in "ab"}, aspects=ASPECTS)).blocks("digits")
    rows = tuple(
        replace(
            row,
            rank=1,
            rank_low=1,
            rank_high=2,
            entries={"fid": replace(row.entries["fid"], is_comparison=True)},
        )
        for row in block.rows
    )
    assert (
        make_verdict(Block(rows), [], EARLIER_RULE) == "No winner: no overall rank can be told from another."
    )


def test_copies_of_a_ranked_competitor_are_suspicious(run_of):
    (block,) = build_board(*run_of(CLEAR, aspects=ASPECTS, directions=HIGHER)).blocks("digits")
    few = {"train": Copies(of=100, equal=9, identical=9, chance=0, limit=2)}
    rows = tuple(replace(row, copies=few if row.generator == "b" else {}) for row in block.rows)
    end = "; suspicious: b: 9 of 100 samples are, byte for byte, training samples."
    assert make_verdict(Block(rows), [], EARLIER_RULE).endswith(end)


def test_a_competitor_that_a_reason_excludes_is_suspicious(verdict_of):
    verdict = verdict_of(
        CLEAR | {"c": {"fid": [0.1] * 3, "recall": [0.3] * 3}}, rule={"require": {"recall": ">= 0.4"}}
    )
    reason = "the suite requires recall >= 0.4, and it is 0.3000"
    assert verdict == f"a wins by fidelity and diversity; suspicious: c is not ranked ({reason})."


def test_those_that_are_not_ranked_are_grouped_by_their_reason(run_of):
    (block,) = build_board(*run_of(CLEAR, aspects=ASPECTS, directions=HIGHER)).blocks("digits")
    rows = [row.exclude("it copies") for row in block.rows if not row.control]
    verdict = make_verdict(
        Block((*rows, replace(rows[0], generator="c", unranked=("it is short",)))), [], EARLIER_RULE
    )
    assert verdict == "Suspicious: a and b are not ranked (it copies); c is not ranked (it is short)."


def test_seeds_that_share_samples_are_suspicious(run_of):
    (block,) = build_board(*run_of(CLEAR, aspects=ASPECTS, directions=HIGHER)).blocks("digits")
    rows = tuple(replace(row, same_samples=row.generator == "b") for row in block.rows)
    assert make_verdict(Block(rows), [], EARLIER_RULE).endswith("; suspicious: seeds of b share samples.")


# Boards of equal generators, and texts.


def test_few_boards_of_equal_generators_name_a_winner(run_of):
    """Of 60 boards 3 are expected to; 8 or more have a probability of 1 %."""
    winners = 0
    for number in range(60):
        values = np.random.default_rng(number).normal(size=(2, 2, 3))
        table = {
            name: dict(zip(ASPECTS, each.tolist(), strict=True))
            for name, each in zip("ab", values, strict=True)
        }
        (block,) = build_board(*run_of(table, aspects=ASPECTS, directions=HIGHER)).blocks("digits")
        winners += find_winner(block) is not None
    assert winners < 8


def test_each_form_has_the_warnings(run_of):
    wrong = CLEAR | {"b": CLEAR["b"] | {"fid": [9.5, 9.6, 9.7]}}
    view = view_board(build_board(*run_of(wrong, aspects=ASPECTS, directions=HIGHER)))
    terminal = io.StringIO()
    print_board(Console(file=terminal, width=300, markup=False), view)
    for text in (terminal.getvalue(), board_markdown(view), board_html(view), board_latex(view)):
        assert text.count("is not the worst: b (9.600) is worse") == 1


def test_each_form_has_the_sentence_once_with_its_markup_escaped(run_of):
    view = view_board(build_board(*run_of(CLEAR, aspects=ASPECTS, directions=HIGHER)))
    (table,) = view.tables
    view = replace(view, tables=(replace(table, verdict="<b>a_1</b> *wins*\nby fidelity."),))
    terminal = io.StringIO()
    print_board(Console(file=terminal, width=300, markup=False), view)
    assert terminal.getvalue().count("digits: <b>a_1</b> *wins* by fidelity.") == 1
    assert board_markdown(view).count(r"\<b>a\_1\</b> \*wins\* by fidelity.") == 1
    assert board_html(view).count("<p>&lt;b&gt;a_1&lt;/b&gt; *wins* by fidelity.</p>") == 1
    escaped = r"\textless{}b\textgreater{}a\_1\textless{}/b\textgreater{} *wins* by fidelity."
    assert board_latex(view).count(escaped) == 1
    assert board_to_json(view)["blocks"][0]["verdict"] == view.tables[0].verdict
