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
from genbench.core.samples import content_hash, digests
from genbench.files.process_settings import select_common_variables
from genbench.jobs.engine.runner import PRELOAD, run_job, run_trials
from genbench.jobs.isolation.workplace import Workplace
from genbench.results.folder import RunFolder
from genbench.results.galleries import read_folder
from genbench.results.records import read_records
from genbench.results.sketches import Sketch
from genbench.runs.kept_samples import find_kept_samples, has_other_samples
from genbench.runs.prepare import make_ready, prepare_again
from genbench.store.environment import thread_variables
from genbench.store.keys import MOST_DRAWN
from genbench.store.store import Store
from genbench.trial.comparisons import RunComparison
from genbench.trial.context import TrialContext
from genbench.trial.failures import clean_line
from genbench.trial.jobs import CheckDevice
from genbench.trial.trial import RunTrial
from genbench.verification.verdicts import judge, make_unverifiable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from genbench.contract.specs import GeneratorSpec
    from genbench.core.samples import Samples
    from genbench.results.cells import Cell
    from genbench.results.records import Record
    from genbench.runs.prepare import Order, PreparedRun
    from genbench.store.store import Artefact
    from genbench.suite.components import Part
    from genbench.trial.comparisons import BoardTrial
    from genbench.trial.plan import Task, Trial
    from genbench.verification.reference import VerificationRequest
    from genbench.verification.verdicts import Verdict

    Report = Callable[..., None]
    Jobs = list[tuple["Claim", RunTrial]]

