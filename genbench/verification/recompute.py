"""Recomputation of a finished run, from stored samples and from seeds."""

from __future__ import annotations

import contextlib
import functools
import math
import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench.core.errors import Absent, GenbenchError, Invalid
from genbench.core.samples import content_hash
from genbench.files.process_env import common_variables
from genbench.files.sample_files import read_samples
from genbench.jobs.engine.runner import PRELOAD, run_all, run_job, run_trial
from genbench.jobs.isolation.pool import Workplace
from genbench.results.folder import RunFolder
from genbench.results.records import read_records
from genbench.results.sketches import Sketch
from genbench.runs.prepare import make_ready
from genbench.runs.provenance import kept_samples
from genbench.store.environment import thread_variables
from genbench.store.store import Store
from genbench.trial.context import TrialContext
from genbench.trial.failures import plain_line
from genbench.trial.jobs import CheckDevice
from genbench.trial.trial import RunTrial
from genbench.verification.verdicts import judge, unverifiable, without_samples

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from genbench.contract.specs import GeneratorSpec
    from genbench.core.samples import Samples
    from genbench.results.cells import Cell
    from genbench.results.records import Record
    from genbench.runs.prepare import Order, PreparedRun
    from genbench.store.store import Artefact
    from genbench.suite.components import Part
    from genbench.trial.plan import Task, Trial
    from genbench.verification.reference import VerificationRequest
    from genbench.verification.verdicts import Verdict

    Report = Callable[..., None]
    Jobs = list[tuple["Claim", RunTrial]]

__all__ = [
    "LEFT_ALONE",
    "NEEDS_HISTORY",
    "Claim",
    "GivenContext",
    "Rescore",
    "claims_of",
    "given_samples",
    "is_left_alone",
    "lending_store",
    "on_a_device_here",
    "open_workplace",
    "plan_here",
    "remake",
    "rescore",
    "results_folder",
]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """The records of one trial, each with the cell under which it is recomputed.

    largest  the largest absolute value that the run has of each metric on the trial's dataset
    """

    trial: Trial
    records: tuple[tuple[Record, Cell], ...]
    largest: Mapping[str, float] = field(default_factory=dict)

    @property
    def tasks(self) -> tuple[Task, ...]:
        """The tasks of the trial that fill at least one of the cells."""
        keys = {cell.key for _, cell in self.records}
        return tuple(task for task in self.trial.tasks if keys & {cell.key for cell in task.cells.values()})

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cells under which the records are recomputed."""
        return tuple(cell for _, cell in self.records)

    @property
    def samples(self) -> str:
        """The content hash of the samples behind the records; "" if all were skipped before sampling."""
        return next((record.samples for record, _ in self.records if record.samples), "")

    def of_metrics(self, *, with_history: bool) -> Claim:
        """Return the claim of the metrics that take the training history, or of the others."""
        tasks = [task for task in self.trial.tasks if _takes_history(task) == with_history]
        keys = {cell.key for task in tasks for cell in task.cells.values()}
        return replace(self, records=tuple(pair for pair in self.records if pair[1].key in keys))

    def rescored(self, given: Path, history: Iterable[Any], folder: Path, store: Store) -> Rescore:
        """Return the job that scores the samples in `given`, with the training history of their generator."""
        return Rescore(
            trial=self.trial, tasks=self.tasks, attempts={}, folder=folder, store=store, given=given,
            history=tuple(history),
        )  # fmt: skip

    def remade(self, folder: Path, store: Store) -> RunTrial:
        """Return the job that reruns the trial from its seed, with cache hits in `store`."""
        return RunTrial(trial=self.trial, tasks=self.tasks, attempts={}, folder=folder, store=store)

    def verdicts(self, recomputed: Mapping[str, Record], *, is_rerun: bool) -> list[Verdict]:
        """Return the verdict on each record, compared with the recomputed record of its cell's key.

        is_rerun  whether the recomputation drew the samples
        """
        own = [recomputed[cell.key] for cell in self.cells if cell.key in recomputed]
        # A process that died wrote no hash of its samples, which are those of the trial.
        drawn = next((record for record in own if record.samples), None)
        known = {
            record.cell.key: record
            if record.samples or drawn is None
            else replace(record, samples=drawn.samples, sketch=drawn.sketch)
            for record in own
        }
        return [
            judge(record, known[cell.key], is_rerun=is_rerun, largest=self.largest.get(cell.metric, math.inf))
            if cell.key in known
            else unverifiable(record.cell, "its recomputation wrote no record")
            for record, cell in self.records
        ]


def _takes_history(task: Task) -> bool:
    return "history" in task.group.metric.contract.inputs


def claims_of(records: Iterable[Record], trials: Iterable[Trial]) -> list[Claim]:
    """Return the claims of the trials that records belong to, in their order."""
    by_position = {record.cell.position: record for record in records}
    largest: dict[str, dict[str, float]] = {}
    for record in by_position.values():
        known, metric = largest.setdefault(record.cell.dataset, {}), record.cell.metric
        known[metric] = max(abs(record.value or 0.0), known.get(metric, 0.0))
    claims = []
    for trial in trials:
        pairs = [(by_position[cell.position], cell) for cell in trial.cells if cell.position in by_position]
        if pairs:
            dataset = trial.dataset.part.name
            claims.append(Claim(trial=trial, records=tuple(pairs), largest=largest[dataset]))
    return claims


#: The reason for which a number that needs a priced generator is unverifiable.
LEFT_ALONE = "its generator costs money or runs a program, so verify does not call it"

#: The reason for which a number that needs a training history is unverifiable without a rerun of its trial.
NEEDS_HISTORY = (
    "its metric takes the training history, which the run's traces claim and the store here lacks; only a "
    "rerun, --sample, computes it"
)


_LENT = ("data", "extractor", "sampler")


@dataclass(frozen=True)
class _LendingStore(Store):
    """A store that falls back to another one for datasets, fitted extractors and fitted generators.

    Features are not taken from the other store, so they are recomputed.
    """

    lender: Store

    def get(self, key: Mapping[str, Any]) -> Artefact | None:
        """Return the artefact of a key: the store's own, else the lender's."""
        return super().get(key) or (self.lender.get(key) if key["kind"] in _LENT else None)

    def notes(self, key: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Return the notes of an artefact without reading its files."""
        own = super().notes(key)
        return self.lender.notes(key) if own is None and key["kind"] in _LENT else own

    def files(self, key: Mapping[str, Any]) -> dict[str, str]:
        """Return the SHA-256 of each file of an artefact."""
        return super().files(key) or (self.lender.files(key) if key["kind"] in _LENT else {})


