"""The jobs that run before trials: the device check, datasets, and features of real samples."""

from __future__ import annotations

import contextlib
import pickle
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from genbench.core.errors import PluginError, Undefined
from genbench.suite.components import drop_option_annotations
from genbench.trial.calling import make_log
from genbench.trial.context import TrialContext
from genbench.trial.devices import check_device, make_deterministic
from genbench.trial.failures import BlameError
from genbench.trial.hashed_files import renew_identities

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from genbench.catalog.modalities import Modality
    from genbench.contract.specs import DatasetSpec, ExtractorSpec, Spec
    from genbench.store.store import Store
    from genbench.suite.components import Part
    from genbench.trial.plan import Trial

    Report = Callable[..., None]

__all__ = ["CheckDevice", "PrepareData", "PrepareReference", "check_sendable"]


def check_sendable(parts: Iterable[Part[Spec]]) -> None:
    """Raise PluginError, naming the component, if another process cannot import its `make`."""
    for part in parts:
        try:
            # jobs are sent without the annotations of options, which may not be picklable
            pickle.dumps(drop_option_annotations(part))
        except Exception as error:  # pickling calls methods of the component, which may raise any error
            raise PluginError(
                f"{part.contract.who}: make cannot be found from another "
                f"process; expected 'module:attribute' or a module's own function, no lambda or inner one"
            ) from error


class _Preparation(ABC):
    """A job in which one component works at all stages: the first of its `parts`.

    The others, such as the dataset that an extractor is fitted to, only give it data.
    """

    @property
    @abstractmethod
    def parts(self) -> tuple[Part[Spec], ...]:
        """Return the components whose code may run in the job."""

    def find_running_part(self, stage: str, task: int | None) -> Part[Spec] | None:  # noqa: ARG002 - it is the same at all stages
        """Return the component whose limits of time and memory apply; None if only genbench's code runs."""
        return next(iter(self.parts), None)


@dataclass(frozen=True, kw_only=True)
class PrepareData(_Preparation):
    """The job that stores a dataset's splits."""

    part: Part[DatasetSpec]
    store: Store
    modalities: tuple[Modality, ...]

    @property
    def parts(self) -> tuple[Part[Spec], ...]:
        """The dataset."""
        return (self.part,)

    def run(self, report: Report) -> None:
        """Load, split and store the dataset; errors of its plugin pass through."""
        from genbench.trial.datasets import prepare

        report(stage="load")
        prepare(self.part, self.store, self.modalities, make_log(report))


@dataclass(frozen=True, kw_only=True)
class CheckDevice(_Preparation):
    """The job that checks whether torch can use a device."""

    device: str

    parts: ClassVar[tuple[Part[Spec], ...]] = ()  # only torch runs

    def run(self, report: Report) -> None:
        """Raise SuiteError with torch's message if torch cannot use the device."""
        report(stage="device")
        check_device(self.device)


@dataclass(frozen=True, kw_only=True)
class PrepareReference(_Preparation):
    """The job that fits an extractor and stores the features of a dataset's own samples.

    trial  any trial on the dataset; its generator does not matter
    sides  the required metric inputs: real, train, held_out
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
        """Store the features of each side; if they cannot be computed, go on with the next side.

        The trials that need these features try to compute them too, fail as well, and record the failure.
        """
        make_deterministic(self.trial.settings.device)
        context = TrialContext(self.trial, self.store, report)
        for side in self.sides:
            with contextlib.suppress(BlameError, Undefined):
                # the extractor's files may have changed since they were hashed for the plan, and the key of
                # the features contains their hashes
                context.features(renew_identities(self.extractor), side)

    def with_parts(self, change: Callable[[Part[Any]], Part[Any]]) -> PrepareReference:
        """Return the job with `change(part)` in place of its generator and of its extractor.

        On another machine, `change` replaces the paths of a component's files by their paths there. The
        dataset keeps its paths, since the job reads the dataset's samples from the store.
        """
        return replace(self, trial=self.trial.with_parts(change), extractor=change(self.extractor))
