"""A finished run computed again: from the samples that are at hand, and from seeds."""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench.core.errors import Absent, GenbenchError, Invalid, SuiteError
from genbench.core.samples import check, content_hash
from genbench.engine.runner import PRELOAD, run_all, run_job, run_trial
from genbench.files.process_env import common_variables
from genbench.files.sample_files import read_samples
from genbench.isolation.pool import Workplace
from genbench.results.folder import RunFolder
from genbench.results.records import read_records
from genbench.runs.prepare import Order
from genbench.runs.provenance import kept_samples
from genbench.store.environment import thread_variables
from genbench.store.store import Store
from genbench.suite.file import parse_suite
from genbench.trial.context import Workbench
from genbench.trial.failures import plain_line
from genbench.trial.jobs import CheckDevice
from genbench.trial.trial import RunTrial
from genbench.verification.verdicts import judge, unverifiable, without_samples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from genbench.contract.specs import GeneratorSpec
    from genbench.core.samples import Samples
    from genbench.isolation.pool import Listener
    from genbench.results.records import Cell, Plan, Record, Trace
    from genbench.results.results import Results
    from genbench.store.store import Artefact
    from genbench.suite.components import Part
    from genbench.trial.plan import Task, Trial
    from genbench.verification.verdicts import Verdict

    Report = Callable[..., None]
    Jobs = list[tuple["Claim", RunTrial]]

__all__ = [
    "LEFT_ALONE",
    "Claim",
    "LendingStore",
    "Rescore",
    "VerificationRequest",
    "claims_of",
    "is_left_alone",
    "on_a_device_here",
    "open_workplace",
    "order_of",
    "remake",
    "rescore",
]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """The records of one trial, each with the cell as which it is computed again."""

    trial: Trial
    records: tuple[tuple[Record, Cell], ...]

    @property
    def tasks(self) -> tuple[Task, ...]:
        """Those of the trial's tasks that fill one of the cells."""
        keys = {cell.key for _, cell in self.records}
        return tuple(task for task in self.trial.tasks if keys & {cell.key for cell in task.cells.values()})

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cells as which the records are computed again."""
        return tuple(cell for _, cell in self.records)

    @property
    def samples(self) -> str:
        """The hash of the samples that the records are of, "" if they were skipped before there were any."""
        return next((record.samples for record, _ in self.records if record.samples), "")

    def rescored(self, given: Path, traces: Iterable[Trace], folder: Path, store: Store) -> Rescore:
        """Return the job that scores the samples in `given`, with the training history of the run's trace."""
        mine = self.trial.dataset.part.name, self.trial.generator.name, self.trial.seed
        found = [t.history for t in traces if (t.dataset, t.generator, t.seed) == mine]
        return Rescore(
            trial=self.trial, tasks=self.tasks, attempts={}, folder=folder, store=store, given=given,
            history=found[0] if found else (),
        )  # fmt: skip

    def remade(self, folder: Path, store: Store) -> RunTrial:
        """Return the job that makes everything from the seed, but for what the store holds."""
        return RunTrial(trial=self.trial, tasks=self.tasks, attempts={}, folder=folder, store=store)

    def verdicts(self, found: Mapping[str, Record]) -> list[Verdict]:
        """Return the verdict on each record, held against what was found by the keys of the cells here."""
        data_hash = self.trial.dataset.hash
        return [
            judge(record, found[cell.key], data_hash=data_hash)
            if cell.key in found
            else unverifiable(record.cell, "its computation left nothing behind")
            for record, cell in self.records
        ]


def claims_of(records: Iterable[Record], trials: Iterable[Trial]) -> tuple[list[Claim], list[Record]]:
    """Return the claims on trials, in their order, and the records that belong to none of them."""
    wanted = {_place(record.cell): record for record in records}
    claims = []
    for trial in trials:
        pairs = [(wanted.pop(_place(cell)), cell) for cell in trial.cells if _place(cell) in wanted]
        if pairs:
            claims.append(Claim(trial=trial, records=tuple(pairs)))
    return claims, list(wanted.values())


def _place(cell: Cell) -> tuple[str, str, int, str]:
    return cell.dataset, cell.generator, cell.seed, cell.metric


#: Why a number is not verified that needs such a generator.
LEFT_ALONE = "its generator costs more than time or runs a program, and is not asked only to verify"


_LENT = ("data", "extractor", "sampler")


@dataclass(frozen=True)
class LendingStore(Store):
    """A store of its own that takes datasets, fitted extractors and fitted generators from another.

    Features are never taken from there, so whoever computes with it computes them anew.
    """

    lender: Store

    def get(self, key: Mapping[str, Any]) -> Artefact | None:
        """Return the artefact of a key; one that is lent only if there is no own one."""
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
    """The job that fills the cells of one trial from samples that are at hand.

    given    the folder that holds them
    history  what the generator logged when they were made
    """

    given: Path
    history: tuple[Any, ...]

    def bench(self, report: Report) -> Workbench:
        """Return a workbench with these samples."""
        return _GivenBench(self, report)


def is_left_alone(generator: Part[GeneratorSpec]) -> bool:
    """Return whether a generator is not asked only to verify: it costs money, or runs what a suite names."""
    return bool(generator.spec.priced)


