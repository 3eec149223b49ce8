"""Samples that a run keeps in its folder: whole ones on request, and galleries of a few of them."""

from __future__ import annotations

import functools
import math
import shutil
from typing import TYPE_CHECKING

from genbench.core.canonical_json import digest
from genbench.core.samples import content_hash
from genbench.files.sample_files import read_samples
from genbench.files.sealed import delete, write_folder
from genbench.results.folder import RunFolder, report_write_errors
from genbench.results.galleries import (
    OF_REAL_DATA,
    has_gallery,
    keep_gallery,
    make_gallery,
    read_folder,
    share_run_bytes,
)
from genbench.store.cache import read_artefact

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from genbench.results.records import Record
    from genbench.store.store import Artefact, Store
    from genbench.trial.plan import Trial

__all__ = [
    "complete_galleries", "find_kept_samples", "has_other_samples", "keep_samples", "list_sample_hashes",
]  # fmt: skip

_DIGITS = 12  # of the hash of a sample key, in the name of a folder: 48 bits tell the draws of a trial apart
_GONE = "are no longer in the store"
_OTHER_DRAW = "in the store are not those of its records"


def list_sample_hashes(trial: Trial, records: Mapping[str, Record]) -> set[str]:
    """Return the content hashes of the samples from which a trial's records were computed.

    These samples are the trial's own draw; the same trial, run again elsewhere, may draw others.
    """
    trial_records = (records[cell.key] for cell in trial.cells if cell.key in records)
    return {record.samples for record in trial_records if record.samples}


def complete_galleries(
    folder: Path, trials: Sequence[Trial], records: Mapping[str, Record], store: Store
) -> None:
    """Write the missing and damaged galleries of trials whose samples are in the store.

    A gallery: a few samples of a trial for people to look at. The store may have other samples than those
    from which the records were computed; then nothing is written. Controls whose samples are real ones have
    no gallery. Raises ResultsError if one cannot be written.
    """
    for trial in trials:
        if trial.generator.spec.control in OF_REAL_DATA:
            continue
        # the content hash of the samples; "" if the store has none, and no record has this hash
        content = (store.notes(trial.sample_key) or {}).get("hash", "")
        if content not in list_sample_hashes(trial, records) or has_gallery(folder, content):
            continue
        samples = read_artefact(store.get(trial.sample_key), read_samples)
        if samples is not None:
            # all galleries of a run share a limited number of bytes
            gallery = make_gallery(samples, content, share_run_bytes(len(trials)), trial.dataset.modality)
            keep_gallery(folder, gallery)


def keep_samples(
    folder: Path, trials: Sequence[Trial], records: Mapping[str, Record], store: Store
) -> dict[str, str]:
    """Copy the samples of records to <folder>/samples/, so that others can score them.

    The samples of a trial get a folder DATASET.GENERATOR.SEED.HASH, with the hash of all that decides them.
    If the folder has other samples than the records, they are replaced or removed. Returns, by name of the
    trial, why the samples of its records are not kept. Raises ResultsError if samples cannot be written.
    """
    reasons = {}
    for trial in trials:
        hashes = list_sample_hashes(trial, records)
        with report_write_errors(folder):
            reason = _replace_samples(_kept_folder(folder, trial), store.get(trial.sample_key), hashes)
        if reason and hashes:  # without hashes, no record was computed from samples, so none are missing
            reasons[trial.name] = reason
    return reasons


def _replace_samples(target: Path, artefact: Artefact | None, hashes: Collection[str]) -> str:
    """Copy the samples of an artefact of the store to `target`, unless `target` has the records' samples.

    hashes  content hashes of the records' samples; empty if no metric took samples: then the artefact's
            samples are copied, so that others can score them

    Return "" if `target` then has the samples of the records, else why not, in words. Other samples in
    `target` are removed, since a reader would take them for the records' samples.
    """
    stored_hash = None if artefact is None else artefact.notes["hash"]
    kept_hash = _hash_content(target)
    # if no record names samples, those in the store are right or, if it has lost them, those in `target`
    expected = hashes or {stored_hash or kept_hash}
    if kept_hash and kept_hash in expected:
        return ""
    delete(target)
    if artefact is not None and stored_hash not in expected:
        return _OTHER_DRAW
    return "" if read_artefact(artefact, functools.partial(_copy_files, target)) else _GONE


def _copy_files(target: Path, folder: Path) -> bool:
    """Copy the files of a folder to the new folder `target`, atomically; return True.

    It is called by `read_artefact`, which returns this True, or None if the artefact was evicted meanwhile.
    """

    def fill(draft: Path) -> None:
        """Copy the files to a temporary folder, which then gets its final name."""
        for path in folder.iterdir():
            shutil.copyfile(path, draft / path.name)

    write_folder(target, fill)
    return True


def find_kept_samples(folder: Path, trial: Trial, content: str) -> Path | None:
    """Return the folder of a trial's samples in a run's folder, or None.

    content  the content hash that the samples should have; "" if it is not known

    The folder's name ends in a hash of the trial's key, which is another one if code has changed since.
    Then return a folder of the same dataset, generator and seed, if its samples have the hash
    `content`. A folder with the right name needs no such check: if its samples were changed, verification
    has to score these, to report that the scores differ.
    """
    kept = _kept_folder(folder, trial)
    if kept.is_dir():
        return kept
    return next((path for path in _list_earlier(kept) if content and _hash_content(path) == content), None)


def has_other_samples(folder: Path, trial: Trial) -> bool:
    """Return whether a run's folder has samples of a trial that were drawn by other code, of any content."""
    return bool(_list_earlier(_kept_folder(folder, trial)))


def _list_earlier(kept: Path) -> list[Path]:
    """Return the folders of samples of the same dataset, generator and seed as in the name of `kept`."""
    # the name without its last part, the hash: DATASET.GENERATOR.SEED
    return sorted(kept.parent.glob(f"{kept.name.rpartition('.')[0]}.*"))


def _hash_content(folder: Path) -> str:
    """Return the content hash of samples, or "" if they cannot be read."""
    try:
        return content_hash(read_folder(folder, math.inf))
    except Exception:  # numpy and json raise many types for damaged files
        return ""


def _kept_folder(folder: Path, trial: Trial) -> Path:
    """Return the folder of a trial's kept samples in a run's folder; it may not exist."""
    digits = digest(dict(trial.sample_key))[:_DIGITS]
    return RunFolder(folder).samples_folder(trial.dataset.part.name, trial.generator.name, trial.seed, digits)
