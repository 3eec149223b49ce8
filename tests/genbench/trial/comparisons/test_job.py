"""Runs of comparisons: their numbers, what fails, and what is computed again."""

from __future__ import annotations

import pytest

from genbench.results.results import read_results

REASONS = {
    "picky": ("skipped", "it is too far away"),
    "one-short": ("invalid", "expected a mapping with a score for each of ['far', 'near'], got ['near']"),
    "not-a-number": ("invalid", "far: expected a number, got str"),
    "fails": ("error", "RuntimeError: no luck"),
    "is-killed": ("crash", "its process was killed by SIGKILL"),
    "undefined": ("skipped", "nothing can be said"),
}


def values(run, metric):
    scores = run.scores()
    rows = scores[scores["metric"] == metric]
    return dict(zip(rows["generator"], rows["value"], strict=True))


@pytest.fixture(scope="module")
def run(rivals, tmp_path_factory):
    return rivals(tmp_path_factory.mktemp("run"), "mean-rank", "count", "among", "half-mean", *REASONS)


def test_one_computation_sees_the_fakes_of_all_generators_at_all_seeds(run):
    assert values(run, "mean-rank") == {"near": 1, "far": 2}
    assert values(run, "count") == {"near": 40, "far": 40}
    assert values(run, "among") == {"near": 2, "far": 2}


def test_a_comparison_that_takes_features_gets_those_of_each_generator(run):
    assert values(run, "half-mean") == pytest.approx({"near": 0.5, "far": 1.5}, abs=0.01)


@pytest.mark.parametrize("metric", REASONS)
def test_a_comparison_without_a_number_says_why_for_each_generator(run, metric):
    scores = run.scores()
    found = scores[(scores["metric"] == metric) & (scores["generator"] == "far")].iloc[0]
    status, reason = REASONS[metric]
    assert found["status"] == status
    assert reason in found["reason"]
    near = scores[(scores["metric"] == metric) & (scores["generator"] == "near")].iloc[0]
    assert near["status"] == ("ok" if metric == "picky" else status)


def test_a_comparison_has_one_row_for_each_generator_and_no_seed(run):
    scores = run.scores()
    compared = scores[scores["metric"] == "mean-rank"]
    assert len(compared) == 2
    assert compared["seed"].isna().all()


def test_a_rival_without_samples_skips_all_and_a_later_run_tries_again(rivals, tmp_path):
    run = rivals(tmp_path, "mean-rank", generators=(("near", 1.0), ("breaks", None)))
    assert set(run.scores()["status"]) == {"skipped"}
    assert run.scores()["reason"].unique().tolist() == ["breaks has no samples at seed 0"]
    (record, *_) = read_results(tmp_path / "out").records.values()
    assert record.provisional


def test_a_second_run_computes_nothing_and_a_new_rival_computes_all_again(rivals, tmp_path):
    first = rivals(tmp_path, "mean-rank")
    again = rivals(tmp_path, "mean-rank")
    assert (len(first.computed), len(again.computed)) == (2, 0)
    more = rivals(tmp_path, "mean-rank", generators=(("near", 1.0), ("far", 3.0), ("nearest", 0.5)))
    assert len(more.computed) == 3
    assert values(more, "mean-rank") == {"nearest": 1, "near": 2, "far": 3}


def test_the_order_of_generators_and_metrics_in_a_suite_does_not_matter(rivals, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    rivals(tmp_path / "a", "mean-rank", "half-mean", "order")
    turned = (("far", 3.0), ("near", 1.0))
    rivals(tmp_path / "b", "order", "half-mean", "mean-rank", generators=turned)
    for name in ("leaderboard.csv", "scores.csv"):
        one, two = ((tmp_path / side / "out" / name).read_bytes() for side in "ab")
        assert one == two
