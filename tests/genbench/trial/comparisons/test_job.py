"""Runs of comparisons: their numbers, what fails, and what is computed again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import genbench
from genbench.core.samples import Samples
from genbench.results.found_galleries import find_pairs
from genbench.results.results import read_results
from genbench.trial.comparisons.job import RunComparison

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
    metrics = ("mean-rank", "count", "among", "half-mean", "contests", *REASONS)
    return rivals(tmp_path_factory.mktemp("run"), *metrics)


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


def test_the_samples_of_pairs_are_kept_where_they_exist(run):
    records = run.results.records.values()
    kept = {
        record.cell.generator: find_pairs([run.folder], record)
        for record in records
        if record.cell.metric == "contests"
    }
    assert {name: gallery.numbers for name, gallery in kept.items()} == {"far": (0, 3), "near": (36, 39)}
    assert all((gallery.samples.data > 0).all() for gallery in kept.values())
    others = [record for record in records if record.cell.metric == "mean-rank"]
    assert [find_pairs([run.folder], record) for record in others] == [None, None]


def test_no_real_sample_is_kept(run, tmp_path):
    record = next(record for record in run.results.records.values() if record.cell.metric == "contests")
    name = record.cell.generator
    pairs = [{"first": [name, 0], "second": [name, 1], "counts": [1, 1, 0]}]
    dataset = SimpleNamespace(modality=None)
    comparison = SimpleNamespace(any_trial=SimpleNamespace(dataset=dataset))
    job = RunComparison(comparison=comparison, attempts={}, folder=tmp_path, store=None)
    pool = SimpleNamespace(side=lambda side: Samples.of("vector", np.zeros((4, 2))))
    for role, is_kept in (("ceiling", False), ("exploit", False), (None, True)):
        own = replace(record, cell=replace(record.cell, control=role), extra={"pairs": pairs})
        job._keep_pairs([own], {name: pool})
        assert (tmp_path / "gallery").exists() == is_kept


COMPARISON = """
from genbench import MetricSpec, hookimpl

def constant(fakes):
    return dict.fromkeys(fakes, {value})

@hookimpl
def genbench_metrics():
    return [MetricSpec(name="constant", make=constant, scope="board")]
"""


@pytest.mark.slow
def test_code_that_changes_before_its_comparison_gives_no_number(tmp_path, suite_text, fresh_store):
    plugins = [Path(__file__).parents[3] / "toy_plugins" / "changing_plugin.py", tmp_path / "compared.py"]
    plugins[1].write_text(COMPARISON.format(value=1.0))
    text = json.dumps(COMPARISON.format(value=2.0))
    generator = f'use = "spoils"\ntarget = "{plugins[1]}"\ntext = {text}'
    suite = tmp_path / "suite.toml"
    suite.write_text(
        suite_text(datasets=["cloud"], generators=[generator], metrics=["constant"], n=20,
                   extra="controls = false")
    )  # fmt: skip
    runs = [genbench.run(suite, output=tmp_path / "out", plugins=plugins, jobs=1) for _ in range(2)]
    changed, again = (run.scores().iloc[0] for run in runs)
    assert changed["status"] == "invalid"
    assert "changed" in changed["reason"]
    assert (again["status"], again["value"]) == ("ok", 2.0)