__all__ = [
    "COMPARED", "NEEDS_HISTORY", "NEVER_CALLED", "Claim", "Recomputation", "Rescore", "choose_device_here",
    "is_never_called", "match_claims", "plan_here", "results_folder",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Claim:
    """The records of one trial, each with the cell under which it is recomputed.

    The key of this cell may differ from the record's, since another version of a plugin changes keys.

    largest  the largest absolute value that the run has of each metric on the trial's dataset
    """

    trial: Trial
    records: tuple[tuple[Record, Cell], ...]
    largest: Mapping[str, float] = field(default_factory=dict)

    @property
    def tasks(self) -> tuple[Task, ...]:
        """The tasks of the claim's trial that fill at least one of its cells; a task computes a metric."""
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

    def select(self, *, with_history: bool) -> Claim:
        """Return a claim with a part of the records of the trial.

        with_history  True: the records of metrics that take the training history; False: the other records
        """
        tasks = [task for task in self.trial.tasks if _takes_history(task) == with_history]
        keys = {cell.key for task in tasks for cell in task.cells.values()}
        return replace(self, records=tuple(pair for pair in self.records if pair[1].key in keys))

    def make_rescore(self, samples_path: Path, history: Iterable[Any], folder: Path, store: Store) -> Rescore:
        """Return the job that scores existing samples; each cell counts as new, without earlier attempts.

        samples_path  the folder of the samples
        history       the training history of their generator
        folder        the folder to which the job writes records
        """
        return Rescore(
            trial=self.trial, tasks=self.tasks, attempts={}, folder=folder, store=store,
            samples_path=samples_path, history=tuple(history),
        )  # fmt: skip

    def make_rerun(self, folder: Path, store: Store) -> RunTrial:
        """Return the job that reruns the trial from its seed, with cache hits in `store`.

        Each cell counts as new, without earlier attempts.
        """
        return RunTrial(trial=self.trial, tasks=self.tasks, attempts={}, folder=folder, store=store)

    def verdicts(self, recomputed: Mapping[str, Record], *, is_rerun: bool) -> list[Verdict]:
        """Return the verdict on each record of the claim, compared with the recomputed one.

        recomputed  records by the key of the cell under which they were recomputed
        is_rerun    True: the recomputation drew new samples; False: it read existing ones
        """
        new_records = [recomputed[cell.key] for cell in self.cells if cell.key in recomputed]
        completed = {record.cell.key: record for record in _add_missing_samples(new_records)}
        verdicts = []
        for record, cell in self.records:
            if cell.key in completed:
                # the larger this value, up to a limit, the larger a difference `judge` allows near zero
                largest = self.largest.get(cell.metric, math.inf)
                verdicts.append(judge(record, completed[cell.key], is_rerun=is_rerun, largest=largest))
            else:
                verdicts.append(make_unverifiable(record.cell, "its recomputation wrote no record"))
        return verdicts


def _add_missing_samples(records: Sequence[Record]) -> Iterator[Record]:
    """Yield records, each with the hash, the sketch and the copies of the samples that it is of.

    If a process died, its record lacks them. All records of a generator are of the same samples, so the
    first complete one has them.
    """
    complete = {record.cell.generator: record for record in reversed(records) if record.samples}
    for record in records:
        source = record if record.samples else complete.get(record.cell.generator, record)
        yield replace(record, samples=source.samples, sketch=source.sketch, copies=source.copies)


def _takes_history(task: Task) -> bool:
    """Return whether the metric of a task takes the training history."""
    return "history" in task.group.metric.contract.inputs


def match_claims(records: Iterable[Record], trials: Iterable[Trial]) -> list[Claim]:
    """Return a claim for each trial that has records, in the order of trials: pairs of a record and its cell.

    Records and cells are matched by their position on the board, since another version of a plugin changes
    the keys.
    """
    by_position = {record.cell.position: record for record in records}
    largest = _find_largest_values(by_position.values())
    claims = []
    for trial in trials:
        pairs = [(by_position[cell.position], cell) for cell in trial.cells if cell.position in by_position]
        if pairs:
            dataset = trial.dataset.part.name
            claims.append(Claim(trial=trial, records=tuple(pairs), largest=largest[dataset]))
    return claims


def _find_largest_values(records: Iterable[Record]) -> dict[str, dict[str, float]]:
    """Return the largest absolute value of each metric on each dataset, by dataset and then by metric.

    `judge` derives its tolerance near zero from it. A missing value counts as 0.
    """
    largest: dict[str, dict[str, float]] = {}
    for record in records:
        by_metric, metric = largest.setdefault(record.cell.dataset, {}), record.cell.metric
        by_metric[metric] = max(abs(record.value or 0.0), by_metric.get(metric, 0.0))
    return largest


#: The reason for which a number that needs a priced generator is unverifiable.
NEVER_CALLED = "its generator costs money or runs a program, so verify does not call it"

#: The reason for which a number that needs a training history is unverifiable without a rerun of its trial.
NEEDS_HISTORY = (
    "its metric takes the training history, which the run's traces claim and the store here lacks; only a "
    "rerun, --sample, computes it"
)


_NO_SAMPLES = "no samples: none beside the records (genbench run --keep-samples), none in the store here"
_OTHER_SAMPLES = (
    "no samples: those beside the records have other content, and the store here has none of theirs"
)
# Kinds of artefacts that the store lends: their hashes are in signatures and records, so they are compared.
_LENT_KINDS = ("data", "extractor", "sampler")


@dataclass(frozen=True)
class _LendingStore(Store):
    """A store that falls back to another one for datasets, fitted extractors and fitted generators.

    Features are not taken from the other store, so they are recomputed.
    """

    lender: Store

    def get(self, key: Mapping[str, Any]) -> Artefact | None:
        """Return the artefact of a key: the store's own, else the lender's.

        The lender is the store of this machine. It gives datasets and fits, whose hashes are compared with
        those in the records. Other artefacts, such as features, are recomputed.
        """
        return super().get(key) or (self.lender.get(key) if key["kind"] in _LENT_KINDS else None)

    def notes(self, key: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Return the notes of an artefact without reading its files: the store's own, else the lender's.

        The lender is the store of this machine. It gives datasets and fits, whose hashes are compared with
        those in the records. Other artefacts, such as features, are recomputed.
        """
        own_notes = super().notes(key)
        return self.lender.notes(key) if own_notes is None and key["kind"] in _LENT_KINDS else own_notes

    def files(self, key: Mapping[str, Any]) -> dict[str, str]:
        """Return the SHA-256 of each file of an artefact: the store's own, else the lender's.

        The lender is the store of this machine. It gives datasets and fits, whose hashes are compared with
        those in the records. Other artefacts, such as features, are recomputed.
        """
        return super().files(key) or (self.lender.files(key) if key["kind"] in _LENT_KINDS else {})


@dataclass(frozen=True, kw_only=True)
class Rescore(RunTrial):
    """The job that fills the cells of one trial from existing samples.

    samples_path  the folder of the samples
    history       the training log of the generator that made them, empty if no task takes it
    """

    samples_path: Path
    history: tuple[Any, ...]

    def make_context(self, report: Report) -> TrialContext:
        """Return the inputs of the trial's metrics, with the given samples in place of drawn ones."""
        return GivenContext(self.trial, self.store, report, self.samples_path, self.history, self.lost)


def is_never_called(generator: Part[GeneratorSpec]) -> bool:
    """Return whether verify never calls a generator, since each draw costs money or runs a program.

    Both kinds of generators declare `priced`.
    """
    return bool(generator.spec.priced)


class GivenContext(TrialContext):
    """A context that reads its fakes from a folder, and checks their space and number.

    past_history  the training log of the generator that made them
    lost          as in TrialContext
    """

    def __init__(
        self, trial: Trial, store: Store, report: Report, samples_path: Path,
        past_history: Iterable[Any] = (), lost: Mapping[str, tuple[str, str]] | None = None,
    ) -> None:  # fmt: skip
        """Prepare the inputs of a trial's metrics; the samples are read when a metric needs them.

        samples_path  the folder of the samples
        past_history  the steps of the training that the samples' generator logged
        lost          work during which a process died, and which is not tried again: name, status and reason
        """
        super().__init__(trial, store, report, lost)
        self.samples_path = samples_path
        self.history[:] = [dict(entry) for entry in past_history]

    def _read_draws(self) -> Samples:
        """Return the draws, read from files; raise Invalid if they are damaged or not of the dataset's space.

        A space is the form of the samples of a dataset, such as images of 8 x 8 pixels. The read also sets
        `samples_hash` and `sketch`, which the records contain.
        """
        try:
            fakes = read_folder(self.samples_path, math.inf)
        except Exception as error:  # numpy and json raise many types for damaged files
            raise Invalid(f"the samples cannot be read: {clean_line(str(error))}") from error
        # where n counts valid samples, any number up to the cap may have been drawn
        n = None if self.trial.counts_valid and len(fakes) <= MOST_DRAWN * self.trial.n else self.trial.n
        fakes = self.trial.dataset.modality.admit(fakes, self.trial.dataset.space, n)
        items = digests(fakes)
        self.samples_hash, self.sketch = content_hash(fakes, items=items), str(Sketch.of(fakes, items))
        return fakes

    @functools.cached_property
    def sampler(self) -> Any:
        """The fitted generator; raises Absent for one that costs money or runs a program.

        The training history stays that of the given samples, even if the generator is fitted again here.
        """
        if is_never_called(self.trial.generator):
            raise Absent(NEVER_CALLED)
        given_history = list(self.history)
        sampler = super().sampler
        self.history[:] = given_history  # a new fit has appended its own steps
        return sampler


def _open_workplace(request: VerificationRequest, order: Order, **variables: str) -> Workplace:
    """Return a workplace, which starts the jobs of an order, with additional environment variables."""
    common = select_common_variables(os.environ) | thread_variables(order.threads)
    return Workplace(common | variables, request.plugins, request.events, PRELOAD)


@contextlib.contextmanager
def plan_here(request: VerificationRequest, order: Order) -> Iterator[Recomputation]:
    """Give the recomputation of a run, planned again on this machine; its workplace is open in the block.

    order  the settings of the run; if this machine lacks their device, the CPU takes its place

    A workplace starts the jobs of a run. Raises SuiteError, PluginError or DataError if the run cannot be
    planned here.
    """
    with _open_workplace(request, order) as workplace:
        here = choose_device_here(order, workplace)
        # verification never calls priced generators, so their keys need no consent
        ready = make_ready(here, workplace, request.store, is_verification=True)
        yield Recomputation(request=request, workplace=workplace, order=here, ready=ready)


def choose_device_here(order: Order, workplace: Workplace) -> Order:
    """Return an order, the settings of a run; if this machine lacks its device, the device is the CPU."""
    if order.device == "cpu":
        return order
    try:  # a small job that uses the device
        run_job(workplace, f"device {order.device}", CheckDevice(device=order.device), Path(os.devnull))
    except GenbenchError:
        return replace(order, device="cpu")
    return order


#: The folder of recomputed comparisons, in the scratch folder of a verification.
COMPARED = "compared"


@dataclass(frozen=True, kw_only=True)
class _CompareAgain(RunComparison):
    """The job that fills the cells of a comparison from existing samples.

    samples_paths  the folder of each trial's samples, by the name of the trial
    """

    samples_paths: Mapping[str, Path]

    def make_trial_context(self, trial: Trial, report: Report) -> TrialContext:
        """Return the inputs of a trial's metrics, with the given samples in place of drawn ones.

        They have no training history, since a comparison takes none.
        """
        return GivenContext(trial, self.store, report, self.samples_paths[trial.name])


@dataclass(frozen=True, kw_only=True)
class Recomputation:
    """A run that is planned again on this machine, and the recomputation of its numbers there.

    Datasets, fitted extractors and fitted generators come from the store; features are recomputed.
    """

    request: VerificationRequest
    workplace: Workplace
    order: Order
    ready: PreparedRun

    @functools.cached_property
    def lending_store(self) -> Store:
        """An empty store for recomputations, which takes datasets and fits from the store of this machine."""
        store = _LendingStore(self.request.scratch / "lent", self.request.store)
        store.root.mkdir()
        return store

    @functools.cached_property
    def sample_keys(self) -> Mapping[str, Any]:
        """The keys of all samples in the store, by content hash.

        They are read only once, since the notes of all samples in the store have to be read for them.
        """
        return self.request.store.find("samples", "hash")

    def find_samples(self, claim: Claim) -> Path | None:
        """Return the folder of the samples behind a trial's records: the run's own, else in the store.

        Returns None if neither has them.
        """
        kept = find_kept_samples(self.request.folder, claim.trial, claim.samples)
        return kept or _find_in_store(self.request.store, claim, lambda: self.sample_keys)

    def rescore(self, claims: Sequence[Claim], rerun: Collection[str] = ()) -> list[Verdict]:
        """Return the verdicts on claims, recomputed from samples in the run's folder, else in the store.

        claims  each with the records of one trial
        rerun   names of the trials that are also rerun from their seeds

        Metrics get the training history that the store noted with the samples. Without one, the records of
        metrics that take it are unverifiable, or have no verdict here if their trial is rerun. Records that
        name missing samples are unverifiable. If no record of a trial names samples, the trial is run, unless
        its generator costs money or runs a program.
        """
        folder = results_folder(self.request, "stored")
        jobs: Jobs = []
        verdicts = []
        for claim in claims:
            samples_path = self.find_samples(claim)
            if samples_path is not None:
                subset = claim
                history = _read_history(self.request.store, claim)
                if history is None:
                    verdicts += _judge_without_history(claim, rerun)
                    subset = claim.select(with_history=False)
                if subset.records:
                    job = subset.make_rescore(samples_path, history or (), folder, self.lending_store)
                    jobs.append((subset, job))
            elif claim.samples:
                others = has_other_samples(self.request.folder, claim.trial)
                reason = _OTHER_SAMPLES if others else _NO_SAMPLES
                verdicts += [make_unverifiable(record.cell, reason) for record, _ in claim.records]
            elif is_never_called(claim.trial.generator):
                verdicts += [make_unverifiable(record.cell, NEVER_CALLED) for record, _ in claim.records]
            else:
                jobs.append((claim, claim.make_rerun(folder, self.lending_store)))
        return verdicts + _run_jobs(self.request, self.workplace, jobs, folder)

    def rerun(self, records: Iterable[Record], names: Collection[str]) -> list[Verdict]:
        """Return the verdicts on the records of some trials, which are run again from their seeds.

        records  all records of the run; those of other trials are ignored
        names    the names of the trials; if there are none, nothing runs

        The trials have an empty store and a workplace of their own, so nothing that was stored is reused.
        They are planned again, since their datasets are prepared in that store.
        """
        if not names:
            return []
        store, folder = Store(self.request.scratch / "fresh"), results_folder(self.request, "remade")
        store.root.mkdir()
        with _open_workplace(self.request, self.order, GENBENCH_STORE=str(store.root)) as workplace:
            ready = prepare_again(store, self.ready, self.order, workplace)
            claims = match_claims(records, [trial for trial in ready.trials if trial.name in names])
            jobs = [(claim, claim.make_rerun(folder, store)) for claim in claims]
            return _run_jobs(self.request, workplace, jobs, folder)

    def compare(
        self, comparisons: Iterable[BoardTrial], claims: Iterable[Claim]
    ) -> list[tuple[BoardTrial, Mapping[str, Record] | str]]:
        """Return (comparison, its records by key) for each comparison, computed from existing samples.

        A comparison is a metric that looks at the samples of all trials on a dataset at once. If the samples
        of a trial are missing, the name of that trial takes the place of the records.

        claims  the records of each of the run's trials; their hashes identify the samples

        The galleries of pairs are written to the folder `compared` of the scratch folder.
        """
        by_trial = {claim.trial.name: claim for claim in claims}
        folder = results_folder(self.request, COMPARED)
        jobs_or_names: list[tuple[BoardTrial, _CompareAgain | str]] = []
        for comparison in comparisons:
            trials = {trial.name: trial for group in comparison.trials.values() for trial in group}
            # a trial without records, whose samples no hash identifies, has a claim without any
            claimed = [by_trial.get(name, Claim(trial=trial, records=())) for name, trial in trials.items()]
            folders = {claim.trial.name: self.find_samples(claim) for claim in claimed}
            samples_paths = {name: path for name, path in folders.items() if path is not None}
            missing_name = next((name for name in folders if name not in samples_paths), "")
            job = _CompareAgain(
                trial=comparison, tasks=comparison.tasks, attempts={}, folder=folder,
                store=self.lending_store, samples_paths=samples_paths,
            )  # fmt: skip
            jobs_or_names.append((comparison, missing_name or job))  # "": no samples are missing
        jobs = [job for _, job in jobs_or_names if isinstance(job, _CompareAgain)]
        run_trials(self.workplace, jobs, self.request.jobs)
        return [
            (comparison, job if isinstance(job, str) else read_records(folder, comparison.cells))
            for comparison, job in jobs_or_names
        ]

    def judge_comparisons(self, claims: Iterable[Claim], records: Iterable[Record]) -> list[Verdict]:
        """Return the verdicts on the records of comparisons, recomputed from existing samples.

        A comparison is a metric that looks at the samples of all trials on a dataset at once.

        claims   the records of each of the run's trials; their hashes identify the samples
        records  all records of the run; those of comparisons are judged
        """
        by_name = {comparison.name: comparison for comparison in self.ready.comparisons}
        compared = match_claims(records, by_name.values())
        computed = self.compare([by_name[claim.trial.name] for claim in compared], claims)
        verdicts: list[Verdict] = []
        for claim, (_, recomputed) in zip(compared, computed, strict=True):
            if isinstance(recomputed, str):  # the name of a trial without samples
                reason = f"the samples of {recomputed} are not here"
                verdicts += [make_unverifiable(record.cell, reason) for record, _ in claim.records]
            else:
                verdicts += claim.verdicts(recomputed, is_rerun=False)
        return verdicts


def _read_history(store: Store, claim: Claim) -> Sequence[Any] | None:
    """Return the training history that the store noted when it stored a claim's samples, or None."""
    notes = store.notes(claim.trial.sample_key)
    return notes["history"] if notes is not None and notes["hash"] == claim.samples else None


def _judge_without_history(claim: Claim, rerun: Collection[str]) -> list[Verdict]:
    """Return "unverifiable" for the records of metrics that take a training history which is not known.

    A claim holds the records of one trial. Returns [] if the trial is among `rerun`, names of trials,
    since the rerun has a history of its own.
    """
    if claim.trial.name in rerun:
        return []
    # a rerun would give the history, except with a generator that verify never calls
    reason = NEVER_CALLED if is_never_called(claim.trial.generator) else NEEDS_HISTORY
    return [make_unverifiable(record.cell, reason) for record, _ in claim.select(with_history=True).records]


def _run_jobs(request: VerificationRequest, workplace: Workplace, jobs: Jobs, folder: Path) -> list[Verdict]:
    """Run the jobs, and return the verdicts on their claims from the records that they write to `folder`.

    jobs  pairs of a claim, the records of a trial, and the job that recomputes them

    The job is a Rescore if it reads existing samples; any other job draws them.
    """
    trials = [claim.trial for claim, _ in jobs]
    todo = [(claim.trial, claim.tasks) for claim, _ in jobs]
    request.events.start(request.folder.name, trials, todo, records={}, folder=folder)
    run_trials(workplace, [job for _, job in jobs], request.jobs)
    recomputed = read_records(folder, tuple(cell for claim, _ in jobs for cell in claim.cells))
    return [
        verdict
        for claim, job in jobs
        for verdict in claim.verdicts(recomputed, is_rerun=not isinstance(job, Rescore))
    ]


def results_folder(request: VerificationRequest, name: str) -> Path:
    """Return a new results folder of this name for recomputations, in the verification's scratch folder."""
    return RunFolder(request.scratch / name).create().path


def _find_in_store(store: Store, claim: Claim, read_keys: Callable[[], Mapping[str, Any]]) -> Path | None:
    """Return the folder of the samples in the store for a claim, the records of one trial; None without any.

    They are the samples with the content hash in the records; if the store lacks these, those under the
    trial's key, so that the verdicts report the difference. This key is looked up first, which is fast, since
    its samples usually have the hash.

    read_keys  returns the keys of the samples in the store by content hash; it is called only if needed,
               since it reads the notes of all samples
    """
    artefact = store.get(claim.trial.sample_key)
    if claim.samples and (artefact is None or artefact.notes["hash"] != claim.samples):
        key = read_keys().get(claim.samples)
        artefact = artefact if key is None else store.get(key)
    return None if artefact is None else artefact.folder
