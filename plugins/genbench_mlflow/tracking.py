"""Runs of MLflow for a suite and its trials."""

from __future__ import annotations

import csv
import math
import os
import platform
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from genbench import canonical, digest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mlflow import MlflowClient
    from mlflow.entities import Metric, Run

__all__ = ["MlflowListener", "mlflow", "mlflow_name", "mlflow_text"]

_REFUSED = re.compile(r"[^\w.\- /]")

_LONGEST = 500  # characters; the least limit of MLflow's stores for a parameter


_RUN, _PARENT, _STOPPED = "genbench.run", "mlflow.parentRunId", "stopped"

_CELLS, _STATUS = "cells.", "status."  # before a status, and before the name of a metric

_GOOD = ("ok", "skipped")

_BATCH = 1000  # metrics in one request, at most
_PATIENCE_S = 2.0  # how long values of the training wait for others
_EVERY_SEED = "all"  # the seed of a run that shows a comparison
_PAGE = 1000  # runs in one answer


def mlflow(
    folder: Path, suite: Mapping[str, Any], *, experiment: str = "genbench", tracking_uri: str | None = None
) -> MlflowListener:
    """Return a listener that logs to a tracking store of MLflow.

    experiment    the experiment of the runs, created if it does not exist
    tracking_uri  the store: a server, or a database such as sqlite:///mlflow.db; None: MLflow's own default,
                  which the variable MLFLOW_TRACKING_URI sets
    """
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")  # MLflow would report its use to its makers
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=tracking_uri)
    found = client.get_experiment_by_name(experiment)
    where = client.create_experiment(experiment) if found is None else found.experiment_id
    return MlflowListener(client, where, folder, suite)


@dataclass
class _Trial:
    """A trial's run in MLflow.

    scores     the values of metrics that it shows
    reasons    the statuses of cells without a value that it shows
    failed     the metrics that failed in this run of the suite
    status     its status, if it was created earlier
    has_steps  whether the history of its training is logged
    waiting    values of its training that are not sent yet, since a time
    """

    id: str
    scores: dict[str, float] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    status: str = ""
    has_steps: bool = False
    waiting: list[Metric] = field(default_factory=list)
    since: float = 0.0

    @property
    def outcome(self) -> str:
        """The status of a run that has ended with these scores."""
        return _end_status(is_good=not self.failed)


