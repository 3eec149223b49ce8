"""Preparation of a run: resolves the suite, prepares its datasets, and plans its trials."""

from __future__ import annotations

import functools
import os
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench.catalog.catalog import load_catalog
from genbench.catalog.loader import RESTRICT
from genbench.contract.specs import ExecutorSpec
from genbench.core.errors import DataError, PluginError, SuiteError
from genbench.core.limits import Limits
from genbench.core.names import nearest
from genbench.engine.runner import run_all, run_job
from genbench.files.sealed import delete
from genbench.files.temporary import new_file
from genbench.results.folder import default_folder
from genbench.store.environment import cores
from genbench.store.keys import Settings, forget_code
from genbench.suite.components import is_control, make_part, without_annotations
from genbench.suite.file import Suite, read_entry, read_suite
from genbench.suite.resolve import resolve_suite
from genbench.trial.datasets import prepared
from genbench.trial.jobs import PrepareData, check_sendable
from genbench.trial.plan import narrowed, plan_trials

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from genbench.catalog.catalog import Catalog
    from genbench.contract.specs import DatasetSpec
    from genbench.isolation.pool import Workplace
    from genbench.results.records import Cell, Record
    from genbench.store.store import Store
    from genbench.suite.components import Part, Resolved
    from genbench.trial.datasets import Prepared
    from genbench.trial.plan import Task, Trial

__all__ = ["FINAL", "Order", "Ready", "make_ready", "ready_in"]

_TRIES = 4
_DEVICE = re.compile(r"[a-z]+(:\d+)?")

#: Statuses that a later run leaves as they are, unless the record is provisional.
FINAL = ("ok", "skipped")


@dataclass(frozen=True, kw_only=True)
class Order:
    """The settings of a run.

    suite       a bundled name, a TOML file, or a suite that was read before
    output      the results folder; None: results/<suite's name>
    seeds, n    in place of the suite's
    generators  entries in place of the suite's, in the form of its tables; empty: the suite's. Datasets that
                none of them can use are left out
    only        generators to run besides the controls; empty: all. The results of the others stay
    jobs        trials at a time; None: as many as the executor chooses, on this machine one per core
    executor    what places trials: a table with `use` and options, as in a suite
    threads     of each trial
    retry       whether to try failed cells again
    """

    suite: str | Path | Suite
    output: Path | None = None
    seeds: Sequence[int] | None = None
    n: int | None = None
    generators: Sequence[Mapping[str, Any]] = ()
    only: Sequence[str] = ()
    jobs: int | None = None
    threads: int = 1
    device: str = "cpu"
    plugins: Sequence[Path] = ()
    offline: bool = False
    keep_samples: bool = False
    retry: bool = True
    executor: Mapping[str, Any] = field(default_factory=lambda: {"use": "local"})

    def __post_init__(self) -> None:
        for name in ("jobs", "threads"):
            number = getattr(self, name)
            if number is not None and number < 1:
                raise SuiteError(f"{name}: expected at least 1, got {number}")
        if not _DEVICE.fullmatch(self.device):
            raise SuiteError(f"device {self.device!r}: expected cpu, cuda, cuda:1 or another device of torch")

    @property
    def jobs_here(self) -> int:
        """How many jobs run at a time on this machine."""
        return cores() if self.jobs is None else self.jobs

    def chooses(self, generator: str, *, control: bool) -> bool:
        """Return whether the order runs this generator."""
        return not self.only or control or generator in self.only


@dataclass(frozen=True, kw_only=True)
class Ready:
    """A suite that is ready to run.

    folder    its results folder, which may not exist yet
    executor  the component that places its trials
    """

    suite: Suite
    resolved: Resolved
    datasets: tuple[Prepared, ...]
    trials: tuple[Trial, ...]
    folder: Path
    executor: Part[ExecutorSpec]

    @property
    def cells(self) -> tuple[Cell, ...]:
        """All cells of all trials."""
        return tuple(cell for trial in self.trials for cell in trial.cells)

    def chosen(self, order: Order) -> list[Trial]:
        """Return the trials that an order chooses."""
        return [
            trial
            for trial in self.trials
            if order.chooses(trial.generator.name, control=is_control(trial.generator))
        ]

    def todo(self, order: Order, records: Mapping[str, Record]) -> list[tuple[Trial, tuple[Task, ...]]]:
        """Return the trials with tasks that are due, and these tasks."""
        pairs = [
            (trial, tuple(task for task in trial.tasks if _is_due(task, records, order)))
            for trial in self.chosen(order)
        ]
        return [(trial, tasks) for trial, tasks in pairs if tasks]


