"""Preparation of a run: resolves the suite, prepares its datasets, and plans its trials."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from genbench.catalog.catalog import load_catalog
from genbench.catalog.loader import RESTRICT
from genbench.catalog.modalities import list_modalities
from genbench.contract.events import bind_event_methods
from genbench.contract.specs import ExecutorSpec, ListenerSpec
from genbench.core.errors import DataError, PluginError, SuiteError
from genbench.core.limits import Limits
from genbench.core.names import join_names, suggest_names
from genbench.files.sealed import delete
from genbench.files.temporary import make_temp_file
from genbench.jobs.engine.runner import run_all, run_job
from genbench.results.folder import default_folder
from genbench.store.environment import cores
from genbench.store.keys import Settings
from genbench.suite.components import check_allowed, check_keys, drop_option_annotations, make_part
from genbench.suite.file import Suite, read_entry, read_suite
from genbench.suite.resolve import resolve_suite
from genbench.trial.comparisons import plan_comparisons
from genbench.trial.datasets import find_prepared
from genbench.trial.jobs import PrepareData, check_sendable
from genbench.trial.plan import drop_control_datasets, plan_trials

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from genbench.catalog.catalog import Catalog
    from genbench.catalog.modalities import Modality
    from genbench.contract.specs import DatasetSpec, GeneratorSpec, Spec
    from genbench.jobs.isolation.workplace import Workplace
    from genbench.results.cells import Cell
    from genbench.results.records import Record
    from genbench.store.store import Store
    from genbench.suite.components import Group, Part, Resolved
    from genbench.suite.file import SuiteEntry
    from genbench.trial.comparisons import BoardTrial
    from genbench.trial.datasets import Prepared
    from genbench.trial.plan import Task, Trial

T = TypeVar("T")
__all__ = ["FINAL", "Order", "PreparedRun", "make_ready", "order_trials", "prepare_again"]

_TRIES = 4  # of preparing datasets: another run may evict one before it is read here
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
    executor    starts the trials, here or on other machines: a table with `use` and options, as in a suite
    listeners   what is told of events: tables with `use` and options, or objects
    threads     of each trial
    device      of torch: "cpu", "cuda", "cuda:1"
    plugins     plugin files to load, beside the installed plugins
    trust_plugins  whether the plugin files that the suite names may be loaded, too
    retry       whether to try failed cells again
    allow_keys  environment variables that components of the suite may send to a server, as NAME@HOST. What
                `generators` names is allowed
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
    executor: Mapping[str, Any] = field(default_factory=lambda: {"use": "genbench:local"})
    listeners: Sequence[object] = ()
    allow_keys: Sequence[str] = ()
    trust_plugins: bool = False

    def __post_init__(self) -> None:
        """Raise SuiteError for values that no run can have; the suite's own values are checked later."""
        for name, number in (("jobs", 1 if self.jobs is None else self.jobs), ("threads", self.threads)):
            if not isinstance(number, int) or number < 1:
                raise SuiteError(f"{name}: expected an integer of at least 1, got {number!r:.80}")
        if not isinstance(self.device, str) or not _DEVICE.fullmatch(self.device):
            raise SuiteError(
                f"device: expected cpu, cuda, cuda:1 or another device of torch, got {self.device!r:.80}"
            )

        check_allowed(self.allow_keys)

    @property
    def jobs_here(self) -> int:
        """How many jobs the run starts at a time on this machine: `jobs`, or one for each core."""
        return cores() if self.jobs is None else self.jobs

    @property
    def own_suite(self) -> Suite:
        """The order's suite, before `seeds` and `n` replace values; raises SuiteError if it is invalid."""
        return self.suite if isinstance(self.suite, Suite) else read_suite(self.suite)

    def with_suite_plugins(self) -> Order:
        """Return the order with the plugin files that its suite names, and that suite as it was read.

        Raises SuiteError if the user neither trusts these files nor gave them in `plugins`: the code of
        someone else's suite would run with the user's rights.
        """
        suite = self.own_suite
        given = {path.resolve() for path in self.plugins}
        files = {name: suite.folder / name for name in suite.plugins}
        new = {name: path for name, path in files.items() if path.resolve() not in given}
        if new and not self.trust_plugins:
            names = join_names(new, most=len(new))  # no file hides behind "and 9 more"
            raise SuiteError(
                f"plugins: the suite {suite.name!r} would run the code of {names} with your rights; read it, "
                "and if you trust it, add --trust-plugins"
            )
        # the suite as it was read: an edit of the file cannot add a plugin that the user has not seen
        return replace(self, suite=suite, plugins=(*self.plugins, *new.values())) if new else self

    def read_replacements(self, suite: Suite) -> list[SuiteEntry]:
        """Return the entries that replace the generators of the suite; raise SuiteError for an invalid one.

        An order, the settings of a run, has them as tables with `use` and options.
        """
        return [read_entry("--generator", table, suite.limits) for table in self.generators]

    def includes(self, generator: str, *, control: str | None) -> bool:
        """Return whether a generator runs: all if `only` is empty, else those in `only` and the controls.

        control  the generator's role as a control, None for a competitor
        """
        return not self.only or control is not None or generator in self.only


