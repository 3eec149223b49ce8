"""The job of one trial: it writes each cell's record as soon as the score is known."""

from __future__ import annotations

import resource
import sys
import time
import traceback
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

from genbench.core.errors import Invalid, Undefined
from genbench.results.folder import report_write_errors
from genbench.results.galleries import keep_gallery, make_gallery
from genbench.results.records import Record, Trace, read_traces, write_record, write_trace
from genbench.store.environment import describe_machine, read_library_versions
from genbench.trial.computation import score_task
from genbench.trial.context import TrialContext
from genbench.trial.devices import make_deterministic
from genbench.trial.failures import BlameError, is_provisional, read_outcome
from genbench.trial.hashed_files import check_files_after, renew_identities

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from genbench.contract.specs import Spec
    from genbench.core.scores import Score
    from genbench.results.cells import Cell
    from genbench.store.store import Store
    from genbench.suite.components import Part
    from genbench.trial.plan import Task, Trial

    Report = Callable[..., None]

__all__ = ["RunTrial", "make_failed_records", "make_trace", "with_failure", "with_score"]


@dataclass(frozen=True, kw_only=True)
class RunTrial:
    """The job that fills the cells of one trial.

    tasks     the tasks to do
    attempts  number of earlier attempts, by the key of a cell
    lost      work during which a process died, by name, with status and reason: it is not tried again in
              this run, and everything that needs it fails the same way
    known     content hashes of the samples behind the trial's earlier records: if the generator now gives
              other samples, a notice records it
    gallery_bytes  the most bytes of samples that the trial's gallery may hold; 0: it has no gallery
    """

    trial: Trial
    tasks: tuple[Task, ...]
    attempts: Mapping[str, int]
    folder: Path
    store: Store
    lost: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    gallery_bytes: int = 0

    @property
    def parts(self) -> tuple[Part[Spec], ...]:
        """All components whose code may run in the job: its process gets their variables and libraries."""
        parts = [part for task in self.tasks for part in task.group.parts]
        return (self.trial.generator, self.trial.dataset.part, *parts)

    def find_running_part(self, stage: str, task: int | None) -> Part[Spec]:
        """Return the component that runs, whose limits apply: a task's metric or extractor, or the generator.

        task  the position of the running task; None before the first, len(self.tasks) after the last
        """
        if task is None or task >= len(self.tasks):  # the generator fits or draws, or the trace is written
            return self.trial.generator
        group = self.tasks[task].group
        if stage == "extract" and group.extractor is not None:
            return group.extractor
        # In other stages of a task, such as "fit", the generator runs: some metrics take its fitted sampler.
        return group.metric if stage == "score" else self.trial.generator

    def run(self, report: Report) -> None:
        """Write a record for every cell of every task, and the trial's trace: its training history and cost.

        First, the files of the generator are compared with their hashes in the keys. If one has changed,
        every record gets that failure.
        """
        make_deterministic(self.trial.settings.device)
        try:
            # raises BlameError for a file whose content is no longer that of its hash
            trial = self.trial.with_parts(renew_identities)
        except BlameError as failure:
            self._write_failure(self._make_drafts(self.tasks, self.make_context(report)), failure)
        else:
            replace(self, trial=trial).fill(report)

    def with_parts(self, change: Callable[[Part[Any]], Part[Any]]) -> Self:
        """Return the job with `change(part)` in place of its generator, metrics and extractors."""
        trial = self.trial.with_parts(change)
        return replace(self, trial=trial, tasks=tuple(task.with_parts(change) for task in self.tasks))

    def fill(self, report: Report) -> None:
        """Write the gallery, the records and the trace; `run` has checked the files of the generator before.

        If the samples cannot be drawn, every record gets that failure, and no trace is written. The gallery
        is written before the metrics run, since a metric may end the process. The hash of the draw is
        stored last, so that the store evicts the samples and their features before it.
        """
        context = self.make_context(report)
        try:
            with check_files_after(self.trial.generator):
                _ = context.draws  # reads or draws samples: if this fails, no cell has a value
            context.count_copies()
        except (BlameError, Undefined, Invalid) as failure:
            self._write_failure(self._make_drafts(self.tasks, context), failure)
            return
        # hashes of earlier draws at the same key: a generator that drew other samples is not reproducible
        if (self.known | context.find_earlier_draws()) - {context.samples_hash}:
            context.note_other_samples()
        self._keep_gallery(context)
        for number, task in enumerate(self.tasks):
            report(stage="score", task=number)
            self._score(task, context)
        report(stage="trace", task=len(self.tasks))
        self._write_trace(context)
        context.remember_draw()

    def make_context(self, report: Report) -> TrialContext:
        """Return the context that makes the inputs of the metrics.

        Work in `lost`, in which a process died, is not tried again.
        """
        return TrialContext(self.trial, self.store, report, self.lost)

    def _score(self, task: Task, context: TrialContext) -> None:
        """Compute a task, and write the record of each of its cells.

        First, the files of the metric and the extractor are compared with their hashes in the keys. The
        seconds of the score exclude those of feature extraction, which the trace counts as "extract".
        """
        # each task has notices of its own components, and its own counts of samples with features
        context.metric_notices.clear()
        context.valid.clear()
        context.takes_draws = task.group.metric.spec.takes_draws
        start = time.perf_counter()
        extract_before = context.seconds.get("extract", 0.0)
        try:
            task = task.with_parts(renew_identities)
            with check_files_after(self.trial.generator, *task.group.parts):
                scores = score_task(task, context)
        except (BlameError, Undefined, Invalid) as failure:
            self._write_failure(self._make_drafts((task,), context), failure)
            return
        seconds = time.perf_counter() - start - (context.seconds.get("extract", 0.0) - extract_before)
        context.seconds["score"] = context.seconds.get("score", 0.0) + seconds
        for (_, output), cell in task.cells.items():  # by generator and output; a trial has one generator
            record = self._make_draft(cell, task, context)
            write_record(self.folder, with_score(record, scores[output], seconds))

    def _make_drafts(self, tasks: Iterable[Task], context: TrialContext) -> list[Record]:
        """Return the records of all cells of the tasks, with all fields that are known before the outcome."""
        return [self._make_draft(cell, task, context) for task in tasks for cell in task.cells.values()]

    def _make_draft(self, cell: Cell, task: Task, context: TrialContext) -> Record:
        """Return a cell's record with all fields that are known before its outcome."""
        # notices of the dataset, of the generator, and of the task's metric and extractor
        notices = {*self.trial.dataset.notices, *context.notices, *context.metric_notices}
        extractor, sides = task.group.extractor, task.group.metric.contract.sides
        features, fit = ("", "") if extractor is None else context.feature_hashes(extractor)
        return replace(
            self.make_empty_record(cell),
            samples=context.samples_hash,
            sketch=context.sketch,
            copies=context.copies,
            fit=self.store.hash(self.trial.fit_key),
            features=features if "fake" in sides else "",  # the features of the fakes
            extractor_fit=fit,
            notices=tuple(sorted(notices, key=str)),
            valid=dict(context.valid),
            drawn=context.drawn[0],
            valid_drawn=context.drawn[1],
        )

    def make_empty_record(self, cell: Cell) -> Record:
        """Return a cell's record without an outcome: with its attempt, and this machine and its libraries.

        Its status is "missing" until the caller sets the outcome.
        """
        settings, attempt = self.trial.settings, self.attempts.get(cell.key, 0) + 1
        computer = describe_machine(settings.threads, settings.device) | _read_instructions()
        environment = {"libraries": read_library_versions(), "machine": computer}
        return Record(cell=cell, status="missing", attempt=attempt, environment=environment)

    def _write_failure(self, records: Iterable[Record], failure: BlameError | Undefined | Invalid) -> None:
        """Print the traceback to the job's log, and write the records with the outcome of the failure."""
        traceback.print_exception(failure, file=sys.stderr)
        for record in records:
            write_record(self.folder, with_failure(record, failure))

    def _keep_gallery(self, context: TrialContext) -> None:
        """Write a few of the samples, for people to look at, unless the job keeps no gallery."""
        if self.gallery_bytes:
            modality = self.trial.dataset.modality
            gallery = make_gallery(context.draws, context.samples_hash, self.gallery_bytes, modality)
            keep_gallery(self.folder, gallery)

    def _write_trace(self, context: TrialContext) -> None:
        """Write the trial's trace, with what earlier runs cost.

        A run computes only the scores that earlier runs lack, so its seconds of scoring are added to theirs.
        Seconds of other stages replace earlier ones.
        """
        with report_write_errors(self.folder):
            stored = read_traces(self.folder, (self.trial.trace_key,))
        old = stored[0] if stored else make_trace(self.trial)
        seconds = {**old.seconds, **context.seconds}
        seconds["score"] = old.seconds.get("score", 0.0) + context.seconds.get("score", 0.0)
        trace = replace(
            old,
            history=tuple(context.history),
            seconds=seconds,
            parameters=context.parameters,
            peak_bytes=max(old.peak_bytes, _read_peak_bytes()),
        )
        write_trace(self.folder, trace)


