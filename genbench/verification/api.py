"""`genbench.verify`: checks a run's files and recomputes its scores."""

from __future__ import annotations

import os
import random
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from genbench.core.errors import DataError, PluginError, SuiteError
from genbench.results.folder import RECORDS
from genbench.runs.events import EventSource
from genbench.runs.prepare import FINAL, make_ready, ready_in
from genbench.store.environment import cores
from genbench.store.store import Store, open_store
from genbench.suite.key_consent import check_allowed
from genbench.verification.files import inspect_run
from genbench.verification.recompute import (
    VerificationRequest,
    claims_of,
    is_left_alone,
    on_a_device_here,
    open_workplace,
    order_of,
    remake,
    rescore,
)
from genbench.verification.verdicts import unverifiable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genbench.results.records import Record
    from genbench.results.results import Results
    from genbench.runs.prepare import Order, PreparedRun
    from genbench.verification.files import FileFault
    from genbench.verification.verdicts import Verdict

__all__ = ["Verification", "verify"]

_HELP = "--suite FILE sets the folder of relative paths, --plugin FILE loads a plugin that is not installed"
_CONFIRMED = ("reproduced", "within tolerance")


@dataclass(frozen=True, kw_only=True)
class Verification:
    """The result of verifying a run.

    faults  damaged, changed or missing files
    stored  verdicts from stored samples, one a cell that is ok, skipped or without a record
    remade  verdicts on the records of the trials that were rerun from their seeds
    trials  names of the rerun trials, sorted
    failed  number of cells whose record is a failure; they are not verified
    """

    faults: tuple[FileFault, ...]
    stored: tuple[Verdict, ...] = ()
    remade: tuple[Verdict, ...] = ()
    trials: tuple[str, ...] = ()
    failed: int = 0

    @property
    def is_confirmed(self) -> bool:
        """Whether all files are intact and every number was reproduced, exactly or within tolerance."""
        return not self.faults and all(
            verdict.outcome in _CONFIRMED for verdict in (*self.stored, *self.remade)
        )


def verify(
    folder: str | Path,
    *,
    sample: int = 0,
    suite: str | Path | None = None,
    plugins: Sequence[str | Path] = (),
    allow_keys: Sequence[str] = (),
    jobs: int | None = None,
    listener: object | None = None,
) -> Verification:
    """Compare a run's files with its records, and its records with recomputed scores.

    sample   number of trials, chosen at random, to rerun from their seeds with an empty store
    suite    the suite's file: its folder resolves relative paths; the suite itself comes from run.json
    plugins  files of plugins that are not installed
    allow_keys  environment variables that the run's suite may send to a server, as NAME@HOST
    jobs     trials at a time; None: one a core
    listener  an object with methods for events of a run; None: warnings become Python's

    The folder is not changed. Raises DataError if it holds no run, and SuiteError for invalid arguments.
    """
    if sample < 0:
        raise SuiteError(f"sample: expected at least 0, got {sample}")
    check_allowed(allow_keys)
    if suite is not None and not Path(suite).is_file():
        raise SuiteError(
            f"--suite {suite}: no such file; expected that of a suite, which sets the folder of paths"
        )
    with tempfile.TemporaryDirectory(prefix="genbench-verify-") as scratch:
        return _verification(
            VerificationRequest(
                folder=Path(os.path.realpath(folder)),
                home=Path.cwd() if suite is None else Path(suite).resolve().parent,
                scratch=Path(scratch),
                sample=sample,
                plugins=tuple(Path(path).resolve() for path in plugins),
                allow_keys=tuple(allow_keys),
                jobs=cores() if jobs is None else jobs,
                events=EventSource(listener),
            )
        )


def _verification(request: VerificationRequest) -> Verification:
    results, faults = inspect_run(request.folder)
    if results is None:
        return Verification(faults=faults)
    damaged = {fault.file for fault in faults}
    absent = [
        unverifiable(
            cell, "its record is damaged" if f"{RECORDS}/{cell.key}.json" in damaged else "no record"
        )
        for cell in results.plan.cells
        if cell.key not in results.records
    ]
    final = [record for record in results.records.values() if record.status in FINAL]
    stored, remade, trials = _recomputed(request, results, final) if final else ([], [], [])
    return Verification(
        faults=faults,
        stored=_sorted([*absent, *stored]),
        remade=_sorted(remade),
        trials=tuple(trials),
        failed=len(results.records) - len(final),
    )


def _recomputed(
    request: VerificationRequest, results: Results, records: Sequence[Record]
) -> tuple[list[Verdict], list[Verdict], list[str]]:
    """Return the verdicts from stored samples, the verdicts from seeds, and the names of the rerun trials."""
    try:
        order = order_of(request, results.plan)
        store, warning = open_store()
        if warning is not None:
            request.events.warn(warning)
        with open_workplace(request, order) as workplace:
            order = on_a_device_here(order, workplace)
            ready = make_ready(order, workplace, store, is_verification=True)
            claims, others = claims_of(records, ready.trials)
            askable = [claim for claim in claims if not is_left_alone(claim.trial.generator)]
            chosen = random.SystemRandom().sample(askable, min(request.sample, len(askable)))
            stored = rescore(request, workplace, claims, results, store)
    except (SuiteError, PluginError, DataError) as error:
        return [unverifiable(record.cell, f"{error}; {_HELP}") for record in records], [], []
    stored += [unverifiable(record.cell, "no such cell in the suite of run.json here") for record in others]
    names = sorted(claim.trial.name for claim in chosen)
    return stored, _remade(request, order, ready, records, names), names


def _remade(
    request: VerificationRequest,
    order: Order,
    ready: PreparedRun,
    records: Sequence[Record],
    names: Sequence[str],
) -> list[Verdict]:
    """Return the verdicts on the trials of these names, rerun with an empty store."""
    if not names:
        return []
    fresh = Store(request.scratch / "fresh")
    fresh.root.mkdir()
    with open_workplace(request, order, GENBENCH_STORE=str(fresh.root)) as workplace:
        again = ready_in(fresh, ready, order, workplace)
        claims, _ = claims_of(records, [trial for trial in again.trials if trial.name in names])
        return remake(request, workplace, claims, fresh)


def _sorted(verdicts: Sequence[Verdict]) -> tuple[Verdict, ...]:
    def order(verdict: Verdict) -> tuple[str, str, int, str]:
        cell = verdict.cell
        return cell.dataset, cell.generator, cell.seed, cell.metric

    return tuple(sorted(verdicts, key=order))
