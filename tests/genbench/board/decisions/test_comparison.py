"""Two generators, of one run or of two."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from genbench.board.decisions.comparison import Contender, compare, comparison_frame
from genbench.core.errors import SuiteError
from genbench.results.records import Plan


def sides(run, *names):
    plan, records = run
    return [Contender(label=name, generator=name, plan=plan, records=records) for name in names or ("a", "b")]


def only(run, **options):
    return comparison_frame(compare(*sides(run), **options)).iloc[0]


def test_p_value_and_interval_are_those_of_scipys_welch_test(run_of):
    from scipy import stats

    a, b = [1.0, 4.0, 2.5, 3.0], [0.5, 3.0, 2.75, 1.0]
    row = only(run_of({"a": {"m": a}, "b": {"m": b}}))
    expected = stats.ttest_ind(a, b, equal_var=False)
    assert row["difference"] == pytest.approx(0.8125)
    assert (row["low"], row["high"]) == pytest.approx(tuple(expected.confidence_interval(0.95)), rel=1e-12)
    assert (row["p"], row["p_corrected"]) == pytest.approx((expected.pvalue,) * 2, rel=1e-12)
    assert row["seeds"] == 4


@pytest.mark.parametrize(
    ("direction", "verdict"), [("lower", "b better"), ("higher", "a better"), ("none", "differs")]
)
def test_the_verdict_follows_the_direction(run_of, direction, verdict):
    table = {"a": {"m": [3.0, 3.5, 4.0]}, "b": {"m": [1.0, 1.6, 1.9]}}
    assert only(run_of(table, directions={"m": direction}))["verdict"] == verdict


def test_of_a_target_the_distances_are_compared(run_of):
    table = {"a": {"m": [0.5, 0.55, 0.5]}, "b": {"m": [1.1, 1.09, 1.1]}}  # the target is 1
    row = only(run_of(table, directions={"m": "target"}))
    assert row["difference"] == pytest.approx(0.4833 - 0.0967, abs=1e-4)
    assert row["verdict"] == "b better"


@pytest.mark.parametrize("direction", ["lower", "none"])
def test_an_interval_around_zero_cannot_tell(run_of, direction):
    table = {"a": {"m": [1.0, 2.0, 3.0]}, "b": {"m": [2.0, 3.0, 1.0]}}
    assert only(run_of(table, directions={"m": direction}))["verdict"] == "cannot tell"


def test_seeds_pair_nothing(run_of):
    table = {"a": {"m": [1.0, 100.0, 200.0]}, "b": {"m": [2.0, 101.0, 201.1]}}
    assert only(run_of(table))["verdict"] == "cannot tell"


def test_p_values_are_corrected_for_the_number_of_metrics(run_of):
    table = {
        "a": {"x": [1.0, 1.1, 1.2], "y": [1.0, 1.4, 1.2], "z": [1.0, 1.1, 1.2]},
        "b": {"x": [3.0, 3.1, 3.2], "y": [1.6, 1.7, 1.8], "z": [1.2, 1.1, 1.0]},
    }
    x, y, z = compare(*sides(run_of(table)))
    assert x.p_corrected == pytest.approx(3 * x.p)
    assert y.p < 0.05 < y.p_corrected == pytest.approx(2 * y.p)
    assert (x.verdict, y.verdict, z.verdict) == ("a better", "cannot tell", "cannot tell")


def test_the_effect_is_in_standard_deviations_of_a_run(run_of):
    row = only(run_of({"a": {"m": [0.0, 2.0, 4.0]}, "b": {"m": [4.0, 6.0, 8.0]}}))
    assert row["effect"] == pytest.approx(-2 * (1 - 3 / (4 * 4 - 1)))  # Hedges' correction at 4 degrees


def test_other_generators_say_what_spread_is_usual(run_of):
    near = {"a": {"m": [1.0, 1.2, 1.1]}, "b": {"m": [1.5, 1.6, 1.7]}}
    wide = {f"other-{i}": {"m": [5.0 + i, 5.4 + i, 4.6 + i]} for i in range(8)}
    assert only(run_of(near))["verdict"] == "a better"
    assert only(run_of(near | wide))["verdict"] == "cannot tell"


NEAR = {"a": {"m": [1.0, 1.2, 1.1]}, "b": {"m": [1.5, 1.6, 1.7]}}
WIDE = {"wide": {"m": [5.0, 5.9, 4.1]}}


def drawn_by(results, owners):
    """Return a run in which rows have the samples of other rows, by name."""
    plan, records = results
    of = {(r.cell.generator, r.cell.seed): r.samples for r in records.values()}
    return plan, {
        key: replace(r, samples=of[owners.get(r.cell.generator, r.cell.generator), r.cell.seed])
        for key, r in records.items()
    }


def test_rows_of_the_same_samples_say_once_what_spread_is_usual(run_of):
    """As on the board of merged runs, whose rows of the same samples are one competitor."""
    again = {
        name + "@two": {"m": [value + 1e-7 for value in row["m"]]} for name, row in (NEAR | WIDE).items()
    }
    owners = {name + "@two": name for name in NEAR | WIDE}
    found = only(drawn_by(run_of(NEAR | WIDE | again), owners))
    alone = only(run_of(NEAR | WIDE))
    assert (found["p"], found["low"]) == (alone["p"], alone["low"])
    assert only(run_of(NEAR | WIDE | again))["p"] != alone["p"]


def test_of_rows_of_the_same_samples_the_first_of_the_merged_runs_says_it(run_of):
    rest = NEAR | WIDE  # with a fourth row, others say what spread is usual
    table = rest | {"x@one": {"m": [4.0, 4.1, 4.2]}, "x@two": {"m": [4.0, 5.0, 6.0]}}
    plan, records = drawn_by(run_of(table), {"x@two": "x@one"})
    for names in (["x@one", "x@two"], ["x@two", "x@one"]):
        merged = replace(plan, provenance={"same_samples": {"digits": [names]}})
        assert only((merged, records))["p"] == only(run_of(rest | {"x": table[names[0]]}))["p"]


def test_a_generator_of_two_runs_says_once_what_spread_is_usual(run_of):
    """The second run has its samples, and values of other libraries."""
    near = {name: {"m": [value + 1e-7 for value in row["m"]]} for name, row in WIDE.items()}
    runs = {"a": run_of(NEAR | WIDE), "b": run_of(NEAR | near, salt="libraries")}
    pair = [sides(run, name)[0] for name, run in runs.items()]
    (found,) = compare(*pair)
    (alone,) = compare(*sides(runs["a"]))
    assert (found.p, found.low) == (alone.p, alone.low)


def test_a_failed_seed_leaves_no_value_to_compare(run_of):
    row = only(run_of({"a": {"m": [1.0, "error"]}, "b": {"m": [3.0, 2.0]}}))
    assert row["verdict"] == "cannot tell: a has no value: error at 1 of 2 seeds"
    assert math.isnan(row["difference"])


@pytest.mark.parametrize("seeds", [1, 2])
def test_under_three_seeds_nothing_is_tested_as_boards_show_no_ranges(run_of, seeds):
    values = {"a": [1.0, 1.0001], "b": [3.0, 3.0001], **{f"other-{i}": [i, i + 0.0001] for i in range(5)}}
    row = only(run_of({name: {"m": runs[:seeds]} for name, runs in values.items()}))
    assert row["verdict"] == "cannot tell: a test needs 3 seeds"
    assert (row["difference"], row["seeds"]) == (pytest.approx(-2.0), seeds)
    assert row[["low", "high", "effect", "p", "p_corrected"]].isna().all()


def test_a_generator_equal_to_the_other_cannot_be_told_from_it(run_of):
    row = only(run_of({"a": {"m": [1.0, 2.0, 3.0]}, "b": {"m": [1.0, 2.0, 3.0]}}))
    assert (row["difference"], row["p"], row["verdict"]) == (0, 1, "cannot tell")


def test_without_spread_the_verdict_says_so_and_the_metric_still_counts_in_the_correction(run_of):
    def both(m, n):
        table = {"a": {"m": m[0], "n": n}, "b": {"m": m[1], "n": [value + 1 for value in n]}}
        return comparison_frame(compare(*sides(run_of(table))))

    same, other = both(([1.0] * 3, [1.0] * 3), [1.0, 1.1, 1.2]), both(([1.0, 2.0, 3.0],) * 2, [1.0, 1.1, 1.2])
    for frame, verdict in ((same, "cannot tell: no spread over seeds"), (other, "cannot tell")):
        m, n = frame.to_dict("records")
        assert (m["difference"], m["p"], m["verdict"]) == (0, 1, verdict)
        assert n["p_corrected"] == pytest.approx(2 * n["p"])
    (apart, _) = both(([1.0] * 3, [2.0] * 3), [1.0, 1.1, 1.2]).to_dict("records")
    assert (apart["difference"], apart["p"]) == (-1, pytest.approx(0.1))  # an exact test
    assert apart["verdict"] == "cannot tell: no spread over seeds"


@pytest.mark.parametrize(("fixed", "who"), [("a", "a"), ("b", "b"), ("ab", "both sides")])
def test_the_same_samples_at_all_seeds_show_no_spread_so_nothing_is_tested(run_of, fixed, who):
    plan, records = run_of({"a": {"m": [1.0, 1.0, 1.0]}, "b": {"m": [2.0, 2.0, 2.0]}})
    same = {
        key: replace(record, samples="same") if record.cell.generator in fixed else record
        for key, record in records.items()
    }
    row = only((plan, same))
    assert row["difference"] == -1.0
    assert row["verdict"] == f"cannot tell: the seeds of {who} share samples"
    assert row[["low", "high", "effect", "p"]].isna().all()


@pytest.mark.parametrize("change", [{"direction": "higher"}, {"best": 0.5}])
def test_two_directions_of_one_signature_are_not_compared(run_of, described, change):
    here, there = run_of({"a": {"m": [1.0, 1.1, 1.2]}}), run_of({"b": {"m": [3.0, 3.1, 3.2]}})
    plan = replace(there[0], cells=tuple(described(cell, **change) for cell in there[0].cells))
    first, second = sides(here, "a")[0], sides((plan, there[1]), "b")[0]
    with pytest.raises(SuiteError, match=r"the metric's direction is lower in a and .* in b; run both with"):
        compare(first, second)


@pytest.fixture
def unequal(run_of):
    """Return a run in which a and b share one signature, of k, and differ in that of m."""
    here = run_of({"a": {"m": [1.0, 1.1, 1.2]}})
    there = run_of({"b": {"m": [2.0, 2.1, 2.2]}}, n=300)
    both = run_of({"a": {"k": [1.0, 1.01, 1.02]}, "b": {"k": [2.0, 2.01, 2.02]}})
    cells = tuple(cell for plan, _ in (here, there, both) for cell in plan.cells)
    return Plan(cells=cells, traces=(), provenance={}), here[1] | there[1] | both[1]


def test_unequal_signatures_are_not_compared_and_the_field_is_named(unequal):
    frame = comparison_frame(compare(*sides(unequal))).set_index("metric")
    assert frame.loc["k", "verdict"] == "a better"
    assert (
        frame.loc["m", "verdict"]
        == "not comparable: n is 599 in a and 300 in b; run the suite of b again with --n 599"
    )
    assert math.isnan(frame.loc["m", "difference"])


def test_generators_without_a_comparable_metric_are_refused(unequal):
    plan, records = unequal
    plan = Plan(cells=tuple(cell for cell in plan.cells if cell.metric == "m"), traces=(), provenance={})
    with pytest.raises(SuiteError, match="a and b are not comparable: n is 599 in a and 300 in b"):
        compare(*sides((plan, records)))


def test_generators_of_two_runs_are_compared_at_equal_seeds_alone(run_of):
    here = run_of({"vae": {"m": [1.0, 1.1, 1.2]}})
    there, longer = (
        run_of({"vae": {"m": [3.0, 3.1, 3.3]}}, salt="2"),
        run_of({"vae": {"m": [3.0] * 4}}, salt="3"),
    )

    def side(label, run):
        return Contender(label=label, generator="vae", plan=run[0], records=run[1])

    (row,) = compare(side("here:vae", here), side("there:vae", there))
    assert (row.a, row.b, row.verdict) == ("here:vae", "there:vae", "here:vae better")
    remedy = "run the suite of longer:vae again with --seeds 0,1,2"
    reason = f"seeds are 0 1 2 in here:vae and 0 1 2 3 in longer:vae; {remedy}"
    with pytest.raises(SuiteError, match=reason):
        compare(side("here:vae", here), side("longer:vae", longer))


def test_rows_are_sorted_and_may_be_of_one_dataset(run_of):
    table = {"a": {"y": [1.0, 1.0], "x": [1.0, 1.0]}, "b": {"y": [1.0, 1.0], "x": [1.0, 1.0]}}
    runs = run_of(table, dataset="idx"), run_of(table, dataset="digits")
    plan = Plan(cells=tuple(cell for run in runs for cell in run[0].cells), traces=(), provenance={})
    run = plan, runs[0][1] | runs[1][1]
    found = [(row.dataset, row.metric) for row in compare(*sides(run))]
    assert found == [("digits", "x"), ("digits", "y"), ("idx", "x"), ("idx", "y")]
    assert {row.dataset for row in compare(*sides(run), dataset="idx")} == {"idx"}


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
        compare(*sides(run_of({"a": {"m": [1.0]}, "b": {"m": [1.0]}}), *names), dataset=dataset)


def test_generators_that_share_nothing_are_refused(run_of):
    with pytest.raises(SuiteError, match="a and b share no dataset and metric"):
        compare(*sides(run_of({"a": {"m": [1.0]}, "b": {"k": [1.0]}})))


def test_shares_of_samples_with_features_that_are_apart_are_not_compared(run_of, with_valid):
    table = {
        "a": {"fid": [1.0, 1.1, 1.2], "x": [1.0, 1.1, 1.2]},
        "b": {"fid": [3.0, 3.2, 3.3], "x": [3.0, 3.2, 3.4]},
    }
    run = with_valid(run_of(table), {"b": 94}, metrics=["fid"])
    fid, x = compare(*sides(run))
    reason = "valid share is 100 % in a and 94.0 % in b; more than 5 points apart, so not ranked together"
    assert (fid.outcome, fid.reason) == ("refused", reason)
    assert x.verdict == "a better"
    near, _ = compare(*sides(with_valid(run_of(table), {"b": 95}, metrics=["fid"])))
    free, _ = compare(*sides(with_valid(run_of(table), {"b": 9}, metrics=["fid"], any_share=True)))
    assert near.verdict == "a better: valid share is 100 % in a and 95.0 % in b"
    assert free.verdict == "a better: valid share is 100 % in a and 9.0 % in b"


THREE = {"a": {"fid": [1.0, 1.1, 1.2]}, "b": {"fid": [3.0, 3.2, 3.3]}, "c": {"fid": [2.0, 2.2, 2.4]}}


def test_shares_in_two_groups_of_the_leaderboard_are_not_compared(run_of, with_valid):
    """The group of c, which has all features, ends above a and b, which are 2 points apart."""
    run = with_valid(run_of(THREE), {"a": 96, "b": 94})
    groups = {row.generator: row.entries["fid"].share_group for row in sides(run)[0].board.rows}
    assert groups == {"c": 0, "a": 0, "b": 1}
    apart = "more than 5 points apart, so not ranked together"
    message = f"valid share is 96.0 % to 100 % in the group of a and 94.0 % in b; {apart}"
    with pytest.raises(SuiteError, match=f"a and b are not comparable: {message}"):
        compare(*sides(run))
    assert only(with_valid(run_of(THREE), {"a": 96, "b": 95}))["verdict"].startswith("a better: valid share")


def test_generators_of_two_runs_are_grouped_with_the_competitors_of_both(run_of, with_valid):
    one = with_valid(run_of({name: THREE[name] for name in "ac"}), {"a": 96})
    two = with_valid(run_of({"b": THREE["b"]}, salt="2"), {"b": 94})
    first, second = sides(one, "a")[0], sides(two, "b")[0]
    with pytest.raises(SuiteError, match=r"in the group of a and 94.0 % in b"):
        compare(first, second)
    alone = sides(with_valid(run_of({"a": THREE["a"]}), {"a": 96}), "a")[0]
    (found,) = compare(alone, second)
    assert found.verdict == "a better: valid share is 96.0 % in a and 94.0 % in b"


def test_a_control_is_compared_at_its_own_share(run_of, with_valid):
    table = {"noise": THREE["a"], "b": THREE["b"], "c": THREE["c"]}
    run = with_valid(run_of(table), {"noise": 96, "b": 94})
    (found,) = compare(*sides(run, "noise", "b"))
    assert found.better == "noise"
    with pytest.raises(SuiteError, match=r"share is 90.0 % in noise and 100 % in c; more than 5 points"):
        compare(*sides(with_valid(run_of(table), {"noise": 90}), "noise", "c"))


def test_a_metric_without_ranks_is_compared_at_any_share(run_of, with_valid):
    table = {"a": {"m": [1.0, 1.1, 1.2]}, "b": {"m": [3.0, 3.2, 3.3]}}
    run = with_valid(run_of(table, directions={"m": "none"}), {"b": 10})
    assert only(run)["verdict"] == "differs: valid share is 100 % in a and 10.0 % in b"


def test_a_generator_of_a_csv_file_is_not_compared_and_gives_no_evidence(run_of, without_records):
    table = {"a": {"m": [1.0, 1.1, 1.2]}, "b": {"m": [1.4, 1.5, 1.6]}}
    more = {"c": {"m": [2.0, 9.0, 5.0]}, "d": {"m": [1.0, 9.0, 4.0]}}
    run = without_records(run_of(table | more), "c", "d")
    assert only(run).equals(only(run_of(table)))
    with pytest.raises(SuiteError, match=r"from a CSV file, without records that could be verified: c$"):
        compare(*sides(run, "a", "c"))
