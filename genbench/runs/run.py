"""Execution of a run: from a suite to a record on disk for every cell."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING

from genbench.core.canonical_json import digest
from genbench.core.errors import ResultsError
from genbench.core.splits import CUT_SIDES, SPLIT_OF
from genbench.files.temporary import check_writable
from genbench.jobs.engine.engine import EngineSettings, open_engine
from genbench.jobs.engine.remote import job_variables
from genbench.jobs.engine.runner import PRELOAD, run_trials
from genbench.jobs.isolation.workplace import Workplace
from genbench.results.claims import claim_folder
from genbench.results.folder import RunFolder, put_aside
from genbench.results.galleries import OF_REAL_DATA, share_run_bytes
from genbench.results.records import Plan, Record, read_records, write_plan, write_trace
from genbench.results.results import Results, read_results, renew_records
from genbench.runs.kept_samples import complete_galleries, keep_samples, list_sample_hashes
from genbench.runs.prepare import Order, PreparedRun, make_ready, order_trials
from genbench.runs.provenance import describe, suite_values
from genbench.store.eviction import tidy
from genbench.store.keys import features_key, split_id
from genbench.store.store import Store, open_store
from genbench.suite.components import Part
from genbench.trial.calling import call
from genbench.trial.comparisons import BoardTrial, RunComparison
from genbench.trial.jobs import PrepareReference
from genbench.trial.plan import check_sizes
from genbench.trial.trial import RunTrial, make_trace

if TYPE_CHECKING:
    import contextlib
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from genbench.contract.specs import ListenerSpec
    from genbench.jobs.engine.engine import Engine
    from genbench.runs.events import EventSource
    from genbench.trial.plan import Task, Trial

    Todo = Sequence[tuple[Trial, tuple[Task, ...]]]

__all__ = ["execute", "survey"]


def execute(
    order: Order, events: EventSource, claims: contextlib.ExitStack
) -> tuple[Path, Results, frozenset[str]]:
    """Compute the cells of a run that are due; return (its folder, all its results, keys of the due cells).

    order   the settings of the run
    events  tells listeners what happens
    claims  keeps runs of other plans out of the folder until it is closed

    If no cell is due, no executor starts, but listeners get the run's events, and the plan is written again.

    Raises SuiteError, PluginError or DataError before anything runs, ResultsError if results cannot be
    written, and EngineError if the executor cannot take the run or is lost. An interrupt keeps what is on
    disk.
    """
    store, warning = open_store()
    if warning is not None:
        events.warn(warning)
    tidy(store.root)  # removes what killed processes left
    with _workplace(order, events) as workplace:
        ready = make_ready(order, workplace, store)
        check_sizes(ready.suite, ready.metrics_by_trial)
        for note in ready.resolved.notes:
            events.warn(note)
        if ready.folder.exists():
            _open_folder(ready.folder)  # before its records are read: a folder that cannot be used stops here
        records = _read_existing(ready, events)
        todo = order_trials(ready.list_due_trials(order, records, store))
        compared = ready.list_due_comparisons(order, records)
        if not todo and not compared:
            claims.enter_context(_claim_folder(ready, order, store))
            _start_run(ready, events, todo, compared, records)
        else:
            with open_engine(_engine_settings(ready, order), workplace, store) as engine:
                if order.device != "cpu":
                    engine.check_device(order.device)
                # Nothing is written before the executor and its device are tested.
                claims.enter_context(_claim_folder(ready, order, store))
                _start_run(ready, events, todo, compared, records)
                _run_trials(ready, engine, todo, records)
                # Comparisons run on this machine, whose store has the samples of all trials.
                jobs = [_make_trial_job(ready, *item, records, store) for item in compared]
                run_trials(workplace, jobs, order.jobs_here)
    _open_folder(ready.folder)  # a clear error if it was lost during the run
    _complete_traces(ready, store)
    _write_plan(ready, order, store)  # again: the accuracies of extractors are known now
    results = read_results(ready.folder)
    renew_records(ready.folder, results)  # those that were made under another id get the plan's id
    complete_galleries(ready.folder, ready.trials, results.records, store)
    if order.keep_samples:
        for name, reason in keep_samples(ready.folder, ready.trials, results.records, store).items():
            events.warn(f"the samples of {name} {reason} and cannot be kept")
    due = [cell for _, tasks in [*todo, *compared] for task in tasks for cell in task.cells.values()]
    return ready.folder, results, frozenset(cell.key for cell in due)


def _claim_folder(ready: PreparedRun, order: Order, store: Store) -> AbstractContextManager[None]:
    """Create the results folder, and return its claim, whose start writes the plan."""
    _open_folder(ready.folder)
    keys = frozenset(cell.key for cell in ready.cells)
    return claim_folder(ready.folder, keys, functools.partial(_write_plan, ready, order, store))


def _start_run(
    ready: PreparedRun, events: EventSource, todo: Todo, compared: Todo, records: Mapping[str, Record]
) -> None:
    """Open the listeners, and tell them that the run starts.

    todo, compared  trials and comparisons that have tasks to do, with these tasks
    records         the existing records
    """
    _add_listeners(ready, events)
    name, comparisons = ready.suite.name, ready.comparisons
    events.start(name, ready.trials, todo, records, ready.folder, comparisons, compared)


def _add_listeners(ready: PreparedRun, events: EventSource) -> None:
    """Add the run's listeners to the source of events, each with its name in messages and its log file.

    A listener is a component of a plugin (a Part), or an object that the user gave. Its own thread calls
    `make`, which returns it.
    """
    for item in ready.listeners:
        if isinstance(item, Part):
            plugin, name = item.component.owner, item.component.name
            who = f"listener {name} of {plugin.distribution} {plugin.version}"
        else:
            name = type(item).__name__
            who = f"listener {name} of {type(item).__module__}"
        make = functools.partial(_make_listener, ready, item)
        events.add(who, make, RunFolder(ready.folder).log_file(f"listener {name}"))


def _make_listener(ready: PreparedRun, item: Part[ListenerSpec] | object) -> object:
    """Return the listener's object: an object that the user gave as it is, else what the component makes."""
    if not isinstance(item, Part):
        return item
    inputs = {"folder": ready.folder.resolve(), "suite": suite_values(ready)}
    return call(item, {name: inputs[name] for name in item.contract.inputs}, {})


