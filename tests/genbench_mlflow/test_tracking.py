"""What is in a real store of MLflow after runs, read back through its API."""

from __future__ import annotations

import math
import os
import platform
import time
import warnings
from collections import Counter
from pathlib import Path

import pytest
from genbench_mlflow import tracking

import genbench

pytestmark = [pytest.mark.extras("mlflow"), pytest.mark.filterwarnings("ignore")]  # of others

FAULTY = Path(__file__).parents[1] / "toy_plugins" / "faulty_plugin.py"
SUITE = {
    "name": "small",
    "seeds": [0],
    "n": 30,
    "datasets": {"cloud": {"component": "x:cloud", "options": {}}},
    "generators": [
        {"name": "good", "component": "x:other", "options": {}, "datasets": ["ring"]},
        {
            "name": "good",
            "component": "x:good",
            "options": {"shift": 0.5, "sizes": [1, 2]},
            "datasets": ["cloud"],
        },
    ],
    "metrics": {"gap": {"component": "x:gap", "options": {}, "extractor": None}},
}
IDS = {"dataset": "cloud", "generator": "good", "seed": 0}
GOOD = {**IDS, "metric": "gap", "value": 0.5, "status": "ok", "reason": ""}
BAD = GOOD | {"value": None, "status": "error", "reason": "no luck"}


@pytest.fixture(scope="module")
def uri(tmp_path_factory):
    """Return the address of an empty SQLite store, whose tables take seconds to create."""
    folder = tmp_path_factory.mktemp("mlflow")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)  # MLflow puts artifacts there
        yield f"sqlite:///{folder / 'mlflow.db'}"


class Store:
    """The runs in an experiment of a store."""

    def __init__(self, uri, experiment):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from mlflow import MlflowClient

            self.client = MlflowClient(tracking_uri=uri)
        self.experiment = experiment

    def runs(self):
        """Return the runs by their names, which are all different."""
        found = self.all_runs()
        runs = {run.info.run_name: run for run in found}
        assert len(runs) == len(found)
        return runs

    def all_runs(self):
        found = self.client.get_experiment_by_name(self.experiment)
        return self.client.search_runs([found.experiment_id])

    def history(self, run, metric):
        found = self.client.get_metric_history(run.info.run_id, metric)
        return sorted((entry.step, entry.value) for entry in found)

    def artifacts(self, run, folder):
        names = [file.path for file in self.client.list_artifacts(run.info.run_id)]
        paths = [Path(self.client.download_artifacts(run.info.run_id, name, str(folder))) for name in names]
        return {path.name: path.read_bytes() for path in paths}


@pytest.fixture
def store(uri, request):
    """Return the store, with an experiment of this test."""
    return Store(uri, request.node.name)


@pytest.fixture
def run(uri, request, suite_text, tmp_path, warm_server, fresh_store):
    """Return a function that runs a suite of a good generator and a broken one, with the listener."""

    def do(*, is_told=True, metrics=("centre-gap", "spread"), **options):
        path = tmp_path / "small.toml"
        path.write_text(
            suite_text(datasets=["cloud"], generators=["good", "raises"], metrics=metrics,
                       name="small", n=30, extra="controls = false")
        )  # fmt: skip
        listener = {"use": "mlflow", "tracking_uri": uri, "experiment": request.node.name}
        return genbench.run(
            path, output=tmp_path / "out", plugins=[FAULTY], jobs=2, listeners=[listener] * is_told, **options
        )

    return do


@pytest.fixture
def listener(uri, request, tmp_path):
    """Return a function that makes a listener of a suite."""

    def make(suite=SUITE):
        return tracking.mlflow(tmp_path, suite, experiment=request.node.name, tracking_uri=uri)

    return make