@dataclass(frozen=True, kw_only=True)
class PreparedRun:
    """A suite that is ready to run.

    folder    its results folder, which may not exist yet
    executor  the component that starts its trials, here or on other machines
    comparisons  what is computed from the samples of all trials on a dataset
    listeners  the components and objects that are told of its events
    """

    suite: Suite
    resolved: Resolved
    datasets: tuple[Prepared, ...]
    trials: tuple[Trial, ...]
    folder: Path
    executor: Part[ExecutorSpec]
    comparisons: tuple[BoardTrial, ...] = ()
    listeners: tuple[Part[ListenerSpec] | object, ...] = ()

    @property
    def cells(self) -> tuple[Cell, ...]:
        """All planned cells: the cells of all trials and comparisons of the run."""
        return tuple(cell for trial in (*self.trials, *self.comparisons) for cell in trial.cells)

    @property
    def metrics_by_trial(self) -> list[tuple[Trial, list[Group]]]:
        """The trials and comparisons of the run, each with the metrics and extractors that it computes.

        They decide how many samples a dataset must have, and which extractors run.json describes.
        """
        return [(trial, [task.group for task in trial.tasks]) for trial in (*self.trials, *self.comparisons)]

    def select_trials(self, order: Order) -> list[Trial]:
        """Return the trials of the generators that an order chooses: its `only` may leave out others."""
        return [
            trial
            for trial in self.trials
            if order.includes(trial.generator.name, control=trial.generator.spec.control)
        ]

    def list_due_trials(
        self, order: Order, records: Mapping[str, Record], store: Store
    ) -> list[tuple[Trial, tuple[Task, ...]]]:
        """Return the trials that have tasks to do, and these tasks.

        A trial without tasks to do is among them if a comparison needs its samples, and the store lacks them.
        """
        trials_to_draw = {
            trial.name
            for comparison, _ in self.list_due_comparisons(order, records)
            for trials in comparison.trials.values()
            for trial in trials
            if store.notes(trial.sample_key) is None  # the store has no samples of this trial
        }
        due = []
        for trial in self.select_trials(order):
            tasks = tuple(task for task in trial.tasks if _is_due(task.cells.values(), records, order))
            if tasks or trial.name in trials_to_draw:
                due.append((trial, tasks))
        return due

    def list_due_comparisons(
        self, order: Order, records: Mapping[str, Record]
    ) -> list[tuple[BoardTrial, tuple[Task, ...]]]:
        """Return the comparisons that have cells to compute, each with all of its tasks.

        A comparison is a metric of the samples of all generators on a dataset.
        """
        due = [trial for trial in self.comparisons if _is_due(trial.cells, records, order)]
        return [(trial, trial.tasks) for trial in due]


