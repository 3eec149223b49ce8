"""The jobs that come before trials: whether the device is there, datasets, and features of real samples."""

from __future__ import annotations

import contextlib
import pickle
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from genbench.core.errors import PluginError, Undefined
from genbench.suite.components import without_annotations
from genbench.trial.context import Workbench
from genbench.trial.devices import check_device, make_deterministic
from genbench.trial.failures import BlameError
from genbench.trial.sampling import Drawing, draw_portion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from genbench.contract.specs import DatasetSpec, ExtractorSpec, Spec
    from genbench.store.store import Store
    from genbench.suite.components import Part
    from genbench.trial.plan import Trial

    Report = Callable[..., None]

__all__ = ["CheckDevice", "DrawPortion", "FitSampler", "PrepareData", "PrepareReference", "check_sendable"]


def check_sendable(parts: Iterable[Part[Spec]]) -> None:
    """Raise PluginError, naming the component, for one whose `make` another process cannot find."""
    for part in parts:
        try:
            pickle.dumps(without_annotations(part))
        except Exception as error:  # pickle raises whatever the object's own methods raise
            raise PluginError(
                f"{part.component.kind} {part.component.reference}: make cannot be found from another "
                f"process; expected 'module:attribute' or a module's own function, no lambda or inner one"
            ) from error


class _Preparation(ABC):
    """A job in which one component is at work from its beginning to its end: the first of its `parts`."""

    @property
    @abstractmethod
    def parts(self) -> tuple[Part[Spec], ...]:
        """Return the components whose code may run in it."""

    def part_at(self, stage: str, task: int | None) -> Part[Spec] | None:  # noqa: ARG002 - it is the same at all stages
        """Return the component at work; None where torch alone is."""
        return next(iter(self.parts), None)


@dataclass(frozen=True, kw_only=True)
class PrepareData(_Preparation):
    """The job that stores a dataset's splits."""

    part: Part[DatasetSpec]
    store: Store

    @property
    def parts(self) -> tuple[Part[Spec], ...]:
        """The dataset."""
        return (self.part,)

    def run(self, report: Report) -> None:
        """Load, split and store the dataset; raises what its plugin raises."""
        from genbench.trial.datasets import prepare

        report(stage="load")
        prepare(self.part, self.store)


@dataclass(frozen=True, kw_only=True)
class CheckDevice(_Preparation):
    """The job that sees whether torch can compute on a device here."""

    device: str

    @property
    def parts(self) -> tuple[Part[Spec], ...]:
        """None."""
        return ()

    def run(self, report: Report) -> None:
        """Raise SuiteError, with what torch says of it, if it cannot."""
        report(stage="device")
        check_device(self.device)


@dataclass(frozen=True, kw_only=True)
class PrepareReference(_Preparation):
    """The job that fits an extractor and stores the features of a dataset's own samples.

    trial  any one on the dataset: no generator has a part in what is made here
    sides  the metric inputs that are wanted: real, train, held_out
    """

    trial: Trial
    extractor: Part[ExtractorSpec]
    sides: tuple[str, ...]
    store: Store

    @property
    def parts(self) -> tuple[Part[Spec], ...]:
        """The extractor, and the dataset that it is fitted to."""
        return (self.extractor, self.trial.dataset.part)

    def run(self, report: Report) -> None:
        """Store the features; what fails here fails again, and is recorded, in the trials that need it."""
        make_deterministic(self.trial.settings.device)
        bench = Workbench(self.trial, self.store, report)
        for side in self.sides:
            with contextlib.suppress(BlameError, Undefined):
                bench.features(self.extractor, side)


@dataclass(frozen=True, kw_only=True)
class FitSampler(_Preparation):
    """The job that fits a trial's generator and stores it, so that others may draw from it."""

    trial: Trial
    store: Store

    @property
    def parts(self) -> tuple[Part[Spec], ...]:
        """The generator, and the dataset that it is fitted to."""
        return (self.trial.generator, self.trial.dataset.part)

    def run(self, report: Report) -> None:
        """Fit and store it; what fails here fails again, and is recorded, in the trial."""
        make_deterministic(self.trial.settings.device)
        with contextlib.suppress(BlameError, Undefined):
            self.make(Workbench(self.trial, self.store, report))

    def make(self, bench: Workbench) -> None:
        """Do what the job is for."""
        _ = bench.sampler


@dataclass(frozen=True, kw_only=True)
class DrawPortion(FitSampler):
    """The job that draws numbered chunks of a trial's samples from the stored generator."""

    numbers: range

    def make(self, bench: Workbench) -> None:
        """Draw the chunks and store them."""
        if self.store.notes(self.trial.fit_key) is None:
            return  # it was fitted where this store is not seen
        sampler = bench.sampler
        bench.begin("sample")
        drawing = Drawing(trial=self.trial, sampler=sampler, note=bench.notices.note)
        draw_portion(drawing, self.numbers, self.store, bench.notices, bench.report)
