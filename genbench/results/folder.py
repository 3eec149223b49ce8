"""The folder of a run: the names of everything in it.

<run>/run.json              the plan: every cell, every signature in full, and provenance
<run>/records/<key>.json    one metric's outcome in one trial
<run>/traces/<key>.json     one trial's training history and cost
<run>/logs/<name>.log       what a job's process printed
<run>/samples/<name>/       the samples of a trial, where the run keeps them
<run>/damaged/              records and traces that were not as they had been written
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from genbench.files.sealed import sweep

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["PLAN", "RECORDS", "TRACES", "RunFolder"]

#: The names, within a run's folder, of its plan and of the folders of its sealed files.
PLAN, RECORDS, TRACES = "run.json", "records", "traces"
_LOGS, _SAMPLES, _DAMAGED = "logs", "samples", "damaged"


@dataclass(frozen=True)
class RunFolder:
    """The folder of a run, which lies at `path`."""

    path: Path

    @property
    def plan(self) -> Path:
        """The file of the run's plan."""
        return self.path / PLAN

    @property
    def records(self) -> Path:
        """The folder of its records."""
        return self.path / RECORDS

    @property
    def traces(self) -> Path:
        """The folder of its trials' traces."""
        return self.path / TRACES

    @property
    def logs(self) -> Path:
        """The folder of what its jobs print."""
        return self.path / _LOGS

    @property
    def samples(self) -> Path:
        """The folder of the samples that the run keeps."""
        return self.path / _SAMPLES

    @property
    def damaged(self) -> Path:
        """The folder of damaged records and traces."""
        return self.path / _DAMAGED

    def record(self, key: str) -> Path:
        """Return the file of the record of a cell."""
        return self.records / f"{key}.json"

    def trace(self, key: str) -> Path:
        """Return the file of the trace of a trial."""
        return self.traces / f"{key}.json"

    def log(self, name: str) -> Path:
        """Return the file of what the job `name` prints."""
        return self.logs / f"{name.replace(' ', '-')}.log"

    @property
    def written(self) -> tuple[Path, ...]:
        """The folders that a run writes to."""
        return self.records, self.traces, self.logs

    def create(self) -> RunFolder:
        """Make the folder and those that a run writes to, where they are missing; may raise OSError."""
        for folder in self.written:
            folder.mkdir(parents=True, exist_ok=True)
        return self

    def sweep(self) -> None:
        """Remove the drafts that killed runs left there long ago."""
        sweep([self.path, self.records, self.traces, self.samples])

    def damaged_files(self) -> set[str]:
        """Return the records and traces that were put aside, relative to the folder."""
        return {f"{_DAMAGED}/{path.name}" for path in self.damaged.glob("*.json")}