def order_trials(todo: Iterable[tuple[Trial, T]]) -> list[tuple[Trial, T]]:
    """Return pairs of a trial and its tasks in the order in which they begin.

    The first trial of each generator on each dataset comes before all others: it shows early whether its
    generator fails, and how long its other seeds take. Apart from this, the pairs keep their order.
    """
    first: dict[tuple[str, str], tuple[Trial, T]] = {}
    later = []
    for trial, tasks in todo:
        group = trial.dataset.part.name, trial.generator.name
        if group in first:
            later.append((trial, tasks))
        else:
            first[group] = trial, tasks
    return [*first.values(), *later]


def prepare_again(store: Store, ready: PreparedRun, order: Order, place: Workplace) -> PreparedRun:
    """Return a prepared run with its datasets prepared in another store, and its trials planned on these.

    A verification reruns trials in an empty store, so that it reuses nothing that was stored before.

    place  starts the processes that prepare the datasets
    """
    modalities = tuple(dataset.modality for dataset in ready.datasets)
    datasets = _prepare_datasets(ready.resolved.datasets, modalities, order, place, store)
    return _add_trials(replace(ready, datasets=datasets), order)


def _add_trials(ready: PreparedRun, order: Order) -> PreparedRun:
    """Return a prepared run with the trials and comparisons on its datasets, which are planned here."""
    settings = Settings(threads=order.threads, device=order.device)
    trials = plan_trials(ready.suite, ready.resolved, ready.datasets, settings)
    return replace(ready, trials=trials, comparisons=plan_comparisons(ready.resolved, ready.datasets, trials))


def make_ready(order: Order, place: Workplace, store: Store, *, is_verification: bool = False) -> PreparedRun:
    """Return the suite of an order with its datasets prepared and its trials planned.

    is_verification  whether the order comes from a run's folder: then priced generators are not called, and
                     the generators in place of the suite's come from the folder, not from the user

    Raises SuiteError, PluginError or DataError if it cannot run.
    """
    suite = order.own_suite.with_changes(seeds=order.seeds, n=order.n)
    replacements = order.read_replacements(suite)  # entries in place of the suite's generators
    catalog = load_catalog(order.plugins)
    executor, listeners = _make_executor(order, catalog), _make_listeners(order, catalog)
    resolved = resolve_suite(suite, catalog, replacements)
    check_sendable(resolved.parts)  # jobs send their parts to other processes
    # without the user's consent, a stranger's suite could send the user's keys to its author
    check_keys(_select_for_consent(resolved, order, is_verification=is_verification), order.allow_keys)
    names = [part.name for part in resolved.generators]
    for name in order.only:
        if name not in names:
            near = suggest_names(name.rpartition(":")[2], names)
            raise SuiteError(
                f"--only {name}: the suite has no such generator (--generator takes others){near}"
            )
    datasets = _prepare_datasets(resolved.datasets, list_modalities(catalog), order, place, store)
    if replacements:  # on some datasets, only controls may be left: these datasets are left out
        resolved, datasets = drop_control_datasets(resolved, datasets)
    folder = default_folder(suite.name) if order.output is None else order.output
    ready = PreparedRun(
        suite=suite, resolved=resolved, datasets=datasets, trials=(), folder=folder, executor=executor,
        listeners=listeners,
    )  # fmt: skip
    return _add_trials(ready, order)


def _select_for_consent(resolved: Resolved, order: Order, *, is_verification: bool) -> list[Part[Spec]]:
    """Return the components that may send a key only with the user's consent, since a file named them.

    Left out are generators that do not run: generators that the order does not choose, and priced ones in a
    verification. If the user gave generators in place of the suite's, these need no consent. In a
    verification, such generators come from run.json and not from the user, so they need it.
    """
    left_out: list[Part[GeneratorSpec]] = [
        part for part in resolved.generators if not order.includes(part.name, control=part.spec.control)
    ]
    if is_verification:
        left_out += [part for part in resolved.generators if part.spec.priced]
    elif order.generators:
        # the controls still come from the suite, a file
        left_out += [part for part in resolved.generators if part.spec.control is None]
    # by identity: `parts` contains the generators as the same objects
    return [part for part in resolved.parts if not any(part is other for other in left_out)]


