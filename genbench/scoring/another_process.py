"""The comparison of an extractor with itself in another process."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from genbench.core.errors import DataError, Invalid, Undefined
from genbench.files.temporary import new_folder
from genbench.jobs.isolation.client import ForkServer, other_hashes
from genbench.trial.failures import BlameError, outcome_of
from genbench.trial.features import Features

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from genbench.contract.specs import ExtractorSpec
    from genbench.core.samples import Samples
    from genbench.store.keys import Settings
    from genbench.store.store import Store
    from genbench.suite.components import Part
    from genbench.trial.kept_features import FirstFew

__all__ = ["check_in_another_process"]


@dataclass(frozen=True)
class _Comparison:
    """The job of the other process."""

    extractor: Part[ExtractorSpec]
    few: FirstFew
    store: Store
    settings: Settings

    def run(self, report: Callable[..., None]) -> None:
        """Report why the features of a few samples are other ones here, "" if they are the same."""
        features = Features(self.store, self.settings, data_hash="", whole=_no_split, report=_silent)
        try:
            features.compare(self.extractor, self.few)
        except (BlameError, Undefined, Invalid) as failure:
            report(reason=outcome_of(failure)[1])
        else:
            report(reason="")


def check_in_another_process(
    extractor: Part[ExtractorSpec], few: FirstFew, store: Store, settings: Settings, plugins: Sequence[Path]
) -> None:
    """Raise DataError unless an extractor that is not fitted gives the same features in another process.

    few      samples with their features in this process
    plugins  files of plugins that are not installed
    """
    folder, job = new_folder(), _Comparison(extractor, few, store, settings)
    known: dict[str, object] = {}
    try:
        with (
            ForkServer(other_hashes(os.environ), plugins) as server,
            server.start(job, folder / "log.txt") as child,
        ):
            for event in child.events():
                known |= event
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    reason = known.get(
        "reason", f"{extractor.name}: the other process ended with exit status {known['exit']}"
    )
    if reason:
        raise DataError(f"save_stats: {reason}")


def _no_split(name: str) -> Samples | None:
    """Return no samples: an extractor that is not fitted takes none."""


def _silent(**event: object) -> None:
    """Discard an event."""
