"""What a finished run claims, trial by trial, and the jobs that compute it again.

A record is matched with a cell of today's plan by dataset, generator, seed and metric, whatever its key: code
and libraries may have changed since.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from genbench.trial.trial import RunTrial
from genbench.verification.rescoring import Rescore
from genbench.verification.verdicts import judge, unverifiable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from genbench.results.records import Cell, Record, Trace
    from genbench.store.store import Store
    from genbench.trial.plan import Task, Trial
    from genbench.verification.verdicts import Verdict

__all__ = ["Claim", "claims_of"]


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