def _run_trials(ready: PreparedRun, engine: Engine, todo: Todo, records: Mapping[str, Record]) -> None:
    """Compute all cells of trials that are due: first the features of real samples, which trials share.

    If a process dies in this first step, the trials get its work as `lost`, and none of them tries it again:
    the process would die again in each.
    """
    store = engine.store
    # Tokens are files in the results folder and the store. A worker that finds them shares these folders, and
    # sends no files back.
    with engine.keep_tokens():
        failures = engine.run(_make_reference_jobs(todo, store))
        # by the name of the work during which a process died; `work` is None if no artefact was in progress
        lost = {failure.work: (failure.status, failure.reason) for failure in failures if failure.work}
        jobs = [replace(_make_trial_job(ready, *item, records, store), lost=lost) for item in todo]
        engine.run([(job.trial.name, job) for job in jobs])


def _engine_settings(ready: PreparedRun, order: Order) -> EngineSettings:
    """Return the settings of the engine, which gives a run's jobs to the executor.

    Samples are kept also for comparisons, which need those of all trials on this machine.
    """
    return EngineSettings(
        executor=ready.executor,
        parts=ready.resolved.parts,
        folder=ready.folder,
        jobs=order.jobs,
        threads=order.threads,
        device=order.device,
        offline=order.offline,
        plugins=order.plugins,
        keep_samples=order.keep_samples or bool(ready.comparisons),
    )


def survey(order: Order, events: EventSource) -> list[tuple[Trial, int, int]]:
    """Return (trial, number of its cells, number of cells that a run would fill) for each trial of a run.

    order  the settings of the run

    Writes nothing except datasets to the store.
    """
    order = order.with_suite_plugins()
    store, _ = open_store()
    with _workplace(order, events) as workplace:
        ready = make_ready(order, workplace, store)
    check_sizes(ready.suite, ready.metrics_by_trial)
    records = _read_existing(ready, events, read_only=True) if ready.folder.is_dir() else {}
    todo = ready.list_due_trials(order, records, store)
    due = {trial.name: sum(len(task.cells) for task in tasks) for trial, tasks in todo}
    return [(trial, len(trial.cells), due.get(trial.name, 0)) for trial in ready.select_trials(order)]


def _read_existing(ready: PreparedRun, events: EventSource, *, read_only: bool = False) -> dict[str, Record]:
    """Return the existing records of a run's cells by key, and warn of damaged ones.

    read_only  leave damaged records in place; else they are moved to <run>/damaged/
    """

    def on_damage(path: Path) -> None:
        """Warn of a damaged record, and move it away if that is allowed."""
        if read_only:
            events.warn(f"the record {path} is damaged; a run puts it aside and makes it again")
        else:
            events.warn(f"a record was damaged; it is put aside as {put_aside(path)} and made again")

    try:
        return read_records(ready.folder, ready.cells, on_damage)
    except OSError as error:
        raise ResultsError(
            f"the records in {ready.folder} cannot be read: {error.strerror or error}; make them readable"
        ) from error


def _complete_traces(ready: PreparedRun, store: Store) -> None:
    """Write the missing traces (costs and training logs) of trials whose samples are in the store.

    The notes, the JSON that the store keeps beside the samples, contain them. Such a trial was not run in
    this folder: the store had its samples from another run, or under another id of the generator.
    """
    for trial in ready.trials:
        notes = store.notes(trial.sample_key)
        if notes is None or RunFolder(ready.folder).trace_file(trial.trace_key).exists():
            continue
        trace = replace(make_trace(trial), seconds=notes["seconds"], parameters=notes["parameters"])
        write_trace(ready.folder, replace(trace, history=tuple(notes["history"])))


