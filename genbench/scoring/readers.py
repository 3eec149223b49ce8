"""Samples from paths, by the dataset components that read them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench.catalog.catalog import load_catalog
from genbench.catalog.modalities import find_modality, modalities_of
from genbench.contract.specs import DatasetSpec
from genbench.core import seeds
from genbench.core.errors import DataError
from genbench.store.keys import options_text
from genbench.suite.components import make_part
from genbench.suite.file import SuiteEntry
from genbench.trial.calling import call, no_log

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from genbench.catalog.catalog import Catalog, Component
    from genbench.core.samples import Samples
    from genbench.suite.components import Part

__all__ = ["open_samples", "reader_part"]


def open_samples(path: str | Path, modality: str) -> Samples:
    """Return all samples of a file or folder, of one modality, with their labels.

    The dataset component whose spec names the path's suffix and the modality reads the path. Raises DataError
    if there is none or more than one, or if the path does not exist or cannot be read; messages name the path
    without its folder.
    """
    catalog = load_catalog()
    part = reader_part(catalog, Path(path), modality)
    rng = seeds.stream(None, "data", part.component.name, options_text(part))
    samples: Samples = call(part, {}, {"rng": rng, "device": "cpu", "log": no_log}).labelled()
    return find_modality(modalities_of(catalog), samples.space.modality).admit(samples)


def reader_part(
    catalog: Catalog, path: Path, modality: str | None = None, *, reader: str | None = None,
    options: Mapping[str, Any] | None = None,
) -> Part[DatasetSpec]:  # fmt: skip
    """Return the dataset component that reads a path, with the path as its option.

    modality  required modality; None: any
    reader    reference of the component, needed if several read such paths
    options   further options of the component

    Raises DataError if the path does not exist, or if not exactly one component reads it, and SuiteError for
    an unknown `reader`.
    """
    said = "" if modality is None else f" as {modality} samples"
    if not path.exists():
        expected = "samples" if modality is None else f"{modality} samples"
        raise DataError(f"{path.name} does not exist; expected a file or folder of {expected}")
    where = path.name if reader is None else "reader"
    if reader is None:
        suffix = "/" if path.is_dir() else path.suffix.lower()
        readers = [
            component for component in catalog.of_kind("dataset") if _reads(component, suffix, modality)
        ]
        if len(readers) != 1:
            paths = "folders" if suffix == "/" else f"{suffix or 'such'} files"
            raise DataError(f"{path.name}: {_readers(catalog, readers, modality, f'{paths}{said}')}")
        reader = readers[0].reference
    given = {**(options or {}), "path": str(path.absolute())}
    entry = SuiteEntry(use=reader, name=None, options=given, where=where)
    return make_part(catalog, DatasetSpec, entry, path.parent)


def _readers(catalog: Catalog, readers: Sequence[Component], modality: str | None, paths: str) -> str:
    """Return why no dataset, or several, can read `paths` of a modality."""
    if not readers:
        return f"no installed dataset reads {paths}; {_expected(catalog, modality)}"
    names = " and ".join(component.reference for component in readers)
    remedy = "expected one" if modality is not None else "name one of them as the reader"
    return f"{names} read {paths}; {remedy}"


def _expected(catalog: Catalog, modality: str | None) -> str:
    """Return the readable file types of a modality, in words."""
    suffixes = {
        suffix
        for component in catalog.of_kind("dataset")
        for suffix in getattr(component.spec, "reads", ())
        if _reads(component, suffix, modality)
    }
    known = ["a folder" if suffix == "/" else suffix for suffix in sorted(suffixes)]
    return f"expected {', '.join(known)}" if known else "none reads any file of that modality"


def _reads(component: Component, suffix: str, modality: str | None) -> bool:
    return suffix in getattr(component.spec, "reads", ()) and (
        modality is None or component.serves((modality,))
    )
