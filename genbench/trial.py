"""One trial in its own process: every cell becomes a record on disk as soon as it is known."""

from __future__ import annotations

import contextlib
import resource
import sys
import time
import traceback
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from genbench.devices import check_device
from genbench.environment import libraries, machine
from genbench.errors import Invalid, ResultsError, Undefined
from genbench.plan import is_unchanged
from genbench.reasons import BlameError, is_provisional, outcome_of
from genbench.records import Record, Trace, read_traces, write_record, write_trace
from genbench.scoring import score_task
from genbench.workbench import Workbench

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from genbench.parts import Part
    from genbench.plan import Task, Trial
    from genbench.records import Cell
    from genbench.scores import Score
    from genbench.store import Store

    Report = Callable[..., None]

__all__ = ["CheckDevice", "PrepareData", "PrepareReference", "RunTrial", "blank_trace", "failed_records"]


@dataclass(frozen=True, kw_only=True)
class PrepareData:
    """The job that stores a dataset's splits."""

    part: Part
    store: Store

    def run(self, report: Report) -> None:
        """Load, split and store the dataset; raises what its plugin raises."""
        from genbench.data import prepare

        report(stage="load")
        prepare(self.part, self.store)


@dataclass(frozen=True, kw_only=True)
class CheckDevice:
    """The job that sees whether torch can compute on a device here."""

    device: str

    def run(self, report: Report) -> None:
        """Raise SuiteError, with what torch says of it, if it cannot."""
        report(stage="device")
        check_device(self.device)


@dataclass(frozen=True, kw_only=True)
class PrepareReference:
    """The job that fits an extractor and stores the features of a dataset's own samples.

    trial  any one on the dataset: no generator has a part in what is made here
    sides  the metric inputs that are wanted: real, train, held_out
    """

    trial: Trial
    extractor: Part
    sides: tuple[str, ...]
    store: Store

    def run(self, report: Report) -> None:
        """Store the features; what fails here fails again, and is recorded, in the trials that need it."""
        _make_deterministic(self.trial.settings.device)
        bench = Workbench(self.trial, self.store, report)
        for side in self.sides:
            with contextlib.suppress(BlameError, Undefined):
                bench.features(self.extractor, side)


@dataclass(frozen=True, kw_only=True)
class RunTrial:
    """The job that fills the cells of one trial.

    tasks     what is still to be done
    attempts  by the key of a cell: how often it was tried before
    """

    trial: Trial
    tasks: tuple[Task, ...]
    attempts: Mapping[str, int]
    folder: Path
    store: Store

    def run(self, report: Report) -> None:
        """Write a record for every cell of every task, and the trial's trace."""
        _make_deterministic(self.trial.settings.device)
        bench = Workbench(self.trial, self.store, report)
        try:
            if not is_unchanged(self.trial, self.tasks):
                raise Invalid("the code of a plugin changed during the run; run the command again")
            _ = bench.samples
        except (BlameError, Undefined, Invalid) as failure:
            self._write_failure(self.tasks, failure)
            return
        for number, task in enumerate(self.tasks):
            report(stage="score", task=number)
            self._score(task, bench)
        report(stage="trace", task=len(self.tasks))
        self._write_trace(bench)

    def _score(self, task: Task, bench: Workbench) -> None:
        start = time.perf_counter()
        extracted = bench.seconds.get("extract", 0.0)
        try:
            scores = score_task(task, bench)
        except (BlameError, Undefined, Invalid) as failure:
            self._write_failure((task,), failure)
            return
        seconds = time.perf_counter() - start - (bench.seconds.get("extract", 0.0) - extracted)
        bench.seconds["score"] = bench.seconds.get("score", 0.0) + seconds
        for output, cell in task.cells.items():
            self._write(_scored(_blank(cell, self), scores[output], seconds, bench.samples_hash))

    def _write_failure(self, tasks: tuple[Task, ...], failure: BlameError | Undefined | Invalid) -> None:
        traceback.print_exception(failure, file=sys.stderr)
        status, reason = outcome_of(failure)
        later = is_provisional(failure)
        for task in tasks:
            for cell in task.cells.values():
                self._write(replace(_blank(cell, self), status=status, reason=reason, provisional=later))

    def _write(self, record: Record) -> None:
        with _results_in(self.folder):
            write_record(self.folder, record)

    def _write_trace(self, bench: Workbench) -> None:
        """Write what the trial cost; what an earlier run of it cost is added."""
        known = read_traces(self.folder, (self.trial.trace_key,))
        old = known[0] if known else blank_trace(self.trial)
        seconds = {**old.seconds, **bench.seconds}
        seconds["score"] = old.seconds.get("score", 0.0) + bench.seconds.get("score", 0.0)
        trace = replace(
            old,
            history=tuple(bench.history),
            seconds=seconds,
            parameters=bench.parameters,
            peak_bytes=max(old.peak_bytes, _peak_bytes()),
        )
        with _results_in(self.folder):
            write_trace(self.folder, trace)


def blank_trace(trial: Trial) -> Trace:
    """Return the trace of a trial of which nothing is known yet."""
    return Trace(
        key=trial.trace_key, dataset=trial.dataset.part.name, generator=trial.generator.name, seed=trial.seed
    )


@contextlib.contextmanager
def _results_in(folder: Path) -> Iterator[None]:
    """Turn a failure to write into a ResultsError that names the folder."""
    try:
        yield
    except OSError as error:
        raise ResultsError(f"{folder} cannot be written: {error.strerror or error}") from error


def failed_records(job: RunTrial, tasks: tuple[Task, ...], status: str, reason: str) -> list[Record]:
    """Return the records of tasks that were in flight when their process died."""
    return [
        replace(_blank(cell, job), status=status, reason=reason)
        for task in tasks
        for cell in task.cells.values()
    ]


def _blank(cell: Cell, job: RunTrial) -> Record:
    """Return a cell's record with all but its outcome."""
    settings = job.trial.settings
    computer = machine(settings.threads, settings.device) | {"instructions": _instructions()}
    environment = {"libraries": libraries(), "machine": computer}
    return Record(
        cell=cell, status="missing", attempt=job.attempts.get(cell.key, 0) + 1, environment=environment
    )


def _scored(record: Record, score: Score, seconds: float, samples: str) -> Record:
    return replace(
        record,
        status="ok",
        value=score.value,
        low=score.low,
        high=score.high,
        extra=dict(score.extra),
        seconds=seconds,
        samples=samples,
    )


def _instructions() -> str:
    """Return the instruction set that torch computes with here; it decides bits, as threads do."""
    import torch

    return str(torch.backends.cpu.get_cpu_capability())


def _make_deterministic(device: str) -> None:
    """Ask torch for the kernels of a GPU that give the same bits again, where there are such."""
    if not device.startswith("cpu"):
        import torch

        torch.use_deterministic_algorithms(True, warn_only=True)


def _peak_bytes() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