def ready_in(store: Store, ready: Ready, order: Order, place: Workplace) -> Ready:
    """Return a ready suite with its datasets prepared in another store."""
    datasets = _datasets(ready.resolved.datasets, order, place, store)
    settings = Settings(threads=order.threads, device=order.device)
    trials = plan_trials(ready.suite, ready.resolved, datasets, settings)
    return replace(ready, datasets=datasets, trials=trials)


def make_ready(order: Order, place: Workplace, store: Store) -> Ready:
    """Return the suite of an order with its datasets prepared.

    Raises SuiteError, PluginError or DataError if it cannot run.
    """
    forget_code()
    suite = order.suite if isinstance(order.suite, Suite) else read_suite(order.suite)
    suite = suite.with_changes(seeds=order.seeds, n=order.n)
    instead = [
        read_entry(f"--generator[{number}]", table, suite.limits)
        for number, table in enumerate(order.generators)
    ]
    catalog = load_catalog(order.plugins)
    executor = _executor(order, catalog)
    resolved = resolve_suite(suite, catalog, instead)
    for warning in resolved.warnings:
        place.listener.warn(warning)
    check_sendable(resolved.parts)
    names = [part.name for part in resolved.generators]
    for name in order.only:
        if name not in names:
            raise SuiteError(f"--only {name}: the suite has no such generator{nearest(name, names)}")
    datasets = _datasets(resolved.datasets, order, place, store)
    if instead:
        resolved, datasets = narrowed(resolved, datasets)
    trials = plan_trials(suite, resolved, datasets, Settings(threads=order.threads, device=order.device))
    folder = default_folder(suite.name) if order.output is None else order.output
    return Ready(
        suite=suite, resolved=resolved, datasets=datasets, trials=trials, folder=folder, executor=executor
    )


def _executor(order: Order, catalog: Catalog) -> Part[ExecutorSpec]:
    """Return the executor that an order names; raise SuiteError for an unknown name or option."""
    entry = read_entry("--executor", order.executor, Limits())
    if not catalog.of_kind("executor") and RESTRICT in os.environ:
        raise SuiteError(
            f"{RESTRICT} leaves out every executor, so nothing can run; add the plugin with the executor "
            f"{entry.use!r} to it, such as 'controls' for 'local'"
        )
    return without_annotations(make_part(catalog, ExecutorSpec, entry, Path.cwd()))


def _datasets(
    parts: Sequence[Part[DatasetSpec]], order: Order, place: Workplace, store: Store
) -> tuple[Prepared, ...]:
    """Return the prepared datasets; prepare those that the store lacks or that are evicted meanwhile."""
    found: dict[str, Prepared] = {}
    for left in reversed(range(_TRIES)):
        known = {part.name: prepared(part, store) for part in parts if part.name not in found}
        found |= {name: dataset for name, dataset in known.items() if dataset is not None}
        missing = [part for part in parts if part.name not in found]
        if not missing:
            return tuple(found[part.name] for part in parts)
        if left == 0:
            break
        run_all([functools.partial(_prepare, place, part, store) for part in missing], order.jobs_here)
    raise DataError(f"dataset {missing[0].name!r} was prepared and is not in the store {store.root}")


def _prepare(place: Workplace, part: Part[DatasetSpec], store: Store) -> None:
    log = new_file(part.name, ".log")
    keep = False
    try:
        job = PrepareData(part=without_annotations(part), store=store)
        wrong = run_job(place, f"{part.name} data", job, log)
        keep = wrong is not None
    finally:
        if not keep:
            delete(log)
    if wrong is not None:
        owner = part.component.owner
        raise PluginError(
            f"dataset {part.name!r} of {owner.distribution} {owner.version} failed: {wrong.reason} "
            f"(traceback in {log})"
        )


def _is_due(task: Task, records: Mapping[str, Record], order: Order) -> bool:
    """Return whether a cell of the task has no record, or one to try again."""
    found = [records.get(cell.key) for cell in task.cells.values()]
    return any(
        record is None or (order.retry and (record.provisional or record.status not in FINAL))
        for record in found
    )