def make_trace(trial: Trial) -> Trace:
    """Return an empty trace of a trial, for its training history and cost."""
    return Trace(
        key=trial.trace_key, dataset=trial.dataset.part.name, generator=trial.generator.name, seed=trial.seed
    )


def make_failed_records(
    job: RunTrial, tasks: tuple[Task, ...], status: str, reason: str, extra: Mapping[str, Any]
) -> list[Record]:
    """Return a record for each cell of the tasks that were running when their process died.

    status, reason, extra  how the process died, as in Record; they are the same in all records
    """
    return [
        replace(job.make_empty_record(cell), status=status, reason=reason, extra=extra)
        for task in tasks
        for cell in task.cells.values()
    ]


def with_failure(record: Record, failure: BlameError | Undefined | Invalid) -> Record:
    """Return a record with the outcome of a failure.

    It is provisional if a requirement, such as a library, is missing: then a later run tries the cell again.
    """
    status, reason = read_outcome(failure)
    return replace(record, status=status, reason=reason, provisional=is_provisional(failure))


def with_score(record: Record, score: Score, seconds: float) -> Record:
    """Return a record with a score, which took this time to compute."""
    numbers = {**vars(score), "extra": dict(score.extra)}
    return replace(record, **numbers, status="ok", seconds=seconds)


def _read_instructions() -> dict[str, str]:
    """Return the instruction set that torch uses, if imported: the last bits of results depend on it."""
    torch = sys.modules.get("torch")
    return {} if torch is None else {"instructions": str(torch.backends.cpu.get_cpu_capability())}


def _read_peak_bytes() -> int:
    """Return the peak resident memory of this process, which Linux counts in KiB and macOS in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