class _GivenBench(Workbench):
    """A workbench whose fakes lie in a folder, `given`, and need not be what they are said to be."""

    def __init__(self, job: Rescore, report: Report) -> None:
        super().__init__(job.trial, job.store, report, job.lost)
        self.given = job.given
        self.history[:] = [dict(entry) for entry in job.history]

    @functools.cached_property
    def samples(self) -> Samples:
        """The fakes; raises Invalid if they cannot be read, or are not samples of the dataset's space."""
        try:
            fakes = read_samples(self.given)
        except Exception as error:  # whatever numpy and json raise of files that are not what they seem
            raise Invalid(f"the samples cannot be read: {plain_line(str(error))}") from error
        check(fakes, self.trial.dataset.space, self.trial.n)
        self.samples_hash = content_hash(fakes)
        return fakes

    @functools.cached_property
    def sampler(self) -> Any:
        """The fitted generator; raises Absent for one that is left alone."""
        if is_left_alone(self.trial.generator):
            raise Absent(LEFT_ALONE)
        return super().sampler


@dataclass(frozen=True, kw_only=True)
class VerificationRequest:
    """What is to be verified, and how.

    folder   the run's, a whole path: trials run in folders of their own
    home     what relative paths in its suite are relative to
    scratch  an empty folder, which nobody needs later
    sample   how many trials are made again from their seeds
    jobs     trials at a time
    """

    folder: Path
    home: Path
    scratch: Path
    sample: int
    plugins: Sequence[Path]
    jobs: int
    listener: Listener


def order_of(asked: VerificationRequest, plan: Plan) -> Order:
    """Return the order that a run's plan came from; raise SuiteError if its provenance does not say."""
    said = plan.provenance
    if "merged" in said:
        raise SuiteError("its run.json is of several runs, merged; verify each of these by itself")
    try:
        suite = parse_suite(said["suite"], file="the suite in run.json", folder=asked.home)
        return Order(
            suite=suite.with_changes(seeds=said["seeds"], n=said["n"]),
            generators=said.get("instead", ()),
            threads=said["machine"]["threads"],
            device=said["machine"]["device"],
            plugins=asked.plugins,
            jobs=asked.jobs,
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise SuiteError(f"its run.json does not say how it was made ({error!r})") from error


def open_workplace(asked: VerificationRequest, order: Order, **variables: str) -> Workplace:
    """Return a workplace for the jobs of an order, with environment variables of its own."""
    common = common_variables(os.environ) | thread_variables(order.threads)
    return Workplace(common | variables, asked.plugins, asked.listener, PRELOAD)


def on_a_device_here(order: Order, place: Workplace) -> Order:
    """Return an order with the CPU as its device if there is no other such here."""
    if order.device == "cpu":
        return order
    try:
        run_job(place, f"device {order.device}", CheckDevice(device=order.device), Path(os.devnull))
    except GenbenchError:
        return replace(order, device="cpu")
    return order


def rescore(
    asked: VerificationRequest, place: Workplace, claims: Sequence[Claim], results: Results, store: Store
) -> list[Verdict]:
    """Return the verdicts on claims whose samples lie in the run's folder, or else in the store.

    Datasets, fitted extractors and fitted generators are taken from the store, features are made anew.
    """
    folder = _results_folder(asked, "stored")
    lending = LendingStore(asked.scratch / "lent", store)
    lending.root.mkdir()
    jobs: Jobs = []
    verdicts = []
    contents = functools.cache(lambda: store.find("samples", "hash"))
    for claim in claims:
        given = _kept(asked.folder, claim) or _stored(store, claim, contents)
        if given is not None:
            jobs.append((claim, claim.rescored(given, results.traces, folder, lending)))
        elif claim.samples:
            data_hash = claim.trial.dataset.hash
            verdicts += [without_samples(record, data_hash=data_hash) for record, _ in claim.records]
        elif is_left_alone(claim.trial.generator):
            verdicts += [unverifiable(record.cell, LEFT_ALONE) for record, _ in claim.records]
        else:
            jobs.append((claim, claim.remade(folder, lending)))
    return verdicts + _run(asked, place, jobs, folder)


def remake(
    asked: VerificationRequest, place: Workplace, claims: Sequence[Claim], fresh: Store
) -> list[Verdict]:
    """Return the verdicts on claims whose trials are made again from their seeds, in an empty store."""
    folder = _results_folder(asked, "remade")
    return _run(asked, place, [(claim, claim.remade(folder, fresh)) for claim in claims], folder)


def _run(asked: VerificationRequest, place: Workplace, jobs: Jobs, folder: Path) -> list[Verdict]:
    asked.listener.planned(len(jobs), len(jobs))
    logs = [RunFolder(folder).log(str(number)) for number in range(len(jobs))]
    run_all(
        [functools.partial(run_trial, place, job, log) for (_, job), log in zip(jobs, logs, strict=True)],
        asked.jobs,
    )
    found = read_records(folder, tuple(cell for claim, _ in jobs for cell in claim.cells))
    return [verdict for claim, _ in jobs for verdict in claim.verdicts(found)]


def _results_folder(asked: VerificationRequest, name: str) -> Path:
    return RunFolder(asked.scratch / name).create().path


def _kept(folder: Path, claim: Claim) -> Path | None:
    """Return the folder of a claim's samples beside the records; those of the right content if there are."""
    found = kept_samples(folder, claim.trial)
    return next((path for path in found[:-1] if _hash(path) == claim.samples), found[-1]) if found else None


def _stored(store: Store, claim: Claim, contents: Callable[[], Mapping[str, Any]]) -> Path | None:
    """Return the folder of a claim's samples in the store: under today's key, else by their content."""
    artefact = store.get(claim.trial.sample_key)
    if claim.samples and (artefact is None or artefact.notes["hash"] != claim.samples):
        key = contents().get(claim.samples)
        artefact = artefact if key is None else store.get(key)
    return None if artefact is None else artefact.folder


def _hash(folder: Path) -> str:
    """Return the content hash of samples that may not be samples at all; "" then."""
    try:
        return content_hash(read_samples(folder))
    except Exception:  # whatever numpy and json raise of files that are not what they seem
        return ""