def _workplace(order: Order, events: EventSource) -> Workplace:
    """Return the workplace of a run's jobs on this machine: the servers that fork their processes.

    order  the settings of the run
    """
    variables = job_variables(threads=order.threads, offline=order.offline)
    return Workplace(variables, [path.resolve() for path in order.plugins], events, PRELOAD)


def _open_folder(folder: Path) -> None:
    """Create the results folder, and remove temporary files that killed runs left there.

    Raises ResultsError unless files can be written in it.
    """
    try:
        run_folder = RunFolder(folder).create()
        for subfolder in run_folder.written_folders:
            check_writable(subfolder)  # whether a file can be written there
        run_folder.sweep()  # only files without a write for a day: another run may be at work here
    except OSError as error:
        reason = f"results cannot be written to {folder}: {error.strerror or error}"
        raise ResultsError(f"{reason}; choose another folder with --output") from error


def _write_plan(ready: PreparedRun, order: Order, store: Store) -> None:
    """Write run.json: the plan of the cells, and the provenance, such as versions and settings.

    A run writes it before the first trial, and again at its end, with the accuracies of extractors.
    """
    plan = Plan(
        cells=ready.cells,
        traces=tuple(trial.trace_key for trial in ready.trials),
        provenance=describe(ready, order, store),
    )
    write_plan(ready.folder, plan)


def _make_reference_jobs(todo: Todo, store: Store) -> list[tuple[str, PrepareReference]]:
    """Return (name, job) for each extractor on each dataset whose features of real samples the store lacks.

    These jobs run before the trials, so that trials that run at a time do not extract the same features. Jobs
    of one name get a number after the name.
    """
    # one job for each dataset and extractor; `sides` are the splits that any task needs and the store lacks
    job_by_key: dict[tuple[str, str], PrepareReference] = {}
    for trial, tasks in todo:
        for task in tasks:
            extractor = task.group.extractor
            if extractor is None:
                continue
            key = trial.dataset.part.name, digest(dict(task.extractor_key or {}))
            earlier_sides = job_by_key[key].sides if key in job_by_key else ()
            sides = tuple(dict.fromkeys((*earlier_sides, *_list_missing_sides(trial, task, store))))
            job_by_key[key] = PrepareReference(trial=trial, extractor=extractor, sides=sides, store=store)
    jobs = [(f"{dataset} {job.extractor.name}", job) for (dataset, _), job in job_by_key.items() if job.sides]
    # two extractors may have one name, with different options: their jobs need different names
    names = [name for name, _ in jobs]
    return [(f"{name} {i}" if names.count(name) > 1 else name, job) for i, (name, job) in enumerate(jobs)]


def _list_missing_sides(trial: Trial, task: Task, store: Store) -> list[str]:
    """Return the splits, of real, train and held_out, whose features a task needs and the store lacks.

    The job that computes them runs before all trials.
    """
    needed, extractor = set(task.group.metric.contract.sides), task.group.extractor
    # an extractor with inputs is fitted to data
    if extractor is not None and extractor.contract.inputs:
        if extractor.spec.load is None:
            return []  # each trial fits its own, and nothing is stored
        # so that the job fits it once for all trials, and notes its accuracy on real samples
        needed.add("real")
    splits = [side for side in SPLIT_OF if side in needed]
    return [side for side in splits if not _has_features(trial, task, side, store)]


def _has_features(trial: Trial, task: Task, side: str, store: Store) -> bool:
    """Return whether the store has the features of a split.

    side  "real", "train" or "held_out"

    Another fit of an extractor gives other features. So features of a fitted extractor count only if the
    store has the fitted extractor, and the features were computed with it.
    """
    extractor, key = task.group.extractor, task.extractor_key or {}
    fit = store.hash(key)  # "" if the store has no extractor of this key
    # an extractor with inputs is fitted to data
    if extractor is not None and extractor.contract.inputs and not fit:
        return False
    n = trial.n_real if side in CUT_SIDES else None
    features = features_key(key, split_id(trial.dataset.hash, SPLIT_OF[side], n), fit)
    return store.notes(features) is not None


def _make_trial_job(
    ready: PreparedRun, trial: Trial, tasks: tuple[Task, ...], records: Mapping[str, Record], store: Store
) -> RunTrial:
    """Return the job of a trial, or of a comparison of all generators.

    From the trial's earlier records, it gets the number of attempts at each cell, and the hashes of the
    samples (`known`), so that it can note if it draws other samples.
    """
    earlier = [records[cell.key] for cell in trial.cells if cell.key in records]
    # a control whose samples are real ones has no gallery, which shows people what a generator makes
    is_of_real_data = trial.generator.spec.control in OF_REAL_DATA
    kind: type[RunTrial] = RunComparison if isinstance(trial, BoardTrial) else RunTrial
    return kind(
        trial=trial, tasks=tasks, attempts={record.cell.key: record.attempt for record in earlier},
        folder=ready.folder.resolve(), store=store,
        known=frozenset(list_sample_hashes(trial, records)),
        gallery_bytes=0 if is_of_real_data else share_run_bytes(len(ready.trials)),
    )  # fmt: skip
