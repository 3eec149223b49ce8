"""The job of one comparison: it reads all samples from the store and writes a record for each generator."""

from __future__ import annotations

import functools
import sys
import time
import traceback
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from genbench.core.canonical_json import digest
from genbench.core.errors import Absent, Invalid, Undefined
from genbench.results.found_galleries import pairs_draw
from genbench.results.galleries import OF_REAL_DATA, gallery_of, keep_gallery, share_of_trial
from genbench.results.records import write_record
from genbench.results.slots import MOST_SHOWN
from genbench.results.vote_extras import vote_extra
from genbench.trial.comparisons.computation import compare
from genbench.trial.comparisons.pooled import Pooled
from genbench.trial.context import TrialContext
from genbench.trial.devices import make_deterministic
from genbench.trial.failures import BlameError, is_provisional, outcome_of
from genbench.trial.hashed_files import refreshed, unchanged_files
from genbench.trial.trial import blank, results_in, scored

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from genbench.contract.specs import Spec
    from genbench.core.extracted import ValidCount
    from genbench.core.samples import Samples
    from genbench.results.cells import Cell
    from genbench.results.records import Record
    from genbench.store.store import Store
    from genbench.suite.components import Part
    from genbench.trial.comparisons.plan import PlannedComparison
    from genbench.trial.plan import Trial

    Report = Callable[..., None]
    Benches = Mapping[str, Sequence[TrialContext]]
    Failure = BlameError | Undefined | Invalid

__all__ = ["RunComparison"]


@dataclass(frozen=True, kw_only=True)
class RunComparison:
    """The job that fills the cells of one comparison.

    attempts  number of earlier attempts, by the key of a cell
    """

    comparison: PlannedComparison
    attempts: Mapping[str, int]
    folder: Path
    store: Store

    @property
    def parts(self) -> tuple[Part[Spec], ...]:
        """The metric, its extractor, and the dataset."""
        return (*self._working, self.comparison.any_trial.dataset.part)

    @property
    def _working(self) -> tuple[Part[Spec], ...]:
        group = self.comparison.group
        return (group.metric,) if group.extractor is None else (group.metric, group.extractor)

    def part_at(self, stage: str, task: int | None) -> Part[Spec]:  # noqa: ARG002 - there is one task
        """Return the extractor while it works, else the metric."""
        return self._working[-1 if stage == "extract" else 0]

    def bench(self, trial: Trial, report: Report) -> TrialContext:
        """Return the workbench with the stored samples of a trial."""
        return _StoredBench(trial, self.store, report)

    def run(self, report: Report) -> None:
        """Write a record for every cell."""
        make_deterministic(self.comparison.any_trial.settings.device)
        benches = {
            name: [self.bench(trial, report) for trial in trials]
            for name, trials in self.comparison.trials.items()
        }
        report(stage="score", task=0)
        try:
            job = replace(self, comparison=self.comparison.with_parts(refreshed))
            job.fill(benches)
        except (BlameError, Undefined, Invalid) as failure:
            traceback.print_exception(failure, file=sys.stderr)
            for (generator, _), cell in self.comparison.cells.items():
                self._write(_failed(self._begun(cell, benches[generator]), failure))
        report(stage="done", task=1)

    def fill(self, benches: Benches) -> None:
        """Write the records of a comparison whose files have their present identities."""
        comparison = self.comparison
        valid: dict[str, dict[str, ValidCount]] = {}
        pooled = {name: Pooled(own) for name, own in benches.items()}
        first = next(iter(benches.values()))[0]
        start = time.perf_counter()
        with unchanged_files(*self._working):
            found = compare(
                comparison.group,
                pooled,
                data_hash=first.trial.dataset.hash,
                device=first.trial.settings.device,
                note=first.used.note,
                valid=valid,
            )
        seconds = time.perf_counter() - start
        records: list[Record] = []
        for (generator, output), cell in comparison.cells.items():
            outcome = found[generator]
            record = replace(self._begun(cell, benches[generator], first), valid=valid[generator])
            if isinstance(outcome, Undefined):
                self._write(_failed(record, outcome))
            else:
                records.append(scored(record, outcome[output], seconds))
                self._write(records[-1])
        self._keep_pairs(records, pooled)

    def _keep_pairs(self, records: Sequence[Record], pooled: Mapping[str, Pooled]) -> None:
        """Keep the samples of the pairs that scores name in their extra, but no real ones."""
        numbers: dict[tuple[str, str], list[int]] = {}
        for record in records:
            for pair in vote_extra(record.extra).pairs:
                for name, number in (pair.first, pair.second):
                    known = numbers.setdefault((record.cell.metric, name), [])
                    if number not in known and len(known) < MOST_SHOWN:
                        known.append(number)
        modality, share = self.comparison.any_trial.dataset.modality, share_of_trial(len(records))
        for record in records:
            chosen = numbers.get((record.cell.metric, record.cell.generator), ())
            samples = pooled[record.cell.generator].side("fake")
            own = [number for number in chosen if number < len(samples)]
            if own and record.samples and record.cell.control not in OF_REAL_DATA:
                with results_in(self.folder):
                    keep_gallery(self.folder, gallery_of(samples, pairs_draw(record), share, modality, own))

    def write_loss(self, status: str, reason: str) -> None:
        """Write the records of a comparison whose process died."""
        settings = self.comparison.any_trial.settings
        for cell in self.comparison.cells.values():
            self._write(replace(blank(cell, self.attempts, settings), status=status, reason=reason))

    def _begun(self, cell: Cell, own: Sequence[TrialContext], *others: TrialContext) -> Record:
        """Return a cell's record with all fields that are known before its outcome."""
        trial = own[0].trial
        notices = {*trial.dataset.notices}.union(*(bench.notices for bench in own))
        notices = notices.union(*(bench.used for bench in (*own, *others)))
        hashes = [bench.samples_hash for bench in own]
        return replace(
            blank(cell, self.attempts, trial.settings),
            samples=digest(hashes) if all(hashes) else "",
            notices=tuple(sorted(notices, key=str)),
        )

    def _write(self, record: Record) -> None:
        with results_in(self.folder):
            write_record(self.folder, record)


class _StoredBench(TrialContext):
    """A workbench that takes its fakes from the store, and draws none."""

    @functools.cached_property
    def samples(self) -> Samples:
        """The fakes; raises Absent if the store lacks them, since the trial failed."""
        if self.store.notes(self.trial.sample_key) is None:
            raise Absent(f"{self.trial.generator.name} has no samples at seed {self.trial.seed}")
        return super().samples


def _failed(record: Record, failure: Failure) -> Record:
    status, reason = outcome_of(failure)
    return replace(record, status=status, reason=reason, provisional=is_provisional(failure))
