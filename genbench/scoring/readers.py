"""Samples from paths, by the dataset components that read them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench.catalog.catalog import load_catalog
from genbench.contract.specs import DatasetSpec
from genbench.core import seeds
from genbench.core.errors import DataError
from genbench.store.keys import options_text
from genbench.suite.components import make_part
from genbench.suite.file import SuiteEntry
from genbench.trial.calling import call, no_log

if TYPE_CHECKING:
    from collections.abc import Mapping

    from genbench.catalog.catalog import Catalog, Component
    from genbench.core.samples import Samples
    from genbench.suite.components import Part

__all__ = ["open_samples", "reader_part"]


def open_samples(path: str | Path, kind: str) -> Samples:
    """Return all samples of a file or folder, of one `kind` of space, with their labels.

    The dataset component whose spec names the path's suffix and the kind reads the path. Raises DataError if
    there is none or more than one, or if the path does not exist or cannot be read; messages name the path
    without its folder.
    """
    part = reader_part(load_catalog(), Path(path), kind)
    rng = seeds.stream(None, "data", part.component.name, options_text(part))
    samples: Samples = call(part, {}, {"rng": rng, "device": "cpu", "log": no_log}).labelled()
    return samples


def reader_part(
    catalog: Catalog, path: Path, kind: str | None = None, *, reader: str | None = None,
    options: Mapping[str, Any] | None = None,
) -> Part[DatasetSpec]:  # fmt: skip
    """Return the dataset component that reads a path, with the path as its option.

    kind     required kind of space; None: any
    reader   reference of the component, needed if several read such paths
    options  further options of the component

    Raises DataError if the path does not exist, or if not exactly one component reads it, and SuiteError for
    an unknown `reader`.
    """
    of_kind = "" if kind is None else f" as {kind} samples"
    if not path.exists():
        expected = "samples" if kind is None else f"{kind} samples"
        raise DataError(f"{path.name} does not exist; expected a file or folder of {expected}")
    where = path.name if reader is None else "reader"
    if reader is None:
        suffix = "/" if path.is_dir() else path.suffix.lower()
        readers = [component for component in catalog.of_kind("dataset") if _reads(component, suffix, kind)]
        if len(readers) != 1:
            names = " and ".join(component.reference for component in readers) or "no dataset component"
            file_type = "a folder" if suffix == "/" else repr(suffix or path.name)
            raise DataError(
                f"{path.name}: {names} of those installed read {file_type}{of_kind}; "
                + (_expected(catalog, kind) if not readers else "expected one")
                + ("" if not readers or kind is not None else ": name it as the reader")
            )
        reader = readers[0].reference
    given = {**(options or {}), "path": str(path.absolute())}
    entry = SuiteEntry(use=reader, name=None, options=given, where=where)
    return make_part(catalog, DatasetSpec, entry, path.parent)


def _expected(catalog: Catalog, kind: str | None) -> str:
    """Return the readable file types of a kind, in words."""
    suffixes = {
        suffix
        for component in catalog.of_kind("dataset")
        for suffix in getattr(component.spec, "reads", ())
        if _reads(component, suffix, kind)
    }
    known = ["a folder" if suffix == "/" else suffix for suffix in sorted(suffixes)]
    return f"expected {', '.join(known)}" if known else "none of them opens files of that kind"


def _reads(component: Component, suffix: str, kind: str | None) -> bool:
    spec = component.spec
    fits = kind is None or not spec.spaces or kind in spec.spaces
    return suffix in getattr(spec, "reads", ()) and fits
