"""Recomputation of the comparisons of a finished run, from the samples of all its trials."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from genbench.jobs.engine.runner import run_all, run_trial
from genbench.results.folder import RunFolder
from genbench.results.records import read_records
from genbench.trial.comparisons import RunComparison
from genbench.verification.recompute import (
    Claim,
    GivenContext,
    given_samples,
    lending_store,
    results_folder,
)
from genbench.verification.verdicts import judge, unverifiable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from genbench.jobs.isolation.pool import Workplace
    from genbench.results.records import Record
    from genbench.store.store import Store
    from genbench.trial.comparisons import BoardTrial
    from genbench.trial.context import TrialContext
    from genbench.trial.plan import Trial
    from genbench.verification.reference import VerificationRequest
    from genbench.verification.verdicts import Verdict

    Report = Callable[..., None]

__all__ = ["COMPARED", "compare_again", "recompare"]

#: The folder of recomputed comparisons, in the scratch folder of a verification.
COMPARED = "compared"


@dataclass(frozen=True, kw_only=True)
class _CompareAgain(RunComparison):
    """The job that fills the cells of a comparison from existing samples.

    given  the folder of the samples of each trial, by its name
    """

    given: Mapping[str, Path]

    def context(self, trial: Trial, report: Report) -> TrialContext:
        """Return a context with these samples."""
        return GivenContext(trial, self.store, report, self.given[trial.name])


def compare_again(
    request: VerificationRequest,
    workplace: Workplace,
    comparisons: Iterable[BoardTrial],
    claims: Iterable[Claim],
    store: Store,
) -> list[tuple[BoardTrial, Mapping[str, Record] | str]]:
    """Return comparisons with their records by key, computed from existing samples.

    claims  those of the run's trials, whose records say which samples they had

    A comparison that lacks the samples of a trial has the name of that trial in place of its records. The
    galleries of pairs are in the folder `compared` of the scratch folder.
    """
    by_trial = {claim.trial.name: claim for claim in claims}
    contents = functools.cache(lambda: store.find("samples", "hash"))
    folder, lending = results_folder(request, COMPARED), lending_store(request, store)
    found: list[tuple[BoardTrial, _CompareAgain | str]] = []
    for comparison in comparisons:
        trials = [trial for each in comparison.trials.values() for trial in each]
        places = {
            trial.name: given_samples(
                request, store, by_trial.get(trial.name, Claim(trial=trial, records=())), contents
            )
            for trial in trials
        }
        given = {name: path for name, path in places.items() if path is not None}
        lacking = next((name for name in places if name not in given), "")
        job = _CompareAgain(
            trial=comparison, tasks=comparison.tasks, attempts={}, folder=folder, store=lending, given=given
        )
        found.append((comparison, lacking or job))
    jobs = [job for _, job in found if isinstance(job, _CompareAgain)]
    logs = [RunFolder(folder).log(job.trial.name) for job in jobs]
    pairs = zip(jobs, logs, strict=True)
    run_all([functools.partial(run_trial, workplace, job, log) for job, log in pairs], request.jobs)
    return [
        (comparison, job if isinstance(job, str) else read_records(folder, comparison.cells))
        for comparison, job in found
    ]


def recompare(
    request: VerificationRequest,
    workplace: Workplace,
    comparisons: Iterable[BoardTrial],
    claims: Sequence[Claim],
    records: Iterable[Record],
    store: Store,
) -> list[Verdict]:
    """Return the verdicts on the records of comparisons, recomputed from stored samples.

    claims  those of the run's trials, whose records say which samples they had
    """
    by_position = {record.cell.position: record for record in records if record.cell.seed is None}
    verdicts: list[Verdict] = []
    for comparison, recomputed in compare_again(request, workplace, comparisons, claims, store):
        positions = [cell.position for cell in comparison.cells]
        own = [by_position[position] for position in positions if position in by_position]
        if isinstance(recomputed, str):
            reason = f"the samples of {recomputed} are not here"
            verdicts += [unverifiable(record.cell, reason) for record in own]
        else:
            verdicts += _verdicts(comparison, recomputed, own)
    return verdicts


def _verdicts(
    comparison: BoardTrial, recomputed: Mapping[str, Record], own: Sequence[Record]
) -> list[Verdict]:
    """Return the verdicts on the records of a comparison that was computed again."""
    cells = {cell.position: cell for cell in comparison.cells}
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
