"""Two generators, seed by seed."""

from __future__ import annotations

import math

import pytest

from genbench.board.paired import compare, comparison_frame
from genbench.core.errors import SuiteError
from genbench.results.records import Plan


def only(run, **options):
    return comparison_frame(compare(*run, "a", "b", **options)).iloc[0]


def test_the_interval_is_that_of_scipys_paired_test(run_of):
    from scipy import stats

    a, b = [1.0, 4.0, 2.5, 3.0], [0.5, 3.0, 2.75, 1.0]
    row = only(run_of({"a": {"m": a}, "b": {"m": b}}))
    expected = stats.ttest_rel(a, b).confidence_interval(0.95)
    assert row["difference"] == pytest.approx(0.8125)
    assert (row["low"], row["high"]) == pytest.approx(tuple(expected), rel=1e-12)
    assert row["seeds"] == 4


@pytest.mark.parametrize(
    ("direction", "verdict"), [("lower", "b better"), ("higher", "a better"), ("none", "differs")]
)
def test_the_verdict_follows_the_direction(run_of, direction, verdict):
    table = {"a": {"m": [3.0, 3.5, 4.0]}, "b": {"m": [1.0, 1.6, 1.9]}}
    assert only(run_of(table, directions={"m": direction}))["verdict"] == verdict


def test_of_a_target_the_distances_are_compared(run_of):
    table = {"a": {"m": [0.5, 1.5, 0.5]}, "b": {"m": [1.1, 0.9, 1.1]}}  # the target is 1
    row = only(run_of(table, directions={"m": "target"}))
    assert row["difference"] == pytest.approx(0.4)
    assert row["verdict"] == "b better"


@pytest.mark.parametrize("direction", ["lower", "none"])
def test_an_interval_around_zero_cannot_tell(run_of, direction):
    table = {"a": {"m": [1.0, 2.0]}, "b": {"m": [2.0, 1.0]}}
    assert only(run_of(table, directions={"m": direction}))["verdict"] == "cannot tell"


def test_pairs_tell_what_two_means_would_not(run_of):
    table = {"a": {"m": [1.0, 100.0, 200.0]}, "b": {"m": [2.0, 101.0, 201.1]}}
    assert only(run_of(table))["verdict"] == "a better"


def test_one_common_seed_cannot_tell(run_of):
    row = only(run_of({"a": {"m": [1.0, "error"]}, "b": {"m": [3.0, 2.0]}}))
    assert (row["difference"], row["seeds"], row["verdict"]) == (-2.0, 1, "cannot tell: one seed")
    assert math.isnan(row["low"])


def test_no_common_seed_cannot_tell(run_of):
    row = only(run_of({"a": {"m": [1.0, "error"]}, "b": {"m": [None, 2.0]}}))
    assert (row["seeds"], row["verdict"]) == (0, "cannot tell: no seed in common")
    assert math.isnan(row["difference"])


def test_a_generator_equal_to_the_other_cannot_be_told_from_it(run_of):
    row = only(run_of({"a": {"m": [1.0, 2.0]}, "b": {"m": [1.0, 2.0]}}))
    assert (row["difference"], row["low"], row["high"], row["verdict"]) == (0, 0, 0, "cannot tell")


@pytest.fixture
def unequal(run_of):
    """Return a run in which a and b share one signature, of k, and differ in that of m."""
    here, there = run_of({"a": {"m": [1.0, 1.0]}}), run_of({"b": {"m": [2.0, 2.0]}}, n=300)
    both = run_of({"a": {"k": [1.0, 1.0]}, "b": {"k": [2.0, 2.0]}})
    cells = tuple(cell for plan, _ in (here, there, both) for cell in plan.cells)
    return Plan(cells=cells, traces=(), provenance={}), here[1] | there[1] | both[1]


def test_unequal_signatures_are_not_compared_and_the_field_is_named(unequal):
    frame = comparison_frame(compare(*unequal, "a", "b")).set_index("metric")
    assert frame.loc["k", "verdict"] == "a better"
    assert frame.loc["m", "verdict"] == "not comparable: n is 599 in a and 300 in b; run b with --n 599"
    assert math.isnan(frame.loc["m", "difference"])


def test_generators_without_a_comparable_metric_are_refused(unequal):
    plan, records = unequal
    plan = Plan(cells=tuple(cell for cell in plan.cells if cell.metric == "m"), traces=(), provenance={})
    with pytest.raises(SuiteError, match="a and b are not comparable: n is 599 in a and 300 in b"):
        compare(plan, records, "a", "b")


def test_rows_are_sorted_and_may_be_of_one_dataset(run_of):
    table = {"a": {"y": [1.0, 1.0], "x": [1.0, 1.0]}, "b": {"y": [1.0, 1.0], "x": [1.0, 1.0]}}
    runs = run_of(table, dataset="idx"), run_of(table, dataset="digits")
    plan = Plan(cells=tuple(cell for run in runs for cell in run[0].cells), traces=(), provenance={})
    records = runs[0][1] | runs[1][1]
    found = [(row.dataset, row.metric) for row in compare(plan, records, "a", "b")]
    assert found == [("digits", "x"), ("digits", "y"), ("idx", "x"), ("idx", "y")]
    assert {row.dataset for row in compare(plan, records, "a", "b", dataset="idx")} == {"idx"}


@pytest.mark.parametrize(
    ("names", "dataset", "message"),
    [
        (("aa1", "b"), None, "no generator named 'aa1' in these results"),
        (("a", "b"), "digit", "no dataset named 'digit' in these results; did you mean 'digits'"),
        (("a", "a"), None, "a is compared with itself"),
    ],
)
def test_wrong_names_are_refused(run_of, names, dataset, message):
    with pytest.raises(SuiteError, match=message):
        compare(*run_of({"a": {"m": [1.0]}, "b": {"m": [1.0]}}), *names, dataset=dataset)


def test_generators_that_share_nothing_are_refused(run_of):
    with pytest.raises(SuiteError, match="a and b share no dataset and metric"):
        compare(*run_of({"a": {"m": [1.0]}, "b": {"k": [1.0]}}), "a", "b")


def test_shares_of_samples_with_features_that_are_apart_are_not_compared(run_of, with_valid):
    table = {
        "a": {"fid": [1.0, 1.1, 1.2], "x": [1.0, 1.1, 1.2]},
        "b": {"fid": [3.0, 3.2, 3.3], "x": [3.0, 3.2, 3.4]},
    }
    run = with_valid(run_of(table), {"b": 94}, metrics=["fid"])
    fid, x = compare(*run, "a", "b")
    reason = "valid share is 100 % in a and 94.0 % in b; more than 5 points apart, so not ranked together"
    assert (fid.outcome, fid.reason) == ("refused", reason)
    assert x.verdict == "a better"
    near, _ = compare(*with_valid(run_of(table), {"b": 95}, metrics=["fid"]), "a", "b")
    free, _ = compare(*with_valid(run_of(table), {"b": 9}, metrics=["fid"], any_share=True), "a", "b")
    assert near.verdict == free.verdict == "a better"


def test_a_metric_without_ranks_is_compared_at_any_share(run_of, with_valid):
    table = {"a": {"m": [1.0, 1.1, 1.2]}, "b": {"m": [3.0, 3.2, 3.3]}}
    run = with_valid(run_of(table, directions={"m": "none"}), {"b": 10})
    assert only(run)["verdict"] == "differs"