def test_a_run_is_a_run_of_mlflow_with_one_below_it_for_each_trial(run, store, tmp_path):
    done = run()
    runs = store.runs()
    assert set(runs) == {"small", "cloud good seed 0", "cloud raises seed 0"}
    parent, good, broken = runs["small"], runs["cloud good seed 0"], runs["cloud raises seed 0"]
    assert {one.data.tags["mlflow.parentRunId"] for one in (good, broken)} == {parent.info.run_id}
    assert parent.data.params == {
        "suite": "small", "n": "30", "seeds": "0", "datasets": "cloud", "generators": "good, raises",
        "metrics": "centre-gap, spread",
    }  # fmt: skip
    assert good.data.params.items() >= {
        "suite": "small", "n": "30", "seed": "0", "dataset": "cloud", "generator": "good",
        "generator.component": "faulty-plugin:good", "dataset.component": "faulty-plugin:cloud",
        "generator.shift": "0.0",
    }.items()  # fmt: skip
    scores = done.scores().set_index(["generator", "metric"])["value"]
    assert {name: good.data.metrics[name] for name in ("centre-gap", "spread")} == dict(scores["good"])
    assert store.history(good, "fit/loss") == [(1, 1.0), (2, 0.5)]
    assert (parent.info.status, good.info.status, broken.info.status) == ("FAILED", "FINISHED", "FAILED")
    assert broken.data.tags["status.spread"].startswith("error: faulty-plugin:raises: ValueError: no luck")
    assert parent.data.metrics == {"cells.ok": 2, "cells.error": 2}
    assert store.artifacts(parent, tmp_path) == {file.name: file.read_bytes() for file in done.files}


def test_the_same_command_continues_its_runs(run, store):
    run()
    before = store.runs()
    run(metrics=("centre-gap", "spread"))
    after = store.runs()
    assert {name: one.info.run_id for name, one in after.items()} == {
        name: one.info.run_id for name, one in before.items()
    }
    good = after["cloud good seed 0"]
    assert len(store.history(good, "spread")) == 1
    assert store.history(good, "fit/loss") == [(1, 1.0), (2, 0.5)]
    assert {one.info.status for one in after.values()} == {"FINISHED", "FAILED"}


def test_another_suite_in_the_same_folder_has_runs_of_its_own(run, store):
    run()
    run(metrics=("centre-gap",))
    assert len(store.all_runs()) == 6


def test_what_ran_without_the_listener_is_logged_later(run, store):
    first = run(is_told=False)
    run(retry=False)
    good, broken = (store.runs()[f"cloud {name} seed 0"] for name in ("good", "raises"))
    scores = first.scores().set_index(["generator", "metric"])["value"]
    assert good.data.metrics["spread"] == scores["good", "spread"]
    assert store.history(good, "fit/loss") == [(1, 1.0), (2, 0.5)]
    assert (good.info.status, broken.info.status) == ("FINISHED", "FAILED")


def test_options_are_those_of_the_generator_on_this_dataset_and_lists_are_json(listener, store):
    told = listener()
    told.run_started(kept=[])
    told.trial_started(**IDS)
    params = store.runs()["cloud good seed 0"].data.params
    assert params["generator.component"] == "x:good"
    assert (params["generator.shift"], params["generator.sizes"]) == ("0.5", "[1,2]")


def test_a_long_training_is_logged_whole_at_its_end_at_the_latest(listener, store):
    told = listener()
    told.run_started(kept=[])
    told.trial_started(**IDS)
    for step in range(2500):
        told.progress(**IDS, stage="fit", step=step, values={"loss": step / 2})
    told.progress(**IDS, stage="sample", step=None, values={})
    told.progress(**dict.fromkeys(IDS), stage="extract", step=1, values={"loss": 1.0})
    told.trial_finished(**IDS)
    trial = store.runs()["cloud good seed 0"]
    assert store.history(trial, "fit/loss") == [(step, step / 2) for step in range(2500)]
    assert set(trial.data.metrics) == {"fit/loss"}


def test_a_step_without_values_is_not_taken_for_the_history(listener, store, tmp_path):
    history = tmp_path / "history.csv"
    history.write_text("dataset,generator,seed,step,name,value\ncloud,good,0,1,loss,0.5\n")
    told = listener()
    told.run_started(kept=[])
    told.trial_started(**IDS)
    told.progress(**IDS, stage="sample", step=1, values={})
    told.trial_finished(**IDS)
    told.run_finished(statuses={"ok": 1}, files=[history], error=None)
    assert store.history(store.runs()["cloud good seed 0"], "fit/loss") == [(1, 0.5)]


