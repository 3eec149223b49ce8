"""The board in a terminal."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from rich.cells import cell_len
from rich.console import Console

from genbench.board.decisions.comparison import Contender, compare
from genbench.board.formats.html_fragment import board_html
from genbench.board.formats.latex import board_latex
from genbench.board.formats.markdown import board_markdown
from genbench.board.formats.plain import board_to_json
from genbench.board.leaderboard import build_board
from genbench.board.table_cells import BEST_MEANING
from genbench.board.terminal import comparison_view, open_console, print_board
from genbench.board.view import view_board
from genbench.report.page.tables import list_marks
from genbench.results.records import Notice

METRICS = ["mean-gap"] + [f"{name}[digits-classifier]" for name in (
    "authenticity", "coverage", "density", "fid", "inception-score", "kid", "modes", "precision", "recall",
    "reverse-kl", "vendi")]  # fmt: skip
GENERATORS = ["vae", "gan", "wgan-gp", "ddpm", "held-out", "train-copies", "noise"]


def shown(board, *, width=100, encoding="utf-8", color=False, terminal=False):
    """Return what print_board writes, as lines."""
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    terminal = (
        {"force_terminal": True, "color_system": "standard" if color else None} if color or terminal else {}
    )
    print_board(Console(file=file, width=width, **terminal), view_board(board))
    file.flush()
    return file.buffer.getvalue().decode(encoding).splitlines()


@pytest.fixture(scope="module")
def large(run_of):
    """Return a board of 12 metrics and 7 generators, with a failure."""
    rng = np.random.default_rng(0)
    table = {g: {m: list(rng.uniform(0, 500, 3)) for m in METRICS} for g in GENERATORS}
    table["gan"]["recall[digits-classifier]"][1] = "error"
    return build_board(*run_of(table))


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_twelve_metrics_and_seven_generators_fit_the_console(large, width):
    lines = shown(large, width=width, terminal=True)
    assert max(map(cell_len, lines)) <= width
    text = "\n".join(lines)
    assert text.count("vae ") >= 2
    assert "…" not in text
    for metric in METRICS:
        assert f" {metric.partition('[')[0]}" in text


def test_a_remark_is_one_line_where_the_output_is_a_file(large):
    remarks = [line for line in shown(large, width=60) if line.startswith("no value: ")]
    assert remarks == ["no value: digits, gan, seed 1, recall[digits-classifier]: error: error for a reason"]


def test_metrics_of_one_extractor_share_a_heading(large):
    lines = [line.rstrip() for line in shown(large)]
    assert lines.count("digits") == 1
    assert lines.count("digits on digits-classifier") >= 2
    tables = [line for line in lines if line.startswith("rank")]
    assert not any("[" in line for line in tables)


def test_the_best_is_marked_without_colour_and_controls_are_not(run_of):
    table = {
        "vae": {"fid": [2.0, 2.1, 2.2]},
        "gan": {"fid": [2.3, 2.1, 2.2]},
        "old": {"fid": [9.0, 9.2, 9.1]},
        "noise": {"fid": [1.0, 1.0, 1.0]},
    }
    lines = [line.rstrip() for line in shown(build_board(*run_of(table)))]
    drawn = "No winner at 3 seeds: vae and gan cannot be told apart"
    verdict = f"{drawn}; suspicious: vae, gan and old are worse than noise in fid"
    assert lines[:10] == [
        f"digits: {verdict}.",
        "",
        "digits",
        "   rank   generator          fid ↓",
        "─" * 36,
        "1 (1–2)   vae         2.100 ± 0.25 *",
        "2 (1–2)   gan         2.200 ± 0.25 *",
        "      3   old         9.100 ± 0.25",
        "─" * 36,
        "          noise          1.000 ± 0",
    ]


@pytest.mark.parametrize(
    ("runs", "samples"),
    [
        ({"vae": [2.0, 2.1, 2.2], "gan": [2.3, 2.1, 2.2], "old": [2.2, 2.0, 2.1]}, {}),  # no difference
        # the first shares samples, so no test compares it; the others differ, and none is known to be best
        ({"vae": [2.0, 2.1, 2.2], "gan": [3.0, 3.1, 3.2], "old": [9.0, 9.1, 9.2]}, {"vae": "ab" * 32}),
        # the last shares samples, so no test shows that it is worse
        ({"vae": [2.0, 2.1, 2.2], "old": [9.0, 9.1, 9.2]}, {"old": "ab" * 32}),
    ],
)
def test_a_metric_without_a_known_best_has_no_mark_in_any_form(run_of, runs, samples):
    plan, records = run_of({name: {"fid": values} for name, values in runs.items()})
    records = {
        key: replace(record, samples=samples.get(record.cell.generator, record.samples))
        for key, record in records.items()
    }
    board = build_board(plan, records)
    view = view_board(board)
    (table,) = view.tables
    assert list_marks(table)[:1] in ([], [("☆", "mark", "behind, but the tests do not settle it")])
    assert not any(line.rstrip().endswith("*") for line in shown(board))
    assert BEST_MEANING not in shown(board)[-1]
    assert "**" not in board_markdown(view).partition("## digits")[2]
    assert r"\textbf" not in board_latex(view)
    assert "<strong>" not in board_html(view)
    (block,) = board_to_json(view)["blocks"]
    assert not any(row["entries"]["fid"]["is_best"] for row in block["rows"])


def test_all_forms_mark_the_same_rows_and_say_the_same_of_the_mark(run_of):
    runs = {"vae": {"fid": [2.0, 2.1, 2.2]}, "old": {"fid": [9.0, 9.2, 9.1]}}
    board = build_board(*run_of(runs))
    view = view_board(board)
    assert [line.split()[1] for line in shown(board) if line.rstrip().endswith("*")] == ["vae"]
    closing = " ".join(" ".join(shown(board)).split())
    assert f"* {BEST_MEANING}" in closing
    assert "(1–2)" not in closing  # no rank of this board has a range
    assert list_marks(view.tables[0]) == [("★", "mark", BEST_MEANING.split(";")[0])]
    assert f"**Bold**: {BEST_MEANING}." in board_markdown(view)
    assert f"bold: {BEST_MEANING}" in board_latex(view)


def test_columns_without_any_value_are_hidden_and_counted(run_of):
    error = ["error"] * 3
    runs = {"vae": {"a": error, "b": [1.0] * 3, "c": error}, "gan": {"a": error, "b": [2.0] * 3, "c": error}}
    board = build_board(*run_of(runs))
    lines = shown(board)
    assert lines[3].split() == ["rank", "generator", "b", "↓"]
    assert "note: digits: 2 columns are hidden, since no row has a value: a and c" in lines
    nothing = build_board(*run_of({"vae": {"a": error}, "gan": {"a": error}}))
    assert shown(nothing)[3].split() == ["rank", "generator", "a", "↓"]  # the statuses are all there is


def test_under_three_seeds_nothing_is_marked_and_a_warning_says_so(run_of):
    table = {"vae": {"fid": [2.0, 2.1]}, "gan": {"fid": [3.0, 3.1]}}
    lines = [line.rstrip() for line in shown(build_board(*run_of(table)))]
    assert lines[0] == "digits: No winner: 2 seeds allow no test."
    assert lines[5] == "   1   vae         2.050 ± 0.64"
    assert not any("*" in line for line in lines[:7])
    assert "warning: digits: no ranges of ranks, and nothing is marked as best: both need 3 seeds" in lines


def test_colours_mark_best_failed_and_control(run_of):
    table = {
        "vae": {"fid": [2.0, 2.1, 2.2]},
        "wgan": {"fid": [9.0, 9.1, 9.2]},
        "gan": {"fid": ["error"] * 3},
        "noise": {"fid": [1.0] * 3},
    }
    best, other, failed, _, control = shown(build_board(*run_of(table)), color=True)[5:10]
    assert "\x1b[1;32m" not in other
    assert "\x1b[1;32m" in best
    assert "\x1b[31m" in failed
    assert "\x1b[2m" in control


def test_output_that_is_no_terminal_is_plain(large):
    assert "\x1b" not in "".join(shown(large))


def test_an_ascii_console_gets_ascii(large):
    lines = shown(large, encoding="ascii")
    assert any("+/-" in line for line in lines)


def test_failures_are_listed_with_their_reason_and_no_control_characters(run_of):
    plan, records = run_of({"vae": {"fid": ["crash"]}})
    (key,) = records
    records = {key: replace(records[key], reason="[bold]killed[/bold]\x1b[2J by signal 9")}
    lines = shown(build_board(plan, records))
    assert "no value: digits, vae, seed 0, fid: crash: [bold]killed[/bold]\\x1b[2J by signal 9" in lines
    assert lines[-1].startswith("1 cell: 0 ok, 1 crash")


def test_what_a_metric_says_of_its_numbers_is_printed_without_control_characters(run_of):
    plan, records = run_of({"vae": {"m": [1.0]}})
    records = {key: replace(record, extra={"note": "old\x1b[31m data"}) for key, record in records.items()}
    assert "note: m: old\\x1b[31m data" in shown(build_board(plan, records))


def test_remarks_stop_after_twelve_and_say_so(run_of):
    table = {f"g{number}": {"fid": ["crash"]} for number in range(20)}
    lines = shown(build_board(*run_of(table)))
    assert sum(line.startswith("no value: digits") for line in lines) == 12
    assert "no value: 8 more in leaderboard.md" in lines


def test_a_comparison_fits_the_console(run_of):
    rng = np.random.default_rng(0)
    table = {g: {m: list(rng.random(3)) for m in METRICS} for g in ("train-copies", "wgan-gp")}
    plan, records = run_of(table)
    sides = [Contender(label=g, generator=g, plan=plan, records=records) for g in table]
    rows = compare(*sides)
    console = Console(file=io.StringIO(), width=100, record=True)
    console.print(comparison_view(console, "title", rows))
    lines = console.export_text().splitlines()
    assert max(map(cell_len, lines)) <= 100
    assert len(lines) == len(METRICS) + 3
    assert lines[1].split() == ["metric", "difference", "effect", "p", "seeds", "verdict"]


def test_a_comparison_without_verdict_shows_a_p_above_the_level(run_of):
    plan, records = run_of({"a": {"m": [1.0, 2.0]}, "b": {"m": [1.5, 2.5]}})
    sides = [Contender(label=g, generator=g, plan=plan, records=records) for g in "ab"]
    (row,) = compare(*sides)
    console = Console(file=io.StringIO(), width=100, record=True)
    console.print(comparison_view(console, "title", [replace(row, p_corrected=0.0504)]))
    assert "0.0504" in console.export_text().split()


@pytest.mark.parametrize(
    ("seeds", "text"),
    [
        ((3, 3), "over 3 seeds;"),
        ((3, 6), "over 3 to 6 seeds;"),
        ((6, 4, 3), "over 3 to 6 seeds;"),
        ((1, 3), "over 3 seeds;"),
        ((1, 1), "; one seed, so no interval;"),
    ],
)
def test_the_closing_line_has_the_numbers_of_seeds_of_all_rows(run_of, joined, seeds, text):
    runs = (run_of({f"g{at}": {"m": list(map(float, range(k)))}}) for at, k in enumerate(seeds))
    assert text in shown(build_board(*joined(*runs)), width=400)[-1]


def test_at_one_seed_the_closing_line_says_whose_intervals_a_board_shows(run_of):
    plan, records = run_of({name: {"m": [1.0]} for name in "ab"})
    records = {key: replace(record, low=0.5, high=1.5) for key, record in records.items()}
    line = shown(build_board(plan, records), width=400)[-1]
    assert "; one seed; ± half of the metric's own 95 % interval;" in line


def test_a_console_without_terminal_has_a_hundred_columns(monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    assert open_console().width == 100
    monkeypatch.setenv("COLUMNS", "77")
    assert open_console().width == 77


def test_a_generator_that_is_not_deterministic_is_marked_where_it_stands(run_of):
    plan, records = run_of({"vae": {"fid": [1.0, 2.0]}, "noise": {"fid": [8.0, 9.0]}})
    said = {
        key: replace(record, notices=(Notice.of_other_samples("generator", f"p:{record.cell.generator}"),))
        for key, record in records.items()
    }
    marked = build_board(plan, said)
    names = [line.split("  ")[1].strip() for line in shown(marked) if "(deterministic: no)   " in line]
    assert len(names) == 2
    text = board_markdown(view_board(marked))
    assert "|      | vae (deterministic: no)     |" in text
    assert "|      | *noise (deterministic: no)* |" in text
    assert max(map(cell_len, shown(marked, width=60, terminal=True))) <= 60


def test_a_row_of_a_csv_file_stands_between_two_lines_without_a_mark(run_of, without_records):
    table = {"vae": {"x": [1.0, 1.1, 1.2]}, "gan": {"x": [2.0, 2.1, 2.2]}, "gan-2": {"x": [3.0, 3.1, 3.2]}}
    run = without_records(run_of(table | {"noise": {"x": [9.0, 9.1, 9.2]}}), "vae")
    lines = shown(build_board(*run))
    (at,) = (number for number, line in enumerate(lines) if "vae (unverified)" in line)
    assert [set(lines[number].strip()) for number in (at - 1, at + 1)] == [{"─"}, {"─"}]
    assert "*" not in lines[at]
    assert lines[-1].endswith("unverified rows and controls below the line")
    styled = "\n".join(shown(build_board(*run), color=True))
    assert "\x1b[2mvae (unverified)" in styled
