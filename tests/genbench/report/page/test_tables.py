"""The tables of a board as values."""

from __future__ import annotations

from dataclasses import replace

import pytest

from genbench.board.numbers import rank_text
from genbench.board.table_cells import BEST_MEANING
from genbench.board.view import view_results
from genbench.report.page.tables import describe_legend, list_marks, make_board_tables, make_metric_anchors


def pages(results):
    return make_board_tables(view_results(results), "digits")


def tables(results):
    return [page.table for page in pages(results)]


@pytest.fixture(scope="module")
def table(results_of):
    (found,) = tables(results_of(directions={"recall": "higher"}))
    return found


def cell(table, generator, metric):
    row = next(row for row in table.rows if row.name == generator)
    return row.cells[metric]


def own_and_same(cell):
    """Return whether an interval is the metric's own, and whether all seeds gave one number without it."""
    entry = cell.entry
    is_own = entry.has_own_interval
    return is_own, entry.low is not None and entry.low == entry.high and not is_own


def test_a_table_has_the_settings_that_its_rows_share(results_of):
    (page,) = pages(results_of())
    assert (page.title, page.table.seeds, page.table.n, page.extractor) == ("digits", "0 1 2", "599", "")


def test_a_row_says_its_mean_win_rate_if_it_has_a_rank(results_of):
    (found,) = tables(results_of({"vae": {"fid": [1.0]}, "gan": {"fid": [4.0]}, "noise": {"fid": [9.0]}}))
    assert [(row.rank, row.row.win_rate) for row in found.rows] == [("1", 1.0), ("2", 0.0), ("", None)]


def test_a_head_says_what_is_better(table):
    assert [(h.name, h.arrow, h.better) for h in table.heads] == [
        ("fid", "↓", "lower is better"),
        ("recall", "↑", "higher is better"),
    ]
    assert all(len(head.signature) == 8 and head.seeds == (0, 1, 2) for head in table.heads)


def test_a_table_of_more_metrics_than_fit_on_paper_has_parts_for_it(results_of):
    assert pages(results_of())[0].printed == ()
    many = {f"m{number}": [1.0, 2.0, 3.0] for number in range(12)}
    (found,) = pages(results_of({"vae": many}))
    assert [list(part) for part in found.printed] == [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]]


def test_metrics_that_decide_the_rank_come_first_and_unranked_ones_last(results_of):
    runs = {"a": [1.0], "b": [1.0], "c": [1.0], "d": [1.0]}
    table = {"vae": runs, "gan": {"a": [2.0], "c": [2.0], "d": [2.0]}}
    (found,) = tables(results_of(table, directions={"a": "none"}))
    assert [head.name for head in found.heads] == ["c", "d", "b", "a"]


def test_the_head_of_a_ranked_metric_names_the_controls_that_it_cannot_see(results_of):
    results = results_of(
        {
            name: {metric: [1.0] for metric in ("fid", "kid", "vendi")}
            for name in ("vae", "noise", "held-out")
        },
        directions={"vendi": "none"},
    )
    cells = tuple(
        replace(cell, facts=replace(cell.facts, unseen_controls=("floor",) if cell.metric != "kid" else ()))
        for cell in results.plan.cells
    )
    plan = replace(results.plan, cells=cells)
    (found,) = tables(replace(results, plan=plan))
    assert {head.metric: head.unseen_controls for head in found.heads} == {
        "fid": ("noise",),
        "kid": (),
        "vendi": (),
    }


def test_a_number_that_compare_cannot_tell_from_the_best_is_marked(results_of):
    equal = {f"equal{number}": [1.0, 2.0, 3.0] for number in range(30)}
    (found,) = tables(
        results_of({"vae": {"fid": [1.0, 1.4, 1.2], **equal}, "gan": {"fid": [2.0, 2.4, 2.2], **equal}})
    )
    assert [cell(found, name, "fid").is_undecided for name in ("vae", "gan")] == [False, True]
    assert not cell(found, "gan", "fid").is_best
    assert not cell(found, "gan", "equal0").is_undecided
    assert describe_legend([found])["has_undecided"]
    (alone,) = tables(results_of({"vae": {"fid": [1.0, 1.4, 1.2]}, "gan": {"fid": [2.0, 2.4, 2.2]}}))
    assert not cell(alone, "gan", "fid").is_undecided


