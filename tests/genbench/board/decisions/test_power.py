"""How many seeds tell a difference apart."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from genbench.board.decisions.power import Amount, estimate_seeds, read_amounts
from genbench.board.inference.sample_size import find_runs
from genbench.core.errors import SuiteError
from genbench.results.results import Results


def results(run, traces=()):
    plan, records = run
    return Results(name="pilot", plan=plan, records=records, traces=traces)


def only(run, amount, **options):
    (need,) = estimate_seeds([results(run)], {"fid": amount}, **options)
    return need


TABLE = {
    "a": {"fid": [9.0, 10.0, 11.0]},
    "b": {"fid": [28.0, 30.0, 32.0]},
    "noise": {"fid": [0.0, 90.0, 300.0]},
}


def test_the_spread_is_pooled_over_competitors(run_of):
    need = only(run_of(TABLE), Amount(5.0, is_percent=False))
    assert need.deviation == pytest.approx(math.sqrt((1 + 4) / 2))
    assert (need.generators, need.seeds, need.n, need.difference) == (2, 3, 599, 5.0)
    assert need.needed == find_runs(5.0 / need.deviation, least=3)
    assert need.needed_at_most > need.needed


def test_percent_are_of_the_mean_value(run_of):
    assert only(run_of(TABLE), Amount(10.0, is_percent=True)).difference == pytest.approx(2.0)
    of_one = only(run_of(TABLE), Amount(10.0, is_percent=True), generators=["a"])
    assert (of_one.difference, of_one.deviation) == pytest.approx((1.0, 1.0))


def test_a_control_counts_where_it_is_named(run_of):
    assert only(run_of(TABLE), Amount(5.0, is_percent=False), generators=["noise"]).deviation > 100


def test_each_n_of_a_pilot_has_its_line_and_its_cost(run_of, trace_of):
    few = results(
        run_of(TABLE, n=100), [trace_of("a", 0, key="1" * 64, seconds={"fit": 60.0, "sample": 12.0})]
    )
    many = results(run_of(TABLE, n=1000))
    found = estimate_seeds([many, few], {"fid": Amount(5.0, is_percent=False)})
    assert [need.n for need in found] == [100, 1000]
    assert found[0].hours == pytest.approx(2 * found[0].needed * 72 / 3600)
    assert found[1].hours is None


def test_percent_of_a_mean_of_zero_are_refused(run_of):
    with pytest.raises(SuiteError, match=r"fid: 5 % of a mean of 0 is no difference"):
        only(run_of({"a": {"fid": [-1.0, 1.0]}}), Amount(5.0, is_percent=True))


def test_metrics_that_are_tested_together_need_more_seeds(run_of):
    run = run_of({"a": {m: [9.0, 10.0, 11.0] for m in ("fid", "kid", "is")}})
    unit = Amount(1.0, is_percent=False)
    (alone,) = estimate_seeds([results(run)], {"fid": unit})
    together = estimate_seeds([results(run)], {"fid": unit, "kid": unit, "is": unit})
    assert [need.metric for need in together] == ["fid", "is", "kid"]
    assert {need.needed for need in together} == {find_runs(1.0, least=3, alpha=0.05 / 3)}
    assert together[0].needed > alone.needed


def test_a_generator_with_the_same_samples_at_all_seeds_shows_no_spread(run_of):
    plan, records = run_of(TABLE | {"files": {"fid": [5.0, 5.0, 5.0]}})
    same = {
        key: replace(record, samples="same") if record.cell.generator == "files" else record
        for key, record in records.items()
    }
    unit = Amount(5.0, is_percent=False)
    assert only((plan, same), unit) == only(run_of(TABLE), unit)
    with pytest.raises(SuiteError, match="its spread is unknown"):
        only((plan, same), unit, generators=["files"])


def merged(plan, records, *names):
    """Return a run in which rows of these names have the same samples, as if it were merged."""
    return replace(plan, provenance={"same_samples": {"digits": [list(names)]}}), records


def test_rows_of_the_same_samples_are_one_competitor_by_the_first_with_values(run_of):
    unit = Amount(5.0, is_percent=False)
    rows = {"a@two": {"fid": [9.0, 10.0, 11.0]}, "a@one": {"fid": [9.5, 10.0, 11.5]}}
    rest = {"b": TABLE["b"]}
    two_first = merged(*run_of(rows | rest), "a@two", "a@one")
    assert only(two_first, unit) == only(run_of(TABLE), unit)
    one_first = merged(*run_of(rows | rest), "a@one", "a@two")
    assert only(one_first, unit) == only(run_of(rest | {"a": rows["a@one"]}), unit)
    failed = rows | {"a@two": {"fid": ["error"] * 3}} | rest
    assert only(merged(*run_of(failed), "a@two", "a@one"), unit) == only(one_first, unit)
    assert only(one_first, unit, generators=["a@two", "b"]) == only(run_of(TABLE), unit)


def test_a_metric_is_named_with_or_without_its_extractor(run_of):
    run = results(run_of({"a": {"fid[x]": [1.0, 2.0], "fid[y]": [1.0, 2.0]}}))
    amount = Amount(5.0, is_percent=False)
    assert [need.metric for need in estimate_seeds([run], {"fid": amount})] == ["fid[x]", "fid[y]"]
    assert [need.metric for need in estimate_seeds([run], {"fid[y]": amount})] == ["fid[y]"]


@pytest.mark.parametrize(
    ("table", "metric", "power", "message"),
    [
        (TABLE, "fdi", 0.8, "no metric named 'fdi' in these results; did you mean 'fid'"),
        ({"a": {"fid": [1.0]}}, "fid", 0.8, "fid: no generator has values of other samples at two seeds"),
        ({"a": {"fid": [1.0, 1.0]}, "b": {"fid": [2.0, 2.0]}}, "fid", 0.8, "fid: no generator .* no spread"),
        (TABLE, "fid", 1.0, "power: expected a number between 0 and 1, got 1.0"),
    ],
)
def test_what_cannot_be_said_is_refused(run_of, table, metric, power, message):
    with pytest.raises(SuiteError, match=message):
        estimate_seeds([results(run_of(table))], {metric: Amount(5.0, is_percent=False)}, power=power)


def test_amounts_are_read(run_of):
    found = read_amounts("--limit", ["fid=5", "recall[x]=2.5%"])
    assert found == {"fid": Amount(5.0, is_percent=False), "recall[x]": Amount(2.5, is_percent=True)}
    assert [amount.in_unit(-40.0) for amount in found.values()] == [5.0, 1.0]
    assert list(map(str, found.values())) == ["5", "2.5 %"]


def test_a_generator_that_no_run_has_is_named(run_of):
    with pytest.raises(SuiteError, match="no generator named 'c' in these results"):
        only(run_of(TABLE), Amount(5.0, is_percent=False), generators=["a", "c"])


@pytest.mark.parametrize("text", ["fid", "fid=", "fid=x", "fid=0", "fid=-1", "fid=nan", "fid=inf", "=5"])
def test_other_amounts_are_refused(text):
    with pytest.raises(SuiteError, match="expected METRIC=NUMBER or METRIC=NUMBER%"):
        read_amounts("--limit", [text])


def test_an_amount_given_twice_is_refused():
    with pytest.raises(SuiteError, match="fid is given twice"):
        read_amounts("--limit", ["fid=1", "fid=2"])


@pytest.mark.parametrize("generators", [(), ("a", "b")])
def test_a_generator_of_a_csv_file_shows_no_spread(run_of, without_records, generators):
    run = run_of({"a": {"fid": [1.0, 2.0, 3.0]}, "b": {"fid": [1.0, 90.0, 30.0]}})
    need = only(without_records(run, "b"), Amount(1.0, is_percent=False), generators=generators)
    assert (need.generators, need.deviation) == (1, 1.0)
