"""Recomputation of the comparisons of a finished run, from the samples of all its trials."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from genbench.engine.runner import run_all, run_comparison
from genbench.results.records import read_records
from genbench.trial.comparisons.job import RunComparison
from genbench.verification.recompute import (
    Claim,
    GivenBench,
    given_samples,
    lending_store,
    results_folder,
)
from genbench.verification.verdicts import judge, unverifiable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from genbench.isolation.pool import Workplace
    from genbench.results.records import Record
    from genbench.store.store import Store
    from genbench.trial.comparisons.plan import PlannedComparison
    from genbench.trial.context import TrialContext
    from genbench.trial.plan import Trial
    from genbench.verification.reference import VerificationRequest
    from genbench.verification.verdicts import Verdict

    Report = Callable[..., None]

__all__ = ["recompare"]


@dataclass(frozen=True, kw_only=True)
class _CompareAgain(RunComparison):
    """The job that fills the cells of a comparison from existing samples.

    given  the folder of the samples of each trial, by its name
    """

    given: Mapping[str, Path]

    def bench(self, trial: Trial, report: Report) -> TrialContext:
        """Return a workbench with these samples."""
        return GivenBench(trial, self.store, report, self.given[trial.name])


def recompare(
    request: VerificationRequest,
    workplace: Workplace,
    comparisons: Iterable[PlannedComparison],
    claims: Sequence[Claim],
    records: Iterable[Record],
    store: Store,
) -> list[Verdict]:
    """Return the verdicts on the records of comparisons, recomputed from stored samples.

    claims  those of the run's trials, whose records say which samples they had
    """
    by_position = {record.cell.position: record for record in records if record.cell.seed is None}
    by_trial = {claim.trial.name: claim for claim in claims}
    contents = functools.cache(lambda: store.find("samples", "hash"))
    folder, lending = results_folder(request, "compared"), lending_store(request, store)
    verdicts: list[Verdict] = []
    jobs = []
    for comparison in comparisons:
        own = [
            by_position[cell.position] for cell in comparison.cells.values() if cell.position in by_position
        ]
        trials = [trial for each in comparison.trials.values() for trial in each]
        found = {
            trial.name: given_samples(
                request, store, by_trial.get(trial.name, Claim(trial=trial, records=())), contents
            )
            for trial in trials
        }
        given = {name: path for name, path in found.items() if path is not None}
        if len(given) == len(found):
            job = _CompareAgain(comparison=comparison, attempts={}, folder=folder, store=lending, given=given)
            jobs.append((job, own))
        else:
            lacking = next(name for name in found if name not in given)
            verdicts += [
                unverifiable(record.cell, f"the samples of {lacking} are not here") for record in own
            ]
    run_all([functools.partial(run_comparison, workplace, job) for job, _ in jobs], request.jobs)
    return verdicts + [verdict for job, own in jobs for verdict in _verdicts(job, own)]


def _verdicts(job: RunComparison, own: Sequence[Record]) -> list[Verdict]:
    """Return the verdicts on the records of a comparison that was computed again."""
    cells = {cell.position: cell for cell in job.comparison.cells.values()}
    recomputed = read_records(job.folder, tuple(cells.values()))
    largest: dict[str, float] = {}
    for record in own:
        metric = record.cell.metric
        largest[metric] = max(abs(record.value or 0.0), largest.get(metric, 0.0))
    return [
        judge(record, recomputed[key], is_rerun=False, largest=largest.get(record.cell.metric, math.inf))
        if (key := cells[record.cell.position].key) in recomputed
        else unverifiable(record.cell, "its recomputation wrote no record")
        for record in own
    ]