def test_a_run_that_is_stopped_is_killed_in_mlflow(listener, store):
    told = listener()
    told.run_started(kept=[])
    told.trial_started(**IDS)
    told.run_finished(statuses={}, files=[], error="KeyboardInterrupt")
    runs = store.runs()
    assert {one.info.status for one in runs.values()} == {"KILLED"}
    assert runs["small"].data.tags["stopped"] == "KeyboardInterrupt"
    again = listener()
    again.run_started(kept=[])
    assert store.runs()["small"].info.status == "RUNNING"
    again.trial_started(**IDS)
    assert store.runs()["cloud good seed 0"].info.status == "RUNNING"


def finished(listener, *, kept=(), computed=()):
    """Run the suite's only trial, from start to end."""
    told = listener()
    told.run_started(kept=list(kept))
    if computed:
        told.trial_started(**IDS)
        for record in computed:
            told.recorded(**record)
        told.trial_finished(**IDS)
    statuses = Counter(record["status"] for record in (*kept, *computed))
    told.run_finished(statuses=statuses, files=[], error=None)


def test_a_kept_record_replaces_the_number_of_other_code(listener, store):
    """The code was edited, and the edit was undone."""
    for value in (0.5, 500.0):
        finished(listener, computed=[GOOD | {"value": value}])
    for _ in range(2):  # the second time, there is nothing to replace
        finished(listener, kept=[GOOD])
        trial = store.runs()["cloud good seed 0"]
        assert trial.data.metrics == {"gap": 0.5}
        assert sorted(value for _, value in store.history(trial, "gap") if value > 0) == [0.5, 0.5, 500.0]


@pytest.mark.parametrize("how", ["kept", "computed"])
def test_a_failure_replaces_a_number_and_a_number_a_failure(listener, store, how):
    finished(listener, computed=[GOOD])
    finished(listener, **{how: [BAD]})
    trial, suite = (store.runs()[name] for name in ("cloud good seed 0", "small"))
    assert math.isnan(trial.data.metrics["gap"])
    assert trial.data.tags["status.gap"] == "error: no luck"
    assert (trial.info.status, suite.info.status) == ("FAILED", "FAILED")
    assert suite.data.metrics == {"cells.ok": 0, "cells.error": 1}
    finished(listener, **{how: [GOOD]})
    trial, suite = (store.runs()[name] for name in ("cloud good seed 0", "small"))
    assert trial.data.metrics == {"gap": 0.5}
    assert "status.gap" not in trial.data.tags
    assert (trial.info.status, suite.info.status) == ("FINISHED", "FINISHED")
    assert suite.data.metrics == {"cells.ok": 1, "cells.error": 0}


@pytest.mark.parametrize("earlier", [GOOD, BAD])
def test_what_has_no_record_any_more_is_withdrawn_as_the_run_starts(listener, store, earlier):
    finished(listener, computed=[earlier])
    own = store.runs()["cloud good seed 0"].info.run_id
    store.client.log_metric(own, "of-the-user", 7.0)
    store.client.set_tag(own, "status.of-the-user", "mine")
    listener().run_started(kept=[])
    data = store.runs()["cloud good seed 0"].data
    assert math.isnan(data.metrics.get("gap", math.nan))
    assert "status.gap" not in data.tags
    assert (data.metrics["of-the-user"], data.tags["status.of-the-user"]) == (7.0, "mine")


def test_a_trial_with_a_kept_failure_has_failed_whatever_is_computed(listener, store):
    suite = SUITE | {"metrics": SUITE["metrics"] | {"other": SUITE["metrics"]["gap"]}}
    finished(lambda: listener(suite), kept=[BAD], computed=[GOOD | {"metric": "other"}])
    assert store.runs()["cloud good seed 0"].info.status == "FAILED"


def test_a_failure_that_is_mended_in_the_same_run_fails_nothing(listener, store):
    told = listener()
    told.run_started(kept=[BAD])
    told.trial_started(**IDS)
    told.recorded(**GOOD)
    told.trial_finished(**IDS)
    assert store.runs()["cloud good seed 0"].info.status == "FINISHED"