def test_the_head_of_a_metric_that_ranks_a_control_wrongly_says_so(results_of, table):
    assert [head.wrong_controls for head in table.heads] == [(), ()]
    noisy = {"vae": {"fid": [1.0], "kid": [1.0]}, "gan": {"fid": [4.0], "kid": [1.0]}}
    (found,) = tables(results_of(noisy | {"noise": {"fid": [3.0], "kid": [3.0]}}))
    assert [head.wrong_controls for head in found.heads] == [
        ("noise (3.000) is not the worst: gan (4.000) is worse",), (),
    ]  # fmt: skip
    assert describe_legend([found])["has_wrong"]
    assert ("⚠\ufe0e", "wrong", "the metric ranks a control wrongly") in list_marks(found)
    assert not describe_legend([table])["has_wrong"]


def test_a_row_has_its_rank_and_its_role(table):
    assert [(row.name, row.kind, row.row.control, row.rank) for row in table.rows] == [
        ("vae", "", None, "1"), ("gan", "", None, "2"), ("noise", "control", "floor", ""),
    ]  # fmt: skip


def test_a_number_comes_with_its_interval_and_its_seeds(table):
    found = cell(table, "vae", "fid")
    assert (found.value, found.text, found.interval) == (2.0, "2.0", "± 2.5")
    assert found.runs == "1.000 2.000 3.000"
    assert found.is_best
    assert (rank_text(found.entry), found.reasons) == ("1", "")
    assert not cell(table, "gan", "fid").is_best


def test_the_numbers_of_a_column_have_one_power_of_ten_and_true_minus_signs(results_of):
    runs = {
        "vae": {"kid": [1e-5, 2e-5, 3e-5]},
        "gan": {"kid": [-2e-5, -3e-5, -4e-5]},
        "noise": {"kid": [2e-3] * 3},
    }
    (found,) = tables(results_of(runs))
    (head,) = found.heads
    assert head.unit == "10⁻⁵"
    assert [(row.name, row.cells["kid"].text, row.cells["kid"].interval) for row in found.rows] == [
        ("gan", "−3.0", "± 2.5"), ("vae", "2.0", "± 2.5"), ("noise", "200.000", "± 0"),
    ]  # fmt: skip
    assert [row.cells["kid"].pad for row in found.rows] == ["00", "00", ""]
    assert cell(found, "gan", "kid").value == -3e-5
    assert cell(found, "gan", "kid").runs == "−2.000 −3.000 −4.000"
    assert describe_legend([found])["has_units"]


def test_where_seeds_agree_the_interval_is_the_metrics_own_if_it_has_one(results_of):
    results = results_of({"vae": {"fid": [2.0] * 3, "kid": [2.0] * 3}, "gan": {"fid": [1.0, 2.0, 3.0]}})
    records = {
        key: replace(each, low=1.5 + each.cell.seed / 10, high=2.5) if each.cell.metric == "fid" else each
        for key, each in results.records.items()
    }
    (found,) = tables(replace(results, records=records))
    own, plain, spread = (cell(found, *place) for place in (("vae", "fid"), ("vae", "kid"), ("gan", "fid")))
    assert (own.text, own.interval, *own_and_same(own)) == ("2.00", "± 0.50", True, False)
    assert (plain.interval, *own_and_same(plain)) == ("± 0", False, True)
    assert (spread.interval, *own_and_same(spread)) == ("± 2.5", False, False)
    assert describe_legend([found])["is_own"]


