"""The jobs that come before trials: whether the device is there, datasets, and features of real samples."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from genbench.devices import check_device, make_deterministic
from genbench.errors import Undefined
from genbench.reasons import BlameError
from genbench.workbench import Workbench

if TYPE_CHECKING:
    from collections.abc import Callable

    from genbench.parts import Part
    from genbench.plan import Trial
    from genbench.store import Store

    Report = Callable[..., None]

__all__ = ["CheckDevice", "PrepareData", "PrepareReference"]


@dataclass(frozen=True, kw_only=True)
class PrepareData:
    """The job that stores a dataset's splits."""

    part: Part
    store: Store

    @property
    def parts(self) -> tuple[Part, ...]:
        """The dataset."""
        return (self.part,)

    def part_at(self, stage: str, task: int | None) -> Part:  # noqa: ARG002 - it is the same at all stages
        """Return the dataset."""
        return self.part

    def run(self, report: Report) -> None:
        """Load, split and store the dataset; raises what its plugin raises."""
        from genbench.data import prepare

        report(stage="load")
        prepare(self.part, self.store)


@dataclass(frozen=True, kw_only=True)
class CheckDevice:
    """The job that sees whether torch can compute on a device here."""

    device: str
    parts: tuple[Part, ...] = ()

    def part_at(self, stage: str, task: int | None) -> None:
        """Return None: torch alone is at work."""

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

    @property
    def parts(self) -> tuple[Part, ...]:
        """The extractor, and the dataset that it is fitted to."""
        return (self.extractor, self.trial.dataset.part)

    def part_at(self, stage: str, task: int | None) -> Part:  # noqa: ARG002 - it is the same at all stages
        """Return the extractor."""
        return self.extractor

    def run(self, report: Report) -> None:
        """Store the features; what fails here fails again, and is recorded, in the trials that need it."""
        make_deterministic(self.trial.settings.device)
        bench = Workbench(self.trial, self.store, report)
        for side in self.sides:
            with contextlib.suppress(BlameError, Undefined):
                bench.features(self.extractor, side)
