"""Runs of Weights & Biases for a suite and its trials."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING, Any

from genbench import digest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from wandb import Run

__all__ = ["WandbListener", "wandb", "wandb_name"]

_GOOD = ("ok", "skipped")
_EVERY_SEED = "all"  # the seed of a run that shows a comparison
_ID_DIGITS = 16  # hex digits of a run's id, which W&B limits to 64 characters


def wandb(
    folder: Path, suite: Mapping[str, Any], *, project: str = "genbench", entity: str | None = None
) -> WandbListener:
    """Return a listener that logs to Weights & Biases.

    project  the project of the runs
    entity   the user or team that owns the project; None: the default of the account

    The variables of Weights & Biases hold, such as WANDB_MODE=offline and WANDB_DIR.
    """
    return WandbListener(folder, suite, project, entity)


class WandbListener:
    """A run of Weights & Biases for the suite, and one in its group for each trial.

    The same suite in the same results folder continues its runs, whose ids are hashes of both.
    """

    def __init__(self, folder: Path, suite: Mapping[str, Any], project: str, entity: str | None) -> None:
        self._suite, self._project, self._entity = suite, project, entity
        self._key = digest([platform.node(), str(folder), folder.stat().st_ino, suite])
        self._runs: dict[tuple[Any, ...], Run] = {}  # those that are open; the suite's has the key ()
        self._failed: set[tuple[Any, ...]] = set()

    def run_started(self, kept: Sequence[Mapping[str, Any]]) -> None:
        """Create the suite's run, and show the kept records in the runs of their trials."""
        suite = self._suite
        names = list(dict.fromkeys(part["name"] for part in suite["generators"]))
        ids = {"datasets": list(suite["datasets"]), "generators": names, "metrics": list(suite["metrics"])}
        config = {"suite": suite["name"], "n": suite["n"], "seeds": suite["seeds"], **ids}
        self._open((), suite["name"], "suite", config)
        for record in kept:
            self.recorded(**record)
        for key in [key for key in self._runs if key]:
            self._finish(key)

    def trial_started(self, dataset: str, generator: str, seed: int) -> None:
        """Create the trial's run."""
        self._failed.discard((dataset, generator, seed))  # its failed cells are tried again
        self._trial(dataset, generator, seed)

    def progress(
        self, dataset: str, generator: str, seed: int, stage: str, step: int | None,
        values: Mapping[str, float],
    ) -> None:  # fmt: skip
        """Log the values of a step of the training: `loss` as `fit/loss`, over `fit/step`."""
        if generator is None or step is None or not values:
            return
        run = self._trial(dataset, generator, seed)
        run.define_metric(f"{stage}/*", step_metric=f"{stage}/step")
        run.log({f"{stage}/step": step, **{f"{stage}/{name}": value for name, value in values.items()}})

    def recorded(
        self, dataset: str, generator: str, seed: int | None, metric: str, value: float | None, status: str,
        reason: str, **_: object,
    ) -> None:  # fmt: skip
        """Show a score in the summary of the trial's run, or the status of a cell without a value."""
        run, name = self._trial(dataset, generator, seed), wandb_name(metric)
        run.summary.update({name: value} if value is not None else {f"status/{name}": f"{status}: {reason}"})
        if status not in _GOOD:
            self._failed.add((dataset, generator, seed))

    def trial_finished(self, dataset: str, generator: str, seed: int) -> None:
        """End the trial's run: failed if a score failed."""
        self._finish((dataset, generator, seed))

    def run_finished(self, statuses: Mapping[str, int], files: Sequence[Path], error: str | None) -> None:
        """Save the board's files, and end all runs: failed if a cell failed or the run was stopped."""
        suite_run = self._runs[()]
        for file in files:
            suite_run.save(str(file), base_path=str(file.parent), policy="now")
        cells = {f"cells/{status}": count for status, count in statuses.items()}
        suite_run.summary.update(cells if error is None else {"stopped": error})
        if error is not None or not set(statuses) <= {*_GOOD, "missing"}:
            self._failed.add(())
        for key in sorted(self._runs, key=len, reverse=True):  # the suite's run last
            self._finish(key, is_stopped=error is not None)

    def _trial(self, dataset: str, generator: str, seed: int | None) -> Run:
        """Return a trial's run, created on first use."""
        key = dataset, generator, seed
        if key not in self._runs:
            suite, of_seed = self._suite, _EVERY_SEED if seed is None else seed
            parts = [part for part in suite["generators"] if part["name"] == generator]
            part = next(part for part in parts if dataset in part["datasets"])
            n = suite["n"][dataset] if isinstance(suite["n"], dict) else suite["n"]
            ids = {"suite": suite["name"], "seed": of_seed, "n": n}
            options = {"dataset": {"name": dataset, **suite["datasets"][dataset]}, "generator": part}
            self._open(key, f"{dataset} {generator} seed {of_seed}", "trial", ids | options)
        return self._runs[key]

    def _open(self, key: tuple[Any, ...], name: str, job_type: str, config: Mapping[str, Any]) -> None:
        """Create a run, or continue it."""
        import wandb as client

        # W&B would log the output of the whole command, its repository and the load of the machine
        settings = client.Settings(
            console="off", disable_git=True, disable_code=True, x_disable_stats=True, silent=True
        )
        self._runs[key] = client.init(
            project=self._project, entity=self._entity, group=f"{self._suite['name']} {self._key[:8]}",
            name=name, job_type=job_type, config=dict(config), id=digest([self._key, *key])[:_ID_DIGITS],
            resume="allow", reinit="create_new", settings=settings,
        )  # fmt: skip

    def _finish(self, key: tuple[Any, ...], *, is_stopped: bool = False) -> None:
        """End a run, as failed if one of its cells failed, or if it was stopped."""
        run = self._runs.pop(key, None)
        if run is not None:
            run.finish(exit_code=int(is_stopped or key in self._failed))


def wandb_name(metric: str) -> str:
    """Return the name of a metric in W&B, which allows letters, digits and `_`: `fid__pixels`."""
    return metric.replace("[", "__").removesuffix("]").replace("-", "_")
