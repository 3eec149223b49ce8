"""Galleries of trials that a run did not execute: the store may still have their samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genbench.files.sample_files import read_samples
from genbench.results.folder import report_write_errors
from genbench.results.galleries import OF_REAL_DATA, gallery_of, has_gallery, keep_gallery, share_of_trial
from genbench.store.cache import opened

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from genbench.results.records import Record
    from genbench.store.store import Store
    from genbench.trial.plan import Trial

__all__ = ["complete_galleries"]


def complete_galleries(
    folder: Path, trials: Sequence[Trial], records: Mapping[str, Record], store: Store
) -> None:
    """Write the missing and damaged galleries of trials whose samples are in the store.

    The samples must be those of the records, and not another draw. Controls whose samples are real ones have
    no gallery. Raises ResultsError if one cannot be written.
    """
    for trial in trials:
        if trial.generator.spec.control in OF_REAL_DATA:
            continue
        found = (records[cell.key] for cell in trial.cells if cell.key in records)
        draws = {record.samples for record in found if record.samples}
        draw = (store.notes(trial.sample_key) or {}).get("hash", "")
        if draw not in draws or has_gallery(folder, draw):
            continue
        samples = opened(store.get(trial.sample_key), read_samples)
        if samples is not None:
            few = gallery_of(samples, draw, share_of_trial(len(trials)), trial.dataset.modality)
            with report_write_errors(folder):
                keep_gallery(folder, few)