def _make_executor(order: Order, catalog: Catalog) -> Part[ExecutorSpec]:
    """Return the executor that an order names: the component that starts trials.

    Raises SuiteError for an unknown name or option.
    """
    entry = read_entry("--executor", order.executor, Limits())
    # RESTRICT: the name of an environment variable, which lists the plugins that genbench loads
    if not catalog.of_kind("executor") and RESTRICT in os.environ:
        raise SuiteError(
            f"{RESTRICT} leaves out every executor, so nothing can run; add the plugin with the executor "
            f"{entry.use!r} to it, such as 'controls' for 'genbench:local'"
        )
    # `make_part` checks the options; after that, nothing needs their annotations
    return drop_option_annotations(make_part(catalog, ExecutorSpec, entry, Path.cwd()))


def _make_listeners(order: Order, catalog: Catalog) -> tuple[Part[ListenerSpec] | object, ...]:
    """Return the listeners of an order: components for tables, other objects as they are.

    Raises SuiteError for an unknown name or option, and PluginError for an object that has no method of an
    event, or a method that asks for a value that its event lacks.
    """
    listeners: list[Part[ListenerSpec] | object] = []
    for number, item in enumerate(order.listeners):
        if isinstance(item, Mapping):
            entry = read_entry(f"--listener[{number}]", item, Limits())
            listeners.append(make_part(catalog, ListenerSpec, entry, Path.cwd()))
        else:
            bind_event_methods(item)  # only to raise PluginError before the run starts
            listeners.append(item)
    return tuple(listeners)


def _prepare_datasets(
    parts: Sequence[Part[DatasetSpec]], modalities: tuple[Modality, ...], order: Order, place: Workplace,
    store: Store,
) -> tuple[Prepared, ...]:  # fmt: skip
    """Return the datasets from the store; missing ones are first prepared, in processes of their own.

    Another run may evict one meanwhile, so this is tried up to four times; then it raises DataError. Raises
    PluginError if a dataset cannot be prepared.

    parts  the datasets of the suite, each with its options
    """
    for _ in range(_TRIES):
        stored = [find_prepared(part, store, modalities) for part in parts]
        missing = [part for part, dataset in zip(parts, stored, strict=True) if dataset is None]
        if not missing:
            return tuple(dataset for dataset in stored if dataset is not None)  # all; the `if` is for types
        # the jobs are pickled for their processes, and annotations may not be picklable
        jobs = [PrepareData(part=drop_option_annotations(part), store=store, modalities=modalities)
                for part in missing]  # fmt: skip
        run_all([functools.partial(_prepare, place, job) for job in jobs], order.jobs_here)
    raise DataError(
        f"dataset {missing[0].name!r} was prepared and is not in the store {store.root}; another process "
        "removes its files: wait until it ends, or set GENBENCH_STORE to another folder"
    )


def _prepare(place: Workplace, job: PrepareData) -> None:
    """Run a job that prepares a dataset; raise PluginError, naming the job's log, if it fails.

    The log is kept only after a failure, since it holds the traceback.
    """
    part, log, failure = job.part, make_temp_file(job.part.name, ".log"), None
    try:
        failure = run_job(place, f"{part.name} data", job, log)
    finally:
        # without a failure, the job is done, or raised an error whose message tells the user enough; if the
        # user ended the run, the place is closed
        if failure is None or place.is_closed:
            delete(log)
    if failure is not None:
        who = f"{part.contract.who} {part.component.owner.version}"
        raise PluginError(f"{who} failed: {failure.reason} (traceback in {log})")


def _is_due(cells: Iterable[Cell], records: Mapping[str, Record], order: Order) -> bool:
    """Return whether a run has to compute at least one of the cells.

    A cell is due without a record, and, if the order retries failures, with the record of a failure or a
    provisional one: the cell was skipped, since a requirement such as a library was missing.
    """
    return any(
        record is None or (order.retry and (record.provisional or record.status not in FINAL))
        for record in (records.get(cell.key) for cell in cells)
    )
