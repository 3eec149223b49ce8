"""A gate: a candidate against a base."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from genbench.board.decisions.comparison import Contender
from genbench.board.decisions.gate import advise_single_generator, make_checks
from genbench.board.decisions.power import Amount
from genbench.board.inference.sample_size import compute_welch_power
from genbench.core.errors import SuiteError

UNIT = Amount(1.0, is_percent=False)


def contender(run, label, generator="vae"):
    plan, records = run
    return Contender(label=label, generator=generator, plan=plan, records=records)


def ruled(run, rule):
    plan, records = run
    return replace(plan, provenance={**plan.provenance, "ranking": rule}), records


@pytest.fixture
def checked(run_of):
    """Return a function that checks values of a candidate against those of a base, in one metric."""

    def check(base, candidate, limit=UNIT, direction="lower"):
        runs = [
            run_of({"vae": {"m": list(values)}}, directions={"m": direction}, salt=salt)
            for values, salt in ((base, "old"), (candidate, "new"))
        ]
        (found,) = make_checks([contender(runs[0], "old")], [contender(runs[1], "new")], {"m": limit})
        return found

    return check


def test_an_effect_of_the_limit_that_is_excluded_passes(checked):
    found = checked([10.0, 10.1, 10.2], [10.1, 10.2, 10.1])
    assert (found.verdict, found.reason) == ("ok", "the limit is excluded")
    assert found.low < found.worse_by < found.high < found.limit == 1.0


def test_a_significant_worsening_is_a_regression(checked):
    assert checked([10.0, 10.1, 10.2], [12.0, 12.1, 12.2]).verdict == "WORSE"


def test_a_significant_worsening_below_the_limit_passes(checked):
    found = checked([10.0, 10.1, 10.2], [10.6, 10.7, 10.5])
    assert found.low > 0
    assert found.verdict == "ok"


@pytest.mark.parametrize("shift", [1.0, 1.5, 3.0])  # their p-values are 0.57, 0.41 and 0.14
def test_a_wide_interval_cannot_tell(checked, shift):
    found = checked([8.0, 10.0, 12.0], [8.0 + shift, 10.0 + shift, 12.0 + shift])
    assert (found.verdict, found.reason) == ("cannot tell", "too few seeds for this limit")


def test_a_tenth_of_a_value_with_a_spread_of_a_quarter_cannot_be_told_at_three_seeds(checked):
    ddpm = [7.34, 9.6, 11.98]  # the sd of the quickstart's ddpm is 24 % of its mean
    assert np.std(ddpm, ddof=1) / np.mean(ddpm) == pytest.approx(0.24, abs=0.005)
    limit = Amount(10.0, is_percent=True)
    for factor in (1.0, 1.1, 0.9):
        candidate = [factor * ddpm[i] for i in (1, 2, 0)]
        assert checked(ddpm, candidate, limit).verdict == "cannot tell"


@pytest.mark.parametrize(
    ("direction", "candidate", "outcome"),
    [
        ("higher", [7.0, 7.1, 7.2], "WORSE"),
        ("higher", [13.0, 13.1, 13.2], "ok"),
        ("lower", [7.0, 7.1, 7.2], "ok"),
        ("target", [13.0, 13.1, 13.2], "WORSE"),
        ("target", [7.0, 7.1, 7.2], "ok"),
    ],
)
def test_worse_is_what_the_direction_says(checked, direction, candidate, outcome):
    assert checked([10.0, 10.1, 10.2], candidate, direction=direction).verdict == outcome


def test_percent_are_of_the_base(checked):
    assert checked([10.0, 10.1, 9.9], [1.0, 1.1, 0.9], Amount(5.0, is_percent=True)).limit == pytest.approx(
        0.5
    )


def test_percent_of_a_value_of_zero_are_refused(checked):
    reason = r"m: 5 % of old's value, which is 0, is no limit; give one in the m"
    with pytest.raises(SuiteError, match=reason):
        checked([0.0, 0.0, 0.0], [0.0, 0.0, 0.0], Amount(5.0, is_percent=True))


def test_a_base_that_has_not_run_is_refused(checked):
    found = checked([None] * 3, [1.0, 1.1, 1.2])
    assert (found.verdict, found.reason) == ("not comparable", "old has no value: missing at 3 of 3 seeds")


def test_a_candidate_that_its_board_does_not_rank_is_refused(run_of):
    rule = {"aspects": [["m", "fidelity"]], "votes": ["fidelity"], "require": {"m": "<= 5"}}
    old, new = (
        run_of({"vae": {"m": [value] * 3}}, salt=salt) for value, salt in ((9.0, "old"), (8.0, "new"))
    )
    (found,) = make_checks([contender(old, "old")], [contender(ruled(new, rule), "new")], {"m": UNIT})
    assert (found.verdict, found.reason) == (
        "not comparable",
        "not ranked: the suite requires m <= 5, and it is 8.000",
    )
    (found,) = make_checks([contender(ruled(old, rule), "old")], [contender(new, "new")], {"m": UNIT})
    assert found.verdict != "not comparable"  # a base without a rank refuses nothing


def test_a_generator_that_neither_board_ranks_is_named_with_the_way_round_it(run_of):
    rule = {"aspects": [["m", "fidelity"]], "votes": ["fidelity"], "require": {"m": "<= 5"}}
    run = ruled(run_of({"vae": {"m": [8.0] * 3}, "gan": {"m": [4.0] * 3}}), rule)
    vae, gan = (contender(run, f"run:{name}", name) for name in ("vae", "gan"))
    (line,) = advise_single_generator([(gan, gan), (vae, vae)], None)
    assert line == "not ranked in both runs: vae; to gate another, name it twice: run:gan run:gan"
    for pairs in ([(gan, gan)], [(vae, vae)], [(gan, gan), (gan, vae)]):  # the last is a regression
        assert advise_single_generator(pairs, None) == []


@pytest.mark.parametrize("seeds", [1, 2])
def test_under_three_seeds_nothing_can_be_told(checked, seeds):
    found = checked([10.0, 10.1][:seeds], [99.0, 99.1][:seeds])
    assert (found.verdict, found.reason) == ("cannot tell", "a test needs 3 seeds")
    assert (found.low, found.high, found.p) == (None, None, None)


def test_a_failed_candidate_cannot_be_told(checked):
    found = checked([1.0, 1.1, 1.2], [1.0, "error", 1.1])
    assert (found.verdict, found.reason) == ("cannot tell", "new has no value: error at 1 of 3 seeds")


@pytest.mark.parametrize("status", ["error", "invalid", "skipped", "timeout"])
def test_a_candidate_without_a_value_at_any_seed_is_a_regression(checked, status):
    found = checked([1.0, 1.1, 1.2], [status] * 3)
    assert (found.verdict, found.reason) == ("WORSE", f"new has no value: {status} at 3 of 3 seeds")
    assert (found.worse_by, found.p) == (None, None)


@pytest.mark.parametrize("base", [["error"] * 3, [1.0, "error", 1.2]])
def test_without_a_value_of_the_base_nothing_can_be_told(checked, base):
    assert checked(base, ["error"] * 3).verdict == "cannot tell"


def test_a_candidate_that_has_not_run_is_refused(run_of):
    old = run_of({"vae": {"m": [1.0, 1.1, 1.2], "k": [1.0, 1.1, 1.2]}})
    plan, records = run_of({"vae": {"m": [1.0, 1.1, 1.2], "k": [1.0, 1.1, 1.2]}}, salt="new")
    only_k = {key: record for key, record in records.items() if record.cell.metric == "k"}
    limits = {"m": UNIT, "k": UNIT}
    _, found = make_checks([contender(old, "old")], [contender((plan, only_k), "new")], limits)
    assert (found.verdict, found.reason) == ("not comparable", "new has no value: missing at 3 of 3 seeds")


def test_a_candidate_with_the_same_samples_passes_whatever_the_spread(run_of):
    plan, records = run_of({"vae": {"m": [8.0, 10.0, 12.0]}})
    named = {key: replace(record, samples=f"{record.cell.seed}") for key, record in records.items()}
    (found,) = make_checks([contender((plan, named), "old")], [contender((plan, named), "new")], {"m": UNIT})
    assert (found.verdict, found.reason) == ("ok", "the same samples")


def test_equal_values_without_the_hashes_of_samples_are_not_the_same_samples(run_of):
    plan, records = run_of({"vae": {"m": [8.0, 10.0, 12.0]}})
    without = {key: replace(record, samples="") for key, record in records.items()}
    (found,) = make_checks(
        [contender((plan, without), "old")], [contender((plan, without), "new")], {"m": UNIT}
    )
    assert (found.verdict, found.reason) == ("cannot tell", "too few seeds for this limit")


def test_a_candidate_that_gives_the_same_samples_at_all_seeds_cannot_be_told(run_of):
    old = run_of({"vae": {"m": [8.0, 10.0, 12.0]}})
    plan, records = run_of({"vae": {"m": [1.0, 1.0, 1.0]}}, salt="new")
    same = {key: replace(record, samples="same") for key, record in records.items()}
    (found,) = make_checks([contender(old, "old")], [contender((plan, same), "new")], {"m": UNIT})
    assert (found.verdict, found.reason) == ("cannot tell", "the seeds of new share samples")
    assert (found.worse_by, found.low, found.p) == (-9.0, None, None)


@pytest.mark.parametrize("on_digits", [[], ["k"]])
def test_a_candidate_that_lacks_a_limited_metric_on_a_dataset_is_refused(run_of, joined, on_digits):
    def run(salt, metrics):
        named = [
            (dataset, {"vae": {metric: [1.0, 1.1, 1.2] for metric in found}})
            for dataset, found in metrics.items()
        ]
        return joined(*(run_of(table, dataset=dataset, salt=salt) for dataset, table in named))

    old = contender(run("old", {"digits": ["m", "k"], "idx": ["m"]}), "old")
    new = contender(run("new", {"digits": on_digits, "idx": ["m"]}), "new")
    with pytest.raises(SuiteError, match="new has no m on digits, which old has; run it there"):
        make_checks([old], [new], {"m": UNIT})
    (found,) = make_checks([old], [new], {"m": UNIT}, dataset="idx")
    assert (found.dataset, found.metric) == ("idx", "m")


def test_unequal_signatures_are_refused(run_of):
    table = {"vae": {"m": [1.0, 1.1, 1.2], "k": [1.0, 1.1, 1.2]}}
    old = run_of(table)
    new = run_of(table, salt="new", signature={"version": "2"})
    (found,) = make_checks([contender(old, "old")], [contender(new, "new")], {"m": UNIT})
    assert (found.verdict, found.reason.partition(" is ")[0]) == ("not comparable", "version")


def test_a_pair_that_is_refused_in_all_metrics_hides_no_regression_of_another(run_of, with_valid):
    tables = [
        {"gan": {"m": [1.0, 1.1, 1.2]}, "vae": {"m": values}} for values in ([1.0, 1.1, 1.2], [9.0, 9.1, 9.2])
    ]
    old, new = (run_of(table, salt=salt) for table, salt in zip(tables, ("old", "new"), strict=True))
    new = with_valid(new, {"gan": 50})
    pairs = [
        [contender(run, f"{name}:{generator}", generator) for generator in ("gan", "vae")]
        for run, name in ((old, "old"), (new, "new"))
    ]
    gan, vae = make_checks(*pairs, {"m": UNIT})
    assert (gan.generator, gan.verdict, gan.worse_by) == ("gan", "not comparable", None)
    assert gan.reason.startswith("valid share is 50.0 % in new:gan and 100 % in ")
    assert (vae.generator, vae.verdict, vae.reason) == ("vae", "WORSE", "over the limit")
    _, vae = make_checks(*pairs, {"m": replace(UNIT, number=8.1)})
    assert (vae.verdict, vae.reason) == ("WORSE", "worse, limit not excluded")


def test_shares_of_samples_with_features_are_named_beside_the_outcome(run_of, with_valid):
    old, new = (run_of({"vae": {"m": [1.0, 1.1, 1.2]}}, salt=salt) for salt in ("old", "new"))
    for shares, expected in (({"vae": 96}, "valid share is 96.0 % in new and 100 % in old"), ({}, "")):
        (found,) = make_checks(
            [contender(old, "old")], [contender(with_valid(new, shares), "new")], {"m": UNIT}
        )
        assert (found.verdict, found.valid_shares) == ("ok", expected)


@pytest.mark.parametrize(
    ("directions", "limits", "message"),
    [
        ({"m": "none"}, {"m": UNIT}, "m has no direction, so no value is worse"),
        ({}, {"k": UNIT}, "no metric named 'k' in both runs"),
    ],
)
def test_what_cannot_be_checked_is_refused(run_of, directions, limits, message):
    run = run_of({"vae": {"m": [1.0, 1.1, 1.2]}}, directions=directions)
    with pytest.raises(SuiteError, match=message):
        make_checks([contender(run, "old")], [contender(run, "new")], limits)


def simulated(run_of, rng, shifts, seeds, pairs):
    """Return the share of pairs of runs with some regression; the sd of a run is 1."""
    outcomes = []
    for _ in range(pairs):
        tables = [
            {"vae": {m: list(rng.normal(10 + worse * shift, 1, seeds)) for m, shift in shifts.items()}}
            for worse in (0, 1)
        ]
        old, new = (run_of(table, salt=salt) for table, salt in zip(tables, "on", strict=True))
        found = make_checks([contender(old, "old")], [contender(new, "new")], dict.fromkeys(shifts, UNIT))
        outcomes.append({check.verdict for check in found})
    return np.mean(["WORSE" in each for each in outcomes])


@pytest.mark.slow
def test_between_equal_models_no_regression_is_reported_in_95_percent_of_pairs(run_of):
    rng = np.random.default_rng(0)
    regressions = simulated(run_of, rng, dict.fromkeys("vwxyz", 0.0), 5, 400)
    assert regressions <= 0.05


@pytest.mark.slow
def test_a_planted_regression_is_found_with_the_power_that_power_predicts(run_of):
    rng = np.random.default_rng(1)
    found = simulated(run_of, rng, {"m": 2.0}, 6, 600)
    assert found == pytest.approx(compute_welch_power(6, 2.0), abs=0.04)