def test_the_head_of_a_metric_has_what_it_says_of_its_numbers_once(results_of):
    results = results_of({"vae": {"fid": [2.0, 3.0], "kid": [2.0, 2.0]}})
    records = {
        key: replace(each, extra={"note": "1,018 pairs"}) if each.cell.metric == "fid" else each
        for key, each in results.records.items()
    }
    (found,) = tables(replace(results, records=records))
    assert {head.metric: head.note for head in found.heads} == {"fid": "1,018 pairs", "kid": ""}


def test_one_seed_has_the_interval_of_the_metric_if_it_has_one(results_of):
    results = results_of({"vae": {"fid": [2.0], "kid": [2.0]}})
    records = {
        key: replace(each, low=1.5, high=2.5) if each.cell.metric == "fid" else each
        for key, each in results.records.items()
    }
    (found,) = tables(replace(results, records=records))
    own, plain = (cell(found, "vae", metric) for metric in ("fid", "kid"))
    assert (own.interval, *own_and_same(own)) == ("± 0.50", True, False)
    assert (plain.interval, *own_and_same(plain)) == ("", False, False)


def test_an_own_interval_that_only_rounding_makes_is_none(results_of):
    results = results_of({"vae": {"fid": [-5.434215067392957] * 3}})
    records = {
        key: replace(each, low=-5.434215067392959, high=-5.434215067392955)
        for key, each in results.records.items()
    }
    (found,) = tables(replace(results, records=records))
    assert own_and_same(cell(found, "vae", "fid")) == (False, True)


def test_a_number_that_no_test_can_compare_with_a_better_one_is_marked_so(results_of):
    runs = {"vae": {"fid": [2.0] * 3}, "gan": {"fid": [1.0] * 3}, "flow": {"fid": [9.0, 9.1, 9.2]}}
    (found,) = tables(results_of(runs))
    vae, gan, flow = (cell(found, name, "fid") for name in ("vae", "gan", "flow"))
    assert (vae.entry.is_untested, vae.is_best, vae.is_undecided) == (True, False, False)
    assert (gan.entry.is_untested, gan.is_best) == (False, True)
    assert (flow.entry.is_untested, flow.is_best) == (False, False)  # significantly worse than both
    assert describe_legend([found])["has_untested"]
    assert ("☆", "mark", "behind, but the tests do not settle it") in list_marks(found)


def test_a_cell_without_a_value_says_why(table):
    found = cell(table, "gan", "recall")
    assert (found.value, found.text) == (None, "error 1/3")
    assert found.reasons == "error: error for a reason (seed 1)"


def test_equal_reasons_are_said_once(results_of):
    table = {"vae": {"fid": ["error", "error", "timeout"]}}
    (found,) = tables(results_of(table))
    assert cell(found, "vae", "fid").reasons == (
        "error: error for a reason (seeds 0 1) and timeout: timeout for a reason (seed 2)"
    )


def test_a_cell_that_was_not_run_is_missing(results_of):
    (found,) = tables(results_of({"vae": {"fid": [1.0, None]}}))
    assert cell(found, "vae", "fid").text == "missing 1/2"


def test_a_cell_that_a_row_lacks_names_the_row_that_has_it_or_says_why_not(results_of):
    table = {
        "vae": {"fid": [1.0], "kid": [2.0], "modes": [3.0]},
        "gan": {"fid": [3.0]},
        "noise@a": {"fid": [9.0], "kid": [9.0], "modes": [1.0]},
        "noise@b": {"modes": [2.0]},
    }
    controls = {"noise@a": "floor", "noise@b": "floor"}
    same = {"same_samples": {"digits": [["noise@a", "noise@b"]]}}
    (found,) = tables(results_of(table, controls=controls, provenance=same))
    assert [head.metric for head in found.heads] == ["fid", "kid", "modes"]
    twin = cell(found, "noise@b", "kid")
    assert (twin.text, twin.value, twin.entry) == ("same", None, None)
    assert twin.reasons == "the samples are those of noise@a, whose row has the number"
    assert cell(found, "gan", "kid").text == "–"
    assert cell(found, "gan", "kid").reasons == "its run lacks this metric"
    legend = describe_legend([found])
    assert (legend["has_lacks"], legend["has_gaps"]) == (True, False)