@dataclass(frozen=True, kw_only=True)
class Rescore(RunTrial):
    """The job that fills the cells of one trial from existing samples.

    given    the folder of the samples
    history  the training log of the generator that made them, empty if no task takes it
    """

    given: Path
    history: tuple[Any, ...]

    def make_context(self, report: Report) -> TrialContext:
        """Return a context with these samples."""
        return GivenContext(self.trial, self.store, report, self.given, self.history, self.lost)


def is_left_alone(generator: Part[GeneratorSpec]) -> bool:
    """Return whether verify does not call a generator: it costs money, or runs a program."""
    return bool(generator.spec.priced)


class GivenContext(TrialContext):
    """A context that reads its fakes from the folder `given` and does not trust them.

    known  the training log of the generator that made them
    lost   as in TrialContext
    """

    def __init__(
        self, trial: Trial, store: Store, report: Report, given: Path, known: Iterable[Any] = (),
        lost: Mapping[str, tuple[str, str]] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(trial, store, report, lost)
        self.given = given
        self.history[:] = [dict(entry) for entry in known]

    @functools.cached_property
    def samples(self) -> Samples:
        """The fakes; raises Invalid if they cannot be read or are not samples of the dataset's space."""
        try:
            fakes = read_samples(self.given)
        except Exception as error:  # numpy and json raise many types for damaged files
            raise Invalid(f"the samples cannot be read: {plain_line(str(error))}") from error
        fakes = self.trial.dataset.modality.admit(fakes, self.trial.dataset.space, self.trial.n)
        self.samples_hash, self.sketch = content_hash(fakes), str(Sketch.of(fakes))
        return fakes

    @functools.cached_property
    def sampler(self) -> Any:
        """The fitted generator; raises Absent for one that verify does not call."""
        if is_left_alone(self.trial.generator):
            raise Absent(LEFT_ALONE)
        known = list(self.history)
        sampler = super().sampler
        self.history[:] = known  # to which another fit has appended
        return sampler


def open_workplace(request: VerificationRequest, order: Order, **variables: str) -> Workplace:
    """Return a workplace for the jobs of an order, with additional environment variables."""
    common = common_variables(os.environ) | thread_variables(order.threads)
    return Workplace(common | variables, request.plugins, request.events, PRELOAD)


@contextlib.contextmanager
def plan_here(
    request: VerificationRequest, order: Order, store: Store
) -> Iterator[tuple[Workplace, Order, PreparedRun]]:
    """Open a workplace and plan the trials of an order there, on the CPU if its device is not here."""
    with open_workplace(request, order) as workplace:
        here = on_a_device_here(order, workplace)
        yield workplace, here, make_ready(here, workplace, store, is_verification=True)


def on_a_device_here(order: Order, workplace: Workplace) -> Order:
    """Return the order as it is, or with the CPU as its device if this machine lacks the device."""
    if order.device == "cpu":
        return order
    try:
        run_job(workplace, f"device {order.device}", CheckDevice(device=order.device), Path(os.devnull))
    except GenbenchError:
        return replace(order, device="cpu")
    return order


def rescore(
    request: VerificationRequest,
    workplace: Workplace,
    claims: Sequence[Claim],
    store: Store,
    rerun: Collection[str] = (),
) -> list[Verdict]:
    """Return the verdicts on claims from their samples in the run's folder, else in the store.

    rerun  names of the trials that are also rerun from their seeds

    Datasets, fitted extractors and fitted generators come from the store; features are recomputed. A metric
    takes the training history that the store noted with these samples. Without one, its records are
    unverifiable, or have no verdict if their trial is rerun.
    """
    folder = results_folder(request, "stored")
    lending = lending_store(request, store)
    jobs: Jobs = []
    verdicts = []
    contents = functools.cache(lambda: store.find("samples", "hash"))
    for claim in claims:
        given = given_samples(request, store, claim, contents)
        if given is not None:
            history, rest = _history(store, claim), claim
            if history is None:
                verdicts += _without_history(claim, rerun)
                rest = claim.of_metrics(with_history=False)
            if rest.records:
                jobs.append((rest, rest.rescored(given, history or (), folder, lending)))
        elif claim.samples:
            verdicts += [without_samples(record) for record, _ in claim.records]
        elif is_left_alone(claim.trial.generator):
            verdicts += [unverifiable(record.cell, LEFT_ALONE) for record, _ in claim.records]
        else:
            jobs.append((claim, claim.remade(folder, lending)))
    return verdicts + _run(request, workplace, jobs, folder)


def _history(store: Store, claim: Claim) -> Sequence[Any] | None:
    """Return the training history that the store noted when it stored a claim's samples, or None."""
    notes = store.notes(claim.trial.sample_key)
    return notes["history"] if notes is not None and notes["hash"] == claim.samples else None


def _without_history(claim: Claim, rerun: Collection[str]) -> list[Verdict]:
    """Return the verdicts on the records of the metrics that take an unknown history."""
    if claim.trial.name in rerun:
        return []
    reason = LEFT_ALONE if is_left_alone(claim.trial.generator) else NEEDS_HISTORY
    return [unverifiable(record.cell, reason) for record, _ in claim.of_metrics(with_history=True).records]


def remake(
    request: VerificationRequest, workplace: Workplace, claims: Sequence[Claim], fresh: Store
) -> list[Verdict]:
    """Return the verdicts on claims whose trials are rerun from their seeds, in an empty store."""
    folder = results_folder(request, "remade")
    return _run(request, workplace, [(claim, claim.remade(folder, fresh)) for claim in claims], folder)


def _run(request: VerificationRequest, workplace: Workplace, jobs: Jobs, folder: Path) -> list[Verdict]:
    trials, todo = [claim.trial for claim, _ in jobs], [(claim.trial, claim.tasks) for claim, _ in jobs]
    request.events.start(request.folder.name, trials, todo, {}, folder)
    logs = [RunFolder(folder).log(str(number)) for number in range(len(jobs))]
    run_all(
        [functools.partial(run_trial, workplace, job, log) for (_, job), log in zip(jobs, logs, strict=True)],
        request.jobs,
    )
    recomputed = read_records(folder, tuple(cell for claim, _ in jobs for cell in claim.cells))
    return [
        verdict
        for claim, job in jobs
        for verdict in claim.verdicts(recomputed, is_rerun=not isinstance(job, Rescore))
    ]


def lending_store(request: VerificationRequest, store: Store) -> Store:
    """Return the store of recomputations, which takes datasets and what was fitted from another one."""
    lending = _LendingStore(request.scratch / "lent", store)
    lending.root.mkdir(exist_ok=True)
    return lending


def given_samples(
    request: VerificationRequest, store: Store, claim: Claim, contents: Callable[[], Mapping[str, Any]]
) -> Path | None:
    """Return the folder of a claim's samples: the run's own, else in the store, whose keys `contents` has."""
    return kept_samples(request.folder, claim.trial, claim.samples) or _find_stored(store, claim, contents)


def results_folder(request: VerificationRequest, name: str) -> Path:
    """Return a new results folder of this name for recomputations."""
    return RunFolder(request.scratch / name).create().path


def _find_stored(store: Store, claim: Claim, contents: Callable[[], Mapping[str, Any]]) -> Path | None:
    """Return the folder of a claim's samples in the store: under the trial's key, else by content hash."""
    artefact = store.get(claim.trial.sample_key)
    if claim.samples and (artefact is None or artefact.notes["hash"] != claim.samples):
        key = contents().get(claim.samples)
        artefact = artefact if key is None else store.get(key)
    return None if artefact is None else artefact.folder
