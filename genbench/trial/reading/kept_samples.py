"""Samples that a run kept, read from their folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genbench.catalog.modalities import find_modality
from genbench.core.errors import DataError, Invalid
from genbench.files.sample_files import holds_samples, list_sample_folders, read_samples

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from genbench.catalog.modalities import Modality
    from genbench.core.samples import Samples

__all__ = ["find_samples_folder", "read_kept_samples"]


def find_samples_folder(path: Path) -> Path | None:
    """Return the folder of samples that a run kept, None if the path is no such folder.

    The path may also be the data file in that folder. Raises DataError, which asks for one of them, for a
    folder that contains one or more folders of samples.
    """
    if holds_samples(path):
        return path if path.is_dir() else path.parent
    inside = list_sample_folders(path)
    if inside:
        raise DataError(f"{path.name} holds {len(inside)} folders of samples; name one of them, such as "
                        f"{inside[0].name}")  # fmt: skip
    return None


def read_kept_samples(
    folder: Path, modalities: Sequence[Modality], modality: Modality | None = None
) -> Samples:
    """Return the samples in a folder after the checks of their modality.

    modality  the modality that they must have; None: any of `modalities`

    Raises DataError, naming the folder, if they cannot be read or are not of the modality.
    """
    try:
        samples = read_samples(folder)
        its_modality = find_modality(modalities, samples.space.modality) if modality is None else modality
        return its_modality.admit(samples)
    except (DataError, Invalid) as error:
        raise DataError(f"{folder.name}: {error}") from error
