"""What the legend below the tables of a page explains."""

from __future__ import annotations

from genbench.board.leaderboard import build_board
from genbench.report.page.legend import board_legend, table_key
from genbench.report.page.tables import board_tables


def tables(results):
    return board_tables(build_board(results.plan, results.records), "digits")


def test_the_legend_explains_what_the_tables_show_and_no_more(results_of):
    found = board_legend(tables(results_of(directions={"recall": "higher"})))
    assert (found.seeds, found.most_seeds) == ("3", 3)
    assert (found.is_spread, found.is_same, found.has_best, found.has_gaps) == (True, False, True, True)
    ((role, meaning),) = found.roles
    assert role == "floor"
    assert meaning.startswith("as bad as can be, except for a metric that cannot see its flaw")
    same = board_legend(tables(results_of({"vae": {"fid": [1.0] * 3}, "gan": {"fid": [1.0, 2.0, 3.0]}})))
    assert (same.is_same, same.has_gaps, same.has_ranges, same.roles) == (True, False, True, ())
    one = board_legend(tables(results_of({"vae": {"fid": [1.0]}})))
    assert (one.most_seeds, one.is_spread, one.has_best, one.has_ranges) == (1, False, False, False)
    assert board_legend([]).most_seeds == 0
    assert (one.has_undecided, one.has_unseen) == (False, False)


def test_the_key_of_a_table_has_the_marks_that_it_shows(results_of):
    (table,) = tables(results_of({"vae": {"fid": [1.0, 1.1, 1.2]}, "gan": {"fid": [9.0, 9.1, 9.2]}}))
    assert table_key(table) == [("★", "no other is significantly better")]
    runs = {
        "vae": {"fid": [1.0, 1.1, 1.2], "kid": [1.0] * 3},
        "gan": {"fid": [9.0, 9.1, 9.2], "kid": [1.0] * 3},
    }
    (mixed,) = tables(results_of(runs))
    ((_, words),) = [line for line in table_key(mixed) if line[0] == "★"]
    assert words == "no other is significantly better; a metric without ★ shows no difference"
    (equal,) = tables(results_of({"vae": {"fid": [1.0, 2.0, 3.0]}, "gan": {"fid": [1.0, 2.0, 3.0]}}))
    assert table_key(equal) == []  # no generator is worse