def test_runs_are_continued_however_many_pages_a_store_answers_with(listener, store, monkeypatch):
    seeds = [GOOD | {"seed": seed} for seed in range(4)]
    listener(SUITE | {"seeds": [0, 1, 2, 3]}).run_started(kept=seeds)
    monkeypatch.setattr(tracking, "_PAGE", 2)
    listener(SUITE | {"seeds": [0, 1, 2, 3]}).run_started(kept=seeds)
    assert len(store.all_runs()) == 5


@pytest.mark.parametrize("own", [None, "false"])
def test_mlflow_reports_no_use_of_it_unless_the_user_says_so(listener, monkeypatch, own):
    monkeypatch.delenv("MLFLOW_DISABLE_TELEMETRY", raising=False)
    if own:
        monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", own)
    listener()
    assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == (own or "true")


def test_a_store_gets_1000_values_at_a_time_the_most_a_server_takes(listener, store, monkeypatch, tmp_path):
    history = tmp_path / "history.csv"
    rows = [f"cloud,good,0,{step},loss,0.5\n" for step in range(1001)]
    history.write_text("dataset,generator,seed,step,name,value\n" + "".join(rows))
    sizes, log_batch = [], type(store.client).log_batch

    def noted(client, run_id, metrics=(), **others):
        sizes.append(len(metrics))
        log_batch(client, run_id, metrics=metrics, **others)

    monkeypatch.setattr(type(store.client), "log_batch", noted)
    told = listener()
    told.run_started(kept=[GOOD])
    told.run_finished(statuses={"ok": 1}, files=[history], error=None)
    assert [size for size in sizes if size] == [1000, 1]
    assert len(store.history(store.runs()["cloud good seed 0"], "fit/loss")) == 1001


def test_a_run_that_goes_on_after_a_stop_is_not_stopped(listener, store):
    told = listener()
    told.run_started(kept=[])
    told.run_finished(statuses={}, files=[], error="KeyboardInterrupt")
    finished(listener, computed=[GOOD])
    assert "stopped" not in store.runs()["small"].data.tags


def test_a_store_that_does_not_answer_costs_a_warning(run, monkeypatch, uri, request, tmp_path):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    listener = {"use": "mlflow", "tracking_uri": "http://127.0.0.1:9"}
    plain = run(is_told=False)
    reason = "listener mlflow of genbench .* failed at start, .*MlflowException"
    with pytest.warns(RuntimeWarning, match=reason):
        told = genbench.run(
            tmp_path / "small.toml", output=tmp_path / "told", plugins=[FAULTY], listeners=[listener]
        )
    same = [file.read_bytes() for file in plain.files if file.name in ("scores.csv", "leaderboard.csv")]
    assert [(told.folder / name).read_bytes() for name in ("leaderboard.csv", "scores.csv")] == same


def test_another_folder_of_the_same_path_has_runs_of_its_own(store, listener, monkeypatch, tmp_path):
    for expected in (1, 1):
        listener().run_started(kept=[])
        assert len(store.all_runs()) == expected
    tmp_path.rename(tmp_path.with_name("moved"))
    tmp_path.mkdir()
    listener().run_started(kept=[])
    assert len(store.all_runs()) == 2
    monkeypatch.setattr(platform, "node", lambda: "another machine")
    listener().run_started(kept=[])
    assert len(store.all_runs()) == 3


def test_the_latest_numbers_show_also_if_the_clock_was_ahead_before(store, listener, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: 4e9)
        finished(listener, computed=[GOOD])
    finished(listener, computed=[GOOD | {"value": 700.0}])
    runs = store.runs()
    assert runs["cloud good seed 0"].data.metrics == {"gap": 700.0}
    finished(listener, computed=[BAD])
    assert store.runs()["small"].data.metrics == {"cells.ok": 0, "cells.error": 1}


def test_a_comparison_has_a_run_of_its_own_that_a_later_run_continues(listener, store):
    compared = {**GOOD, "seed": None}
    for value in (0.5, 0.75):
        told = listener()
        told.run_started(kept=[])
        told.recorded(**{**compared, "value": value})
        told.run_finished(statuses={"ok": 1}, files=[], error=None)
    run = store.runs()["cloud good seed all"]
    assert run.data.params["seed"] == "all"
    assert run.data.metrics["gap"] == 0.75
    assert run.info.status == "FINISHED"