class MlflowListener:
    """A run of MLflow for the suite, and one below it for each trial.

    The same suite in the same results folder continues its runs. Machines and containers may have other
    folders of the same path.
    """

    def __init__(self, client: MlflowClient, experiment: str, folder: Path, suite: Mapping[str, Any]) -> None:
        self._client = client
        self._experiment = experiment
        self._suite = suite
        self._key = digest([platform.node(), str(folder), folder.stat().st_ino, suite])
        self._parent = ""
        self._statuses: list[str] = []  # of which the suite's run has numbers of cells
        self._trials: dict[tuple[str, str, int | None], _Trial] = {}
        self._open: set[str] = set()
        self._continued_ids: set[str] = set()

    def run_started(self, kept: Sequence[Mapping[str, Any]]) -> None:
        """Create the suite's run or continue it, and make all runs show the kept records and no others.

        Runs of MLflow may have other numbers, of code that has changed since, and lack those of runs without
        the listener.
        """
        for run in self._list_runs():
            if _PARENT in run.data.tags:
                params = run.data.params
                seed = None if params["seed"] == _EVERY_SEED else int(params["seed"])
                key = params["dataset"], params["generator"], seed
                self._trials[key] = self._continue_run(run)
            else:
                self._continue_suite(run)
        if not self._parent:
            self._parent = self._create_run(self._suite["name"], {}, self._suite_params())
        self._open.add(self._parent)
        names: dict[str, set[str]] = {}
        for record in kept:
            names.setdefault(self._trial(record).id, set()).add(mlflow_name(record["metric"]))
        for trial in self._trials.values():
            for name in sorted((trial.scores.keys() | trial.reasons.keys()) - names.get(trial.id, set())):
                self._show(trial, name)
        for record in kept:
            self.recorded(**record)
        for trial in self._trials.values():
            if trial.id in names and trial.status != trial.outcome:
                self._close(trial.id, trial.outcome)

    def trial_started(self, dataset: str, generator: str, seed: int) -> None:
        """Create the trial's run, or open it again."""
        trial = self._trial({"dataset": dataset, "generator": generator, "seed": seed})
        if trial.id not in self._open:
            self._client.update_run(trial.id, status="RUNNING")
            self._open.add(trial.id)

    def progress(
        self,
        dataset: str,
        generator: str,
        seed: int,
        stage: str,
        step: int | None,
        values: Mapping[str, float],
    ) -> None:
        """Log the values of a step of the training: `loss` as `fit/loss`."""
        if generator is None or step is None or not values:
            return
        trial = self._trial({"dataset": dataset, "generator": generator, "seed": seed})
        self._log(trial, stage, step, values)
        if len(trial.waiting) >= _BATCH or time.monotonic() > trial.since + _PATIENCE_S:
            self._send(trial)

    def recorded(
        self, dataset: str, generator: str, seed: int | None, metric: str, value: float | None, status: str,
        reason: str, **_: object,
    ) -> None:  # fmt: skip
        """Log a score, or the status of a cell without a value as the tag `status.METRIC`."""
        trial = self._trial({"dataset": dataset, "generator": generator, "seed": seed})
        name = mlflow_name(metric)
        if value is None:
            self._show(trial, name, reason=mlflow_text(f"{status}: {reason}"))
        else:
            self._show(trial, name, value)
        if status in _GOOD:
            trial.failed.discard(name)
        else:
            trial.failed.add(name)

    def trial_finished(self, dataset: str, generator: str, seed: int) -> None:
        """End the trial's run: FAILED if a score failed."""
        trial = self._trial({"dataset": dataset, "generator": generator, "seed": seed})
        self._send(trial)
        self._close(trial.id, trial.outcome)

    def run_finished(self, statuses: Mapping[str, int], files: Sequence[Path], error: str | None) -> None:
        """Log the board's files, and end all runs: KILLED if the run was stopped."""
        for file in files:
            self._client.log_artifact(self._parent, str(file))
        self._log_histories([file for file in files if file.name == "history.csv"])
        if error is None:
            for status, count in (dict.fromkeys(self._statuses, 0) | dict(statuses)).items():
                self._replace(self._parent, f"{_CELLS}{status}", count)
        else:
            self._client.set_tag(self._parent, _STOPPED, mlflow_text(error))
        is_good = set(statuses) <= {*_GOOD, "missing"}  # the run was not to fill what is missing
        status = _end_status(is_good=is_good) if error is None else "KILLED"
        for run_id in sorted(self._open - {self._parent}):
            self._close(run_id, status)
        self._close(self._parent, status)

    def _list_runs(self) -> list[Run]:
        """Return the runs of this suite in this results folder, oldest first."""
        runs: list[Run] = []
        token = None
        while True:
            page = self._client.search_runs(
                [self._experiment], f"tags.`{_RUN}` = '{self._key}'", max_results=_PAGE, page_token=token
            )
            runs += page
            token = page.token
            if not token:
                return sorted(runs, key=lambda run: run.info.start_time)

    def _continue_suite(self, run: Run) -> None:
        self._parent = run.info.run_id
        self._continued_ids.add(self._parent)
        self._statuses = [name.removeprefix(_CELLS) for name in run.data.metrics if name.startswith(_CELLS)]
        if _STOPPED in run.data.tags:
            self._client.delete_tag(self._parent, _STOPPED)
        self._client.update_run(self._parent, status="RUNNING")

    def _continue_run(self, run: Run) -> _Trial:
        """Return a trial's run with what it shows of the metrics of the suite."""
        self._continued_ids.add(run.info.run_id)
        names = [mlflow_name(metric) for metric in self._suite["metrics"]]
        values, tags = run.data.metrics, run.data.tags
        return _Trial(
            run.info.run_id,
            scores={name: values[name] for name in names if not math.isnan(values.get(name, math.nan))},
            reasons={name: tags[_STATUS + name] for name in names if _STATUS + name in tags},
            status=run.info.status,
            has_steps=any("/" in name for name in values),
        )

    def _show(self, trial: _Trial, name: str, value: float | None = None, *, reason: str = "") -> None:
        """Make a trial's run show the value of a metric, or why there is none, or neither.

        MLflow deletes no value of a metric, so NaN replaces one.
        """
        if trial.scores.get(name) != value:
            self._replace(trial.id, name, math.nan if value is None else value)
        if not reason and name in trial.reasons:
            self._client.delete_tag(trial.id, _STATUS + name)
        elif reason != trial.reasons.get(name, ""):
            self._client.set_tag(trial.id, _STATUS + name, reason)
        trial.scores.pop(name, None)
        trial.reasons.pop(name, None)
        if value is not None:
            trial.scores[name] = value
        if reason:
            trial.reasons[name] = reason

    def _replace(self, run_id: str, name: str, value: float) -> None:
        """Log a value as the latest: MLflow shows that of the latest time, and clocks may differ."""
        earlier = self._client.get_metric_history(run_id, name) if run_id in self._continued_ids else []
        now = max([int(time.time() * 1000), *(each.timestamp + 1 for each in earlier)])
        self._client.log_metric(run_id, name, value, timestamp=now)

    def _trial(self, ids: Mapping[str, Any]) -> _Trial:
        """Return a trial's run, created on first use."""
        key = ids["dataset"], ids["generator"], ids["seed"]
        if key not in self._trials:
            dataset, generator, seed = key
            seed = _EVERY_SEED if seed is None else seed  # of a comparison
            params = {"suite": self._suite["name"], "dataset": dataset, "generator": generator, "seed": seed}
            n = self._suite["n"]
            params |= {"n": n[dataset] if isinstance(n, dict) else n}
            params |= _options("dataset", self._suite["datasets"][dataset])
            params |= _options("generator", self._generator(dataset, generator))
            name = f"{dataset} {generator} seed {seed}"
            run_id = self._create_run(name, {_PARENT: self._parent}, params)
            self._open.add(run_id)
            self._trials[key] = _Trial(run_id)
        return self._trials[key]

    def _generator(self, dataset: str, name: str) -> Mapping[str, Any]:
        """Return the generator with an id on a dataset; on others, the id may be that of another one."""
        found = [part for part in self._suite["generators"] if part["name"] == name]
        return next(part for part in found if dataset in part["datasets"])

    def _create_run(self, name: str, tags: Mapping[str, str], params: Mapping[str, object]) -> str:
        from mlflow.entities import Param

        run = self._client.create_run(self._experiment, run_name=name, tags={_RUN: self._key, **tags})
        entries = [Param(mlflow_name(key), mlflow_text(value)) for key, value in params.items()]
        self._client.log_batch(run.info.run_id, params=entries)
        return str(run.info.run_id)

    def _suite_params(self) -> dict[str, object]:
        suite = self._suite
        names = list(dict.fromkeys(part["name"] for part in suite["generators"]))
        ids = {"datasets": list(suite["datasets"]), "generators": names, "metrics": list(suite["metrics"])}
        return {"suite": suite["name"], "n": suite["n"], "seeds": suite["seeds"], **ids}

    def _log(self, trial: _Trial, stage: str, step: int, values: Mapping[str, float]) -> None:
        from mlflow.entities import Metric

        now = time.time()
        if not trial.waiting:
            trial.since = time.monotonic()
        trial.has_steps = True
        for name, value in values.items():
            trial.waiting.append(Metric(mlflow_name(f"{stage}/{name}"), value, int(now * 1000), step))

    def _send(self, trial: _Trial) -> None:
        while trial.waiting:
            batch, trial.waiting = trial.waiting[:_BATCH], trial.waiting[_BATCH:]
            self._client.log_batch(trial.id, metrics=batch)

    def _log_histories(self, files: Sequence[Path]) -> None:
        """Log the history of each trial of which no step was told: it ran earlier, or on another machine."""
        without = {key: trial for key, trial in self._trials.items() if not trial.has_steps}
        for file in files:
            with file.open(encoding="utf-8", newline="") as lines:
                for row in csv.DictReader(lines):
                    trial = without.get((row["dataset"], row["generator"], int(row["seed"])))
                    if trial is not None and row["value"]:
                        self._log(trial, "fit", int(row["step"]), {row["name"]: float(row["value"])})
        for trial in without.values():
            self._send(trial)

    def _close(self, run_id: str, status: str) -> None:
        self._client.set_terminated(run_id, status)
        self._open.discard(run_id)


def _end_status(*, is_good: bool) -> str:
    return "FINISHED" if is_good else "FAILED"


def _options(kind: str, part: Mapping[str, Any]) -> dict[str, object]:
    """Return the parameters of a component: `generator.steps`, and its reference as `generator.component`."""
    options = {f"{kind}.{name}": _plain(value) for name, value in part["options"].items()}
    return {f"{kind}.component": part["component"]} | options


def _plain(value: object) -> object:
    return canonical(value) if isinstance(value, (dict, list)) else value


# Names and texts that MLflow accepts.


def mlflow_name(name: str) -> str:
    """Return the name of a metric, parameter or tag in MLflow: `fid[pixels]` becomes `fid.pixels`.

    MLflow allows letters, digits, `_`, `-`, `.`, `:`, spaces and slashes; a server on Windows refuses `:`.
    Ids of genbench contain no dot, so two of them never become one. Any other character becomes `_`.
    """
    return _REFUSED.sub("_", name.replace("[", ".").removesuffix("]"))


def mlflow_text(value: object) -> str:
    """Return the text of a value, cut to the 500 characters that every store of MLflow takes."""
    text = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