def test_an_extractor_that_all_columns_share_is_said_once(results_of):
    (one,) = pages(results_of({"vae": {"fid[pixels]": [1.0], "kid[pixels]": [1.0]}}))
    (two,) = pages(results_of({"vae": {"fid[pixels]": [1.0], "kid[words]": [1.0]}}))
    assert (one.extractor, two.extractor) == ("pixels", "")
    assert [head.extractor for head in two.table.heads] == ["pixels", "words"]


def test_rows_that_cannot_be_compared_are_in_tables_of_their_own(results_of):
    first, second = results_of({"vae": {"fid": [1.0]}}), results_of({"gan": {"fid": [2.0]}}, n=50)
    plan = type(first.plan)(cells=first.plan.cells + second.plan.cells, traces=(), provenance={})
    both = type(first)(name="", plan=plan, records={**first.records, **second.records})
    assert [[row.name for row in table.rows] for table in tables(both)] == [["gan"], ["vae"]]


def test_anchors_are_numbers_so_that_no_name_can_be_one(results_of):
    results = results_of()
    assert make_metric_anchors(view_results(results)) == {"fid": "metric-0", "recall": "metric-1"}


def test_ranked_metrics_that_are_equal_for_all_generators_are_named(results_of):
    mixed = {"vae": {"fid": [1.0, 2.0], "kid": [1.0, 3.0]}, "gan": {"fid": [1.0, 2.0], "kid": [1.0, 4.0]}}
    (found,) = pages(results_of(mixed))
    (note,) = found.notes
    assert note.text == "No difference between generators in fid: the values are equal."
    assert note.metrics == ("fid",)
    (found,) = pages(results_of(mixed, directions={"fid": "none"}))
    assert found.notes == ()
    (found,) = pages(results_of({"vae": mixed["vae"]}))
    assert found.notes == ()


def test_the_legend_explains_what_the_tables_show_and_no_more(results_of):
    found = describe_legend(tables(results_of(directions={"recall": "higher"})))
    assert (found["seeds"], found["most_seeds"]) == ("3", 3)
    assert (found["is_spread"], found["is_same"], found["has_best"], found["has_gaps"]) == (
        True, False, True, True,
    )  # fmt: skip
    ((role, meaning),) = found["roles"]
    assert role == "floor"
    assert meaning.startswith("as bad as can be, except for a metric that cannot see its flaw")
    same = describe_legend(tables(results_of({"vae": {"fid": [1.0] * 3}, "gan": {"fid": [1.0, 2.0, 3.0]}})))
    assert (same["is_same"], same["has_gaps"], same["has_ranges"], same["roles"]) == (True, False, True, ())
    one = describe_legend(tables(results_of({"vae": {"fid": [1.0]}})))
    assert (one["most_seeds"], one["is_spread"], one["has_best"], one["has_ranges"]) == (
        1, False, False, False,
    )  # fmt: skip
    assert describe_legend([])["most_seeds"] == 0
    assert not one["has_undecided"]


def test_the_key_of_a_table_has_the_marks_that_it_shows(results_of):
    (table,) = tables(results_of({"vae": {"fid": [1.0, 1.1, 1.2]}, "gan": {"fid": [9.0, 9.1, 9.2]}}))
    best = BEST_MEANING.split(";")[0]
    assert list_marks(table) == [("★", "mark", best)]
    runs = {
        "vae": {"fid": [1.0, 1.1, 1.2], "kid": [1.0] * 3},
        "gan": {"fid": [9.0, 9.1, 9.2], "kid": [1.0] * 3},
    }
    (mixed,) = tables(results_of(runs))
    ((_, _, words),) = [line for line in list_marks(mixed) if line[0] == "★"]
    assert words == best
    (equal,) = tables(results_of({"vae": {"fid": [1.0, 2.0, 3.0]}, "gan": {"fid": [1.0, 2.0, 3.0]}}))
    assert list_marks(equal) == []  # no generator is worse
